using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>One upload while it is sent. Its key is the <c>Idempotency-Key</c> of its announcement.</summary>
    internal sealed class Sending
    {
        public const int Parallel = 4;
        private const long MaxHashedBytes = 1000000000;
        private const int MaxSignedParts = 100;

        /// <summary>How often a part is signed anew after storage has refused it.</summary>
        private const int MaxSignatures = 3;
        private const int MaxCompletions = 4;

        private readonly Api _api;
        private readonly LocalFile _file;
        private readonly string _purpose;
        private readonly string _key;
        private readonly int _parallel;
        private readonly IProgress<UploadProgress> _progress;
        private readonly object _lock = new object();
        private readonly Dictionary<long, string> _urls = new Dictionary<long, string>();
        private long _arrived;

        public Sending(
            Api api, LocalFile file, string purpose, string key, int parallel, IProgress<UploadProgress> progress = null)
        {
            _api = api;
            _file = file;
            _purpose = purpose;
            _key = key;
            _parallel = parallel;
            _progress = progress;
        }

        /// <summary>Announces the file. The same key gives the same upload.</summary>
        public async Task<UploadOut> BeginAsync(CancellationToken cancellationToken)
        {
            var body = new JsonObject
            {
                { "fileName", _file.Name },
                { "contentType", _file.ContentType },
                { "size", _file.Size },
                { "purpose", _purpose },
            };
            if (_file.Size <= MaxHashedBytes)
            {
                body["sha256"] = _file.Sha256;
            }
            var call = new Call("POST", "/uploads") { Json = body, Key = _key };
            var upload = new UploadOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
            foreach (var part in PartsOf(upload).Where(each => each.Url != null))
            {
                _urls[part.PartNumber ?? 0] = part.Url;
            }
            return upload;
        }

        /// <summary>Returns what has become of an upload that was begun earlier.</summary>
        /// <exception cref="NotFoundException">It has ended or was deleted.</exception>
        public async Task<UploadOut> FindAsync(string uploadId, CancellationToken cancellationToken)
        {
            var call = new Call("GET", PathOf(uploadId));
            return new UploadOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        /// <summary>Sends what is missing and completes the upload.</summary>
        public async Task<UploadOut> FinishAsync(UploadOut upload, CancellationToken cancellationToken)
        {
            if (upload.Status != "ready")
            {
                // Which tells what storage has.
                upload = await FindAsync(upload.UploadId, cancellationToken).ConfigureAwait(false);
            }
            return await SendMissingAsync(upload, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Does the same for an upload that was looked at just now.</summary>
        public async Task<UploadOut> SendMissingAsync(UploadOut upload, CancellationToken cancellationToken)
        {
            if (upload.Status == "ready")
            {
                Report(_file.Size);
                return upload;
            }
            var sizes = PartsOf(upload).ToDictionary(each => each.PartNumber ?? 0, each => each.Size ?? 0);
            var missing = PartsOf(upload).Where(each => each.Received != true).Select(each => each.PartNumber ?? 0).ToList();
            if (missing.Count < sizes.Count)
            {
                Report(sizes.Where(each => !missing.Contains(each.Key)).Sum(each => each.Value));
            }
            for (var completions = 0; completions < MaxCompletions; completions++)
            {
                await SendPartsAsync(upload, missing, sizes, cancellationToken).ConfigureAwait(false);
                try
                {
                    var call = new Call("POST", PathOf(upload.UploadId) + "/complete") { Json = new JsonObject() };
                    return new UploadOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
                }
                catch (ConflictException error) when (error.Code == "UPLOAD_INCOMPLETE")
                {
                    missing = error.Details.List("missingParts").OfType<long>().Where(sizes.ContainsKey).ToList();
                    if (missing.Count == 0)
                    {
                        throw;
                    }
                    _arrived -= missing.Sum(each => sizes[each]);
                }
            }
            throw new ConflictException(new ErrorInfo("UPLOAD_INCOMPLETE", "Parts of the upload do not arrive.")
            {
                Status = 409,
                Retryable = true,
            });
        }

        public static string PathOf(string uploadId)
        {
            return "/uploads/" + Uri.EscapeDataString(uploadId);
        }

        private static IReadOnlyList<UploadPartOut> PartsOf(UploadOut upload)
        {
            return upload.Parts ?? new List<UploadPartOut>();
        }

        private async Task SendPartsAsync(
            UploadOut upload, List<long> numbers, Dictionary<long, long> sizes, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var unsigned = numbers.Where(each => !_urls.ContainsKey(each)).ToList();
            for (var first = 0; first < unsigned.Count; first += MaxSignedParts)
            {
                var some = unsigned.Skip(first).Take(MaxSignedParts);
                await SignAsync(upload, some, cancellationToken).ConfigureAwait(false);
            }
            var waiting = new Queue<long>(numbers);
            var hasFailed = false;
            Func<Task> work = async () =>
            {
                while (true)
                {
                    long number;
                    lock (_lock)
                    {
                        if (waiting.Count == 0 || hasFailed)
                        {
                            return;
                        }
                        number = waiting.Dequeue();
                    }
                    try
                    {
                        await SendPartAsync(upload, number, sizes[number], cancellationToken).ConfigureAwait(false);
                    }
                    catch
                    {
                        hasFailed = true; // those under way end, and no other part is begun
                        throw;
                    }
                }
            };
            await Task.WhenAll(Enumerable.Range(0, _parallel).Select(_ => Task.Run(work))).ConfigureAwait(false);
        }

        private async Task SendPartAsync(UploadOut upload, long number, long size, CancellationToken cancellationToken)
        {
            var content = _file.Part(number, upload.PartSize ?? 0, size);
            var headers = new Dictionary<string, string> { { "Content-MD5", Checksum(content) } };
            for (var signatures = 0; ; signatures++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string url;
                lock (_lock)
                {
                    url = _urls[number];
                }
                try
                {
                    await _api.PutAsync(url, content, headers, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (PermissionDeniedException) when (signatures < MaxSignatures)
                {
                    // The URL has expired.
                }
                await SignAsync(upload, new[] { number }, cancellationToken).ConfigureAwait(false);
            }
            Report(size);
        }

        private async Task SignAsync(UploadOut upload, IEnumerable<long> numbers, CancellationToken cancellationToken)
        {
            var body = new JsonObject { { "partNumbers", numbers.ToList() } };
            var call = new Call("POST", PathOf(upload.UploadId) + "/parts") { Json = body };
            var signed = new SignedPartList((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
            lock (_lock)
            {
                foreach (var part in signed.Parts ?? new List<SignedPartOut>())
                {
                    _urls[part.PartNumber ?? 0] = part.Url;
                }
            }
        }

        private void Report(long more)
        {
            lock (_lock)
            {
                _arrived += more;
                _progress?.Report(new UploadProgress(_arrived, _file.Size));
            }
        }

        /// <summary>Storage compares the checksum with what has arrived. It protects nothing, so MD5 is enough.</summary>
        private static string Checksum(byte[] content)
        {
            using (var hash = MD5.Create())
            {
                return Convert.ToBase64String(hash.ComputeHash(content));
            }
        }
    }
}
