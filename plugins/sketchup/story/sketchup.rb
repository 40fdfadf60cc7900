# frozen_string_literal: true

# Plays SketchUp for the story: the double, with the built extension in it. Commands come as lines of JSON on the standard
# input, and what SketchUp does comes as lines on the standard output.
#
#   ruby sketchup.rb FOLDER URL HOME
#
# FOLDER has the unpacked .rbz, HOME gets what the extension keeps.
require "json"
require "fileutils"

FOLDER, URL, HOME = ARGV
ENV["RENDERIQ_HOME"] = HOME
$LOAD_PATH.unshift File.expand_path("../test/double/lib", __dir__)
require "sketchup"
$stdout.sync = true

def tell(**what)
  $stdout.puts(JSON.generate(what))
end

Sketchup.tests_open(version: 24.0)
Double::House.build
Sketchup.active_model.tests_path = File.join(HOME, "House.skp")
Sketchup.write_default("Renderiq", "server", URL)
BEFORE = Sketchup.active_model.tests_everything
require File.join(FOLDER, "renderiq_sketchup")

# What the story may ask for.
class Story
  def initialize
    @plugin = RenderiqSketchup.plugin
    @opened = 0
  end

  def take(command)
    name, argument = command.first
    send(:"on_#{name}", argument)
  end

  # The user chooses a command of the menu.
  def on_menu(title)
    UI.tests_menus["Extensions"].tests_items["Renderiq"].tests_items.fetch(title).tests_click
    dialog = UI.tests_dialogs.last
    dialog.tests_on_script = ->(script) { tell(script: script) } if dialog
  end

  # The page calls sketchup.renderiq.
  def on_call(text)
    UI.tests_dialogs.last.tests_call("renderiq", text)
  end

  def on_close(_)
    UI.tests_dialogs.last.tests_close
  end

  def on_report(_)
    model = Sketchup.active_model
    after = model.tests_everything
    tell(report: {
           entries: @plugin.service.entries.map do |entry|
                      entry.slice(:id, :view, :state, :reason, :result, :look, :left_out)
                    end,
           changed: BEFORE.reject do |name, value|
                      after[name] == value
                    end.keys, pages: model.pages.tests_items.map(&:name),
           longest: @plugin.turns.longest, name: @plugin.turns.longest_name, log: @plugin.log_path,
           files: @plugin.service.jobs.all.map { |job| job.files.keys }, requests: Double.calls.size
         })
  end

  def on_quit(_)
    @plugin.stop
    exit!(0)
  end

  # Tells which pages were opened in the browser since the last time.
  def opened
    UI.tests_opened.drop(@opened).each { |address| tell(opened: address) }
    @opened = UI.tests_opened.size
  end
end

story = Story.new
Thread.new do
  $stdin.each_line { |line| Double.loop.later { story.take(JSON.parse(line)) } }
  exit!(0)
end
tell(ready: UI.tests_menus["Extensions"].tests_items.keys)
loop do
  Double.loop.turn
  Double.record # nobody reads the list of calls here
  story.opened
end
