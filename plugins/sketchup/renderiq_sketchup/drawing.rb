# frozen_string_literal: true

module RenderiqSketchup
  # The rendering options and the shadow settings of captures, by their names in SketchUp. Values are those of SketchUp.
  module Drawing
    # The even light grey behind a capture without sky.
    BACKDROP = [226, 230, 236].freeze
    BLACK = [0, 0, 0].freeze
    WHITE = [255, 255, 255].freeze
    # What is for modelling, and is no part of the building.
    TIDY = {
      "DisplaySketchAxes" => false, "DisplayInstanceAxes" => false, "HideConstructionGeometry" => true,
      "DisplaySectionPlanes" => false, "DisplayWatermarks" => false, "DrawHidden" => false,
      "DrawHiddenGeometry" => false, "DrawHiddenObjects" => false, "DisplayDims" => false, "DisplayText" => false,
      "ShowViewName" => false, "ModelTransparency" => false, "InactiveHidden" => false, "InstanceHidden" => false
    }.freeze
    # Lines that a style draws.
    WITHOUT_EDGES = {
      "EdgeDisplayMode" => false, "DrawSilhouettes" => false, "DrawDepthQue" => false, "DrawLineEnds" => false,
      "ExtendLines" => false, "JitterEdges" => false, "EdgeType" => 0, "DrawBackEdges" => false,
      "SectionCutDrawEdges" => false
    }.freeze
    WITHOUT_SKY = { "DrawHorizon" => false, "DrawGround" => false, "DrawUnderground" => false }.freeze
    # Faces in one flat colour each. RenderMode 2 shades without textures.
    FLAT = {
      "RenderMode" => 2, "Texture" => false, "DisplayColorByLayer" => false, "MaterialTransparency" => false,
      "DisplayFog" => false, "AmbientOcclusion" => false, "SectionCutFilled" => false
    }.freeze
    # With these levels, the sun gives every face the colour of its material. The first one that proves right is used.
    DARK_LEVELS = [80, 100].freeze

    module_function

    # Returns the options of a capture.
    def capture(edges:, sky:)
      values = TIDY.merge("DisplayFog" => false)
      values = values.merge(WITHOUT_EDGES) unless edges
      values = values.merge(WITHOUT_SKY, "BackgroundColor" => colour(BACKDROP)) unless sky
      values
    end

    # Returns the options of guides. Faces without a material have these colours on their fronts and backs.
    def flat(front, back)
      TIDY.merge(WITHOUT_EDGES, WITHOUT_SKY, FLAT, "BackgroundColor" => colour(BLACK),
                                                   "FaceFrontColor" => colour(front), "FaceBackColor" => colour(back))
    end

    # Returns the options of fog that is black from +far+ on, in inches.
    def fog(near, far)
      { "DisplayFog" => true, "FogUseBkColor" => false, "FogColor" => colour(BLACK), "FogStartDist" => near.to_f,
        "FogEndDist" => far.to_f }
    end

    # Returns the shadow settings of guides.
    def unlit(dark)
      { "DisplayShadows" => false, "UseSunForAllShading" => true, "Light" => 0, "Dark" => dark }
    end

    def colour(levels)
      Sketchup::Color.new(*levels)
    end
  end
end
