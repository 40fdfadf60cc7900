using System;
using System.Collections.Generic;
using System.Drawing;
using System.Runtime.CompilerServices;
using System.Windows.Forms;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Tests")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Played")]

namespace Autodesk.AutoCAD.ApplicationServices
{
    /// <summary>What a drawing can do with its window.</summary>
    public static class DocumentExtension
    {
        /// <summary>Draws what the window shows.</summary>
        public static Bitmap CapturePreviewImage(this Document doc, uint width, uint height)
        {
            return HostRules.Call("DocumentExtension.CapturePreviewImage", () => Renderiq.Doubles.Drawing.Draw(
                (int)width, (int)height, Core.Application.Variables, doc.Asked.Selected.Length > 0, doc.Asked.Shown));
        }
    }
}

namespace Autodesk.AutoCAD.Windows
{
    /// <summary>A window of AutoCAD.</summary>
    public abstract class Window
    {
        /// <summary>Whether it is seen.</summary>
        public bool Visible { get; set; }

        /// <summary>The size.</summary>
        public Size Size { get; set; }
    }

    /// <summary>A palette.</summary>
    public sealed class Palette
    {
    }

    /// <summary>A window with palettes, which can be docked.</summary>
    public class PaletteSet : Window
    {
        /// <summary>A window.</summary>
        public PaletteSet(string name, Guid toolID)
        {
            HostRules.Check("PaletteSet");
        }

        /// <summary>The least size.</summary>
        public Size MinimumSize { get; set; }

        internal List<Control> Controls { get; } = new List<Control>();

        /// <summary>Adds a palette.</summary>
        public Palette Add(string name, Control control)
        {
            return HostRules.Call("PaletteSet.Add", () =>
            {
                Controls.Add(control);
                return new Palette();
            });
        }
    }
}
