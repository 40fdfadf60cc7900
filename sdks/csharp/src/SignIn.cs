using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>What the user has to see: a page, and the code that it asks for.</summary>
    public sealed class DeviceCode
    {
        internal DeviceCode(JsonObject body)
        {
            UserCode = body.Text("user_code");
            Url = body.Text("verification_uri");
            CompleteUrl = body.Text("verification_uri_complete") ?? Url;
        }

        /// <summary>The code.</summary>
        public string UserCode { get; }

        /// <summary>The page that asks for it.</summary>
        public string Url { get; }

        /// <summary>The same page with the code in it.</summary>
        public string CompleteUrl { get; }

        /// <summary>Opens the page in the browser. Returns false if there is none.</summary>
        public bool OpenBrowser()
        {
            try
            {
                Process.Start(new ProcessStartInfo(CompleteUrl) { UseShellExecute = true })?.Dispose();
                return true;
            }
            catch (Exception error) when (error is Win32Exception || error is InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>Opens and ends the session of a client.</summary>
    public sealed class SignIn
    {
        private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";
        private static readonly TimeSpan Slower = TimeSpan.FromSeconds(5);

        private readonly Api _api;
        private readonly Session _session;

        internal SignIn(Api api, Session session)
        {
            _api = api;
            _session = session;
        }

        /// <summary>Signs in and returns the user's e-mail address.</summary>
        /// <exception cref="AuthException">The password is wrong.</exception>
        public async Task<string> WithPasswordAsync(
            string email, string password, CancellationToken cancellationToken = default(CancellationToken))
        {
            var body = new JsonObject { { "email", email }, { "password", password } };
            var answer = await CallAsync(_api, "/auth/signin", body, cancellationToken).ConfigureAwait(false);
            return Keep(answer);
        }

        /// <summary>Signs in by a code that the user approves in a browser (RFC 8628), and returns the e-mail address.</summary>
        /// <param name="show">Is called once to show the code, and must not wait for the user.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <exception cref="AuthException"><c>ACCESS_DENIED</c> or <c>EXPIRED_TOKEN</c>.</exception>
        public async Task<string> WithDeviceCodeAsync(
            Action<DeviceCode> show, CancellationToken cancellationToken = default(CancellationToken))
        {
            var codes = (await CallAsync(_api, "/auth/device/code", new JsonObject(), cancellationToken)
                .ConfigureAwait(false)).Body;
            show(new DeviceCode(codes));
            var body = new JsonObject { { "grant_type", Grant }, { "device_code", codes.Text("device_code") } };
            var interval = Times.Seconds(codes.Number("interval") ?? 5);
            var until = _api.Clock.Now + Times.Seconds(codes.Number("expires_in") ?? 600);
            var once = _api.WithoutRetries();
            while (true)
            {
                await _api.Clock.WaitAsync(interval, cancellationToken).ConfigureAwait(false);
                if (_api.Clock.Now >= until)
                {
                    throw new AuthException(new ErrorInfo("EXPIRED_TOKEN", "The code has expired. Request another one."));
                }
                try
                {
                    return Keep(await CallAsync(once, "/auth/device/token", body, cancellationToken).ConfigureAwait(false));
                }
                catch (RenderiqException error) when (error.Retryable)
                {
                    interval += error.Code == "AUTHORIZATION_PENDING" ? TimeSpan.Zero : Slower;
                }
            }
        }

        /// <summary>Ends the session, here also if the server does not know it any more.</summary>
        /// <exception cref="NetworkException">The server cannot be reached. The session stays.</exception>
        public async Task OutAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            try
            {
                var call = new Call("POST", "/auth/signout") { Json = new JsonObject() };
                await _api.CallAsync(call, cancellationToken).ConfigureAwait(false);
            }
            catch (AuthException)
            {
                // The server does not know the session any more.
            }
            _session.Forget();
        }

        private static Task<Answer> CallAsync(Api api, string path, JsonObject body, CancellationToken cancellationToken)
        {
            return api.CallAsync(new Call("POST", path) { Json = body, IsSignedIn = false }, cancellationToken);
        }

        private string Keep(Answer answer)
        {
            var tokens = Tokens.Of(answer.Body, _api.Clock.Now);
            _session.Keep(tokens);
            return tokens.Email;
        }
    }
}
