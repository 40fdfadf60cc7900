# frozen_string_literal: true

require "zlib"

module Double
  # Draws a model as SketchUp would with its rendering options: faces with the sun's light or without, fog, sky.
  class Picture
    # Ruby draws slowly, so that large pictures have squares of so many pixels.
    class << self
      attr_accessor :coarse
    end
    self.coarse = 2
    LARGE = 900

    def initialize(model, width, height)
      @model = model
      @square = width >= LARGE ? Picture.coarse : 1
      @width = width / @square
      @height = height / @square
      @options = model.tests_state[:options]
      @shadows = model.tests_state[:shadows]
      place_camera
    end

    def write(path)
      draw
      rows = @pixels.each_slice(@width).flat_map { |row| [line(row)] * @square }
      header = [@width * @square, @height * @square, 8, 2, 0, 0, 0].pack("NNC5")
      File.binwrite(path, "\x89PNG\r\n\x1A\n".b + chunk("IHDR", header) +
                          chunk("IDAT", Zlib::Deflate.deflate(rows.join, 1)) + chunk("IEND", ""))
    end

    private

    # Returns a row of the file: no filter, and three bytes for each pixel.
    def line(row)
      bytes = Hash.new { |known, pixel| known[pixel] = [pixel].pack("N")[1, 3] * @square }
      row.each_with_object("\0".b) { |pixel, text| text << bytes[pixel] }
    end

    def place_camera
      eye, _, up, @perspective, fov, height, = @model.instance_variable_get(:@view).tests_camera.tests_state
      @eye = eye.to_a
      @forward = @model.instance_variable_get(:@view).tests_camera.tests_direction.to_a
      @right = unit(cross(@forward, up.to_a))
      @up = cross(@right, @forward)
      @scale = @perspective ? @height / (2 * Math.tan(fov * Math::PI / 360)) : @height / height.to_f
    end

    def draw
      background = @options["DrawHorizon"] ? @options["SkyColor"] : @options["BackgroundColor"]
      @pixels = Array.new(@width * @height, pack(background.to_a))
      @nearness = Array.new(@width * @height, 0.0)
      @model.tests_faces.each { |face| draw_face(face) }
    end

    def draw_face(face)
      points = face.tests_points
      normal = unit(cross(minus(points[1], points[0]), minus(points[2], points[0])))
      is_front = dot(normal, minus(@eye, points[0])).positive?
      colour = shaded(colour_of(face, is_front), is_front ? normal : normal.map(&:-@))
      corners = in_front(points).map { |point| project(point) }
      (1..corners.size - 2).each { |n| fill([corners[0], corners[n], corners[n + 1]], colour) }
    end

    # Cuts away what lies behind the camera.
    def in_front(points)
      depths = points.map { |point| dot(minus(point, @eye), @forward) - 1 }
      points.each_index.flat_map do |n|
        one = depths[n - 1]
        two = depths[n]
        part = one / (one - two) if one.positive? != two.positive?
        cut = part && points[n - 1].zip(points[n]).map { |a, b| a + ((b - a) * part) }
        [cut, (points[n] if two.positive?)].compact
      end
    end

    def project(point)
      away = minus(point, @eye)
      depth = dot(away, @forward)
      zoom = @perspective ? @scale / depth : @scale
      [(@width / 2.0) + (dot(away, @right) * zoom), (@height / 2.0) - (dot(away, @up) * zoom), depth]
    end

    def colour_of(face, is_front)
      return face.tests_material.tests_color.to_a if face.tests_material

      @options[is_front ? "FaceFrontColor" : "FaceBackColor"].to_a
    end

    # Light and Dark as in the dialog of shadows: without light of the sun, Dark alone decides.
    def shaded(colour, normal)
      view = @model.instance_variable_get(:@view)
      light =
        if @shadows["UseSunForAllShading"]
          (@shadows["Dark"] / view.tests_true_dark.to_f) + (@shadows["Light"] / 100.0 * [dot(normal, SUN), 0].max)
        else
          0.55 + (0.45 * dot(normal, SUN).abs)
        end
      colour.first(3).map { |level| (level * light).clamp(0, 255) }
    end

    def fill(triangle, colour)
      (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) = triangle
      area = ((x1 - x0) * (y2 - y0)) - ((x2 - x0) * (y1 - y0))
      return if area.abs < 1e-9

      # Nearness is linear in the picture: 1 / z in perspective, -z without.
      n0, n1, n2 = [z0, z1, z2].map { |z| @perspective ? 1.0 / z : 1e6 - z }
      per_x = (((n1 - n0) * (y2 - y0)) - ((n2 - n0) * (y1 - y0))) / area
      per_y = (((n2 - n0) * (x1 - x0)) - ((n1 - n0) * (x2 - x0))) / area
      fogged = @options["DisplayFog"]
      flat = pack(colour)
      edges = [[x0, y0, x1, y1], [x1, y1, x2, y2], [x2, y2, x0, y0]]
      first = [[y0, y1, y2].min.ceil, 0].max
      last = [[y0, y1, y2].max.floor, @height - 1].min
      (first..last).each do |y|
        middle = y + 0.5
        crossings = edges.map do |ax, ay, bx, by|
          next if (ay <= middle) == (by <= middle)

          ax + ((bx - ax) * (middle - ay) / (by - ay))
        end.compact
        next if crossings.size < 2

        from = [(crossings.min - 0.5).ceil, 0].max
        to = [(crossings.max - 0.5).floor, @width - 1].min
        nearness = n0 + (per_x * (from + 0.5 - x0)) + (per_y * (middle - y0))
        at = (y * @width) + from
        stop = (y * @width) + to
        while at <= stop
          if nearness > @nearness[at]
            @nearness[at] = nearness
            @pixels[at] = fogged ? fog(colour, nearness, at % @width, y) : flat
          end
          nearness += per_x
          at += 1
        end
      end
    end

    def fog(colour, nearness, column, row)
      distance = @perspective ? 1 / nearness : 1e6 - nearness
      view = @model.instance_variable_get(:@view)
      if view.tests_fog == :radial # as some graphics drivers have it
        aside = Math.hypot(column - (@width / 2.0), row - (@height / 2.0)) / @scale
        distance *= Math.sqrt(1 + (aside * aside))
      end
      near = @options["FogStartDist"]
      part = ((distance - near) / (@options["FogEndDist"] - near)).clamp(0.0, 1.0)
      part **= 3 if view.tests_fog == :curved
      fog = @options[@options["FogUseBkColor"] ? "BackgroundColor" : "FogColor"].to_a
      pack(colour.zip(fog).map { |a, b| a + ((b - a) * part) })
    end

    def pack(levels)
      (levels[0].round << 16) | (levels[1].round << 8) | levels[2].round
    end

    def chunk(name, content)
      [content.bytesize].pack("N") + name + content + [Zlib.crc32(name + content)].pack("N")
    end

    def minus(one, other)
      [one[0] - other[0], one[1] - other[1], one[2] - other[2]]
    end

    def dot(one, other)
      (one[0] * other[0]) + (one[1] * other[1]) + (one[2] * other[2])
    end

    def cross(one, other)
      [(one[1] * other[2]) - (one[2] * other[1]), (one[2] * other[0]) - (one[0] * other[2]),
       (one[0] * other[1]) - (one[1] * other[0])]
    end

    def unit(vector)
      length = Math.sqrt(dot(vector, vector))
      vector.map { |each| each / length }
    end

    SUN = [0.48, -0.6, 0.64].freeze
    private_constant :SUN
  end

  # Rays against faces.
  module Ray
    module_function

    # Returns the nearest point that is hit and its face, or nil.
    def hit(faces, from, towards)
      found = faces.flat_map do |face|
        (1..face.tests_points.size - 2).map do |n|
          [distance(from, towards, face.tests_points.values_at(0, n, n + 1)), face]
        end
      end
      away, face = found.select(&:first).min_by(&:first)
      away && [from.zip(towards).map { |a, b| a + (b * away) }, face]
    end

    # Möller and Trumbore.
    def distance(from, towards, corners)
      one, two = corners.drop(1).map { |corner| corner.zip(corners[0]).map { |a, b| a - b } }
      p = cross(towards, two)
      determinant = dot(one, p)
      return nil if determinant.abs < 1e-9

      away = from.zip(corners[0]).map { |a, b| a - b }
      u = dot(away, p) / determinant
      q = cross(away, one)
      v = dot(towards, q) / determinant
      far = dot(two, q) / determinant
      far if u >= 0 && v >= 0 && u + v <= 1 && far > 1e-6
    end

    def dot(one, other)
      one.zip(other).sum { |a, b| a * b }
    end

    def cross(one, other)
      [(one[1] * other[2]) - (one[2] * other[1]), (one[2] * other[0]) - (one[0] * other[2]),
       (one[0] * other[1]) - (one[1] * other[0])]
    end
  end

  # Writes faces as binary glTF: metres, Y is up, one mesh for each material.
  module Glb
    module_function

    def write(path, faces)
      binary = "".b
      meshes = faces.group_by(&:tests_material).map { |material, group| mesh(binary, material, group) }
      json = JSON.generate(document(meshes, binary.bytesize))
      json += " " * (-json.bytesize % 4)
      File.binwrite(path, ["glTF", 2, 12 + 8 + json.bytesize + 8 + binary.bytesize].pack("a4VV") +
                          [json.bytesize, "JSON"].pack("Va4") + json + [binary.bytesize, "BIN\0"].pack("Va4") + binary)
    end

    def mesh(binary, material, faces)
      points = faces.flat_map do |face|
        (1..face.tests_points.size - 2).flat_map { |n| face.tests_points.values_at(0, n, n + 1) }
      end
      points = points.map { |x, y, z| [x * 0.0254, z * 0.0254, -y * 0.0254] }
      at = binary.bytesize
      binary << points.flatten.pack("e*")
      { at: at, points: points, material: material }
    end

    def document(meshes, bytes)
      { asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [*meshes.each_index] }],
        nodes: meshes.each_index.map { |n| { mesh: n } },
        meshes: meshes.each_index.map { |n| { primitives: [{ attributes: { POSITION: n }, material: n }] } },
        materials: meshes.map { |mesh| material(mesh[:material]) },
        accessors: meshes.each_with_index.map { |mesh, n| accessor(mesh, n) },
        bufferViews: meshes.map { |mesh| { buffer: 0, byteOffset: mesh[:at], byteLength: mesh[:points].size * 12 } },
        buffers: [{ byteLength: bytes }] }
    end

    def accessor(mesh, number)
      { bufferView: number, componentType: 5126, type: "VEC3", count: mesh[:points].size,
        min: mesh[:points].transpose.map(&:min), max: mesh[:points].transpose.map(&:max) }
    end

    def material(material)
      levels = material ? material.tests_color.to_a.first(3) : [230, 230, 230]
      { name: material ? material.instance_variable_get(:@name) : "Default", doubleSided: true,
        pbrMetallicRoughness: { baseColorFactor: [*levels.map { |level| (level / 255.0)**2.2 }, 1.0],
                                metallicFactor: 0.0, roughnessFactor: 0.8 } }
    end
  end
end
