# frozen_string_literal: true

require_relative "helper"
require_relative "support/server"

# The programs of the page work.
class TestReadme < Minitest::Test
  include InFolder

  PROGRAMS = File.read(File.expand_path("../README.md", __dir__), encoding: "UTF-8")
                 .scan(/^```ruby\n(.*?)^```$/m).flatten.freeze
  LIBRARY = File.expand_path("../lib/renderiq", __dir__)

  def test_the_first_render_has_less_than_ten_lines_and_works
    server = Server.new("POST /renders" => { renderId: "r1" }, "GET /picture" => "picture",
                        "GET /renders/r1" => { renderId: "r1", status: "completed", outputUrl: "/picture" })
    File.binwrite(File.join(folder, "view.png"), png.read)
    program = PROGRAMS.first.sub("https://api.example.com/api/plugins", server.url).sub("…", "EXAMPLE")
                      .sub("renderiq-ruby/lib/renderiq", LIBRARY).sub("require_relative", "require")

    assert system(RbConfig.ruby, "-w", "-e", program, chdir: folder)
    assert_equal "picture", File.read(File.join(folder, "out.png"))
    assert_operator PROGRAMS.first.lines.size, :<, 10
  ensure
    server&.close
  end

  PROGRAMS.each_with_index do |program, number|
    define_method("test_every_program_of_the_page_can_be_read: #{number}") do
      assert RubyVM::InstructionSequence.compile(program)
    end
  end

  # A double of the functions of SketchUp that the page uses.
  SKETCHUP = <<~RUBY
    module Sketchup
      module Http
        GET = :get
        POST = :post
        PUT = :put
        DELETE = :delete
        Response = Struct.new(:status_code, :headers, :body)

        class Request
          attr_writer :headers, :body

          def self.sent
            @sent ||= []
          end

          def initialize(url, method)
            @asked = [method, url]
          end

          def set_upload_progress_callback; end

          def set_download_progress_callback; end

          def start(&answered)
            Request.sent << [*@asked, @headers["X-Api-Key"], -> (*answer) { answered.call(self, Response.new(*answer)) }]
            true
          end

          def cancel
            true
          end
        end
      end
    end

    module UI
      TIMERS = {}

      def self.start_timer(seconds, repeat, &block)
        raise ArgumentError unless seconds.positive? && repeat == false

        TIMERS[block.object_id] = block
        block.object_id
      end

      def self.stop_timer(id)
        TIMERS.delete(id)
      end

      def self.turn
        TIMERS.keys.each { |id| TIMERS.delete(id).call }
      end
    end
  RUBY

  def sketchup
    Module.new.tap do |sketchup|
      sketchup.module_eval(SKETCHUP)
      sketchup.module_eval(PROGRAMS.find { |each| each.include?("class SketchUpHost") }.partition("\nclient = ").first)
    end
  end

  def begin_in(sketchup)
    client = Renderiq::Client.new("rk", base_url: "http://api.test", directory: folder,
                                        host: sketchup.const_get(:SketchUpHost).new)
    task = client.run { client.api.without_retries.call("GET", "/credits").data }.on_error { nil }
    sketchup::UI.turn
    [task, *sketchup::Sketchup::Http::Request.sent.first]
  end

  def test_the_host_of_the_page_sends_and_answers
    task, *sent, answer = begin_in(sketchup)

    answer.call(200, { "Content-Type" => "application/json" }, '{"success": true, "data": {"balance": 7}}')

    assert_equal [:get, "http://api.test/credits", "rk"], sent
    assert_equal({ "balance" => 7 }, task.value)
  end

  def test_the_host_of_the_page_notices_that_there_is_no_answer
    task, *, answer = begin_in(sketchup)

    answer.call(0, {}, "")

    assert_equal "NETWORK_ERROR", task.error.code
  end

  def test_the_host_of_the_page_gives_up_a_request_that_is_silent
    double = sketchup
    task, = begin_in(double)

    double::UI.turn

    assert_equal "TIMED_OUT", task.error.code
  end
end
