# frozen_string_literal: true

require_relative "helper"

# What calls nothing of SketchUp: names, sentences, frames, colours, the log.
class TestWords < Minitest::Test
  R = RenderiqSketchup

  { "Red brick" => "brick", "RoofTiles" => "roof_tiles", "Glas_01" => "glass", "Dach (alt)" => "roof_tiles",
    "Béton brut" => "concrete", "Color M05" => nil, "glasses" => nil }.each do |name, material|
    define_method("test_the_material_of #{name}") { assert_equal [material], [R::MaterialWords.material_of(name)] }
  end

  def test_a_hundred_ids_have_a_hundred_colours
    assert_equal 100, R::IdColours.take(100).uniq.size
  end

  def test_a_colour_has_its_name_on_the_wire
    assert_equal "#0a00ff", R::IdColours.hex([10, 0, 255])
  end

  def test_the_nearest_ratio_crops_the_smallest_part_away
    assert_equal %w[16:9 1:1 9:16], [[1700, 1000], [1050, 1000], [500, 1000]].map { |size| R::Frame.nearest(*size) }
  end

  def test_a_view_that_is_too_wide_is_captured_up_to_8_to_1
    assert_equal ["source", 8.0], R::Frame.choose("source", 10_000, 100)
  end

  def test_both_sides_of_a_capture_are_even
    assert_equal [[1920, 1080], [1080, 1920], [64, 64]],
                 [R::Frame.size(16.0 / 9), R::Frame.size(9.0 / 16), R::Frame.size(1.0, 10)]
  end

  ["Bearer abc.def", "rk_live_Abc123", "eyJhbGciOi.eyJzdWIi.sig", "token: 12345", "ada@example.com",
   "https://files.test/a?signature=1"].each do |secret|
    define_method("test_the_log_leaves_out #{secret}") do
      refute_includes R::Logs.without_secrets("before #{secret} after"), secret
    end
  end

  def test_an_error_is_a_sentence
    assert_equal ["Not enough credits.", "Something went wrong."],
                 [R::Sentences.of("Not enough credits"), R::Sentences.of("")]
  end

  def test_an_error_that_nobody_foresaw_points_to_the_log
    assert_equal "broken. The log file says more.", R::Sentences.of_error(RuntimeError.new("broken"))
  end

  def test_versions_are_compared_by_numbers
    assert_equal [true, false, false],
                 [%w[0.9.0 0.10.0], %w[1.0.0 1.0], %w[1.2.0 1.1.9]].map { |one, other| R::Sentences.older?(one, other) }
  end

  def test_a_look_without_an_answer_is_left_to_the_server
    assert_equal({ "structureStrength" => 0.7 }, R::Look.fields(R::Look.read("style" => "", "seed" => nil)))
  end

  def test_what_cannot_be_put_back_hinders_nothing_else
    done = []
    error = assert_raises(RuntimeError) do
      R::Restore.around do |restore|
        restore.later { done << :first }
        restore.later { raise "stuck" }
      end
    end

    assert_equal [[:first], "stuck"], [done, error.message]
  end

  def test_the_address_of_a_file_is_one_that_a_page_can_load
    assert_equal "file:///a%20b/%C3%BC.png", R::State.address("/a b/ü.png")
  end

  def test_every_file_of_the_extension_is_inside_of_its_module
    names = Dir.glob(File.join(EXTENSION_FOLDER, "renderiq_sketchup", "**", "*.rb"))

    assert_operator names.size, :>, 50
    assert_empty(names.reject do |name|
                   name.end_with?("main.rb") || File.read(name).include?("module RenderiqSketchup")
                 end)
    refute defined?(::Renderiq)
  end
end
