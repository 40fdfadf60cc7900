# frozen_string_literal: true

require_relative "helper"

# What is drawn for a capture, in which frame, and that nothing of it remains.
class TestCapture < Minitest::Test
  include InSketchup

  def test_a_capture_has_picture_depth_and_material_ids_of_one_size
    shot = capture

    assert_equal %w[image material_id_image depth_image], shot.files.keys
    assert_equal [[SIDE, 72]], shot.files.values.map { |path| RenderiqSketchup::Png.size(path) }.uniq
  end

  def test_everything_is_as_before
    before = model.tests_everything
    capture

    assert_as_before(before)
  end

  everything_is_as_before_if_any_call_fails { small_capture }

  def small_capture
    RenderiqSketchup::Capture.new(model, turns, longer_side: 64).take(folder)
  end

  def test_hundreds_of_calls_were_tried
    assert_operator calls_of { small_capture }.size, :>, 300
  end

  def test_nothing_for_modelling_is_in_the_picture
    capture(guides: false)

    RenderiqSketchup::Drawing::TIDY.each do |key, value|
      assert_equal value, drawn("capture.png")[:options][key], key
    end
  end

  def test_nothing_is_selected_or_edited_in_the_picture
    capture(guides: false)

    assert_equal [[], nil], drawn("capture.png").values_at(:selection, :path)
  end

  def test_edges_and_sky_are_left_out
    capture(guides: false)

    assert_equal [0, false, false],
                 drawn("capture.png")[:options].values_at("EdgeDisplayMode", "DrawSilhouettes", "DrawHorizon")
  end

  def test_edges_and_sky_stay_if_they_are_wanted
    capture(guides: false, edges: true, sky: true)

    assert_equal [1, true, true],
                 drawn("capture.png")[:options].values_at("EdgeDisplayMode", "DrawSilhouettes", "DrawHorizon")
  end

  def test_no_step_to_undo_remains
    capture

    assert_equal [0, nil], [model.tests_undo_steps, model.tests_operation]
  end

  def test_each_material_has_one_colour_and_its_name_is_told
    shot = capture
    names = shot.fields["materials"].values

    assert_equal %w[brick glass grass plaster roof_tiles wood], names.sort
    seen = pixels(shot, "material_id_image")
    colours = (0...72).flat_map { |y| (0...SIDE).map { |x| seen.pixel(x, y) } }.uniq
    assert_operator colours.size, :>=, 6
    assert_equal [0, 0, 0], seen.pixel(0, 0)
  end

  def test_depth_is_the_distance_along_the_view
    shot = capture
    camera = shot.fields["camera"]
    seen = pixels(shot, "depth_image")
    sight = RenderiqSketchup::Sight.of(view.camera, 16.0 / 9, fov: view.camera.fov)
    from, towards = sight.ray(0.6 + (0.5 / SIDE), 0.5)
    point, = Double::Ray.hit(model.tests_faces, from, towards)
    level = seen.pixel((0.6 * SIDE).round, 36).first
    metres = camera["far"] - (level / 255.0 * (camera["far"] - camera["near"]))

    assert_in_delta sight.depth_of(point) * 0.0254, metres, 0.6
  end

  def test_fog_that_is_no_distance_along_the_view_is_not_sent_as_depth
    view.tests_fog = :curved

    shot = capture

    assert_equal %w[image material_id_image], shot.files.keys
    assert_match(/off by/, shot.left_out["depth_image"])
  end

  def test_near_and_far_are_not_told_without_depth
    view.tests_fog = :curved

    refute capture.fields["camera"].key?("near")
  end

  def test_another_level_of_darkness_is_tried_if_colours_are_shaded
    view.tests_true_dark = 100

    assert_includes capture.files, "material_id_image"
  end

  def test_material_ids_that_are_shaded_are_not_sent
    view.tests_true_dark = 60

    assert_equal ["image"], capture.files.keys
  end

  def test_a_parallel_view_has_depth_and_its_height_is_put_back
    view.camera.perspective = false
    view.camera.height = 500.0
    before = model.tests_everything

    shot = capture(ratio: "1:1")

    assert_equal "parallel", shot.fields["camera"]["projection"]
    assert_as_before(before)
  end

  def test_a_perspective_with_two_points_is_captured_as_the_view_shows_it
    view.camera.tests_two_points = true

    shot = capture(ratio: "1:1")

    assert_equal ["source", nil], [shot.ratio, shot.fields["camera"]]
    refute_includes shot.files, "depth_image"
  end

  def test_a_narrower_ratio_keeps_the_vertical_angle
    assert_in_delta 35.0, capture(ratio: "1:1", guides: false).fields["camera"]["fov"]
  end

  def test_a_wider_ratio_crops_above_and_below
    view.tests_size = [800, 800]

    angle = capture(ratio: "16:9", guides: false).fields["camera"]["fov"]

    assert_in_delta 2 * Math.atan(Math.tan(35 * Math::PI / 360) * 9 / 16) * 180 / Math::PI, angle, 0.01
  end

  def test_a_horizontal_angle_becomes_a_vertical_one
    view.camera.tests_fov_is_height = false

    angle = capture(ratio: "source", guides: false).fields["camera"]["fov"]

    assert_in_delta 2 * Math.atan(Math.tan(35 * Math::PI / 360) * 720 / 1280) * 180 / Math::PI, angle, 0.01
  end

  def test_a_camera_with_a_ratio_of_its_own_is_captured_in_it
    view.camera.aspect_ratio = 1.0

    assert_equal "1:1", capture(guides: false).ratio
  end

  def test_a_picture_that_cannot_be_written_is_a_sentence
    view.define_singleton_method(:write_image) { |_| false }

    error = assert_raises(RenderiqSketchup::CaptureError) { capture }

    assert_match(/disk full/, error.message)
  end

  def test_sketchup_2021_has_all_that_is_needed
    open_house(version: 21.0)

    assert_equal 3, capture.files.size
  end

  def test_positions_are_metres_in_the_axes_of_gltf
    assert_equal [-7.62, 4.826, 10.668], capture(guides: false).fields["camera"]["position"]
  end
end
