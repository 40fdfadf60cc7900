# frozen_string_literal: true

module Renderiq
  # What the user has to see: a page, and the code that it asks for. +complete_url+ has the code in it.
  DeviceCode = Struct.new(:user_code, :url, :complete_url)

  # <tt>client.sign_in</tt>: signing in and out, with a password or by a code that the user approves in a browser
  # (RFC 8628).
  class SignIn
    GRANT = "urn:ietf:params:oauth:grant-type:device_code"
    SLOWER = 5.0
    private_constant :GRANT, :SLOWER

    def initialize(api, session)
      @api = api
      @session = session
    end

    # Signs in and returns the user's e-mail address. Raises AuthError if the password is wrong.
    def with_password(email, password)
      keep(@api.call("POST", "/auth/signin", json: { email: email, password: password }, signed_in: false).body)
    end

    # Signs in by a code and returns the user's e-mail address.
    #
    # The block gets a DeviceCode to show, once, and must not wait for the user. Without a block the code is printed and
    # its page opened in the browser. Raises AuthError with +ACCESS_DENIED+ or +EXPIRED_TOKEN+.
    def with_device_code(&show)
      codes = @api.call("POST", "/auth/device/code", json: {}, signed_in: false).body
      code = DeviceCode.new(codes["user_code"], codes["verification_uri"], codes["verification_uri_complete"])
      @api.runtime.outside { (show || Browser.method(:show)).call(code) }
      exchange(codes)
    end

    # Ends the session, here also if the server does not know it any more. Raises NetworkError.
    def out
      begin
        @api.call("POST", "/auth/signout", json: {})
      rescue AuthError
        nil # it has ended already
      end
      @session.forget
    end

    private

    def exchange(codes)
      clock = @api.clock
      interval = codes.fetch("interval", 5).to_f
      ends_at = clock.now + codes.fetch("expires_in", 600)
      loop do
        clock.sleep(interval)
        raise AuthError.new("EXPIRED_TOKEN", "The code has expired. Request another one.") if clock.now >= ends_at

        begin
          tokens = exchange_once(codes["device_code"])
        rescue Error => e
          raise unless e.retryable?

          interval += SLOWER unless e.code == "AUTHORIZATION_PENDING"
        else
          return keep(tokens)
        end
      end
    end

    def exchange_once(device_code)
      body = { grant_type: GRANT, device_code: device_code }
      @api.without_retries.call("POST", "/auth/device/token", json: body, signed_in: false).body
    end

    def keep(body)
      tokens = Tokens.read(body, @api.clock.now)
      @session.keep(tokens)
      tokens.email
    end
  end

  # The browser of this machine.
  module Browser
    module_function

    # Prints a code and opens its page.
    def show(code)
      puts "Approve the code #{code.user_code} at #{code.url}"
      $stdout.flush
      Process.detach(spawn(*command, code.complete_url, out: File::NULL, err: File::NULL))
    rescue SystemCallError
      nil # without a browser, the printed address is enough
    end

    def command
      case Identity.system_name
      when "windows" then %w[rundll32 url.dll,FileProtocolHandler]
      when "macos" then %w[open]
      else %w[xdg-open]
      end
    end
    private_class_method :command
  end
end
