using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>Orders renders, waits for them and downloads them.</summary>
    public sealed class Renders
    {
        /// <summary>How long the server holds a request until the render changes.</summary>
        private static readonly TimeSpan Hold = TimeSpan.FromSeconds(20);

        /// <summary>The time between an answer and the next request.</summary>
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(10);

        private readonly Api _api;
        private readonly Uploads _uploads;

        internal Renders(Api api, Uploads uploads)
        {
            _api = api;
            _uploads = uploads;
        }

        /// <summary>Orders a render of a viewport capture, and returns what was accepted.</summary>
        /// <remarks>Pictures that are too large for a request are uploaded first.</remarks>
        /// <param name="image">The capture: a path, or bytes.</param>
        /// <param name="options">Style, quality, prompt and others.</param>
        /// <param name="guides">Depth, materials and normals of the same view.</param>
        /// <param name="idempotencyKey">Orders with the same key are one order.</param>
        /// <param name="cancellationToken">Ends the request. Whether the order was accepted is unknown then.</param>
        /// <exception cref="InsufficientCreditsException">The balance is too low.</exception>
        /// <exception cref="ValidationException">A value is wrong.</exception>
        public async Task<RenderAccepted> CreateAsync(
            Picture image,
            RenderOptions options = null,
            GuideImages guides = null,
            string idempotencyKey = null,
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var fields = new JsonObject((options ?? new RenderOptions()).Fields);
            var given = ImageField.Given(image, guides).Select(each => new
            {
                Field = each.Key,
                each.Value.FilePath,
                File = each.Value.Read(each.Key.Name),
            });
            var pictures = await Task.Run(() => given.ToList(), cancellationToken).ConfigureAwait(false);
            var files = new Dictionary<string, FormFile>();
            if (pictures.Sum(each => (long)each.File.Content.Length) <= ImageField.MaxBytesInOrder)
            {
                pictures.ForEach(each => files[each.Field.File] = each.File);
            }
            else
            {
                foreach (var each in pictures)
                {
                    var upload = await UploadAsync(each.FilePath, each.File, each.Field.Purpose, cancellationToken)
                        .ConfigureAwait(false);
                    fields[each.Field.Upload] = upload.UploadId;
                }
            }
            var call = new Call("POST", "/renders") { Body = Body.OfForm(fields, files), Key = idempotencyKey };
            return new RenderAccepted((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        /// <summary>Returns a render.</summary>
        /// <exception cref="NotFoundException">There is none by that id.</exception>
        public async Task<RenderOut> GetAsync(
            string renderId, CancellationToken cancellationToken = default(CancellationToken))
        {
            var answer = await _api.CallAsync(new Call("GET", PathOf(renderId)), cancellationToken).ConfigureAwait(false);
            return new RenderOut(answer.Data);
        }

        /// <summary>Your renders, from new to old. <c>status</c>, <c>projectId</c> and <c>platform</c> filter them.</summary>
        public Pages<RenderOut> List(IDictionary<string, object> query = null)
        {
            return Page<RenderOut>.Of(_api, "/renders", "renders", raw => new RenderOut(raw), query);
        }

        /// <summary>Waits until a render has completed, and returns it.</summary>
        /// <param name="renderId">The id of the render.</param>
        /// <param name="timeout">How long to wait: normally ten minutes.</param>
        /// <param name="cancellationToken">Ends the waiting. The render goes on.</param>
        /// <exception cref="RenderFailedException">It failed or was cancelled.</exception>
        /// <exception cref="WaitTimeoutException">It takes longer, and goes on.</exception>
        public async Task<RenderOut> WaitAsync(
            string renderId, TimeSpan? timeout = null, CancellationToken cancellationToken = default(CancellationToken))
        {
            var until = _api.Clock.Now + (timeout ?? MostWait);
            while (true)
            {
                var call = new Call("GET", PathOf(renderId))
                {
                    Headers = new Dictionary<string, string> { { "Prefer", "wait=" + (int)Hold.TotalSeconds } },
                    Wait = Hold,
                };
                var render = new RenderOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
                if (HasCompleted(render))
                {
                    return render;
                }
                if (_api.Clock.Now >= until)
                {
                    throw new WaitTimeoutException();
                }
                await _api.Clock.WaitAsync(Pause, cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>Writes the picture of a completed render to a file, whole or not at all.</summary>
        /// <exception cref="StateException">There is no picture yet.</exception>
        public async Task DownloadAsync(
            RenderOut render, string path, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (string.IsNullOrEmpty(render.OutputUrl))
            {
                throw new StateException("NO_OUTPUT", "The render has no picture yet.");
            }
            using (var file = new Replacement(path))
            {
                await _api.DownloadAsync(render.OutputUrl, file.Stream, cancellationToken).ConfigureAwait(false);
                file.Commit();
            }
        }

        /// <summary>Writes the picture of a completed render to a file, whole or not at all.</summary>
        /// <exception cref="StateException">There is no picture yet.</exception>
        public async Task DownloadAsync(
            string renderId, string path, CancellationToken cancellationToken = default(CancellationToken))
        {
            var render = await GetAsync(renderId, cancellationToken).ConfigureAwait(false);
            await DownloadAsync(render, path, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Orders a render again.</summary>
        /// <param name="renderId">The id of the render.</param>
        /// <param name="changes">What is different. Null gives an option its default.</param>
        /// <param name="count">How many renders, which differ in their seed.</param>
        /// <param name="idempotencyKey">Orders with the same key are one order.</param>
        /// <param name="cancellationToken">Ends the request. Whether the order was accepted is unknown then.</param>
        public async Task<RenderAccepted> AgainAsync(
            string renderId,
            RenderOptions changes = null,
            int? count = null,
            string idempotencyKey = null,
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var body = new JsonObject { { "changes", (changes ?? new RenderOptions()).Fields } };
            if (count != null)
            {
                body["count"] = count.Value;
            }
            var call = new Call("POST", PathOf(renderId) + "/again") { Json = body, Key = idempotencyKey };
            return new RenderAccepted((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        /// <summary>Cancels a render; its credits are returned.</summary>
        /// <exception cref="ConflictException">It has ended.</exception>
        public async Task<RenderOut> CancelAsync(
            string renderId, CancellationToken cancellationToken = default(CancellationToken))
        {
            var answer = await _api.CallAsync(new Call("DELETE", PathOf(renderId)), cancellationToken).ConfigureAwait(false);
            return new RenderOut(answer.Data);
        }

        /// <summary>Returns what an order would cost, and whether the balance is enough.</summary>
        public async Task<EstimateOut> EstimateAsync(
            RenderOptions options, CancellationToken cancellationToken = default(CancellationToken))
        {
            var call = new Call("POST", "/renders/estimate") { Json = WithoutNulls(options.Fields) };
            return new EstimateOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        internal static string PathOf(string renderId)
        {
            return "/renders/" + Uri.EscapeDataString(renderId);
        }

        internal static JsonObject WithoutNulls(JsonObject fields)
        {
            return new JsonObject(fields.Where(each => each.Value != null).ToDictionary(each => each.Key, each => each.Value));
        }

        private static bool HasCompleted(RenderOut render)
        {
            var isCancelled = render.Status == Status.Cancelled;
            if (isCancelled || render.Status == Status.Failed)
            {
                var code = isCancelled ? "RENDER_CANCELLED" : render.ErrorCode ?? "RENDER_FAILED";
                var sentence = render.Error ?? (isCancelled ? "The render was cancelled." : "The render failed.");
                throw new RenderFailedException(new ErrorInfo(code, sentence) { Details = render.Raw });
            }
            return render.Status == Status.Completed;
        }

        private async Task<UploadOut> UploadAsync(
            string path, FormFile file, string purpose, CancellationToken cancellationToken)
        {
            if (path != null)
            {
                return await _uploads.SendAsync(path, purpose, null, cancellationToken).ConfigureAwait(false);
            }
            var folder = Path.Combine(Path.GetTempPath(), "renderiq-" + Guid.NewGuid().ToString("N"));
            try
            {
                var copy = Path.Combine(folder, file.Name);
                Files.WriteDurably(copy, file.Content);
                return await _uploads.SendAsync(copy, purpose, null, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Files.Discard(folder);
            }
        }
    }
}
