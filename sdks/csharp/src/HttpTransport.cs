using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>Sends requests by HttpClient, through the system's proxy if there is one.</summary>
    /// <remarks>
    /// Every request has a connection of its own. One that was kept may be dead already: HttpClient would then send the
    /// request a second time by itself, or fail, and nobody could tell what the server has seen. Only a handler of its own
    /// keeps no connection on all runtimes.
    /// </remarks>
    public sealed class HttpTransport : ITransport
    {
        private const int ChunkBytes = 1 << 16;
        private readonly Func<HttpMessageHandler> _newHandler;

        /// <summary>A transport that does as the system says about proxies and certificates.</summary>
        public HttpTransport()
            : this(NewHandler)
        {
        }

        /// <summary>A transport by other handlers, such as one with a proxy. They must not follow redirects.</summary>
        public HttpTransport(Func<HttpMessageHandler> newHandler)
        {
            _newHandler = newHandler;
        }

        /// <summary>Returns a handler that follows no redirects, keeps no cookies, and speaks TLS 1.2 or newer.</summary>
        public static HttpClientHandler NewHandler()
        {
            var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
            if (Environment.Version.Major < 5)
            {
                // .NET Framework would ask its host, which may have chosen TLS 1.0 long ago. Newer ones ask the system.
                handler.SslProtocols = SslProtocols.Tls12;
            }
            return handler;
        }

        /// <inheritdoc/>
        public async Task<TransportResponse> SendAsync(
            TransportRequest request, TimeSpan timeout, Stream file, CancellationToken cancellationToken)
        {
            using (var silence = new Silence(timeout, cancellationToken))
            {
                try
                {
                    using (var client = new HttpClient(_newHandler()) { Timeout = Timeout.InfiniteTimeSpan })
                    using (var message = Message(request, silence))
                    using (var response = await client.SendAsync(
                        message, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false))
                    {
                        return await ReadAsync(response, file, silence).ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (IsOfTheNetwork(error))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    throw Failure(error, silence.IsOver);
                }
            }
        }

        private static HttpRequestMessage Message(TransportRequest request, Silence silence)
        {
            var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
            if (request.Body != null)
            {
                message.Content = new ChunkedContent(request.Body, silence);
            }
            foreach (var header in request.Headers)
            {
                if (!message.Headers.TryAddWithoutValidation(header.Key, header.Value) && message.Content != null)
                {
                    message.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }
            }
            message.Headers.ExpectContinue = false;
            message.Headers.ConnectionClose = true;
            return message;
        }

        private static async Task<TransportResponse> ReadAsync(HttpResponseMessage response, Stream file, Silence silence)
        {
            silence.Restart();
            var expected = response.Content.Headers.ContentLength;
            long received = 0;
            var memory = new MemoryStream();
            var isForFile = file != null && response.StatusCode == HttpStatusCode.OK;
            using (var body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false))
            // On .NET Framework a read cannot be cancelled: closing the stream ends it.
            using (silence.Token.Register(body.Dispose))
            {
                var chunk = new byte[ChunkBytes];
                int count;
                while ((count = await body.ReadAsync(chunk, 0, chunk.Length, silence.Token).ConfigureAwait(false)) > 0)
                {
                    received += count;
                    silence.Restart();
                    if (isForFile)
                    {
                        Files.Write(file, chunk, count);
                    }
                    else
                    {
                        memory.Write(chunk, 0, count);
                    }
                }
            }
            if (expected != null && received != expected)
            {
                throw new IOException("The response ended early.");
            }
            return new TransportResponse((int)response.StatusCode, HeadersOf(response), memory.ToArray());
        }

        private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
        {
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var header in response.Headers.Concat(response.Content.Headers))
            {
                headers[header.Key] = string.Join(", ", header.Value);
            }
            return headers;
        }

        private static bool IsOfTheNetwork(Exception error)
        {
            return error is HttpRequestException || error is IOException || error is WebException ||
                   error is OperationCanceledException || error is ObjectDisposedException || error is SocketException;
        }

        private static NetworkException Failure(Exception error, bool isTimeout)
        {
            if (isTimeout)
            {
                const string late = "The server did not answer in time. Check the connection.";
                return new NetworkException("TIMED_OUT", late, inner: error);
            }
            const string away = "The server cannot be reached. Check the connection.";
            return new NetworkException("NETWORK_ERROR", away, !WasNotConnected(error), error);
        }

        private static bool WasNotConnected(Exception error)
        {
            for (var each = error; each != null; each = each.InnerException)
            {
                var socket = each as SocketException;
                if (socket != null && Unreachable.Contains(socket.SocketErrorCode))
                {
                    return true;
                }
                var web = each as WebException;
                if (web != null && NotConnected.Contains(web.Status))
                {
                    return true;
                }
            }
            return false;
        }

        private static readonly SocketError[] Unreachable =
        {
            SocketError.ConnectionRefused, SocketError.HostNotFound, SocketError.NoData, SocketError.TryAgain,
            SocketError.NetworkUnreachable, SocketError.HostUnreachable, SocketError.NetworkDown, SocketError.HostDown,
        };

        private static readonly WebExceptionStatus[] NotConnected =
        {
            WebExceptionStatus.NameResolutionFailure, WebExceptionStatus.ProxyNameResolutionFailure,
            WebExceptionStatus.ConnectFailure,
        };

        /// <summary>Ends a request when nothing was sent or received for too long.</summary>
        private sealed class Silence : IDisposable
        {
            private readonly TimeSpan _most;
            private readonly CancellationTokenSource _timer = new CancellationTokenSource();
            private readonly CancellationTokenSource _both;

            public Silence(TimeSpan most, CancellationToken cancellationToken)
            {
                _most = most;
                _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
                Restart();
            }

            public CancellationToken Token => _both.Token;

            public bool IsOver => _timer.IsCancellationRequested;

            public void Restart()
            {
                _timer.CancelAfter(_most);
            }

            public void Dispose()
            {
                _both.Dispose();
                _timer.Dispose();
            }
        }

        /// <summary>A body that is sent in chunks, each of which ends the silence.</summary>
        private sealed class ChunkedContent : HttpContent
        {
            private readonly byte[] _content;
            private readonly Silence _silence;

            public ChunkedContent(byte[] content, Silence silence)
            {
                _content = content;
                _silence = silence;
            }

            protected override async Task SerializeToStreamAsync(Stream stream, TransportContext context)
            {
                for (var at = 0; at < _content.Length; at += ChunkBytes)
                {
                    var count = Math.Min(ChunkBytes, _content.Length - at);
                    await stream.WriteAsync(_content, at, count, _silence.Token).ConfigureAwait(false);
                    _silence.Restart();
                }
            }

            protected override bool TryComputeLength(out long length)
            {
                length = _content.Length;
                return true;
            }
        }
    }
}
