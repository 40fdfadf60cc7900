using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>A capture that is shown and not ordered yet.</summary>
    public sealed class Capture
    {
        /// <summary>The id of the capture.</summary>
        public string Id { get; set; }

        /// <summary>What the host has drawn.</summary>
        public Shot Shot { get; set; }

        /// <summary>The pixels of the whole view.</summary>
        public System.Drawing.Size Size { get; set; }

        /// <summary>The picture for the panel.</summary>
        public string Preview { get; set; }

        /// <summary>The ratio of an order.</summary>
        public string Ratio { get; set; }

        /// <summary>The part of the view that is ordered.</summary>
        public Crop Crop { get; set; }

        /// <summary>How many orders still read its files.</summary>
        internal int Readers { get; set; }
    }

    /// <summary>Takes orders of views: has the host capture and export, and hands the files over.</summary>
    public sealed class Studio
    {
        private const int ViewSide = 2560;
        private const int OrderSide = 1920;
        private const int PreviewSide = 1280;

        /// <summary>More pixels of lines than that are no lines: the host has drawn something else.</summary>
        private const double MostLines = 0.25;

        private readonly Service _service;
        private readonly IHost _host;
        private readonly HostInfo _info;
        private readonly HostThread _thread;
        private readonly Preferences _preferences;
        private readonly Log _log;
        private int _waiting;

        /// <summary>A studio.</summary>
        public Studio(Service service, IHost host, HostInfo info, HostThread thread, Preferences preferences, Log log)
        {
            _service = service;
            _host = host;
            _info = info;
            _thread = thread;
            _preferences = preferences;
            _log = log;
        }

        /// <summary>The capture that the panel shows, or null.</summary>
        public Capture Capture { get; private set; }

        /// <summary>The views that can be a batch, as they were the last time.</summary>
        public IReadOnlyList<HostView> Views { get; private set; } = new List<HostView>();

        /// <summary>Whether a view is being captured, or more views wait for it.</summary>
        public bool IsBusy => _waiting > 0;

        /// <summary>Asks the host which views there are.</summary>
        public async Task ReadViewsAsync()
        {
            Views = await _thread.RunAsync(_host.Views);
            _service.NotifyChanged();
        }

        /// <summary>Captures the active view for the panel.</summary>
        public async Task CaptureAsync(string ratio)
        {
            CheckIdle();
            _waiting++;
            try
            {
                var id = Guid.NewGuid().ToString("N");
                var folder = Path.Combine(_service.Directory, "captures", id);
                var shot = await ShootAsync(null, folder, _preferences.SendGuides);
                var preview = Path.Combine(_service.Web, "captures", id + ".jpg");
                Pictures.WriteSmall(shot.Picture, preview, PreviewSide);
                var size = Pictures.SizeOf(shot.Picture);
                var chosen = Frame.Choose(ratio, size.Width, size.Height, _service.Offer.Ratios);
                var former = Capture;
                Capture = new Capture
                {
                    Id = id, Shot = shot, Size = size, Preview = preview, Ratio = chosen.Key, Crop = chosen.Value,
                };
                Discard(former);
                _service.NotifyChanged();
            }
            finally
            {
                _waiting--;
            }
        }

        /// <summary>Keeps the part of the capture that is to be ordered.</summary>
        public void SetCrop(string id, string ratio, Crop crop)
        {
            var capture = Found(id);
            capture.Ratio = ratio == Frame.Nearest
                ? Frame.Choose(ratio, capture.Size.Width, capture.Size.Height, _service.Offer.Ratios).Key
                : ratio;
            capture.Crop = crop;
            _service.NotifyChanged();
        }

        /// <summary>Orders the capture. Returns the id of the order; a model is exported afterwards.</summary>
        public string Order(string captureId, JsonObject look)
        {
            var capture = Found(captureId);
            Check(look, 1);
            var job = _service.Orders.Announce(capture.Shot.View.Name, Look.Seeded(look));
            var ratio = capture.Ratio;
            var crop = capture.Crop;
            Fill(job, capture, ratio, crop);
            return job.Id;
        }

        /// <summary>Orders views with one look and one seed, one after another. Returns the ids of the orders.</summary>
        public List<string> OrderViews(IReadOnlyList<string> ids, JsonObject look)
        {
            CheckIdle();
            var gone = ids.FirstOrDefault(id => Views.All(each => each.Id != id));
            if (gone != null)
            {
                throw new RefusedException("NOT_FOUND", "A view is not in the document any more. Choose again.");
            }
            Check(look, ids.Count);
            var seeded = Look.Seeded(look);
            var views = ids.Select(id => Views.First(each => each.Id == id)).ToList();
            var jobs = views.Select(each => _service.Orders.Announce(each.Name, seeded)).ToList();
            OrderInTurn(views, jobs);
            return jobs.Select(each => each.Id).ToList();
        }

        /// <summary>Puts a result into the document. Returns a sentence that says where it is.</summary>
        public async Task<string> PlaceAsync(string path, string name, string target)
        {
            try
            {
                if (target != "folder")
                {
                    return await _thread.RunAsync(() => _host.Place(path, name, target));
                }
                var folder = await _thread.RunAsync(_host.DocumentFolder);
                if (folder == null)
                {
                    throw new RefusedException("PLACE_FAILED", "Save the document first: the picture goes beside it.");
                }
                folder = Path.Combine(folder, "Renderiq");
                Directory.CreateDirectory(folder);
                var copy = Path.Combine(folder, Path.GetFileName(path));
                if (Path.GetFullPath(copy) != Path.GetFullPath(path))
                {
                    File.Copy(path, copy, true);
                }
                return "The picture is in " + copy + ".";
            }
            catch (Exception error) when (!(error is RefusedException))
            {
                throw new RefusedException("PLACE_FAILED", "The picture could not be put there: " + error.Message, error);
            }
        }

        private async void OrderInTurn(IReadOnlyList<HostView> views, IReadOnlyList<Job> jobs)
        {
            _waiting++;
            for (var at = 0; at < jobs.Count; at++)
            {
                var job = jobs[at];
                if (!_service.Orders.IsWanted(job.Id))
                {
                    continue;
                }
                try
                {
                    var folder = Path.Combine(_service.Orders.Jobs.Folder(job.Id), "view");
                    var wantsGuides = _preferences.SendGuides && !Look.IsPathTraced(job.Look) &&
                        _service.Offer.Uses(job.Look.Text("model"), "materialIdImage");
                    var shot = await ShootAsync(views[at].Id, folder, wantsGuides);
                    var size = Pictures.SizeOf(shot.Picture);
                    var chosen = Frame.Choose(job.Look.Text("aspectRatio"), size.Width, size.Height, _service.Offer.Ratios);
                    await FillAsync(job, shot, chosen.Key, chosen.Value);
                    Directory.Delete(folder, true);
                }
                catch (Exception error)
                {
                    _service.Orders.GiveUp(job.Id, error);
                }
            }
            _waiting--;
            _service.NotifyChanged();
        }

        private async void Fill(Job job, Capture capture, string ratio, Crop crop)
        {
            capture.Readers++;
            try
            {
                await Task.Yield(); // the id is answered first
                await FillAsync(job, capture.Shot, ratio, crop);
            }
            catch (Exception error)
            {
                _service.Orders.GiveUp(job.Id, error);
            }
            finally
            {
                capture.Readers--;
                Discard(capture);
            }
        }

        private async Task<Shot> ShootAsync(string viewId, string folder, bool guides)
        {
            Directory.CreateDirectory(folder);
            var wish = new CaptureWish
            {
                ViewId = viewId, Folder = folder, LongerSide = ViewSide, Guides = guides && _info.HasMaterialIds,
                Edges = _preferences.KeepEdges,
            };
            try
            {
                var shot = await _thread.RunAsync(() => _host.Capture(wish));
                shot.LeftOut.ForEach(_log.Warn);
                return shot;
            }
            catch (Exception error) when (!(error is RefusedException))
            {
                const string sentence = "The view could not be captured, and everything was put back";
                throw new RefusedException("CAPTURE_FAILED", sentence + ": " + error.Message, error);
            }
        }

        /// <summary>Writes the files of an order, and hands it over.</summary>
        private async Task FillAsync(Job job, Shot shot, string ratio, Crop crop)
        {
            var folder = _service.Orders.Jobs.Folder(job.Id);
            var files = new JsonObject { { "image", "capture.png" } };
            var options = new JsonObject { { "aspectRatio", ratio } };
            Pictures.WritePart(shot.Picture, Path.Combine(folder, "capture.png"), crop, OrderSide, false);
            if (Look.IsPathTraced(job.Look))
            {
                var model = await _thread.RunAsync(() => _host.ExportModel(shot.View.Id, folder));
                files["modelFile"] = Path.GetFileName(model);
                options["camera"] = shot.Camera?.Wire(crop);
                options["sun"] = shot.Sun;
            }
            else if (shot.MaterialIds != null && _service.Offer.Uses(job.Look.Text("model"), "materialIdImage"))
            {
                AddIds(shot, folder, crop, files, options);
            }
            var output = Path.Combine(await ResultFolderAsync(), Orders.ResultName(job));
            _service.Orders.Submit(
                job.Id, new JsonObject { { "files", files }, { "options", options }, { "output", output } });
        }

        private void AddIds(Shot shot, string folder, Crop crop, JsonObject files, JsonObject options)
        {
            var path = Path.Combine(folder, "ids.png");
            var part = Path.Combine(folder, "ids-drawn.png");
            Pictures.WritePart(shot.MaterialIds, part, crop, OrderSide, true);
            var written = Pictures.WriteIds(part, path, new HashSet<int>(shot.Materials.Keys));
            File.Delete(part);
            if (written.Value.Count == 0 || written.Key > MostLines)
            {
                File.Delete(path);
                _log.Warn("material ids are not sent: " + Math.Round(written.Key * 100) + " % of them are other colours");
                return;
            }
            files["materialIdImage"] = "ids.png";
            options["materials"] = MaterialWords.Named(shot.Materials, written.Value, _service.Offer.MaxMaterials);
        }

        private async Task<string> ResultFolderAsync()
        {
            var document = await _thread.RunAsync(_host.DocumentFolder);
            if (document != null)
            {
                try
                {
                    return Directory.CreateDirectory(Path.Combine(document, "Renderiq")).FullName;
                }
                catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
                {
                    _log.Warn("results go to the plugin's folder: " + error.Message);
                }
            }
            return Path.Combine(_service.Directory, "results");
        }

        private Capture Found(string id)
        {
            if (Capture == null || Capture.Id != id)
            {
                throw new RefusedException("NOT_FOUND", "This capture is gone. Capture the view again.");
            }
            return Capture;
        }

        private void CheckIdle()
        {
            if (IsBusy)
            {
                throw new RefusedException("BUSY", "Views are still being captured.");
            }
        }

        /// <summary>Says what cannot work before anything is captured.</summary>
        private void Check(JsonObject look, int count)
        {
            if (_service.Offer.IsTooOld)
            {
                throw new RefusedException(
                    "PLUGIN_TOO_OLD",
                    "This version of the plugin is too old for the server. Install version " + _service.Offer.Newer + ".");
            }
            if (Look.IsPathTraced(look) && !_info.HasModel)
            {
                var sentence = _info.Title + " exports no model for the path tracer. Choose another model.";
                throw new RefusedException("NOT_SUPPORTED", sentence);
            }
            var price = _service.Offer.Price(look);
            var balance = _service.Account.Balance;
            if (price == null || balance == null)
            {
                return;
            }
            var left = Math.Max(0, balance.Value - _service.Orders.Owed);
            if (price * count > left)
            {
                throw new RefusedException(
                    "INSUFFICIENT_CREDITS", "That costs " + price * count + " credits, but only " + left + " are left.");
            }
        }

        /// <summary>Removes the files of a capture that is neither shown nor read.</summary>
        private void Discard(Capture capture)
        {
            if (capture == null || capture == Capture || capture.Readers > 0)
            {
                return;
            }
            try
            {
                File.Delete(capture.Preview);
                Directory.Delete(Path.GetDirectoryName(capture.Shot.Picture), true);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // It is removed after a day.
            }
        }
    }
}
