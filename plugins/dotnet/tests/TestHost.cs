using System;
using System.Collections.Generic;
using System.Drawing;
using System.Drawing.Imaging;
using System.IO;
using System.Linq;
using System.Threading;
using Renderiq;
using Renderiq.Plugin;

/// <summary>A host that draws rectangles. It is called in one thread only, which the test pumps.</summary>
internal sealed class TestHost : IHost
{
    private readonly Thread _thread = Thread.CurrentThread;

    public List<HostView> All { get; } = new List<HostView> { new HostView("v1", "Entrance"), new HostView("v2", "Garden") };

    public List<string> Placed { get; } = new List<string>();

    public Exception Failure { get; set; }

    public string Folder { get; set; }

    public int Captures { get; private set; }

    public IReadOnlyList<HostView> Views()
    {
        CheckThread();
        return All.ToList();
    }

    public Shot Capture(CaptureWish wish)
    {
        CheckThread();
        Captures++;
        if (Failure != null)
        {
            throw Failure;
        }
        var view = wish.ViewId == null ? All[0] : All.First(each => each.Id == wish.ViewId);
        var shot = new Shot { View = view, Picture = Path.Combine(wish.Folder, "view.png"), Camera = TestCamera() };
        Draw(shot.Picture, 160, 90, Color.Brown, Color.Gray);
        if (wish.Guides)
        {
            shot.MaterialIds = Path.Combine(wish.Folder, "ids.png");
            Draw(shot.MaterialIds, 160, 90, Color.FromArgb(0x20, 0x40, 0x61), Color.Black);
            shot.Materials = new Dictionary<int, string> { { 0x204061, "Red Brick" } };
        }
        shot.Sun = new JsonObject { { "azimuth", 135.0 }, { "elevation", 30.0 } };
        return shot;
    }

    public string ExportModel(string viewId, string folder)
    {
        CheckThread();
        var path = Path.Combine(folder, "model.ifc");
        File.WriteAllText(path, "ISO-10303-21;");
        return path;
    }

    public string Place(string path, string name, string target)
    {
        CheckThread();
        Placed.Add(name + " on " + target);
        return "The picture is on the " + target + ".";
    }

    public string DocumentFolder()
    {
        CheckThread();
        return Folder;
    }

    public static void Draw(string path, int width, int height, Color inside, Color outside)
    {
        using (var picture = new Bitmap(width, height, PixelFormat.Format24bppRgb))
        using (var graphics = Graphics.FromImage(picture))
        using (var brush = new SolidBrush(inside))
        {
            graphics.Clear(outside);
            graphics.FillRectangle(brush, width / 4, height / 4, width / 2, height / 2);
            picture.Save(path, ImageFormat.Png);
        }
    }

    private static Camera TestCamera()
    {
        return new Camera
        {
            Eye = new Vector(1, -10, 2), Forward = new Vector(0, 1, 0), Up = new Vector(0, 0, 1),
            Width = 16, Height = 9, Distance = 10,
        };
    }

    private void CheckThread()
    {
        if (Thread.CurrentThread != _thread)
        {
            throw new InvalidOperationException("the host was called in another thread");
        }
    }
}

/// <summary>A plugin with the test's host, API and window. The test's thread is both the loop and the host's thread.</summary>
internal sealed class TestPlugin : IPanelWindow, IDisposable
{
    private readonly Schema _schema = new Schema(Json.ParseObject(File.ReadAllBytes(Path.Combine(TestRunner.Protocol, "schema.json"))));
    private readonly Dictionary<long, string> _methods = new Dictionary<long, string>();
    private readonly Thread _thread = Thread.CurrentThread;
    private bool _isWoken;
    private long _id;

    public TestPlugin(string root, FakeApi api = null, TimeSpan? patience = null)
    {
        Api = api ?? new FakeApi();
        Core = new PluginCore(new CoreOptions
        {
            Info = new HostInfo
            {
                Name = "revit", Title = "Revit", Version = "2024", Locale = "de-DE", HasMaterialIds = true, HasModel = true,
                PlaceTargets = new[] { "view", "sheet", "folder" },
            },
            Host = Host,
            Wake = () => _isWoken = true,
            Version = "0.1.0",
            Root = root,
            Server = "http://api.test/api/plugins",
            Transport = Api,
            OpenUrl = Opened.Add,
            Patience = patience ?? TimeSpan.FromSeconds(30),
        });
        Core.Start();
        Core.Open(this);
    }

    public FakeApi Api { get; }

    public TestHost Host { get; } = new TestHost();

    public PluginCore Core { get; }

    public List<string> Opened { get; } = new List<string>();

    /// <summary>Whether the host does its work.</summary>
    public bool HostIsBusy { get; set; }

    public List<JsonObject> Sent { get; } = new List<JsonObject>();

    /// <summary>The state as a page has it that has applied all changes.</summary>
    public JsonObject State { get; private set; } = new JsonObject();

    public Dictionary<string, JsonObject> Queue { get; } = new Dictionary<string, JsonObject>();

    public Dictionary<string, JsonObject> History { get; } = new Dictionary<string, JsonObject>();

    /// <summary>A message of the plugin. It has to fit the protocol.</summary>
    public void Send(string text)
    {
        Check.True(Thread.CurrentThread == _thread, "a message was sent in another thread");
        var message = Json.ParseObject(System.Text.Encoding.UTF8.GetBytes(text));
        Check.True(_schema.Is("toPanel", message), "the message does not fit: " + text);
        if (message.Object("result") != null)
        {
            var method = _methods[message.Integer("id").Value];
            Check.True(_schema.IsResult(method, message.Object("result")), "the result of " + method + " does not fit: " + text);
        }
        Sent.Add(message);
        if (message.Text("event") == "state")
        {
            Apply(message.Object("data"));
        }
    }

    public string AddressOf(IEnumerable<string> parts)
    {
        return "https://renderiq.panel/" + string.Join("/", parts);
    }

    /// <summary>Sends a request, and returns its answer.</summary>
    public JsonObject Ask(string method, JsonObject parameters = null)
    {
        var id = ++_id;
        _methods[id] = method;
        var text = new JsonObject { { "id", id }, { "method", method }, { "params", parameters ?? new JsonObject() } }.ToString();
        Core.Bridge.Receive(text);
        JsonObject answer = null;
        Until(() => (answer = Sent.FirstOrDefault(each => each.Integer("id") == id)) != null);
        return answer;
    }

    /// <summary>Sends a request that succeeds, and returns its result.</summary>
    public JsonObject Result(string method, JsonObject parameters = null)
    {
        var answer = Ask(method, parameters);
        Check.True(answer.Object("result") != null, method + " was refused: " + answer);
        return answer.Object("result");
    }

    /// <summary>Sends a request that is refused, and returns the code.</summary>
    public string Refusal(string method, JsonObject parameters = null)
    {
        var answer = Ask(method, parameters);
        Check.True(answer.Object("error") != null, method + " was not refused: " + answer);
        return answer.Object("error").Text("code");
    }

    /// <summary>Runs the loop, and the host when it is woken, until a condition holds.</summary>
    public void Until(Func<bool> condition)
    {
        var held = Core.Loop.RunUntil(
            () =>
            {
                while (_isWoken && !HostIsBusy)
                {
                    _isWoken = Core.Thread.RunNext();
                }
                return condition();
            },
            TimeSpan.FromSeconds(50));
        Check.True(held, "it is not so after 50 s; the state is " + State + " " + string.Join(" ", Queue.Values));
    }

    /// <summary>Opens the page, signs in, and waits for the offer.</summary>
    public TestPlugin SignedIn()
    {
        Result("hello", new JsonObject { { "protocol", 1 }, { "panel", "0.1.0" } });
        Result("signIn");
        Until(() => State.Object("account")?.Integer("balance") != null && State.Object("capabilities") != null);
        return this;
    }

    /// <summary>Captures the active view, and returns the id of the capture.</summary>
    public string Capture(string ratio = "nearest")
    {
        Result("capture", new JsonObject { { "aspectRatio", ratio } });
        return State.Object("capture").Text("id");
    }

    public static JsonObject ALook(string model = "", string prompt = "")
    {
        return new JsonObject
        {
            { "style", "dramatic@1" }, { "prompt", prompt }, { "negativePrompt", "" }, { "quality", "standard" }, { "model", model },
            { "aspectRatio", "nearest" }, { "structureStrength", 0.7 }, { "seed", null },
        };
    }

    public JsonObject OrderOf(string captureId, JsonObject look = null)
    {
        return new JsonObject { { "look", look ?? ALook() }, { "captureId", captureId } };
    }

    public void Dispose()
    {
        var ending = Core.Service.StopAsync();
        Core.Loop.RunUntil(() => ending.IsCompleted, TimeSpan.FromSeconds(10));
    }

    private void Apply(JsonObject change)
    {
        if (change.Flag("reset") == true)
        {
            State = new JsonObject();
            Queue.Clear();
            History.Clear();
        }
        foreach (var each in change.Object("set") ?? new JsonObject())
        {
            State[each.Key] = each.Value;
        }
        Apply(change, "queue", Queue);
        Apply(change, "history", History);
    }

    private static void Apply(JsonObject change, string list, Dictionary<string, JsonObject> entries)
    {
        foreach (var id in (change.Object("remove") ?? new JsonObject()).List(list).Cast<string>())
        {
            entries.Remove(id);
        }
        foreach (var each in (change.Object("put") ?? new JsonObject()).List(list).Cast<JsonObject>())
        {
            entries[each.Text("id")] = each;
        }
    }
}
