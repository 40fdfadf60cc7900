using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>How HTTP goes wrong over real sockets.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
    private readonly HttpTransport _transport = new HttpTransport();

    public TransportTests()
    {
        _listener.Server.ReceiveBufferSize = 1 << 16;
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Stop();
    }

    public async Task A_response_is_read()
    {
        Serve(stream => Write(stream, "HTTP/1.1 404 Not Found\r\nX-Request-Id: q1\r\nContent-Length: 2\r\n\r\n{}"));

        var response = await SendAsync(TimeSpan.FromSeconds(10));

        Check.Equal(new object[] { 404, "q1", "{}" }, new object[]
        {
            response.Status, response.Header("x-request-id"), Encoding.ASCII.GetString(response.Body),
        });
    }

    public async Task A_redirect_is_not_followed()
    {
        Serve(stream => Write(stream, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));

        var response = await SendAsync(TimeSpan.FromSeconds(10));

        Check.Equal(302, response.Status);
        Check.Equal("http://127.0.0.1:1/", response.Header("Location"));
    }

    public async Task A_server_that_is_silent_is_a_time_out()
    {
        Serve(stream => Thread.Sleep(5000));
        var watch = Stopwatch.StartNew();

        var error = await Check.ThrowsAsync<NetworkException>(() => SendAsync(TimeSpan.FromSeconds(0.5)));

        Check.Equal("TIMED_OUT", error.Code);
        Check.True(error.WasSent && watch.Elapsed < TimeSpan.FromSeconds(4));
    }

    public async Task A_server_that_falls_silent_in_a_body_is_a_time_out()
    {
        Serve(stream =>
        {
            Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!");
            Thread.Sleep(5000);
        });
        var watch = Stopwatch.StartNew();

        var error = await Check.ThrowsAsync<NetworkException>(() => SendAsync(TimeSpan.FromSeconds(0.5)));

        Check.Equal("TIMED_OUT", error.Code);
        Check.True(watch.Elapsed < TimeSpan.FromSeconds(4));
    }

    public async Task A_slow_body_that_goes_on_is_no_time_out()
    {
        Serve(stream =>
        {
            Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
            for (var count = 0; count < 8; count++)
            {
                Thread.Sleep(500);
                Write(stream, "x");
            }
        });
        var watch = Stopwatch.StartNew();

        var response = await SendAsync(TimeSpan.FromSeconds(3));

        Check.Equal("xxxxxxxx", Encoding.ASCII.GetString(response.Body));
        Check.True(watch.Elapsed > TimeSpan.FromSeconds(3));
    }

    public async Task A_large_request_that_is_taken_slowly_is_no_time_out()
    {
        var body = new byte[40000000]; // more than the system holds back for a socket
        Serve(stream =>
        {
            var taken = 0;
            var chunk = new byte[1000000];
            while (taken < body.Length)
            {
                var count = stream.Read(chunk, 0, chunk.Length);
                taken += count;
                Thread.Sleep(count / 10000); // about four seconds for all of it
            }
            Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        });
        var watch = Stopwatch.StartNew();

        var response = await SendAsync(TimeSpan.FromSeconds(3), body);

        Check.Equal(200, response.Status);
        Check.True(watch.Elapsed > TimeSpan.FromSeconds(3));
    }

    public async Task Half_a_body_is_an_error_of_the_network()
    {
        Serve(stream => Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!"));

        var error = await Check.ThrowsAsync<NetworkException>(() => SendAsync(TimeSpan.FromSeconds(10)));

        Check.Equal("NETWORK_ERROR", error.Code);
        Check.True(error.WasSent);
    }

    public async Task A_server_that_does_not_listen_has_not_seen_the_request()
    {
        _listener.Stop();

        var error = await Check.ThrowsAsync<NetworkException>(() => SendAsync(TimeSpan.FromSeconds(10)));

        Check.Equal("NETWORK_ERROR", error.Code);
        Check.True(!error.WasSent);
    }

    public async Task A_server_without_an_address_has_not_seen_the_request()
    {
        var request = new TransportRequest("GET", new Uri("http://no-such-host.invalid/"), new Dictionary<string, string>());

        var error = await Check.ThrowsAsync<NetworkException>(
            () => _transport.SendAsync(request, TimeSpan.FromSeconds(20), null, CancellationToken.None));

        Check.True(!error.WasSent);
    }

    public async Task A_request_that_is_cancelled_ends_at_once()
    {
        Serve(stream => Thread.Sleep(5000));
        var watch = Stopwatch.StartNew();
        using (var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(0.3)))
        {
            await Check.ThrowsAsync<OperationCanceledException>(
                () => SendAsync(TimeSpan.FromSeconds(30), null, cancel.Token));
        }

        Check.True(watch.Elapsed < TimeSpan.FromSeconds(4));
    }

    public async Task A_file_gets_a_body_of_200_only()
    {
        var file = new MemoryStream();
        Serve(stream => Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"));
        await SendAsync(TimeSpan.FromSeconds(10), file: file);
        Serve(stream => Write(stream, "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nwrong"));

        var response = await SendAsync(TimeSpan.FromSeconds(10), file: file);

        Check.Equal("right", Encoding.ASCII.GetString(file.ToArray()));
        Check.Equal("wrong", Encoding.ASCII.GetString(response.Body));
    }

    public void The_handler_speaks_tls_1_2_and_keeps_no_cookies()
    {
        using (var handler = HttpTransport.NewHandler())
        {
            Check.True(!handler.AllowAutoRedirect && !handler.UseCookies);
            Check.Equal(System.Security.Authentication.SslProtocols.Tls12, handler.SslProtocols);
        }
    }

    /// <summary>Answers one request.</summary>
    private void Serve(Action<NetworkStream> answer)
    {
        var serving = Task.Run(async () =>
        {
            using (var client = await _listener.AcceptTcpClientAsync())
            using (var stream = client.GetStream())
            {
                stream.Read(new byte[65536], 0, 1); // something of the request has arrived
                answer(stream);
                client.Client.Shutdown(SocketShutdown.Send);
                var rest = new byte[65536];
                while (stream.Read(rest, 0, rest.Length) > 0)
                {
                    // Until the client closes: a connection that is closed with unread bytes is reset.
                }
            }
        });
        serving.ContinueWith(each => each.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    private static void Write(Stream stream, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        stream.Write(bytes, 0, bytes.Length);
    }

    private Task<TransportResponse> SendAsync(
        TimeSpan timeout, byte[] body = null, CancellationToken cancellationToken = default(CancellationToken), Stream file = null)
    {
        var url = new Uri("http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/x");
        var request = new TransportRequest(body == null ? "GET" : "POST", url, new Dictionary<string, string>(), body);
        return _transport.SendAsync(request, timeout, file, cancellationToken);
    }
}
