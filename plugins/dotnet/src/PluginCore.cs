using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>What a plugin is made of, beside its host.</summary>
    public sealed class CoreOptions
    {
        /// <summary>The host.</summary>
        public HostInfo Info { get; set; }

        /// <summary>The calls of the host.</summary>
        public IHost Host { get; set; }

        /// <summary>Asks the host to call <see cref="HostThread.RunNext"/> in its thread.</summary>
        public Action Wake { get; set; }

        /// <summary>The version of the plugin.</summary>
        public string Version { get; set; }

        /// <summary>The folder of everything that the plugin keeps, or null for that of the user.</summary>
        public string Root { get; set; }

        /// <summary>The address of the API that the plugin was built for.</summary>
        public string Server { get; set; }

        /// <summary>How long work waits for the host.</summary>
        public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);

        /// <summary>Shows a page in the browser, in place of the system's way.</summary>
        public Action<string> OpenUrl { get; set; }

        /// <summary>Sends requests, in place of HttpClient.</summary>
        public ITransport Transport { get; set; }

        /// <summary>The time, for tests.</summary>
        public IClock Clock { get; set; }
    }

    /// <summary>A plugin as it runs: its thread, the service, and the panel. The host's part is in <see cref="IHost"/>.</summary>
    public sealed class PluginCore
    {
        private readonly CoreOptions _options;
        private readonly string _root;

        /// <summary>A plugin, which begins to work with <see cref="Start"/>.</summary>
        public PluginCore(CoreOptions options)
        {
            _options = options;
            _root = options.Root ?? Path.Combine(Files.DataDirectory(), options.Info.Name);
            Log = new Log(Path.Combine(_root, "renderiq.log"));
            Preferences = new Preferences(Path.Combine(_root, "preferences.json"));
            Loop = new Loop(Log.Error);
            Thread = new HostThread(Loop, options.Wake, options.Patience);
            Bridge = new Bridge(this, new Schema(Json.ParseObject(Resource("protocol.json"))));
            Connect();
        }

        /// <summary>The host.</summary>
        public HostInfo Info => _options.Info;

        /// <summary>The version of the plugin.</summary>
        public string Version => _options.Version;

        /// <summary>The log file.</summary>
        public Log Log { get; }

        /// <summary>What the user has set.</summary>
        public Preferences Preferences { get; }

        /// <summary>The plugin's thread. Whatever follows belongs to it.</summary>
        public Loop Loop { get; }

        /// <summary>The way into the host's thread.</summary>
        public HostThread Thread { get; }

        /// <summary>The messages of the panel.</summary>
        public Bridge Bridge { get; }

        /// <summary>The network, and the orders.</summary>
        public Service Service { get; private set; }

        /// <summary>Captures and exports.</summary>
        public Studio Studio { get; private set; }

        /// <summary>Begins to work, in the plugin's thread. The loop is started by the caller.</summary>
        public void Start()
        {
            Loop.Post(() =>
            {
                Service.Start(Preferences.IsOnline);
                Log.Info("plugin " + Version + ", " + Info.Title + " " + Info.Version + ", .NET " + Environment.Version);
            });
        }

        /// <summary>Ends the work. What is queued stays on disk. It waits for a moment, and not for the network.</summary>
        public void Stop()
        {
            Loop.Post(() =>
            {
                Bridge.Open(null);
                Service.StopAsync().LetGo();
            });
            Loop.Stop(TimeSpan.FromSeconds(2));
        }

        /// <summary>Shows the panel in this window, or in none. Any thread.</summary>
        public void Open(IPanelWindow window)
        {
            Loop.Post(() => Bridge.Open(window));
        }

        /// <summary>Works offline, or online again. Any thread.</summary>
        public void SetOnline(bool isOnline)
        {
            Loop.Post(() =>
            {
                Preferences.IsOnline = isOnline;
                Service.SetOnline(isOnline);
            });
        }

        /// <summary>Orders the active view, or all views, with the look that was used last. Any thread.</summary>
        public void OrderNow(bool allViews)
        {
            Loop.Post(() => Service.Run("command", async () =>
            {
                var look = Preferences.Look;
                if (!allViews)
                {
                    await Studio.CaptureAsync(look.Text("aspectRatio"));
                    Studio.Order(Studio.Capture.Id, look);
                    return;
                }
                await Studio.ReadViewsAsync();
                if (Studio.Views.Count == 0)
                {
                    throw new RefusedException("NOTHING_TO_CAPTURE", "The document has no views to render. Make one first.");
                }
                Studio.OrderViews(Studio.Views.Select(each => each.Id).ToList(), look);
            }));
        }

        /// <summary>Works for another server from now on. An empty address is that of the build. Any thread.</summary>
        public void SetServer(string address)
        {
            Loop.Post(() =>
            {
                Preferences.Server = address;
                Service.StopAsync().LetGo();
                Connect();
                Service.Start(Preferences.IsOnline);
            });
        }

        /// <summary>Writes the page into a folder that it may read, and returns that folder. Any thread.</summary>
        public string WritePage(string page)
        {
            Directory.CreateDirectory(Service.Web);
            File.Copy(page, Path.Combine(Service.Web, "panel.html"), true);
            return Service.Web;
        }

        internal void OpenUrl(string address)
        {
            if (_options.OpenUrl != null)
            {
                _options.OpenUrl(address);
                return;
            }
            Begin(new ProcessStartInfo(address) { UseShellExecute = true });
        }

        internal void OpenFile(string path)
        {
            OpenUrl(new Uri(path).AbsoluteUri);
        }

        private static byte[] Resource(string name)
        {
            using (var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name))
            using (var copy = new MemoryStream())
            {
                stream.CopyTo(copy);
                return copy.ToArray();
            }
        }

        private void Begin(ProcessStartInfo info)
        {
            try
            {
                Process.Start(info)?.Dispose();
            }
            catch (Exception error) when (error is Win32Exception || error is InvalidOperationException)
            {
                Log.Warn("nothing opens " + info.FileName + ": " + error.Message);
            }
        }

        internal async void ReadViews()
        {
            try
            {
                await Studio.ReadViewsAsync();
            }
            catch (Exception error)
            {
                Log.Warn("views cannot be listed: " + error.Message);
            }
        }

        private void Connect()
        {
            var address = Preferences.Server.Length > 0 ? Preferences.Server : _options.Server;
            Service = new Service(
                new ServiceOptions
                {
                    BaseUrl = address, Root = _root, Host = Info, Version = Version, OpenUrl = OpenUrl,
                    Transport = _options.Transport, Clock = _options.Clock,
                },
                Loop,
                Log);
            ForgetCaptures();
            Studio = new Studio(Service, _options.Host, Info, Thread, Preferences, Log);
            Bridge.Connect(new PanelState(Service, Studio, Preferences, Log));
            Service.Changed += OnChanged;
        }

        /// <summary>Removes captures of earlier sessions, which nobody can order any more.</summary>
        private void ForgetCaptures()
        {
            var folders = new[] { Path.Combine(Service.Directory, "captures"), Path.Combine(Service.Web, "captures") };
            foreach (var folder in folders)
            {
                Directory.CreateDirectory(folder);
                // Another running host may need those of today.
                foreach (var path in Directory.GetFileSystemEntries(folder)
                    .Where(each => DateTime.UtcNow - File.GetLastWriteTimeUtc(each) > TimeSpan.FromDays(1)))
                {
                    Files.Discard(path);
                }
            }
        }

        private void OnChanged()
        {
            Bridge.PushSoon();
            if (!Preferences.PlaceWhenDone)
            {
                Service.Orders.TakeDone();
                return;
            }
            foreach (var entry in Service.Orders.TakeDone())
            {
                var target = Info.PlaceTargets.First();
                Service.Run("place " + entry.Job.Id, async () =>
                    Bridge.Notice("info", await Studio.PlaceAsync(entry.Result, entry.Job.View, target)));
            }
        }
    }
}
