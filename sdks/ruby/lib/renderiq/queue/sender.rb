# frozen_string_literal: true

module Renderiq
  class Queue
    # A pass of the sender: it sends what waits and looks at what was ordered. A crash at any point repeats nothing.
    #
    # Of all processes on a store, one is the sender at a time.
    class Sender
      def initialize(api, store, parallel:)
        @api = api.without_retries # the queue has pauses of its own, which survive a crash
        @store = store
        @parallel = parallel
      end

      # Does everything that is due. Returns a Pass. Raises DiskError if what has happened cannot be stored.
      def run_pass
        Locks.try(@store.sender_lock_path) do |is_sender|
          if is_sender
            send_all
            look_at_all
          end
          Pass.new(is_sender, Queue.seconds_until_due(@store.active, @store.paused, now))
        end
      end

      private

      def send_all
        @store.active.select(&:unsent?).each do |order|
          break if @store.paused || !order.due?(now) || !attempt(order) { send_order(order) }
        end
      end

      def look_at_all
        @store.active.each do |order|
          break if @store.paused&.forbids_looking?

          break if order.under_way? && order.due?(now) && !attempt(order) { look(order) }
        end
      end

      # Works on an order. Returns false if those behind it have to wait.
      def attempt(order)
        yield
        true
      rescue Store::Superseded
        false # the next pass sees what has become of it, and keeps the order
      rescue Error, SystemCallError => e
        after_error(order, e)
      end

      def after_error(order, error)
        error.is_a?(Error) ? after_failure(@store.get(order.id), error) : after_failure(order, disk_error(error))
      rescue Store::Superseded, StateError
        false # it has changed meanwhile, or was removed
      end

      def disk_error(error)
        Files.disk_error(error).tap do |failure|
          failure.retryable = !error.is_a?(Errno::ENOENT) # a picture that is gone stays so
        end
      end

      # Returns false if the orders behind this one have to wait.
      def after_failure(order, error)
        case error
        when AuthError then pause(order, error)
        when InsufficientCreditsError then order.cancelling ? set_aside(order, error) : pause(order, error)
        else error.retryable? ? try_later(order, error) : set_aside(order, error)
        end
      end

      def pause(order, error)
        details = error.details.select { |name, _| name.end_with?("Credits") }
        @store.pause(Paused.new(error.code, error.message, details), order.held(error))
        false
      end

      def try_later(order, error)
        @store.save(order.failed_for_now(error, now: now, chance: @api.clock.chance))
        false
      end

      def set_aside(order, error)
        reason = Reason.new(error.code, error.message)
        @store.save(order.cancelling ? order.settled(State::CANCELLED) : order.settled(State::FAILED, reason: reason))
        true
      end

      # ---------------------------------------------------------- sending

      def send_order(order)
        paths = order.pictures.keys.map { |name| [name, @store.picture(order, name)] }.to_h
        apart, inside = paths.partition { |name, _| Options::ALWAYS_UPLOADED.include?(name) }.map(&:to_h)
        apart = paths if inside.values.sum { |path| File.size(path) } > Options::MAX_BYTES_IN_ORDER
        order = upload_all(order, apart) unless apart.empty?
        post(order, body_of(order, paths))
      end

      def post(order, body)
        was_unsure = order.unsure
        order = save(order.with(unsure: true)) # from now on, a crash leaves it unknown whether the server has the order
        begin
          answer = @api.call("POST", "/renders", body: body, key: order.key)
        rescue Error => e
          after_refusal(order, e, was_unsure)
          raise
        end
        accepted = Models::RenderAccepted.read(answer.data)
        save(order.accepted(accepted.render_id, accepted.estimated_time || 0, now: now))
      end

      # Keeps what an error tells about the order: whether the server may have accepted it.
      def after_refusal(order, error, was_unsure)
        if error.is_a?(ConflictError) && error.code == "UPLOAD_INCOMPLETE"
          save(order.without_uploads.with(unsure: false))
          error.retryable = true
        elsif error.is_a?(InsufficientCreditsError)
          save(order.with(unsure: false))
        elsif certainly_refused?(error)
          save(order.with(unsure: was_unsure))
        end
      end

      # Whether the server certainly has not taken the order of this request. An earlier one may have been taken.
      def certainly_refused?(error)
        error.is_a?(NetworkError) ? !error.sent? : error.is_a?(AuthError) || error.is_a?(RateLimitedError)
      end

      def body_of(order, paths)
        fields = order.fields.dup
        files = {}
        paths.each do |name, path|
          image = Options::IMAGES[name.to_sym]
          if order.uploads.key?(name)
            fields[image.upload] = order.uploads[name].upload_id
          else
            files[image.file] = Bodies.read_picture(path, name)
          end
        end
        Bodies.form(fields, files)
      end

      # Uploads the pictures, each from where it was interrupted.
      def upload_all(order, paths)
        paths.each do |name, path|
          known = order.uploads[name] || Upload.none(0)
          order = upload(order.with(state: State::UPLOADING), name, path, known) unless known.ready
        end
        order
      end

      def upload(order, name, path, known)
        save(order)
        begin
          ready = send_picture(sending(order, name, path, known), order, name, known)
        rescue NotFoundError => e # it has ended or was deleted: another one is begun
          save(order.with_upload(name, Upload.none(known.tries + 1)))
          e.retryable = true
          raise
        end
        save(order.with_upload(name, known.with(upload_id: ready.upload_id, ready: true)))
      end

      def sending(order, name, path, known)
        image = Options::IMAGES[name.to_sym]
        key = ["#{order.key}-#{image.file}", *(known.tries if known.tries.positive?)].join("-")
        Sending.new(@api, LocalFile.read(path, @api.runtime), image.purpose, key, parallel: @parallel)
      end

      # Returns the upload, which is ready. Its id is on disk before the first part is sent.
      def send_picture(sending, order, name, known)
        if known.upload_id
          upload = sending.finish(sending.find(known.upload_id))
        else
          begun = sending.begin
          save(order.with_upload(name, known.with(upload_id: begun.upload_id)))
          upload = sending.finish(sending.find_state(begun))
        end
        return upload unless upload.status == "failed"

        raise NotFoundError.new("UPLOAD_FAILED", upload.error || "The upload has failed.")
      end

      # ---------------------------------------------------------- looking

      def look(order)
        answer = @api.call(order.cancelling ? "DELETE" : "GET", "/renders/#{order.render_id}")
        after_look(order, Models::RenderOut.read(answer.data), answer.headers["retry-after"])
      rescue ConflictError # it has ended before it could be cancelled
        going_on = order.with(cancelling: false).looked_at("", nil, 0, now: now)
        @store.save(going_on, cancellation_is_done: true)
      end

      def after_look(order, render, retry_after)
        was_cancelling = order.cancelling
        order = order.with(cancelling: false)
        case render.status
        when "completed" then finish(order, render)
        when "cancelled" then @store.save(order.settled(State::CANCELLED))
        when "failed"
          reason = Reason.new(render.error_code || "RENDER_FAILED", render.error || "The render failed.")
          @store.save(order.settled(State::FAILED, reason: reason))
        else
          pause = Retries.read_retry_after(retry_after, now)
          order = order.looked_at(render.status, pause, @store.active.count(&:under_way?), now: now)
          @store.save(order, cancellation_is_done: was_cancelling)
        end
      end

      def finish(order, render)
        order = order.with(state: State::RENDERING)
        @store.save(order, cancellation_is_done: true) # it is too late for that
        path = @store.result_path(order, ".#{render.output_format || "png"}")
        download(render, path)
        @store.save(order.settled(State::DONE, result: path))
      end

      def download(render, path)
        # One sender at a time writes it, so that the name of the part need not be unique.
        Files.replace(path, part: ".#{File.basename(path)}.part") { |file| @api.download(render.output_url.to_s, file) }
      rescue DiskError
        raise
      rescue Error => e
        e.retryable = true # a link ends after a day; the next look gets another one
        raise
      end

      def save(order)
        @store.save(order)
        order
      end

      def now
        @api.clock.now
      end
    end
  end
end
