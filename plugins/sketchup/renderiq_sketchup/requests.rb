# frozen_string_literal: true

module RenderiqSketchup
  # What the panel may ask for. A method returns the result of its answer, or nil if that is empty.
  class Requests
    PROTOCOL = 1
    METHODS = %w[
      hello refresh signIn cancelSignIn signOut capture setCrop estimate order cancel retry again edit remove resume
      place openFile openPage openLog pictures setLook saveLook deleteLook setSettings answerConsents
    ].freeze
    SETTINGS = { "language" => "language", "theme" => "theme", "sendGuides" => "guides",
                 "placeWhenDone" => "insert" }.freeze
    private_constant :SETTINGS

    # A request that cannot be done. The message is a sentence for a person.
    class Refusal < StandardError
      attr_reader :code

      def initialize(code, message)
        super(message)
        @code = code
      end
    end

    def initialize(plugin, panel)
      @plugin = plugin
      @panel = panel
    end

    # Does what a method of METHODS asks for. The params fit the schema. Raises Refusal, CaptureError or Renderiq::Error.
    def answer(method, params)
      raise Refusal.new("UNKNOWN_METHOD", "There is no such method.") unless METHODS.include?(method)

      name = method.gsub(/([A-Z])/) { "_#{Regexp.last_match(1).downcase}" }
      __send__(:"on_#{name}", params)
    end

    private

    def service
      @plugin.service
    end

    def studio
      @plugin.studio
    end

    # ---------------------------------------------------------- session

    def on_hello(_)
      @panel.greet
      { "protocol" => PROTOCOL, "host" => { "name" => PLATFORM, "title" => "SketchUp", "version" => Sketchup.version },
        "plugin" => VERSION, "locale" => Sketchup.get_locale, "features" => features }
    end

    def features
      { "depth" => true, "materialIds" => true, "normals" => false, "model" => ModelExport.possible?, "batch" => true,
        "crop" => false, "openFile" => true, "placeResult" => %w[scene folder] }
    end

    def on_refresh(_)
      service.retry_now
      @panel.greet
      nil
    end

    # ---------------------------------------------------------- account

    def on_sign_in(_)
      online!
      service.sign_in
      nil
    end

    def on_cancel_sign_in(_)
      service.cancel_sign_in
      nil
    end

    def on_sign_out(_)
      service.sign_out
      nil
    end

    def on_answer_consents(params)
      online!
      service.answer_consents(params["answers"])
      nil
    end

    def online!
      return if service.online?

      raise Refusal.new("HOST_OFFLINE", "Renderiq works offline. Switch Work Offline off in the menu Extensions.")
    end

    # ---------------------------------------------------------- orders

    def on_capture(params)
      studio.preview(params["aspectRatio"])
      nil
    end

    def on_set_crop(_)
      raise Refusal.new("NOT_SUPPORTED", "SketchUp captures the middle of the view.")
    end

    def on_estimate(params)
      look = Look.read(params["look"])
      price = service.offer.price(look)
      left = service.balance && [service.balance - service.owed, 0].max
      cost = price && (price * params["count"])
      { "cost" => cost, "left" => left, "sufficient" => cost.nil? || left.nil? || cost <= left }
    end

    def on_order(params)
      raise Refusal.new("BUSY", "Scenes are still being captured.") if studio.busy?

      @plugin.preferences.look = params["look"]
      return { "ids" => [studio.order(params["look"], params["captureId"])] } if params["captureId"]

      gone = params["views"] - studio.scenes
      raise Refusal.new("NOT_FOUND", "The scene #{gone.first} is not in the model any more.") unless gone.empty?

      { "ids" => studio.order_scenes(params["views"], params["look"], @plugin.host) }
    end

    def on_cancel(params)
      service.cancel(entry(params)[:id])
      nil
    end

    def on_retry(params)
      service.retry(entry(params)[:id])
      nil
    end

    def on_again(params)
      { "ids" => [service.again(entry(params)[:id], Look.read(params["look"]))] }
    end

    def on_edit(params)
      service.edit(entry(params)[:id], Look.read(params["look"]))
      nil
    end

    def on_remove(params)
      service.remove(entry(params)[:id])
      nil
    end

    def on_resume(_)
      service.resume
      nil
    end

    # ---------------------------------------------------------- results

    def on_place(params)
      found = entry(params)
      case params["target"]
      when "scene" then place_in_scene(found)
      when "folder" then place_in_folder(found)
      else raise Refusal.new("NOT_SUPPORTED", "SketchUp has no such place.")
      end
      nil
    end

    def place_in_scene(found)
      page = studio.insert(result(found), found[:view])
      @panel.notice("The picture is in the scene #{page.name}.")
    rescue CaptureError => e
      raise Refusal.new("PLACE_FAILED", e.message)
    end

    def place_in_folder(found)
      @panel.notice("The picture is in #{studio.copy_beside(result(found))}.")
    rescue CaptureError, SystemCallError => e
      raise Refusal.new("PLACE_FAILED", e.message)
    end

    def on_open_file(params)
      UI.openURL(State.address(result(entry(params))))
      nil
    end

    def on_pictures(params)
      found = entry(params)
      before = File.file?(found[:capture]) ? State.address(found[:capture]) : nil
      { "before" => before, "after" => State.address(result(found)) }
    end

    def result(found)
      path = found[:result]
      raise Refusal.new("FILE_MISSING", "The picture is not on the disk any more.") unless path && File.file?(path)

      path
    end

    # Returns the order that the params name.
    def entry(params)
      found = service.entries.find { |each| each[:id] == params["id"] }
      found or raise Refusal.new("NOT_FOUND", "This order is gone.")
    end

    # ---------------------------------------------------------- pages and settings

    def on_open_page(params)
      address = params["page"] == "signIn" ? service.device&.complete_url : service.offer.release&.fetch("downloadUrl")
      raise Refusal.new("NOT_FOUND", "There is no such page now.") unless address

      UI.openURL(address)
      nil
    end

    def on_open_log(_)
      UI.openURL(State.address(@plugin.log_path))
      nil
    end

    def on_set_look(params)
      @plugin.preferences.look = params["look"]
      nil
    end

    def on_save_look(params)
      service.save_look(params["name"], Look.read(params["look"]))
      nil
    end

    def on_delete_look(params)
      raise Refusal.new("NOT_FOUND", "There is no look of this name.") unless service.jobs.looks.key?(params["name"])

      service.save_look(params["name"], nil)
      nil
    end

    def on_set_settings(params)
      params["settings"].slice(*SETTINGS.keys).each { |name, value| @plugin.preferences[SETTINGS[name]] = value }
      nil
    end
  end
end
