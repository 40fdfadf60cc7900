using System.Collections.Generic;
using System.Linq;
using System.Text;
using System;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>An event of a poll endpoint, and the cursor to continue after it.</summary>
    public sealed class PolledEvent
    {
        internal PolledEvent(PolledEventOut found, string cursor)
        {
            Event = found;
            Cursor = cursor;
        }

        /// <summary>The event.</summary>
        public PolledEventOut Event { get; }

        /// <summary>Keep it when the event is handled: whoever stops before that gets the event again.</summary>
        public string Cursor { get; }
    }

    /// <summary>Registers webhooks, verifies their messages, and reads poll endpoints.</summary>
    public sealed class Webhooks
    {
        private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
        private readonly Api _api;

        internal Webhooks(Api api)
        {
            _api = api;
        }

        /// <summary>Returns the event of a message, if one of its signatures is right.</summary>
        /// <param name="body">The body as it was received, byte by byte.</param>
        /// <param name="headers">The headers of the request.</param>
        /// <param name="secret">The secret of the webhook, <c>whsec_…</c>.</param>
        /// <param name="now">The time, if it is not that of this machine.</param>
        /// <exception cref="SignatureException">The message is not from Renderiq, or too old.</exception>
        public static JsonObject Verify(
            byte[] body, IEnumerable<KeyValuePair<string, string>> headers, string secret, DateTimeOffset? now = null)
        {
            return Signatures.Verify(body, headers, secret, now ?? DateTimeOffset.UtcNow);
        }

        /// <summary>Returns the event of a message, if one of its signatures is right.</summary>
        /// <exception cref="SignatureException">The message is not from Renderiq, or too old.</exception>
        public static JsonObject Verify(
            string body, IEnumerable<KeyValuePair<string, string>> headers, string secret, DateTimeOffset? now = null)
        {
            return Verify(Encoding.UTF8.GetBytes(body), headers, secret, now);
        }

        /// <summary>Registers a URL for events. Without a URL it is a poll endpoint.</summary>
        public async Task<WebhookRegistered> RegisterAsync(
            IEnumerable<string> events,
            string url = null,
            string secret = null,
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var body = new JsonObject { { "events", events.ToList() }, { "type", url == null ? "poll" : "push" } };
            if (url != null)
            {
                body["url"] = url;
            }
            if (secret != null)
            {
                body["secret"] = secret;
            }
            var call = new Call("POST", "/webhooks/register") { Json = body };
            return new WebhookRegistered((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }

        /// <summary>Returns your webhooks.</summary>
        public async Task<IReadOnlyList<WebhookOut>> ListAsync(
            CancellationToken cancellationToken = default(CancellationToken))
        {
            var answer = await _api.CallAsync(new Call("GET", "/webhooks"), cancellationToken).ConfigureAwait(false);
            return new WebhookList(answer.Data).Webhooks ?? new List<WebhookOut>();
        }

        /// <summary>Deletes a webhook.</summary>
        public Task DeleteAsync(string webhookId, CancellationToken cancellationToken = default(CancellationToken))
        {
            return _api.CallAsync(new Call("DELETE", "/webhooks/" + Uri.EscapeDataString(webhookId)), cancellationToken);
        }

        /// <summary>The events of a poll endpoint. It has no end: it waits for the next one.</summary>
        public Pages<PolledEvent> Poll(string webhookId, string cursor = null)
        {
            return new Pages<PolledEvent>((from, cancellation) => PollOnceAsync(webhookId, from, cancellation), cursor);
        }

        private async Task<Page<PolledEvent>> PollOnceAsync(string webhookId, string cursor, CancellationToken cancellationToken)
        {
            var call = new Call("GET", "/webhooks/" + Uri.EscapeDataString(webhookId) + "/poll")
            {
                Query = new Dictionary<string, object> { { "cursor", cursor }, { "wait", (int)Wait.TotalSeconds } },
                Wait = Wait,
            };
            var page = new PolledEventsOut((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
            var events = page.Events ?? new List<PolledEventOut>();
            if (events.Count == 0)
            {
                await _api.Clock.WaitAsync(Pause, cancellationToken).ConfigureAwait(false);
            }
            // The cursor is behind the whole page: after an earlier event, only that of the page before is right.
            var items = events.Select((each, at) =>
                new PolledEvent(each, at + 1 == events.Count ? page.Cursor : cursor ?? ""));
            return new Page<PolledEvent>(items, page.Cursor ?? cursor, isLast: false);
        }
    }
}
