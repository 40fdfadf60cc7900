using System;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.Runtime;
using Renderiq.Plugin;

[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Tests")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Played")]
[assembly: AssemblyTitle("Renderiq for AutoCAD")]
[assembly: AssemblyVersion("0.1.0.0")]

namespace Renderiq.AutoCad
{
    /// <summary>The plugin as AutoCAD loads it: ribbon, palette, and the plugin behind both.</summary>
    public sealed class AutoCadApp : IExtensionApplication
    {
        private readonly AutoCadHost _host = new AutoCadHost();
        private IPanel _panel;
        private bool _hasRibbon;
        private volatile bool _isWoken;
        private Action _message;

        /// <summary>The plugin as it runs, or null.</summary>
        internal static AutoCadApp Current { get; private set; }

        /// <summary>Changes what the plugin is made of, for tests.</summary>
        internal static Action<CoreOptions> Prepare { get; set; }

        /// <summary>Makes the palette of the panel.</summary>
        internal static Func<PluginCore, IPanel> MakePanel { get; set; } = core => new PanelPalette(core);

        /// <summary>Makes what sends an empty message to the main thread: without one, AutoCAD does not become idle again.</summary>
        internal static Func<Action> MakeMessage { get; set; } = MainThread.Message;

        /// <summary>The plugin.</summary>
        internal PluginCore Core { get; private set; }

        /// <inheritdoc/>
        public void Initialize()
        {
            Package.FindLibraries();
            _message = MakeMessage();
            var options = new CoreOptions
            {
                Info = new HostInfo
                {
                    Name = "autocad",
                    Title = "AutoCAD",
                    Version = Convert.ToString(Application.GetSystemVariable("ACADVER"), CultureInfo.InvariantCulture),
                    Locale = CultureInfo.CurrentUICulture.Name,
                    PlaceTargets = new[] { "view", "folder" },
                },
                Host = _host,
                Wake = Wake,
                Version = Package.Version,
                Server = Package.Server,
            };
            Prepare?.Invoke(options);
            Core = new PluginCore(options);
            Core.Loop.Start("Renderiq");
            Core.Start();
            Current = this;
            // The ribbon comes later than the plugin, and work is done when no command is under way.
            Application.Idle += OnIdle;
        }

        /// <inheritdoc/>
        public void Terminate()
        {
            Application.Idle -= OnIdle;
            _panel?.Close();
            Core.Stop();
            Current = null;
        }

        /// <summary>Opens the panel.</summary>
        internal void ShowPanel()
        {
            _panel = _panel ?? MakePanel(Core);
            _panel.Show();
        }

        /// <summary>Works offline, or online again. Returns a sentence.</summary>
        internal string SwitchOnline()
        {
            var isOnline = !Core.Preferences.IsOnline;
            Core.SetOnline(isOnline);
            return isOnline ? "Renderiq works online." : "Renderiq works offline. Orders wait.";
        }

        private void Wake()
        {
            _isWoken = true;
            _message();
        }

        private void OnIdle(object sender, EventArgs e)
        {
            try
            {
                if (!_hasRibbon)
                {
                    _hasRibbon = AddRibbon();
                }
                if (_isWoken && _host.IsFree)
                {
                    // One piece at a time, so that AutoCAD goes on between them.
                    _isWoken = false;
                    if (Core.Thread.RunNext())
                    {
                        Wake();
                    }
                }
            }
            catch (System.Exception error)
            {
                // AutoCAD must not end because of the plugin.
                Core.Log.Error(error);
            }
        }

        private bool AddRibbon()
        {
            try
            {
                return Ribbon.Add(this);
            }
            catch (System.Exception error)
            {
                // The commands do the same.
                Core.Log.Error(error);
                return true;
            }
        }
    }
}
