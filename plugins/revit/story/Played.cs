using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq.Doubles;
using Renderiq.Plugin;
using Renderiq.Revit;

/// <summary>Plays Revit for the story: the double, with the built add-in in it. Arguments: page, server, folder.</summary>
internal sealed class Played : PlayedHost
{
    private readonly UIApplication _revit = new UIApplication();
    private readonly UIControlledApplication _starting = new UIControlledApplication();
    private readonly RevitApp _app = new RevitApp();
    private readonly Document _document;
    private readonly Dictionary<string, object> _before;

    private Played(string page, string server, string home)
    {
        Autodesk.Revit.Exceptions.RevitRules.Adopt();
        _document = House.Build(Path.Combine(home, "House.rvt"));
        _before = _document.Copy();
        _revit.Current = new UIDocument(_document);
        RevitApp.Prepare = options =>
        {
            options.Root = Path.Combine(home, "renderiq");
            options.Server = server;
            options.OpenUrl = address => StdioPanel.Tell("opened", address);
        };
        RevitApp.MakePanel = (core, _) => new StdioPanel(core, page);
        HostRules.Enter(() => _app.OnStartup(_starting));
    }

    protected override PluginCore Core => _app.Core;

    private static int Main(string[] args)
    {
        var played = new Played(args[0], args[1], args[2]);
        played.Play();
        HostRules.Enter(() => played._app.OnShutdown(played._starting));
        return 0;
    }

    protected override void Idle()
    {
        ExternalEvent.Idle(_revit);
    }

    protected override void Press(string button)
    {
        var item = _starting.Panels[0].Items.First(each => each.Data.Name == "Renderiq" + button);
        var command = (IExternalCommand)Activator.CreateInstance(typeof(RevitApp).Assembly.GetType(item.Data.ClassName));
        var message = "";
        HostRules.Enter(() =>
        {
            if (command.Execute(new ExternalCommandData(), ref message, new ElementSet()) != Result.Succeeded)
            {
                throw new InvalidOperationException(message);
            }
        });
    }

    protected override string Changes()
    {
        var now = _document.State;
        var changed = _before.Where(each => !now.ContainsKey(each.Key) || !Equals(now[each.Key], each.Value));
        return string.Join(" ", changed.Select(each => each.Key));
    }

    protected override IEnumerable<string> Placed()
    {
        return _document.Existing.OfType<ImageInstance>().Select(each => each.View.Peek<string>("Name"));
    }
}
