# frozen_string_literal: true

module Sketchup
  class Color
    attr_reader :red, :green, :blue, :alpha

    def initialize(red, green, blue, alpha = 255)
      [red, green, blue, alpha].each do |level|
        raise ArgumentError, "levels are 0 to 255" unless (0..255).cover?(level)
      end
      @red = red
      @green = green
      @blue = blue
      @alpha = alpha
    end

    def to_a
      [red, green, blue, alpha]
    end

    def ==(other)
      other.is_a?(Color) && other.to_a == to_a
    end
  end

  # A set of keys that SketchUp knows, and the kinds of their values.
  class Settings
    extend Double::Api

    def initialize(values, since = {}, frozen = [])
      @values = values.reject { |key, _| since.fetch(key, 0) > Double.version }
      @kinds = @values.transform_values { |value| kinds_of(value) }
      @frozen = frozen
    end

    api(:keys) { @values.keys }

    api(:[]) do |key|
      check(key)
      read(key)
    end

    api(:[]=) do |key, value|
      check(key)
      raise ArgumentError, "#{key} cannot be set" if @frozen.include?(key)

      Double::Check.kind(value, @kinds.fetch(key), key)
      @values[key] = value
    end

    # For tests: everything at once.
    def peek
      @values.dup
    end

    def take(values)
      @values.update(values)
    end

    private

    def read(key)
      @values[key]
    end

    def check(key)
      Double::Check.kind(key, String, "key")
      raise ArgumentError, "unknown key #{key}" unless @values.key?(key)
    end

    def kinds_of(value)
      case value
      when true, false then Double::Check::BOOLEAN
      when Numeric then value.is_a?(Float) ? [Float] : [Integer]
      else [value.class]
      end
    end
  end

  class RenderingOptions < Settings
    SINCE = { "AmbientOcclusion" => 24.0, "AmbientOcclusionDistance" => 24.0,
              "AmbientOcclusionIntensity" => 24.0 }.freeze

    def self.defaults
      {
        "BackgroundColor" => Color.new(255, 255, 255), "BandColor" => Color.new(0, 0, 0),
        "ConstructionColor" => Color.new(0, 0, 0),
        "DepthQueWidth" => 4, "DisplayColorByLayer" => false, "DisplayDims" => true, "DisplayFog" => false,
        "DisplayInstanceAxes" => false, "DisplaySectionCuts" => true, "DisplaySectionPlanes" => true,
        "DisplaySketchAxes" => true, "DisplayText" => true, "DisplayWatermarks" => true, "DrawBackEdges" => false,
        "DrawDepthQue" => true, "DrawGround" => true, "DrawHidden" => true, "DrawHiddenGeometry" => true,
        "DrawHiddenObjects" => true, "DrawHorizon" => true, "DrawLineEnds" => true, "DrawProfilesOnly" => false,
        "DrawSilhouettes" => true, "DrawUnderground" => false, "EdgeColorMode" => 1, "EdgeDisplayMode" => 1,
        "EdgeType" => 1, "ExtendLines" => true, "FaceBackColor" => Color.new(164, 178, 187),
        "FaceFrontColor" => Color.new(255, 255, 255), "FogColor" => Color.new(255, 255, 255), "FogEndDist" => 1000.0,
        "FogStartDist" => 0.0, "FogUseBkColor" => true, "ForegroundColor" => Color.new(0, 0, 0),
        "GroundColor" => Color.new(210, 208, 185), "GroundTransparency" => 0, "HideConstructionGeometry" => false,
        "HighlightColor" => Color.new(0, 1, 255), "HorizonColor" => Color.new(0, 0, 0), "InactiveFade" => 0.5,
        "InactiveHidden" => false, "InstanceFade" => 0.5, "InstanceHidden" => false, "JitterEdges" => true,
        "LineEndWidth" => 9, "LineExtension" => 3, "LockedColor" => Color.new(255, 0, 0),
        "MaterialTransparency" => true,
        "ModelTransparency" => false, "RenderMode" => 3, "SectionActiveColor" => Color.new(255, 135, 0),
        "SectionCutDrawEdges" => true, "SectionCutFilled" => true, "SectionCutWidth" => 3,
        "SectionDefaultCutColor" => Color.new(0, 0, 0), "SectionDefaultFillColor" => Color.new(0, 0, 0),
        "SectionInactiveColor" => Color.new(112, 105, 97), "ShowViewName" => true, "SilhouetteWidth" => 2,
        "SkyColor" => Color.new(178, 213, 233), "Texture" => true, "TransparencySort" => 0, "AmbientOcclusion" => true,
        "AmbientOcclusionDistance" => 50.0, "AmbientOcclusionIntensity" => 50.0
      }
    end

    def initialize
      super(self.class.defaults, SINCE)
    end
  end

  class ShadowInfo < Settings
    FROZEN = %w[SunDirection SunRise SunRise_time_t SunSet SunSet_time_t].freeze

    def initialize
      super({
        "City" => "Berlin", "Country" => "Germany", "Dark" => 45, "DayOfYear" => 172, "DaylightSavings" => false,
        "DisplayNorth" => false, "DisplayOnAllFaces" => true, "DisplayOnGroundPlane" => true, "DisplayShadows" => true,
        "EdgesCastShadows" => false, "Latitude" => 52.5, "Light" => 80, "Longitude" => 13.4, "NorthAngle" => 0.0,
        "ShadowTime" => Time.utc(2026, 6, 21, 9), "ShadowTime_time_t" => 1_781_514_000,
        "SunDirection" => Geom::Vector3d.new(0.6, -0.5, 0.62), "SunRise" => Time.utc(2026, 6, 21, 3),
        "SunRise_time_t" => 1_782_000_000, "SunSet" => Time.utc(2026, 6, 21, 19), "SunSet_time_t" => 1_782_050_000,
        "TZOffset" => 1.0, "UseSunForAllShading" => false
      }, {}, FROZEN)
    end

    private

    # The sun moves with the time.
    def read(key)
      return super unless key == "SunDirection"

      angle = @values["ShadowTime"].hour / 24.0 * 2 * Math::PI
      Geom::Vector3d.new(Math.sin(angle), -0.6, 0.8)
    end
  end

  class OptionsProvider < Settings
    def initialize
      super({ "ShowTransition" => true, "TransitionTime" => 2.0 })
    end
  end

  class OptionsManager
    extend Double::Api

    def initialize
      @page_options = OptionsProvider.new
    end

    api(:[]) do |name|
      raise ArgumentError, "unknown provider #{name}" unless name == "PageOptions"

      @page_options
    end
  end
end
