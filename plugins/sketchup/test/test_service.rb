# frozen_string_literal: true

require_relative "helper"
require_relative "fake_api"

# Account, orders and offer, in SketchUp's loop and without a network.
class TestService < Minitest::Test
  include InSketchup
  R = RenderiqSketchup

  def setup
    super
    @api = FakeApi.new
    Sketchup::Http.tests_server = @api
    @clock = hasty_clock
    @preferences = R::Preferences.new
    @log_path = File.join(folder, "renderiq.log")
    begin_anew
  end

  def teardown
    @service.stop
    Sketchup::Http.tests_server = nil
    super
  end

  # Starts the service as a SketchUp that was just opened does.
  def begin_anew(online: true)
    @service&.stop
    @host = R::Host.new(turns)
    @service = R::Service.new(FakeApi::ADDRESS, folder, host: @host, turns: turns, log: R::Logs.open(@log_path),
                                                        session: SecureRandom.uuid, clock: @clock)
    @studio = R::Studio.new(@service, @preferences, turns, nil)
    @studio.define_singleton_method(:picture_side) { 128 }
    @service.start(online: online)
  end

  def settle(seconds = 30, &condition)
    Double.loop.until(seconds, &condition)
  end

  def sign_in
    @service.sign_in
    settle { @service.signed_in? && @service.balance && @service.offer.styles.any? { |style| style["cover"] } }
  end

  def states
    @service.entries.map { |entry| entry[:state] }
  end

  def order(**look)
    @studio.order({ "quality" => "standard" }.merge(look.transform_keys(&:to_s)))
  end

  def test_signing_in_opens_the_page_of_the_code
    sign_in

    assert_equal ["http://api.test/device?user_code=ABCD-EFGH"], UI.tests_opened
    assert_equal "demo@example.com", @service.email
  end

  def test_a_sign_in_can_be_given_up
    @api.approved = false
    @service.sign_in
    settle { @service.device }

    @service.cancel_sign_in

    assert_equal [false, nil], [@service.signing_in?, @service.device]
  end

  def test_an_order_is_done_and_its_picture_is_on_disk
    sign_in
    order
    settle { states == ["done"] }

    assert_equal FakeApi::PNG, File.binread(@service.entries.first[:result])
  end

  def test_an_order_has_the_capture_its_guides_and_their_camera
    sign_in
    order
    settle { states == ["done"] }
    body = @api.bodies["POST /renders"]

    %w[uploadedImageData depthImage materialIdImage camera materials aspectRatio seed].each do |field|
      assert_includes body, "name=\"#{field}\""
    end
  end

  def test_results_go_beside_a_model_that_was_saved
    model.tests_path = File.join(folder, "House.skp")
    sign_in
    order
    settle { states == ["done"] }

    assert_equal File.join(folder, "Renderiq"), File.dirname(@service.entries.first[:result])
  end

  def test_nothing_is_sent_offline
    sign_in
    @service.online = false
    order
    settle { states == ["waiting"] } # what was under way has ended
    before = @api.requests.size
    50.times { Double.loop.turn }

    assert_equal before, @api.requests.size
  end

  def test_three_wait_and_three_come_back
    sign_in
    @service.online = false
    3.times { order }
    settle { states == %w[waiting waiting waiting] }

    @service.online = true
    settle(60) { states == %w[done done done] }

    assert_equal 3, @api.count("POST /renders")
  end

  def test_what_waits_is_sent_once_after_a_restart
    sign_in
    @service.online = false
    order
    settle { states == ["waiting"] }

    begin_anew
    settle(60) { states == ["done"] }

    assert_equal 1, @api.count("POST /renders")
  end

  def test_an_order_that_was_captured_but_not_queued_is_queued_after_a_restart
    @service.online = false
    order
    begin_anew(online: false)
    settle { states == ["waiting"] }

    assert_equal 1, @service.client.queue.list.size
  end

  def test_an_order_is_cancelled
    @api.status = "processing"
    sign_in
    id = order
    settle { %w[ordered rendering].include?(states.first) }

    @service.cancel(id)
    settle { states == ["cancelled"] }

    assert_includes @api.requests, "DELETE /renders/r1"
  end

  def test_the_same_capture_is_ordered_again_with_another_look
    sign_in
    id = order(style: "soft@1")
    settle { states == ["done"] }

    @service.again(id, R::Look.read("style" => "dramatic@2", "seed" => 8))
    settle { states == %w[done done] }

    assert_equal "dramatic@2", @service.entries.first[:look]["style"]
    assert_includes @api.bodies["POST /renders"], "dramatic@2"
  end

  def test_an_order_that_ended_can_be_forgotten_and_its_result_stays
    sign_in
    id = order
    settle { states == ["done"] }
    result = @service.entries.first[:result]

    @service.remove(id)

    assert_equal [[], true], [states, File.exist?(result)]
  end

  def test_what_is_not_affordable_is_told_before_anything_is_captured
    @api.balance = 3
    sign_in

    error = assert_raises(R::CaptureError) { order }

    assert_equal "That costs 5 credits, but only 3 are left. Buy credits or choose a lower quality.", error.message
    assert_empty view.tests_written
  end

  def test_orders_that_wait_count_as_spent
    @api.balance = 8
    sign_in
    @service.online = false
    order

    assert_raises(R::CaptureError) { order }
  end

  def test_a_version_that_is_too_old_says_where_the_new_one_is
    @api.oldest = "1.0.0"
    sign_in

    error = assert_raises(R::CaptureError) { order }

    assert_match(%r{too old.*9\.0\.0.*https://example.com/renderiq.rbz}, error.message)
  end

  def test_all_scenes_are_ordered_with_one_look_and_one_seed
    sign_in
    before = model.tests_everything
    @studio.order_scenes(@studio.scenes, { "style" => "soft@1", "quality" => "standard" }, @host)
    settle(90) { states == %w[done done done] }

    assert_equal [["Without annexe", "Corner", "Garden"], 1],
                 [@service.entries.map { |entry| entry[:view] }, @service.entries.map do |entry|
                                                                   entry[:look]
                                                                 end.uniq.size]
    assert_as_before before
  end

  def test_a_scene_that_fails_does_not_hinder_the_others
    sign_in
    @studio.order_scenes(%w[Garden Attic Corner], {}, @host)
    settle(90) { states == %w[done failed done] && !@studio.busy? }

    assert_equal "The scene Attic is not in the model any more.", @service.entries[1][:reason]
  end

  def test_the_path_tracer_gets_the_model_its_camera_and_its_sun
    sign_in
    @service.online = false
    order(model: "cycles")
    settle { states == ["waiting"] }
    options = @service.client.queue.list.first.options

    assert_equal [true, true, false], %w[camera sun materials].map { |name| options.key?(name) }
    assert_equal %w[image model_file], @service.jobs.all.first.files.keys
  end

  def test_the_path_tracer_needs_sketchup_2024
    open_house(version: 21.0)

    error = assert_raises(R::CaptureError) { order(model: "cycles") }

    assert_match(/SketchUp 2024/, error.message)
  end

  def test_a_consent_is_read_agreed_to_and_the_order_is_sent_again
    @api.refusal = [403, {}, JSON.generate("errorCode" => "CONSENT_REQUIRED", "error" => "Agree first.")]
    @api.consents = [{ "name" => "gemini", "version" => 1, "title" => "Google", "text" => "Words.",
                       "granted" => false }]
    sign_in
    order
    settle { @service.consents.any? }

    @service.answer_consents([{ "name" => "gemini", "version" => 1, "granted" => true }])
    settle { states == ["done"] }

    assert_equal({ "version" => 1, "granted" => true }, JSON.parse(@api.bodies["POST /consents/gemini"]))
  end

  def test_styles_and_covers_are_there_offline_after_a_restart
    sign_in
    settle { @service.offer.styles.first["cover"] }

    begin_anew(online: false)
    cover = @service.offer.styles.first["cover"]

    assert_equal ["Soft", true], [@service.offer.styles.first["title"], File.exist?(cover)]
  end

  def test_signing_out_works_without_a_network
    sign_in
    @api.away = true

    @service.sign_out
    settle { !@service.signed_in? }

    refute_path_exists File.join(@service.directory, "session.json")
  end

  def test_looks_are_saved_and_removed
    @service.save_look("Evening", { "style" => "soft@1" })
    @service.save_look("Morning", { "style" => "soft@1" })
    @service.save_look("Evening", nil)

    assert_equal ["Morning"], @service.jobs.looks.keys
  end

  def test_the_log_has_no_secret
    sign_in
    order(prompt: "a secret tower")
    settle { states == ["done"] }
    log = File.read(@log_path)

    refute_match(/access-secret|refresh-secret|demo@example|secret tower/, log)
    assert_match(/signed in/, log)
  end
end
