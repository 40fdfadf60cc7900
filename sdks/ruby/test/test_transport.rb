# frozen_string_literal: true

require "open3"
require "openssl"
require "socket"
require_relative "helper"
require_relative "support/server"

# Requests by the standard library: what fails below HTTP, and TLS. The scenarios have the rest.
class TestTransport < Minitest::Test
  include InFolder

  def get(url, timeout: 5, **options)
    Renderiq::NetHttp.new.call(Renderiq::Request.new("GET", url, {}, nil), timeout: timeout, **options)
  end

  # Returns code and whether the server may have seen the request.
  def failure(url, **options)
    error = assert_raises(Renderiq::NetworkError) { get(url, **options) }
    [error.code, error.sent?]
  end

  def test_a_refused_connection_was_certainly_not_used
    port = TCPServer.open("127.0.0.1", 0) { |server| server.addr[1] }

    assert_equal ["NETWORK_ERROR", false], failure("http://127.0.0.1:#{port}/")
  end

  def test_an_address_that_cannot_be_read_was_certainly_not_used
    assert_equal ["NETWORK_ERROR", false], failure("http://not an address/")
  end

  def test_a_server_that_is_silent_may_have_seen_the_request
    TCPServer.open("127.0.0.1", 0) do |server|
      assert_equal ["TIMED_OUT", true], failure("http://127.0.0.1:#{server.addr[1]}/", timeout: 0.2)
    end
  end

  def test_a_disk_that_is_full_is_no_error_of_the_network
    full = Object.new
    full.define_singleton_method(:write) { |_| raise Errno::ENOSPC }
    server = Server.new("GET /" => "picture")

    error = assert_raises(Renderiq::DiskError) { get("#{server.url}/", file: full) }

    assert_equal "DISK_FULL", error.code
  ensure
    server&.close
  end

  def test_a_certificate_that_nobody_knows_is_refused
    with_tls do |url|
      assert_equal ["NETWORK_ERROR", true], failure(url)
    end
  end

  def test_a_certificate_that_is_known_is_accepted
    with_tls do |url|
      program = "require ARGV[0]; request = Renderiq::Request.new('GET', ARGV[1], {}, nil)
                 puts Renderiq::NetHttp.new.call(request, timeout: 5).body"
      library = File.expand_path("../lib/renderiq", __dir__)
      known = { "SSL_CERT_FILE" => File.join(folder, "certificate.pem") }

      output, = Open3.capture2e(known, RbConfig.ruby, "-e", program, library, url)

      assert_equal "picture\n", output
    end
  end

  # Gives the address of a server with a certificate of its own.
  def with_tls
    key = OpenSSL::PKey::RSA.new(2048)
    context = OpenSSL::SSL::SSLContext.new
    context.add_certificate(certificate(key), key)
    TCPServer.open("127.0.0.1", 0) do |server|
      thread = Thread.new { loop { answer(OpenSSL::SSL::SSLSocket.new(server.accept, context)) } }
      yield "https://localhost:#{server.addr[1]}/"
      thread.kill.join
    end
  end

  def answer(connection)
    connection.accept
    nil until connection.gets.chomp.empty?
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npicture")
    connection.close
  rescue OpenSSL::SSL::SSLError, SystemCallError
    connection.io.close # the client has refused the certificate
  end

  def certificate(key)
    OpenSSL::X509::Certificate.new.tap do |certificate|
      certificate.version = 2
      certificate.serial = 1
      certificate.subject = certificate.issuer = OpenSSL::X509::Name.parse("/CN=localhost")
      certificate.public_key = key.public_key
      certificate.not_before = Time.now - 60
      certificate.not_after = Time.now + 3600
      extensions = OpenSSL::X509::ExtensionFactory.new(certificate, certificate)
      certificate.add_extension(extensions.create_extension("subjectAltName", "DNS:localhost"))
      certificate.add_extension(extensions.create_extension("basicConstraints", "CA:TRUE", true))
      certificate.sign(key, OpenSSL::Digest.new("SHA256"))
      File.write(File.join(folder, "certificate.pem"), certificate.to_pem)
    end
  end
end
