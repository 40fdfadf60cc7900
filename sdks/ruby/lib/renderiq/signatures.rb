# frozen_string_literal: true

require "json"

module Renderiq # :nodoc:
  # Whether a message is from Renderiq (https://www.standardwebhooks.com).
  module Signatures
    # The seconds by which a message may be older or newer than the clock.
    TOLERANCE = 300
    PREFIX = "whsec_"
    NAMES = %w[webhook-id webhook-timestamp webhook-signature].freeze
    private_constant :PREFIX, :NAMES

    module_function

    # Returns the event of a message, if one of its signatures is right. Raises SignatureError.
    #
    # +body+ must be as it was received, byte by byte. +now+ is in seconds since the Unix epoch.
    def verify(body, headers, secret, now: Time.now.to_f)
      id, timestamp, signatures = read_headers(headers)
      unless timestamp.match?(/\A\d+\z/) && (now - timestamp.to_i).abs <= TOLERANCE
        raise SignatureError.new("TIMESTAMP_OUT_OF_RANGE", "The message is too old, or a clock is wrong.")
      end

      right = "v1,#{sign("#{id}.#{timestamp}.".b + body.b, secret)}"
      # All are compared, so that the time does not tell which one was right.
      matches = signatures.split.map { |each| same?(each, right) }
      raise SignatureError.new("BAD_SIGNATURE", "The signature of the message is wrong.") if matches.none?

      JSON.parse(body.dup.force_encoding("UTF-8"))
    end

    def read_headers(headers)
      given = headers.map { |name, value| [name.to_s.downcase, value.to_s] }.to_h
      NAMES.map do |name|
        given.fetch(name) { raise SignatureError.new("MISSING_HEADER", "The message has no header #{name}.") }
      end
    end
    private_class_method :read_headers

    # Returns the signature in Base64.
    def sign(content, secret)
      require "openssl" # which takes time to load
      [OpenSSL::HMAC.digest("SHA256", key(secret), content)].pack("m0")
    end
    private_class_method :sign

    def key(secret)
      return secret unless secret.start_with?(PREFIX)

      encoded = secret.delete_prefix(PREFIX).delete_suffix("==").delete_suffix("=").tr("-_", "+/")
      (encoded + ("=" * (-encoded.length % 4))).unpack1("m0")
    rescue ArgumentError
      secret # the text itself is the key then, as it is for the server
    end
    private_class_method :key

    # Compares in a time that does not depend on where the texts differ.
    def same?(one, other)
      return false unless one.bytesize == other.bytesize

      one.bytes.zip(other.bytes).reduce(0) { |found, (left, right)| found | (left ^ right) }.zero?
    end
    private_class_method :same?
  end

  # Returns the event of a message that a webhook has received. Raises SignatureError. See Signatures.verify.
  def self.verify(body, headers, secret, now: Time.now.to_f)
    Signatures.verify(body, headers, secret, now: now)
  end
end
