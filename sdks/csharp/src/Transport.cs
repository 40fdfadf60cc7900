using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>An HTTP request. Redirects are not followed.</summary>
    public sealed class TransportRequest
    {
        /// <summary>A request. <paramref name="body"/> may be null.</summary>
        public TransportRequest(string method, Uri url, IReadOnlyDictionary<string, string> headers, byte[] body = null)
        {
            Method = method;
            Url = url;
            Headers = headers;
            Body = body;
        }

        /// <summary>The method.</summary>
        public string Method { get; }

        /// <summary>The address.</summary>
        public Uri Url { get; }

        /// <summary>All headers that are to be sent.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }

        /// <summary>The body, or null.</summary>
        public byte[] Body { get; }
    }

    /// <summary>An HTTP response. Its body is empty if it was written to a file.</summary>
    public sealed class TransportResponse
    {
        /// <summary>A response.</summary>
        public TransportResponse(int status, IDictionary<string, string> headers, byte[] body)
        {
            Status = status;
            Headers = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
            Body = body;
        }

        /// <summary>The status.</summary>
        public int Status { get; }

        /// <summary>The headers. Case does not matter.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }

        /// <summary>The body.</summary>
        public byte[] Body { get; }

        /// <summary>Returns a header, or null.</summary>
        public string Header(string name)
        {
            string found;
            return Headers.TryGetValue(name, out found) ? found : null;
        }
    }

    /// <summary>Sends one HTTP request. A host with an HTTP client of its own implements it.</summary>
    public interface ITransport
    {
        /// <summary>Returns the response, whatever its status is. Throws <see cref="NetworkException"/>.</summary>
        /// <param name="request">What is sent.</param>
        /// <param name="timeout">For how long the connection may be silent.</param>
        /// <param name="file">Where the body of a 200 is written, or null.</param>
        /// <param name="cancellationToken">Ends the request.</param>
        Task<TransportResponse> SendAsync(
            TransportRequest request, TimeSpan timeout, Stream file, CancellationToken cancellationToken);
    }
}
