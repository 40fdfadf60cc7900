# frozen_string_literal: true

require "fileutils"
require "securerandom"

module Renderiq
  # Files that are whole or not there, and the folder of this library.
  module Files
    FULL = [Errno::ENOSPC, Errno::EDQUOT, Errno::EFBIG].freeze
    # A virus scanner may hold a file on Windows for a moment, which then cannot be replaced.
    RENAME_TRIES = 5
    WINDOWS = RbConfig::CONFIG["host_os"].match?(/mswin|mingw/)
    private_constant :FULL, :RENAME_TRIES, :WINDOWS

    module_function

    # Returns the folder of this user for sessions and queues. It need not exist.
    def data_directory(environment = ENV)
      return environment["RENDERIQ_HOME"] if environment["RENDERIQ_HOME"]

      case RbConfig::CONFIG["host_os"]
      when /mswin|mingw/ then File.join(environment.fetch("LOCALAPPDATA") { Dir.home }, "Renderiq")
      when /darwin/ then File.join(Dir.home, "Library", "Application Support", "Renderiq")
      else File.join(environment.fetch("XDG_DATA_HOME") { File.join(Dir.home, ".local", "share") }, "renderiq")
      end
    end

    # Gives a file that takes the place of +path+ at the end of the block, and is on disk then. Returns +path+.
    #
    # If the block fails, +path+ is as before. Raises DiskError. A file that only one process writes at a time may have
    # a fixed +part+, the name of the file meanwhile: a process that was killed leaves no rubbish then.
    def replace(path, mode: 0o644, part: ".#{File.basename(path)}.#{SecureRandom.hex(4)}.part")
      part = File.join(File.dirname(path), part)
      FileUtils.mkdir_p(File.dirname(path))
      File.open(part, File::WRONLY | File::CREAT | File::TRUNC | File::BINARY, mode) do |file|
        yield file
        file.flush
        file.fsync
      end
      move(part, path)
      path
    rescue SystemCallError => e
      raise disk_error(e)
    ensure
      FileUtils.rm_f(part)
    end

    # Writes a file whole or not at all. Raises DiskError.
    def write(path, content, **options)
      replace(path, **options) { |file| file.write(content) }
    end

    # Gives a file or a folder another name, durably.
    def move(from, to)
      tries = 0
      begin
        File.rename(from, to)
      rescue Errno::EACCES
        raise if (tries += 1) == RENAME_TRIES || !WINDOWS

        Kernel.sleep(0.02 * tries)
        retry
      end
      sync_folder(File.dirname(to))
    end

    # Makes the names in a folder survive a loss of power, where the system can do that.
    def sync_folder(path)
      File.open(path, &:fsync)
    rescue SystemCallError
      nil # Windows opens no folders
    end

    # Returns the error that the caller sees for a file that cannot be written.
    def disk_error(error)
      if FULL.any? { |kind| error.is_a?(kind) }
        return DiskError.new("DISK_FULL", "The disk is full. Free some space and try again.", retryable: true)
      end

      DiskError.new("DISK_ERROR", "A file cannot be read or written: #{error.message}", retryable: true)
    end
  end
end
