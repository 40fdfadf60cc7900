# frozen_string_literal: true

MB_OK = 0
MB_OKCANCEL = 1
MB_YESNO = 4
IDYES = 6
MF_CHECKED = 8
MF_UNCHECKED = 0
LAYER_VISIBLE_BY_DEFAULT = 0
LAYER_HIDDEN_BY_DEFAULT = 1
LAYER_IS_HIDDEN_ON_NEW_PAGES = 32

# Windows, menus and timers.
module UI
  class << self
    extend Double::Api
    attr_reader :tests_opened, :tests_menus, :tests_toolbars, :tests_boxes, :tests_dialogs

    def tests_reset
      @tests_opened = []
      @tests_menus = {}
      @tests_toolbars = []
      @tests_boxes = []
      @tests_dialogs = []
    end

    api(:start_timer) do |seconds, repeats = false, &block|
      Double::Check.kind(seconds, Numeric, "seconds")
      Double::Check.kind(repeats, Double::Check::BOOLEAN, "repeats")
      raise ArgumentError, "a block is wanted" unless block

      Double.loop.add_timer(seconds, repeats, block)
    end
    api(:stop_timer) do |number|
      Double::Check.kind(number, Integer, "id")
      Double.loop.remove_timer(number)
      nil
    end
    api(:openURL) do |url|
      Double::Check.kind(url, String, "url")
      @tests_opened << url
      true
    end
    api(:messagebox) do |text, _kind = MB_OK|
      Double::Check.kind(text, String, "message")
      @tests_boxes << text
      1
    end
    api(:inputbox) do |prompts, defaults = [], *rest|
      raise ArgumentError, "prompts and defaults differ" unless prompts.size == defaults.size
      raise ArgumentError, "too many arguments" if rest.size > 2

      @tests_answers
    end
    attr_writer :tests_answers

    api(:menu) do |name = "Plugins"|
      raise ArgumentError, "no menu #{name}" unless %w[Camera Draw Edit Extensions File Help Plugins Tools View
                                                       Window].include?(name)

      @tests_menus[name] ||= Menu.new
    end
  end
  tests_reset

  class Menu
    extend Double::Api
    attr_reader :tests_items

    def initialize
      @tests_items = {}
    end

    api(:add_item) do |command|
      Double::Check.kind(command, Command, "command")
      @tests_items[command.tests_title] = command
      @tests_items.size
    end
    api(:add_separator) { nil }
    api(:add_submenu) do |name|
      Double::Check.kind(name, String, "name")
      @tests_items[name] = Menu.new
    end
  end

  class Command
    extend Double::Api
    attr_reader :tests_title

    def initialize(title, &block)
      Double::Check.kind(title, String, "title")
      raise ArgumentError, "a block is wanted" unless block

      @tests_title = title
      @block = block
    end

    %i[tooltip status_bar_text menu_text].each { |name| value(name, String) }
    %i[small_icon large_icon].each do |name|
      api(:"#{name}=") do |path|
        raise ArgumentError, "no icon #{path}" unless File.exist?(path)

        path
      end
    end
    api(:set_validation_proc) { |&block| @validation = block }

    # Whether there is a tick before it.
    def tests_ticked
      @validation.call == MF_CHECKED
    end

    # A click of the user.
    def tests_click
      @block.call
    end
  end

  class Toolbar
    extend Double::Api
    attr_reader :tests_commands, :tests_shown

    def initialize(name)
      Double::Check.kind(name, String, "name")
      @tests_commands = []
      UI.tests_toolbars << self
    end

    api(:add_item) do |command|
      Double::Check.kind(command, Command, "command")
      @tests_commands << command
      self
    end
    api(:restore) { @tests_shown = true }
  end

  # The page itself is played by Chromium, or by the test.
  class HtmlDialog
    extend Double::Api
    STYLE_DIALOG = 0
    STYLE_WINDOW = 1
    STYLE_UTILITY = 2
    OPTIONS = %i[dialog_title preferences_key scrollable resizable use_content_size width height left top min_width
                 min_height max_width max_height style].freeze
    attr_reader :tests_file, :tests_scripts, :tests_options
    attr_accessor :tests_on_script

    def initialize(options)
      Double::Check.keys(options, OPTIONS)
      @tests_options = options
      @callbacks = {}
      @visible = false
      @tests_scripts = []
      UI.tests_dialogs << self
    end

    api(:add_action_callback) do |name, &block|
      Double::Check.kind(name, String, "callback_name")
      raise ArgumentError, "a block is wanted" unless block

      @callbacks[name] = block
      true
    end
    api(:set_file) do |path|
      raise ArgumentError, "no file #{path}" unless File.file?(path)

      @tests_file = path
      nil
    end
    api(:show) do
      @visible = true
      nil
    end
    api(:visible?) { @visible }
    api(:bring_to_front) { nil }
    api(:center) { true }
    api(:set_on_closed) { |&block| @on_closed = block }
    api(:execute_script) do |script|
      Double::Check.kind(script, String, "script")
      @tests_scripts << script
      @tests_on_script&.call(script)
      nil
    end
    api(:close) { tests_close }

    # A call of +sketchup.name(…)+ in the page.
    def tests_call(name, *arguments)
      @callbacks.fetch(name).call(Object.new, *arguments)
    end

    def tests_close
      @visible = false
      @callbacks = {}
      @on_closed&.call
    end
  end
end
