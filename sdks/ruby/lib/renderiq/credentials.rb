# frozen_string_literal: true

module Renderiq
  # What proves who the caller is: an API key, <tt>rk_live_…</tt>.
  class ApiKey
    def initialize(key)
      @key = key
    end

    # Returns the key's header.
    def headers(_api)
      { "X-Api-Key" => @key }
    end

    # Returns false: a key that was rejected stays so.
    def renew(_api, _rejected)
      false
    end
  end

  # What proves who the caller is: the tokens of a session, refreshed ahead of time.
  #
  # Of all processes, threads and tasks that share the store, one refreshes.
  class Session
    # An access token with fewer seconds left is refreshed before it is used.
    REFRESH_AHEAD = 60.0
    private_constant :REFRESH_AHEAD

    attr_reader :store

    def initialize(store)
      @store = store
    end

    # Returns the access token's header. Raises AuthError if nobody has signed in.
    def headers(api)
      tokens = stored
      tokens = refreshed(api, tokens.access_token) if ending?(tokens, api)
      { "Authorization" => "Bearer #{tokens.access_token}" }
    end

    # Refreshes the tokens, unless that has been done since they were rejected. Raises Error.
    def renew(api, rejected)
      refreshed(api, rejected["Authorization"].to_s.delete_prefix("Bearer "))
      true
    end

    # Keeps the tokens of a new session.
    def keep(tokens)
      store.save(tokens)
    end

    # Forgets the tokens.
    def forget
      store.clear
    end

    private

    def refreshed(api, old)
      Locks.hold(store.lock_path, api.clock) do
        tokens = stored # another process may have refreshed meanwhile
        next tokens if tokens.access_token != old && !ending?(tokens, api)

        answer = refresh(api, tokens)
        Tokens.read(answer.body, api.clock.now).tap { |fresh| store.save(fresh) }
      end
    end

    def refresh(api, tokens)
      api.call("POST", "/auth/refresh", json: { refresh_token: tokens.refresh_token }, signed_in: false)
    rescue AuthError
      forget
      raise
    end

    def stored
      store.load or raise AuthError.new("AUTH_REQUIRED", "Sign in first.")
    end

    def ending?(tokens, api)
      tokens.expires_at - api.clock.now < REFRESH_AHEAD
    end
  end
end
