using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>How a client behaves. Everything has a default.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The host, such as <c>revit</c>.</summary>
        public string Platform { get; set; } = "unknown";

        /// <summary>The version of the plugin.</summary>
        public string PluginVersion { get; set; } = RenderiqVersion.Number;

        /// <summary>The folder of session and queue. On a disk of this machine: locks of network drives are not reliable.</summary>
        public string Directory { get; set; }

        /// <summary>Keeps the session, in place of a file in the folder.</summary>
        public ITokenStore TokenStore { get; set; }

        /// <summary>For how long a connection may be silent.</summary>
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>How many parts of an upload are sent at the same time.</summary>
        public int Parallel { get; set; } = Sending.Parallel;

        /// <summary>Sends requests, in place of HttpClient.</summary>
        public ITransport Transport { get; set; }

        /// <summary>The time, for tests.</summary>
        public IClock Clock { get; set; }

        /// <summary>Headers that are sent with every request.</summary>
        public IDictionary<string, string> Headers { get; set; }
    }

    /// <summary>A client of the Renderiq API. It may be used from several threads.</summary>
    public sealed class RenderiqClient : IDisposable
    {
        private readonly Api _api;

        /// <summary>A client.</summary>
        /// <param name="apiKey">
        /// An API key; else that of the environment variable <c>RENDERIQ_API_KEY</c>; else the session that
        /// <see cref="SignIn"/> has opened, in this process or in an earlier one.
        /// </param>
        /// <param name="baseUrl">
        /// The address of the API, such as <c>https://api.example.com/api/plugins</c>; else <c>RENDERIQ_URL</c>.
        /// </param>
        /// <param name="options">How the client behaves.</param>
        public RenderiqClient(string apiKey = null, string baseUrl = null, ClientOptions options = null)
        {
            options = options ?? new ClientOptions();
            BaseUrl = (baseUrl ?? Environment.GetEnvironmentVariable("RENDERIQ_URL") ?? "").TrimEnd('/');
            if (BaseUrl.Length == 0)
            {
                throw new StateException("NO_ADDRESS", "Name the address of the API, as baseUrl or in RENDERIQ_URL.");
            }
            Directory = Path.GetFullPath(options.Directory ?? Files.DataDirectory());
            var session = new Session(
                options.TokenStore ?? new FileTokenStore(Path.Combine(Directory, "session.json")));
            _api = new Api
            {
                BaseUrl = BaseUrl,
                Credentials = CredentialsOf(apiKey, options, session),
                Identity = IdentityOf(options),
                Transport = options.Transport ?? new HttpTransport(),
                Clock = options.Clock ?? new SystemClock(),
                Timeout = options.Timeout,
            };
            SignIn = new SignIn(_api, session);
            Uploads = new Uploads(_api, options.Parallel);
            Renders = new Renders(_api, Uploads);
            Credits = new Credits(_api);
            Styles = new Styles(_api);
            Webhooks = new Webhooks(_api);
            Queue = new OrderQueue(_api, Path.Combine(Directory, "queue-csharp"), options.Parallel);
        }

        /// <summary>The address of the API.</summary>
        public string BaseUrl { get; }

        /// <summary>The folder of session and queue.</summary>
        public string Directory { get; }

        /// <summary>Orders renders, waits for them and downloads them.</summary>
        public Renders Renders { get; }

        /// <summary>Sends files that are too large for an order.</summary>
        public Uploads Uploads { get; }

        /// <summary>The balance, and what has changed it.</summary>
        public Credits Credits { get; }

        /// <summary>The styles that can be ordered.</summary>
        public Styles Styles { get; }

        /// <summary>Registers webhooks, verifies their messages, and reads poll endpoints.</summary>
        public Webhooks Webhooks { get; }

        /// <summary>Opens and ends a session. It is for clients without an API key.</summary>
        public SignIn SignIn { get; }

        /// <summary>The durable queue.</summary>
        public OrderQueue Queue { get; }

        /// <summary>Returns by how much this machine's clock is ahead of the server's. It needs no sign-in.</summary>
        public async Task<TimeSpan> ClockSkewAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            var call = new Call("GET", "/health") { IsSignedIn = false };
            var answer = await _api.CallAsync(call, cancellationToken).ConfigureAwait(false);
            return _api.Clock.Now - Times.Read(answer.Body.Text("timestamp"));
        }

        /// <summary>Sends a request for which this library has no method, and returns what the answer has in <c>data</c>.</summary>
        /// <param name="method">The method of HTTP.</param>
        /// <param name="path">The path below the address of the API, such as <c>/capabilities</c>.</param>
        /// <param name="json">The body, or null.</param>
        /// <param name="isSignedIn">Whether it is sent as the user.</param>
        /// <param name="cancellationToken">Ends the request.</param>
        public async Task<JsonObject> CallAsync(
            string method,
            string path,
            JsonObject json = null,
            bool isSignedIn = true,
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var call = new Call(method, path) { IsSignedIn = isSignedIn };
            if (json != null)
            {
                call.Json = json;
            }
            return (await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data ?? new JsonObject();
        }

        /// <summary>Writes what a link of the API leads to, such as the cover of a style, to a file, whole or not at all.</summary>
        public async Task DownloadAsync(
            string url, string path, CancellationToken cancellationToken = default(CancellationToken))
        {
            using (var file = new Replacement(path))
            {
                await _api.DownloadAsync(url, file.Stream, cancellationToken).ConfigureAwait(false);
                file.Commit();
            }
        }

        /// <summary>Ends the queue's work in the background.</summary>
        public void Dispose()
        {
            Queue.StopAsync().GetAwaiter().GetResult();
        }

        private static ICredentials CredentialsOf(string apiKey, ClientOptions options, Session session)
        {
            var named = options.TokenStore == null ? Environment.GetEnvironmentVariable("RENDERIQ_API_KEY") : null;
            var key = string.IsNullOrEmpty(apiKey) ? named : apiKey;
            return string.IsNullOrEmpty(key) ? (ICredentials)session : new ApiKey(key);
        }

        private static Dictionary<string, string> IdentityOf(ClientOptions options)
        {
            var platform = string.IsNullOrEmpty(options.Platform) ? "unknown" : options.Platform;
            var headers = Identity.Headers(platform, options.PluginVersion ?? RenderiqVersion.Number);
            foreach (var each in options.Headers ?? new Dictionary<string, string>())
            {
                headers[each.Key] = each.Value;
            }
            return headers;
        }
    }
}
