# frozen_string_literal: true

module RenderiqSketchup
  # The camera of a capture: vectors are arrays of three numbers in inches, in SketchUp's axes (Z is up). It calls nothing
  # of SketchUp except in +of+.
  #
  # +fov+ is the vertical angle of the capture in degrees, +height+ what a parallel capture shows in inches, and +ratio+
  # its width divided by its height.
  Sight = Struct.new(:eye, :forward, :up, :fov, :height, :is_parallel, :ratio, :distance, keyword_init: true) do
    # Returns the sight of a SketchUp camera whose frame has this ratio, and this vertical angle or height.
    def self.of(camera, ratio, fov: nil, height: nil)
      eye = camera.eye.to_a.map(&:to_f)
      away = Vectors.minus(camera.target.to_a.map(&:to_f), eye)
      new(eye: eye, forward: camera.direction.to_a, up: camera.up.to_a, ratio: ratio, fov: fov, height: height,
          is_parallel: fov.nil?, distance: [Vectors.length(away), 1.0].max)
    end

    def right
      Vectors.unit(Vectors.cross(forward, up))
    end

    # Returns the direction that is up in the picture.
    def upwards
      Vectors.cross(right, forward)
    end

    # Returns the ray through a place of the picture: its beginning and its direction of length 1. +across+ and +down+ go
    # from 0 to 1 from the left upper corner.
    def ray(across, down)
      tall = is_parallel ? height : 2 * Math.tan(fov * Math::PI / 360)
      aside = Vectors.plus(Vectors.times(right, (across - 0.5) * tall * ratio),
                           Vectors.times(upwards, (0.5 - down) * tall))
      return [Vectors.plus(eye, aside), forward] if is_parallel

      [eye, Vectors.unit(Vectors.plus(forward, aside))]
    end

    # Returns how far a point is away along the view, in inches.
    def depth_of(point)
      Vectors.dot(Vectors.minus(point, eye), forward)
    end

    # Returns the field +camera+ of an order: metres, in the axes of glTF. +near+ and +far+ are the inches that white and
    # black of the depth image stand for. A +model+ keeps the direction that is up; the capture's camera stands upright.
    def wire(near: nil, far: nil, model: false)
      target = Vectors.plus(eye, Vectors.times(forward, distance))
      fields = {
        "position" => Wire.point(eye), "target" => Wire.point(target),
        "up" => model ? Wire.direction(upwards) : [0.0, 1.0, 0.0],
        "projection" => is_parallel ? "parallel" : "perspective"
      }
      angle = is_parallel ? parallel_angle(model) : fov
      fields["fov"] = angle.clamp(1, 170).round(4) if angle
      if near && far && near < far
        fields["near"] = (near * Wire::METRES).round(5)
        fields["far"] = (far * Wire::METRES).round(5)
      end
      fields
    end

    private

    # The server takes the height of a parallel frame from its distance and its angle.
    def parallel_angle(model)
      2 * Math.atan(height / 2 / distance) * 180 / Math::PI if model
    end
  end

  # What the API understands of SketchUp's inches and axes.
  module Wire
    METRES = 0.0254

    module_function

    # Returns a point in metres, in the axes of glTF (Y is up).
    def point(vector)
      direction(vector.map { |value| value * METRES })
    end

    # Returns a vector without a unit in the axes of glTF.
    def direction(vector)
      x, y, z = vector
      [x, z, -y].map { |value| value.to_f.round(5) + 0.0 }
    end

    # Returns the field +sun+ of an order from the direction towards the sun. Nil if there is none.
    def sun(towards)
      return nil if Vectors.length(towards) < 1e-9

      x, y, z = Vectors.unit(towards)
      # Clockwise from SketchUp's +Y, which is -Z of glTF.
      { "azimuth" => (Math.atan2(x, y) * 180 / Math::PI % 360).round(3),
        "elevation" => (Math.asin(z.clamp(-1, 1)) * 180 / Math::PI).round(3) }
    end
  end

  # Arithmetic of arrays of three numbers.
  module Vectors
    module_function

    def plus(one, other)
      one.zip(other).map { |a, b| a + b }
    end

    def minus(one, other)
      one.zip(other).map { |a, b| a - b }
    end

    def times(vector, factor)
      vector.map { |value| value * factor }
    end

    def dot(one, other)
      one.zip(other).sum { |a, b| a * b }
    end

    def cross(one, other)
      [(one[1] * other[2]) - (one[2] * other[1]), (one[2] * other[0]) - (one[0] * other[2]),
       (one[0] * other[1]) - (one[1] * other[0])]
    end

    def length(vector)
      Math.sqrt(dot(vector, vector))
    end

    def unit(vector)
      times(vector, 1 / length(vector))
    end
  end
end
