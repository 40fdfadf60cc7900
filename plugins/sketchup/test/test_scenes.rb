# frozen_string_literal: true

require_relative "helper"

# Scenes one after the other, exports, and results that become scenes.
class TestScenes < Minitest::Test
  include InSketchup

  def scenes
    RenderiqSketchup::Scenes.new(model)
  end

  def test_a_scene_is_shown_with_its_camera_tags_and_hidden_objects
    seen = nil
    scenes.show("Without annexe") { seen = model.tests_everything }

    assert_equal 1, seen[:hidden].size
    assert_equal [true, false], seen[:layers].values
    assert_in_delta 640.0, seen[:camera].dig(0, 0)
  end

  def test_everything_is_as_before
    before = model.tests_everything
    scenes.names.each { |name| scenes.show(name) { nil } }

    assert_as_before before
  end

  def test_a_view_that_was_turned_since_its_scene_was_selected_is_as_before
    view.camera.set(Geom::Point3d.new(9, 9, 9), Geom::Point3d.new(1, 1, 1), Geom::Vector3d.new(0, 0, 1))
    model.shadow_info["ShadowTime"] = Time.utc(2026, 1, 1, 7)
    model.rendering_options["DrawGround"] = false
    before = model.tests_everything

    scenes.show("Corner") { nil }

    assert_as_before before
  end

  everything_is_as_before_if_any_call_fails { scenes.show("Without annexe") { nil } }

  def test_a_scene_that_is_gone_is_a_sentence
    error = assert_raises(RenderiqSketchup::CaptureError) { scenes.show("Attic") { nil } }

    assert_equal "The scene Attic is not in the model any more.", error.message
  end

  def test_the_model_is_exported_as_binary_gltf
    path = RenderiqSketchup::ModelExport.write(model, File.join(folder, "model.glb"), turns)

    assert_equal "glTF", File.binread(path, 4)
  end

  def test_sketchup_2021_says_that_it_cannot_export
    open_house(version: 21.0)

    error = assert_raises(RenderiqSketchup::CaptureError) do
      RenderiqSketchup::ModelExport.write(model, File.join(folder, "model.glb"), turns)
    end

    assert_match(/SketchUp 2024/, error.message)
  end

  def test_the_sun_stands_where_the_model_has_it
    sun = RenderiqSketchup::ModelExport.sun(model)

    assert_in_delta 40.8, sun["elevation"], 0.1
  end

  def result
    File.join(folder, "result.png").tap { |path| FileUtils.cp(capture(guides: false).files["image"], path) }
  end

  def test_a_result_becomes_a_scene_in_one_step_to_undo
    page = RenderiqSketchup::ScenePicture.new(model).add(result, "Garden")

    assert_equal ["Renderiq Garden", 1], [page.name, model.tests_undo_steps]
  end

  def test_the_picture_is_seen_in_its_scene_only
    RenderiqSketchup::ScenePicture.new(model).add(result, "Garden")
    tag = model.layers["Renderiq"]

    assert_equal [false, false, false, true], model.pages.map { |page| page.tests_state[:layers][tag] }
    refute_predicate tag, :visible?
  end

  def test_the_picture_fills_the_view
    RenderiqSketchup::ScenePicture.new(model).add(result, "Garden")
    image = model.tests_entities.grep(Sketchup::Image).first
    sight = RenderiqSketchup::Sight.of(view.camera, 16.0 / 9, fov: view.camera.fov)
    corner = image.tests_transformation.arguments.first
    _, towards = sight.ray(0.0, 1.0)

    assert_in_delta 0.0, RenderiqSketchup::Vectors.length(
      RenderiqSketchup::Vectors.cross(RenderiqSketchup::Vectors.minus(corner.to_a, sight.eye), towards)
    ), 0.001
  end

  def test_a_picture_that_cannot_be_added_leaves_nothing
    path = result
    before = model.tests_everything
    model.entities.define_singleton_method(:add_image) { |*| nil }

    assert_raises(RenderiqSketchup::CaptureError) { RenderiqSketchup::ScenePicture.new(model).add(path, "Garden") }
    assert_as_before before
  end
end
