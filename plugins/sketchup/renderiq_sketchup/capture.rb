# frozen_string_literal: true

module RenderiqSketchup
  # A view cannot be captured. The message is a sentence for a person.
  class CaptureError < StandardError
  end

  # What a capture has found: the files by the SDK's names, the fields of the order that belong to them, its ratio on the
  # wire, and why a guide was left out.
  Shot = Struct.new(:files, :fields, :ratio, :left_out, keyword_init: true)

  # Captures what the active view shows: the picture, and depth and material ids in exactly its pixels. All settings are
  # put back at the end, also if SketchUp fails at any call.
  class Capture
    PROOF_SIDE = 64
    private_constant :PROOF_SIDE

    # How the last capture was seen: a Sight, or nil if its perspective has two points.
    attr_reader :sight

    # +longer_side+ is that of the pictures, in pixels.
    def initialize(model, turns, longer_side: Frame::LONGER_SIDE)
      @longer_side = longer_side
      @model = model
      @view = model.active_view
      @turns = turns
    end

    # Returns width divided by height of what the view shows.
    def view_ratio
      aspect = @view.camera.aspect_ratio
      aspect.positive? ? aspect : @view.vpwidth.to_f / @view.vpheight
    end

    # Writes the files into +folder+ and returns a Shot. +ratio+ is a name, Frame::NEAREST or Frame::SOURCE; +ratios+ are
    # those that the server offers. With +sky+ and +edges+ the style's own are kept. Raises CaptureError.
    def take(folder, ratio: Frame::NEAREST, ratios: Frame::RATIOS.keys, edges: false, sky: false, guides: true)
      @folder = folder
      Restore.around do |restore|
        leave_editing(restore)
        sight, name = set_frame(restore, ratio, ratios)
        @sight = sight unless two_points?(@view.camera)
        @size = Frame.size(sight.ratio, @longer_side)
        files = { "image" => picture(restore, edges, sky) }
        shot = Shot.new(files: files, fields: sight_fields(sight), ratio: name, left_out: {})
        add_guides(shot, sight) if guides
        shot
      end
    ensure
      @view.invalidate
    end

    private

    # A selection is drawn in a colour of its own, and what is not being edited may be faded.
    def leave_editing(restore)
      selected = @model.selection.to_a
      unless selected.empty?
        restore.later do
          @model.selection.clear
          @model.selection.add(selected.select(&:valid?))
        end
        @model.selection.clear
      end
      path = @model.active_path
      return unless path

      restore.later { @model.active_path = path }
      @model.active_path = nil
    end

    # Returns the sight of the capture and the name of its ratio.
    def set_frame(restore, ratio, ratios)
      camera = @view.camera
      # Perspective with two points cannot be cropped: SketchUp has no way to set its place in the picture.
      ratio = Frame::SOURCE if two_points?(camera)
      seen = view_ratio
      name, wanted = Frame.choose(ratio, seen * 1000, 1000, ratios)
      unless camera.aspect_ratio.zero?
        aspect = camera.aspect_ratio
        restore.later { camera.aspect_ratio = aspect }
        camera.aspect_ratio = 0.0
      end
      [camera.perspective? ? crop_angle(restore, camera, seen, wanted) : crop_height(restore, camera, seen, wanted),
       name]
    end

    def crop_angle(restore, camera, seen, wanted)
      old = camera.fov
      half = Math.tan(old * Math::PI / 360)
      upright = camera.fov_is_height? ? half : half / seen
      upright *= Frame.crop(seen, wanted).last
      unless two_points?(camera)
        fresh = Math.atan(camera.fov_is_height? ? upright : upright * wanted) * 360 / Math::PI
        restore.later { camera.fov = old }
        camera.fov = fresh
      end
      Sight.of(camera, wanted, fov: Math.atan(upright) * 360 / Math::PI)
    end

    def crop_height(restore, camera, seen, wanted)
      old = camera.height
      restore.later { camera.height = old }
      height = old * Frame.crop(seen, wanted).last
      camera.height = height
      Sight.of(camera, wanted, height: height.to_f)
    end

    def two_points?(camera)
      camera.perspective? && camera.is_2d?
    end

    def sight_fields(sight)
      two_points?(@view.camera) ? {} : { "camera" => sight.wire }
    end

    def picture(restore, edges, sky)
      restore.set(@model.rendering_options, Drawing.capture(edges: edges, sky: sky))
      write("capture.png", *@size, antialias: true)
    end

    def add_guides(shot, sight)
      Guides.new(@model, sight, method(:write), proof_size(sight)).draw(@size).each do |guide|
        if guide.wrong
          shot.left_out[guide.name] = guide.wrong
        else
          shot.files[guide.name] = guide.path
          shot.fields = merged(shot.fields, guide.fields)
        end
      end
    end

    def merged(fields, more)
      fields.merge(more) { |_, old, new| old.merge(new) }
    end

    def proof_size(sight)
      sight.ratio >= 1 ? [PROOF_SIDE, (PROOF_SIDE / sight.ratio).round] : [(PROOF_SIDE * sight.ratio).round, PROOF_SIDE]
    end

    # Returns the path of the picture.
    def write(name, width, height, antialias: false)
      path = File.join(@folder, name)
      done = @turns.foreign do
        @view.write_image(filename: path, width: width, height: height, antialias: antialias, transparent: false)
      end
      raise CaptureError, "SketchUp could not write the picture of the view. Is the disk full?" unless done

      path
    end
  end
end
