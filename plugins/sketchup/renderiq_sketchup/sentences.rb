# frozen_string_literal: true

module RenderiqSketchup
  # Errors as sentences for a person, each with what to do next.
  module Sentences
    NEXT = {
      "AUTH_REQUIRED" => "Sign in; what is queued goes on then.",
      "INVALID_TOKEN" => "Sign in again; what is queued goes on then.",
      "TOKEN_EXPIRED" => "Sign in again; what is queued goes on then.",
      "INSUFFICIENT_CREDITS" => "Buy credits or choose a lower quality, then press Resume.",
      "NETWORK_ERROR" => "Your orders are kept and are sent when the server can be reached.",
      "TIMED_OUT" => "Your orders are kept and are sent when the server can be reached.",
      "BAD_ANSWER" => "Open a page in the browser to see whether this network wants a sign-in.",
      "ACCESS_DENIED" => "Press Sign in to start again.",
      "EXPIRED_TOKEN" => "Press Sign in to get another code.",
      "CONSENT_REQUIRED" => "Read the consent and decide; nothing is sent before you agree.",
      "MODEL_TOO_LARGE" => "Hide what the view does not show, or purge the model, and order again.",
      "MODEL_UNREADABLE" => "Let SketchUp check the model (Model Info, Statistics, Fix Problems), and order again.",
      "DISK_FULL" => "Free some space and try again. Nothing was charged.",
      "RATE_LIMIT_EXCEEDED" => "Wait a minute. Your orders are kept.",
      "QUOTA_EXCEEDED" => "Delete uploads or ask for a larger quota.",
      "SERVICE_UNAVAILABLE" => "Your orders are kept and are sent when the server is back."
    }.freeze
    private_constant :NEXT

    module_function

    # Returns the sentence of an error's code and message.
    def of(code, message)
      text = message.to_s.strip
      text = "Something went wrong" if text.empty?
      text += "." unless text.end_with?(".", "!", "?")
      [text, NEXT[code]].compact.join(" ")
    end

    # Returns the sentence of an exception. The log has the rest of one that nobody foresaw.
    def of_error(error)
      case error
      when Renderiq::ValidationError
        fields = error.fields.map { |field| "#{field["field"]} #{field["problem"]}" }.join("; ")
        of(error.code, fields.empty? ? error.message : "#{error.message.chomp(".")}: #{fields}")
      when Renderiq::Error then of(error.code, error.message)
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
