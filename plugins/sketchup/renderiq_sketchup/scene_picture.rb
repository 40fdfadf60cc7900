# frozen_string_literal: true

module RenderiqSketchup
  # A picture as a scene of the model: it stands before the camera and fills the view. Its tag is hidden in all other
  # scenes.
  class ScenePicture
    TAG = "Renderiq"
    # In inches: nearer than anything that a camera sees.
    DISTANCE = 2.0
    private_constant :TAG, :DISTANCE

    # Whether a scene of this name shows a result, which is not to be rendered again.
    def self.name?(name)
      name.start_with?("#{TAG} ")
    end

    def initialize(model)
      @model = model
    end

    # Adds the picture, as one step to undo. Raises CaptureError if SketchUp cannot read it.
    def add(path, name)
      @model.start_operation("Renderiq: #{name}", true)
      tag = hidden_tag
      stand(path, tag)
      page = @model.pages.add(free_name("Renderiq #{name}"))
      tag.visible = false
      @model.pages.each { |each| each.set_visibility(tag, each == page) }
      @model.commit_operation
      page
    rescue StandardError
      @model.abort_operation
      raise
    end

    private

    def hidden_tag
      tag = @model.layers.add(TAG)
      tag.page_behavior = LAYER_HIDDEN_BY_DEFAULT | LAYER_IS_HIDDEN_ON_NEW_PAGES
      tag
    end

    def stand(path, tag)
      width, height = Png.size(path)
      camera = @model.active_view.camera
      ratio = width.to_f / height
      high = camera.perspective? ? 2 * DISTANCE * Math.tan(upright(camera, ratio) * Math::PI / 360) : camera.height.to_f
      right = camera.direction.cross(camera.up)
      middle = camera.eye.offset(camera.direction, DISTANCE)
      corner = middle.offset(right, -high * ratio / 2).offset(camera.up, -high / 2)
      image = @model.entities.add_image(path, Geom::Point3d.new(0, 0, 0), high * ratio, high)
      raise CaptureError, "SketchUp cannot read the picture." unless image

      image.transformation = Geom::Transformation.axes(corner, right, camera.up, camera.direction.reverse)
      image.layer = tag
    rescue ArgumentError => e
      raise CaptureError, "SketchUp cannot read the picture: #{e.message}"
    end

    # Returns the vertical angle of the view in degrees.
    def upright(camera, ratio)
      return camera.fov if camera.fov_is_height?

      Math.atan(Math.tan(camera.fov * Math::PI / 360) / ratio) * 360 / Math::PI
    end

    def free_name(wanted)
      taken = @model.pages.map(&:name)
      return wanted unless taken.include?(wanted)

      (2..).lazy.map { |number| "#{wanted} (#{number})" }.find { |name| !taken.include?(name) }
    end
  end
end
