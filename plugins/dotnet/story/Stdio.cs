using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Renderiq;
using Renderiq.Plugin;

/// <summary>The panel's window in the story: messages go through standard input and output to Chromium.</summary>
internal sealed class StdioPanel : IPanel, IPanelWindow
{
    private static readonly object Output = new object();
    private readonly PluginCore _core;
    private readonly string _page;

    public StdioPanel(PluginCore core, string page)
    {
        _core = core;
        _page = page;
    }

    /// <summary>Writes a line of JSON.</summary>
    public static void Tell(string name, object value)
    {
        lock (Output)
        {
            Console.Out.WriteLine(new JsonObject { { name, value } });
            Console.Out.Flush();
        }
    }

    public void Show()
    {
        _core.Open(this);
        Tell("page", new Uri(Path.Combine(_core.WritePage(_page), "panel.html")).AbsoluteUri);
    }

    public void Close()
    {
        _core.Open(null);
    }

    public void Send(string text)
    {
        Tell("message", text);
    }

    public string AddressOf(IEnumerable<string> parts)
    {
        return new Uri(Path.Combine(new[] { _core.Service.Web }.Concat(parts).ToArray())).AbsoluteUri;
    }
}

/// <summary>A host that plays the story: it takes commands from the standard input, and works in its main thread.</summary>
internal abstract class PlayedHost
{
    private readonly ConcurrentQueue<JsonObject> _commands = new ConcurrentQueue<JsonObject>();
    private volatile bool _isOver;

    /// <summary>The plugin.</summary>
    protected abstract PluginCore Core { get; }

    /// <summary>Plays until the command <c>quit</c>.</summary>
    protected void Play()
    {
        new Thread(Listen) { IsBackground = true }.Start();
        while (!_isOver)
        {
            JsonObject command;
            while (_commands.TryDequeue(out command))
            {
                Take(command);
            }
            Idle();
            Thread.Sleep(5);
        }
    }

    /// <summary>Does what the host does when it has nothing else to do.</summary>
    protected abstract void Idle();

    /// <summary>Presses a button of the ribbon.</summary>
    protected abstract void Press(string button);

    /// <summary>Returns what has changed in the document since the beginning, apart from results.</summary>
    protected abstract string Changes();

    /// <summary>Returns the names of the results in the document.</summary>
    protected abstract IEnumerable<string> Placed();

    private void Listen()
    {
        string line;
        while ((line = Console.In.ReadLine()) != null)
        {
            _commands.Enqueue(Json.ParseObject(Encoding.UTF8.GetBytes(line)));
        }
        _isOver = true;
    }

    private void Take(JsonObject command)
    {
        if (command.ContainsKey("call"))
        {
            Core.Bridge.Receive(command.Text("call"));
        }
        else if (command.ContainsKey("press"))
        {
            Press(command.Text("press"));
        }
        else if (command.ContainsKey("report"))
        {
            var changes = Changes();
            var placed = Placed().ToList();
            Core.Loop.Post(() => Report(changes, placed));
        }
        else
        {
            _isOver = true;
        }
    }

    private void Report(string changes, List<string> placed)
    {
        var orders = Core.Service.Orders;
        var entries = orders.Entries.Select(each => new JsonObject
        {
            { "view", each.Job.View }, { "state", each.State }, { "code", each.Code }, { "result", each.Result },
            { "seed", each.Job.Look.Integer("seed") }, { "files", each.Job.Files.Keys.ToList() }, { "options", each.Job.Options },
            { "folder", orders.Jobs.Folder(each.Job.Id) },
        }).ToList();
        StdioPanel.Tell("report", new JsonObject
        {
            { "entries", entries }, { "changes", changes }, { "placed", placed }, { "log", Core.Log.Path },
            { "directory", Core.Service.Directory },
        });
    }
}
