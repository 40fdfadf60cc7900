# frozen_string_literal: true

module RenderiqSketchup
  # How long the extension holds SketchUp's one thread. Each call that SketchUp makes into the extension is a turn.
  #
  # Seconds are those of the processor in this thread, so that a busy machine does not count. What SketchUp itself draws
  # or exports is left out by +foreign+.
  class Turns
    CLOCK = if Process.const_defined?(:CLOCK_THREAD_CPUTIME_ID)
              Process::CLOCK_THREAD_CPUTIME_ID
            else
              Process::CLOCK_MONOTONIC
            end

    # The name and the seconds of the longest turn.
    attr_reader :longest_name, :longest

    def initialize
      @longest = 0.0
      @longest_name = nil
      @depth = 0
      @foreign = 0.0
    end

    # Runs the block as a turn, or as a part of the turn that is under way. Returns what the block returns.
    def take(name)
      return yield if @depth.positive?

      begin
        @depth += 1
        @foreign = 0.0
        from = now
        yield
      ensure
        @depth -= 1
        note(name, now - from - @foreign)
      end
    end

    # Runs a block whose time is SketchUp's own.
    def foreign
      from = now
      yield
    ensure
      @foreign += now - from
    end

    private

    def now
      Process.clock_gettime(CLOCK)
    end

    def note(name, seconds)
      return unless seconds > @longest

      @longest = seconds
      @longest_name = name
    end
  end
end
