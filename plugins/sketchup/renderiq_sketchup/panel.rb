# frozen_string_literal: true

module RenderiqSketchup
  # The panel: a page in a dialog of SketchUp, and the messages between both. plugins/panel/PROTOCOL.md has the protocol.
  class Panel
    PAGE = "page/panel.html"
    PAUSE = 0.15
    MAX_BYTES = 65_536
    NO_SCENES = 2.0
    private_constant :PAGE, :PAUSE, :MAX_BYTES, :NO_SCENES

    def initialize(plugin)
      @plugin = plugin
      @schema = Schema.read(File.join(__dir__, "protocol.json"))
      @requests = Requests.new(plugin, self)
    end

    # Shows what this service does from now on.
    def connect
      @state = State.new(@plugin.service, @plugin.studio, @plugin.preferences, @plugin.log_path)
      @plugin.service.on_change { @dirty = true }
      @timer = nil
      @sent = nil
      watch if visible?
    end

    # Opens the dialog, or brings it to the front.
    def show
      return @dialog.bring_to_front if visible?

      @sent = nil
      @is_greeted = false
      @dialog = make_dialog
      @dialog.show
      watch
    end

    def visible?
      @dialog&.visible?
    end

    def close
      @dialog&.close
    end

    # Takes a message of the page.
    def receive(text)
      message = read(text) or return
      id, method, params = message.values_at("id", "method", "params")
      return refuse(id, "TOO_LARGE", "The message is too large.") if text.bytesize > MAX_BYTES
      return refuse(id, "UNKNOWN_METHOD", "There is no such method.") unless Requests::METHODS.include?(method)
      return refuse(id, "BAD_PARAMS", "The parameters do not fit.") unless @schema.params?(method, params)

      answer(id, method, params)
    end

    # Says a sentence for a while.
    def notice(message, level: "info", code: nil)
      send_event("notice", { "level" => level, "message" => message, "code" => code }.compact)
    end

    # Sends everything that has changed. With +reset+ it sends everything.
    def push(reset: false)
      @dirty = false
      reset ||= @sent.nil?
      shown = @state.shown
      shown["look"] = reset ? @state.look : (@sent || {})["look"]
      change = Changes.between(reset ? nil : @sent, shown)
      @sent = shown
      return unless change

      @revision = (@revision || 0) + 1
      send_event("state", { "revision" => @revision, "reset" => (true if reset) }.compact.merge(change))
    end

    # Begins a session of the page.
    def greet
      @is_greeted = true
      @plugin.host.after(0) { push(reset: true) if visible? }
    end

    private

    def make_dialog
      dialog = UI::HtmlDialog.new(dialog_title: "Renderiq", preferences_key: "Renderiq.panel", width: 440, height: 760,
                                  min_width: 320, min_height: 400, resizable: true,
                                  style: UI::HtmlDialog::STYLE_DIALOG)
      dialog.set_file(File.join(__dir__, PAGE))
      dialog.add_action_callback("renderiq") { |_, text| @plugin.turns.take("message") { receive(text.to_s) } }
      dialog.set_on_closed { @is_greeted = false }
      dialog
    end

    # Looks for changes as long as the dialog is there.
    def watch
      host = @plugin.host
      return if @timer.equal?(host)

      @timer = host
      host.after(PAUSE) { look(host) }
    end

    def look(host)
      @timer = nil if @timer.equal?(host)
      return unless visible? && host.equal?(@plugin.host)

      push if @is_greeted && (@dirty || scenes_may_differ?)
      @plugin.finish_results
      watch
    end

    # SketchUp has no event for the page that costs less than looking.
    def scenes_may_differ?
      now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      return false if @looked && now - @looked < NO_SCENES

      @looked = now
      true
    end

    # Returns a request, or nil if the text is none.
    def read(text)
      message = JSON.parse(text)
      return nil unless message.is_a?(Hash) && message["method"].is_a?(String) && message["id"].is_a?(Integer)

      message if (1..(2**31) - 1).cover?(message["id"])
    rescue JSON::ParserError, EncodingError
      nil
    end

    def answer(id, method, params)
      result = @requests.answer(method, params) || {}
      push if method == "capture" && @is_greeted # the page orders by what it was shown last
      send_message("id" => id, "result" => result)
      @dirty = true
    rescue Requests::Refusal => e
      refuse(id, e.code, e.message)
    rescue CaptureError => e
      @plugin.log.warn(e.message)
      refuse(id, "CAPTURE_FAILED", e.message)
    rescue Renderiq::Error => e
      refuse(id, e.code, Sentences.of_error(e))
    rescue StandardError => e
      @plugin.log.error(e)
      refuse(id, "INTERNAL", Sentences.of_error(e))
    end

    def refuse(id, code, message)
      send_message("id" => id, "error" => { "code" => code, "message" => message })
    end

    def send_event(name, data)
      send_message("event" => name, "data" => data) if visible?
    end

    def send_message(message)
      text = JSON.generate(JSON.generate(message)).gsub("\u2028", '\u2028').gsub("\u2029", '\u2029')
      @dialog&.execute_script("renderiqReceive(#{text})")
    end
  end
end
