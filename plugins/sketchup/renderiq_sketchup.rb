# frozen_string_literal: true

require "sketchup"
require "extensions"

# Renders what SketchUp shows. This file only registers the extension; SketchUp loads the rest if it is switched on.
module RenderiqSketchup
  EXTENSION = SketchupExtension.new("Renderiq", File.join(__dir__, "renderiq_sketchup", "main"))
  EXTENSION.version = "0.1.0"
  EXTENSION.creator = "Renderiq"
  EXTENSION.copyright = "2026"
  EXTENSION.description = "Renders a view, all scenes or the model itself in a chosen style."
  Sketchup.register_extension(EXTENSION, true)
end
