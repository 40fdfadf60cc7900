using System;
using System.Collections.Generic;
using System.Linq;

namespace Renderiq
{
    /// <summary>What an error tells beside its class.</summary>
    public sealed class ErrorInfo
    {
        /// <summary>A permanent code, and a sentence for a person.</summary>
        public ErrorInfo(string code, string message)
        {
            Code = code;
            Message = message;
        }

        /// <summary>A permanent code.</summary>
        public string Code { get; }

        /// <summary>A sentence for a person.</summary>
        public string Message { get; }

        /// <summary>The status of the answer. Null without an answer.</summary>
        public int? Status { get; set; }

        /// <summary>The id of the request. Null without an answer.</summary>
        public string RequestId { get; set; }

        /// <summary>Whether the same call may succeed later.</summary>
        public bool Retryable { get; set; }

        /// <summary>In how much time, if the server said so.</summary>
        public TimeSpan? RetryAfter { get; set; }

        /// <summary>More, by the code.</summary>
        public JsonObject Details { get; set; }
    }

    /// <summary>The base of all errors of this library. <c>Message</c> is a sentence for a person.</summary>
    public class RenderiqException : Exception
    {
        /// <summary>An error.</summary>
        public RenderiqException(ErrorInfo info, Exception inner = null)
            : base(info.Message, inner)
        {
            Code = info.Code;
            Status = info.Status;
            RequestId = info.RequestId;
            Retryable = info.Retryable;
            RetryAfter = info.RetryAfter;
            Details = info.Details ?? new JsonObject();
        }

        /// <summary>A permanent code: switch on it.</summary>
        public string Code { get; }

        /// <summary>The status of the answer. Null without an answer.</summary>
        public int? Status { get; }

        /// <summary>Quote it to support. Null without an answer.</summary>
        public string RequestId { get; }

        /// <summary>Whether the same call may succeed later.</summary>
        public bool Retryable { get; internal set; }

        /// <summary>In how much time, if the server said so.</summary>
        public TimeSpan? RetryAfter { get; }

        /// <summary>More, by the code.</summary>
        public JsonObject Details { get; }
    }

    /// <summary>The API refused a request. The subclasses say why.</summary>
    public class ApiException : RenderiqException
    {
        /// <summary>An error.</summary>
        public ApiException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>Sign in, or use another API key (401). Also a device code that was denied or has expired.</summary>
    public sealed class AuthException : ApiException
    {
        /// <summary>An error.</summary>
        public AuthException(ErrorInfo info)
            : base(info)
        {
        }

        /// <summary>Whether another access token may help.</summary>
        internal bool MayBeRenewed => Code == "TOKEN_EXPIRED" || Code == "INVALID_TOKEN";
    }

    /// <summary>The account has too few credits (402).</summary>
    public sealed class InsufficientCreditsException : ApiException
    {
        /// <summary>An error.</summary>
        public InsufficientCreditsException(ErrorInfo info)
            : base(info)
        {
        }

        /// <summary>What the order would cost.</summary>
        public long? RequiredCredits => Details.Integer("requiredCredits");

        /// <summary>What the account has.</summary>
        public long? AvailableCredits => Details.Integer("availableCredits");
    }

    /// <summary>The API key lacks a scope (403).</summary>
    public sealed class PermissionDeniedException : ApiException
    {
        /// <summary>An error.</summary>
        public PermissionDeniedException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>There is nothing by that id (404).</summary>
    public sealed class NotFoundException : ApiException
    {
        /// <summary>An error.</summary>
        public NotFoundException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>The present state does not allow that (409).</summary>
    public sealed class ConflictException : ApiException
    {
        /// <summary>An error.</summary>
        public ConflictException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>A wrong value of a request.</summary>
    public sealed class FieldProblem
    {
        /// <summary>A wrong value.</summary>
        public FieldProblem(string field, string problem)
        {
            Field = field;
            Problem = problem;
        }

        /// <summary>The name of the field.</summary>
        public string Field { get; }

        /// <summary>What is wrong, for a person.</summary>
        public string Problem { get; }
    }

    /// <summary>The request has a wrong value, or a file is too large or of a wrong type (400, 413, 415, 422).</summary>
    public sealed class ValidationException : ApiException
    {
        /// <summary>An error.</summary>
        public ValidationException(ErrorInfo info)
            : base(info)
        {
        }

        /// <summary>The wrong fields, or none.</summary>
        public IReadOnlyList<FieldProblem> Fields => Details.List("fields").OfType<JsonObject>()
            .Select(each => new FieldProblem(each.Text("field"), each.Text("problem"))).ToList();
    }

    /// <summary>Too many requests, or a quota is used up (429).</summary>
    public sealed class RateLimitedException : ApiException
    {
        /// <summary>An error.</summary>
        public RateLimitedException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>Something broke on the server's side (5xx).</summary>
    public sealed class ServerException : ApiException
    {
        /// <summary>An error.</summary>
        public ServerException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>No answer, half an answer, or one that is not the API's.</summary>
    public sealed class NetworkException : RenderiqException
    {
        /// <summary>An error. <paramref name="wasSent"/> is false if there was no connection.</summary>
        public NetworkException(string code, string message, bool wasSent = true, Exception inner = null)
            : base(new ErrorInfo(code, message) { Retryable = true }, inner)
        {
            WasSent = wasSent;
        }

        /// <summary>False if there was no connection, so that the server cannot have seen the request.</summary>
        public bool WasSent { get; }
    }

    /// <summary>A render that was waited for has failed or was cancelled. Its credits were returned.</summary>
    public sealed class RenderFailedException : RenderiqException
    {
        /// <summary>An error.</summary>
        public RenderFailedException(ErrorInfo info)
            : base(info)
        {
        }
    }

    /// <summary>A render has not ended in the time that the caller wanted to wait. It goes on.</summary>
    public sealed class WaitTimeoutException : RenderiqException
    {
        /// <summary>An error.</summary>
        public WaitTimeoutException()
            : base(new ErrorInfo("WAIT_TIMEOUT", "The render is not ready yet. It goes on.") { Retryable = true })
        {
        }
    }

    /// <summary>A message is not from whom it says it is, or too old.</summary>
    public sealed class SignatureException : RenderiqException
    {
        /// <summary>An error.</summary>
        public SignatureException(string code, string message)
            : base(new ErrorInfo(code, message))
        {
        }
    }

    /// <summary>The present state does not allow that call.</summary>
    public sealed class StateException : RenderiqException
    {
        /// <summary>An error.</summary>
        public StateException(string code, string message)
            : base(new ErrorInfo(code, message))
        {
        }
    }

    /// <summary>The disk is full, or a file cannot be read or written.</summary>
    public sealed class DiskException : RenderiqException
    {
        /// <summary>An error.</summary>
        public DiskException(string code, string message, bool retryable = true, Exception inner = null)
            : base(new ErrorInfo(code, message) { Retryable = retryable }, inner)
        {
        }
    }

    /// <summary>Finds the error that an answer means.</summary>
    internal static class Errors
    {
        private static readonly string[] DeviceCodes = { "ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_GRANT" };

        /// <summary>Returns the error of an answer. <paramref name="body"/> is its JSON, or null if it has none.</summary>
        public static ApiException Of(int status, JsonObject body, string requestId, TimeSpan? retryAfter)
        {
            var envelope = body != null && body.Text("errorCode") != null ? body : new JsonObject();
            var isTooLarge = status == 413;
            var code = envelope.Text("errorCode") ?? (isTooLarge ? "PAYLOAD_TOO_LARGE" : "HTTP_" + status);
            var sentence = envelope.Text("error");
            if (string.IsNullOrEmpty(sentence))
            {
                sentence = isTooLarge ? "The request is too large." : "The server answered with status " + status + ".";
            }
            return InFamily(new ErrorInfo(code, sentence)
            {
                Status = status,
                RequestId = envelope.Text("requestId") ?? requestId,
                Retryable = envelope.Flag("retryable") ?? (status == 408 || status == 429 || status >= 500),
                RetryAfter = retryAfter,
                Details = envelope.Object("details"),
            });
        }

        private static ApiException InFamily(ErrorInfo info)
        {
            if (info.Status == 401 || DeviceCodes.Contains(info.Code))
            {
                return new AuthException(info);
            }
            switch (info.Status)
            {
                case 400:
                case 413:
                case 415:
                case 422:
                    return new ValidationException(info);
                case 402:
                    return new InsufficientCreditsException(info);
                case 403:
                    return new PermissionDeniedException(info);
                case 404:
                    return new NotFoundException(info);
                case 409:
                    return new ConflictException(info);
                case 429:
                    return new RateLimitedException(info);
                default:
                    return info.Status >= 500 ? new ServerException(info) : new ApiException(info);
            }
        }
    }
}
