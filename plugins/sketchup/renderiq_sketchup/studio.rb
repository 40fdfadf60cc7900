# frozen_string_literal: true

module RenderiqSketchup
  # What the panel shows of a view: a picture of all of it, the ratio and the crop of its capture, and where it is seen from.
  View = Struct.new(:id, :name, :picture, :ratio, :crop, :viewpoint, keyword_init: true)

  # Takes orders of views: captures, exports, and hands them to the service. Everything of SketchUp's model is here, and
  # is called in SketchUp's own turns.
  class Studio
    FIRST_VIEW = "View"
    PREVIEW_SIDE = 960
    private_constant :FIRST_VIEW, :PREVIEW_SIDE

    # The view that the panel shows: a View, or nil.
    attr_reader :view

    def initialize(service, preferences, turns, log)
      @service = service
      @preferences = preferences
      @turns = turns
      @log = log
      @waiting = []
    end

    # Whether scenes of a batch are still to be captured.
    def busy?
      !@waiting.empty?
    end

    def model
      Sketchup.active_model or raise CaptureError, "No model is open. Open one, and try again."
    end

    # Returns the names of the model's scenes, without those that show a result.
    def scenes
      Scenes.new(model).names.reject { |name| ScenePicture.name?(name) }
    end

    # Draws the active view for the panel, as a whole. Its capture is ordered later. Returns a View.
    def preview(ratio)
      capture = Capture.new(model, @turns, longer_side: PREVIEW_SIDE)
      seen = capture.view_ratio
      name, wanted = Frame.choose(ratio, seen * 1000, 1000, @service.offer.ratios)
      id = SecureRandom.uuid
      folder = File.join(@service.directory, "preview", id)
      FileUtils.rm_rf(File.dirname(folder))
      FileUtils.mkdir_p(folder)
      shot = capture.take(folder, ratio: Frame::SOURCE, **drawing, guides: false)
      @view = View.new(id: id, name: view_name, picture: shot.files["image"], ratio: name,
                       crop: Frame.crop(seen, wanted), viewpoint: Viewpoint.of(model.active_view.camera))
    end

    # Orders the active view, or the one of a preview. Returns the id of the order. Raises CaptureError.
    def order(look, view_id = nil)
      look = Look.read(look)
      check(look, 1)
      raise CaptureError, "This capture is gone. Capture the view again." if view_id && @view&.id != view_id

      id = @service.announce(view_id ? @view.name : view_name, seeded(look))
      begin
        view_id ? @view.viewpoint.during(model) { fill(id) } : fill(id)
      rescue StandardError => e
        @service.remove(id)
        raise e
      end
      id
    end

    # Orders these scenes with one look and one seed. Returns the ids of the orders. One scene is captured in each turn, so
    # that SketchUp goes on between them.
    def order_scenes(names, look, host)
      look = Look.read(look)
      check(look, names.size)
      one = seeded(look)
      ids = names.map { |name| @service.announce(name, one) }
      was_busy = busy?
      @waiting.concat(ids.zip(names))
      next_scene(host) unless was_busy
      ids
    end

    # Puts a result into the model, as a scene that shows nothing else. It is one step to undo.
    def insert(path, name)
      raise CaptureError, "The picture is not there any more." unless File.file?(path)

      ScenePicture.new(model).add(path, name)
    end

    # Copies a result into the folder of the model, and returns its path. Raises CaptureError.
    def copy_beside(path)
      folder = folder_of_model
      raise CaptureError, "Save the model first: the picture goes beside it." unless folder

      FileUtils.mkdir_p(folder)
      target = File.join(folder, File.basename(path))
      FileUtils.cp(path, target) unless File.identical?(path, target)
      target
    end

    # Returns where a result goes: beside the model if it was saved and the user wants that, else to the service's folder.
    def output(view, id)
      folder = beside_model || File.join(@service.directory, "results")
      File.join(folder, "#{Time.now.strftime("%Y%m%d-%H%M%S")}-#{Names.safe(view)[0, 40]}-#{id[-8..]}.png")
    end

    private

    def next_scene(host)
      host.after(0) do
        id, name = @waiting.first
        begin
          Scenes.new(model).show(name) { fill(id) }
        rescue StandardError => e
          @service.give_up(id, e)
        end
        @waiting.shift
        next_scene(host) if busy?
      end
    end

    # Captures what is seen now for an order that was announced, and hands it over.
    def fill(id)
      job = @service.jobs.get(id) or return # it was removed meanwhile
      shot = capture(@service.jobs.folder(id), job.look)
      fields = trimmed(shot.fields)
      fields["sun"] = ModelExport.sun(model) if shot.files.key?("model_file")
      @service.submit(job.with(options: fields.merge("aspectRatio" => shot.ratio).compact, left_out: shot.left_out,
                               files: shot.files.transform_values { |path| File.basename(path) },
                               output: output(job.view, id)))
    end

    def capture(folder, look)
      traced = Look.path_traced?(look)
      guides = @preferences["guides"] && !traced && %w[depthImage materialIdImage].any? do |field|
        @service.offer.uses?(look["model"], field)
      end
      capture = Capture.new(model, @turns, longer_side: picture_side)
      shot = capture.take(folder, ratio: look["aspectRatio"], ratios: @service.offer.ratios, **drawing, guides: guides)
      return shot unless traced

      shot.files["model_file"] = ModelExport.write(model, File.join(folder, "model.glb"), @turns)
      shot.fields = { "camera" => capture.sight&.wire(model: true) }.compact
      shot
    end

    # The pixels of the longer side of a capture.
    def picture_side
      Frame::LONGER_SIDE
    end

    def view_name
      selected = model.pages.selected_page
      selected ? selected.name : FIRST_VIEW
    end

    def drawing
      { edges: @preferences["edges"], sky: @preferences["sky"] }
    end

    def trimmed(fields)
      names = fields["materials"] or return fields

      fields.merge("materials" => names.first(@service.offer.max_materials).to_h)
    end

    # Says what cannot work before anything is captured.
    def check(look, count)
      raise CaptureError, "The model has no scenes. Add one in the tray Scenes." if count.zero?

      newest = @service.offer.release
      if @service.offer.too_old?
        raise CaptureError, "This version of the extension is too old for the server. " \
                            "Install version #{newest["newestVersion"]} from #{newest["downloadUrl"]}."
      end
      if Look.path_traced?(look) && !ModelExport.possible?
        raise CaptureError, "The path tracer needs SketchUp 2024 or later. Choose another model."
      end

      check_balance(look, count)
    end

    def check_balance(look, count)
      price = @service.offer.price(look)
      return unless price && @service.balance

      left = [@service.balance - @service.owed, 0].max
      return if price * count <= left

      raise CaptureError, "That costs #{price * count} credits, but only #{left} are left. " \
                          "Buy credits or choose a lower quality."
    end

    def seeded(look)
      { "seed" => Look.roll }.merge(look)
    end

    def beside_model
      folder = folder_of_model
      return nil unless folder && @preferences["beside"]

      FileUtils.mkdir_p(folder)
      folder
    rescue SystemCallError # a folder that only others may write
      nil
    end

    # Returns the folder of pictures beside the model, or nil if the model was never saved.
    def folder_of_model
      path = model.path
      path.empty? ? nil : File.join(File.dirname(path), "Renderiq")
    end
  end
end
