using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Xml;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.Runtime;
using Autodesk.Windows;
using Renderiq;
using Renderiq.AutoCad;
using Renderiq.Doubles;
using Renderiq.Plugin;

/// <summary>The plugin as AutoCAD loads it: commands, ribbon, and work while AutoCAD is idle.</summary>
public sealed class AppTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();
    private readonly Document _document;
    private readonly AutoCadApp _app = new AutoCadApp();
    private readonly Page _page = new Page();

    public AppTests()
    {
        HostRules.Adopt(message => new Autodesk.AutoCAD.Runtime.Exception(message), true);
        _document = new Document(House.Build());
        Application.Reset(_document);
        ComponentManager.Shown = null;
        AutoCadApp.MakeMessage = () => () => { };
        AutoCadApp.Prepare = options =>
        {
            options.Root = _folder.File("home");
            options.Transport = new FakeApi();
            options.Server = "http://api.test/api/plugins";
            options.OpenUrl = _ => { };
        };
        AutoCadApp.MakePanel = core =>
        {
            core.Open(_page);
            return _page;
        };
        _app.Initialize();
    }

    public void Dispose()
    {
        _app.Terminate();
        _folder.Dispose();
    }

    public void There_are_four_commands()
    {
        var commands = typeof(Commands).GetMethods()
            .Select(each => each.GetCustomAttribute<CommandMethodAttribute>()?.GlobalName).Where(each => each != null);

        Check.Equal(new[] { "RENDERIQ", "RENDERIQOFFLINE", "RENDERIQVIEW", "RENDERIQVIEWS" }, commands.OrderBy(each => each));
    }

    public void The_bundle_names_the_dll_for_each_series_and_all_commands()
    {
        var contents = new XmlDocument();
        contents.Load(Path.Combine(TestRunner.Protocol, "..", "..", "autocad", "PackageContents.xml"));

        var modules = contents.SelectNodes("//ComponentEntry/@ModuleName").Cast<XmlNode>().Select(each => each.Value).Distinct();
        Check.Equal(new[] { "./Contents/Renderiq.AutoCAD.dll" }, modules);
        var series = contents.SelectNodes("//Components/RuntimeRequirements").Cast<XmlElement>()
            .Select(each => each.GetAttribute("SeriesMin") + "-" + each.GetAttribute("SeriesMax"));
        Check.Equal(new[] { "R24.1-R24.3", "R25.0-R25.0" }, series);
        Check.Equal(8, contents.SelectNodes("//Command").Count);
    }

    public void The_ribbon_is_added_when_it_is_there()
    {
        Application.BeIdle();
        ComponentManager.Shown = new RibbonControl();
        Application.BeIdle();
        Application.BeIdle();

        var tab = ComponentManager.Shown.Tabs.Single();
        Check.Equal("Renderiq", tab.Title);
        Check.Equal(4, tab.Panels[0].Source.Items.Count);
    }

    public void A_button_of_the_ribbon_opens_the_panel()
    {
        ComponentManager.Shown = new RibbonControl();
        Application.BeIdle();

        ((RibbonButton)ComponentManager.Shown.Tabs[0].Panels[0].Source.Items[0]).CommandHandler.Execute(null);

        Check.Equal(1, _page.Shown);
    }

    public void A_capture_waits_until_no_command_is_under_way()
    {
        new Commands().ShowPanel();
        _document.Command = "LINE";
        _app.Core.Bridge.Receive("{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"panel\":\"0.1.0\"}}");
        _app.Core.Bridge.Receive("{\"id\":2,\"method\":\"capture\",\"params\":{\"aspectRatio\":\"nearest\"}}");
        Until(() => _page.Has("{\"id\":1,\"result\""));
        Check.True(!_page.Has("{\"id\":2,"), "it was answered");

        _document.Command = "";

        Until(() => _page.Has("{\"id\":2,\"result\":{}}"));
    }

    public void The_host_says_what_it_can()
    {
        new Commands().ShowPanel();
        _app.Core.Bridge.Receive("{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"panel\":\"0.1.0\"}}");

        Until(() => _page.Has("\"placeResult\":[\"view\",\"folder\"]"));
        Check.True(_page.Has("\"materialIds\":false") && _page.Has("\"model\":false"), "features");
    }

    public void The_path_tracer_is_refused_with_a_sentence()
    {
        new Commands().ShowPanel();
        _app.Core.Bridge.Receive("{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"panel\":\"0.1.0\"}}");
        _app.Core.Bridge.Receive("{\"id\":2,\"method\":\"capture\",\"params\":{\"aspectRatio\":\"nearest\"}}");
        Until(() => _page.Has("{\"id\":2,\"result\":{}}"));
        var look = TestPlugin.ALook("cycles");
        var order = new JsonObject { { "look", look }, { "captureId", _app.Core.Studio.Capture.Id } };
        _app.Core.Bridge.Receive(new JsonObject { { "id", 3 }, { "method", "order" }, { "params", order } }.ToString());

        Until(() => _page.Has("AutoCAD exports no model"));
    }

    public void A_command_orders_all_views_and_layouts()
    {
        new Commands().RenderViews();

        Until(() => _app.Core.Service.Orders.Jobs.All().Count == 4);
        Until(() => _app.Core.Service.Orders.Jobs.All().All(each => each.Files.Count > 0));
    }

    public void Working_offline_is_switched_by_a_command()
    {
        new Commands().SwitchOnline();

        Until(() => !new Preferences(_folder.File("home/preferences.json")).IsOnline);
    }

    private void Until(Func<bool> condition)
    {
        var until = DateTime.UtcNow.AddSeconds(50);
        while (!condition())
        {
            Check.True(DateTime.UtcNow < until, "it is not so after 50 s");
            Application.BeIdle();
            Thread.Sleep(5); // the loop of the double; nothing depends on how long it is
        }
    }

    private sealed class Page : IPanelWindow, IPanel
    {
        private readonly List<string> _sent = new List<string>();

        public int Shown { get; private set; }

        public bool Has(string text)
        {
            lock (_sent)
            {
                return _sent.Any(each => each.Contains(text));
            }
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
            Shown++;
        }

        public void Close()
        {
        }
    }
}
