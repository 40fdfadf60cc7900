# frozen_string_literal: true

require "json"
require "time"

module Renderiq
  # The tokens of a session. +expires_at+ is the end of the access token, in seconds since the Unix epoch.
  Tokens = Struct.new(:access_token, :refresh_token, :expires_at, :email, keyword_init: true) do
    # Reads the answer to a sign-in or to a refresh.
    #
    # If this machine's clock is ahead, the token would seem to have ended already, and each request would refresh it.
    def self.read(body, now)
      new(
        access_token: body["access_token"].to_s,
        refresh_token: body["refresh_token"].to_s,
        expires_at: [Times.read(body["expires_at"]), now + self::MIN_LIFETIME].max,
        email: body["user"].is_a?(Hash) ? body["user"]["email"].to_s : ""
      )
    end

    # Returns the tokens that +to_json+ has written, or nil if the text is damaged.
    def self.parse(text)
      found = JSON.parse(text)
      return nil unless found.is_a?(Hash) && found["access_token"].is_a?(String) && found["expires_at"].is_a?(Numeric)

      new(**found.transform_keys(&:to_sym).slice(*members))
    rescue JSON::ParserError
      nil
    end

    def to_json(*options)
      to_h.to_json(*options)
    end

    # A session is a secret.
    def inspect
      "#<#{self.class} #{email}>"
    end
    alias_method :to_s, :inspect
  end
  # The least seconds that a new access token is used for, whatever the clock says.
  Tokens::MIN_LIFETIME = 300.0

  # Keeps the tokens of one session in a file that only its owner can read.
  #
  # A host with a safer place, such as a keyring, gives an object with the same methods as the client's +token_store+.
  # +lock_path+ is the same for all processes that share the session.
  class FileTokenStore
    attr_reader :lock_path

    def initialize(path)
      @path = path.to_s
      @lock_path = "#{@path}.lock" # the SDK for Python uses it too: both may share a session
    end

    # Returns the tokens, or nil if there are none or the file is damaged.
    def load
      Tokens.parse(File.read(@path, encoding: "UTF-8"))
    rescue SystemCallError
      nil
    end

    # Replaces the tokens.
    def save(tokens)
      Files.write(@path, tokens.to_json, mode: 0o600)
    end

    # Forgets the tokens.
    def clear
      FileUtils.rm_f(@path)
    end
  end

  # Times of the wire.
  module Times
    module_function

    # Returns the seconds since the Unix epoch. A time that cannot be read is 0.
    def read(text)
      zone = text.to_s.match?(/(Z|[+-]\d\d:?\d\d)\z/) ? "" : "Z"
      Time.iso8601("#{text}#{zone}").to_f
    rescue ArgumentError
      0.0
    end
  end
end
