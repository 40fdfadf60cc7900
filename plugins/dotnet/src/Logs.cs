using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;

namespace Renderiq.Plugin
{
    /// <summary>The log file that support may ask for. What looks like a secret is taken out before it is written.</summary>
    public sealed class Log
    {
        private const long Bytes = 512 * 1024;
        private const int Files = 3;

        private static readonly string[][] Secrets =
        {
            new[] { @"rk_(live|test)_[A-Za-z0-9_-]+", "rk_$1_…" },
            new[] { @"(bearer\s+)[A-Za-z0-9._~+/=-]+", "$1…" },
            new[] { @"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?", "…" },
            new[]
            {
                @"((?:password|secret|token|device_code|api[_-]?key|authorization)[""']?\s*[:=>]+\s*[""']?)[^\s""',}]+", "$1…",
            },
            new[] { @"(https?://[^\s?""']+)\?[^\s""']+", "$1?…" },
            new[] { @"[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}", "(e-mail)" },
        };

        private readonly object _lock = new object();

        /// <summary>A log in a file, with two older files beside it.</summary>
        public Log(string path)
        {
            Path = path;
        }

        /// <summary>The path of the newest file.</summary>
        public string Path { get; }

        /// <summary>Returns a text without keys, tokens, passwords, the queries of links, and e-mail addresses.</summary>
        public static string WithoutSecrets(string text)
        {
            foreach (var each in Secrets)
            {
                text = Regex.Replace(text, each[0], each[1], RegexOptions.IgnoreCase);
            }
            return text;
        }

        /// <summary>Writes that something was done.</summary>
        public void Info(string message)
        {
            Write("INFO", message);
        }

        /// <summary>Writes that something is missing or has failed for now.</summary>
        public void Warn(string message)
        {
            Write("WARN", message);
        }

        /// <summary>Writes an error that nobody has foreseen.</summary>
        public void Error(Exception error)
        {
            Write("ERROR", error.ToString());
        }

        private void Write(string level, string message)
        {
            var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var line = time + " " + level + " " + WithoutSecrets(message).Replace("\n", "\n  ") + "\n";
            lock (_lock)
            {
                try
                {
                    Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path) ?? ".");
                    Turn();
                    File.AppendAllText(Path, line, new UTF8Encoding(false));
                }
                catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
                {
                    // A log that cannot be written must not stop the work.
                }
            }
        }

        private void Turn()
        {
            if (!File.Exists(Path) || new FileInfo(Path).Length < Bytes)
            {
                return;
            }
            for (var number = Files - 1; number > 0; number--)
            {
                var newer = number == 1 ? Path : Path + "." + (number - 1);
                var older = Path + "." + number;
                if (File.Exists(newer))
                {
                    File.Delete(older);
                    File.Move(newer, older);
                }
            }
        }
    }
}
