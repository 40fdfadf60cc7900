# frozen_string_literal: true

module Renderiq
  # An object of the wire. +raw+ is all of it, also the fields that this version does not know.
  class Model
    attr_reader :raw

    class << self
      # The names of the fields here.
      def fields
        @fields ||= {}
      end

      # Declares a field: its name here, that on the wire, and the model of its value or of its elements.
      def field(name, wire_name, model = nil)
        fields[name] = wire_name
        define_method(name) { Model.read_value(raw[wire_name], model && Models.const_get(model)) }
      end

      # Returns the model of an object of the wire. Anything but an object is read as an empty one.
      def read(data)
        new(data.is_a?(Hash) ? data : {})
      end

      def read_value(value, model)
        return value if model.nil? || value.nil?

        value.is_a?(Array) ? value.map { |each| model.read(each) } : model.read(value)
      end
    end

    def initialize(raw)
      @raw = raw
    end

    # Returns any field by its name on the wire, also one that this version does not know.
    def [](wire_name)
      raw[wire_name]
    end

    def to_h
      raw
    end

    def ==(other)
      other.class == self.class && other.raw == raw
    end
    alias eql? ==

    def hash
      raw.hash
    end

    def inspect
      shown = self.class.fields.keys.reject { |name| public_send(name).nil? }
      "#<#{self.class} #{shown.map { |name| "#{name}=#{public_send(name).inspect}" }.join(", ")}>"
    end
  end
end
