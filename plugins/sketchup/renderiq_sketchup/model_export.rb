# frozen_string_literal: true

module RenderiqSketchup
  # Exports the model as GLB for the path tracer.
  module ModelExport
    FIRST_VERSION = 24
    private_constant :FIRST_VERSION

    module_function

    # Whether this SketchUp writes glTF: from 2024 on.
    def possible?
      Sketchup.version.to_i >= FIRST_VERSION
    end

    # Writes the model, and returns the path. Raises CaptureError.
    def write(model, path, turns)
      raise CaptureError, "The path tracer needs SketchUp 2024 or later. Choose another model." unless possible?

      done = turns.foreign { model.export(path, show_summary: false) }
      return path if done && File.size?(path)

      raise CaptureError, "SketchUp could not export the model as glTF. Purge the model, and try again."
    end

    # Returns the field +sun+ of an order: where the sun of the model stands. Nil at night without shadows.
    def sun(model)
      info = model.shadow_info
      sun = Wire.sun(info["SunDirection"].to_a)
      sun if sun && (info["DisplayShadows"] || sun["elevation"].positive?)
    end
  end
end
