using System;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using Renderiq;
using Renderiq.Plugin;

/// <summary>Sign-in, consents, versions, settings, looks, and what the log has.</summary>
public sealed class AccountTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();
    private readonly FakeApi _api = new FakeApi();
    private readonly TestPlugin _plugin;

    public AccountTests()
    {
        TestHost.Draw(_folder.File("result.png"), 320, 180, Color.Red, Color.Blue);
        _api.Picture = File.ReadAllBytes(_folder.File("result.png"));
        _plugin = new TestPlugin(_folder.File("home"), _api);
        _plugin.Result("hello", new JsonObject { { "protocol", 1 }, { "panel", "0.1.0" } });
    }

    public void Dispose()
    {
        _plugin.Dispose();
        _folder.Dispose();
    }

    public void Signing_in_opens_the_page_and_shows_the_code()
    {
        _api.IsApproved = false;
        _plugin.Result("signIn");
        _plugin.Until(() => _plugin.State.Object("account")?.Text("userCode") == "ABCD-EFGH");
        Check.Equal(new[] { "http://api.test/device?user_code=ABCD-EFGH" }, _plugin.Opened);

        _api.IsApproved = true;

        _plugin.Until(() => _plugin.State.Object("account").Text("email") == "ada@example.com");
    }

    public void A_sign_in_is_given_up()
    {
        _api.IsApproved = false;
        _plugin.Result("signIn");
        _plugin.Until(() => _plugin.State.Object("account")?.Text("userCode") != null);

        _plugin.Result("cancelSignIn");

        _plugin.Until(() => _plugin.State.Object("account").Text("status") == "signedOut");
        Check.Equal(null, _plugin.State.Object("problem"));
    }

    public void Signing_out_forgets_the_session_also_while_the_server_is_away()
    {
        _plugin.SignedIn();
        _api.IsAway = true;

        _plugin.Result("signOut");

        _plugin.Until(() => _plugin.State.Object("account").Text("status") == "signedOut");
        Check.True(!File.Exists(Path.Combine(_plugin.Core.Service.Directory, "session.json")), "the tokens are there");
    }

    public void Nobody_signs_in_while_the_host_works_offline()
    {
        _plugin.Core.SetOnline(false);

        Check.Equal("HOST_OFFLINE", _plugin.Refusal("signIn"));
    }

    public void A_consent_is_asked_for_in_the_servers_words_and_the_order_goes_on()
    {
        _plugin.SignedIn();
        _api.Refusal = "CONSENT_REQUIRED";
        var id = (string)_plugin.Result("order", _plugin.OrderOf(_plugin.Capture())).List("ids")[0];
        _plugin.Until(() => Consents().Count == 1);
        Check.Equal("The words.", Consents()[0].Text("text"));

        var answer = new JsonObject { { "name", "third_party_ai" }, { "version", 1 }, { "granted", true } };
        _plugin.Result("answerConsents", new JsonObject { { "answers", new List<object> { answer } } });

        _plugin.Until(() => _plugin.History.ContainsKey(id) && Consents().Count == 0);
    }

    public void A_consent_that_is_denied_sends_nothing()
    {
        _plugin.SignedIn();
        _api.Refusal = "CONSENT_REQUIRED";
        _plugin.Result("order", _plugin.OrderOf(_plugin.Capture()));
        _plugin.Until(() => Consents().Count == 1);
        var sent = _api.Orders.Count;

        var answer = new JsonObject { { "name", "third_party_ai" }, { "version", 1 }, { "granted", false } };
        _plugin.Result("answerConsents", new JsonObject { { "answers", new List<object> { answer } } });
        _plugin.Until(() => Consents().Count == 0);

        Check.Equal(sent, _api.Orders.Count);
    }

    public void A_version_that_is_too_old_orders_nothing_and_says_so()
    {
        _api.OldestVersion = _api.NewestVersion = "0.2.0";
        _plugin.SignedIn();
        _plugin.Until(() => _plugin.State.Object("release")?.Flag("tooOld") == true);

        Check.Equal("PLUGIN_TOO_OLD", _plugin.Refusal("order", _plugin.OrderOf(_plugin.Capture())));
        _plugin.Result("openPage", new JsonObject { { "page", "download" } });
        Check.True(_plugin.Opened.Contains("http://api.test/download"), "the page was not opened");
    }

    public void Styles_have_covers_and_are_there_offline()
    {
        _plugin.SignedIn();
        _plugin.Until(() => Styles(_plugin).Any(each => each.Text("cover") != null));
        _plugin.Dispose();
        _api.IsAway = true;

        using (var next = new TestPlugin(_folder.File("home"), _api))
        {
            next.Result("hello", new JsonObject { { "protocol", 1 }, { "panel", "0.1.0" } });
            next.Until(() => next.State.ContainsKey("styles"));
            Check.Equal("https://renderiq.panel/covers/dramatic-1.png", Styles(next)[0].Text("cover"));
        }
    }

    public void A_look_is_saved_replaced_and_deleted()
    {
        _plugin.Result("saveLook", new JsonObject { { "name", "Evening" }, { "look", TestPlugin.ALook(prompt: "one") } });
        _plugin.Result("saveLook", new JsonObject { { "name", "Evening" }, { "look", TestPlugin.ALook(prompt: "two") } });
        _plugin.Until(() => Looks().Count == 1 && Looks()[0].Object("look").Text("prompt") == "two");

        _plugin.Result("deleteLook", new JsonObject { { "name", "Evening" } });

        _plugin.Until(() => Looks().Count == 0);
        Check.Equal("NOT_FOUND", _plugin.Refusal("deleteLook", new JsonObject { { "name", "Evening" } }));
    }

    public void The_log_has_no_secrets_and_no_prompt()
    {
        _plugin.SignedIn();
        _plugin.Result("order", _plugin.OrderOf(_plugin.Capture(), TestPlugin.ALook(prompt: "a secret villa")));
        _plugin.Until(() => _plugin.History.Count == 1);

        var log = File.ReadAllText(_plugin.Core.Log.Path);

        Check.True(log.Contains("signed in") && log.Contains("is done"), "the log says too little");
        Check.True(new[] { "secret", "ada@", "eyJ", "villa" }.All(each => !log.Contains(each)), "the log says too much: " + log);
    }

    public void Secrets_are_taken_out_of_any_text()
    {
        const string text = "Bearer abc.def rk_live_12345 https://host/file?signature=1 mail ada@example.com password: \"x1\"";

        Check.Equal("Bearer … rk_live_… https://host/file?… mail (e-mail) password: \"…\"", Log.WithoutSecrets(text));
    }

    public void The_page_may_read_neither_tokens_nor_orders()
    {
        _plugin.SignedIn();
        _plugin.Result("order", _plugin.OrderOf(_plugin.Capture()));
        _plugin.Until(() => _plugin.History.Count == 1);

        var files = Directory.GetFiles(_plugin.Core.Service.Web, "*", SearchOption.AllDirectories).Select(Path.GetExtension);

        Check.True(files.All(each => each == ".jpg" || each == ".png" || each == ".html"), string.Join(" ", files));
    }

    private static List<JsonObject> Styles(TestPlugin plugin)
    {
        return (plugin.State.Find("styles") as System.Collections.IEnumerable)?.Cast<JsonObject>().ToList() ?? new List<JsonObject>();
    }

    private List<JsonObject> Looks()
    {
        return ((System.Collections.IEnumerable)_plugin.State.Find("looks"))?.Cast<JsonObject>().ToList() ?? new List<JsonObject>();
    }

    private List<JsonObject> Consents()
    {
        var found = _plugin.State.Find("consents") as System.Collections.IEnumerable;
        return found?.Cast<JsonObject>().ToList() ?? new List<JsonObject>();
    }
}
