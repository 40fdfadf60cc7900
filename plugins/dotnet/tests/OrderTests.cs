using System;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using Renderiq;
using Renderiq.Plugin;

/// <summary>The way of an order: capture, crop, queue, result, and back into the document.</summary>
public sealed class OrderTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();
    private readonly FakeApi _api = new FakeApi();
    private readonly TestPlugin _plugin;

    public OrderTests()
    {
        TestHost.Draw(_folder.File("result.png"), 320, 180, Color.Red, Color.Blue);
        _api.Picture = File.ReadAllBytes(_folder.File("result.png"));
        _plugin = new TestPlugin(_folder.File("home"), _api).SignedIn();
    }

    public void Dispose()
    {
        _plugin.Dispose();
        _folder.Dispose();
    }

    public void A_capture_becomes_a_picture_in_the_history()
    {
        var id = Order();

        _plugin.Until(() => _plugin.History.ContainsKey(id));

        var entry = _plugin.History[id];
        Check.Equal("Entrance", entry.Text("view"));
        Check.True(File.Exists(PathOf(entry.Text("before"))) && File.Exists(PathOf(entry.Text("after"))), "no thumbnails");
        Check.True(_api.Orders[0].Contains("name=\"style\"\r\n\r\ndramatic@1"), "the style was not sent");
    }

    public void Only_the_cropped_part_is_sent_and_guides_are_cropped_with_it()
    {
        var capture = _plugin.Capture();
        var crop = new JsonObject { { "x", 0.5 }, { "y", 0.0 }, { "width", 0.5 }, { "height", 0.5 } };
        _plugin.Result("setCrop", new JsonObject { { "captureId", capture }, { "aspectRatio", "16:9" }, { "crop", crop } });
        var id = (string)_plugin.Result("order", _plugin.OrderOf(capture)).List("ids")[0];
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        var jobs = _plugin.Core.Service.Orders.Jobs;
        var job = _plugin.Core.Service.Orders.Find(id);
        Check.Equal(new Size(80, 44), Pictures.SizeOf(jobs.FileOf(job, "image")));
        Check.Equal(new Size(80, 44), Pictures.SizeOf(jobs.FileOf(job, "materialIdImage")));
        Check.Equal("{\"#204061\":\"brick\"}", job.Options.Object("materials").ToString());
    }

    public void Guides_are_left_out_if_the_user_does_not_send_them()
    {
        _plugin.Result("setSettings", new JsonObject { { "settings", new JsonObject { { "sendGuides", false } } } });

        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        Check.Equal("{\"image\":\"capture.png\"}", _plugin.Core.Service.Orders.Find(id).Files.ToString());
    }

    public void A_model_goes_to_the_path_tracer_with_camera_and_sun()
    {
        var id = (string)_plugin.Result("order", _plugin.OrderOf(_plugin.Capture(), TestPlugin.ALook("cycles"))).List("ids")[0];

        _plugin.Until(() => _api.Requests.Contains("POST /uploads"));

        var job = _plugin.Core.Service.Orders.Find(id);
        Check.Equal("model.ifc", job.Files.Text("modelFile"));
        Check.Equal(135.0, job.Options.Object("sun").Number("azimuth"));
        Check.Equal(new object[] { 1.0, 2.0, 10.0 }, job.Options.Object("camera").List("position"));
    }

    public void All_views_get_one_seed_and_are_captured_one_after_another()
    {
        _plugin.Until(() => ((System.Collections.ICollection)_plugin.State.Find("views")).Count == 2);
        var views = new List<object> { "v1", "v2" };

        var ids = _plugin.Result("order", new JsonObject { { "look", TestPlugin.ALook() }, { "views", views } }).List("ids");
        _plugin.Until(() => _plugin.History.Count == 2);

        Check.Equal(2, _plugin.Host.Captures);
        Check.Equal(1, ids.Select(each => _plugin.History[(string)each].Object("look").Integer("seed")).Distinct().Count());
        Check.Equal(new[] { "Entrance", "Garden" }, ids.Select(each => _plugin.History[(string)each].Text("view")));
    }

    public void A_view_that_is_gone_is_refused()
    {
        var order = new JsonObject { { "look", TestPlugin.ALook() }, { "views", new List<object> { "v9" } } };

        Check.Equal("NOT_FOUND", _plugin.Refusal("order", order));
    }

    public void A_view_that_cannot_be_captured_is_set_aside_and_the_others_go_on()
    {
        _plugin.Until(() => ((System.Collections.ICollection)_plugin.State.Find("views")).Count == 2);
        _plugin.Host.Failure = new InvalidOperationException("no graphics");

        var order = new JsonObject { { "look", TestPlugin.ALook() }, { "views", new List<object> { "v1", "v2" } } };
        _plugin.Result("order", order);
        _plugin.Until(() => _plugin.Queue.Values.Count(each => each.Text("state") == "failed") == 2);

        Check.Equal("CAPTURE_FAILED", _plugin.Queue.Values.First().Object("reason").Text("code"));
    }

    public void A_cancelled_order_shows_its_refund()
    {
        _api.IsSlow = true;
        var id = Order();
        _plugin.Until(() => StateOf(id) == "rendering" || StateOf(id) == "ordered");

        _plugin.Result("cancel", new JsonObject { { "id", id } });
        _plugin.Until(() => StateOf(id) == "cancelled");

        Check.Equal(1L, _plugin.Queue[id].Integer("refunded"));
    }

    public void Offline_orders_wait_and_are_sent_when_the_network_may_be_used_again()
    {
        _plugin.Core.SetOnline(false);
        _plugin.Until(() => _plugin.State.Text("network") == "hostOffline");
        var ids = new[] { Order(), Order(), Order() };
        _plugin.Until(() => ids.All(each => StateOf(each) == "waiting"));
        Check.Equal(0, _api.Orders.Count);

        _plugin.Core.SetOnline(true);
        _plugin.Until(() => ids.All(_plugin.History.ContainsKey));

        Check.Equal(3, _api.Orders.Count);
    }

    public void While_the_server_is_away_orders_wait_and_the_panel_says_so()
    {
        _api.IsAway = true;
        var id = Order();
        _plugin.Until(() => _plugin.State.Text("network") == "unreachable" && StateOf(id) == "waiting");
        Check.Equal("NETWORK_ERROR", _plugin.Queue[id].Object("reason").Text("code"));

        _api.IsAway = false;
        _plugin.Result("resume");

        _plugin.Until(() => _plugin.History.ContainsKey(id));
    }

    public void A_refused_order_is_edited_and_sent_again()
    {
        _api.Refusal = "INVALID_INPUT";
        _api.RefusalStatus = 400;
        var id = Order();
        _plugin.Until(() => StateOf(id) == "failed");
        Check.Equal(true, _plugin.Queue[id].Flag("refused"));
        _api.Refusal = null;

        _plugin.Result("edit", new JsonObject { { "id", id }, { "look", TestPlugin.ALook(prompt: "a lake") } });
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        Check.True(_api.Orders.Last().Contains("a lake"), "the change was not sent");
    }

    public void An_order_is_repeated_from_its_capture_with_another_look()
    {
        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        var look = TestPlugin.ALook(prompt: "at night");
        var other = (string)_plugin.Result("again", new JsonObject { { "id", id }, { "look", look } }).List("ids")[0];
        _plugin.Until(() => _plugin.History.ContainsKey(other));

        Check.Equal(1, _plugin.Host.Captures);
        Check.Equal("at night", _plugin.History[other].Object("look").Text("prompt"));
    }

    public void An_order_that_ended_is_forgotten_and_its_result_stays()
    {
        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));
        var result = _plugin.Core.Service.Orders.Entries[0].Result;

        _plugin.Result("remove", new JsonObject { { "id", id } });
        _plugin.Until(() => !_plugin.History.ContainsKey(id));

        Check.True(File.Exists(result), "the result is gone");
        Check.Equal("NOT_FOUND", _plugin.Refusal("remove", new JsonObject { { "id", id } }));
    }

    public void What_is_too_expensive_is_not_captured_or_sent()
    {
        _api.Balance = 0;
        _plugin.Core.Loop.Post(_plugin.Core.Service.RetryNow);
        _plugin.Until(() => _plugin.State.Object("account").Integer("balance") == 0);

        var estimate = _plugin.Result("estimate", new JsonObject { { "look", TestPlugin.ALook() }, { "count", 3 } });
        Check.Equal("{\"cost\":3,\"left\":0,\"sufficient\":false}", estimate.ToString());
        Check.Equal("INSUFFICIENT_CREDITS", _plugin.Refusal("order", _plugin.OrderOf(_plugin.Capture())));
    }

    public void A_result_is_put_into_the_document_or_beside_it()
    {
        _plugin.Host.Folder = _folder.Root;
        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        _plugin.Result("place", new JsonObject { { "id", id }, { "target", "view" } });
        _plugin.Result("place", new JsonObject { { "id", id }, { "target", "folder" } });

        Check.Equal(new[] { "Entrance on view" }, _plugin.Host.Placed);
        Check.Equal(1, Directory.GetFiles(_folder.File("Renderiq"), "*.png").Length);
        Check.Equal("NOT_SUPPORTED", _plugin.Refusal("place", new JsonObject { { "id", id }, { "target", "background" } }));
    }

    public void Results_are_put_into_the_document_by_themselves_if_the_user_wants_that()
    {
        _plugin.Result("setSettings", new JsonObject { { "settings", new JsonObject { { "placeWhenDone", true } } } });

        Order();

        _plugin.Until(() => _plugin.Host.Placed.Count == 1);
    }

    public void Without_a_saved_document_there_is_no_folder_beside_it()
    {
        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        Check.Equal("PLACE_FAILED", _plugin.Refusal("place", new JsonObject { { "id", id }, { "target", "folder" } }));
    }

    public void Both_pictures_are_shown_in_full()
    {
        var id = Order();
        _plugin.Until(() => _plugin.History.ContainsKey(id));

        var pictures = _plugin.Result("pictures", new JsonObject { { "id", id } });

        Check.Equal(new Size(320, 180), Pictures.SizeOf(PathOf(pictures.Text("after"))));
    }

    public void An_order_survives_the_end_of_the_host()
    {
        _plugin.Core.SetOnline(false);
        var id = Order();
        _plugin.Until(() => StateOf(id) == "waiting");
        _plugin.Dispose();

        using (var next = new TestPlugin(_folder.File("home"), _api))
        {
            next.Result("hello", new JsonObject { { "protocol", 1 }, { "panel", "0.1.0" } });
            next.Core.SetOnline(true);
            next.Until(() => next.History.ContainsKey(id));
        }
        Check.Equal(1, _api.Orders.Count);
    }

    public void A_host_that_is_busy_says_so()
    {
        using (var plugin = new TestPlugin(_folder.File("busy"), _api, TimeSpan.FromSeconds(0.2)) { HostIsBusy = true })
        {
            Check.Equal("BUSY", plugin.Refusal("capture", new JsonObject { { "aspectRatio", "nearest" } }));
        }
    }

    public void A_button_orders_the_view_without_the_panel()
    {
        _plugin.Core.OrderNow(false);

        _plugin.Until(() => _plugin.History.Count == 1);
    }

    private string Order()
    {
        return (string)_plugin.Result("order", _plugin.OrderOf(_plugin.Capture())).List("ids")[0];
    }

    private string StateOf(string id)
    {
        return _plugin.Queue.ContainsKey(id) ? _plugin.Queue[id].Text("state") : null;
    }

    private string PathOf(string address)
    {
        return Path.Combine(_plugin.Core.Service.Web, address.Replace("https://renderiq.panel/", ""));
    }
}
