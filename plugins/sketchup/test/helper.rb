# frozen_string_literal: true

require "minitest/autorun"
require "fileutils"
require "tmpdir"
require_relative "../../../sdks/ruby/test/support/time_limit"

ENV["RENDERIQ_SKETCHUP_TEST"] = "1"
$LOAD_PATH.unshift File.join(__dir__, "double", "lib")
require "sketchup"
# The extension as build.py has put it together, with the SDK inside.
EXTENSION_FOLDER = ENV.fetch("EXTENSION") { File.expand_path("../../../.local/plugin-sketchup", __dir__) }
# Without npm the panel is not built. Its page is not needed where a test plays it.
page = File.join(EXTENSION_FOLDER, "renderiq_sketchup", "page", "panel.html")
FileUtils.mkdir_p(File.dirname(page))
FileUtils.touch(page)
require File.join(EXTENSION_FOLDER, "renderiq_sketchup", "main")

# A new document with a house, and a folder of its own.
module InSketchup
  SIDE = 128

  # For classes of tests.
  module EachCall
    # Defines two tests: each call of the API that the work makes fails once, before or after it has done its own work,
    # and everything is put back. The block is run in a test.
    def everything_is_as_before_if_any_call_fails(&work)
      calls = nil
      [false, true].each do |after|
        define_method("test_everything_is_as_before_if_any_call_fails_#{after ? "after" : "before"}_its_work") do
          calls ||= calls_of(&work)
          calls.each_with_index do |name, index|
            fails_at(index, "call #{index + 1} of #{calls.size}, #{name}", after, &work)
          end
        end
      end
    end
  end

  def self.included(tests)
    tests.extend(EachCall)
  end

  attr_reader :folder

  def setup
    @folder = Dir.mktmpdir("renderiq-sketchup-")
    open_house
    super
  end

  def teardown
    super
    FileUtils.rm_rf(@folder)
  end

  def open_house(version: 24.0)
    Sketchup.tests_open(version: version)
    Double::House.build
    Double.record
  end

  # A clock for a loop that skips what it would wait for.
  def hasty_clock
    Double.loop.hasty = true
    RenderiqSketchup::Renderiq::Clock.new.tap do |clock|
      clock.define_singleton_method(:now) { Time.now.to_f + Double.loop.skipped }
    end
  end

  def model
    Sketchup.active_model
  end

  def view
    model.active_view
  end

  # Everything that a capture could leave changed is as it was.
  def assert_as_before(before, message = nil)
    after = model.tests_everything

    assert_empty(before.reject { |name, value| after[name] == value }.keys, message)
  end

  def calls_of(&work)
    open_house
    instance_exec(&work)
    Double.calls.dup
  end

  def fails_at(index, message, after, &work)
    open_house
    before = model.tests_everything
    Double.fail_at(index + 1, after: after)
    begin
      instance_exec(&work)
    rescue Double::Injected
      nil
    end

    assert_predicate Double, :failed?, "#{message}, was not reached"
    Double.record

    assert_as_before before, message
  end

  def turns
    @turns ||= RenderiqSketchup::Turns.new
  end

  def capture(**options)
    RenderiqSketchup::Capture.new(model, turns, longer_side: SIDE).take(folder, **options)
  end

  # What a picture was drawn with: its options, or its shadows, or all.
  def drawn(name)
    view.tests_written.reverse.find { |written, _| written == name }.last
  end

  def pixels(shot, name)
    RenderiqSketchup::Png.read(shot.files.fetch(name))
  end
end
