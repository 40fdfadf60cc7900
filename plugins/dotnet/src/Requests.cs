using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>What the panel may ask for.</summary>
    public sealed class Requests
    {
        private const int Protocol = 1;

        private readonly PluginCore _core;
        private readonly Bridge _bridge;
        private readonly Dictionary<string, Func<JsonObject, Task<JsonObject>>> _methods;

        internal Requests(PluginCore core, Bridge bridge)
        {
            _core = core;
            _bridge = bridge;
            _methods = new Dictionary<string, Func<JsonObject, Task<JsonObject>>>
            {
                { "hello", Now(Hello) },
                { "refresh", Now(Refresh) },
                { "signIn", Now(SignIn) },
                { "cancelSignIn", Now(_ => Account.CancelSignIn()) },
                { "signOut", Now(_ => Account.SignOut()) },
                { "capture", CaptureAsync },
                { "setCrop", Now(SetCrop) },
                { "estimate", Now(Estimate) },
                { "order", Now(Order) },
                { "cancel", Now(each => Orders.Cancel(Found(each).Job.Id)) },
                { "retry", Now(each => Orders.Retry(Found(each).Job.Id)) },
                { "again", Now(Again) },
                { "edit", Now(each => Orders.Edit(Found(each).Job.Id, each.Object("look"))) },
                { "remove", Now(each => Orders.Remove(Found(each).Job.Id)) },
                { "resume", Now(_ => Service.Resume()) },
                { "place", PlaceAsync },
                { "openFile", Now(each => _core.OpenFile(Result(Found(each)))) },
                { "openPage", Now(OpenPage) },
                { "openLog", Now(_ => _core.OpenFile(_core.Log.Path)) },
                { "pictures", Now(ShowPictures) },
                { "setLook", Now(each => { _core.Preferences.Look = each.Object("look"); }) },
                { "saveLook", Now(each => Orders.Jobs.SaveLook(each.Text("name"), Look.Read(each.Object("look")))) },
                { "deleteLook", Now(DeleteLook) },
                { "setSettings", Now(each => _core.Preferences.Change(each.Object("settings"))) },
                { "answerConsents", Now(AnswerConsents) },
            };
        }

        private Service Service => _core.Service;

        private Orders Orders => _core.Service.Orders;

        private Account Account => _core.Service.Account;

        /// <summary>Returns whether there is a method of this name.</summary>
        public bool Has(string method)
        {
            return _methods.ContainsKey(method);
        }

        /// <summary>Does what a method asks for. The params fit the schema.</summary>
        public Task<JsonObject> AnswerAsync(string method, JsonObject parameters)
        {
            return _methods[method](parameters);
        }

        private static Func<JsonObject, Task<JsonObject>> Now(Action<JsonObject> work)
        {
            return Now(parameters =>
            {
                work(parameters);
                return new JsonObject();
            });
        }

        private static Func<JsonObject, Task<JsonObject>> Now(Func<JsonObject, JsonObject> work)
        {
            return parameters => Task.FromResult(work(parameters));
        }

        private JsonObject Hello(JsonObject parameters)
        {
            var info = _core.Info;
            _bridge.Greet();
            _core.ReadViews();
            return new JsonObject
            {
                { "protocol", Protocol },
                { "host", new JsonObject { { "name", info.Name }, { "title", info.Title }, { "version", info.Version } } },
                { "plugin", _core.Version },
                { "locale", string.IsNullOrEmpty(info.Locale) ? "en" : info.Locale },
                {
                    "features", new JsonObject
                    {
                        { "depth", false }, { "materialIds", info.HasMaterialIds }, { "normals", false },
                        { "model", info.HasModel }, { "batch", true }, { "crop", true }, { "openFile", true },
                        { "placeResult", info.PlaceTargets.ToList() },
                    }
                },
            };
        }

        private void Refresh(JsonObject parameters)
        {
            Service.RetryNow();
            _core.ReadViews();
            _bridge.Greet();
        }

        private void SignIn(JsonObject parameters)
        {
            CheckOnline();
            Account.SignIn();
        }

        private void AnswerConsents(JsonObject parameters)
        {
            CheckOnline();
            Account.AnswerConsents(parameters.List("answers").OfType<JsonObject>().ToList());
        }

        private void CheckOnline()
        {
            if (!Service.IsOnline)
            {
                throw new RefusedException("HOST_OFFLINE", "Renderiq works offline. Switch Work Offline off in the ribbon.");
            }
        }

        private async Task<JsonObject> CaptureAsync(JsonObject parameters)
        {
            await _core.Studio.CaptureAsync(parameters.Text("aspectRatio"));
            _core.ReadViews();
            _bridge.Push(); // the page orders by what it was shown last
            return new JsonObject();
        }

        private void SetCrop(JsonObject parameters)
        {
            var ratio = parameters.Text("aspectRatio");
            _core.Studio.SetCrop(parameters.Text("captureId"), ratio, Crop.Read(parameters.Object("crop")));
        }

        private JsonObject Estimate(JsonObject parameters)
        {
            var cost = Service.Offer.Price(Look.Read(parameters.Object("look"))) * parameters.Integer("count");
            var left = Account.Balance == null ? null : (long?)Math.Max(0, Account.Balance.Value - Orders.Owed);
            var isEnough = cost == null || left == null || cost <= left;
            return new JsonObject { { "cost", cost }, { "left", left }, { "sufficient", isEnough } };
        }

        private JsonObject Order(JsonObject parameters)
        {
            var look = parameters.Object("look");
            _core.Preferences.Look = look;
            var capture = parameters.Text("captureId");
            var ids = capture != null
                ? new List<string> { _core.Studio.Order(capture, look) }
                : _core.Studio.OrderViews(parameters.List("views").Cast<string>().ToList(), look);
            return new JsonObject { { "ids", ids } };
        }

        private JsonObject Again(JsonObject parameters)
        {
            var id = Orders.Again(Found(parameters).Job.Id, Look.Read(parameters.Object("look")));
            return new JsonObject { { "ids", new List<object> { id } } };
        }

        private async Task<JsonObject> PlaceAsync(JsonObject parameters)
        {
            var entry = Found(parameters);
            var target = parameters.Text("target");
            if (!_core.Info.PlaceTargets.Contains(target))
            {
                throw new RefusedException("NOT_SUPPORTED", _core.Info.Title + " has no such place.");
            }
            _bridge.Notice("info", await _core.Studio.PlaceAsync(Result(entry), entry.Job.View, target));
            return new JsonObject();
        }

        private JsonObject ShowPictures(JsonObject parameters)
        {
            var entry = Found(parameters);
            Result(entry);
            var before = Orders.Full(entry, "before");
            var after = Orders.Full(entry, "after");
            if (after == null)
            {
                throw new RefusedException("FILE_MISSING", "The picture cannot be read.");
            }
            return new JsonObject
            {
                { "before", before == null ? null : _bridge.AddressOf(before) }, { "after", _bridge.AddressOf(after) },
            };
        }

        private void OpenPage(JsonObject parameters)
        {
            var isSignIn = parameters.Text("page") == "signIn";
            var address = isSignIn ? Account.Code?.CompleteUrl : Service.Offer.DownloadUrl;
            if (address == null)
            {
                throw new RefusedException("NOT_FOUND", "There is no such page now.");
            }
            _core.OpenUrl(address);
        }

        private void DeleteLook(JsonObject parameters)
        {
            if (!Orders.Jobs.Looks().ContainsKey(parameters.Text("name")))
            {
                throw new RefusedException("NOT_FOUND", "There is no look of this name.");
            }
            Orders.Jobs.SaveLook(parameters.Text("name"), null);
        }

        private Entry Found(JsonObject parameters)
        {
            var entry = Orders.Entries.FirstOrDefault(each => each.Job.Id == parameters.Text("id"));
            if (entry == null)
            {
                throw new RefusedException("NOT_FOUND", "This order is gone.");
            }
            return entry;
        }

        private static string Result(Entry entry)
        {
            if (entry.Result == null || !File.Exists(entry.Result))
            {
                throw new RefusedException("FILE_MISSING", "The picture is not on the disk any more.");
            }
            return entry.Result;
        }
    }
}
