using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Renderiq.Plugin
{
    /// <summary>Everything that the panel shows, by the names of its protocol.</summary>
    public sealed class PanelState
    {
        private const int MostQueue = 500;
        private const int MostHistory = 200;
        private static readonly string[] ServerParts = { "qualities", "models", "aspectRatios", "styleCategories", "limits" };

        private readonly Service _service;
        private readonly Studio _studio;
        private readonly Preferences _preferences;
        private readonly Log _log;

        /// <summary>The state of a plugin.</summary>
        public PanelState(Service service, Studio studio, Preferences preferences, Log log)
        {
            _service = service;
            _studio = studio;
            _preferences = preferences;
            _log = log;
        }

        /// <summary>Returns the state. <paramref name="address"/> makes an address for the page out of a path.</summary>
        public JsonObject Shown(Func<string, string> address)
        {
            var entries = _service.Orders.Entries;
            var done = entries.Where(each => each.State == QueueState.Done).Take(MostHistory);
            var open = entries.Where(each => each.State != QueueState.Done).Take(MostQueue);
            return new JsonObject
            {
                { "network", Network() },
                { "account", Account() },
                { "release", Release() },
                { "problem", _service.Problem },
                { "paused", Paused() },
                { "capabilities", Capabilities() },
                { "styles", _service.Offer.Styles.Take(300).Select(each => Style(each, address)).ToList() },
                { "capture", Capture(address) },
                { "views", _studio.Views.Take(1000).Select(View).ToList() },
                { "looks", Looks() },
                { "settings", _preferences.Shown() },
                { "consents", _service.Account.Consents.Take(8).Select(Consent).ToList() },
                { "log", new JsonObject { { "path", _log.Path } } },
                { "queue", open.Select(QueueEntry).ToList() },
                { "history", done.Select(each => HistoryEntry(each, address)).ToList() },
            };
        }

        /// <summary>Returns the last choices.</summary>
        public JsonObject LastLook()
        {
            return Look.Full(_preferences.Look);
        }

        private static JsonObject Some(JsonObject from, params string[] names)
        {
            var found = names.Where(each => from.Find(each) != null);
            return new JsonObject(found.ToDictionary(each => each, from.Find));
        }

        private static JsonObject WithoutNulls(JsonObject fields)
        {
            return new JsonObject(fields.Where(each => each.Value != null).ToDictionary(each => each.Key, each => each.Value));
        }

        private static string Time(DateTimeOffset time)
        {
            return time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }

        private static JsonObject View(HostView view)
        {
            return new JsonObject { { "id", Names.Short(view.Id, 128) }, { "name", Names.Short(view.Name, 256) } };
        }

        private static JsonObject Consent(JsonObject consent)
        {
            return Some(consent, "name", "version", "title", "text", "recipients");
        }

        private string Network()
        {
            return !_service.IsOnline ? "hostOffline" : _service.IsUnreachable ? "unreachable" : "online";
        }

        private JsonObject Account()
        {
            var account = _service.Account;
            if (account.IsSigningIn)
            {
                return new JsonObject
                {
                    { "status", "signingIn" }, { "userCode", account.Code?.UserCode }, { "verificationUrl", account.Code?.Url },
                };
            }
            if (!account.IsSignedIn)
            {
                return new JsonObject { { "status", "signedOut" } };
            }
            return new JsonObject { { "status", "signedIn" }, { "email", account.Email }, { "balance", account.Balance } };
        }

        private JsonObject Release()
        {
            var newer = _service.Offer.Newer;
            return newer == null ? null : new JsonObject { { "version", newer }, { "tooOld", _service.Offer.IsTooOld } };
        }

        private JsonObject Paused()
        {
            var paused = _service.Orders.Paused;
            return paused == null
                ? null
                : new JsonObject { { "code", paused.Code }, { "message", Sentences.Of(paused.Message) } };
        }

        private JsonObject Capabilities()
        {
            return _service.Offer.Capabilities.Count == 0 ? null : Some(_service.Offer.Capabilities, ServerParts);
        }

        private JsonObject Style(JsonObject style, Func<string, string> address)
        {
            var shown = Some(style, "styleId", "title", "category", "description", "tags");
            var cover = _service.Offer.CoverOf(style);
            shown["cover"] = cover == null ? null : address(cover);
            return shown;
        }

        private JsonObject Capture(Func<string, string> address)
        {
            var capture = _studio.Capture;
            if (capture == null)
            {
                return null;
            }
            var guides = capture.Shot.MaterialIds == null ? new List<object>() : new List<object> { "materialIds" };
            return new JsonObject
            {
                { "id", capture.Id }, { "view", Names.Short(capture.Shot.View.Name, 256) }, { "picture", address(capture.Preview) },
                { "width", capture.Size.Width }, { "height", capture.Size.Height }, { "aspectRatio", capture.Ratio },
                { "crop", capture.Crop.Wire() }, { "guides", guides },
            };
        }

        private List<JsonObject> Looks()
        {
            var looks = _service.Orders.Jobs.Looks().Where(each => each.Value is JsonObject).Take(100);
            return looks.Select(each => new JsonObject { { "name", each.Key }, { "look", Look.Full((JsonObject)each.Value) } })
                .ToList();
        }

        private JsonObject QueueEntry(Entry entry)
        {
            var cost = _service.Offer.Price(entry.Job.Look);
            var wasPaid = entry.State == QueueState.Cancelled && entry.RenderId != null;
            var reason = entry.Code == null ? null : new JsonObject { { "code", entry.Code }, { "message", entry.Reason } };
            return WithoutNulls(new JsonObject
            {
                { "id", entry.Job.Id }, { "view", entry.Job.View }, { "state", entry.State },
                { "createdAt", Time(entry.Job.Created) }, { "look", Look.Full(entry.Job.Look) }, { "cost", cost },
                { "refused", entry.IsRefused }, { "reason", reason },
                { "nextTry", entry.Next == null ? null : Time(entry.Next.Value) }, { "refunded", wasPaid ? cost : null },
            });
        }

        private JsonObject HistoryEntry(Entry entry, Func<string, string> address)
        {
            var before = _service.Orders.Small(entry, "before");
            var after = _service.Orders.Small(entry, "after");
            return WithoutNulls(new JsonObject
            {
                { "id", entry.Job.Id }, { "view", entry.Job.View }, { "createdAt", Time(entry.Job.Created) },
                { "look", Look.Full(entry.Job.Look) }, { "cost", _service.Offer.Price(entry.Job.Look) },
                { "before", before == null ? null : address(before) }, { "after", after == null ? null : address(after) },
                { "canRepeat", _service.Orders.Jobs.IsCaptured(entry.Job) },
            });
        }
    }

    /// <summary>The difference between two states, as the panel's protocol has it.</summary>
    public static class Changes
    {
        private static readonly string[] Lists = { "queue", "history" };

        /// <summary>Returns <c>set</c>, <c>put</c> and <c>remove</c>, or null if the states are equal. The old one may be null.</summary>
        public static JsonObject Between(JsonObject old, JsonObject now)
        {
            var set = new JsonObject();
            var put = new JsonObject();
            var remove = new JsonObject();
            foreach (var each in now.Where(each => !Lists.Contains(each.Key)))
            {
                if (old == null || !old.ContainsKey(each.Key) || !AreEqual(old[each.Key], each.Value))
                {
                    set[each.Key] = each.Value;
                }
            }
            foreach (var list in Lists)
            {
                var before = ById(old, list);
                var after = ById(now, list);
                var changed = after.Where(each => !before.ContainsKey(each.Key) || !AreEqual(before[each.Key], each.Value));
                var values = changed.Select(each => (object)each.Value).ToList();
                var gone = before.Keys.Where(each => !after.ContainsKey(each)).Select(each => (object)each).ToList();
                if (values.Count > 0)
                {
                    put[list] = values;
                }
                if (gone.Count > 0)
                {
                    remove[list] = gone;
                }
            }
            var parts = new JsonObject { { "set", set }, { "put", put }, { "remove", remove } };
            var found = parts.Where(each => ((JsonObject)each.Value).Count > 0).ToDictionary(each => each.Key, each => each.Value);
            return found.Count == 0 ? null : new JsonObject(found);
        }

        private static Dictionary<string, JsonObject> ById(JsonObject state, string list)
        {
            var entries = state?.Find(list) as System.Collections.IEnumerable;
            return entries == null
                ? new Dictionary<string, JsonObject>()
                : entries.OfType<JsonObject>().ToDictionary(each => each.Text("id"));
        }

        private static bool AreEqual(object one, object other)
        {
            return Json.Write(one) == Json.Write(other);
        }
    }
}
