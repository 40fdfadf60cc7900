# frozen_string_literal: true

# What can go wrong: one class per family. Each error has a sentence for a person.
module Renderiq
  # The base of all errors of this library. +message+ is a sentence for a person.
  #
  # +code+ is permanent: switch on it. +status+ is nil without an answer. +retryable?+ tells whether the same call may
  # succeed later, and +retry_after+ in how many seconds, if the server said so. Quote +request_id+ to support.
  class Error < StandardError
    attr_reader :code, :status, :request_id, :retry_after, :details
    attr_writer :retryable

    def initialize(code, message, status: nil, request_id: nil, retryable: false, retry_after: nil, details: nil)
      super(message)
      @code = code
      @status = status
      @request_id = request_id
      @retryable = retryable
      @retry_after = retry_after
      @details = details || {}
    end

    def retryable?
      @retryable
    end

    # The family, in the words that all SDKs share: "auth", "credits", "notFound" and so on.
    def kind
      self.class::KIND
    end
  end

  # The API refused a request. The subclasses say why.
  class ApiError < Error
    KIND = "api"
  end

  # Sign in, or use another API key (401). Also a device code that was denied or has expired.
  class AuthError < ApiError
    KIND = "auth"

    # Whether another access token may help.
    def renewable?
      %w[TOKEN_EXPIRED INVALID_TOKEN].include?(code)
    end
  end

  # The account has too few credits (402).
  class InsufficientCreditsError < ApiError
    KIND = "credits"

    # What the order would cost, or nil.
    def required_credits
      details["requiredCredits"]
    end

    # What the account has, or nil.
    def available_credits
      details["availableCredits"]
    end
  end

  # The API key lacks a scope (403).
  class PermissionDeniedError < ApiError
    KIND = "permission"
  end

  # There is nothing by that id (404).
  class NotFoundError < ApiError
    KIND = "notFound"
  end

  # The present state does not allow that (409).
  class ConflictError < ApiError
    KIND = "conflict"
  end

  # The request has a wrong value, or a file is too large or of a wrong type (400, 413, 415, 422).
  class ValidationError < ApiError
    KIND = "validation"

    # The wrong fields: <tt>[{"field" => "quality", "problem" => "is not one of …"}]</tt>, or none.
    def fields
      details["fields"].is_a?(Array) ? details["fields"] : []
    end
  end

  # Too many requests, or a quota is used up (429).
  class RateLimitedError < ApiError
    KIND = "rateLimited"
  end

  # Something broke on the server's side (5xx).
  class ServerError < ApiError
    KIND = "server"
  end

  # No answer, half an answer, or one that is not the API's.
  class NetworkError < Error
    KIND = "network"

    def initialize(code, message, was_sent: true)
      super(code, message, retryable: true)
      @was_sent = was_sent
    end

    # False if there was no connection, so that the server cannot have seen the request.
    def sent?
      @was_sent
    end
  end

  # A render that was waited for has failed or was cancelled. Its credits were returned.
  class RenderFailedError < Error
    KIND = "failed"
  end

  # A render has not ended in the time that the caller wanted to wait. It goes on.
  class WaitTimeoutError < Error
    KIND = "timeout"
  end

  # The caller cancelled an upload or a task.
  class CancelledError < Error
    KIND = "cancelled"

    def initialize(code = "CANCELLED", message = "This was cancelled.", **rest)
      super
    end
  end

  # A message is not from whom it says it is, or too old.
  class SignatureError < Error
    KIND = "signature"
  end

  # The present state does not allow that call.
  class StateError < Error
    KIND = "state"
  end

  # The disk is full, or a file cannot be written.
  class DiskError < Error
    KIND = "disk"
  end

  # Finds the error that an answer means.
  module Errors
    BY_STATUS = {
      400 => ValidationError, 401 => AuthError, 402 => InsufficientCreditsError, 403 => PermissionDeniedError,
      404 => NotFoundError, 409 => ConflictError, 413 => ValidationError, 415 => ValidationError,
      422 => ValidationError, 429 => RateLimitedError
    }.freeze
    DEVICE_CODES = %w[ACCESS_DENIED EXPIRED_TOKEN INVALID_GRANT].freeze
    TOO_LARGE = ["PAYLOAD_TOO_LARGE", "The request is too large."].freeze
    private_constant :BY_STATUS, :DEVICE_CODES, :TOO_LARGE

    module_function

    # Returns the error of an answer with this status. +body+ is its JSON, or nil if it has none.
    def of_answer(status, body, request_id: nil, retry_after: nil)
      envelope = body.is_a?(Hash) && body["errorCode"].is_a?(String) ? body : {}
      code, sentence = status == 413 ? TOO_LARGE : ["HTTP_#{status}", "The server answered with status #{status}."]
      code = envelope.fetch("errorCode", code)
      retryable = envelope["retryable"]
      retryable = temporary?(status) unless [true, false].include?(retryable)
      family_of(code, status).new(
        code,
        (envelope["error"] || sentence).to_s,
        status: status,
        request_id: envelope["requestId"] || request_id,
        retryable: retryable,
        retry_after: retry_after,
        details: envelope["details"].is_a?(Hash) ? envelope["details"] : nil
      )
    end

    def family_of(code, status)
      return AuthError if DEVICE_CODES.include?(code)

      BY_STATUS.fetch(status) { status >= 500 ? ServerError : ApiError }
    end
    private_class_method :family_of

    def temporary?(status)
      [408, 429].include?(status) || status >= 500
    end
    private_class_method :temporary?
  end
end
