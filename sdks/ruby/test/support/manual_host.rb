# frozen_string_literal: true

# A strict double of a host: nothing happens in it unless a test says so, time is not real, and its functions fail if
# they are called in a fiber.
class ManualHost
  attr_reader :exchanges, :stopped, :now

  def initialize
    @now = 1_773_480_413.0
    @exchanges = []
    @stopped = []
    @timers = []
  end

  def start(exchange)
    forbid_fibers
    @exchanges << exchange
    -> { @stopped << exchange }
  end

  def after(seconds, &block)
    forbid_fibers
    timer = [now + seconds, block]
    @timers << timer
    -> { @timers.delete(timer) }
  end

  # Lets time pass, with the timers that become due in it.
  def pass(seconds = 0)
    ends_at = now + seconds
    while (timer = @timers.select { |at, _| at <= ends_at }.min_by(&:first))
      @timers.delete(timer)
      @now = timer.first
      timer.last.call
    end
    @now = ends_at
  end

  # The requests that have no answer yet.
  def waiting
    @exchanges.map { |each| name(each) }
  end

  # Answers the oldest request of this name, and turns the loop.
  def answer(name, data = nil, status: 200, body: nil, headers: {})
    exchange = take(name)
    body ||= JSON.generate(status < 300 ? { success: true, data: data } : data || {})
    exchange.answer(status: status, headers: headers, body: body)
    pass
    exchange
  end

  def fail(name, **options)
    take(name).fail(**options)
    pass
  end

  def take(name)
    exchange = @exchanges.find { |each| name(each) == name } or raise "#{name} is not one of #{waiting}"
    @exchanges.delete(exchange)
  end

  # The clock of this host's machine.
  def clock
    host = self
    Renderiq::Clock.new.tap do |clock|
      clock.define_singleton_method(:now) { host.now }
      clock.define_singleton_method(:chance) { 0.5 }
      clock.define_singleton_method(:sleep) { |_| raise "the host's thread was blocked" }
      clock.define_singleton_method(:idle) { |_| raise "the host's thread was blocked" }
    end
  end

  private

  def forbid_fibers
    raise "the host was called in a fiber" if Renderiq::Task.current
  end

  def name(exchange)
    "#{exchange.http_method} #{exchange.url.partition(".test").last}"
  end
end
