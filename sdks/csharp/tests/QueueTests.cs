using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>The queue while somebody uses it: changes during a pass, files that vanish, and the work in the background.</summary>
public sealed class QueueTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();
    private readonly FakeApi _api = new FakeApi();
    private readonly MovedClock _clock = new MovedClock();
    private readonly RenderiqClient _client;

    public QueueTests()
    {
        _client = NewClient(_clock);
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    public async Task An_order_is_done()
    {
        var item = Add();

        await _client.Queue.DrainAsync();

        var found = _client.Queue.Get(item.Id);
        Check.Equal(QueueState.Done, found.State);
        Check.Equal("picture", File.ReadAllText(found.Result));
    }

    public async Task The_result_goes_where_it_was_wanted()
    {
        _client.Queue.Add(Png, output: _folder.File("here/out.png"));

        await _client.Queue.DrainAsync();

        Check.Equal("picture", File.ReadAllText(_folder.File("here/out.png")));
    }

    public async Task What_a_killed_process_has_left_of_a_picture_is_overwritten()
    {
        var item = Add();
        var name = "000001-" + item.Id + ".png";
        Directory.CreateDirectory(_folder.File("queue-csharp/results"));
        File.WriteAllText(_folder.File("queue-csharp/results/." + name + ".part"), "more than a whole picture");

        await _client.Queue.DrainAsync();

        Check.Equal("picture", File.ReadAllText(_client.Queue.Get(item.Id).Result));
        Check.Equal(new[] { name }, Directory.GetFiles(_folder.File("queue-csharp/results")).Select(Path.GetFileName));
    }

    public async Task A_model_is_uploaded_apart_and_its_file_may_be_deleted()
    {
        var path = _folder.File("house.ifc");
        File.WriteAllText(path, "ISO-10303-21;");
        var item = _client.Queue.Add(Png, new RenderOptions { Model = "cycles" }, modelFile: path);
        File.Delete(path);
        _api.During = name =>
        {
            if (name == "POST /uploads")
            {
                throw new StateException("STOP", "Enough.");
            }
        };

        await _client.Queue.RunPassAsync();

        Check.Equal(new[] { "POST /uploads" }, _api.Requests);
        Check.Equal("STOP", _client.Queue.Get(item.Id).Reason.Code);
    }

    public void An_order_of_a_model_that_is_not_there_is_not_stored()
    {
        Check.Throws<DiskException>(() => _client.Queue.Add(Png, modelFile: _folder.File("nothing.ifc")));

        Check.Equal(0, _client.Queue.List().Count);
    }

    public void An_order_is_a_folder_with_json_and_its_pictures()
    {
        var item = _client.Queue.Add(Png, new RenderOptions { Style = "soft" }, new GuideImages { Depth = Png });

        var folder = Directory.GetDirectories(_folder.File("queue-csharp/orders")).Single();
        var order = Json.ParseObject(File.ReadAllBytes(Path.Combine(folder, "order.json")));
        Check.Equal("000001-" + item.Id, Path.GetFileName(folder));
        Check.Equal("waiting", order.Text("state"));
        Check.Equal("{\"style\":\"soft\"}", order.Object("fields").ToString());
        Check.Equal(
            new[] { "depthImage.png", "image.png", "order.json" },
            Directory.GetFiles(folder).Select(Path.GetFileName).OrderBy(each => each));
    }

    public void An_order_is_written_so_that_it_is_read_again()
    {
        var now = _clock.Now.AddTicks(1);
        var order = new Order("i", "k", new JsonObject { { "seed", 7L } }, new JsonObject { { "image", "image.png" } }, "/out", now)
            .WithUpload("image", new OrderUpload("u", true, 2))
            .FailedForNow(new NetworkException("NETWORK_ERROR", "No “network”."), now, 0.3)
            .Unsure(true)
            .ToBeCancelled(new QueueReason("CANCELLING", "…"), now);

        var read = Order.Read(Json.ParseObject(Encoding.UTF8.GetBytes(order.Write().ToString())));

        Check.Equal(order.Write().ToString(), read.Write().ToString());
        Check.Equal(order.Due, read.Due);
    }

    public async Task An_order_that_is_cancelled_while_it_is_sent_is_cancelled_at_the_server()
    {
        var item = Add();
        _api.During = name => When(name == "POST /renders", () => _client.Queue.Cancel(item.Id));

        await _client.Queue.DrainAsync();

        Check.Equal(QueueState.Cancelled, _client.Queue.Get(item.Id).State);
        Check.Equal(new[] { "POST /renders", "DELETE /renders/r1" }, _api.Requests);
    }

    public async Task An_order_that_is_cancelled_while_it_is_looked_at_ends_as_its_render()
    {
        var item = Add();
        _api.During = name => When(name == "GET /renders/r1", () => _client.Queue.Cancel(item.Id));

        await _client.Queue.DrainAsync();

        Check.Equal(QueueState.Done, _client.Queue.Get(item.Id).State);
    }

    public async Task An_order_cannot_be_edited_while_it_is_sent()
    {
        var item = Add();
        StateException refusal = null;
        _api.During = name => When(name == "POST /renders", () => refusal = Check.Throws<StateException>(
            () => _client.Queue.Edit(item.Id, new RenderOptions { Style = "studio" })));

        await _client.Queue.DrainAsync();

        Check.Equal("NOT_EDITABLE", refusal.Code);
    }

    public async Task An_order_that_was_edited_before_it_is_sent_is_sent_as_edited()
    {
        var first = Add();
        var second = Add(new RenderOptions { Style = "soft" });
        QueueItem edited = null;
        _api.During = name => When(
            edited == null, () => edited = _client.Queue.Edit(second.Id, new RenderOptions { Style = "studio" }));

        await _client.Queue.DrainAsync();

        Check.Equal(QueueState.Done, _client.Queue.Get(first.Id).State);
        Check.Equal(QueueState.Done, _client.Queue.Get(second.Id).State);
        Check.Equal("studio", _client.Queue.Get(second.Id).Options.Text("style"));
        Check.Equal(2, _api.Requests.Count(each => each == "POST /renders"));
    }

    public void An_option_that_is_edited_to_null_is_gone()
    {
        var item = Add(new RenderOptions { Style = "soft", Seed = 7 });

        var edited = _client.Queue.Edit(item.Id, new RenderOptions { Seed = null });

        Check.Equal("{\"style\":\"soft\"}", edited.Options.ToString());
    }

    public async Task An_order_whose_picture_is_gone_is_set_aside()
    {
        var gone = Add();
        var there = Add();
        File.Delete(Path.Combine(FolderOf(gone), "image.png"));

        await _client.Queue.DrainAsync();

        Check.Equal(QueueState.Failed, _client.Queue.Get(gone.Id).State);
        Check.Equal("DISK_ERROR", _client.Queue.Get(gone.Id).Reason.Code);
        Check.Equal(QueueState.Done, _client.Queue.Get(there.Id).State);
    }

    public async Task An_order_whose_file_is_damaged_is_set_aside_and_the_next_one_goes_on()
    {
        var damaged = Add();
        var there = Add();
        File.WriteAllText(Path.Combine(FolderOf(damaged), "order.json"), "{");

        await _client.Queue.DrainAsync();

        var found = _client.Queue.Get(damaged.Id);
        Check.Equal(new object[] { QueueState.Failed, "DISK_ERROR", false }, new object[] { found.State, found.Reason.Code, found.IsEditable });
        Check.Throws<StateException>(() => _client.Queue.Retry(damaged.Id));
        Check.Equal(QueueState.Done, _client.Queue.Get(there.Id).State);
    }

    public void An_order_that_cannot_be_stored_leaves_nothing_behind()
    {
        Add();
        Directory.Delete(_folder.File("queue-csharp/orders"), true);
        File.WriteAllText(_folder.File("queue-csharp/orders"), "no folder");

        Check.Throws<DiskException>(() => Add());

        Check.Equal(0, Directory.GetFileSystemEntries(_folder.File("queue-csharp/aside")).Length);
    }

    public void What_was_being_added_when_its_process_ended_is_removed_later()
    {
        Add();
        var orphan = _folder.File("queue-csharp/aside/orphan");
        var young = _folder.File("queue-csharp/aside/young");
        Directory.CreateDirectory(orphan);
        Directory.CreateDirectory(young);
        Directory.SetLastWriteTimeUtc(orphan, new DateTime(2026, 1, 1));

        _client.Queue.Start();

        Check.True(!Directory.Exists(orphan) && Directory.Exists(young));
    }

    public void Orders_keep_their_place_after_one_is_removed()
    {
        var items = Enumerable.Range(0, 12).Select(_ => Add().Id).ToList();
        _client.Queue.Cancel(items[3]);

        _client.Queue.Remove(items[3]);

        items.RemoveAt(3);
        items.Add(Add().Id);
        Check.Equal(items, _client.Queue.List().Select(each => each.Id));
        Check.Equal(0, Directory.GetFileSystemEntries(_folder.File("queue-csharp/aside")).Length);
    }

    public void Many_threads_add_orders_and_none_is_lost()
    {
        Parallel.For(0, 40, _ => Add());

        var names = Directory.GetDirectories(_folder.File("queue-csharp/orders")).Select(each => Path.GetFileName(each).Substring(0, 6));
        Check.Equal(Enumerable.Range(1, 40).Select(each => each.ToString("000000")), names.OrderBy(each => each));
    }

    public async Task The_work_in_the_background_sends_what_is_added()
    {
        using (var client = NewClient(null))
        {
            client.Queue.Start();
            var item = client.Queue.Add(Png);
            await UntilAsync(() => client.Queue.Get(item.Id).State == QueueState.Done);
        }
    }

    public async Task The_work_in_the_background_ends_at_once_and_goes_on_later()
    {
        using (var client = NewClient(null))
        {
            var arrived = new SemaphoreSlim(0);
            _api.Stall = name => When(name == "POST /renders", () => arrived.Release());
            client.Queue.Start();
            var item = client.Queue.Add(Png);
            await arrived.WaitAsync();

            await client.Queue.StopAsync();

            Check.Equal(false, client.Queue.Get(item.Id).IsEditable);
            _api.Stall = null;
            client.Queue.Start();
            await UntilAsync(() => client.Queue.Get(item.Id).State == QueueState.Done);
            Check.Equal(1, _api.Keys.Distinct().Count());
        }
    }

    public async Task The_work_in_the_background_survives_what_a_transport_throws()
    {
        using (var client = NewClient(null))
        {
            var throws = 1;
            _api.During = name =>
            {
                if (Interlocked.Decrement(ref throws) == 0)
                {
                    throw new InvalidOperationException("The host is busy.");
                }
            };
            client.Queue.Start();
            var item = client.Queue.Add(Png);

            await UntilAsync(() => client.Queue.Get(item.Id).State == QueueState.Done);
        }
    }

    public async Task An_outage_is_waited_out()
    {
        var item = Add();
        _api.IsAway = true;
        for (var count = 0; count < 12; count++)
        {
            var pass = await _client.Queue.RunPassAsync();
            await _clock.WaitAsync(pass.Next ?? TimeSpan.Zero, CancellationToken.None);
        }
        _api.IsAway = false;

        await _client.Queue.DrainAsync();

        Check.Equal(QueueState.Done, _client.Queue.Get(item.Id).State);
    }

    public void A_pass_leaves_the_thread_alone_that_asks_for_it()
    {
        var threads = new List<int>();
        _api.During = name => threads.Add(Thread.CurrentThread.ManagedThreadId);
        Add();

        _client.Queue.DrainAsync().Wait();

        Check.True(threads.Count > 0 && !threads.Contains(Thread.CurrentThread.ManagedThreadId));
    }

    public void Reading_five_hundred_orders_takes_less_than_two_seconds()
    {
        for (var count = 0; count < 500; count++)
        {
            Add();
        }
        var watch = System.Diagnostics.Stopwatch.StartNew();

        _client.Queue.List();

        Check.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    private static Picture Png => Encoding.ASCII.GetBytes("\u007fPNG and more");

    private static void When(bool condition, Action work)
    {
        if (condition)
        {
            work();
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var count = 0; count < 400 && !isSo(); count++)
        {
            await Task.Delay(50);
        }
        Check.True(isSo());
    }

    private QueueItem Add(RenderOptions options = null)
    {
        return _client.Queue.Add(Png, options);
    }

    private string FolderOf(QueueItem item)
    {
        return Directory.GetDirectories(_folder.File("queue-csharp/orders"), "*-" + item.Id).Single();
    }

    private RenderiqClient NewClient(IClock clock)
    {
        return new RenderiqClient("rk", "http://api.test", new ClientOptions
        {
            Directory = _folder.Path,
            Transport = _api,
            Clock = clock,
        });
    }

    /// <summary>Moves by waiting.</summary>
    private sealed class MovedClock : IClock
    {
        public DateTimeOffset Now { get; private set; } = new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

        public Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
        {
            Now += pause;
            return Task.CompletedTask;
        }

        public double Chance()
        {
            return 0.5;
        }
    }

    /// <summary>The API without a network. <c>During</c> is called while a request is under way.</summary>
    private sealed class FakeApi : ITransport
    {
        public List<string> Requests { get; } = new List<string>();

        public List<string> Keys { get; } = new List<string>();

        public Action<string> During { get; set; }

        /// <summary>Is called when a request has arrived that is never answered.</summary>
        public Action<string> Stall { get; set; }

        public bool IsAway { get; set; }

        public async Task<TransportResponse> SendAsync(
            TransportRequest request, TimeSpan timeout, Stream file, CancellationToken cancellationToken)
        {
            var name = request.Method + " " + request.Url.AbsolutePath;
            Requests.Add(name);
            if (request.Method == "POST")
            {
                Keys.Add(request.Headers["Idempotency-Key"]);
            }
            During?.Invoke(name);
            if (Stall != null)
            {
                Stall(name);
                await Task.Delay(-1, cancellationToken);
            }
            if (IsAway)
            {
                throw new NetworkException("NETWORK_ERROR", "No network.", wasSent: false);
            }
            var none = new Dictionary<string, string>();
            if (name == "GET /picture")
            {
                file.Write(Encoding.ASCII.GetBytes("picture"), 0, 7);
                return new TransportResponse(200, none, new byte[0]);
            }
            var data = new JsonObject
            {
                { "renderId", "r1" },
                { "status", request.Method == "DELETE" ? "cancelled" : "completed" },
                { "outputUrl", "http://api.test/picture" },
                { "estimatedTime", 0 },
            };
            var body = new JsonObject { { "success", true }, { "data", data } };
            return new TransportResponse(200, none, Encoding.UTF8.GetBytes(body.ToString()));
        }
    }
}
