using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Renderiq
{
    /// <summary>Whether a message is from Renderiq (https://www.standardwebhooks.com).</summary>
    internal static class Signatures
    {
        private const string Prefix = "whsec_";

        /// <summary>The time by which a message may be older or newer than the clock.</summary>
        private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

        public static JsonObject Verify(
            byte[] body, IEnumerable<KeyValuePair<string, string>> headers, string secret, DateTimeOffset now)
        {
            var given = headers.ToList();
            var id = Header(given, "webhook-id");
            var timestamp = Header(given, "webhook-timestamp");
            var signatures = Header(given, "webhook-signature");
            long seconds;
            var isNumber = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
            if (!isNumber || Math.Abs((now - Times.Epoch).TotalSeconds - seconds) > Tolerance.TotalSeconds)
            {
                throw new SignatureException("TIMESTAMP_OUT_OF_RANGE", "The message is too old, or a clock is wrong.");
            }
            var signed = Encoding.UTF8.GetBytes(id + "." + timestamp + ".").Concat(body).ToArray();
            byte[] right;
            using (var hash = new HMACSHA256(KeyOf(secret)))
            {
                right = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(hash.ComputeHash(signed)));
            }
            var isRight = false;
            foreach (var each in signatures.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
            {
                isRight |= AreEqual(right, Encoding.UTF8.GetBytes(each)); // all, so that the time does not tell which one
            }
            if (!isRight)
            {
                throw new SignatureException("BAD_SIGNATURE", "The signature of the message is wrong.");
            }
            return Json.ParseObject(body) ?? new JsonObject();
        }

        /// <summary>Compares in a time that does not depend on the content. Only .NET has a method for that.</summary>
        private static bool AreEqual(byte[] one, byte[] other)
        {
            var difference = one.Length ^ other.Length;
            for (var at = 0; at < one.Length; at++)
            {
                difference |= one[at] ^ (other.Length == 0 ? 0 : other[at % other.Length]);
            }
            return difference == 0;
        }

        private static string Header(List<KeyValuePair<string, string>> headers, string name)
        {
            var found = headers.FirstOrDefault(each => string.Equals(each.Key, name, StringComparison.OrdinalIgnoreCase));
            return found.Value ?? throw new SignatureException("MISSING_HEADER", "The message has no header " + name + ".");
        }

        private static byte[] KeyOf(string secret)
        {
            if (secret.StartsWith(Prefix, StringComparison.Ordinal))
            {
                var encoded = secret.Substring(Prefix.Length).TrimEnd('=').Replace('-', '+').Replace('_', '/');
                try
                {
                    return Convert.FromBase64String(encoded.PadRight((encoded.Length + 3) / 4 * 4, '='));
                }
                catch (FormatException)
                {
                    // The text itself is the key then, as it is for the server.
                }
            }
            return Encoding.UTF8.GetBytes(secret);
        }
    }
}
