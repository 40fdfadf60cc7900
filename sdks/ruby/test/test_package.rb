# frozen_string_literal: true

require "open3"
require "pathname"
require_relative "helper"

# What a host sees of the library: it starts quickly, sends nothing, and depends on nothing.
class TestPackage < Minitest::Test
  include InFolder

  LIBRARY = File.expand_path("../lib/renderiq", __dir__)
  FILES = Dir.glob(File.expand_path("../lib/**/*.rb", __dir__)).freeze
  STANDARD = %w[digest fiber fileutils json monitor net/http openssl rbconfig securerandom time tmpdir uri].freeze

  def run_ruby(program)
    out, err, status = Open3.capture3(RbConfig.ruby, "-w", "-e", program, LIBRARY)
    assert status.success?, err
    assert_empty err
    out.strip
  end

  def test_loading_it_loads_few_files_and_no_network
    program = "before = $LOADED_FEATURES.size; require ARGV[0]; puts $LOADED_FEATURES.size - before
               puts $LOADED_FEATURES.grep(%r{/(socket|net/http|openssl)\\.(rb|so)$}).size"
    count, network = run_ruby(program).lines.map(&:to_i)

    assert_operator count, :<=, 90
    assert_equal 0, network
  end

  def test_loading_it_and_making_a_client_opens_no_socket_and_writes_no_file
    program = <<~RUBY
      require ARGV[0]
      Dir.chdir("#{folder}")
      Renderiq::Client.new("rk_live_EXAMPLE", base_url: "http://127.0.0.1:9", directory: "data").queue
      puts defined?(Socket).inspect, Dir.children(".").inspect
    RUBY

    assert_equal "nil\n[]", run_ruby(program)
  end

  def test_digests_are_loaded_before_threads_use_them
    program = "require ARGV[0]; puts %i[MD5 SHA256].map { |name| Digest.const_defined?(name, false) }.inspect"

    assert_equal "[true, true]", run_ruby(program)
  end

  def test_only_the_standard_library_is_needed
    names = FILES.flat_map { |path| File.read(path).scan(/^\s*require "(.+)"/).flatten }

    assert_empty names.uniq - STANDARD
  end

  def test_it_can_be_loaded_from_a_folder_of_any_place
    FileUtils.cp_r(File.dirname(LIBRARY), File.join(folder, "vendor"))

    assert_equal Renderiq::VERSION, run_ruby("require '#{folder}/vendor/renderiq'; puts Renderiq::VERSION")
  end

  def test_every_file_says_that_its_texts_are_frozen
    FILES.each { |path| assert_equal "# frozen_string_literal: true\n", File.open(path, &:gets), path }
  end

  def test_a_model_shows_what_it_knows_and_keeps_what_it_does_not
    render = Renderiq::Models::RenderOut.read("renderId" => "r1", "status" => "resting", "moonPhase" => "full")

    assert_equal ["r1", nil, "full"], [render.render_id, render.output_url, render["moonPhase"]]
    assert_equal '#<Renderiq::Models::RenderOut render_id="r1", status="resting">', render.inspect
  end

  def test_models_inside_of_models_are_read
    upload = Renderiq::Models::UploadOut.read("parts" => [{ "partNumber" => 2, "received" => true }])

    assert_equal [2, true], [upload.parts.first.part_number, upload.parts.first.received]
  end

  [nil, [], "text"].each do |data|
    define_method("test_a_model_of_nothing_is_empty: #{data.inspect}") do
      assert_empty Renderiq::Models::RenderOut.read(data).raw
    end
  end

  def test_an_api_key_is_sent_nowhere_without_an_address
    error = assert_raises(Renderiq::StateError) { Renderiq::Client.new("rk_live_EXAMPLE") }

    assert_equal "NO_ADDRESS", error.code
  end

  def test_options_have_the_names_of_the_language
    assert_equal({ "negativePrompt" => "people", "later" => 1 },
                 Renderiq::Options.wire({ negative_prompt: "people", later: 1 }))
  end

  def test_a_picture_may_be_bytes
    file = Renderiq::Bodies.read_picture(png, "image")

    assert_equal ["image.png", "image/png"], [file.name, file.content_type]
  end

  def test_a_picture_may_be_a_pathname
    path = Pathname.new(folder) / "view.jpg"
    path.binwrite("\xFF\xD8\xFF")

    assert_equal ["view.jpg", "image/jpeg"], Renderiq::Bodies.read_picture(path, "image").to_a.values_at(0, 2)
  end

  def test_a_name_of_a_file_cannot_break_a_form
    file = Renderiq::Bodies::Attachment.new("a\"b\r\nc.png", "x", "image/png")

    assert_includes Renderiq::Bodies.form({}, { "image" => file }).content, 'filename="a\'b  c.png"'
  end

  def test_the_clock_of_this_machine_can_be_compared_with_that_of_the_server
    transport = lambda do |_request, **|
      Renderiq::Response.new(200, {}, JSON.generate(success: true, timestamp: "2026-03-14T09:26:43Z"))
    end
    client = Renderiq::Client.new("rk", base_url: "http://api.test", directory: folder, transport: transport,
                                        clock: MovedClock.new)

    assert_in_delta 10.0, client.clock_skew
  end

  def test_any_callable_object_is_a_transport
    asked = nil
    transport = lambda do |request, **|
      asked = request
      Renderiq::Response.new(200, {}, '{"success": true, "data": {"balance": 7}}')
    end
    client = Renderiq::Client.new("rk", base_url: "http://api.test/", directory: folder, transport: transport)

    assert_equal 7, client.credits.get.balance
    assert_equal ["GET", "http://api.test/credits", "rk"], [*asked.to_a.first(2), asked.headers["X-Api-Key"]]
  end
end
