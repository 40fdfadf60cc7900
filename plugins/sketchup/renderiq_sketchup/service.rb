# frozen_string_literal: true

module RenderiqSketchup
  # The extension's side of the network: account, orders, offer. All of it goes on in tasks of the SDK, in slices of
  # SketchUp's one thread; no method waits.
  class Service
    include Account

    TICK = 0.5
    FRESH = 300.0
    BALANCE_FRESH = 60.0
    AGAIN = 15.0
    KEPT = 60
    PREPARING = "preparing"
    UNPAID = [PREPARING, "waiting", "uploading"].freeze
    GONE = "The capture of this order is gone. Capture the view again."
    private_constant :GONE, :TICK, :FRESH, :BALANCE_FRESH, :AGAIN, :KEPT

    attr_reader :jobs, :offer, :client, :session, :email, :balance, :device, :entries, :paused, :problem, :consents,
                :directory

    # +session+ names the running SketchUp. +open_url+ shows a page in the browser.
    def initialize(base_url, root, host:, turns:, log:, session:, open_url: UI.method(:openURL),
                   clock: Renderiq::Clock.new)
      # One server never sees another one's tokens.
      @directory = File.join(root, Names.safe(base_url.sub(%r{\Ahttps?://}, "")))
      @jobs = Jobs.new(@directory)
      @offer = Offer.new(@directory, File.join(root, "covers"), VERSION)
      @host = host
      @turns = turns
      @log = log
      @session = session
      @open_url = open_url
      @tokens = Renderiq::FileTokenStore.new(File.join(@directory, "session.json"))
      @client = Renderiq::Client.new(base_url: base_url, platform: PLATFORM, plugin_version: VERSION, parallel: 2,
                                     directory: @directory, token_store: @tokens, host: host, clock: clock)
      @clock = clock
      @known = {}
      @states = {}
      @due = {}
      @running = {}
      @entries = []
      @consents = []
      @done = []
    end

    # The block is called when there is something new to show.
    def on_change(&block)
      @on_change = block
    end

    # Begins to work. +online+ says whether the network may be used.
    def start(online:)
      @online = online
      @known = jobs.all.map { |job| [job.id, interrupted(job)] }.to_h
      refresh
      tick
    end

    # Ends the work. What is queued stays on disk.
    def stop
      @stopped = true
      @client.queue.stop
      @host.stop
    end

    def online?
      @online
    end

    # Allows the network or forbids it. A request that is under way ends first.
    def online=(allowed)
      return if allowed == @online

      @log.info(allowed ? "online" : "offline: nothing is sent")
      @online = allowed
      @problem = nil
      @due.clear
      refresh
      tick_soon
    end

    # Whether the server did not answer the last time.
    def unreachable?
      @unreachable || entries.any? { |entry| entry[:code] == "NETWORK_ERROR" && !entry[:ended] }
    end

    def signed_in?
      @signed_in
    end

    # Returns the orders of this SketchUp that were done since the last call.
    def take_done
      @done.slice!(0..)
    end

    # ---------------------------------------------------------- orders

    # Shows an order whose capture is still to come. Returns its id.
    def announce(view, look)
      id = jobs.make
      @known[id] = jobs.save(Job.new(id: id, view: view, look: look, options: {}, files: {}, session: session,
                                     created: @clock.now).freeze)
      refresh
      id
    end

    # Sets an order aside whose capture has failed.
    def give_up(id, error)
      keep(@known[id].with(problem: Sentences.of_error(error))) if @known.key?(id)
      report(error)
      refresh
    end

    # Takes an order whose files are written.
    def submit(job)
      @known[job.id] = jobs.save(job)
      @log.info("captured #{job.id} as #{job.files.keys.join(", ")}")
      job.left_out.to_h.each { |name, reason| @log.warn("#{name} is not sent: #{reason}") }
      refresh
      @host.after(0) { prepare(job.id) }
    end

    # Orders from the captures of an earlier order with another look. Raises CaptureError if they are gone.
    def again(id, look)
      job = @known[id]
      raise CaptureError, GONE unless job && !job.files.empty? && captured?(job)

      if Look.path_traced?(look) != job.files.key?("model_file")
        raise CaptureError, "This order was captured for another kind of model. Capture the view again."
      end

      submit(jobs.copy(job, look: look, session: session, left_out: {}))
    end

    # Cancels an order; its credits are returned.
    def cancel(id)
      with_item(id) { |item| @client.queue.cancel(item) }
    end

    # Sends an order that failed or was cancelled again.
    def retry(id)
      job = @known[id]
      return with_item(id) { |item| @client.queue.retry(item) } if job&.item
      raise CaptureError, GONE unless job && !job.files.empty? && captured?(job)

      keep(job.with(problem: nil))
      prepare(id)
    end

    # Changes an order that the server has refused, and sends it again.
    def edit(id, look)
      job = @known[id]
      with_item(id) do |item|
        @client.queue.edit(item, **Look::FIELDS.map { |name| [name.to_sym, Look.fields(look)[name]] }.to_h
                                               .reject { |name, _| name == :aspectRatio })
        keep(job.with(look: look))
      end
    end

    # Forgets an order that has ended, and its captures. Its result stays.
    def remove(id)
      with_item(id) { |item| @client.queue.remove(item) }
      @known.delete(id)
      jobs.remove(id)
      refresh
    end

    # Reads the offer again and tries at once what waits.
    def retry_now
      @due.clear
      @client.queue.wake
      tick_soon
    end

    # Goes on after a pause, and tries at once what waits.
    def resume
      @problem = nil
      @due.clear
      @client.queue.resume
      @client.queue.wake
      refresh
    end

    # Returns the credits of orders that the server has not charged yet.
    def owed
      entries.select { |entry| UNPAID.include?(entry[:state]) }.sum { |entry| offer.price(entry[:look]) || 0 }
    end

    # Saves a look, or removes it if there is none.
    def save_look(name, look)
      jobs.save_look(name, look)
      changed
    end

    # Shows that something went wrong.
    def report(error)
      case error
      when Renderiq::CancelledError then return
      when Renderiq::Error
        @unreachable = error.is_a?(Renderiq::NetworkError)
        @log.warn("#{error.code} #{error.message} (request #{error.request_id})")
      when CaptureError then @log.warn(error.message)
      else @log.error(error)
      end
      code = if error.respond_to?(:code)
               error.code
             else
               error.is_a?(CaptureError) ? "CAPTURE_FAILED" : "INTERNAL"
             end
      @problem = { "code" => code, "message" => Sentences.of_error(error) } unless code == "AUTH_REQUIRED"
      changed
    end

    # Forgets what went wrong.
    def dismiss
      @problem = nil
      changed
    end

    private

    # ---------------------------------------------------------- the loop

    def tick
      @tick = nil
      return if @stopped

      refresh
      @known.each_value { |job| prepare(job.id) if waits?(job) && captured?(job) }
      forget_old
      read_offer if online?
      @tick = @host.after(TICK) { tick }
    end

    def tick_soon
      return if @stopped

      @tick&.call
      @tick = @host.after(0) { tick }
    end

    def read_offer
      when_due("offer", FRESH) { offer.update(@client, signed_in: signed_in?, go_on: method(:online?)) { changed } }
      return unless signed_in?

      when_due("balance", BALANCE_FRESH) do
        @balance = @client.credits.get.balance
        changed
      end
    end

    # Looks at session and queue, and starts and stops the queue.
    def refresh
      tokens = @tokens.load
      @signed_in = !tokens.nil?
      @email = tokens&.email
      send_or_not
      list
      @paused = @client.queue.paused
      changed_if_different
    end

    def send_or_not
      wanted = online? && signed_in? && !offer.too_old?
      if wanted && !@sending
        @client.queue.start
        @client.queue.wake
      elsif !wanted && @sending
        @client.queue.stop
      end
      @sending = wanted
    end

    def list
      items = @client.queue.list.map { |item| [item.id, item] }.to_h
      @entries = @known.values.reverse.map { |job| entry(job, items[job.item]) }
      @entries.each { |entry| notice(entry) }
    end

    # Forgets what has ended, beyond the newest orders: one at a time. Results stay.
    def forget_old
      old = @entries.drop(KEPT).reverse.find { |entry| entry[:ended] }
      remove(old[:id]) if old
    end

    def notice(entry)
      before = @states[entry[:id]]
      return if before == entry[:state]

      @states[entry[:id]] = entry[:state]
      return unless before

      @log.info("#{entry[:id]} is #{entry[:state]} #{entry[:code]}")
      @due.delete("balance")
      @done << entry if entry[:state] == "done" && entry[:mine]
      read_consents if entry[:code] == "CONSENT_REQUIRED" && online?
    end

    def entry(job, item)
      state = state_of(job, item)
      code = item&.reason&.code
      reason = code ? Sentences.of(item.reason.message) : job.problem
      { id: job.id, view: job.view, look: job.look, state: state, code: code, reason: reason,
        due: due_of(item), result: item&.result, capture: File.join(jobs.folder(job.id), Jobs::CAPTURE),
        created: job.created, mine: job.session == session, left_out: job.left_out.to_h.keys,
        render_id: item&.render_id, refused: state == "failed" && !item.nil? && item.editable?,
        repeatable: !job.files.empty?, ended: Renderiq::Queue::State::ENDED.include?(state) }
    end

    # Returns the second of the next try, which stays the same until then.
    def due_of(item)
      (@clock.now + item.next).round if item&.next&.positive?
    end

    def state_of(job, item)
      return item.state if item
      return "failed" if job.problem

      job.item ? "cancelled" : PREPARING
    end

    # ---------------------------------------------------------- work

    # Queues an order, once.
    def prepare(id)
      job = @known[id]
      return unless job && waits?(job)

      queued = @client.queue.list.find { |item| item.options.dig("metadata", "job") == id } || enqueue(job)
      keep(job.with(item: queued.id))
      @log.info("queued #{id}")
    rescue StandardError => e
      @log.error(e)
      keep(job.with(problem: Sentences.of_error(e)))
    ensure
      refresh
    end

    def enqueue(job)
      files = job.files.map { |name, file| [name.to_sym, File.join(jobs.folder(job.id), file)] }.to_h
      fields = job.options.merge(Look.fields(job.look), "metadata" => { "job" => job.id, "view" => job.view })
      @client.queue.add(files.delete(:image), **files, output: job.output, **fields.transform_keys(&:to_sym))
    end

    # Whether it was captured and is not queued yet.
    def waits?(job)
      job.item.nil? && job.problem.nil? && !job.files.empty?
    end

    def interrupted(job)
      return job unless job.item.nil? && job.problem.nil? && job.files.empty?

      job.with(problem: "The capture was interrupted. Order it again.")
    end

    def captured?(job)
      job.files.values.all? { |name| File.exist?(File.join(jobs.folder(job.id), name)) }
    end

    def keep(job)
      @known[job.id] = jobs.save(job) if @known.key?(job.id)
    end

    def with_item(id)
      item = @known[id]&.item or return
      yield item
      refresh
    rescue Renderiq::Error => e
      report(e)
    end

    def when_due(name, seconds)
      return if @due.fetch(name, 0.0) > @clock.now

      @due[name] = @clock.now + seconds
      run(name) do
        yield
        @problem = nil
        @unreachable = false
      rescue StandardError
        @due[name] = @clock.now + AGAIN
        raise
      end
    end

    # Does some work in a task, unless the same work is under way. Returns the task.
    def run(name, &work)
      return @running[name] if @running.key?(name)

      @running[name] = task = @client.run(&work)
      task.on_error { |error| report(error) }
      task.on_end do
        @running.delete(name)
        changed
      end
    end

    def changed_if_different
      now = [@signed_in, @email, @entries, @paused, @online]
      return if now == @seen

      @seen = now
      changed
    end

    def changed
      @on_change&.call
    end
  end
end
