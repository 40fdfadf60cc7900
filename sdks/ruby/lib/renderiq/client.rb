# frozen_string_literal: true

module Renderiq
  # A client of the Renderiq API: one object, from which everything is reached.
  class Client
    TIMEOUT = 30.0

    # The API's address, and the folder of session and queue.
    attr_reader :base_url, :directory
    # Calls of the API, for those who need one that has no method here.
    attr_reader :api
    # Orders renders, waits for them and downloads them: Renders.
    attr_reader :renders
    # Sends files that are too large for an order: Uploads.
    attr_reader :uploads
    # The balance, and what has changed it: Credits.
    attr_reader :credits
    # The styles that can be ordered: Styles.
    attr_reader :styles
    # Registers webhooks, verifies their messages, and reads poll endpoints: Webhooks.
    attr_reader :webhooks
    # Opens and ends a session: SignIn. It is for clients without an API key.
    attr_reader :sign_in
    # The durable queue in +directory+: Queue.
    attr_reader :queue

    # +base_url+ is the address of the API, such as <tt>https://api.example.com/api/plugins</tt>; the environment
    # variable +RENDERIQ_URL+ may name it too. With +api_key+ (or +RENDERIQ_API_KEY+) the client is ready. Without one
    # it uses the session that +sign_in+ has opened, in this process or in an earlier one.
    #
    # +platform+ and +plugin_version+ name the host and the plugin. +directory+ has session and queue. +timeout+ are the
    # seconds for which a connection may be silent. A client may be used from several threads.
    #
    # +transport+ is an HTTP client in place of NetHttp. With a +host+ nothing blocks, and calls are made in +run+: see
    # Tasks.
    def initialize(api_key = nil, base_url: nil, platform: "unknown", plugin_version: VERSION, directory: nil,
                   token_store: nil, timeout: TIMEOUT, parallel: Uploads::PARALLEL, transport: NetHttp.new,
                   host: nil, clock: Clock.new, headers: {})
      @base_url = (base_url || ENV.fetch("RENDERIQ_URL", nil)).to_s.chomp("/")
      if @base_url.empty?
        raise StateError.new("NO_ADDRESS", "Name the address of the API, as base_url or in RENDERIQ_URL.")
      end

      @directory = (directory || Files.data_directory).to_s
      session = Session.new(token_store || FileTokenStore.new(File.join(@directory, "session.json")))
      key = api_key || (ENV.fetch("RENDERIQ_API_KEY", nil) unless token_store)
      @api = Api.new(
        base_url: @base_url, credentials: key ? ApiKey.new(key) : session, timeout: timeout,
        identity: Identity.headers(platform, plugin_version).merge(headers),
        runtime: host ? Tasks.new(host, clock) : Threads.new(transport, clock)
      )
      make_parts(session, parallel)
    end

    # Runs the block without blocking the host. Returns a Task. Without a host, it runs the block in a thread.
    def run(&work)
      api.runtime.spawn(&work)
    end

    # Returns by how many seconds this machine's clock is ahead of the server's. It needs no sign-in.
    def clock_skew
      api.clock.now - Times.read(api.call("GET", "/health", signed_in: false).body["timestamp"])
    end

    private

    # None of them touches a disk or a network yet.
    def make_parts(session, parallel)
      @uploads = Uploads.new(api, parallel: parallel)
      @renders = Renders.new(api, uploads)
      @credits = Credits.new(api)
      @styles = Styles.new(api)
      @webhooks = Webhooks.new(api)
      @sign_in = SignIn.new(api, session)
      @queue = Queue.new(api, File.join(directory, "queue-ruby"), parallel: parallel)
    end
  end
end
