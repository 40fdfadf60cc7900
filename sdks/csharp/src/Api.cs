using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>The answer to a successful call: its whole JSON, and its headers.</summary>
    internal sealed class Answer
    {
        private readonly TransportResponse _response;

        public Answer(JsonObject body, TransportResponse response)
        {
            Body = body;
            _response = response;
        }

        public JsonObject Body { get; }

        /// <summary>What the envelope contains, or null.</summary>
        public JsonObject Data => Body.Object("data");

        public TimeSpan? RetryAfter(DateTimeOffset now)
        {
            return Retries.ReadRetryAfter(_response.Header("Retry-After"), now);
        }
    }

    /// <summary>What proves who the caller is.</summary>
    internal interface ICredentials
    {
        /// <summary>Returns the header to send. Throws <see cref="AuthException"/> if there is none.</summary>
        Task<KeyValuePair<string, string>> HeaderAsync(Api api, CancellationToken cancellationToken);

        /// <summary>Gets another header in place of one that was rejected. Returns false if that is not possible.</summary>
        Task<bool> RenewAsync(Api api, string rejected, CancellationToken cancellationToken);
    }

    /// <summary>A request of the API before it has credentials.</summary>
    internal sealed class Call
    {
        public Call(string method, string path)
        {
            Method = method;
            Path = path;
        }

        public string Method { get; }

        public string Path { get; }

        public Body Body { get; set; }

        public JsonObject Json
        {
            set { Body = Body.OfJson(value); }
        }

        /// <summary>Values that are null are not sent.</summary>
        public IDictionary<string, object> Query { get; set; }

        public Dictionary<string, string> Headers { get; set; }

        /// <summary>The <c>Idempotency-Key</c>. A POST without one gets a new one, which its repetitions keep.</summary>
        public string Key { get; set; }

        public bool IsSignedIn { get; set; } = true;

        /// <summary>How much longer than usual the server may take to answer.</summary>
        public TimeSpan Wait { get; set; }
    }

    /// <summary>The API at its address. All calls go through here.</summary>
    internal sealed class Api
    {
        private const int MaxRedirects = 5;
        private static readonly int[] Redirects = { 301, 302, 303, 307, 308 };

        public string BaseUrl { get; set; }

        public ICredentials Credentials { get; set; }

        /// <summary>The headers that name the client.</summary>
        public IReadOnlyDictionary<string, string> Identity { get; set; }

        public ITransport Transport { get; set; }

        public IClock Clock { get; set; }

        /// <summary>For how long a connection may be silent.</summary>
        public TimeSpan Timeout { get; set; }

        public int MaxRetries { get; set; } = Retries.Most;

        /// <summary>Returns the same API for a caller that repeats calls itself.</summary>
        public Api WithoutRetries()
        {
            var other = (Api)MemberwiseClone();
            other.MaxRetries = 0;
            return other;
        }

        /// <summary>Sends a request until it succeeds or cannot be sent again. Throws <see cref="RenderiqException"/>.</summary>
        public async Task<Answer> CallAsync(Call call, CancellationToken cancellationToken)
        {
            var headers = HeadersOf(call);
            if (!call.IsSignedIn)
            {
                return await UntilDoneAsync(call, headers, cancellationToken).ConfigureAwait(false);
            }
            var proof = await Credentials.HeaderAsync(this, cancellationToken).ConfigureAwait(false);
            headers[proof.Key] = proof.Value;
            try
            {
                return await UntilDoneAsync(call, headers, cancellationToken).ConfigureAwait(false);
            }
            catch (AuthException error) when (error.MayBeRenewed)
            {
                if (!await Credentials.RenewAsync(this, proof.Value, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
            proof = await Credentials.HeaderAsync(this, cancellationToken).ConfigureAwait(false);
            headers[proof.Key] = proof.Value;
            return await UntilDoneAsync(call, headers, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Sends a part of an upload to storage, without credentials. Throws <see cref="RenderiqException"/>.</summary>
        public Task PutAsync(
            string url, byte[] content, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            var request = new TransportRequest("PUT", new Uri(url), headers, content);
            return RepeatAsync(
                async () =>
                {
                    var response = await Transport.SendAsync(request, Timeout, null, cancellationToken).ConfigureAwait(false);
                    if (!IsSuccess(response))
                    {
                        throw StorageError(response);
                    }
                    return response;
                },
                cancellationToken);
        }

        /// <summary>Writes what a link leads to into a file, from its beginning. Throws <see cref="RenderiqException"/>.</summary>
        public Task DownloadAsync(string url, Stream file, CancellationToken cancellationToken)
        {
            return RepeatAsync(() => DownloadOnceAsync(url, file, cancellationToken), cancellationToken);
        }

        /// <summary>Returns the error that a response means.</summary>
        private ApiException Error(TransportResponse response)
        {
            var retryAfter = Retries.ReadRetryAfter(response.Header("Retry-After"), Clock.Now);
            var body = Json.ParseObject(response.Body);
            return Errors.Of(response.Status, body, response.Header("X-Request-Id"), retryAfter);
        }

        private ApiException StorageError(TransportResponse response)
        {
            var error = Error(response);
            var body = Encoding.UTF8.GetString(response.Body);
            // S3 answers 400 also to a part that was damaged or interrupted on the way.
            error.Retryable |= body.Contains("BadDigest") || body.Contains("RequestTimeout");
            return error;
        }

        private async Task<TransportResponse> DownloadOnceAsync(string url, Stream file, CancellationToken cancellationToken)
        {
            Files.Try(() => file.SetLength(0));
            var address = new Uri(new Uri(BaseUrl + "/"), url);
            for (var count = 0; count < MaxRedirects; count++)
            {
                var request = new TransportRequest("GET", address, Identity);
                var response = await Transport.SendAsync(request, Timeout, file, cancellationToken).ConfigureAwait(false);
                var location = response.Header("Location");
                if (response.Status == 200)
                {
                    return response;
                }
                if (!Redirects.Contains(response.Status) || location == null)
                {
                    throw Error(response);
                }
                address = new Uri(address, location);
            }
            throw new NetworkException("BAD_ANSWER", "The link leads in a circle.");
        }

        private Task<Answer> UntilDoneAsync(
            Call call, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            var request = new TransportRequest(call.Method, UrlOf(call), headers, call.Body?.Content);
            return RepeatAsync(
                async () => Read(await Transport.SendAsync(request, Timeout + call.Wait, null, cancellationToken)
                    .ConfigureAwait(false)),
                cancellationToken);
        }

        /// <summary>Calls a function again as long as its error may be retried.</summary>
        private async Task<T> RepeatAsync<T>(Func<Task<T>> once, CancellationToken cancellationToken)
        {
            for (var failures = 1; ; failures++)
            {
                TimeSpan? pause;
                try
                {
                    return await once().ConfigureAwait(false);
                }
                catch (RenderiqException error)
                {
                    pause = Retries.Pause(error, failures, Clock.Chance(), MaxRetries);
                    if (pause == null)
                    {
                        throw;
                    }
                }
                await Clock.WaitAsync(pause.Value, cancellationToken).ConfigureAwait(false);
            }
        }

        private Answer Read(TransportResponse response)
        {
            if (!IsSuccess(response))
            {
                throw Error(response);
            }
            var body = Json.ParseObject(response.Body);
            if (body == null)
            {
                const string other = "Something else than the server answered. Does this network want a sign-in?";
                throw new NetworkException("BAD_ANSWER", other);
            }
            return new Answer(body, response);
        }

        private Dictionary<string, string> HeadersOf(Call call)
        {
            var headers = Identity.ToDictionary(each => each.Key, each => each.Value);
            headers["Accept"] = "application/json";
            foreach (var each in call.Headers ?? new Dictionary<string, string>())
            {
                headers[each.Key] = each.Value;
            }
            if (call.Body != null)
            {
                headers["Content-Type"] = call.Body.ContentType;
            }
            if (call.Method == "POST")
            {
                headers["Idempotency-Key"] = call.Key ?? Guid.NewGuid().ToString();
            }
            return headers;
        }

        private Uri UrlOf(Call call)
        {
            var query = (call.Query ?? new Dictionary<string, object>()).Where(each => each.Value != null)
                .Select(each => each.Key + "=" + Uri.EscapeDataString(each.Value as string ?? Json.Write(each.Value)));
            var asked = string.Join("&", query);
            return new Uri(BaseUrl + call.Path + (asked.Length > 0 ? "?" + asked : ""));
        }

        private static bool IsSuccess(TransportResponse response)
        {
            return response.Status >= 200 && response.Status < 300;
        }
    }
}
