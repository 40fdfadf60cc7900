# frozen_string_literal: true

module Renderiq
  class Queue
    # Makes passes in the background: in a thread, or in a task of a host. Wakes the queue when the server can be
    # reached again.
    class Worker
      # How long a process waits that is not the sender.
      OTHER_SENDER_SECONDS = 1.0
      # How often a worker looks whether another process has added an order, and whether a lost network is back.
      IDLE_SECONDS = 5.0
      LEAST_SECONDS = 0.05
      private_constant :IDLE_SECONDS, :LEAST_SECONDS

      def initialize(runtime, run_pass:, reachable:, wake:)
        @runtime = runtime
        @run_pass = run_pass
        @reachable = reachable
        @wake = wake
        @changed = runtime.signal
        @was_reachable = true
      end

      # Starts, unless it works already.
      def start
        @stopping = false
        @work = @runtime.spawn { work } unless @work&.alive?
      end

      # Ends it after the request that is under way. A thread is waited for, a task is not.
      def stop
        @stopping = true
        notify
        @runtime.join(@work) if @work
      end

      # Tells that an order has changed.
      def notify
        @changed.set
      end

      private

      def work
        until @stopping
          @changed.clear
          @changed.wait([pass, LEAST_SECONDS].max)
        end
      end

      # Returns the seconds until the next pass.
      def pass
        done = @run_pass.call
        look_for_network if done.next && done.next > IDLE_SECONDS
        pause = [done.next || IDLE_SECONDS, IDLE_SECONDS].min
        done.sender ? pause : [pause, OTHER_SENDER_SECONDS].max
      rescue DiskError # the disk is full: everything is as it was
        IDLE_SECONDS
      end

      def look_for_network
        is_reachable = @reachable.call
        @wake.call if is_reachable && !@was_reachable
        @was_reachable = is_reachable
      end
    end
  end
end
