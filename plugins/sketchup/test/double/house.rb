# frozen_string_literal: true

module Double
  # A house with materials, tags, scenes and a selection, in inches.
  module House
    module_function

    # Fills the active model.
    def build(model = Sketchup.active_model)
      names = { "Plaster white" => [236, 233, 224], "Red brick" => [150, 70, 52], "RoofTiles" => [120, 58, 48],
                "Glas" => [150, 180, 196], "Rasen" => [96, 140, 62], "Oak door" => [128, 88, 52] }
      materials = names.map { |name, levels| material(name, levels) }
      model.materials.tests_items.concat(materials)
      plaster, brick, roof, glass, grass, wood = materials
      faces = [rectangle([-900, -900, 0], [1800, 0, 0], [0, 1800, 0], grass)]
      faces += box([0, 0, 0], [360, 240, 110], plaster, nil) + box([360, 60, 0], [150, 150, 90], brick, nil)
      faces += gable([0, 0, 110], 360, 240, 90, roof, plaster)
      faces << rectangle([40, -1, 36], [60, 0, 0], [0, 0, 52],
                         glass) << rectangle([260, -1, 36], [60, 0, 0], [0, 0, 52], glass)
      faces << rectangle([150, -1, 0], [44, 0, 0], [0, 0, 84],
                         wood) << rectangle([400, 59, 24], [70, 0, 0], [0, 0, 44], glass)
      faces << Sketchup::Face.new([[-60, 100, 0], [-40, 100, 0], [-40, 100, 150], [-60, 100, 150]], nil)
      model.tests_entities.concat(faces)
      dress(model, faces)
    end

    def dress(model, faces)
      tag = Sketchup::Layer.new("Annexe")
      model.layers.tests_items << tag
      [*faces[6..10], faces[18]].each { |face| face.tests_layer = tag }
      section = Sketchup::SectionPlane.new
      model.tests_entities << section << Sketchup::ComponentInstance.new
      add_scenes(model, tag, section)
      model.selection.tests_items << faces[1] << faces[2]
      model.instance_variable_set(:@active_path, [model.tests_entities.last])
    end

    def add_scenes(model, tag, section)
      state = model.tests_state
      garden = camera(state, [-300, -420, 190], [120, 100, 80])
      corner = camera(state, [640, -330, 130], [180, 110, 70])
      shadows = state[:shadows].merge("ShadowTime" => Time.utc(2026, 6, 21, 15), "Light" => 60)
      pages = [
        Sketchup::Page.new("Garden", state.merge(camera: garden)),
        Sketchup::Page.new("Corner", state.merge(camera: corner, shadows: shadows, section: section)),
        Sketchup::Page.new("Without annexe", state.merge(camera: corner, layers: state[:layers].merge(tag => false),
                                                         hidden: [model.tests_entities.last]))
      ]
      model.pages.tests_items.concat(pages)
      model.pages.selected_page = pages.first
    end

    def camera(state, eye, target)
      [Geom::Point3d.new(*eye), Geom::Point3d.new(*target), *state[:camera].drop(2)].freeze
    end

    def material(name, levels)
      texture = name == "Red brick" ? Sketchup::Texture.new : nil
      Sketchup::Material.new(name, Sketchup::Color.new(*levels), texture: texture, alpha: name == "Glas" ? 0.4 : 1.0)
    end

    def rectangle(corner, one, two, material)
      points = [[0, 0], [1, 0], [1, 1], [0, 1]].map do |a, b|
        (0..2).map { |axis| corner[axis] + (one[axis] * a) + (two[axis] * b) }
      end
      Sketchup::Face.new(points, material)
    end

    def box(corner, size, walls, top)
      x, y, z = size
      across = [corner[0] + x, corner[1] + y, corner[2]]
      [rectangle(corner, [x, 0, 0], [0, 0, z], walls), rectangle(across, [-x, 0, 0], [0, 0, z], walls),
       rectangle(corner, [0, 0, z], [0, y, 0], walls), rectangle(across, [0, -y, 0], [0, 0, z], walls),
       rectangle([corner[0], corner[1], corner[2] + z], [x, 0, 0], [0, y, 0], top)]
    end

    def gable(corner, length, width, height, roof, wall)
      x, y, z = corner
      middle = y + (width / 2.0)
      ridge = [[x, middle, z + height], [x + length, middle, z + height]]
      [Sketchup::Face.new([[x, y, z], [x + length, y, z], ridge[1], ridge[0]], roof),
       Sketchup::Face.new([[x + length, y + width, z], [x, y + width, z], ridge[0], ridge[1]], roof),
       Sketchup::Face.new([[x, y, z], ridge[0], [x, y + width, z]], wall),
       Sketchup::Face.new([[x + length, y, z], [x + length, y + width, z], ridge[1]], wall)]
    end
  end
end
