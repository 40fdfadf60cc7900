# frozen_string_literal: true

require "uri"

module RenderiqSketchup
  # Everything that the panel shows, by the names of its protocol.
  class State
    HISTORY = 200
    SERVER_PARTS = %w[qualities models aspectRatios styleCategories limits].freeze
    private_constant :HISTORY, :SERVER_PARTS

    def initialize(service, studio, preferences, log_path)
      @service = service
      @studio = studio
      @preferences = preferences
      @log_path = log_path
    end

    # Returns a Hash whose keys are those of +state+.
    def shown
      entries = @service.entries
      done, open = entries.partition { |entry| entry[:state] == "done" }
      {
        "network" => network, "account" => account, "release" => release, "problem" => @service.problem,
        "paused" => paused, "capabilities" => capabilities, "styles" => styles, "capture" => capture,
        "views" => views, "looks" => looks, "settings" => settings, "consents" => consents,
        "log" => { "path" => @log_path }, "queue" => open.map { |entry| queue_entry(entry) },
        "history" => done.first(HISTORY).map { |entry| history_entry(entry) }
      }
    end

    # Returns the last choices.
    def look
      Look.full(@preferences.look)
    end

    # Returns the address of a file that the page may show.
    def self.address(path)
      parts = File.expand_path(path).split("/").map { |part| URI.encode_www_form_component(part).gsub("+", "%20") }
      parts[0] = parts[0].sub("%3A", ":") # a drive
      "file://#{"/" unless parts[0].empty?}#{parts.join("/")}"
    end

    private

    def network
      return "hostOffline" unless @service.online?

      @service.unreachable? ? "unreachable" : "online"
    end

    def account
      if @service.signing_in?
        code = @service.device
        { "status" => "signingIn", "userCode" => code&.user_code, "verificationUrl" => code&.url }
      elsif @service.signed_in?
        { "status" => "signedIn", "email" => @service.email, "balance" => @service.balance }
      else
        { "status" => "signedOut" }
      end
    end

    def release
      newest = @service.offer.newer
      newest && { "version" => newest, "tooOld" => @service.offer.too_old? }
    end

    def paused
      found = @service.paused
      found && { "code" => found.code, "message" => Sentences.of(found.message) }
    end

    def capabilities
      @service.offer.known? ? @service.offer.capabilities.slice(*SERVER_PARTS) : nil
    end

    def styles
      @service.offer.styles.map do |style|
        style.slice("styleId", "title", "category", "description", "tags").compact
             .merge("cover" => style["cover"] && State.address(style["cover"]))
      end
    end

    def capture
      view = @studio.view or return nil
      width, height = Png.size(view.picture)
      { "id" => view.id, "view" => view.name, "picture" => State.address(view.picture), "width" => width,
        "height" => height, "aspectRatio" => view.ratio, "guides" => guides,
        "crop" => %w[x y width height].zip(view.crop.map { |part| part.round(5) }).to_h }
    rescue SystemCallError
      nil
    end

    # What is sent beside a capture, if it proves right.
    def guides
      @preferences["guides"] ? %w[depth materialIds] : []
    end

    def views
      @studio.scenes.map { |name| { "id" => name[0, 128], "name" => name[0, 256] } }
    rescue CaptureError
      []
    end

    def looks
      @service.jobs.looks.map { |name, look| { "name" => name, "look" => Look.full(look) } }
    end

    def settings
      { "language" => @preferences["language"], "theme" => @preferences["theme"],
        "sendGuides" => @preferences["guides"], "placeWhenDone" => @preferences["insert"] }
    end

    def consents
      @service.consents.map { |consent| consent.slice("name", "version", "title", "text", "recipients").compact }
    end

    def queue_entry(entry)
      cost = @service.offer.price(entry[:look])
      was_paid = entry[:state] == "cancelled" && entry[:render_id]
      { "id" => entry[:id], "view" => entry[:view][0, 256], "state" => entry[:state],
        "createdAt" => time(entry[:created]), "look" => Look.full(entry[:look]), "cost" => cost,
        "refused" => entry[:refused], "reason" => reason(entry),
        "nextTry" => next_try(entry), "refunded" => (cost if was_paid) }.compact
    end

    def reason(entry)
      return nil unless entry[:reason]

      { "code" => entry[:code] || "CAPTURE_FAILED", "message" => entry[:reason] }
    end

    # A time that does not change until it is over, so that nothing is sent every second.
    def next_try(entry)
      return nil unless entry[:code] && entry[:due]

      time(entry[:due])
    end

    def history_entry(entry)
      { "id" => entry[:id], "view" => entry[:view][0, 256], "createdAt" => time(entry[:created]),
        "look" => Look.full(entry[:look]), "cost" => @service.offer.price(entry[:look]),
        "before" => State.address(entry[:capture]), "after" => entry[:result] && State.address(entry[:result]),
        "canRepeat" => entry[:repeatable] }.compact
    end

    def time(seconds)
      Time.at(seconds).utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    end
  end

  # The difference between two states, as the panel's protocol has it.
  module Changes
    LISTS = %w[queue history].freeze

    module_function

    # Returns +set+, +put+ and +remove+ between two states, or nil if they are equal. The old one is nil at the beginning.
    def between(old, new)
      set = new.reject { |key, value| LISTS.include?(key) || (old&.key?(key) && old[key] == value) }
      put = {}
      remove = {}
      LISTS.each do |list|
        before = by_id(old, list)
        after = by_id(new, list)
        changed = after.reject { |id, entry| before[id] == entry }.values
        gone = before.keys - after.keys
        put[list] = changed unless changed.empty?
        remove[list] = gone unless gone.empty?
      end
      found = { "set" => set, "put" => put, "remove" => remove }.reject { |_, part| part.empty? }
      found.empty? ? nil : found
    end

    def by_id(state, list)
      (state || {}).fetch(list, []).map { |entry| [entry["id"], entry] }.to_h
    end
    private_class_method :by_id
  end
end
