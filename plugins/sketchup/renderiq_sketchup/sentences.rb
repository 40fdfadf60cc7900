# frozen_string_literal: true

module RenderiqSketchup
  # Errors as sentences for a person. What to do next is the panel's to say, by their codes and in its languages.
  module Sentences
    module_function

    # Returns the sentence of an error's message.
    def of(message)
      text = message.to_s.strip
      text = "Something went wrong" if text.empty?
      text.end_with?(".", "!", "?") ? text : "#{text}."
    end

    # Returns the sentence of an exception. The log has the rest of one that nobody foresaw.
    def of_error(error)
      case error
      when Renderiq::ValidationError
        fields = error.fields.map { |field| "#{field["field"]} #{field["problem"]}" }.join("; ")
        of(fields.empty? ? error.message : "#{error.message.chomp(".")}: #{fields}")
      when Renderiq::Error then of(error.message)
      when CaptureError then error.message
      else "#{error.message.to_s.chomp(".")}. The log file says more."
      end
    end

    # Returns whether a version such as 1.2.0 is older than another one.
    def older?(version, other)
      (numbers(version) <=> numbers(other)).negative?
    end

    def numbers(version)
      parts = version.to_s.split(/[+-]/).first.to_s.split(".").map(&:to_i)
      (parts + [0, 0, 0]).first(3)
    end
    private_class_method :numbers
  end
end
