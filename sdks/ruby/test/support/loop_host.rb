# frozen_string_literal: true

require_relative "../../lib/renderiq"

# A host like SketchUp: its one thread runs a loop, and its HTTP client calls back in that thread.
class LoopHost
  def initialize
    @transport = Renderiq::NetHttp.new
    @mutex = Mutex.new
    @arrived = ConditionVariable.new
    @calls = []
    @timers = []
  end

  # Sends the request in a thread, as the operating system would.
  def start(exchange)
    request = Renderiq::Request.new(exchange.http_method, exchange.url, exchange.headers, exchange.body)
    thread = Thread.new do
      response = @transport.call(request, timeout: 60)
      later { exchange.answer(status: response.status, headers: response.headers, body: response.body) }
    rescue Renderiq::NetworkError => e
      later { exchange.fail(was_sent: e.sent?) }
    end
    -> { thread.kill }
  end

  def after(seconds, &block)
    timer = [time + seconds, block]
    @timers << timer
    -> { @timers.delete(timer) }
  end

  # Turns the loop until the task has ended. Returns the task.
  def finish(task)
    turn while task.alive?
    task
  end

  private

  def turn
    due = @timers.select { |at, _| at <= time }.min_by(&:first)
    @timers.delete(due) if due
    call = due ? due.last : next_call
    call&.call
  end

  # Waits for a call of the HTTP client, or for the next timer.
  def next_call
    pause = @timers.map(&:first).min&.-(time)
    @mutex.synchronize do
      @arrived.wait(@mutex, [pause || 1, 0.001].max) if @calls.empty?
      @calls.shift
    end
  end

  def later(&call)
    @mutex.synchronize do
      @calls << call
      @arrived.signal
    end
  end

  def time
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
