using System;
using System.Drawing;
using Autodesk.AutoCAD.Windows;
using Renderiq.Plugin;

namespace Renderiq.AutoCad
{
    /// <summary>The panel as a palette, which can be docked.</summary>
    internal sealed class PanelPalette : IPanel
    {
        /// <summary>By this id AutoCAD remembers where the palette was.</summary>
        private static readonly Guid Id = new Guid("0e7c5a6b-53a0-4b0f-8d13-9a1d5a7f2f10");

        private readonly PaletteSet _set;
        private readonly WebPanel _panel;

        /// <summary>A palette for a plugin.</summary>
        public PanelPalette(PluginCore core)
        {
            _panel = new WebPanel(core);
            _set = new PaletteSet("Renderiq", Id) { MinimumSize = new Size(320, 400) };
            _set.Add("Renderiq", _panel);
        }

        /// <inheritdoc/>
        public void Show()
        {
            _set.Visible = true;
            if (_set.Size.Width < 440)
            {
                _set.Size = new Size(440, 760);
            }
        }

        /// <inheritdoc/>
        public void Close()
        {
            _panel.Dispose();
        }
    }
}
