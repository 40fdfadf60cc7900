# frozen_string_literal: true

module Renderiq
  # How a client tells the server who it is.
  module Identity
    NAMES = {
      "sketchup" => "SketchUp", "revit" => "Revit", "autocad" => "AutoCAD",
      "rhino" => "Rhino", "archicad" => "ArchiCAD", "blender" => "Blender",
      "freecad" => "FreeCAD"
    }.freeze
    private_constant :NAMES

    module_function

    # Returns the headers that name the host, the plugin, and this library.
    def headers(platform, plugin_version)
      name = platform.to_s.downcase
      {
        "User-Agent" => "Renderiq-Plugin/#{NAMES.fetch(name, name.capitalize)}/#{plugin_version}",
        "X-Renderiq-Platform" => name,
        "X-Renderiq-Plugin-Version" => plugin_version,
        "X-Renderiq-Client" => "renderiq-ruby/#{VERSION} ruby/#{RUBY_VERSION} #{system_name}"
      }
    end

    def system_name
      case RbConfig::CONFIG["host_os"]
      when /mswin|mingw/ then "windows"
      when /darwin/ then "macos"
      else "linux"
      end
    end
  end
end
