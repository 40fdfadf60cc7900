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

    # Puts everything back. A step that fails hinders no other one, and is tried again after them. Raises its error if
    # it goes on failing.
    def now
      waiting = @steps.reverse
      @steps = []
      error = nil
      TRIES.times do
        waiting = waiting.reject do |step|
          step.call
          true
        rescue StandardError => e
          error = e
          false
        end
        return nil if waiting.empty?
      end
      raise error
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

    # Some switches are numbers in one version of SketchUp and truth values in another.
    def number_like(old, value)
      return value unless [true, false].include?(value) && old.is_a?(Integer)

      value ? 1 : 0
    end
  end
end
