using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Renderiq.Plugin
{
    /// <summary>Names of files, and versions.</summary>
    public static class Names
    {
        /// <summary>Returns a text with what every disk can write.</summary>
        public static string Safe(string text)
        {
            return Regex.Replace(text ?? "", "[^A-Za-z0-9._-]+", "-").Trim('-', '.');
        }

        /// <summary>Returns a text of at most so many characters, without half of one.</summary>
        public static string Short(string text, int most)
        {
            text = text ?? "";
            if (text.Length <= most)
            {
                return text;
            }
            return text.Substring(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most);
        }

        /// <summary>Returns whether a version such as 1.2.0 is older than another one.</summary>
        public static bool IsOlder(string version, string other)
        {
            var one = Numbers(version);
            var two = Numbers(other);
            var difference = Enumerable.Range(0, 3).Select(at => one[at].CompareTo(two[at])).FirstOrDefault(each => each != 0);
            return difference < 0;
        }

        private static int[] Numbers(string version)
        {
            var parts = (version ?? "").Split('+', '-')[0].Split('.').Select(each =>
            {
                int number;
                return int.TryParse(each, out number) ? number : 0;
            });
            return parts.Concat(new[] { 0, 0, 0 }).Take(3).ToArray();
        }
    }
}
