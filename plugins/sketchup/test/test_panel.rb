# frozen_string_literal: true

require_relative "helper"
require_relative "fake_api"

# The panel's messages: a test plays the page, and the extension runs as it is in SketchUp's loop.
class TestPanel < Minitest::Test
  include InSketchup
  R = RenderiqSketchup
  VECTORS = JSON.parse(File.read(File.expand_path("../../panel/protocol/vectors.json", __dir__), encoding: "UTF-8"))
  SCHEMA = R::Schema.read(File.expand_path("../../panel/protocol/schema.json", __dir__))
  LOOK = R::Look.full("style" => "soft@1", "quality" => "standard", "prompt" => "A garden").freeze

  def setup
    super
    Sketchup::Http.tests_server = @api = FakeApi.new
    Double::Picture.coarse = 12 # large pictures take Ruby seconds
    Sketchup.write_default("Renderiq", "server", FakeApi::ADDRESS)
    @plugin = R::Plugin.new(File.join(folder, "home"), clock: hasty_clock)
    @plugin.start
    @messages = []
    @methods = {}
    @shown = {}
    open_panel
  end

  def teardown
    @plugin.stop
    Double::Picture.coarse = 2
    Sketchup::Http.tests_server = nil
    super
  end

  def open_panel
    menu["Renderiq"].tests_click
    @dialog = UI.tests_dialogs.last
    @dialog.tests_on_script = ->(script) { take(script) }
  end

  def menu
    UI.tests_menus["Extensions"].tests_items["Renderiq"].tests_items
  end

  # Does what the page does with a message.
  def take(script)
    text = JSON.parse(script[/\ArenderiqReceive\((.*)\)\z/m, 1])
    @messages << message = JSON.parse(text)
    return unless message["event"] == "state"

    data = message["data"]
    @shown = {} if data["reset"]
    @shown.update(data.fetch("set", {}))
    %w[queue history].each do |list|
      gone = data.dig("remove", list).to_a + data.dig("put", list).to_a.map { |entry| entry["id"] }
      kept = @shown.fetch(list, []).reject { |entry| gone.include?(entry["id"]) }
      @shown[list] = kept + data.dig("put", list).to_a
    end
  end

  # Sends a request, and returns its answer.
  def ask(method, **params)
    id = (@id = (@id || 0) + 1)
    @methods[id] = method
    @dialog.tests_call("renderiq", JSON.generate("id" => id, "method" => method, "params" => params))
    settle { answer(id) }
    answer(id)
  end

  def answer(id)
    @messages.find { |message| message["id"] == id }
  end

  def settle(seconds = 60, &condition)
    Double.loop.until(seconds, &condition)
  end

  def greeted
    ask("hello", protocol: 1, panel: "0.1.0")
    settle { @shown.key?("network") }
  end

  def signed_in
    greeted
    ask("signIn")
    settle { @shown["account"]["balance"] && @shown["capabilities"] }
  end

  def states(list = "queue")
    @shown.fetch(list, []).map { |entry| entry["state"] }
  end

  def ordered(**changes)
    ask("capture", aspectRatio: "nearest")
    settle { @shown["capture"] }
    ask("order", look: LOOK.merge(changes.transform_keys(&:to_s)), captureId: @shown["capture"]["id"])
  end

  VECTORS["messages"].select { |vector| vector["direction"] == "toHost" }.each do |vector|
    define_method("test_to_the_host: #{vector["name"]}") do
      greeted
      count = @messages.size
      @dialog.tests_call("renderiq", vector["text"] || JSON.generate(vector["message"]))
      found = @messages.drop(count).find { |message| message.key?("result") || message.key?("error") }
      code = found&.dig("error", "code")

      if vector["dropped"] then assert_nil found
      elsif vector["valid"] then refute_includes ["BAD_PARAMS", "UNKNOWN_METHOD", "INTERNAL", nil], code || "none"
      else
        assert_equal vector["error"], code
      end
    end
  end

  VECTORS["messages"].select { |vector| vector["direction"] == "toPanel" && vector["message"] }.each do |vector|
    define_method("test_the_schema_knows: #{vector["name"]}") do
      assert_equal vector["valid"], fits?(vector["message"], vector["method"])
    end
  end

  VECTORS["changes"].each do |vector|
    define_method("test_the_change_between_states: #{vector["name"]}") do
      found = R::Changes.between(vector["before"], vector["after"])
      vector["change"].nil? ? assert_nil(found) : assert_equal(vector["change"], found)
    end
  end

  # The bytes of a small picture.
  def real_picture
    File.binread(R::Capture.new(model, turns, longer_side: 64).take(folder, guides: false).files["image"])
  end

  def fits?(message, method)
    SCHEMA.valid?(message,
                  "toPanel") && (!message.key?("result") || method.nil? || SCHEMA.result?(method, message["result"]))
  end

  def test_every_message_of_a_session_fits_the_schema
    @api.picture = real_picture
    signed_in
    ordered
    settle { @shown["history"]&.any? }
    id = @shown["history"].first["id"]
    ask("again", id: id, look: LOOK)
    ask("pictures", id: id)
    ask("place", id: id, target: "scene")
    ask("estimate", look: LOOK, count: 3)
    ask("order", look: LOOK, views: %w[Garden Corner])
    settle(90) { @shown["history"].size == 4 }

    wrong = @messages.reject { |message| fits?(message, @methods[message["id"]]) }
    assert_empty wrong
    assert_equal [nil, "notice", "state"], @messages.map { |message| message["event"] }.uniq.sort_by(&:to_s)
  end

  def test_an_order_of_the_panel_is_in_its_history
    signed_in
    ids = ordered["result"]["ids"]
    settle { @shown["history"]&.any? }

    assert_equal ids, (@shown["history"].map { |entry| entry["id"] })
    assert_equal "A garden", @shown["history"].first["look"]["prompt"]
  end

  def test_pictures_are_files_that_are_there
    signed_in
    ordered
    settle { @shown["history"]&.any? }
    found = ask("pictures", id: @shown["history"].first["id"])["result"]

    found.each_value { |address| assert_path_exists address.delete_prefix("file://") }
  end

  def test_a_view_is_ordered_as_it_was_when_it_was_shown
    signed_in
    ask("capture", aspectRatio: "nearest")
    settle { @shown["capture"] }
    before = view.camera.eye
    view.camera.set(Geom::Point3d.new(700, 700, 300), Geom::Point3d.new(0, 0, 0), Geom::Vector3d.new(0, 0, 1))
    ask("order", look: LOOK, captureId: @shown["capture"]["id"])

    assert_equal before.to_a, drawn("capture.png")[:camera].first
    assert_equal [700.0, 700.0, 300.0], view.camera.eye.to_a
  end

  def test_the_crop_is_in_the_middle_of_the_whole_view
    greeted
    ask("capture", aspectRatio: "1:1")
    settle { @shown["capture"] }

    assert_equal({ "x" => 0.21875, "y" => 0.0, "width" => 0.5625, "height" => 1.0 }, @shown["capture"]["crop"])
    assert_equal [960, 540], @shown["capture"].values_at("width", "height")
  end

  def test_work_offline_queues_and_is_shown
    signed_in
    menu["Work Offline"].tests_click
    3.times { ordered }
    settle { states == %w[waiting waiting waiting] && @shown["network"] == "hostOffline" }

    menu["Work Offline"].tests_click
    settle(90) { @shown["history"]&.size == 3 }

    refute_predicate menu["Work Offline"], :tests_ticked
  end

  def test_signing_in_offline_says_which_switch_it_is
    greeted
    menu["Work Offline"].tests_click

    assert_equal "HOST_OFFLINE", ask("signIn")["error"]["code"]
  end

  def test_a_lost_network_is_shown
    signed_in
    @api.away = true
    ordered
    settle { @shown["network"] == "unreachable" }
    @api.away = false

    settle(90) { @shown["network"] == "online" && @shown["history"].any? }
  end

  def test_a_refused_order_can_be_edited
    @api.refusal = [400, {}, JSON.generate("errorCode" => "INVALID_PROMPT", "error" => "Another prompt, please.")]
    signed_in
    ordered
    settle { @shown["queue"].any? { |entry| entry["refused"] } }
    @api.refusal = nil
    ask("edit", id: @shown["queue"].first["id"], look: LOOK.merge("prompt" => "A tree"))
    settle(90) { @shown["history"]&.any? }

    assert_equal "A tree", @shown["history"].first["look"]["prompt"]
    assert_includes @api.bodies["POST /renders"], "A tree"
  end

  def test_too_few_credits_are_told_by_the_estimate
    @api.balance = 12
    signed_in

    assert_equal({ "cost" => 15, "left" => 12, "sufficient" => false }, ask("estimate", look: LOOK, count: 3)["result"])
  end

  def test_looks_and_settings_are_kept
    greeted
    ask("saveLook", name: "Evening", look: LOOK)
    ask("setSettings", settings: { theme: "dark", sendGuides: false })
    settle { @shown["settings"]["theme"] == "dark" && @shown["looks"].any? }

    assert_equal [["Evening"], false], [@shown["looks"].map { |look| look["name"] }, @shown["settings"]["sendGuides"]]
  end

  def test_results_are_put_into_the_model_by_themselves_if_that_is_wanted
    signed_in
    ask("setSettings", settings: { placeWhenDone: true })
    @api.picture = File.binread(R::Capture.new(model, turns, longer_side: 64).take(folder,
                                                                                   guides: false).files["image"])
    ordered
    settle(90) { model.pages.length == 4 }

    assert_equal "Renderiq Garden", model.pages.to_a.last.name
    assert_equal ["Garden", "Corner", "Without annexe"], @plugin.studio.scenes # a result is not rendered again
  end

  def test_a_page_that_is_loaded_again_gets_everything
    signed_in
    @dialog.tests_close
    @shown = {}
    open_panel
    greeted

    assert_equal "signedIn", @shown["account"]["status"]
    assert_equal "", @shown["look"]["prompt"]
  end

  def test_nothing_is_sent_while_nothing_changes
    signed_in
    settle { @shown["styles"]&.first&.fetch("cover") }
    200.times { Double.loop.turn }
    count = @messages.size
    200.times { Double.loop.turn }

    assert_equal count, @messages.size
  end

  def test_the_toolbar_has_the_three_commands
    assert_equal ["Renderiq", "Render View", "Render Scenes"], UI.tests_toolbars.first.tests_commands.map(&:tests_title)
  end

  def test_the_toolbar_renders_the_view_without_the_panel
    signed_in
    @plugin.preferences.look = LOOK
    UI.tests_toolbars.first.tests_commands[1].tests_click
    settle(90) { @shown["history"]&.any? }
  end

  def test_another_server_is_another_session
    signed_in
    UI.tests_answers = ["https://other.test/api/plugins"]
    menu["Server…"].tests_click
    settle { @shown["account"]["status"] == "signedOut" }

    assert_equal "https://other.test/api/plugins", @plugin.service.client.base_url
  end
end
