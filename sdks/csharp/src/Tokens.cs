using System;
using System.IO;
using System.Text;

namespace Renderiq
{
    /// <summary>The tokens of a session.</summary>
    public sealed class Tokens
    {
        /// <summary>The least time that a new access token is used for, whatever the clock says.</summary>
        private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(300);

        /// <summary>Tokens.</summary>
        public Tokens(string accessToken, string refreshToken, DateTimeOffset expiresAt, string email = "")
        {
            AccessToken = accessToken;
            RefreshToken = refreshToken;
            ExpiresAt = expiresAt;
            Email = email;
        }

        /// <summary>Proves who the user is.</summary>
        public string AccessToken { get; }

        /// <summary>Is exchanged for new tokens.</summary>
        public string RefreshToken { get; }

        /// <summary>The end of the access token.</summary>
        public DateTimeOffset ExpiresAt { get; }

        /// <summary>The user's e-mail address, or nothing.</summary>
        public string Email { get; }

        /// <summary>Reads tokens that <see cref="ToString"/> has written, or returns null.</summary>
        public static Tokens Parse(string text)
        {
            var found = Json.ParseObject(Encoding.UTF8.GetBytes(text ?? ""));
            if (found?.Text("accessToken") == null || found.Text("refreshToken") == null)
            {
                return null;
            }
            var expiresAt = Times.Read(found.Text("expiresAt"));
            return new Tokens(found.Text("accessToken"), found.Text("refreshToken"), expiresAt, found.Text("email") ?? "");
        }

        /// <summary>Returns the tokens as text that a store may keep. It is as secret as they are.</summary>
        public override string ToString()
        {
            return new JsonObject
            {
                { "accessToken", AccessToken },
                { "refreshToken", RefreshToken },
                { "expiresAt", Times.Write(ExpiresAt) },
                { "email", Email },
            }.ToString();
        }

        /// <summary>Reads the answer to a sign-in or to a refresh.</summary>
        internal static Tokens Of(JsonObject body, DateTimeOffset now)
        {
            // If this machine's clock is ahead, the token would seem to have ended already, and each request refresh it.
            var least = now + MinLifetime;
            var expiresAt = Times.Read(body.Text("expires_at"));
            return new Tokens(
                body.Text("access_token") ?? "",
                body.Text("refresh_token") ?? "",
                expiresAt > least ? expiresAt : least,
                body.Object("user")?.Text("email") ?? "");
        }
    }

    /// <summary>Keeps the tokens of one session. Processes that share it share its lock.</summary>
    public interface ITokenStore
    {
        /// <summary>The path of a file that is locked while the tokens are refreshed.</summary>
        string LockPath { get; }

        /// <summary>Returns the tokens, or null.</summary>
        Tokens Load();

        /// <summary>Replaces the tokens.</summary>
        void Save(Tokens tokens);

        /// <summary>Forgets the tokens.</summary>
        void Clear();
    }

    /// <summary>Keeps the tokens in a file that only its owner can read.</summary>
    public sealed class FileTokenStore : ITokenStore
    {
        private readonly string _path;

        /// <summary>A store in a file, whose lock is beside it.</summary>
        public FileTokenStore(string path)
        {
            _path = path;
        }

        /// <inheritdoc/>
        public string LockPath => _path + ".lock";

        /// <summary>Returns the tokens, or null if there are none or the file is damaged.</summary>
        public Tokens Load()
        {
            try
            {
                using (var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                using (var reader = new StreamReader(file, Encoding.UTF8))
                {
                    return Tokens.Parse(reader.ReadToEnd());
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return null;
            }
        }

        /// <inheritdoc/>
        public void Save(Tokens tokens)
        {
            Files.WriteDurably(_path, Encoding.UTF8.GetBytes(tokens.ToString()), isPrivate: true);
        }

        /// <inheritdoc/>
        public void Clear()
        {
            Files.Try(() =>
            {
                if (File.Exists(_path))
                {
                    File.Delete(_path);
                }
            });
        }
    }
}
