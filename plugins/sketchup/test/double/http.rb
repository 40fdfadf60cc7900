# frozen_string_literal: true

require "net/http"

module Sketchup
  # The system sends requests in a thread of its own, and SketchUp calls back in its main thread.
  module Http
    class << self
      # Answers requests in place of the network: takes method, URL, headers and body, returns status, headers and body.
      attr_accessor :tests_server
    end

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"

    class Response
      extend Double::Api

      def initialize(status, headers, body)
        @status = status
        @headers = headers
        @body = body
      end

      api(:status_code) { @status }
      api(:headers) { @headers }
      api(:body) { @body }
    end

    class Request
      extend Double::Api

      def initialize(url, method = GET)
        Double::Check.kind(url, String, "url")
        Double::Check.kind(method, String, "method")
        @url = url
        @method = method
        @headers = {}
      end

      api(:url) { @url.dup }
      api(:headers=) do |headers|
        headers.each { |pair| pair.each { |each| Double::Check.kind(each, [String, Symbol], "a header") } }
        @headers = headers
      end
      api(:body=) do |body|
        Double::Check.kind(body, String, "body")
        @body = body
      end
      api(:set_upload_progress_callback) { |&block| @up = block }
      api(:set_download_progress_callback) { |&block| @down = block }
      api(:cancel) do
        @is_over = true
        true
      end
      api(:start) do |&block|
        if Http.tests_server
          answer = Http.tests_server.call(@method, @url, @headers, @body)
          Double.loop.later { finish(Response.new(*answer), block) }
        else
          Thread.new { send_it(block) }
        end
        true
      end

      private

      # Calls that the program makes in another thread would be refused, so that nothing here goes through the API.
      def send_it(block)
        response = fetch
        Double.loop.later { finish(response, block) }
      end

      def finish(response, block)
        return if @is_over

        @up&.call(1, 1)
        @down&.call(1, 1)
        @is_over = true
        block&.call(self, response)
      end

      def fetch
        uri = URI(@url)
        Net::HTTP.start(uri.hostname, uri.port, read_timeout: 60, max_retries: 0) do |http|
          outgoing = Net::HTTPGenericRequest.new(@method, !@body.nil?, true, uri)
          outgoing["Accept-Encoding"] = "identity"
          @headers.each { |name, text| outgoing[name.to_s] = text }
          outgoing["Content-Type"] ||= "application/octet-stream" if @body
          outgoing.body = @body if @body
          answer = http.request(outgoing)
          Response.new(answer.code.to_i, answer.each_header.to_h, answer.body.to_s)
        end
      rescue StandardError
        Response.new(0, {}, "")
      end
    end
  end
end
