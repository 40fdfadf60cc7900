using System;

namespace Renderiq
{
    /// <summary>The states of an order of the queue.</summary>
    public static class QueueState
    {
        /// <summary>It was not sent yet.</summary>
        public const string Waiting = "waiting";

        /// <summary>Its pictures are being uploaded.</summary>
        public const string Uploading = "uploading";

        /// <summary>The server has accepted it.</summary>
        public const string Ordered = "ordered";

        /// <summary>The server renders it.</summary>
        public const string Rendering = "rendering";

        /// <summary>Its picture is on disk.</summary>
        public const string Done = "done";

        /// <summary>It is set aside. It can be edited, or tried again.</summary>
        public const string Failed = "failed";

        /// <summary>Its credits were returned, or it was never sent.</summary>
        public const string Cancelled = "cancelled";
    }

    /// <summary>Why an order is where it is: a permanent code, and a sentence for a person.</summary>
    public sealed class QueueReason
    {
        internal QueueReason(string code, string message)
        {
            Code = code;
            Message = message;
        }

        /// <summary>A permanent code.</summary>
        public string Code { get; }

        /// <summary>A sentence for a person.</summary>
        public string Message { get; }
    }

    /// <summary>Why the queue sends nothing.</summary>
    public sealed class QueuePause
    {
        internal QueuePause(string code, string message, JsonObject details)
        {
            Code = code;
            Message = message;
            Details = details ?? new JsonObject();
        }

        /// <summary>A permanent code.</summary>
        public string Code { get; }

        /// <summary>A sentence for a person.</summary>
        public string Message { get; }

        /// <summary>May have <c>requiredCredits</c> and <c>availableCredits</c>.</summary>
        public JsonObject Details { get; }

        /// <summary>Whether renders that were ordered cannot be looked at either: nobody is signed in.</summary>
        internal bool ForbidsLooking => Code != "INSUFFICIENT_CREDITS";
    }

    /// <summary>What came of a pass.</summary>
    public sealed class QueuePass
    {
        internal QueuePass(bool isSender, TimeSpan? next)
        {
            IsSender = isSender;
            Next = next;
        }

        /// <summary>Whether this process was the sender. Another one may be.</summary>
        public bool IsSender { get; }

        /// <summary>The time until something is due. Null if nothing is to come.</summary>
        public TimeSpan? Next { get; }
    }

    /// <summary>An order as a program sees it.</summary>
    public sealed class QueueItem
    {
        internal QueueItem(Order order, DateTimeOffset now)
        {
            Id = order.Id;
            State = order.State;
            Reason = order.Reason;
            Next = order.UntilDue(now);
            RenderId = order.RenderId;
            Result = order.Result;
            IsEditable = order.IsEditable;
            Options = new JsonObject(order.Fields);
        }

        /// <summary>The id of the order in the queue.</summary>
        public string Id { get; }

        /// <summary>One of <see cref="QueueState"/>.</summary>
        public string State { get; }

        /// <summary>Why it waits or has failed, or null.</summary>
        public QueueReason Reason { get; }

        /// <summary>The time until it is tried. Null if nothing is to come.</summary>
        public TimeSpan? Next { get; }

        /// <summary>The id of the render, when the server has accepted the order.</summary>
        public string RenderId { get; }

        /// <summary>The path of the picture, when the order is done.</summary>
        public string Result { get; }

        /// <summary>Whether the server certainly has not accepted it.</summary>
        public bool IsEditable { get; }

        /// <summary>The options, under their names on the wire.</summary>
        public JsonObject Options { get; }
    }
}
