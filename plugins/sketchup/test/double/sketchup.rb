# frozen_string_literal: true

require "json"
require_relative "core"
require_relative "geom"
require_relative "settings"
require_relative "model"
require_relative "view"
require_relative "picture"
require_relative "ui"
require_relative "http"
require_relative "house"

# An extension, as it is registered.
class SketchupExtension
  attr_accessor :version, :creator, :copyright, :description
  attr_reader :name, :path

  def initialize(name, path)
    Double::Check.kind(name, String, "name")
    Double::Check.kind(path, String, "path")
    @name = name
    @path = path
  end
end

# The application.
module Sketchup
  class << self
    extend Double::Api
    attr_reader :tests_defaults, :tests_extensions, :tests_observers

    # A new document in a SketchUp of this version.
    def tests_open(version: 24.0)
      Double.reset(version: version)
      UI.tests_reset
      @tests_defaults = {}
      @tests_observers = []
      @tests_extensions = []
      @model = Model.new
    end

    api(:active_model) { @model }
    api(:version) { format("%.1f.484", Double.version) }
    api(:get_locale) { "en-US" }
    api(:platform) { :platform_win }
    api(:temp_dir) { Dir.tmpdir }
    api(:read_default) { |section, name, default = nil| @tests_defaults.fetch([section, name], default) }
    api(:write_default) do |section, name, value|
      Double::Check.kind(value, [String, Numeric, *Double::Check::BOOLEAN], "value")
      @tests_defaults[[section, name]] = value
      true
    end
    api(:register_extension) do |extension, load_now|
      Double::Check.kind(extension, SketchupExtension, "extension")
      @tests_extensions << extension
      require extension.path if load_now
      true
    end
    api(:add_observer) do |observer|
      @tests_observers << observer
      true
    end
    api(:set_status_text) { |text = "", _place = 0| Double::Check.kind(text, String, "status") }
  end

  class AppObserver
  end
end

# The program tells whether a file was loaded already.
def file_loaded?(path)
  ($tests_loaded ||= {}).key?(path)
end

def file_loaded(path)
  ($tests_loaded ||= {})[path] = true
end

Sketchup.tests_open
