# frozen_string_literal: true

module RenderiqSketchup
  # Where a camera is and how it sees.
  Viewpoint = Struct.new(:place, :perspective, :extent, :aspect, :two_points, keyword_init: true) do
    def self.of(camera)
      perspective = camera.perspective?
      new(place: [camera.eye, camera.target, camera.up], perspective: perspective, aspect: camera.aspect_ratio,
          extent: perspective ? camera.fov : camera.height, two_points: perspective && camera.is_2d?)
    end

    # Makes a camera see that.
    def show(camera)
      camera.perspective = perspective unless camera.perspective? == perspective
      camera.set(*place)
      perspective ? camera.fov = extent : camera.height = extent
      camera.aspect_ratio = aspect unless camera.aspect_ratio == aspect
    end

    # Shows it in the active view during the block. SketchUp cannot show a perspective with two points anew: then the
    # view stays as it is.
    def during(model)
      Restore.around do |restore|
        camera = model.active_view.camera
        now = Viewpoint.of(camera)
        unless now == self || two_points || now.two_points
          restore.later { now.show(camera) }
          show(camera)
        end
        yield
      end
    end
  end

  # Shows the model's scenes one after the other, and then everything as it was: the selected scene, the camera, the
  # style's options, shadows, tags, hidden objects, and section planes.
  class Scenes
    # What follows from other values, and cannot be set.
    DERIVED = %w[SunDirection SunRise SunRise_time_t SunSet SunSet_time_t ShadowTime_time_t DayOfYear].freeze
    private_constant :DERIVED

    def initialize(model)
      @model = model
    end

    # Returns the names of the scenes, in their order.
    def names
      @model.pages.map(&:name)
    end

    # Shows a scene during the block. Raises CaptureError if it is gone.
    def show(name)
      page = @model.pages[name] or raise CaptureError, "The scene #{name} is not in the model any more."

      Restore.around do |restore|
        remember(restore)
        @model.pages.selected_page = page
        yield
      end
    end

    private

    # Whatever is remembered first is put back last, and the selected scene brings settings of its own: it comes first.
    def remember(restore)
      remember_camera(restore)
      remember_values(restore, @model.rendering_options)
      remember_values(restore, @model.shadow_info)
      remember_tags(restore)
      remember_hidden(restore)
      remember_sections(restore)
      pages = @model.pages
      selected = pages.selected_page
      restore.later { pages.selected_page = selected } if selected
      transitions = @model.options["PageOptions"]
      shown = transitions["ShowTransition"]
      restore.later { transitions["ShowTransition"] = shown }
      transitions["ShowTransition"] = false
    end

    def remember_camera(restore)
      viewpoint = Viewpoint.of(@model.active_view.camera)
      restore.later { viewpoint.show(@model.active_view.camera) }
    end

    def remember_values(restore, settings)
      values = (settings.keys - DERIVED).map { |key| [key, settings[key]] }.to_h
      restore.later { values.each { |key, value| settings[key] = value unless settings[key] == value } }
    end

    def remember_tags(restore)
      seen = @model.layers.map { |layer| [layer, layer.visible?] }
      restore.later { seen.each { |layer, visible| layer.visible = visible unless layer.visible? == visible } }
    end

    # A scene hides objects at the top of the model, and those that it names itself.
    def remember_hidden(restore)
      pages = @model.pages.select { |page| page.use_hidden_geometry? || page.use_hidden_objects? }
      return if pages.empty?

      objects = (@model.entities.to_a + pages.flat_map { |page| page.hidden_entities.to_a }).uniq
      seen = objects.select { |object| object.respond_to?(:hidden?) }.map { |object| [object, object.hidden?] }
      restore.later { seen.each { |object, hidden| object.hidden = hidden unless object.hidden? == hidden } }
    end

    def remember_sections(restore)
      entities = @model.entities
      plane = entities.active_section_plane
      restore.later { entities.active_section_plane = plane }
    end
  end
end
