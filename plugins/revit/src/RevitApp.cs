using System;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Autodesk.Revit.UI;
using Renderiq.Plugin;

[assembly: InternalsVisibleTo("Renderiq.Revit.Tests")]
[assembly: InternalsVisibleTo("Renderiq.Revit.Played")]
[assembly: AssemblyTitle("Renderiq for Revit")]
[assembly: AssemblyVersion("0.1.0.0")]

namespace Renderiq.Revit
{
    /// <summary>The add-in: the ribbon, the event in which Revit is called, and the plugin behind both.</summary>
    public sealed class RevitApp : IExternalApplication
    {
        private const string Tab = "Renderiq";

        private IntPtr _window;
        private ExternalEvent _event;
        private IPanel _panel;
        private RibbonItem _offline;
        private RibbonItem _edges;

        /// <summary>The add-in as it runs, or null.</summary>
        internal static RevitApp Current { get; private set; }

        /// <summary>Changes what the plugin is made of, for tests.</summary>
        internal static Action<CoreOptions> Prepare { get; set; }

        /// <summary>Makes the window of the panel.</summary>
        internal static Func<PluginCore, IntPtr, IPanel> MakePanel { get; set; } = (core, owner) => new PanelForm(core, owner);

        /// <summary>The plugin.</summary>
        internal PluginCore Core { get; private set; }

        /// <inheritdoc/>
        public Result OnStartup(UIControlledApplication application)
        {
            Package.FindLibraries();
            _window = application.MainWindowHandle;
            var host = new RevitHost();
            var work = new HostWork(host, () => Core.Thread, () => _event.Raise());
            _event = ExternalEvent.Create(work);
            var options = new CoreOptions
            {
                Info = new HostInfo
                {
                    Name = "revit",
                    Title = "Revit",
                    Version = application.ControlledApplication.VersionNumber,
                    Locale = CultureInfo.CurrentUICulture.Name,
                    HasMaterialIds = true,
                    HasModel = true,
                    PlaceTargets = new[] { "view", "sheet", "folder" },
                },
                Host = host,
                Wake = () => _event.Raise(),
                Version = Package.Version,
                Server = Package.Server,
            };
            Prepare?.Invoke(options);
            Core = new PluginCore(options);
            AddRibbon(application);
            Core.Loop.Start("Renderiq");
            Core.Start();
            Current = this;
            return Result.Succeeded;
        }

        /// <inheritdoc/>
        public Result OnShutdown(UIControlledApplication application)
        {
            _panel?.Close();
            Core.Stop();
            _event.Dispose();
            Current = null;
            return Result.Succeeded;
        }

        /// <summary>Opens the panel.</summary>
        internal void ShowPanel()
        {
            _panel = _panel ?? MakePanel(Core, _window);
            _panel.Show();
        }

        /// <summary>Works offline, or online again.</summary>
        internal void SwitchOnline()
        {
            var isOnline = !Core.Preferences.IsOnline;
            Core.SetOnline(isOnline);
            _offline.ItemText = OfflineText(isOnline);
        }

        /// <summary>Draws edges in captures, or leaves them out.</summary>
        internal void SwitchEdges()
        {
            var keeps = !Core.Preferences.KeepEdges;
            Core.Loop.Post(() => Core.Preferences.KeepEdges = keeps);
            _edges.ItemText = EdgesText(keeps);
        }

        private static string OfflineText(bool isOnline)
        {
            return isOnline ? "Work\nOffline" : "Work\nOnline";
        }

        private static string EdgesText(bool keeps)
        {
            return keeps ? "Leave Out\nEdges" : "Keep\nEdges";
        }

        private void AddRibbon(UIControlledApplication application)
        {
            application.CreateRibbonTab(Tab);
            var panel = application.CreateRibbonPanel(Tab, "Render");
            Add(panel, "Panel", "Renderiq", typeof(ShowPanelCommand), "Opens the panel: style, order, queue and history.");
            const string view = "Renders the active view, with the settings used last.";
            Add(panel, "View", "Render\nView", typeof(RenderViewCommand), view);
            const string views = "Renders all named 3D views and sheets with one look.";
            Add(panel, "Views", "Render\nAll Views", typeof(RenderViewsCommand), views);
            var offline = OfflineText(Core.Preferences.IsOnline);
            _offline = Add(panel, "Offline", offline, typeof(WorkOfflineCommand), "While Renderiq works offline, orders wait.");
            var edges = EdgesText(Core.Preferences.KeepEdges);
            _edges = Add(panel, "Edges", edges, typeof(KeepEdgesCommand), "Whether the lines of edges are in captures.");
        }

        private static RibbonItem Add(RibbonPanel panel, string name, string text, Type command, string tip)
        {
            var location = Assembly.GetExecutingAssembly().Location;
            return panel.AddItem(new PushButtonData("Renderiq" + name, text, location, command.FullName) { ToolTip = tip });
        }

        /// <summary>Does the plugin's work when Revit is idle, one piece in each event.</summary>
        private sealed class HostWork : IExternalEventHandler
        {
            private readonly RevitHost _host;
            private readonly Func<HostThread> _thread;
            private readonly Action _again;

            public HostWork(RevitHost host, Func<HostThread> thread, Action again)
            {
                _host = host;
                _thread = thread;
                _again = again;
            }

            public void Execute(UIApplication app)
            {
                _host.Application = app;
                try
                {
                    if (_thread().RunNext())
                    {
                        _again();
                    }
                }
                finally
                {
                    _host.Application = null;
                }
            }

            public string GetName()
            {
                return "Renderiq";
            }
        }
    }
}
