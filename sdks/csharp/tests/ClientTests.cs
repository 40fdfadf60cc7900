using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;
using Renderiq.Models;

/// <summary>What a host sees of the library.</summary>
public sealed class ClientTests
{
    public void A_model_shows_what_it_knows_and_keeps_what_it_does_not()
    {
        var render = new RenderOut((JsonObject)Json.Parse("{\"renderId\": \"r1\", \"status\": \"resting\", \"moonPhase\": \"full\"}"));

        Check.Equal("r1", render.RenderId);
        Check.Equal(null, render.OutputUrl);
        Check.Equal("full", render.Raw.Text("moonPhase"));
    }

    public void A_model_of_nothing_is_empty()
    {
        var accepted = new RenderAccepted(null);

        Check.Equal(0, accepted.Raw.Count);
        Check.Equal(null, accepted.RenderId);
        Check.Equal(null, accepted.CreditsCost);
    }

    public void A_field_of_another_type_is_no_value()
    {
        var upload = new UploadOut((JsonObject)Json.Parse("{\"size\": \"large\", \"parts\": {\"a\": 1}, \"partSize\": 5.0}"));

        Check.Equal(null, upload.Size);
        Check.Equal(null, upload.Parts);
        Check.Equal(5L, upload.PartSize);
    }

    public void Options_have_the_names_of_the_language()
    {
        var options = new RenderOptions
        {
            NegativePrompt = "fog",
            Seed = 7,
            StructureStrength = 0.5,
            Materials = new Dictionary<string, string> { { "#a1b2c3", "brick" } },
            Camera = new CameraOptions { Fov = 60 },
            ["newOption"] = true,
        };

        Check.Equal(
            "{\"negativePrompt\":\"fog\",\"seed\":7,\"structureStrength\":0.5,\"materials\":{\"#a1b2c3\":\"brick\"}," +
            "\"camera\":{\"fov\":60},\"newOption\":true}",
            options.Fields.ToString());
        Check.Equal(7L, options.Seed);
    }

    public void An_option_that_was_not_set_is_not_sent_and_null_is()
    {
        Check.Equal("{\"seed\":null}", new RenderOptions { Seed = null }.Fields.ToString());
    }

    public void An_api_key_is_sent_nowhere_without_an_address()
    {
        var error = Check.Throws<StateException>(() => new RenderiqClient("rk_live_EXAMPLE"));

        Check.Equal("NO_ADDRESS", error.Code);
    }

    public void The_first_request_of_a_list_is_sent_when_it_is_read()
    {
        var api = new PagedApi();
        using (var client = NewClient(api))
        {
            var renders = client.Renders.List();
            Check.Equal(0, api.Requests.Count);

            Check.Equal(new[] { "r1", "r2", "r3" }, renders.Select(each => each.RenderId));
        }
        Check.Equal(2, api.Requests.Count);
    }

    public void A_list_can_be_read_in_a_thread_that_runs_one_task_at_a_time()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new DeadContext());
        try
        {
            using (var client = NewClient(new PagedApi()))
            {
                Check.Equal(3, client.Renders.List().Count());
                Check.Equal(3, client.Renders.List().ToListAsync().GetAwaiter().GetResult().Count);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public async Task Headers_of_the_host_are_sent_with_every_request()
    {
        var api = new PagedApi();
        using (var client = NewClient(api, new Dictionary<string, string> { { "X-Office", "7" } }))
        {
            await client.Renders.List().ToListAsync(1);
        }

        Check.Equal("7", api.Requests.Single().Headers["X-Office"]);
    }

    public async Task Bytes_that_are_no_picture_of_a_known_type_are_sent_all_the_same()
    {
        var api = new PagedApi();
        using (var client = NewClient(api))
        {
            await client.Renders.CreateAsync(new byte[] { 1, 2, 3 });
        }

        Check.True(Encoding.ASCII.GetString(api.Requests.Single().Body).Contains("Content-Type: application/octet-stream"));
    }

    public void Headers_do_not_depend_on_the_culture()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
        try
        {
            Check.Equal("archicad", Identity.Headers("ARCHICAD", "1.0.0")["X-Renderiq-Platform"]);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    public void A_webhook_with_the_secret_of_the_standard_is_verified()
    {
        // The example of the Standard Webhooks specification.
        var headers = new Dictionary<string, string>
        {
            { "Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek" },
            { "Webhook-Timestamp", "1614265330" },
            { "Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
        };
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var now = DateTimeOffset.FromUnixTimeSeconds(1614265330);

        Check.Equal(2432232314L, Webhooks.Verify("{\"test\": 2432232314}", headers, secret, now).Integer("test"));
        Check.Throws<SignatureException>(() => Webhooks.Verify("{\"test\": 2432232315}", headers, secret, now));
    }

    private static RenderiqClient NewClient(ITransport transport, IDictionary<string, string> headers = null)
    {
        return new RenderiqClient("rk", "http://api.test", new ClientOptions
        {
            Directory = Path.GetTempPath(),
            Transport = transport,
            Headers = headers,
        });
    }

    /// <summary>Never runs what waits for it, as a host's thread that is blocked.</summary>
    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object state)
        {
        }
    }

    /// <summary>Answers with two pages, later than at once.</summary>
    private sealed class PagedApi : ITransport
    {
        public List<TransportRequest> Requests { get; } = new List<TransportRequest>();

        public async Task<TransportResponse> SendAsync(
            TransportRequest request, TimeSpan timeout, Stream file, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            await Task.Delay(10).ConfigureAwait(false);
            var data = request.Url.Query.Length == 0
                ? "{\"renders\": [{\"renderId\": \"r1\"}, {\"renderId\": \"r2\"}], \"nextCursor\": \"c+1\"}"
                : "{\"renders\": [{\"renderId\": \"r3\"}]}";
            var body = Encoding.UTF8.GetBytes("{\"success\": true, \"data\": " + data + "}");
            return new TransportResponse(200, new Dictionary<string, string>(), body);
        }
    }
}
