# frozen_string_literal: true

module RenderiqSketchup
  # Takes orders of views: captures, exports, and hands them to the service. Everything of SketchUp's model is here, and
  # is called in SketchUp's own turns.
  class Studio
    FIRST_VIEW = "View"
    private_constant :FIRST_VIEW

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

    # Returns the names of the model's scenes.
    def scenes
      Scenes.new(model).names
    end

    # Returns what the panel shows of the active view: its ratio, the ratio of the capture, and the crop.
    def frame
      seen = Capture.new(model, @turns).view_ratio
      name, ratio = Frame.choose(@preferences["ratio"], seen * 1000, 1000, @service.offer.ratios)
      { "viewRatio" => seen.round(5), "name" => name, "ratio" => ratio.round(5),
        "crop" => Frame.crop(seen, ratio).map { |part| part.round(5) } }
    end

    # Writes a picture of the view for the panel, as it would be captured, and returns its path.
    def preview(path)
      FileUtils.mkdir_p(File.dirname(path))
      capture = Capture.new(model, @turns, longer_side: 640)
      shot = capture.take(File.dirname(path), **drawing, guides: false)
      File.rename(shot.files["image"], path)
      path
    end

    # Orders the active view. Raises CaptureError.
    def order(look)
      check(look, 1)
      selected = model.pages.selected_page
      order_view(selected ? selected.name : FIRST_VIEW, seeded(look))
    end

    # Orders these scenes with one look and one seed. One is captured in each turn, so that SketchUp goes on between them.
    # The block gets what went wrong with a scene.
    def order_scenes(names, look, host, &failed)
      check(look, names.size)
      one = seeded(look)
      was_busy = busy?
      @waiting.concat(names.map { |name| [name, one] })
      next_scene(host, failed) unless was_busy
    end

    # Puts a result into the model, as a scene that shows nothing else. It is one step to undo.
    def insert(path, name)
      raise CaptureError, "The picture is not there any more." unless File.file?(path)

      ScenePicture.new(model).add(path, name)
    end

    # Returns where a result goes: beside the model if it was saved and the user wants that, else to the service's folder.
    def output(view, id)
      folder = beside_model || File.join(@service.directory, "results")
      File.join(folder, "#{Time.now.strftime("%Y%m%d-%H%M%S")}-#{Names.safe(view)[0, 40]}-#{id[-8..]}.png")
    end

    private

    def next_scene(host, failed)
      host.after(0) do
        name, look = @waiting.first
        begin
          Scenes.new(model).show(name) { order_view(name, look) }
        rescue StandardError => e
          failed.call(e)
        end
        @waiting.shift
        next_scene(host, failed) if busy?
      end
    end

    def order_view(name, look)
      id = @service.jobs.make
      folder = @service.jobs.folder(id)
      shot = capture(folder, look)
      fields = trimmed(shot.fields)
      fields["sun"] = ModelExport.sun(model) if shot.files.key?("model_file")
      job = Job.new(id: id, view: name, look: look, options: fields.merge("aspectRatio" => shot.ratio).compact,
                    files: shot.files.transform_values { |path| File.basename(path) }, output: output(name, id),
                    session: @service.session, created: Time.now.to_f, left_out: shot.left_out)
      @service.submit(job.freeze)
      id
    rescue StandardError
      @service.jobs.remove(id) if id
      raise
    end

    def capture(folder, look)
      traced = Look.path_traced?(look)
      guides = @preferences["guides"] && !traced && %w[depthImage materialIdImage].any? do |field|
        @service.offer.uses?(look["model"], field)
      end
      capture = Capture.new(model, @turns, longer_side: picture_side)
      shot = capture.take(folder, **drawing, guides: guides)
      return shot unless traced

      shot.files["model_file"] = ModelExport.write(model, File.join(folder, "model.glb"), @turns)
      shot.fields = { "camera" => capture.sight&.wire(model: true) }.compact
      shot
    end

    # The pixels of the longer side of a capture.
    def picture_side
      Frame::LONGER_SIDE
    end

    def drawing
      { ratio: @preferences["ratio"], ratios: @service.offer.ratios, edges: @preferences["edges"],
        sky: @preferences["sky"] }
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
      { "seed" => Look.roll }.merge(Look.read(look))
    end

    def beside_model
      path = model.path
      return nil if path.empty? || !@preferences["beside"]

      folder = File.join(File.dirname(path), "Renderiq")
      FileUtils.mkdir_p(folder)
      folder
    rescue SystemCallError # a folder that only others may write
      nil
    end
  end
end
