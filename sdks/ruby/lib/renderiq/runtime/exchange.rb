# frozen_string_literal: true

module Renderiq
  # One request that a host sends, and the place where it puts the answer.
  #
  # The host reads +http_method+ ("GET", "POST", "PUT" or "DELETE"), +url+, +headers+ and +body+ (a String of bytes,
  # or nil). Later, and in the thread that has called +start+, it calls +answer+ or +fail+ once; more calls do
  # nothing. It should call +progress+ whenever bytes have moved, if it knows: then a slow transfer is not taken for a
  # lost one.
  class Exchange
    # +timeout+ are the seconds for which the connection may be silent. The block gets a Response or a NetworkError,
    # once.
    def initialize(request, host, timeout, &done)
      @request = request
      @host = host
      @timeout = timeout
      @done = done
      @has_moved = false
      @is_over = false
    end

    def http_method
      @request.http_method
    end

    def url
      @request.url
    end

    def headers
      @request.headers
    end

    def body
      @request.body
    end

    # The server has answered. +headers+ is a Hash; +body+ a String.
    def answer(status:, headers:, body:)
      names = headers.map { |name, value| [name.to_s.downcase, value.to_s] }.to_h
      content = body.to_s.b
      whole?(names, content) ? finish(Response.new(status.to_i, names, content)) : fail
    end

    # There is no answer, or half of one. +was_sent+ is false if there was certainly no connection.
    def fail(was_sent: true)
      finish(NetworkError.new("NETWORK_ERROR", "The server cannot be reached. Check the connection.",
                              was_sent: was_sent))
    end

    # Bytes have moved.
    def progress
      @has_moved = true
    end

    # Sends the request. For this library only.
    def start
      watch
      @stop_request = @host.start(self)
    end

    # Gives the request up. For this library only.
    def stop
      @is_over = true
      @stop_timer&.call
      @stop_request&.call
    end

    private

    def watch
      @has_moved = false
      @stop_timer = @host.after(@timeout) do
        @stop_timer = nil
        (@has_moved ? watch : time_out) unless @is_over
      end
    end

    def time_out
      stop
      @done.call(NetworkError.new("TIMED_OUT", "The server did not answer in time. Check the connection."))
    end

    def finish(outcome)
      return if @is_over

      @is_over = true
      @stop_timer&.call
      @done.call(outcome)
    end

    def whole?(headers, body)
      headers.key?("content-encoding") || headers.fetch("content-length", body.bytesize).to_i == body.bytesize
    end
  end
end
