# frozen_string_literal: true

module Renderiq
  # <tt>client.webhooks</tt>: register, verify what arrives, or ask for events instead.
  class Webhooks
    WAIT = 20
    PAUSE = 1.0
    private_constant :WAIT, :PAUSE

    def initialize(api)
      @api = api
    end

    # Registers a URL for events. Without a URL it is a poll endpoint, which +poll+ reads.
    def register(events:, url: nil, secret: nil)
      body = { events: events, type: url ? "push" : "poll", url: url, secret: secret }.compact
      Models::WebhookRegistered.read(@api.call("POST", "/webhooks/register", json: body).data)
    end

    # Returns your webhooks.
    def list
      Models::WebhookList.read(@api.call("GET", "/webhooks").data).webhooks || []
    end

    # Deletes a webhook.
    def delete(webhook_id)
      @api.call("DELETE", "/webhooks/#{webhook_id}")
      nil
    end

    # Returns an Enumerator of the events of a poll endpoint, each with the cursor to continue after it. It waits for
    # the next one and has no end.
    #
    # Handle an event, then keep its cursor: whoever stops in between gets the event again and never loses one.
    def poll(webhook_id, cursor: nil)
      Enumerator.new do |found|
        after = cursor
        loop do
          page = poll_once(webhook_id, after)
          events = page.events || []
          # The cursor is behind the whole page: after an earlier event, only that of the page before is right.
          events.each { |event| found.yield(event, event.equal?(events.last) ? page.cursor : after || "") }
          after = page.cursor || after
          @api.clock.sleep(PAUSE) if events.empty?
        end
      end
    end

    # Returns the event of a message that a webhook has received, as a Hash. Raises SignatureError.
    def verify(body, headers, secret)
      Signatures.verify(body, headers, secret, now: @api.clock.now)
    end

    private

    def poll_once(webhook_id, cursor)
      query = { cursor: cursor, wait: WAIT }
      Models::PolledEventsOut.read(@api.call("GET", "/webhooks/#{webhook_id}/poll", query: query, wait: WAIT).data)
    end
  end
end
