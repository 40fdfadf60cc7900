# frozen_string_literal: true

module RenderiqSketchup
  # The extension as it runs: commands in the menu and the toolbar, the panel, and the service behind them.
  class Plugin
    attr_reader :turns, :log, :preferences, :service, :studio, :panel, :host

    # +root+ is the folder of everything that the extension keeps.
    def initialize(root = default_root, clock: Renderiq::Clock.new)
      @root = root
      @clock = clock
      @turns = Turns.new
      @log = Logs.open(log_path)
      @preferences = Preferences.new
    end

    # Begins to work.
    def start
      @turns.take("start") do
        connect
        add_commands
        Sketchup.add_observer(Observer.new(self))
        @log.info("extension #{VERSION}, SketchUp #{Sketchup.version}, Ruby #{RUBY_VERSION}")
      end
    end

    # Ends the work, when SketchUp ends. What is queued stays on disk.
    def stop
      @panel&.close
      @service.stop
    end

    def log_path
      File.join(@root, "renderiq.log")
    end

    # Works for another server from now on. An empty address is that of the build.
    def server=(address)
      @preferences["server"] = address
      @service.stop
      connect
    end

    # Orders the active view with the look that was used last.
    def order_view
      guarded { @studio.order(@preferences.look) }
    end

    # Orders all scenes.
    def order_scenes
      guarded { @studio.order_scenes(@studio.scenes, @preferences.look, @host) }
    end

    # Puts the results of this SketchUp into the model as they come, if the user wants that.
    def finish_results
      done = @service.take_done
      return unless @preferences["insert"]

      done.each { |entry| guarded { @studio.insert(entry[:result], entry[:view]) } }
    end

    # Runs something that the user has asked for. An error becomes a sentence in the panel.
    def guarded
      @turns.take("command") do
        yield
      rescue StandardError => e
        @service.report(e)
        @panel.show
      end
    end

    private

    def default_root
      File.join(Renderiq::Files.data_directory, "sketchup")
    end

    def connect
      @host = Host.new(@turns)
      @service = Service.new(@preferences.server, @root, host: @host, turns: @turns, log: @log,
                                                         session: SecureRandom.uuid, clock: @clock)
      @studio = Studio.new(@service, @preferences, @turns, @log)
      @panel ||= Panel.new(self)
      @panel.connect
      @service.start(online: @preferences["online"])
    end

    def add_commands
      commands = [
        command("Renderiq", "panel", "Opens the panel: style, order, queue and history.") { @panel.show },
        command("Render View", "view", "Renders what the view shows, with the settings used last.") { order_view },
        command("Render Scenes", "scenes", "Renders all scenes of the model with one look.") { order_scenes }
      ]
      menu = UI.menu("Extensions").add_submenu("Renderiq")
      commands.each { |each| menu.add_item(each) }
      menu.add_separator
      switches.each { |each| menu.add_item(each) }
      @toolbar = UI::Toolbar.new("Renderiq")
      commands.each { |each| @toolbar.add_item(each) }
      @toolbar.restore
    end

    def switches
      [
        switch("Work Offline", -> { !@preferences["online"] }) { |on| self.online = !on },
        switch("Keep Edges", -> { @preferences["edges"] }) { |on| @preferences["edges"] = on },
        switch("Keep Sky and Ground", -> { @preferences["sky"] }) { |on| @preferences["sky"] = on },
        switch("Results Beside the Model", -> { @preferences["beside"] }) { |on| @preferences["beside"] = on },
        UI::Command.new("Server…") { ask_server }
      ]
    end

    # A command that is ticked while it is on.
    def switch(title, state)
      command = UI::Command.new(title) { @turns.take(title) { yield !state.call } }
      command.set_validation_proc { state.call ? MF_CHECKED : MF_UNCHECKED }
      command
    end

    def online=(allowed)
      @preferences["online"] = allowed
      @service.online = allowed
    end

    def ask_server
      answers = UI.inputbox(["Address (empty: as built)"], [@preferences["server"]], "Renderiq: server")
      return unless answers

      address = answers.first.strip.chomp("/")
      if !address.empty? && !address.match?(%r{\Ahttps?://[^\s/]+})
        return UI.messagebox("An address begins with https://. The server is the same as before.")
      end

      @turns.take("server") { self.server = address }
    end

    def command(title, icon, tip, &work)
      UI::Command.new(title) { @turns.take(title, &work) }.tap do |command|
        command.tooltip = title
        command.status_bar_text = tip
        command.small_icon = File.join(__dir__, "icons", "#{icon}-24.png")
        command.large_icon = File.join(__dir__, "icons", "#{icon}-48.png")
      end
    end

    # Tells the plugin that SketchUp ends.
    class Observer < Sketchup::AppObserver
      def initialize(plugin)
        super()
        @plugin = plugin
      end

      def onQuit # rubocop:disable Naming/MethodName -- SketchUp calls it so
        @plugin.stop
      end
    end
  end
end
