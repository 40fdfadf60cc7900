using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.DatabaseServices;
using Autodesk.Windows;
using Renderiq.AutoCad;
using Renderiq.Doubles;
using Renderiq.Plugin;

/// <summary>Plays AutoCAD for the story: the double, with the built plugin in it. Arguments: page, server, folder.</summary>
internal sealed class Played : PlayedHost
{
    private static readonly Dictionary<string, string> Buttons = new Dictionary<string, string>
    {
        { "Panel", "Renderiq" }, { "View", "Render View" }, { "Views", "Render All Views" }, { "Offline", "Work Offline / Online" },
    };

    private readonly AutoCadApp _app = new AutoCadApp();
    private readonly Document _document;
    private readonly string _before;

    private Played(string page, string server, string home)
    {
        HostRules.Adopt(message => new Autodesk.AutoCAD.Runtime.Exception(message), true);
        _document = new Document(House.Build());
        _document.Asked.Selected = new[] { new ObjectId(1) };
        Application.Reset(_document);
        Application.Variables["DWGPREFIX"] = home;
        ComponentManager.Shown = new RibbonControl();
        AutoCadApp.MakeMessage = () => () => { };
        AutoCadApp.Prepare = options =>
        {
            options.Root = Path.Combine(home, "renderiq");
            options.Server = server;
            options.OpenUrl = address => StdioPanel.Tell("opened", address);
        };
        AutoCadApp.MakePanel = core => new StdioPanel(core, page);
        _app.Initialize();
        _before = Remember();
    }

    protected override PluginCore Core => _app.Core;

    private static int Main(string[] args)
    {
        var played = new Played(args[0], args[1], args[2]);
        played.Idle();
        played.Play();
        played._app.Terminate();
        return 0;
    }

    protected override void Idle()
    {
        Application.BeIdle();
    }

    protected override void Press(string button)
    {
        var items = ComponentManager.Shown.Tabs.Single().Panels.Single().Source.Items;
        ((RibbonButton)items.First(each => each.Text == Buttons[button])).CommandHandler.Execute(null);
    }

    protected override string Changes()
    {
        var now = Remember();
        return now == _before ? "" : now;
    }

    protected override IEnumerable<string> Placed()
    {
        return _document.Drawn.Objects.Values.OfType<RasterImage>().Select(each => "image " + each.Key);
    }

    private string Remember()
    {
        var shown = _document.Asked.Shown;
        return string.Join(" ", Application.Variables.Select(each => each.Key + "=" + each.Value)) + " " +
            string.Join(",", _document.Asked.Selected.Select(each => each.Key)) + " " + LayoutManager.Shown + " " +
            shown.Middle.X + " " + shown.Middle.Y + " " + shown.Wide + " " + shown.Tall;
    }
}
