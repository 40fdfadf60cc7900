using System;
using System.Globalization;
using System.Linq;

namespace Renderiq
{
    /// <summary>When a failed request is sent again. Pure rules; the caller waits.</summary>
    internal static class Retries
    {
        public const int Most = 3;
        private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
        private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(8);

        /// <summary>A longer <c>Retry-After</c> is not waited for: the caller gets the error.</summary>
        private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(60);

        /// <summary>Returns the time to wait before the request is sent again, or null if it is not.</summary>
        /// <param name="error">What has happened.</param>
        /// <param name="failures">Counts this failure too.</param>
        /// <param name="chance">In [0, 1): spreads the pause by a quarter in both directions.</param>
        /// <param name="most">How often a request is sent again.</param>
        public static TimeSpan? Pause(RenderiqException error, int failures, double chance, int most)
        {
            var retryAfter = error.RetryAfter ?? TimeSpan.Zero;
            if (!error.Retryable || failures > most || retryAfter > MaxRetryAfter)
            {
                return null;
            }
            return Times.Longest(Backoff(failures, chance, FirstPause, MaxPause), retryAfter);
        }

        /// <summary>Returns a pause that doubles with each failure, with jitter of a quarter.</summary>
        public static TimeSpan Backoff(int failures, double chance, TimeSpan first, TimeSpan most)
        {
            var doubled = first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30));
            return Times.Seconds(Math.Min(most.TotalSeconds, doubled) * (0.75 + 0.5 * chance));
        }

        /// <summary>Reads <c>Retry-After</c>: seconds, or an HTTP date. Null if it is absent or cannot be read.</summary>
        public static TimeSpan? ReadRetryAfter(string value, DateTimeOffset now)
        {
            var text = (value ?? "").Trim();
            if (text.Length == 0)
            {
                return null;
            }
            if (text.All(each => each >= '0' && each <= '9'))
            {
                // More than a year is as good as never, and no length of time can overflow.
                return TimeSpan.FromSeconds(text.Length > 8 ? 1e8 : double.Parse(text, CultureInfo.InvariantCulture));
            }
            DateTimeOffset at;
            const DateTimeStyles style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
            if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, style, out at))
            {
                return null;
            }
            return Times.Longest(TimeSpan.Zero, at - now);
        }
    }
}
