# frozen_string_literal: true

# Points, vectors and boxes. They are values of the program, so that their calls are not counted.
module Geom
  class Triple
    def initialize(*numbers)
      numbers = numbers.first.to_a if numbers.size == 1
      raise ArgumentError, "three numbers are wanted" unless numbers.size == 3

      numbers.each { |number| Double::Check.kind(number, Numeric, "a coordinate") }
      @numbers = numbers.map(&:to_f)
    end

    def x
      @numbers[0]
    end

    def y
      @numbers[1]
    end

    def z
      @numbers[2]
    end

    def to_a
      @numbers.dup
    end

    def ==(other)
      other.class == self.class && other.to_a == to_a
    end
  end

  class Vector3d < Triple
    def length
      Math.sqrt(to_a.sum { |each| each * each })
    end

    def cross(other)
      a = to_a
      b = other.to_a
      Vector3d.new((a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0]))
    end

    def normalize
      Vector3d.new(*to_a.map { |each| each / length })
    end

    def reverse
      Vector3d.new(*to_a.map(&:-@))
    end
  end

  class Point3d < Triple
    def offset(vector, distance = nil)
      vector = vector.normalize.to_a.map { |each| each * distance } if distance
      Point3d.new(*to_a.zip(vector.to_a).map { |a, b| a + b })
    end

    def distance(other)
      Math.sqrt(to_a.zip(other.to_a).sum { |a, b| (a - b)**2 })
    end
  end

  class Transformation
    attr_reader :arguments

    def self.axes(origin, xaxis, yaxis, zaxis)
      Double::Check.kind(origin, Point3d, "origin")
      [xaxis, yaxis, zaxis].each { |axis| Double::Check.kind(axis, Vector3d, "axis") }
      new([origin, xaxis, yaxis, zaxis])
    end

    def initialize(arguments)
      @arguments = arguments
    end
  end

  class BoundingBox
    def initialize(points = [])
      @points = points
    end

    def empty?
      @points.empty?
    end

    def corner(number)
      raise ArgumentError, "corners are 0 to 7" unless (0..7).cover?(number)

      low, high = %i[min max].map do |which|
        (0..2).map do |axis|
          @points.map do |point|
            point[axis]
          end.public_send(which)
        end
      end
      Point3d.new(*(0..2).map { |axis| ((number >> axis) & 1).zero? ? low[axis] : high[axis] })
    end
  end
end
