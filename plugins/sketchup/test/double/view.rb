# frozen_string_literal: true

module Sketchup
  class Camera
    extend Double::Api
    # [eye, target, up, is perspective, fov, height, aspect ratio]
    attr_accessor :tests_state
    attr_writer :tests_two_points, :tests_fov_is_height

    def initialize(eye, target, up, perspective = true, fov = 35.0)
      Double::Check.kind(perspective, Double::Check::BOOLEAN, "perspective")
      @tests_state = [eye, target, up, perspective, Float(fov), 400.0, 0.0].freeze
      @tests_two_points = false
      @tests_fov_is_height = true
    end

    api(:eye) { @tests_state[0] }
    api(:target) { @tests_state[1] }
    api(:up) do
      direction = tests_direction
      direction.cross(@tests_state[2]).cross(direction).normalize
    end
    api(:direction) { tests_direction }
    api(:perspective?) { @tests_state[3] }
    api(:perspective=) { |value| put(3, value, Double::Check::BOOLEAN) }
    api(:fov) { @tests_state[3] ? @tests_state[4] : raise(ArgumentError, "the camera is parallel") }
    api(:fov=) do |value|
      raise ArgumentError, "1 to 120 degrees" unless (1..120).cover?(value)

      put(4, value, Numeric)
    end
    api(:fov_is_height?) { @tests_fov_is_height }
    api(:height) { @tests_state[3] ? raise(ArgumentError, "the camera has a perspective") : @tests_state[5] }
    api(:height=) { |value| put(5, value, Numeric) }
    api(:aspect_ratio) { @tests_state[6] }
    api(:aspect_ratio=) { |value| put(6, value, Numeric) }
    api(:is_2d?) { @tests_two_points }
    api(:set) do |eye, target, up|
      @tests_state = [eye, target, up, *@tests_state.drop(3)].freeze
      self
    end

    # What the camera is, whatever vector has told it where up is.
    def tests_seen
      direction = tests_direction
      up = direction.cross(@tests_state[2]).cross(direction).normalize
      [*[*@tests_state.first(2), up].map { |each| each.to_a.map { |number| number.round(6) } }, *@tests_state.drop(3)]
    end

    def tests_direction
      Geom::Vector3d.new(*@tests_state[1].to_a.zip(@tests_state[0].to_a).map { |a, b| a - b }).normalize
    end

    private

    def put(place, value, kinds)
      Double::Check.kind(value, kinds, "a value of the camera")
      @tests_state = @tests_state.dup.tap { |state| state[place] = value }.freeze
    end
  end

  class View
    extend Double::Api
    OPTIONS = %i[filename width height scale_factor antialias compression transparent source].freeze
    attr_reader :tests_camera, :tests_written
    attr_accessor :tests_size, :tests_fog, :tests_true_dark

    def initialize(model)
      @model = model
      @tests_size = [1280, 720]
      @tests_camera = Camera.new(Geom::Point3d.new(-300, -420, 190), Geom::Point3d.new(120, 100, 80),
                                 Geom::Vector3d.new(0, 0, 1))
      @tests_written = []
      @tests_fog = :depth
      @tests_true_dark = 80
    end

    api(:camera) { @tests_camera }
    api(:vpwidth) { @tests_size[0] }
    api(:vpheight) { @tests_size[1] }
    api(:invalidate) { self }
    api(:write_image) do |options|
      Double::Check.kind(options, Hash, "options")
      Double::Check.keys(options, OPTIONS)
      raise ArgumentError, "at most 16000 pixels" if [options[:width], options[:height]].max > 16_000

      @tests_written << [File.basename(options[:filename]), @model.tests_everything]
      Double::Picture.new(@model, options[:width], options[:height]).write(options[:filename])
      true
    end
  end
end
