# frozen_string_literal: true

module RenderiqSketchup
  # Settings that are changed for a while. All of them are put back at the end, the last one first.
  #
  #   Restore.around do |restore|
  #     restore.later { options["DisplayFog"] = old }
  #     options["DisplayFog"] = true
  #   end
  #
  # +later+ comes before the change: a change that fails in the middle is put back too.
  class Restore
    TRIES = 3
    private_constant :TRIES

    # Runs the block, and then puts everything back, also if the block raises.
    def self.around
      restore = new
      begin
        yield restore
      ensure
        restore.now
      end
    end

    def initialize
      @steps = []
    end

    # Remembers how something is put back. The block may be called again if it fails.
    def later(&step)
      @steps << step
    end

    # Puts everything back. A step that fails is tried again at once, since the order matters; one that goes on failing
    # hinders no other one. Raises the first error.
    def now
      steps = @steps.reverse
      @steps = []
      errors = steps.map { |step| undo(step) }.compact
      raise errors.first unless errors.empty?
    end

    # Sets values of rendering options or of shadow info, among those that this version of SketchUp has.
    def set(settings, values)
      known = settings.keys
      values.each do |key, value|
        next unless known.include?(key)

        old = settings[key]
        value = number_like(old, value)
        next if old == value

        later { settings[key] = old }
        settings[key] = value
      end
    end

    private

    # Returns the error of a step that cannot be done.
    def undo(step)
      tries = 0
      begin
        step.call
        nil
      rescue StandardError => e
        (tries += 1) < TRIES ? retry : e
      end
    end

    # Some switches are numbers in one version of SketchUp and truth values in another.
    def number_like(old, value)
      return value unless [true, false].include?(value) && old.is_a?(Integer)

      value ? 1 : 0
    end
  end
end
