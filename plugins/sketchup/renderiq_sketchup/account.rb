# frozen_string_literal: true

module RenderiqSketchup
  # The part of Service that is about the user: sign-in and consents.
  module Account
    # Opens the page of a sign-in code in the browser, and waits for its approval.
    def sign_in
      return if @running["sign-in"]

      @sign_in = run("sign-in") do
        @client.sign_in.with_device_code do |code|
          @device = code
          changed
          @open_url.call(code.complete_url)
        end
        @log.info("signed in")
        @client.queue.resume
      end
      @sign_in.on_end do
        @device = nil
        @due.clear
        refresh
        tick_soon
      end
    end

    # Gives a sign-in up.
    def cancel_sign_in
      @sign_in&.cancel
    end

    def signing_in?
      @running.key?("sign-in")
    end

    # Ends the session, here also if the server cannot be reached.
    def sign_out
      run("sign-out") { @client.sign_in.out if online? }.on_end do
        @tokens.clear
        @balance = nil
        @consents = []
        @log.info("signed out")
        refresh
      end
    end

    # Tells the server what the user has answered, and sends what was refused without an answer. +answers+ are Hashes
    # with +name+, +version+ and +granted+.
    def answer_consents(answers)
      run("consent") do
        answers.each do |answer|
          @client.api.call("POST", "/consents/#{answer["name"]}", json: answer.slice("version", "granted"))
          @log.info("consent #{answer["name"]} #{answer["version"]}: #{answer["granted"]}")
        end
        @consents = @consents.reject { |consent| answers.any? { |answer| answer["name"] == consent["name"] } }
        entries.select { |entry| entry[:code] == "CONSENT_REQUIRED" }.each { |entry| self.retry(entry[:id]) }
      end
    end

    private

    def read_consents
      run("consents") do
        found = @client.api.call("GET", "/consents").data
        listed = found.is_a?(Hash) ? found["consents"] : found
        @consents = (listed || []).reject { |consent| consent["granted"] }
        changed
      rescue Renderiq::NotFoundError
        nil # the sentence of the order is all there is
      end
    end
  end
end
