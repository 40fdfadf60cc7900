using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Xml;
using Autodesk.Revit.UI;
using Renderiq;
using Renderiq.Doubles;
using Renderiq.Plugin;
using Renderiq.Revit;

/// <summary>The add-in as Revit starts it: ribbon, commands, and events.</summary>
public sealed class AppTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();
    private readonly FakeApi _api = new FakeApi();
    private readonly UIApplication _revit = new UIApplication();
    private readonly UIControlledApplication _starting = new UIControlledApplication();
    private readonly RevitApp _app = new RevitApp();
    private readonly Page _page = new Page();

    public AppTests()
    {
        Autodesk.Revit.Exceptions.RevitRules.Adopt();
        _revit.Current = new UIDocument(House.Build(_folder.File("House.rvt")));
        RevitApp.Prepare = options =>
        {
            options.Root = _folder.File("home");
            options.Transport = _api;
            options.Server = "http://api.test/api/plugins";
            options.OpenUrl = _ => { };
        };
        RevitApp.MakePanel = (core, _) =>
        {
            core.Open(_page);
            return _page;
        };
        HostRules.Enter(() => _app.OnStartup(_starting));
    }

    public void Dispose()
    {
        HostRules.Enter(() => _app.OnShutdown(_starting));
        _folder.Dispose();
    }

    public void Each_button_of_the_ribbon_names_a_command_that_is_there()
    {
        var buttons = _starting.Panels.Single().Items;

        Check.Equal(5, buttons.Count);
        foreach (var each in buttons)
        {
            var command = typeof(RevitApp).Assembly.GetType(each.Data.ClassName);
            Check.True(typeof(IExternalCommand).IsAssignableFrom(command), each.Data.ClassName + " is no command");
            Check.True(File.Exists(each.Data.AssemblyName), "there is no such DLL");
        }
    }

    public void The_manifest_names_the_class_of_the_add_in()
    {
        var path = Path.Combine(TestRunner.Protocol, "..", "..", "revit", "Renderiq.addin");
        var manifest = new XmlDocument();
        manifest.Load(path);

        Check.Equal(typeof(RevitApp).FullName, manifest.SelectSingleNode("//FullClassName").InnerText);
        Check.Equal("Renderiq\\Renderiq.Revit.dll", manifest.SelectSingleNode("//Assembly").InnerText);
    }

    public void A_capture_is_made_in_an_event_and_in_revits_thread()
    {
        Press(new ShowPanelCommand());
        _app.Core.Bridge.Receive("{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"panel\":\"0.1.0\"}}");
        _app.Core.Bridge.Receive("{\"id\":2,\"method\":\"capture\",\"params\":{\"aspectRatio\":\"nearest\"}}");

        Until(() => _page.Has("{\"id\":2,\"result\":{}}"));
        Until(() => _page.Has("\"guides\":[\"materialIds\"]"));
    }

    public void The_host_says_what_it_can()
    {
        Press(new ShowPanelCommand());
        _app.Core.Bridge.Receive("{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"panel\":\"0.1.0\"}}");

        Until(() => _page.Has("\"placeResult\":[\"view\",\"sheet\",\"folder\"]"));
        Check.True(_page.Has("\"materialIds\":true") && _page.Has("\"model\":true") && _page.Has("\"depth\":false"), "features");
    }

    public void The_button_for_offline_work_changes_its_text_and_stays_so()
    {
        Press(new WorkOfflineCommand());

        Check.Equal("Work\nOnline", _starting.Panels[0].Items[3].Shown);
        Until(() => !new Preferences(_folder.File("home/preferences.json")).IsOnline);
    }

    public void A_button_orders_all_views()
    {
        Press(new RenderViewsCommand());

        Until(() => _app.Core.Service?.Orders.Jobs.All().Count == 3);
        Until(() => _app.Core.Service.Orders.Jobs.All().All(each => each.Files.Count > 0));
    }

    public void A_command_that_fails_has_a_sentence_for_revit()
    {
        RevitApp.MakePanel = (core, window) => { throw new InvalidOperationException("No browser is there."); };
        var message = "";
        var result = Result.Succeeded;
        HostRules.Enter(() => result = new ShowPanelCommand().Execute(null, ref message, null));

        Check.Equal("Failed No browser is there.", result + " " + message);
    }

    private void Press(IExternalCommand command)
    {
        var message = "";
        HostRules.Enter(() => Check.Equal(Result.Succeeded, command.Execute(null, ref message, null)));
    }

    private void Until(Func<bool> condition)
    {
        var until = DateTime.UtcNow.AddSeconds(50);
        while (!condition())
        {
            Check.True(DateTime.UtcNow < until, "it is not so after 50 s: " + string.Join("\n", _page.Sent.Take(5)));
            ExternalEvent.Idle(_revit);
            Thread.Sleep(5); // the loop of the double; nothing depends on how long it is
        }
    }

    private sealed class Page : IPanelWindow, IPanel
    {
        private readonly List<string> _sent = new List<string>();

        public IReadOnlyList<string> Sent
        {
            get
            {
                lock (_sent)
                {
                    return _sent.ToList();
                }
            }
        }

        public bool Has(string text)
        {
            return Sent.Any(each => each.Contains(text));
        }

        public void Send(string text)
        {
            lock (_sent)
            {
                _sent.Add(text);
            }
        }

        public string AddressOf(IEnumerable<string> parts)
        {
            return "https://renderiq.panel/" + string.Join("/", parts);
        }

        public void Show()
        {
        }

        public void Close()
        {
        }
    }
}
