# frozen_string_literal: true

module Renderiq
  # The time of this machine, sleeping, and chance: one object, so that tests need not wait.
  class Clock
    # The seconds since the Unix epoch.
    def now
      Time.now.to_f
    end

    # Waits.
    def sleep(seconds)
      Kernel.sleep(seconds)
    end

    # Waits for another process, for a moment of real time. Tests with a clock of their own leave it as it is.
    def idle(seconds)
      Kernel.sleep(seconds)
    end

    # A number in 0...1, for jitter.
    def chance
      Kernel.rand
    end
  end
end
