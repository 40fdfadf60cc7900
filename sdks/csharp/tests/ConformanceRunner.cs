using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>Does what the scenarios of sdks/conformance ask for, with this SDK. Its README has the protocol.</summary>
internal static class ConformanceRunner
{
    private static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true };
        var steps = new Steps(output);
        string line;
        while ((line = input.ReadLine()) != null)
        {
            output.WriteLine(Json.Write(Answer(steps, (JsonObject)Json.Parse(line))));
        }
    }

    private static JsonObject Answer(Steps steps, JsonObject step)
    {
        var answer = new JsonObject { { "id", step.Integer("id") } };
        steps.Clock.TakeSleeps();
        try
        {
            var args = step.Object("args") ?? new JsonObject();
            answer["value"] = steps.DoAsync(step.Text("do"), args).GetAwaiter().GetResult();
        }
        catch (RenderiqException error)
        {
            answer["error"] = Problem(error);
        }
        catch (OperationCanceledException error)
        {
            answer["error"] = new JsonObject
            {
                { "kind", "cancelled" }, { "code", "CANCELLED" }, { "message", error.Message }, { "retryable", false },
            };
        }
        catch (NotSupportedException error)
        {
            answer["error"] = new JsonObject { { "kind", "unsupported" }, { "message", error.Message } };
        }
        catch (Exception error)
        {
            answer["error"] = new JsonObject { { "kind", "bug" }, { "message", error.ToString() } };
        }
        answer["sleeps"] = steps.Clock.TakeSleeps();
        return answer;
    }

    private static JsonObject Problem(RenderiqException error)
    {
        var fields = (error as ValidationException)?.Fields
            .Select(each => new JsonObject { { "field", each.Field }, { "problem", each.Problem } }).ToList();
        return new JsonObject
        {
            { "kind", Kinds[error.GetType()] },
            { "code", error.Code },
            { "status", error.Status },
            { "requestId", error.RequestId },
            { "retryable", error.Retryable },
            { "retryAfter", error.RetryAfter?.TotalSeconds },
            { "message", error.Message },
            { "fields", fields },
            { "details", error.Details },
        };
    }

    private static readonly Dictionary<Type, string> Kinds = new Dictionary<Type, string>
    {
        { typeof(ApiException), "api" },
        { typeof(AuthException), "auth" },
        { typeof(InsufficientCreditsException), "credits" },
        { typeof(PermissionDeniedException), "permission" },
        { typeof(NotFoundException), "notFound" },
        { typeof(ConflictException), "conflict" },
        { typeof(ValidationException), "validation" },
        { typeof(RateLimitedException), "rateLimited" },
        { typeof(ServerException), "server" },
        { typeof(NetworkException), "network" },
        { typeof(RenderFailedException), "failed" },
        { typeof(WaitTimeoutException), "timeout" },
        { typeof(SignatureException), "signature" },
        { typeof(StateException), "state" },
        { typeof(DiskException), "disk" },
    };

    /// <summary>A clock that only sleeping moves, or the time of this machine, which may be wrong by an offset.</summary>
    private sealed class TestClock : SystemClock
    {
        private readonly bool _isReal;
        private readonly double _chance;
        private readonly object _lock = new object();
        private readonly List<double> _sleeps = new List<double>();
        private DateTimeOffset _now;
        private TimeSpan _offset;

        public TestClock(DateTimeOffset now, double chance)
        {
            _now = now;
            _chance = chance;
        }

        public TestClock(double offset)
        {
            _isReal = true;
            _offset = TimeSpan.FromSeconds(offset);
        }

        public override DateTimeOffset Now
        {
            get
            {
                lock (_lock)
                {
                    return _isReal ? base.Now + _offset : _now;
                }
            }
        }

        public override async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _sleeps.Add(pause.TotalSeconds);
                _now += pause;
            }
            if (_isReal)
            {
                await base.WaitAsync(pause, cancellationToken);
            }
        }

        public override double Chance()
        {
            return _isReal ? base.Chance() : _chance;
        }

        public void Advance(double seconds)
        {
            lock (_lock)
            {
                _now += TimeSpan.FromSeconds(seconds);
            }
        }

        public List<double> TakeSleeps()
        {
            lock (_lock)
            {
                var taken = _sleeps.ToList();
                _sleeps.Clear();
                return taken;
            }
        }
    }

    /// <summary>One client, and what it is asked to do.</summary>
    private sealed class Steps
    {
        private readonly TextWriter _output;
        private RenderiqClient _client;
        private ITokenStore _store;

        public Steps(TextWriter output)
        {
            _output = output;
        }

        public TestClock Clock { get; private set; } = new TestClock(0);

        public async Task<object> DoAsync(string step, JsonObject args)
        {
            switch (step)
            {
                case "start":
                    Start(args);
                    return null;
                case "credits.get":
                    return (await _client.Credits.GetAsync()).Raw;
                case "styles.list":
                    return (await _client.Styles.ListAsync()).Raw;
                case "renders.create":
                    return (await _client.Renders.CreateAsync(args.Text("image"), OptionsOf(args, "options"), GuidesOf(args))).Raw;
                case "renders.get":
                    return (await _client.Renders.GetAsync(args.Text("renderId"))).Raw;
                case "renders.cancel":
                    return (await _client.Renders.CancelAsync(args.Text("renderId"))).Raw;
                case "renders.wait":
                    var timeout = TimeSpan.FromSeconds(args.Number("timeout") ?? 600);
                    return (await _client.Renders.WaitAsync(args.Text("renderId"), timeout)).Raw;
                case "renders.again":
                    var changes = OptionsOf(args, "changes");
                    return (await _client.Renders.AgainAsync(args.Text("renderId"), changes, (int?)args.Integer("count"))).Raw;
                case "renders.estimate":
                    return (await _client.Renders.EstimateAsync(OptionsOf(args, "options"))).Raw;
                case "renders.list":
                    var most = (int)(args.Integer("take") ?? int.MaxValue);
                    var renders = await _client.Renders.List(args.Object("query")).ToListAsync(most);
                    return renders.Select(each => each.RenderId).ToList();
                case "renders.download":
                    await _client.Renders.DownloadAsync(args.Text("renderId"), args.Text("path"));
                    return args.Text("path");
                case "uploads.send":
                    return await UploadAsync(args);
                case "auth.signIn":
                    var email = await _client.SignIn.WithPasswordAsync(args.Text("email"), args.Text("password"));
                    return new JsonObject { { "email", email } };
                case "auth.device":
                    return await DeviceAsync();
                case "auth.signOut":
                    await _client.SignIn.OutAsync();
                    return null;
                case "session.put":
                    var expiresAt = DateTimeOffset.Parse(args.Text("expiresAt"));
                    _store.Save(new Tokens(args.Text("accessToken"), args.Text("refreshToken"), expiresAt));
                    return null;
                case "session.get":
                    return SessionOf(_store.Load());
                case "webhooks.register":
                    var events = args.List("events").Cast<string>();
                    return (await _client.Webhooks.RegisterAsync(events, args.Text("url"))).Raw;
                case "webhooks.verify":
                    var headers = args.Object("headers").ToDictionary(each => each.Key, each => (string)each.Value);
                    return Webhooks.Verify(args.Text("body"), headers, args.Text("secret"), Clock.Now);
                case "webhooks.poll":
                    return await PollAsync(args);
                case "queue.add":
                    return Plain(_client.Queue.Add(args.Text("image"), OptionsOf(args, "options"), GuidesOf(args)));
                case "queue.tick":
                    return Plain(await _client.Queue.RunPassAsync());
                case "queue.drain":
                    return Plain(await _client.Queue.DrainAsync());
                case "queue.list":
                    return _client.Queue.List().Select(Plain).ToList();
                case "queue.get":
                    return Plain(_client.Queue.Get(args.Text("id")));
                case "queue.cancel":
                    return Plain(_client.Queue.Cancel(args.Text("id")));
                case "queue.retry":
                    return Plain(_client.Queue.Retry(args.Text("id")));
                case "queue.remove":
                    _client.Queue.Remove(args.Text("id"));
                    return null;
                case "queue.edit":
                    return Plain(_client.Queue.Edit(args.Text("id"), OptionsOf(args, "options")));
                case "queue.state":
                    return new JsonObject { { "paused", Plain(_client.Queue.Paused) } };
                case "queue.resume":
                    _client.Queue.Resume();
                    return null;
                case "queue.wake":
                    _client.Queue.Wake();
                    return null;
                case "clock.advance":
                    Clock.Advance(args.Number("seconds") ?? 0);
                    return null;
                default:
                    throw new NotSupportedException(step + " is not a step.");
            }
        }

        private void Start(JsonObject args)
        {
            _client?.Dispose();
            var now = args.Text("now");
            Clock = now == null
                ? new TestClock(args.Number("offset") ?? 0)
                : new TestClock(DateTimeOffset.Parse(now), args.Number("chance") ?? 0.5);
            var client = args.Object("client");
            _store = new FileTokenStore(Path.Combine(args.Text("directory"), "session.json"));
            var options = new ClientOptions
            {
                Directory = args.Text("directory"),
                TokenStore = _store,
                Clock = Clock,
                Timeout = TimeSpan.FromSeconds(client.Number("timeout") ?? 30),
                Parallel = (int)(client.Integer("parallel") ?? 4),
            };
            options.Platform = client.Text("platform") ?? options.Platform;
            options.PluginVersion = client.Text("pluginVersion") ?? options.PluginVersion;
            _client = new RenderiqClient(client.Text("apiKey"), args.Text("baseUrl"), options);
        }

        private async Task<JsonObject> UploadAsync(JsonObject args)
        {
            using (var cancel = new CancellationTokenSource())
            {
                var progress = new Progress(args.Integer("cancelAfter"), cancel);
                var upload = await _client.Uploads.SendAsync(args.Text("path"), args.Text("purpose"), progress, cancel.Token);
                return new JsonObject
                {
                    { "uploadId", upload.UploadId }, { "status", upload.Status }, { "progress", progress.Arrived },
                };
            }
        }

        private async Task<JsonObject> DeviceAsync()
        {
            DeviceCode shown = null;
            var email = await _client.SignIn.WithDeviceCodeAsync(code =>
            {
                shown = code;
                _output.WriteLine(new JsonObject
                {
                    { "event", "deviceCode" }, { "userCode", code.UserCode }, { "url", code.CompleteUrl },
                });
            });
            return new JsonObject { { "email", email }, { "userCode", shown.UserCode }, { "url", shown.CompleteUrl } };
        }

        private async Task<JsonObject> PollAsync(JsonObject args)
        {
            var polled = _client.Webhooks.Poll(args.Text("webhookId"), args.Text("cursor"));
            var events = await polled.ToListAsync((int)args.Integer("take"));
            return new JsonObject
            {
                { "events", events.Select(each => each.Event.Id).ToList() },
                { "cursor", events.Count > 0 ? events.Last().Cursor : args.Text("cursor") },
            };
        }

        private static RenderOptions OptionsOf(JsonObject args, string name)
        {
            var options = new RenderOptions();
            foreach (var each in args.Object(name) ?? new JsonObject())
            {
                options[each.Key] = each.Value;
            }
            return options;
        }

        private static GuideImages GuidesOf(JsonObject args)
        {
            return new GuideImages
            {
                Depth = args.Text("depthImage"),
                MaterialId = args.Text("materialIdImage"),
                Normal = args.Text("normalImage"),
            };
        }

        private static JsonObject SessionOf(Tokens tokens)
        {
            return tokens == null
                ? null
                : new JsonObject { { "accessToken", tokens.AccessToken }, { "refreshToken", tokens.RefreshToken } };
        }

        private static JsonObject Plain(QueuePass pass)
        {
            return new JsonObject { { "sender", pass.IsSender }, { "next", pass.Next?.TotalSeconds } };
        }

        private static JsonObject Plain(QueuePause pause)
        {
            return pause == null
                ? null
                : new JsonObject(pause.Details) { { "code", pause.Code }, { "message", pause.Message } };
        }

        private static JsonObject Plain(QueueItem item)
        {
            var reason = item.Reason == null
                ? null
                : new JsonObject { { "code", item.Reason.Code }, { "message", item.Reason.Message } };
            return new JsonObject
            {
                { "id", item.Id },
                { "state", item.State },
                { "reason", reason },
                { "next", item.Next?.TotalSeconds },
                { "renderId", item.RenderId },
                { "result", item.Result },
                { "editable", item.IsEditable },
            };
        }
    }

    /// <summary>Notes what has arrived, and cancels after so many reports.</summary>
    private sealed class Progress : IProgress<UploadProgress>
    {
        private readonly long? _cancelAfter;
        private readonly CancellationTokenSource _cancel;

        public Progress(long? cancelAfter, CancellationTokenSource cancel)
        {
            _cancelAfter = cancelAfter;
            _cancel = cancel;
        }

        public List<long> Arrived { get; } = new List<long>();

        public void Report(UploadProgress value)
        {
            Arrived.Add(value.Arrived);
            if (Arrived.Count == _cancelAfter)
            {
                _cancel.Cancel();
            }
        }
    }
}
