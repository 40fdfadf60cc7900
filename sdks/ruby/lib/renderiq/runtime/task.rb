# frozen_string_literal: true

require "fiber"

module Renderiq
  # Work that goes on in pieces: Tasks runs it in a fiber, which is left whenever it waits.
  #
  # A fiber that waits hands out a step: a function that begins something in the host and is called outside the fiber.
  # So the host's own functions are never called on a fiber's small stack.
  class Task
    # The work's result, when it has ended well.
    attr_reader :value
    # What the work has raised, or nil.
    attr_reader :error

    # The task whose fiber this is, or nil.
    def self.current
      Thread.current[:renderiq_task] # which is the fiber's own
    end

    def initialize(&work)
      @state = :new
      @on_end = []
      @handles_errors = false
      @fiber = Fiber.new do
        Thread.current[:renderiq_task] = self
        @value = work.call
      rescue StandardError => e
        @error = e
      ensure
        @state = :ended
      end
    end

    def alive?
      @state != :ended
    end

    # Calls the block with the result when the work has ended well. Returns this task.
    def on_success(&block)
      on_end { block.call(value) unless error }
    end

    # Calls the block with the error when the work has failed. Returns this task.
    #
    # Without such a block an error is printed as a warning.
    def on_error(&block)
      @handles_errors = true
      on_end { block.call(error) if error }
    end

    # Calls the block when the work has ended. Returns this task.
    def on_end(&block)
      alive? ? @on_end << block : block.call
      self
    end

    # Stops the work: CancelledError is raised where it waits. What it has begun at the server goes on there.
    def cancel
      error = CancelledError.new("CANCELLED", "The task was cancelled.")
      current = Task.current
      raise error if current.equal?(self)
      return current.suspend { |done| done.call(stop(error)) } if current

      stop(error)
    end

    # Leaves the fiber until the step's answer. The block is called outside the fiber with a function that takes the
    # answer; it returns a function that stops what it has begun, or nil. For this library only.
    def suspend(&step)
      answer = Fiber.yield(step)
      raise answer if answer.is_a?(Exception)

      answer
    end

    # Goes on with an answer until the work waits or has ended. For this library only.
    def go(answer = nil)
      loop do
        @state = :running
        step = @fiber.resume(answer)
        return finish unless alive?

        @state = :waiting
        answered, answer = begin_step(step)
        return unless answered
      end
    end

    private

    def stop(error)
      case @state
      when :new
        @state = :ended
        @error = error
        finish
      when :waiting
        stop = @stop
        @answer = nil # what the host still has to say is not heard
        stop&.call
        go(error)
      end
      nil
    end

    # Returns whether the step was answered at once, and its answer. What it raises is raised in the task.
    def begin_step(step)
      answer = []
      has_returned = false
      @answer = answer
      @stop = nil
      stop = step.call(lambda do |outcome|
        next unless @answer.equal?(answer) # it was answered before, or cancelled

        @answer = nil
        has_returned ? go(outcome) : answer << true << outcome
      end)
      @stop = stop if @answer.equal?(answer)
      has_returned = true
      answer.empty? ? [false, nil] : answer
    rescue StandardError => e
      @answer = nil
      [true, e]
    end

    def finish
      @on_end.each(&:call)
      warn("renderiq: a task has failed: #{error.message} (#{error.class})") if error && !@handles_errors
    end
  end
end
