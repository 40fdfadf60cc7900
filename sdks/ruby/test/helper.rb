# frozen_string_literal: true

require "minitest/autorun"
require "stringio"
require "tmpdir"
require_relative "support/time_limit"
require_relative "../lib/renderiq"

# A clock that moves by sleeping.
class MovedClock < Renderiq::Clock
  attr_reader :now

  def initialize
    super
    @now = 1_773_480_413.0
  end

  def sleep(seconds)
    @now += seconds
  end

  def chance
    0.5
  end
end

# The API without a network. +during+ is called while a request is under way.
class FakeApi
  attr_reader :requests
  attr_accessor :during, :away

  def initialize
    @requests = []
    @during = ->(_name) {}
    @away = false
  end

  def call(request, file: nil, **)
    name = "#{request.http_method} #{request.url.partition(".test").last}"
    @requests << name
    during.call(name)
    raise Renderiq::NetworkError.new("NETWORK_ERROR", "No network.", was_sent: false) if away

    return picture(file) if name == "GET /picture"

    status = request.http_method == "DELETE" ? "cancelled" : "completed"
    answer("renderId" => "r1", "status" => status, "outputUrl" => link, "estimatedTime" => 0)
  end

  def link
    "http://api.test/picture"
  end

  private

  def picture(file)
    file.write("picture")
    Renderiq::Response.new(200, {}, "")
  end

  def answer(data)
    Renderiq::Response.new(200, {}, JSON.generate(success: true, data: data))
  end
end

# A folder of its own for each test.
module InFolder
  attr_reader :folder

  def setup
    @folder = Dir.mktmpdir("renderiq-")
    super
  end

  def teardown
    super
    FileUtils.rm_rf(@folder)
  end
end

# Returns a picture with these bytes after the first ones.
def png(content = "and more")
  StringIO.new("\x89PNG".b + content)
end
