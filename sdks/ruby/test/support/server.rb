# frozen_string_literal: true

require "socket"

# A server on this machine that gives each "GET /path" its answer: a Hash, or bytes.
class Server
  attr_reader :url, :requests

  def initialize(answers)
    @answers = answers
    @requests = []
    @server = TCPServer.new("127.0.0.1", 0)
    @url = "http://127.0.0.1:#{@server.addr[1]}"
    @thread = Thread.new { loop { serve(@server.accept) } }
  end

  def close
    @thread.kill
    @server.close
  end

  private

  def serve(connection)
    verb, path = connection.gets.split
    length = 0
    while (line = connection.gets.chomp) && !line.empty?
      length = line[/\d+/].to_i if line.downcase.start_with?("content-length")
    end
    connection.read(length)
    @requests << "#{verb} #{path}"
    answer = @answers.fetch("#{verb} #{path}")
    content = answer.is_a?(Hash) ? JSON.generate(success: true, data: answer) : answer
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: #{content.bytesize}\r\nConnection: close\r\n\r\n", content)
  ensure
    connection.close
  end
end
