# frozen_string_literal: true

module RenderiqSketchup
  # What a user chooses for all views together, by the names of the wire. Nothing means that the server chooses.
  module Look
    PATH_TRACER = "cycles"
    MAX_SEED = (2**31) - 1
    FIELDS = %w[style prompt negativePrompt quality model aspectRatio structureStrength seed].freeze
    DEFAULTS = { "aspectRatio" => Frame::NEAREST, "structureStrength" => 0.7 }.freeze
    TEXTS = %w[style prompt negativePrompt quality model].freeze
    private_constant :TEXTS

    module_function

    # Returns a look with what this version knows, without empty texts.
    def read(values)
      found = (values || {}).slice(*FIELDS).reject { |_, value| value.nil? || value == "" }
      found["structureStrength"] = found["structureStrength"].to_f.clamp(0.0, 1.0) if found["structureStrength"]
      found["seed"] = found["seed"].to_i.clamp(0, MAX_SEED) if found["seed"]
      DEFAULTS.merge(found)
    end

    # Returns a look with all fields, as the panel has it.
    def full(look)
      TEXTS.map { |name| [name, ""] }.to_h.merge("seed" => nil).merge(read(look))
    end

    # Returns the fields of an order. Its ratio is that of the capture.
    def fields(look)
      look.reject { |name, _| name == "aspectRatio" }
    end

    # Whether the model itself is rendered, in place of the capture.
    def path_traced?(look)
      look["model"] == PATH_TRACER
    end

    # Returns a seed by chance.
    def roll
      Random.rand(MAX_SEED + 1)
    end
  end
end
