# frozen_string_literal: true

require "fileutils"
require "json"
require "securerandom"

# Another extension may bring another version of the SDK, so that this one has it inside of its own module.
require_relative "sdk/renderiq"
require_relative "version"
require_relative "turns"
require_relative "host"
require_relative "restore"
require_relative "frame"
require_relative "sight"
require_relative "material_words"
require_relative "png"
require_relative "proofs"
require_relative "drawing"
require_relative "capture"
require_relative "guides"
require_relative "scenes"
require_relative "model_export"
require_relative "scene_picture"
require_relative "look"
require_relative "sentences"
require_relative "logs"
require_relative "offer"
require_relative "jobs"
require_relative "account"
require_relative "service"
require_relative "preferences"
require_relative "studio"
require_relative "schema"
require_relative "state"
require_relative "requests"
require_relative "panel"
require_relative "plugin"

# Renders what SketchUp shows, in a chosen style.
module RenderiqSketchup
  class << self
    # The extension as it runs, or nil before +start+.
    attr_reader :plugin

    # Starts the extension, once.
    def start
      return if @plugin

      @plugin = Plugin.new
      @plugin.start
    end
  end

  start unless ENV["RENDERIQ_SKETCHUP_TEST"]
end
