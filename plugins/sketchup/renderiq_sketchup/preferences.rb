# frozen_string_literal: true

module RenderiqSketchup
  # What the user has set, kept by SketchUp for all models.
  class Preferences
    SECTION = "Renderiq"
    DEFAULTS = {
      "online" => true, "server" => "", "look" => "{}", "edges" => false, "sky" => false,
      "guides" => true, "beside" => true, "insert" => false, "language" => "auto", "theme" => "auto"
    }.freeze
    private_constant :SECTION

    def [](name)
      Sketchup.read_default(SECTION, name, DEFAULTS.fetch(name))
    end

    def []=(name, value)
      raise KeyError, name unless DEFAULTS.key?(name)

      Sketchup.write_default(SECTION, name, value)
    end

    # Returns the look that was used last.
    def look
      Look.read(JSON.parse(self["look"]))
    rescue JSON::ParserError
      Look.read({})
    end

    def look=(values)
      self["look"] = JSON.generate(Look.read(values))
    end

    # Returns the address of the server: the user's, that of the build, or the local one.
    def server
      chosen = self["server"]
      return chosen unless chosen.empty?

      JSON.parse(File.read(File.join(__dir__, "server.json"), encoding: "UTF-8")).fetch("url")
    rescue SystemCallError, JSON::ParserError, KeyError
      LOCAL_SERVER
    end
  end
end
