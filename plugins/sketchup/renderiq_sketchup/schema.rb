# frozen_string_literal: true

module RenderiqSketchup
  # Checks values against the JSON schema of the panel's protocol: those keywords that it uses.
  class Schema
    KINDS = { "string" => [String], "integer" => [Integer], "number" => [Integer, Float], "object" => [Hash],
              "array" => [Array], "boolean" => [TrueClass, FalseClass], "null" => [NilClass] }.freeze
    private_constant :KINDS

    def self.read(path)
      new(JSON.parse(File.read(path, encoding: "UTF-8")))
    end

    def initialize(schema)
      @root = schema
      @patterns = {}
    end

    # Whether a method of the panel has these params. Raises KeyError if there is no such method.
    def params?(method, params)
      fits?(params, found("#/$defs/params/$defs/#{method}"))
    end

    # Whether a value is what a definition of the schema says.
    def valid?(value, name)
      fits?(value, found("#/$defs/#{name}"))
    end

    # Whether a value is the result of a method.
    def result?(method, value)
      fits?(value, found("#/$defs/results/$defs/#{method}"))
    end

    private

    def found(path)
      @found ||= {}
      @found[path] ||= path.delete_prefix("#/").split("/").reduce(@root) { |part, name| part.fetch(name) }
    end

    def fits?(value, rule)
      rule = found(rule["$ref"]) while rule["$ref"]
      kind?(value, rule) && choice?(value, rule) && combined?(value, rule) && content?(value, rule)
    end

    def content?(value, rule)
      case value
      when String then text?(value, rule)
      when Numeric then number?(value, rule)
      when Array then list?(value, rule)
      when Hash then object?(value, rule)
      else true
      end
    end

    def kind?(value, rule)
      rule["type"].nil? || KINDS.fetch(rule["type"]).any? { |kind| value.is_a?(kind) }
    end

    def choice?(value, rule)
      (!rule.key?("const") || rule["const"] == value) && (rule["enum"].nil? || rule["enum"].include?(value))
    end

    def combined?(value, rule)
      (rule["anyOf"].nil? || rule["anyOf"].any? { |each| fits?(value, each) }) &&
        (rule["oneOf"].nil? || rule["oneOf"].one? { |each| fits?(value, each) }) &&
        rule.fetch("allOf", []).all? { |each| fits?(value, each) } &&
        (rule["if"].nil? || !fits?(value, rule["if"]) || fits?(value, rule.fetch("then")))
    end

    def text?(value, rule)
      value.length >= rule.fetch("minLength", 0) && value.length <= rule.fetch("maxLength", Float::INFINITY) &&
        (rule["pattern"].nil? || pattern(rule["pattern"]).match?(value))
    end

    def pattern(text)
      @patterns[text] ||= Regexp.new(text.sub(/\A\^/, "\\A").sub(/\$\z/, "\\z"))
    end

    def number?(value, rule)
      value >= rule.fetch("minimum", value) && value <= rule.fetch("maximum", value) &&
        (rule["exclusiveMinimum"].nil? || value > rule["exclusiveMinimum"])
    end

    def list?(value, rule)
      value.size >= rule.fetch("minItems", 0) && value.size <= rule.fetch("maxItems", Float::INFINITY) &&
        (!rule["uniqueItems"] || value.uniq.size == value.size) &&
        (rule["items"].nil? || value.all? { |each| fits?(each, rule["items"]) })
    end

    def object?(value, rule)
      known = rule.fetch("properties", {})
      return false if value.size < rule.fetch("minProperties", 0)

      rule.fetch("required", []).all? { |name| value.key?(name) } && value.all? do |name, each|
        next fits?(each, known[name]) if known.key?(name)

        more = rule["additionalProperties"]
        more.is_a?(Hash) ? fits?(each, more) : more != false
      end
    end
  end
end
