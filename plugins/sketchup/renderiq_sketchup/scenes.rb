# frozen_string_literal: true

module RenderiqSketchup
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
      camera = @model.active_view.camera
      place = [camera.eye, camera.target, camera.up]
      is_perspective = camera.perspective?
      size = is_perspective ? camera.fov : camera.height
      aspect = camera.aspect_ratio
      restore.later do
        now = @model.active_view.camera
        now.perspective = is_perspective
        now.set(*place)
        is_perspective ? now.fov = size : now.height = size
        now.aspect_ratio = aspect
      end
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
