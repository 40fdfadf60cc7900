using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Renderiq;
using Renderiq.Plugin;

/// <summary>The protocol of the panel: its test vectors, and the order of messages.</summary>
public sealed class BridgeTests : IDisposable
{
    private static readonly JsonObject Vectors =
        Json.ParseObject(File.ReadAllBytes(Path.Combine(TestRunner.Protocol, "vectors.json")));

    private readonly TestFolder _folder = new TestFolder();
    private readonly TestPlugin _plugin;

    public BridgeTests()
    {
        _plugin = new TestPlugin(_folder.Root);
    }

    public void Dispose()
    {
        _plugin.Dispose();
        _folder.Dispose();
    }

    public void Valid_messages_are_accepted()
    {
        foreach (var vector in ToHost().Where(each => each.Flag("valid") == true))
        {
            var message = vector.Object("message");
            var code = _plugin.Ask(message.Text("method"), message.Object("params")).Object("error")?.Text("code");
            var isFault = code == "BAD_PARAMS" || code == "UNKNOWN_METHOD" || code == "INTERNAL";
            Check.True(!isFault, vector.Text("name") + " was refused with " + code);
        }
    }

    public void Wrong_messages_are_refused_with_their_code()
    {
        foreach (var vector in ToHost().Where(each => each.Text("error") != null))
        {
            var message = vector.Object("message");
            _plugin.Core.Bridge.Receive(message.ToString());
            JsonObject answer = null;
            _plugin.Until(() => (answer = AnswerTo(message.Integer("id").Value)) != null);
            Check.Equal(vector.Text("name") + " " + vector.Text("error"),
                vector.Text("name") + " " + answer.Object("error").Text("code"));
        }
    }

    public void What_is_no_message_is_dropped_and_the_next_one_is_answered()
    {
        foreach (var vector in ToHost().Where(each => each.Flag("dropped") == true))
        {
            var count = _plugin.Sent.Count;
            _plugin.Core.Bridge.Receive(vector.Text("text") ?? Json.Write(vector.Find("message")));
            _plugin.Ask("openLog");
            Check.Equal(vector.Text("name") + " 1", vector.Text("name") + " " + (_plugin.Sent.Count - count));
        }
    }

    public void The_schema_knows_which_messages_to_the_panel_are_valid()
    {
        var schema = new Schema(Json.ParseObject(File.ReadAllBytes(Path.Combine(TestRunner.Protocol, "schema.json"))));
        foreach (var vector in Messages().Where(each => each.Text("direction") == "toPanel"))
        {
            var text = vector.Text("text") ?? Json.Write(vector.Find("message"));
            var message = Json.ParseObject(Encoding.UTF8.GetBytes(text));
            var isValid = message != null && schema.Is("toPanel", message) &&
                (vector.Text("method") == null || message.Object("result") == null ||
                    schema.IsResult(vector.Text("method"), message.Object("result")));
            Check.Equal(vector.Text("name") + " " + vector.Flag("valid"), vector.Text("name") + " " + isValid);
        }
    }

    public void Changes_between_states_are_those_of_the_vectors()
    {
        foreach (var vector in Vectors.List("changes").Cast<JsonObject>())
        {
            var change = Changes.Between(vector.Object("before"), vector.Object("after"));
            var expected = vector.Object("change");
            expected?.Remove("revision");
            expected?.Remove("reset");
            Check.Equal(Sorted(expected), Sorted(change));
        }
    }

    public void A_message_that_is_too_large_is_refused()
    {
        var text = new JsonObject { { "id", 900 }, { "method", "refresh" }, { "more", new string('x', 66000) } }.ToString();
        _plugin.Core.Bridge.Receive(text);

        _plugin.Until(() => AnswerTo(900)?.Object("error").Text("code") == "TOO_LARGE");
    }

    public void Hello_is_answered_before_the_whole_state_is_sent()
    {
        _plugin.Result("hello", new JsonObject { { "protocol", 1 }, { "panel", "0.1.0" } });
        _plugin.Until(() => _plugin.State.Count > 0);

        var first = _plugin.Sent.First(each => each.Text("event") == "state");
        Check.Equal(true, first.Object("data").Flag("reset"));
        Check.True(_plugin.Sent.IndexOf(first) > 0, "the state came before the answer");
    }

    public void Revisions_rise_by_one()
    {
        _plugin.SignedIn();
        _plugin.Capture();
        _plugin.Result("setSettings", new JsonObject { { "settings", new JsonObject { { "theme", "dark" } } } });
        _plugin.Until(() => _plugin.State.Object("settings").Text("theme") == "dark");

        var revisions = _plugin.Sent.Where(each => each.Text("event") == "state")
            .Select(each => each.Object("data").Integer("revision").Value).ToList();
        Check.Equal(Enumerable.Range((int)revisions[0], revisions.Count), revisions);
    }

    public void A_look_is_kept_and_is_not_sent_back_as_an_echo()
    {
        _plugin.SignedIn();
        var count = _plugin.Sent.Count;

        _plugin.Result("setLook", new JsonObject { { "look", TestPlugin.ALook(prompt: "a lake") } });
        _plugin.Result("setSettings", new JsonObject { { "settings", new JsonObject { { "theme", "light" } } } });
        _plugin.Until(() => _plugin.State.Object("settings").Text("theme") == "light");

        Check.True(_plugin.Sent.Skip(count).All(each => each.Object("data")?.Object("set")?.ContainsKey("look") != true), "an echo");
        Check.Equal("a lake", _plugin.Core.Preferences.Look.Text("prompt"));
    }

    public void Nothing_is_sent_if_nothing_has_changed()
    {
        _plugin.SignedIn();
        _plugin.Until(() => !_plugin.Core.Service.IsRunning("offer"));
        _plugin.Result("openLog");
        var until = DateTime.UtcNow.AddSeconds(1);
        _plugin.Until(() => DateTime.UtcNow > until);
        var count = _plugin.Sent.Count;
        until = DateTime.UtcNow.AddSeconds(1);
        _plugin.Until(() => DateTime.UtcNow > until);

        Check.Equal(count, _plugin.Sent.Count);
    }

    private static IEnumerable<JsonObject> Messages()
    {
        return Vectors.List("messages").Cast<JsonObject>();
    }

    private static IEnumerable<JsonObject> ToHost()
    {
        return Messages().Where(each => each.Text("direction") == "toHost");
    }

    private static string Sorted(object value)
    {
        var found = value as JsonObject;
        if (found != null)
        {
            return "{" + string.Join(",", found.OrderBy(each => each.Key, StringComparer.Ordinal)
                .Select(each => each.Key + ":" + Sorted(each.Value))) + "}";
        }
        var list = value as System.Collections.IEnumerable;
        return list == null || value is string ? Json.Write(value) : "[" + string.Join(",", list.Cast<object>().Select(Sorted)) + "]";
    }

    private JsonObject AnswerTo(long id)
    {
        return _plugin.Sent.FirstOrDefault(each => each.Integer("id") == id);
    }
}
