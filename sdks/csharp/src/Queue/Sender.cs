using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>
    /// Makes passes over the orders of a store: sends what waits and looks at what was ordered. A crash at any point
    /// repeats nothing. Of all processes on the store, one is the sender at a time.
    /// </summary>
    internal sealed class Sender
    {
        private readonly Api _api;
        private readonly OrderStore _store;
        private readonly int _parallel;

        public Sender(Api api, OrderStore store, int parallel)
        {
            _api = api.WithoutRetries(); // the queue has pauses of its own, which survive a crash
            _store = store;
            _parallel = parallel;
        }

        /// <summary>Does everything that is due.</summary>
        /// <exception cref="DiskException">What has happened cannot be stored.</exception>
        public async Task<QueuePass> RunPassAsync(CancellationToken cancellationToken)
        {
            using (var turn = FileLock.TryTake(_store.SenderLock))
            {
                if (turn != null)
                {
                    await SendAllAsync(cancellationToken).ConfigureAwait(false);
                    await LookAtAllAsync(cancellationToken).ConfigureAwait(false);
                }
                return new QueuePass(turn != null, UntilDue());
            }
        }

        private DateTimeOffset Now => _api.Clock.Now;

        /// <summary>Returns when the next pass has something to do. Of what was not sent, only the first one counts.</summary>
        private TimeSpan? UntilDue()
        {
            var orders = _store.Active();
            var pause = _store.Paused();
            var now = Now;
            var awaited = orders.Where(order => order.IsUnderWay && pause?.ForbidsLooking != true).ToList();
            var first = orders.FirstOrDefault(order => order.IsUnsent);
            if (first != null && pause == null)
            {
                awaited.Add(first);
            }
            return awaited.Min(order => order.UntilDue(now));
        }

        private async Task SendAllAsync(CancellationToken cancellationToken)
        {
            foreach (var order in _store.Active().Where(each => each.IsUnsent))
            {
                if (_store.Paused() != null || !order.IsDue(Now) ||
                    !await AttemptAsync(order, SendAsync, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }

        private async Task LookAtAllAsync(CancellationToken cancellationToken)
        {
            foreach (var order in _store.Active().Where(each => each.IsUnderWay))
            {
                if (_store.Paused()?.ForbidsLooking == true)
                {
                    return;
                }
                if (order.IsDue(Now) && !await AttemptAsync(order, LookAsync, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }

        /// <summary>Works on an order. Returns false if those behind it have to wait.</summary>
        private async Task<bool> AttemptAsync(
            Order order, Func<Order, CancellationToken, Task> work, CancellationToken cancellationToken)
        {
            try
            {
                try
                {
                    await work(order, cancellationToken).ConfigureAwait(false);
                    return true;
                }
                catch (RenderiqException error)
                {
                    return AfterFailure(_store.Get(order.Id), error);
                }
            }
            catch (SupersededException)
            {
                return false; // the next pass sees what has become of it, and keeps the order
            }
        }

        private bool AfterFailure(Order order, RenderiqException error)
        {
            var isPoor = error is InsufficientCreditsException;
            if (isPoor && order.IsCancelling)
            {
                _store.Save(order.Settled(QueueState.Cancelled));
                return true;
            }
            if (isPoor || error is AuthException)
            {
                var credits = error.Details.Where(each => each.Key.EndsWith("Credits", StringComparison.Ordinal));
                var details = new JsonObject(credits.ToDictionary(each => each.Key, each => each.Value));
                _store.Pause(new QueuePause(error.Code, error.Message, details), order.Held(error));
                return false;
            }
            if (error.Retryable)
            {
                _store.Save(order.FailedForNow(error, Now, _api.Clock.Chance()));
                return false;
            }
            var reason = new QueueReason(error.Code, error.Message);
            _store.Save(order.IsCancelling
                ? order.Settled(QueueState.Cancelled)
                : order.Settled(QueueState.Failed, reason));
            return true;
        }

        private async Task SendAsync(Order order, CancellationToken cancellationToken)
        {
            var paths = order.Pictures.Keys.ToDictionary(name => name, name => _store.Picture(order, name));
            var pictures = paths.Where(each => each.Key != ImageField.Model.Name);
            var size = Files.Try(() => pictures.Sum(each => new FileInfo(each.Value).Length));
            var apart = size > ImageField.MaxBytesInOrder ? paths : paths.Except(pictures);
            order = await UploadAllAsync(order, apart.ToList(), cancellationToken).ConfigureAwait(false);
            await OrderAsync(order, paths, cancellationToken).ConfigureAwait(false);
        }

        private async Task OrderAsync(Order order, Dictionary<string, string> paths, CancellationToken cancellationToken)
        {
            var fields = new JsonObject(order.Fields);
            var files = new Dictionary<string, FormFile>();
            foreach (var each in paths)
            {
                var field = ImageField.Of(each.Key);
                if (order.Uploads.ContainsKey(each.Key))
                {
                    fields[field.Upload] = order.UploadOf(each.Key).UploadId;
                }
                else
                {
                    files[field.File] = Picture.FromFile(each.Value).Read(each.Key);
                }
            }
            var wasUnsure = order.IsUnsure;
            order = order.Unsure(true);
            _store.Save(order); // from now on, a crash leaves it unknown whether the server has the order
            RenderAccepted accepted;
            try
            {
                var call = new Call("POST", "/renders") { Body = Body.OfForm(fields, files), Key = order.Key };
                accepted = new RenderAccepted((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
            }
            catch (ConflictException error) when (error.Code == "UPLOAD_INCOMPLETE")
            {
                _store.Save(order.WithoutUploads().Unsure(false));
                error.Retryable = true;
                throw;
            }
            catch (InsufficientCreditsException)
            {
                _store.Save(order.Unsure(false));
                throw;
            }
            catch (RenderiqException error) when (!MayHaveBeenAccepted(error))
            {
                _store.Save(order.Unsure(wasUnsure));
                throw;
            }
            _store.Save(order.Accepted(accepted.RenderId, accepted.EstimatedTime ?? 0, Now));
        }

        /// <summary>Uploads the pictures, each from where it was interrupted.</summary>
        private async Task<Order> UploadAllAsync(
            Order order, IEnumerable<KeyValuePair<string, string>> paths, CancellationToken cancellationToken)
        {
            foreach (var each in paths)
            {
                if (!order.UploadOf(each.Key).IsReady)
                {
                    order = order.InState(QueueState.Uploading);
                    order = await UploadAsync(order, each.Key, each.Value, cancellationToken).ConfigureAwait(false);
                }
            }
            return order;
        }

        private async Task<Order> UploadAsync(Order order, string name, string path, CancellationToken cancellationToken)
        {
            _store.Save(order);
            var field = ImageField.Of(name);
            var known = order.UploadOf(name);
            var key = order.Key + "-" + field.File + (known.Tries > 0 ? "-" + known.Tries : "");
            var sending = new Sending(_api, LocalFile.Read(path), field.Purpose, key, _parallel);
            UploadOut upload;
            try
            {
                if (known.UploadId.Length > 0)
                {
                    upload = await sending.FindAsync(known.UploadId, cancellationToken).ConfigureAwait(false);
                    upload = await sending.SendMissingAsync(upload, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    var begun = await sending.BeginAsync(cancellationToken).ConfigureAwait(false);
                    order = order.WithUpload(name, new OrderUpload(begun.UploadId, false, known.Tries));
                    _store.Save(order);
                    upload = await sending.FinishAsync(begun, cancellationToken).ConfigureAwait(false);
                }
                if (upload.Status == "failed")
                {
                    throw new NotFoundException(new ErrorInfo("UPLOAD_FAILED", upload.Error ?? "The upload has failed."));
                }
            }
            catch (NotFoundException error)
            {
                // It has ended or was deleted: another one is begun.
                _store.Save(order.WithUpload(name, new OrderUpload(tries: known.Tries + 1)));
                error.Retryable = true;
                throw;
            }
            order = order.WithUpload(name, new OrderUpload(upload.UploadId, true, known.Tries));
            _store.Save(order);
            return order;
        }

        private async Task LookAsync(Order order, CancellationToken cancellationToken)
        {
            var wasCancelling = order.IsCancelling;
            Answer answer;
            try
            {
                var call = new Call(wasCancelling ? "DELETE" : "GET", Renders.PathOf(order.RenderId));
                answer = await _api.CallAsync(call, cancellationToken).ConfigureAwait(false);
            }
            catch (ConflictException)
            {
                // It has ended before it could be cancelled.
                _store.Save(order.NotCancelling().LookedAt("", null, 0, Now), cancellationIsDone: true);
                return;
            }
            var render = new RenderOut(answer.Data);
            order = order.NotCancelling();
            if (render.Status == Status.Completed)
            {
                await FinishAsync(order, render, cancellationToken).ConfigureAwait(false);
            }
            else if (render.Status == Status.Cancelled)
            {
                _store.Save(order.Settled(QueueState.Cancelled));
            }
            else if (render.Status == Status.Failed)
            {
                var reason = new QueueReason(render.ErrorCode ?? "RENDER_FAILED", render.Error ?? "The render failed.");
                _store.Save(order.Settled(QueueState.Failed, reason));
            }
            else
            {
                var underWay = _store.Active().Count(each => each.IsUnderWay);
                _store.Save(order.LookedAt(render.Status, answer.RetryAfter(Now), underWay, Now), wasCancelling);
            }
        }

        private async Task FinishAsync(Order order, RenderOut render, CancellationToken cancellationToken)
        {
            order = order.InState(QueueState.Rendering);
            _store.Save(order, cancellationIsDone: true); // it is too late for that
            var path = _store.ResultPath(order, "." + (render.OutputFormat ?? "png"));
            try
            {
                using (var file = new Replacement(path, isLocked: true)) // there is one sender
                {
                    await _api.DownloadAsync(render.OutputUrl ?? "", file.Stream, cancellationToken).ConfigureAwait(false);
                    file.Commit();
                }
            }
            catch (RenderiqException error)
            {
                error.Retryable = true; // a link ends after a day; the next look gets another one
                throw;
            }
            _store.Save(order.Settled(QueueState.Done, result: path));
        }

        /// <summary>Returns whether the server may have taken the order of a request that failed so.</summary>
        private static bool MayHaveBeenAccepted(RenderiqException error)
        {
            var network = error as NetworkException;
            return network != null ? network.WasSent : !(error is AuthException) && !(error is RateLimitedException);
        }
    }
}
