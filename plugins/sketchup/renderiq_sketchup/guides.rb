# frozen_string_literal: true

module RenderiqSketchup
  # A picture beside a capture: its name in the SDK, its file, and the fields of the order that explain it. +wrong+ tells
  # why it must not be sent, or is nil.
  Guide = Struct.new(:name, :path, :fields, :wrong, keyword_init: true)

  # Draws material ids and depth. Materials get flat colours in an operation that is aborted, so that nothing of them
  # remains; depth is black fog between two known distances over white faces.
  class Guides
    # White faces and black fog leave level 1 to the farthest point, so that 0 means nothing.
    BEYOND = 255.0 / 254
    # In inches: a camera does not see what is nearer.
    LEAST_NEAR = 1.0
    private_constant :BEYOND, :LEAST_NEAR

    # +write+ is Capture's: name, width, height. +proof_size+ is that of the small pictures for Proofs.
    def initialize(model, sight, write, proof_size)
      @model = model
      @sight = sight
      @write = write
      @proof_size = proof_size
    end

    # Returns the guides of a capture of this size, those that are wrong too. Everything is put back.
    def draw(size)
      Restore.around do |restore|
        restore.later { @model.abort_operation }
        @model.start_operation("Renderiq", true)
        ids = material_ids(restore, size)
        # Shading that distorts the ids distorts the depth too.
        ids.wrong ? [ids] : [ids, depth(restore, size)].compact
      end
    end

    private

    def material_ids(restore, size)
      materials = @model.materials.to_a
      front, back, *colours = IdColours.take(materials.size + 2)
      paint(materials, colours)
      restore.set(@model.rendering_options, Drawing.flat(front, back))
      wrong = lit(restore) { Proofs.wrong_ids(proof("ids"), [front, back, *colours]) }
      return Guide.new(name: "material_id_image", wrong: wrong) if wrong

      Guide.new(name: "material_id_image", path: @write.call("ids.png", *size), fields: names(materials, colours))
    end

    # Finds the shading that leaves colours as they are. Returns what is wrong with the last one, or nil.
    def lit(restore)
      wrong = nil
      Drawing::DARK_LEVELS.each do |dark|
        restore.set(@model.shadow_info, Drawing.unlit(dark))
        wrong = yield
        break unless wrong
      end
      wrong
    end

    def names(materials, colours)
      known = materials.zip(colours).map do |material, colour|
        [IdColours.hex(colour), MaterialWords.material_of(material.display_name)]
      end
      { "materials" => known.select(&:last).to_h }
    end

    def depth(restore, size)
      near, far = range
      return nil unless near

      paint(@model.materials.to_a, nil)
      white = Drawing.colour(Drawing::WHITE)
      restore.set(@model.rendering_options, Drawing.fog(near, far).merge("FaceFrontColor" => white,
                                                                         "FaceBackColor" => white))
      wrong = Proofs.wrong_depth(proof("depth"), @sight, near, far, method(:hit))
      return Guide.new(name: "depth_image", wrong: wrong) if wrong

      Guide.new(name: "depth_image", path: @write.call("depth.png", *size),
                fields: { "camera" => @sight.wire(near: near, far: far) })
    end

    # Returns the distances between which the model lies, in inches. Nil if the camera is of a kind that has none.
    def range
      box = @model.bounds
      return nil if box.empty? || two_points?

      depths = (0..7).map { |number| @sight.depth_of(box.corner(number).to_a.map(&:to_f)) }
      far = depths.max
      near = depths.min
      return nil if far <= LEAST_NEAR || (@sight.is_parallel && near < LEAST_NEAR)

      near = [near, LEAST_NEAR].max
      [near, near + ([far - near, 1.0].max * BEYOND)]
    end

    def two_points?
      camera = @model.active_view.camera
      camera.perspective? && camera.is_2d?
    end

    # Returns the point that a ray hits, or nil.
    def hit(from, towards)
      found = @model.raytest([Geom::Point3d.new(*from), Geom::Vector3d.new(*towards)], true)
      found&.first&.to_a&.map(&:to_f)
    end

    # Gives each material its colour, or white to all of them.
    def paint(materials, colours)
      materials.each_with_index do |material, number|
        material.texture = nil if material.texture
        material.alpha = 1.0 unless material.alpha >= 1.0
        material.color = Drawing.colour(colours ? colours[number] : Drawing::WHITE)
      end
    end

    # Returns a small picture of what is drawn now.
    def proof(name)
      path = @write.call("proof-#{name}.png", *@proof_size)
      Png.read(path)
    ensure
      FileUtils.rm_f(path) if path
    end
  end
end
