using System;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>The time, waiting, and chance: one object, so that tests need not wait.</summary>
    public interface IClock
    {
        /// <summary>The time.</summary>
        DateTimeOffset Now { get; }

        /// <summary>Waits.</summary>
        Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken);

        /// <summary>Returns a number in [0, 1), for jitter.</summary>
        double Chance();
    }

    /// <summary>The time of this machine.</summary>
    public class SystemClock : IClock
    {
        private readonly Random _random = new Random(Guid.NewGuid().GetHashCode());

        /// <inheritdoc/>
        public virtual DateTimeOffset Now => DateTimeOffset.UtcNow;

        /// <inheritdoc/>
        public virtual Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
        {
            return pause > TimeSpan.Zero ? Task.Delay(pause, cancellationToken) : Task.CompletedTask;
        }

        /// <inheritdoc/>
        public virtual double Chance()
        {
            lock (_random)
            {
                return _random.NextDouble();
            }
        }
    }

    /// <summary>Times of the wire, and lengths of time.</summary>
    internal static class Times
    {
        public static readonly DateTimeOffset Epoch = new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

        /// <summary>Returns so many seconds, rounded up. <c>TimeSpan.FromSeconds</c> of .NET Framework knows milliseconds only.</summary>
        public static TimeSpan Seconds(double seconds)
        {
            return TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond));
        }

        /// <summary>Reads a time of the wire. One that cannot be read is the Unix epoch.</summary>
        public static DateTimeOffset Read(string text)
        {
            DateTimeOffset found;
            var culture = System.Globalization.CultureInfo.InvariantCulture;
            const System.Globalization.DateTimeStyles style = System.Globalization.DateTimeStyles.AssumeUniversal;
            return DateTimeOffset.TryParse(text, culture, style, out found) ? found : Epoch;
        }

        /// <summary>Returns a time as text that is read again without a loss.</summary>
        public static string Write(DateTimeOffset time)
        {
            return time.UtcDateTime.ToString("o", System.Globalization.CultureInfo.InvariantCulture);
        }

        public static TimeSpan Longest(TimeSpan one, TimeSpan other)
        {
            return one > other ? one : other;
        }

        public static TimeSpan Shortest(TimeSpan one, TimeSpan other)
        {
            return one < other ? one : other;
        }
    }
}
