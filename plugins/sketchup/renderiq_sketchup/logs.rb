# frozen_string_literal: true

require "logger"

module RenderiqSketchup
  # The log file that support may ask for. What looks like a secret is taken out before it is written.
  module Logs
    BYTES = 512 * 1024
    FILES = 3
    SECRETS = [
      [/rk_(live|test)_[A-Za-z0-9_-]+/, 'rk_\1_…'],
      [%r{(bearer\s+)[A-Za-z0-9._~+/=-]+}i, '\1…'],
      [/eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/, "…"],
      [/((?:password|secret|token|device_code|api[_-]?key|authorization)["']?\s*[:=>]+\s*["']?)[^\s"',}]+/i, '\1…'],
      [%r{(https?://[^\s?"']+)\?[^\s"']+}, '\1?…'], # signed links
      [/[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}/i, "(e-mail)"]
    ].freeze
    private_constant :BYTES, :FILES, :SECRETS

    module_function

    # Returns a text without keys, tokens, passwords, the queries of links, and e-mail addresses.
    def without_secrets(text)
      SECRETS.reduce(text) { |kept, (pattern, replacement)| kept.gsub(pattern, replacement) }
    end

    # Returns a Logger that writes to +path+ and to two older files beside it.
    def open(path)
      FileUtils.mkdir_p(File.dirname(path))
      log = Logger.new(path, FILES, BYTES)
      log.formatter = lambda do |level, time, _, message|
        message = [message.message, *message.backtrace&.first(20)].join("\n  ") if message.is_a?(Exception)
        "#{time.utc.strftime("%FT%TZ")} #{level} #{without_secrets(message.to_s)}\n"
      end
      log
    end
  end
end
