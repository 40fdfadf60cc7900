# frozen_string_literal: true

module Sketchup
  class Entity
    extend Double::Api

    api(:valid?) { true }
  end

  class Drawingelement < Entity
    attr_accessor :tests_layer

    def initialize
      super
      @hidden = false
    end

    api(:hidden?) { @hidden }
    api(:hidden=) do |value|
      Double::Check.kind(value, Double::Check::BOOLEAN, "hidden")
      @hidden = value
    end
    api(:layer=) do |layer|
      Double::Check.kind(layer, Layer, "layer")
      @tests_layer = layer
    end
  end

  # A flat polygon. +tests_points+ are arrays of three inches, +tests_material+ is nil for the default one.
  class Face < Drawingelement
    attr_reader :tests_points
    attr_accessor :tests_material

    def initialize(points, material)
      super()
      @tests_points = points
      @tests_material = material
    end
  end

  class ComponentInstance < Drawingelement
  end

  class SectionPlane < Drawingelement
  end

  class Image < Drawingelement
    attr_reader :tests_path, :tests_size, :tests_transformation

    def initialize(path, size)
      super()
      @tests_path = path
      @tests_size = size
    end

    api(:transformation=) do |value|
      Double::Check.kind(value, Geom::Transformation, "transformation")
      @tests_transformation = value
    end
  end

  class Texture
  end

  class Material < Entity
    attr_accessor :tests_state

    def initialize(name, color, texture: nil, alpha: 1.0)
      super()
      @name = name
      @tests_state = [color, texture, alpha]
    end

    def tests_color
      @tests_state.first
    end

    api(:display_name) { @name }
    api(:name) { "[#{@name}]" }
    api(:texture) { @tests_state[1] }
    api(:texture=) do |value|
      Double::Check.kind(value, [String, Array, NilClass], "texture")
      @tests_state = [@tests_state[0], value, @tests_state[2]]
    end
    api(:alpha) { @tests_state[2] }
    api(:alpha=) do |value|
      Double::Check.kind(value, Numeric, "alpha")
      @tests_state = [*@tests_state.first(2), value.to_f]
    end
    api(:color) { @tests_state.first }
    api(:color=) do |value|
      Double::Check.kind(value, Color, "color")
      @tests_state = [value, *@tests_state.drop(1)]
    end
  end

  class Layer < Entity
    attr_accessor :tests_visible

    def initialize(name)
      super()
      @name = name
      @tests_visible = true
      @behavior = 0
    end

    api(:name) { @name }
    api(:visible?) { @tests_visible }
    api(:visible=) do |value|
      Double::Check.kind(value, Double::Check::BOOLEAN, "visible")
      @tests_visible = value
    end
    api(:page_behavior) { @behavior }
    api(:page_behavior=) do |value|
      Double::Check.kind(value, Integer, "page_behavior")
      @behavior = value
    end
  end

  # What SketchUp lists: each list has the methods that the documentation gives all of them.
  class List < Entity
    include Enumerable
    attr_reader :tests_items

    def initialize(items = [])
      super()
      @tests_items = items
    end

    api(:each) { |&block| @tests_items.each(&block) }
    api(:length) { @tests_items.size }
    api(:[]) { |key| key.is_a?(Integer) ? @tests_items[key] : @tests_items.find { |item| item.name == key } }
    api(:to_a) { @tests_items.dup }
  end

  class Materials < List
  end

  class Layers < List
    api(:add) do |name|
      Double::Check.kind(name, String, "name")
      found = @tests_items.find { |layer| layer.name == name }
      found || Layer.new(name).tap { |layer| @tests_items << layer }
    end
  end

  class Selection < List
    api(:empty?) { @tests_items.empty? }
    api(:clear) { @tests_items.clear }
    api(:add) do |*entities|
      entities.flatten.each { |entity| Double::Check.kind(entity, Drawingelement, "an entity") }
      @tests_items.concat(entities.flatten)
      entities.size
    end
  end

  class Entities < List
    attr_reader :tests_section

    api(:active_section_plane) { @tests_section }
    api(:active_section_plane=) do |plane|
      Double::Check.kind(plane, [SectionPlane, NilClass], "plane")
      @tests_section = plane
    end
    api(:add_image) do |path, point, width, height = 0.0|
      Double::Check.kind(point, [Geom::Point3d, Array], "point")
      raise ArgumentError, "no file #{path}" unless File.exist?(path)

      Image.new(path, [Float(width), Float(height)]).tap { |image| @tests_items << image }
    end
  end

  class Page < Entity
    attr_accessor :tests_state

    def initialize(name, state)
      super()
      @name = name
      @tests_state = state
      @shown = {}
    end

    api(:name) { @name }
    api(:use_hidden_geometry?, since: 20.1) { true }
    api(:use_hidden_objects?, since: 20.1) { true }
    api(:hidden_entities) { @tests_state[:hidden].dup }
    api(:set_visibility) do |layer, visible|
      Double::Check.kind(layer, Layer, "layer")
      @tests_state[:layers][layer] = visible
      self
    end
  end

  class Pages < List
    def initialize(model)
      super()
      @model = model
    end

    api(:selected_page) { @selected }
    api(:selected_page=) do |page|
      Double::Check.kind(page, Page, "page")
      raise ArgumentError, "another model's page" unless @tests_items.include?(page)

      @selected = page
      @model.tests_show(page.tests_state)
    end
    api(:add) do |name = "Scene"|
      Double::Check.kind(name, String, "name")
      Page.new(name, @model.tests_state).tap { |page| @tests_items << page }
    end
  end

  class Model < Entity
    attr_reader :tests_operation, :tests_undo_steps
    attr_accessor :tests_path, :tests_entities

    def initialize
      super
      @path = ""
      @materials = Materials.new
      @layers = Layers.new([Layer.new("Untagged")])
      @tests_entities = []
      @entities = Entities.new(@tests_entities)
      @selection = Selection.new
      @rendering_options = RenderingOptions.new
      @shadow_info = ShadowInfo.new
      @options = OptionsManager.new
      @view = View.new(self)
      @pages = Pages.new(self)
      @tests_undo_steps = 0
    end

    %i[materials layers entities selection rendering_options shadow_info options pages].each do |name|
      api(name) { instance_variable_get("@#{name}") }
    end
    api(:active_view) { @view }
    api(:path) { @tests_path.to_s }
    api(:title) { File.basename(@tests_path.to_s, ".skp") }
    api(:active_path) { @active_path }
    api(:active_path=, since: 20.0) do |path|
      Double::Check.kind(path, [Array, NilClass], "path")
      raise ArgumentError, "an operation is under way" if @tests_operation

      @active_path = path
      @selection.tests_items.clear
    end
    api(:bounds) { Geom::BoundingBox.new(tests_faces.flat_map(&:tests_points)) }
    api(:start_operation) do |name, fast = false, *rest|
      Double::Check.kind(name, String, "name")
      Double::Check.kind(fast, Double::Check::BOOLEAN, "disable_ui")
      raise ArgumentError, "too many arguments" if rest.size > 2

      @tests_operation = kept
      true
    end
    api(:abort_operation) do
      put_back(@tests_operation) if @tests_operation
      @tests_operation = nil
      true
    end
    api(:commit_operation) do
      @tests_undo_steps += 1 if @tests_operation
      @tests_operation = nil
      true
    end
    api(:raytest) do |ray, visible_only = true|
      Double::Check.kind(visible_only, Double::Check::BOOLEAN, "wysiwyg_flag")
      Double::Check.kind(ray[0], Geom::Point3d, "point")
      Double::Check.kind(ray[1], Geom::Vector3d, "vector")
      Double::Ray.hit(tests_faces, ray[0].to_a, ray[1].to_a)&.then { |point, face| [Geom::Point3d.new(*point), [face]] }
    end
    api(:export) do |path, options = {}|
      Double::Check.keys(options, [:show_summary])
      raise Double::Missing, "SketchUp #{Double.version} writes no GLB" if path.end_with?(".glb") && Double.version < 24

      Double::Glb.write(path, tests_faces)
      true
    end

    # The faces that are seen.
    def tests_faces
      @tests_entities.grep(Face).reject do |face|
        face.instance_variable_get(:@hidden) || (face.tests_layer && !face.tests_layer.tests_visible)
      end
    end

    # What a page keeps.
    def tests_state
      { camera: @view.tests_camera.tests_state, options: @rendering_options.peek, shadows: @shadow_info.peek,
        layers: @layers.tests_items.map { |layer| [layer, layer.tests_visible] }.to_h,
        hidden: @tests_entities.select { |entity| entity.instance_variable_get(:@hidden) },
        section: @entities.tests_section }
    end

    def tests_show(state)
      @view.tests_camera.tests_state = state[:camera]
      @rendering_options.take(state[:options])
      @shadow_info.take(state[:shadows])
      state[:layers].each { |layer, visible| layer.tests_visible = visible }
      @tests_entities.each { |entity| entity.instance_variable_set(:@hidden, state[:hidden].include?(entity)) }
      @entities.instance_variable_set(:@tests_section, state[:section])
    end

    # Everything that a capture could leave changed.
    def tests_everything
      tests_state.merge(
        camera: @view.tests_camera.tests_seen, selection: @selection.tests_items.dup, path: @active_path,
        page: @pages.instance_variable_get(:@selected),
        materials: @materials.tests_items.map(&:tests_state), operation: @tests_operation, undo: @tests_undo_steps,
        transition: @options.instance_variable_get(:@page_options).peek, entities: @tests_entities.dup,
        pages: @pages.tests_items.dup
      )
    end

    private

    # Operations are about the model: rendering options, shadows and cameras are not in them.
    def kept
      { materials: @materials.tests_items.map { |material| [material, material.tests_state] },
        entities: @tests_entities.dup, layers: @layers.tests_items.dup, pages: @pages.tests_items.dup }
    end

    def put_back(kept)
      kept[:materials].each { |material, state| material.tests_state = state }
      @tests_entities.replace(kept[:entities])
      @layers.tests_items.replace(kept[:layers])
      @pages.tests_items.replace(kept[:pages])
    end
  end
end
