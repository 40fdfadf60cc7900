using System;
using System.Collections.Generic;
using System.Linq;

namespace Renderiq
{
    /// <summary>The upload of one picture of an order.</summary>
    internal sealed class OrderUpload
    {
        public OrderUpload(string uploadId = "", bool isReady = false, long tries = 0)
        {
            UploadId = uploadId;
            IsReady = isReady;
            Tries = tries;
        }

        public string UploadId { get; }

        public bool IsReady { get; }

        /// <summary>Counts uploads that were begun in place of lost ones.</summary>
        public long Tries { get; }
    }

    /// <summary>An order as the queue keeps it, and its rules. It touches no disk and no network.</summary>
    /// <remarks>An order is never changed: every change is another one.</remarks>
    internal sealed class Order
    {
        private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
        private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(300);

        /// <summary>With jitter. Nothing is ever due later than that, unless the clock was set back.</summary>
        private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(375);
        private static readonly TimeSpan MinLook = TimeSpan.FromSeconds(2);
        private static readonly TimeSpan MaxEstimate = TimeSpan.FromSeconds(30);

        /// <summary>Between two looks for each render under way: all of them together stay far below the rate limit.</summary>
        private static readonly TimeSpan LookPerRender = TimeSpan.FromSeconds(1.5);

        public Order(string id, string key, JsonObject fields, JsonObject pictures, string output, DateTimeOffset due)
        {
            Id = id;
            Key = key;
            State = QueueState.Waiting;
            Fields = fields;
            Pictures = pictures;
            Output = output;
            Due = due;
        }

        private Order()
        {
        }

        public string Id { get; private set; }

        /// <summary>The <c>Idempotency-Key</c>, chosen when the order was queued.</summary>
        public string Key { get; private set; }

        public string State { get; private set; }

        /// <summary>The options, under their names on the wire.</summary>
        public JsonObject Fields { get; private set; }

        /// <summary>The names of the files beside the order.</summary>
        public JsonObject Pictures { get; private set; }

        /// <summary>Where the result is wanted, or null.</summary>
        public string Output { get; private set; }

        public IReadOnlyDictionary<string, OrderUpload> Uploads { get; private set; } = new Dictionary<string, OrderUpload>();

        public string RenderId { get; private set; }

        /// <summary>Whether the order was sent and its answer is unknown.</summary>
        public bool IsUnsure { get; private set; }

        public bool IsCancelling { get; private set; }

        public long Failures { get; private set; }

        /// <summary>When something is to be done. Null if nothing is to come.</summary>
        public DateTimeOffset? Due { get; private set; }

        public QueueReason Reason { get; private set; }

        /// <summary>Whether the reason is a temporary failure.</summary>
        public bool IsTemporary { get; private set; }

        public string Result { get; private set; }

        public bool IsUnsent => State == QueueState.Waiting || State == QueueState.Uploading;

        public bool IsUnderWay => State == QueueState.Ordered || State == QueueState.Rendering;

        public bool IsSettled => !IsUnsent && !IsUnderWay;

        /// <summary>Whether the server certainly has not accepted it.</summary>
        public bool IsEditable =>
            !IsDamaged && !IsCancelling && (State == QueueState.Failed || (IsUnsent && !IsUnsure));

        /// <summary>Whether its file could not be read.</summary>
        public bool IsDamaged => Key == null;

        /// <summary>Returns what stands in place of an order whose file cannot be read.</summary>
        public static Order Damaged(string id)
        {
            return new Order
            {
                Id = id,
                State = QueueState.Failed,
                Fields = new JsonObject(),
                Pictures = new JsonObject(),
                Reason = new QueueReason("DISK_ERROR", "The file of the order is damaged."),
            };
        }

        /// <summary>Reads an order that <see cref="Write"/> has written. Null if it is none.</summary>
        public static Order Read(JsonObject json)
        {
            if (json?.Text("id") == null || json.Text("key") == null || json.Text("state") == null)
            {
                return null;
            }
            var reason = json.Object("reason");
            var due = json.Text("due");
            return new Order
            {
                Id = json.Text("id"),
                Key = json.Text("key"),
                State = json.Text("state"),
                Fields = json.Object("fields") ?? new JsonObject(),
                Pictures = json.Object("pictures") ?? new JsonObject(),
                Output = json.Text("output"),
                Uploads = (json.Object("uploads") ?? new JsonObject()).ToDictionary(
                    each => each.Key, each => ReadUpload(each.Value as JsonObject ?? new JsonObject())),
                RenderId = json.Text("renderId"),
                IsUnsure = json.Flag("isUnsure") ?? false,
                IsCancelling = json.Flag("isCancelling") ?? false,
                Failures = json.Integer("failures") ?? 0,
                Due = due == null ? (DateTimeOffset?)null : Times.Read(due),
                Reason = reason == null ? null : new QueueReason(reason.Text("code"), reason.Text("message")),
                IsTemporary = json.Flag("isTemporary") ?? false,
                Result = json.Text("result"),
            };
        }

        public JsonObject Write()
        {
            var uploads = new JsonObject();
            foreach (var each in Uploads)
            {
                uploads[each.Key] = new JsonObject
                {
                    { "uploadId", each.Value.UploadId },
                    { "isReady", each.Value.IsReady },
                    { "tries", each.Value.Tries },
                };
            }
            return new JsonObject
            {
                { "id", Id },
                { "key", Key },
                { "state", State },
                { "fields", Fields },
                { "pictures", Pictures },
                { "output", Output },
                { "uploads", uploads },
                { "renderId", RenderId },
                { "isUnsure", IsUnsure },
                { "isCancelling", IsCancelling },
                { "failures", Failures },
                { "due", Due == null ? null : Times.Write(Due.Value) },
                { "reason", Reason == null ? null : new JsonObject { { "code", Reason.Code }, { "message", Reason.Message } } },
                { "isTemporary", IsTemporary },
                { "result", Result },
            };
        }

        /// <summary>Returns whether something is to be done now.</summary>
        public bool IsDue(DateTimeOffset now)
        {
            return Due != null && (Due <= now || Due - now > LongestPause);
        }

        /// <summary>Returns the time until something is to be done. Null if nothing is to come.</summary>
        public TimeSpan? UntilDue(DateTimeOffset now)
        {
            return Due == null ? null : IsDue(now) ? TimeSpan.Zero : Due - now;
        }

        /// <summary>Returns the order after a temporary failure.</summary>
        public Order FailedForNow(RenderiqException error, DateTimeOffset now, double chance)
        {
            var failures = Failures + 1;
            var pause = Retries.Backoff((int)Math.Min(failures, 99), chance, FirstPause, MaxPause);
            pause = Times.Longest(pause, Times.Shortest(error.RetryAfter ?? TimeSpan.Zero, MaxPause));
            return With(order =>
            {
                order.Failures = failures;
                order.Due = now + pause;
                order.Reason = new QueueReason(error.Code, error.Message);
                order.IsTemporary = true;
            });
        }

        /// <summary>Returns the order while the queue is paused because of it.</summary>
        public Order Held(RenderiqException error)
        {
            return With(order =>
            {
                order.Due = null;
                order.Reason = new QueueReason(error.Code, error.Message);
                order.IsTemporary = false;
            });
        }

        /// <summary>Returns the order at its end.</summary>
        public Order Settled(string state, QueueReason reason = null, string result = null)
        {
            return With(order =>
            {
                order.State = state;
                order.Reason = reason;
                order.Result = result;
                order.Due = null;
                order.Failures = 0;
                order.IsTemporary = false;
                order.IsUnsure = false;
                order.IsCancelling = false;
            });
        }

        /// <summary>Returns the order that the server has accepted.</summary>
        public Order Accepted(string renderId, double estimatedSeconds, DateTimeOffset now)
        {
            var estimate = Times.Seconds(Math.Min(Math.Max(0, estimatedSeconds), MaxEstimate.TotalSeconds));
            var due = IsCancelling ? now : now + Times.Longest(estimate, MinLook);
            return GoingOn(QueueState.Ordered, due).With(order => order.RenderId = renderId);
        }

        /// <summary>Returns the order whose render has not ended. <paramref name="underWay"/> counts those of the queue.</summary>
        public Order LookedAt(string status, TimeSpan? retryAfter, int underWay, DateTimeOffset now)
        {
            var pause = Times.Longest(retryAfter ?? TimeSpan.Zero, Times.Seconds(LookPerRender.TotalSeconds * underWay));
            var state = status == Models.Status.Processing ? QueueState.Rendering : QueueState.Ordered;
            return GoingOn(state, now + Times.Longest(pause, MinLook));
        }

        /// <summary>Returns the order as a new one, in its old place.</summary>
        public Order Renewed(string key, JsonObject fields, DateTimeOffset now)
        {
            return new Order(Id, key, fields, Pictures, Output, now);
        }

        /// <summary>Returns the order that is to be cancelled as soon as the server can be asked.</summary>
        public Order ToBeCancelled(QueueReason reason, DateTimeOffset now)
        {
            return With(order =>
            {
                order.IsCancelling = true;
                order.Reason = reason;
                order.Due = now;
                order.IsTemporary = false;
            });
        }

        public Order NotCancelling()
        {
            return With(order => order.IsCancelling = false);
        }

        public Order Unsure(bool isUnsure)
        {
            return With(order => order.IsUnsure = isUnsure);
        }

        public Order DueAt(DateTimeOffset due)
        {
            return With(order => order.Due = due);
        }

        public Order InState(string state)
        {
            return With(order => order.State = state);
        }

        /// <summary>Returns the order with what is known of the upload of a picture.</summary>
        public Order WithUpload(string picture, OrderUpload upload)
        {
            var uploads = Uploads.ToDictionary(each => each.Key, each => each.Value);
            uploads[picture] = upload;
            return With(order => order.Uploads = uploads);
        }

        /// <summary>Returns the order that begins its uploads again.</summary>
        public Order WithoutUploads()
        {
            var uploads = Uploads.ToDictionary(each => each.Key, each => new OrderUpload(tries: each.Value.Tries + 1));
            return With(order => order.Uploads = uploads);
        }

        public OrderUpload UploadOf(string picture)
        {
            OrderUpload found;
            return Uploads.TryGetValue(picture, out found) ? found : new OrderUpload();
        }

        private static OrderUpload ReadUpload(JsonObject json)
        {
            return new OrderUpload(json.Text("uploadId") ?? "", json.Flag("isReady") ?? false, json.Integer("tries") ?? 0);
        }

        private Order GoingOn(string state, DateTimeOffset due)
        {
            return With(order =>
            {
                order.State = state;
                order.Due = due;
                order.Reason = null;
                order.Failures = 0;
                order.IsTemporary = false;
                order.IsUnsure = false;
            });
        }

        private Order With(Action<Order> change)
        {
            var other = (Order)MemberwiseClone();
            change(other);
            return other;
        }
    }
}
