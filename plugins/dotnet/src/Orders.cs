using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Renderiq.Plugin
{
    /// <summary>An order as the panel shows it.</summary>
    public sealed class Entry
    {
        /// <summary>The job.</summary>
        public Job Job { get; set; }

        /// <summary>A state of the SDK's queue, or <c>preparing</c>.</summary>
        public string State { get; set; }

        /// <summary>Why it waits or has failed: a code, or null.</summary>
        public string Code { get; set; }

        /// <summary>The same as a sentence, or null.</summary>
        public string Reason { get; set; }

        /// <summary>When it is tried again, or null.</summary>
        public DateTimeOffset? Next { get; set; }

        /// <summary>The path of the result, or null.</summary>
        public string Result { get; set; }

        /// <summary>The id of the render, or null.</summary>
        public string RenderId { get; set; }

        /// <summary>Whether the server has refused it, so that it can be edited.</summary>
        public bool IsRefused { get; set; }

        /// <summary>Whether it ends by itself no more.</summary>
        public bool HasEnded => State == QueueState.Done || State == QueueState.Failed || State == QueueState.Cancelled;
    }

    /// <summary>The orders: captures on disk, and their way through the SDK's queue.</summary>
    public sealed class Orders
    {
        /// <summary>The state of an order whose capture is still to come.</summary>
        public const string Preparing = "preparing";

        private const int Kept = 60;
        private const int Thumbnail = 480;
        private const int FullPicture = 2048;
        private const string Gone = "The capture of this order is gone. Capture the view again.";
        private static readonly string[] Unpaid = { Preparing, QueueState.Waiting, QueueState.Uploading };

        private readonly Service _service;
        private readonly string _session;
        private readonly Log _log;
        private readonly SortedDictionary<string, Job> _known = new SortedDictionary<string, Job>(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _states = new Dictionary<string, string>();
        private readonly Dictionary<string, DateTimeOffset> _next = new Dictionary<string, DateTimeOffset>();
        private readonly List<Entry> _done = new List<Entry>();

        internal Orders(Service service, string session, Log log)
        {
            _service = service;
            _session = session;
            _log = log;
            Jobs = new Jobs(service.Directory);
        }

        /// <summary>What is on disk.</summary>
        public Jobs Jobs { get; }

        /// <summary>All orders, from new to old.</summary>
        public IReadOnlyList<Entry> Entries { get; private set; } = new List<Entry>();

        /// <summary>Why the queue sends nothing, or null.</summary>
        public QueuePause Paused { get; private set; }

        /// <summary>The credits of orders that the server has not charged yet.</summary>
        public long Owed =>
            Entries.Where(each => Unpaid.Contains(each.State)).Sum(each => _service.Offer.Price(each.Job.Look) ?? 0);

        internal bool IsUnreachable => Entries.Any(each => each.Code == "NETWORK_ERROR" && !each.HasEnded);

        private OrderQueue Queue => _service.Client.Queue;

        /// <summary>Shows an order whose capture is still to come. Returns its job.</summary>
        public Job Announce(string view, JsonObject look)
        {
            var job = Jobs.Make(Names.Short(view, 256), look, _session);
            _known[job.Id] = job;
            Read();
            return job;
        }

        /// <summary>Returns a job, or null if it was removed.</summary>
        public Job Find(string id)
        {
            Job job;
            return _known.TryGetValue(id, out job) ? job : null;
        }

        /// <summary>Sets an order aside whose capture has failed.</summary>
        public void GiveUp(string id, Exception error)
        {
            Keep(id, job => job.With(ProblemOf(error)));
            _service.Report(error);
            Read();
        }

        /// <summary>Returns whether an order was neither removed nor cancelled.</summary>
        public bool IsWanted(string id)
        {
            var job = Find(id);
            return job != null && !IsCancelled(job);
        }

        /// <summary>Takes what an order has got: its files, and what they mean.</summary>
        public void Submit(string id, JsonObject changes)
        {
            Keep(id, job => job.With(changes));
            _log.Info("captured " + id + " as " + string.Join(", ", changes.Object("files").Keys));
            Prepare(id);
        }

        /// <summary>Orders from the files of an earlier order with another look. Returns the id of the new one.</summary>
        public string Again(string id, JsonObject look)
        {
            var job = Find(id);
            if (job == null || !Jobs.IsCaptured(job))
            {
                throw new RefusedException("FILE_MISSING", Gone);
            }
            if (Look.IsPathTraced(look) != job.Files.ContainsKey("modelFile"))
            {
                const string other = "This order was captured for another kind of model. Capture the view again.";
                throw new RefusedException("NOT_SUPPORTED", other);
            }
            var copy = Jobs.Copy(job, Look.Seeded(look), _session);
            _known[copy.Id] = copy;
            var output = Path.Combine(Path.GetDirectoryName(job.Output) ?? "", ResultName(copy));
            Submit(copy.Id, new JsonObject { { "output", output }, { "files", copy.Files } });
            return copy.Id;
        }

        /// <summary>Cancels an order; its credits are returned.</summary>
        public void Cancel(string id)
        {
            var job = Found(id);
            if (job.Item != null)
            {
                Queue.Cancel(job.Item);
            }
            else if (job.Problem == null)
            {
                Keep(id, each => each.With(new JsonObject { { "cancelled", true } }));
            }
            Read();
        }

        /// <summary>Sends an order that failed or was cancelled again.</summary>
        public void Retry(string id)
        {
            var job = Found(id);
            if (job.Item != null)
            {
                Queue.Retry(job.Item);
                Read();
                return;
            }
            if (!Jobs.IsCaptured(job))
            {
                throw new RefusedException("FILE_MISSING", Gone);
            }
            Keep(id, each => each.With(new JsonObject { { "problem", null }, { "cancelled", null } }));
            Prepare(id);
        }

        /// <summary>Sends all orders again that were refused for this reason.</summary>
        public void RetryAll(string code)
        {
            foreach (var each in Entries.Where(entry => entry.Code == code && entry.State == QueueState.Failed).ToList())
            {
                Retry(each.Job.Id);
            }
        }

        /// <summary>Changes an order that the server has refused, and sends it again.</summary>
        public void Edit(string id, JsonObject look)
        {
            var job = Found(id);
            if (job.Item == null)
            {
                throw new RefusedException("NOT_FOUND", "This order was never sent. Capture the view again.");
            }
            var changes = new RenderOptions();
            foreach (var each in Look.Changes(look))
            {
                changes[each.Key] = each.Value;
            }
            Queue.Edit(job.Item, changes);
            Keep(id, each => each.With(new JsonObject { { "look", Look.Read(look) } }));
            Read();
        }

        /// <summary>Forgets an order that has ended, and its files. Its result stays.</summary>
        public void Remove(string id)
        {
            var job = Found(id);
            if (job.Item != null)
            {
                try
                {
                    Queue.Remove(job.Item);
                }
                catch (StateException error) when (error.Code == "NOT_FOUND")
                {
                    // Another program has removed it.
                }
            }
            _known.Remove(id);
            Jobs.Remove(id);
            foreach (var name in new[] { "before.jpg", "after.jpg", "before.png", "after.png" })
            {
                File.Delete(PictureOf(id, name));
            }
            Read();
        }

        /// <summary>Returns the orders of this running host that were done since the last call.</summary>
        public List<Entry> TakeDone()
        {
            var done = _done.ToList();
            _done.Clear();
            return done;
        }

        /// <summary>Returns the path of a small picture for the panel, which is made if it is not there yet. Null if it cannot be.</summary>
        public string Small(Entry entry, string name)
        {
            return Shown(entry, name, name + ".jpg", Thumbnail);
        }

        /// <summary>Returns the path of a larger picture for the panel, or null.</summary>
        public string Full(Entry entry, string name)
        {
            return Shown(entry, name, name + ".png", FullPicture);
        }

        /// <summary>Returns the name of the file of a result.</summary>
        public static string ResultName(Job job)
        {
            var view = Names.Short(Names.Safe(job.View), 40);
            var time = job.Created.ToLocalTime().ToString("yyyyMMdd-HHmmss");
            return time + "-" + (view.Length == 0 ? "view" : view) + "-" + job.Id.Substring(job.Id.Length - 8) + ".png";
        }

        internal void Load()
        {
            foreach (var job in Jobs.All())
            {
                var isInterrupted = job.Item == null && job.Problem == null && job.Files.Count == 0;
                const string sentence = "The capture was interrupted. Order it again.";
                _known[job.Id] = isInterrupted
                    ? job.With(ProblemOf(new RefusedException("CAPTURE_FAILED", sentence)))
                    : job;
            }
        }

        internal void Read()
        {
            var items = Queue.List().ToDictionary(each => each.Id);
            Entries = _known.Values.Reverse().Select(job => EntryOf(job, items)).ToList();
            Paused = Queue.Paused;
            foreach (var each in Entries)
            {
                Notice(each);
            }
        }

        internal void PrepareAll()
        {
            foreach (var job in _known.Values.Where(Waits).Where(Jobs.IsCaptured).ToList())
            {
                Prepare(job.Id);
            }
        }

        /// <summary>Forgets what has ended, beyond the newest orders: one at a time. Results stay.</summary>
        internal void ForgetOld()
        {
            var old = Entries.Skip(Kept).LastOrDefault(each => each.HasEnded);
            if (old != null)
            {
                Remove(old.Job.Id);
            }
        }

        private static JsonObject ProblemOf(Exception error)
        {
            var problem = new JsonObject { { "code", Sentences.CodeOf(error) }, { "message", Sentences.Of(error) } };
            return new JsonObject { { "problem", problem } };
        }

        private static bool IsCancelled(Job job)
        {
            return job.Write().Flag("cancelled") == true;
        }

        private static bool Waits(Job job)
        {
            return job.Item == null && job.Problem == null && !IsCancelled(job) && job.Files.Count > 0;
        }

        private string PictureOf(string id, string name)
        {
            return Path.Combine(_service.Web, "pictures", id + "-" + name);
        }

        private string Shown(Entry entry, string name, string file, int side)
        {
            var from = name == "before" ? Jobs.FileOf(entry.Job, "image") : entry.Result;
            var path = PictureOf(entry.Job.Id, file);
            if (File.Exists(path))
            {
                return path;
            }
            if (from == null || !File.Exists(from))
            {
                return null;
            }
            try
            {
                Pictures.WriteSmall(from, path, side);
                return path;
            }
            catch (Exception error) when (error is IOException || error is OutOfMemoryException || error is ArgumentException ||
                                          error is UnauthorizedAccessException)
            {
                _log.Warn(name + " of " + entry.Job.Id + " cannot be shown: " + error.Message);
                return null;
            }
        }

        private Job Found(string id)
        {
            var job = Find(id);
            if (job == null)
            {
                throw new RefusedException("NOT_FOUND", "This order is gone.");
            }
            return job;
        }

        private void Keep(string id, Func<Job, Job> change)
        {
            var job = Find(id);
            if (job != null)
            {
                _known[id] = Jobs.Save(change(job));
            }
        }

        /// <summary>Queues an order, once.</summary>
        private void Prepare(string id)
        {
            var job = Find(id);
            if (job == null || !Waits(job))
            {
                return;
            }
            try
            {
                var queued = Queue.List().FirstOrDefault(each => each.Options.Object("metadata")?.Text("job") == id) ?? Enqueue(job);
                Keep(id, each => each.With(new JsonObject { { "item", queued.Id } }));
                _log.Info("queued " + id);
            }
            catch (RenderiqException error)
            {
                Keep(id, each => each.With(ProblemOf(error)));
                _service.Report(error);
            }
            Read();
        }

        private QueueItem Enqueue(Job job)
        {
            var options = new RenderOptions();
            foreach (var each in Look.Fields(job.Look).Concat(job.Options))
            {
                options[each.Key] = each.Value;
            }
            options["metadata"] = new JsonObject { { "job", job.Id }, { "view", job.View } };
            var guides = new GuideImages { MaterialId = Jobs.FileOf(job, "materialIdImage") };
            return Queue.Add(
                Jobs.FileOf(job, "image"), options, guides, job.Output, Jobs.FileOf(job, "modelFile"));
        }

        private Entry EntryOf(Job job, IReadOnlyDictionary<string, QueueItem> items)
        {
            QueueItem item = null;
            if (job.Item != null)
            {
                items.TryGetValue(job.Item, out item);
            }
            var code = item?.Reason?.Code ?? job.Problem?.Text("code");
            return new Entry
            {
                Job = job,
                State = StateOf(job, item),
                Code = code,
                Reason = code == null ? null : Sentences.Of(item?.Reason?.Message ?? job.Problem?.Text("message")),
                Next = NextOf(job.Id, item),
                Result = item?.Result,
                RenderId = item?.RenderId,
                IsRefused = item != null && item.State == QueueState.Failed && item.IsEditable,
            };
        }

        private static string StateOf(Job job, QueueItem item)
        {
            if (item != null)
            {
                return item.State;
            }
            return job.Problem != null ? QueueState.Failed
                : job.Item != null || IsCancelled(job) ? QueueState.Cancelled : Preparing;
        }

        /// <summary>Returns a time that stays the same until it is over, so that nothing is sent every second.</summary>
        private DateTimeOffset? NextOf(string id, QueueItem item)
        {
            if (item?.Reason == null || item.Next == null || item.Next <= TimeSpan.Zero)
            {
                _next.Remove(id);
                return null;
            }
            var next = DateTimeOffset.UtcNow + item.Next.Value;
            DateTimeOffset known;
            if (!_next.TryGetValue(id, out known) || Math.Abs((known - next).TotalSeconds) > 1)
            {
                _next[id] = next;
            }
            return _next[id];
        }

        private void Notice(Entry entry)
        {
            string before;
            var id = entry.Job.Id;
            var isKnown = _states.TryGetValue(id, out before);
            if (before == entry.State)
            {
                return;
            }
            _states[id] = entry.State;
            if (!isKnown)
            {
                return;
            }
            _log.Info(id + " is " + entry.State + " " + entry.Code);
            _service.Forget("balance");
            if (entry.State == QueueState.Done && entry.Job.Session == _session)
            {
                _done.Add(entry);
            }
            if (entry.Code == "CONSENT_REQUIRED" && _service.IsOnline)
            {
                _service.Account.ReadConsents();
            }
        }
    }
}
