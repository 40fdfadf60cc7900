# frozen_string_literal: true

# A strict double of SketchUp's Ruby API, written from its public documentation. What the documentation does not have
# raises NoMethodError, what another version has raises Missing, and wrong arguments raise ArgumentError or TypeError.
module Double
  # A method that this version of SketchUp does not have.
  class Missing < NoMethodError
  end

  # What a test makes a call raise.
  class Injected < StandardError
  end

  class << self
    # The version of the SketchUp that is played, such as 21.1.
    attr_accessor :version
    attr_reader :calls, :loop

    # Begins anew: an empty model, no timers, no requests.
    def reset(version: 24.0)
      @version = version
      @calls = []
      @fault = nil
      @thread = Thread.current
      @loop = EventLoop.new
    end

    # Makes call number +number+ from now on fail, before or after it has done its work.
    def fail_at(number, after: false)
      @calls = []
      @fault = [number, after]
    end

    def record
      @calls = []
      @fault = nil
    end

    # Whether the fault that +fail_at+ has set was reached.
    def failed?
      @fault.nil?
    end

    def enter(name, since)
      raise "#{name} was called in another thread" unless Thread.current.equal?(@thread)
      raise "#{name} was called in a fiber" if Thread.current[:renderiq_task]
      raise Missing, "#{name} needs SketchUp #{since}, this is #{version}" if since && since > version

      calls << name
      number, after = @fault
      return yield unless number == calls.size

      @fault = nil
      result = yield if after
      _ = result
      raise Injected, "#{name} failed"
    end
  end

  # Makes methods of the API strict: they count, may be told to fail, and know their version.
  module Api
    def api(name, since: nil, &body)
      label = "#{self.name || inspect}##{name}"
      work = :"__#{name}"
      define_method(work, &body)
      private work
      define_method(name) { |*args, &block| Double.enter(label, since) { __send__(work, *args, &block) } }
    end

    def value(name, kind, since: nil)
      api(name, since: since) { instance_variable_get("@#{name}") }
      api(:"#{name}=", since: since) do |fresh|
        Check.kind(fresh, kind, name)
        instance_variable_set("@#{name}", fresh)
      end
    end
  end

  # Wrong arguments.
  module Check
    BOOLEAN = [TrueClass, FalseClass].freeze

    module_function

    def kind(value, kinds, name)
      return if [*kinds].any? { |kind| kind === value }

      raise TypeError, "#{name}: #{value.class} where #{[*kinds].join(" or ")} is wanted"
    end

    def keys(options, known)
      wrong = options.keys - known
      raise ArgumentError, "unknown options #{wrong}" unless wrong.empty?
    end
  end

  # SketchUp's main loop: timers, and what other threads of SketchUp have to say.
  class EventLoop
    # The seconds that were skipped. A loop that is +hasty+ does not wait for its timers: nothing else can happen.
    attr_reader :skipped
    attr_writer :hasty

    def initialize
      @skipped = 0.0
      @hasty = false
      @mutex = Mutex.new
      @arrived = ConditionVariable.new
      @calls = []
      @timers = {}
      @next = 0
    end

    # Calls the block in the main thread. Any thread may ask for that.
    def later(&block)
      @mutex.synchronize do
        @calls << block
        @arrived.signal
      end
    end

    def add_timer(seconds, repeats, block)
      @timers[@next += 1] = [now + seconds, repeats && seconds, block]
      @next
    end

    def remove_timer(number)
      !@timers.delete(number).nil?
    end

    def timers
      @timers.size
    end

    # Turns until the block is true. Raises after so many seconds.
    def until(seconds = 60)
      ends_at = now - skipped + seconds
      until yield
        raise "this did not happen in #{seconds} s" if now - skipped > ends_at

        turn
      end
    end

    # Does one thing, or waits for the next one.
    def turn
      number, (at, again, block) = @timers.min_by { |_, timer| timer.first }
      @skipped += [at - now, 0].max if @hasty && at && @calls.empty?
      if at && at <= now
        again ? @timers[number][0] = now + again : @timers.delete(number)
        return block.call
      end
      next_call(at ? at - now : 0.05)&.call
    end

    private

    def next_call(pause)
      @mutex.synchronize do
        @arrived.wait(@mutex, pause.clamp(0.001, 0.05)) if @calls.empty?
        @calls.shift
      end
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC) + skipped
    end
  end
end
