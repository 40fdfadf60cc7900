# frozen_string_literal: true

module RenderiqSketchup
  # What the server offers, as it was read the last time: styles with covers, models, qualities, prices, limits. It is on
  # disk, so that styles can be chosen offline.
  class Offer
    COVER_TYPES = { "\x89PNG".b => ".png", "\xFF\xD8\xFF".b => ".jpg", "RIFF".b => ".webp" }.freeze
    private_constant :COVER_TYPES

    # An Array of Hashes by the names of the wire, with +cover+, the path of a file, or nil.
    attr_reader :styles
    # The answer of +GET /capabilities+, a Hash. It is empty as long as it was never read.
    attr_reader :capabilities

    def initialize(directory, covers, version)
      @path = File.join(directory, "offer.json")
      @covers = covers
      @version = version
      stored = read
      @capabilities = stored["capabilities"] || {}
      @styles = stored["styles"] || []
    end

    # Reads the offer anew, in a task. The block is called whenever there is something new to show. Covers are read as
    # long as +go_on+ returns true.
    def update(client, signed_in:, go_on:, &block)
      @capabilities = client.api.call("GET", "/capabilities", signed_in: false).data
      return unless go_on.call

      found = client.styles.list.raw
      titles = (found["categories"] || []).map { |category| category.values_at("name", "title") }.to_h
      listed = found["styles"].map { |style| described(style, titles.fetch(style["category"], style["category"])) }
      listed += own_styles(client) if signed_in && go_on.call
      @styles = listed
      store
      yield
      load_covers(client, go_on, &block)
    end

    def known?
      !@capabilities.empty?
    end

    # Returns the names of the ratios that the server offers.
    def ratios
      (@capabilities["aspectRatios"] || Frame::RATIOS.keys) - [Frame::SOURCE]
    end

    # Returns the most materials that an order may name.
    def max_materials
      @capabilities.dig("limits", "maxMaterials") || 256
    end

    # Returns a model by its name; nil is the default one. Nil if it is not known.
    def model(name)
      (@capabilities["models"] || []).find { |model| name ? model["name"] == name : model["isDefault"] }
    end

    # Whether a model uses a field of an order. What is not known is taken to be used.
    def uses?(name, field)
      found = model(name)
      found.nil? || found["inputs"].include?(field)
    end

    # Returns the credits of one render, or nil if they are not known.
    def price(look)
      qualities = @capabilities["qualities"] || []
      quality = look["quality"] || (qualities.find { |each| each["isDefault"] } || {})["name"]
      prices = qualities.map { |each| each.values_at("name", "creditsCost") }.to_h
      ((model(look["model"]) || {})["creditsCost"] || {}).fetch(quality, prices[quality])
    end

    # Returns what is known of this extension's releases: a Hash of the wire, or nil.
    def release
      (@capabilities["plugins"] || []).find { |plugin| plugin["platform"] == PLATFORM }
    end

    # Whether the server does not work with this version any more.
    def too_old?
      release ? Sentences.older?(@version, release["oldestVersion"]) : false
    end

    # Returns the newest version, if it is newer than this one.
    def newer
      release["newestVersion"] if release && Sentences.older?(@version, release["newestVersion"])
    end

    private

    def own_styles(client)
      client.api.call("GET", "/styles/mine").data["styles"].map { |style| described(style, "Yours") }
    rescue Renderiq::PermissionDeniedError, Renderiq::NotFoundError
      []
    end

    def described(style, category)
      known = style.slice("styleId", "name", "title", "description", "coverUrl", "tags")
      known.merge("category" => style["category"], "categoryTitle" => category, "cover" => cover(style["styleId"]))
    end

    def cover(style_id)
      Dir.glob(File.join(@covers, "#{Names.safe(style_id)}.{png,jpg,webp,img}")).first
    end

    def load_covers(client, go_on)
      missing = @styles.select { |style| style["cover"].nil? && style["coverUrl"] }
      missing.each do |style|
        break unless go_on.call

        style["cover"] = load_cover(client, style)
        yield
      end
      store unless missing.empty?
    end

    def load_cover(client, style)
      part = File.join(@covers, "#{Names.safe(style["styleId"])}.part")
      FileUtils.mkdir_p(@covers)
      File.open(part, "w+b") { |file| client.api.download(style["coverUrl"], file) }
      head = File.binread(part, 4)
      type = COVER_TYPES.find { |magic, _| head.start_with?(magic) }&.last || ".img"
      path = part.sub(/\.part\z/, type)
      File.rename(part, path)
      path
    end

    def read
      found = JSON.parse(File.read(@path, encoding: "UTF-8"))
      found.is_a?(Hash) ? found : {}
    rescue SystemCallError, JSON::ParserError
      {}
    end

    def store
      FileUtils.mkdir_p(File.dirname(@path))
      File.write("#{@path}.part", JSON.generate("capabilities" => @capabilities, "styles" => @styles))
      File.rename("#{@path}.part", @path)
    end
  end

  # Names of files.
  module Names
    module_function

    # Returns a text with what every disk can write.
    def safe(text)
      text.to_s.gsub(/[^A-Za-z0-9._-]+/, "-").gsub(/\A[-.]+|[-.]+\z/, "")
    end
  end
end
