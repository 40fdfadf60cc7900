# frozen_string_literal: true

module RenderiqSketchup
  # What the SDK needs of SketchUp: requests and timers, both asynchronous. +net/http+ with TLS would hold SketchUp up on
  # Windows.
  class Host
    METHODS = {
      "GET" => Sketchup::Http::GET, "POST" => Sketchup::Http::POST, "PUT" => Sketchup::Http::PUT,
      "DELETE" => Sketchup::Http::DELETE
    }.freeze
    LEAST_SECONDS = 0.01
    private_constant :METHODS, :LEAST_SECONDS

    def initialize(turns)
      @turns = turns
      @requests = {} # SketchUp forgets a request that nobody refers to
      @timers = {}
    end

    # Sends an exchange of the SDK. Returns a function that gives it up.
    def start(exchange)
      request = Sketchup::Http::Request.new(exchange.url, METHODS.fetch(exchange.http_method))
      request.headers = exchange.headers
      request.body = exchange.body if exchange.body
      request.set_upload_progress_callback { |_, _| exchange.progress }
      request.set_download_progress_callback { |_, _| exchange.progress }
      @requests[request] = true
      request.start { |_, response| answer(request, exchange, response) }
      -> { request.cancel if @requests.delete(request) }
    end

    # Calls the block once, so many seconds later. Returns a function that prevents it.
    def after(seconds, &block)
      timer = nil
      timer = UI.start_timer([seconds, LEAST_SECONDS].max, false) do
        # A message box lets SketchUp call a timer again that is under way.
        @turns.take("timer", &block) if @timers.delete(timer)
      end
      @timers[timer] = true
      -> { UI.stop_timer(timer) if @timers.delete(timer) }
    end

    # Gives all requests and timers up.
    def stop
      @requests.each_key(&:cancel)
      @timers.each_key { |timer| UI.stop_timer(timer) }
      @requests.clear
      @timers.clear
    end

    private

    def answer(request, exchange, response)
      return unless @requests.delete(request)

      @turns.take("answer #{exchange.http_method} #{exchange.url[/\A[^?]*/]}") do
        next exchange.fail if response.status_code.zero?

        exchange.answer(status: response.status_code, headers: response.headers, body: response.body)
      end
    end
  end
end
