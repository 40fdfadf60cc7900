# frozen_string_literal: true

require "uri"

module Renderiq
  # An HTTP request. Redirects are not followed. +headers+ are a Hash; +body+ is a String of bytes, or nil.
  Request = Struct.new(:http_method, :url, :headers, :body)

  # An HTTP response. Names of headers are in lower case. +body+ is empty if it was written to a file.
  Response = Struct.new(:status, :headers, :body)

  # Sends requests by the standard library, through the system's proxy if there is one.
  #
  # Any object with this method +call+ can take its place, as the client's +transport+. A host whose HTTP client does
  # not wait for the answer gives a +host+ instead: see Tasks.
  class NetHttp
    # Returns the response, whatever its status is. Raises NetworkError.
    #
    # +timeout+ are the seconds for which the connection may be silent. The body of a 200 is written to +file+, an IO,
    # if there is one.
    def call(request, timeout:, file: nil)
      require "net/http" # which takes time to load, and a host with a transport of its own does not need it
      uri = URI(request.url)
      response = nil
      Net::HTTP.start(uri.hostname, uri.port, **options(uri, timeout)) do |http|
        http.request(outgoing(request, uri)) { |answer| response = read(answer, file) }
      end
      response
    rescue Timeout::Error, Errno::ETIMEDOUT => e
      raise NetworkError.new("TIMED_OUT", "The server did not answer in time. Check the connection.",
                             was_sent: !e.is_a?(Net::OpenTimeout))
    rescue SystemCallError, SocketError, IOError, URI::Error, OpenSSL::SSL::SSLError, Net::ProtocolError,
           Net::HTTPBadResponse => e
      raise NetworkError.new("NETWORK_ERROR", "The server cannot be reached. Check the connection.",
                             was_sent: !unreachable?(e))
    end

    private

    def options(uri, timeout)
      {
        use_ssl: uri.scheme == "https", max_retries: 0,
        open_timeout: timeout, ssl_timeout: timeout, read_timeout: timeout, write_timeout: timeout
      }
    end

    def outgoing(request, uri)
      headers = { "Accept-Encoding" => "identity" }
      headers["Content-Type"] = "application/octet-stream" if request.body # else it would be called a form
      headers.merge!(request.headers)
      Net::HTTPGenericRequest.new(request.http_method, !request.body.nil?, true, uri, headers).tap do |outgoing|
        outgoing.body = request.body
      end
    end

    def read(answer, file)
      headers = answer.each_header.to_h
      body = "".b
      target = answer.code == "200" && file
      received = 0
      answer.read_body do |chunk|
        received += chunk.bytesize
        target ? write(target, chunk) : body << chunk
      end
      raise EOFError, "the response ended early" unless whole?(headers, received)

      Response.new(answer.code.to_i, headers, body)
    end

    def whole?(headers, received)
      headers.key?("content-encoding") || received == headers.fetch("content-length", received).to_i
    end

    def write(file, chunk)
      file.write(chunk)
    rescue SystemCallError => e
      raise Files.disk_error(e)
    end

    # Whether there was no connection at all.
    def unreachable?(error)
      case error
      when SocketError, URI::Error, Errno::ECONNREFUSED, Errno::EHOSTUNREACH, Errno::ENETUNREACH then true
      else false
      end
    end
  end
end
