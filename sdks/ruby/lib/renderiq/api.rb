# frozen_string_literal: true

require "json"
require "securerandom"
require "uri"

module Renderiq
  # Calls of the API at +base_url+: credentials, retries, and the envelope. All calls go through here.
  #
  # +identity+ are the headers that name the client. +timeout+ are the seconds for which a connection may be silent.
  class Api
    # The answer to a successful call: its whole JSON, and its headers.
    Answer = Struct.new(:body, :headers) do
      # What the envelope contains.
      def data
        body["data"]
      end
    end

    MAX_REDIRECTS = 5
    REDIRECTS = [301, 302, 303, 307, 308].freeze
    private_constant :MAX_REDIRECTS, :REDIRECTS

    attr_reader :base_url, :runtime

    def initialize(base_url:, credentials:, identity:, runtime:, timeout:, retries: Retries::MAX_RETRIES)
      @base_url = base_url
      @credentials = credentials
      @identity = identity
      @runtime = runtime
      @timeout = timeout
      @retries = retries
    end

    def clock
      runtime.clock
    end

    # Returns the same API for a caller that repeats calls itself.
    def without_retries
      Api.new(base_url: @base_url, credentials: @credentials, identity: @identity, runtime: @runtime,
              timeout: @timeout, retries: 0)
    end

    # Sends a request until it succeeds or cannot be sent again. Returns an Answer; raises Error.
    #
    # +key+ is the +Idempotency-Key+; a POST without one gets a new one, which its repetitions keep. +wait+ are seconds
    # that the server may take longer to answer.
    def call(method, path, json: nil, body: nil, query: {}, headers: {}, key: nil, signed_in: true, wait: 0)
      request = request(method, path, json ? Bodies.json(json) : body, query, headers, key)
      return until_done(request, wait) unless signed_in

      proof = @credentials.headers(self)
      begin
        until_done(with_headers(request, proof), wait)
      rescue AuthError => e
        raise unless e.renewable? && @credentials.renew(self, proof)

        until_done(with_headers(request, @credentials.headers(self)), wait)
      end
    end

    # Sends a part of an upload to storage, without credentials. Raises Error.
    def put(url, content, headers)
      request = Request.new("PUT", url, headers, content)
      repeat { read_storage(runtime.transport.call(request, timeout: @timeout)) }
    end

    # Writes what a link leads to into +file+, from its beginning. Raises Error.
    def download(url, file)
      repeat do
        file.rewind
        file.truncate(0)
        follow(URI.join("#{base_url}/", url), file)
      rescue URI::Error
        raise NetworkError.new("BAD_ANSWER", "The link leads nowhere.")
      end
    end

    private

    # Calls the block again as long as its error may be retried.
    def repeat
      failures = 0
      begin
        yield
      rescue Error => e
        failures += 1
        pause = Retries.pause(e, failures, clock.chance, retries: @retries)
        raise unless pause

        clock.sleep(pause)
        retry
      end
    end

    def until_done(request, wait)
      repeat { read(runtime.transport.call(request, timeout: @timeout + wait)) }
    end

    def request(method, path, body, query, headers, key)
      sent = @identity.merge("Accept" => "application/json").merge(headers)
      sent["Content-Type"] = body.content_type if body
      sent["Idempotency-Key"] = key || SecureRandom.uuid if method == "POST"
      asked = URI.encode_www_form(query.compact)
      Request.new(method, base_url + path + (asked.empty? ? "" : "?#{asked}"), sent, body&.content)
    end

    def with_headers(request, headers)
      Request.new(request.http_method, request.url, request.headers.merge(headers), request.body)
    end

    def read(response)
      raise error(response) unless response.status.between?(200, 299)

      body = parse(response.body)
      return Answer.new(body, response.headers) if body

      raise NetworkError.new("BAD_ANSWER",
                             "Something else than the server answered. Does this network want a sign-in?")
    end

    def read_storage(response)
      return if response.status.between?(200, 299)

      error = error(response)
      # S3 answers 400 also to a part that was damaged or interrupted on the way.
      error.retryable = true if response.body.match?(/BadDigest|RequestTimeout/n)
      raise error
    end

    def follow(url, file)
      MAX_REDIRECTS.times do
        answer = runtime.transport.call(Request.new("GET", url.to_s, @identity, nil), timeout: @timeout, file: file)
        return if answer.status == 200
        raise error(answer) unless REDIRECTS.include?(answer.status) && answer.headers.key?("location")

        url = URI.join(url, answer.headers["location"])
      end
      raise NetworkError.new("BAD_ANSWER", "The link leads in a circle.")
    end

    def error(response)
      Errors.of_answer(
        response.status, parse(response.body),
        request_id: response.headers["x-request-id"],
        retry_after: Retries.read_retry_after(response.headers["retry-after"], clock.now)
      )
    end

    def parse(text)
      found = JSON.parse(text.dup.force_encoding("UTF-8"))
      found.is_a?(Hash) ? found : nil
    rescue JSON::ParserError, EncodingError
      nil
    end
  end
end
