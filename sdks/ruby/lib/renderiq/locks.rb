# frozen_string_literal: true

require "fileutils"

module Renderiq
  # Locks between processes, threads and tasks. The system lets go of one when its process ends, however it ends.
  module Locks
    PAUSE = 0.05
    private_constant :PAUSE

    module_function

    # Holds the lock during the block. Waits for another one to let go of it, by the clock's +idle+.
    def hold(path, clock)
      opened(path) do |file|
        clock.idle(PAUSE) until take(file)
        yield
      end
    end

    # Tells the block whether the lock is held while it runs. Does not wait.
    def try(path)
      opened(path) { |file| yield take(file) }
    end

    # Holds a lock that nobody holds for longer than a few writes. Waits without giving control to anybody.
    def hold_briefly(path)
      opened(path) do |file|
        file.flock(File::LOCK_EX)
        yield
      end
    end

    def opened(path, &block)
      FileUtils.mkdir_p(File.dirname(path))
      File.open(path, File::RDWR | File::CREAT, 0o600, &block) # closing it lets go of the lock
    end
    private_class_method :opened

    def take(file)
      file.flock(File::LOCK_EX | File::LOCK_NB) != false
    end
    private_class_method :take
  end
end
