# frozen_string_literal: true

require_relative "exchange"
require_relative "task"

module Renderiq
  # How a client works with a host: in the host's one thread, and without ever blocking it.
  #
  # All calls are made in a task: <tt>client.run { client.renders.create("view.png") }</tt>. While a task waits for an
  # answer, for time or for another task, the host goes on. A host is an object with two methods:
  #
  # +start+ (exchange):: Sends the request of an Exchange without waiting for it.
  # +after+ (seconds) { }:: Calls the block once, so many seconds later, in this thread.
  #
  # Both return a function that stops what they have begun, or nil.
  class Tasks
    attr_reader :clock

    def initialize(host, clock)
      @host = host
      @clock = TaskClock.new(self, clock)
    end

    def transport
      self
    end

    # Runs the block as a task, from the host's next turn on. Returns the Task at once.
    def run(&work)
      task = Task.new(&work)
      outside { @host.after(0) { task.go if task.alive? } }
      task
    end
    alias spawn run

    # Sends a request, as NetHttp does. Raises NetworkError.
    def call(request, timeout:, file: nil)
      response = suspend do |done|
        exchange = Exchange.new(request, @host, timeout, &done)
        exchange.start
        exchange.method(:stop)
      end
      return response unless file && response.status == 200

      write(response.body, file)
      Response.new(200, response.headers, "".b)
    end

    # Leaves this task until the time is over.
    def sleep(seconds)
      suspend { |done| @host.after(seconds) { done.call(nil) } }
    end

    # Calls the block with each item, several at the same time. Raises the first error, when those under way have ended.
    def each(items, at_once, &work)
      return items.each(&work) if at_once == 1

      waiting = items.dup
      error = nil
      tasks = Array.new([at_once, items.size].min) do
        run { work.call(waiting.shift) until error || waiting.empty? }.on_error { |e| error ||= e }
      end
      join_all(tasks)
      raise error if error
    end

    # Leaves this task until another one has ended. Outside of a task it does nothing.
    def join(task)
      return unless Task.current && task.alive?

      suspend do |done|
        task.on_end { done.call(nil) }
        nil
      end
    end

    def signal
      Signal.new(self)
    end

    # Calls the program's or the host's own code, which does not run in a fiber.
    def outside
      return yield unless Task.current

      suspend do |done|
        yield
        done.call(nil)
        nil
      end
    end

    # A long computation calls this now and then, so that the host goes on.
    def breathe
      sleep(0)
    end

    # Leaves this task until the block's function is called. Raises StateError outside of a task.
    def suspend(&step)
      task = Task.current
      unless task
        raise StateError.new("NOT_IN_TASK", "Call this in a task: client.run { … }. Do not call next of an Enumerator.")
      end

      task.suspend(&step)
    end

    # Calls the block later. For this library only.
    def later(seconds, &block)
      @host.after(seconds, &block)
    end

    # The time of the host's thread, in which sleeping leaves the task.
    class TaskClock
      def initialize(tasks, clock)
        @tasks = tasks
        @clock = clock
      end

      def now
        @clock.now
      end

      def chance
        @clock.chance
      end

      def sleep(seconds)
        @tasks.sleep(seconds)
      end
      alias idle sleep
    end

    # Wakes the task that waits for it.
    class Signal
      def initialize(tasks)
        @tasks = tasks
        @is_set = false
      end

      # Waits until it is set, or until the time is over.
      def wait(seconds)
        return if @is_set

        @tasks.suspend do |done|
          @done = done
          @tasks.later(seconds) { done.call(nil) }
        end
      end

      def set
        return if @is_set

        @is_set = true
        done = @done
        @tasks.outside { @tasks.later(0) { done.call(nil) } } if done
      end

      def clear
        @is_set = false
        @done = nil
      end
    end

    private

    # Waits for tasks that end with the present one.
    def join_all(tasks)
      tasks.each { |task| join(task) }
    ensure
      tasks.each(&:cancel)
    end

    def write(content, file)
      file.write(content)
    rescue SystemCallError => e
      raise Files.disk_error(e)
    end
  end
end
