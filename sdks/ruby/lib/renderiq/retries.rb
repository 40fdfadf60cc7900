# frozen_string_literal: true

require "time"

module Renderiq
  # When a failed request is sent again. Pure rules; the caller waits.
  module Retries
    MAX_RETRIES = 3
    MAX_PAUSE = 8.0
    # A longer +Retry-After+ is not waited for: the caller gets the error.
    MAX_RETRY_AFTER = 60.0

    module_function

    # Returns the seconds to wait before the request is sent again, or nil if it is not.
    #
    # +failures+ counts this one. +chance+ in 0...1 spreads the pause by a quarter in both directions.
    def pause(error, failures, chance, retries: MAX_RETRIES)
      return nil if !error.retryable? || error.is_a?(DiskError) || failures > retries

      wanted = error.retry_after || 0.0
      wanted > MAX_RETRY_AFTER ? nil : [backoff(failures, chance, first: 0.5, most: MAX_PAUSE), wanted].max
    end

    # Returns a pause that doubles with each failure, with jitter of a quarter.
    def backoff(failures, chance, first:, most:)
      [most, first * (2**[failures - 1, 30].min)].min * (0.75 + (0.5 * chance))
    end

    # Reads +Retry-After+: seconds, or an HTTP date. Returns nil if it is absent or cannot be read.
    def read_retry_after(value, now)
      return nil if value.nil? || value.strip.empty?
      return value.to_f if value.strip.match?(/\A\d+\z/)

      [0.0, Time.httpdate(value.strip).to_f - now].max
    rescue ArgumentError
      nil
    end
  end
end
