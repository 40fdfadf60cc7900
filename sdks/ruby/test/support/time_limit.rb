# frozen_string_literal: true

# Ends tests that hang, which otherwise nobody hears of, and shows where each thread waits.
TESTS_MAY_TAKE = 900 # seconds

Thread.new do
  sleep TESTS_MAY_TAKE
  warn "✗ The tests take more than #{TESTS_MAY_TAKE} s."
  Thread.list.each { |thread| warn "#{thread.inspect}:\n  #{(thread.backtrace || []).join("\n  ")}" }
  exit! 1
end
