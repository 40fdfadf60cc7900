# frozen_string_literal: true

module Renderiq
  # Orders of the queue and their rules. Nothing here touches a disk or a network.
  class Queue
    # The states of an order.
    module State
      WAITING = "waiting"
      UPLOADING = "uploading"
      ORDERED = "ordered"
      RENDERING = "rendering"
      DONE = "done"
      FAILED = "failed"
      CANCELLED = "cancelled"

      UNSENT = [WAITING, UPLOADING].freeze
      UNDER_WAY = [ORDERED, RENDERING].freeze
      ENDED = [DONE, FAILED, CANCELLED].freeze
    end

    # Why an order is where it is: a permanent code, and a sentence for a person.
    Reason = Struct.new(:code, :message)

    # Why the queue sends nothing. +details+ may have +requiredCredits+ and +availableCredits+.
    Paused = Struct.new(:code, :message, :details) do
      # Whether renders that were ordered cannot be looked at either: nobody is signed in.
      def forbids_looking?
        code != "INSUFFICIENT_CREDITS"
      end
    end

    # What came of a pass. +next+ are the seconds until something is due, nil if nothing is to come.
    Pass = Struct.new(:sender, :next)

    # The upload of one picture of an order. +tries+ counts uploads that were begun in place of lost ones.
    Upload = Struct.new(:upload_id, :ready, :tries, keyword_init: true) do
      # Returns an upload that was not begun yet.
      def self.none(tries)
        new(upload_id: nil, ready: false, tries: tries)
      end

      def with(**changes)
        Upload.new(**to_h, **changes)
      end
    end

    # An order as a program sees it. +next+ are the seconds until it is tried, nil if nothing is to come.
    Item = Struct.new(:id, :state, :reason, :next, :render_id, :result, :editable, :options, keyword_init: true) do
      def editable?
        editable
      end

      # Returns what a program may see of an order.
      def self.of(order, now)
        new(id: order.id, state: order.state, reason: order.reason, next: order.pause(now),
            render_id: order.render_id, result: order.result, editable: order.editable?, options: order.fields)
      end
    end

    # An order as the queue keeps it. Times are seconds since the Unix epoch.
    #
    # +key+ was chosen when the order was queued. +fields+ are those of the wire; +pictures+ name the files beside it.
    # +unsure+ tells that the order was sent and its answer is unknown. +due+ is nil if nothing is to come.
    Order = Struct.new(:number, :id, :key, :state, :fields, :pictures, :output, :uploads, :render_id, :unsure,
                       :cancelling, :failures, :due, :reason, :temporary, :result, keyword_init: true)

    # The rules of an order. Each method returns another order and leaves this one as it is.
    class Order
      FIRST_PAUSE = 2.0
      MAX_PAUSE = 300.0
      # With jitter. Nothing is ever due later than that, unless the clock was set back.
      LONGEST_PAUSE = MAX_PAUSE * 1.25
      MIN_LOOK = 2.0
      MAX_ESTIMATE = 30.0
      # Seconds between two looks for each render under way: all of them together stay far below the rate limit.
      LOOK_PER_RENDER = 1.5
      private_constant :FIRST_PAUSE, :MAX_PAUSE, :LONGEST_PAUSE, :MIN_LOOK, :MAX_ESTIMATE, :LOOK_PER_RENDER

      # Returns an order that was not sent yet.
      def self.fresh(now:, **values)
        new(number: 0, state: State::WAITING, uploads: {}, unsure: false, cancelling: false, failures: 0,
            due: now, temporary: false, **values).freeze
      end

      def with(**changes)
        Order.new(**to_h, **changes).freeze
      end

      # Whether something is to be done now.
      def due?(now)
        !due.nil? && (due <= now || due - now > LONGEST_PAUSE)
      end

      # The seconds until something is to be done, nil if nothing is to come.
      def pause(now)
        return nil if due.nil?

        due?(now) ? 0.0 : due - now
      end

      def unsent?
        State::UNSENT.include?(state)
      end

      def under_way?
        State::UNDER_WAY.include?(state)
      end

      def ended?
        State::ENDED.include?(state)
      end

      # Whether the server certainly has not accepted it.
      def editable?
        !cancelling && (state == State::FAILED || (unsent? && !unsure))
      end

      # After a temporary failure.
      def failed_for_now(error, now:, chance:)
        pause = Retries.backoff(failures + 1, chance, first: FIRST_PAUSE, most: MAX_PAUSE)
        pause = [pause, [error.retry_after || 0.0, MAX_PAUSE].min].max
        with(failures: failures + 1, due: now + pause, reason: Reason.new(error.code, error.message), temporary: true)
      end

      # While the queue is paused because of it.
      def held(error)
        with(due: nil, reason: Reason.new(error.code, error.message), temporary: false)
      end

      # At its end.
      def settled(state, reason: nil, result: nil)
        with(state: state, reason: reason, result: result, due: nil, failures: 0, temporary: false, unsure: false,
             cancelling: false)
      end

      # When the server has accepted it.
      def accepted(render_id, estimated_seconds, now:)
        due = cancelling ? now : now + [[estimated_seconds, MIN_LOOK].max, MAX_ESTIMATE].min
        going_on(State::ORDERED, due).with(render_id: render_id)
      end

      # When its render has not ended. +under_way+ counts the renders of the whole queue.
      def looked_at(status, retry_after, under_way, now:)
        pause = [MIN_LOOK, retry_after || 0.0, LOOK_PER_RENDER * under_way].max
        going_on(status == "processing" ? State::RENDERING : State::ORDERED, now + pause)
      end

      # When it is to be cancelled as soon as the server can be asked.
      def to_be_cancelled(now, reason = Reason.new("CANCELLING", "The order will be cancelled."))
        with(cancelling: true, reason: reason, due: now, temporary: false)
      end

      # As a new one, in its old place.
      def renewed(key, fields, now:)
        Order.fresh(now: now, id: id, key: key, fields: fields, pictures: pictures, output: output)
             .with(number: number)
      end

      # With what is known about the upload of a picture.
      def with_upload(name, upload)
        with(uploads: uploads.merge(name => upload))
      end

      # With uploads that have to be begun again.
      def without_uploads
        with(uploads: uploads.transform_values { |each| Upload.none(each.tries + 1) })
      end

      private

      def going_on(state, due)
        with(state: state, due: due, reason: nil, failures: 0, temporary: false, unsure: false)
      end
    end

    # Returns when the next pass has something to do. Of the orders that were not sent, only the first one counts.
    def self.seconds_until_due(orders, paused, now)
      waits = paused ? [] : orders.select(&:unsent?).first(1)
      waits += orders.select(&:under_way?) unless paused&.forbids_looking?
      waits.map { |order| order.pause(now) }.compact.min
    end
  end
end
