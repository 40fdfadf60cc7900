using System;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>How far an upload is, in bytes.</summary>
    public struct UploadProgress
    {
        /// <summary>How far an upload is.</summary>
        public UploadProgress(long arrived, long size)
        {
            Arrived = arrived;
            Size = size;
        }

        /// <summary>What has arrived.</summary>
        public long Arrived { get; }

        /// <summary>The size of the file.</summary>
        public long Size { get; }
    }

    /// <summary>Sends files that are too large for an order, in parts.</summary>
    public sealed class Uploads
    {
        private readonly Api _api;
        private readonly int _parallel;

        internal Uploads(Api api, int parallel)
        {
            _api = api;
            _parallel = parallel;
        }

        /// <summary>Uploads a file and returns the upload, which is ready.</summary>
        /// <remarks>
        /// The same file for the same purpose is the same upload: a call that was interrupted, also by the end of its
        /// process, goes on where it stopped. A call that is cancelled deletes the upload.
        /// </remarks>
        /// <param name="path">The path of the file.</param>
        /// <param name="purpose">One of <see cref="Models.Purpose"/>.</param>
        /// <param name="progress">Is told when bytes have arrived.</param>
        /// <param name="cancellationToken">Cancels the upload.</param>
        public async Task<UploadOut> SendAsync(
            string path,
            string purpose = Purpose.Capture,
            IProgress<UploadProgress> progress = null,
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var file = await Task.Run(() => LocalFile.Read(path), cancellationToken).ConfigureAwait(false);
            var key = file.Sha256 + "-" + purpose;
            // The first key is used up if its upload was deleted or has failed.
            foreach (var each in new[] { key, key + "-" + Guid.NewGuid().ToString("N") })
            {
                var sending = new Sending(_api, file, purpose, each, _parallel, progress);
                try
                {
                    var upload = await sending.BeginAsync(cancellationToken).ConfigureAwait(false);
                    if (upload.Status != "failed")
                    {
                        return await FinishAsync(sending, upload, cancellationToken).ConfigureAwait(false);
                    }
                }
                catch (NotFoundException)
                {
                    // It was deleted meanwhile.
                }
            }
            const string gone = "The upload was deleted while it was begun.";
            throw new NotFoundException(new ErrorInfo("NOT_FOUND", gone) { Status = 404 });
        }

        /// <summary>Returns an upload.</summary>
        public async Task<UploadOut> GetAsync(
            string uploadId, CancellationToken cancellationToken = default(CancellationToken))
        {
            var call = new Call("GET", Sending.PathOf(uploadId));
            return new UploadOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        /// <summary>Deletes an upload.</summary>
        /// <exception cref="ConflictException">A render needs it.</exception>
        public Task DeleteAsync(string uploadId, CancellationToken cancellationToken = default(CancellationToken))
        {
            return _api.CallAsync(new Call("DELETE", Sending.PathOf(uploadId)), cancellationToken);
        }

        private async Task<UploadOut> FinishAsync(Sending sending, UploadOut upload, CancellationToken cancellationToken)
        {
            try
            {
                return await sending.FinishAsync(upload, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                try
                {
                    await DeleteAsync(upload.UploadId).ConfigureAwait(false);
                }
                catch (RenderiqException)
                {
                    // An upload that cannot be deleted now ends by itself after a day.
                }
                throw;
            }
        }
    }
}
