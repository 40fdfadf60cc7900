# frozen_string_literal: true

require "monitor"

module Renderiq
  # How a client works unless it has a host: calls wait for their answers, and work beside them is done in threads.
  class Threads
    attr_reader :transport, :clock

    def initialize(transport, clock)
      @transport = transport
      @clock = clock
    end

    # Calls the block with each item, several at the same time. Raises the first error, when those under way have ended.
    def each(items, at_once, &work)
      return items.each(&work) if at_once == 1

      waiting = items.dup
      error = nil
      threads = Array.new([at_once, items.size].min) do
        spawn do
          while error.nil? && (item = waiting.shift)
            work.call(item)
          end
        rescue StandardError => e
          error ||= e
        end
      end
      threads.each(&:join)
      raise error if error
    end

    # Runs the block in the background. Returns what +join+ takes, and tells whether it is <tt>alive?</tt>.
    def spawn(&work)
      Thread.new(&work)
    end

    # Waits for the end of work in the background.
    def join(thread)
      thread.join
    end

    def signal
      Signal.new
    end

    # Calls the program's own code.
    def outside
      yield
    end

    # A long computation calls this now and then.
    def breathe; end

    # Wakes the thread that waits for it.
    class Signal
      def initialize
        @monitor = Monitor.new
        @condition = @monitor.new_cond
        @is_set = false
      end

      # Waits until it is set, or until the time is over.
      def wait(seconds)
        @monitor.synchronize { @condition.wait(seconds) unless @is_set }
      end

      def set
        @monitor.synchronize do
          @is_set = true
          @condition.broadcast
        end
      end

      def clear
        @monitor.synchronize { @is_set = false }
      end
    end
  end
end
