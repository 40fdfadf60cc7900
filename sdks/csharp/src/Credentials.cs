using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>An API key, <c>rk_live_…</c>.</summary>
    internal sealed class ApiKey : ICredentials
    {
        private readonly string _key;

        public ApiKey(string key)
        {
            _key = key;
        }

        public Task<KeyValuePair<string, string>> HeaderAsync(Api api, CancellationToken cancellationToken)
        {
            return Task.FromResult(new KeyValuePair<string, string>("X-Api-Key", _key));
        }

        /// <summary>Returns false: a key that was rejected stays so.</summary>
        public Task<bool> RenewAsync(Api api, string rejected, CancellationToken cancellationToken)
        {
            return Task.FromResult(false);
        }
    }

    /// <summary>The tokens of a session, refreshed ahead of time. Of all processes that share the store, one refreshes.</summary>
    internal sealed class Session : ICredentials
    {
        private const string Bearer = "Bearer ";

        /// <summary>An access token that ends earlier is refreshed before it is used.</summary>
        private static readonly TimeSpan RefreshAhead = TimeSpan.FromSeconds(60);

        private readonly ITokenStore _store;
        private readonly SemaphoreSlim _turn = new SemaphoreSlim(1, 1);
        private Tokens _tokens;

        public Session(ITokenStore store)
        {
            _store = store;
        }

        /// <summary>Returns the access token's header. Throws <see cref="AuthException"/> if nobody has signed in.</summary>
        public async Task<KeyValuePair<string, string>> HeaderAsync(Api api, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var tokens = _tokens ?? _store.Load() ?? throw SignInFirst();
                if (IsEnding(tokens, api))
                {
                    tokens = await RefreshedAsync(api, tokens.AccessToken, cancellationToken).ConfigureAwait(false);
                }
                _tokens = tokens;
                return new KeyValuePair<string, string>("Authorization", Bearer + tokens.AccessToken);
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <summary>Refreshes the tokens, unless that has been done since they were rejected.</summary>
        public async Task<bool> RenewAsync(Api api, string rejected, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var old = rejected.Substring(Bearer.Length);
                _tokens = await RefreshedAsync(api, old, cancellationToken).ConfigureAwait(false);
                return true;
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <summary>Keeps the tokens of a new session.</summary>
        public void Keep(Tokens tokens)
        {
            _store.Save(tokens);
            _tokens = tokens;
        }

        /// <summary>Forgets the tokens.</summary>
        public void Forget()
        {
            _tokens = null;
            _store.Clear();
        }

        private async Task<Tokens> RefreshedAsync(Api api, string old, CancellationToken cancellationToken)
        {
            using (await FileLock.TakeAsync(_store.LockPath, cancellationToken).ConfigureAwait(false))
            {
                var tokens = _store.Load(); // another process may have refreshed meanwhile
                if (tokens == null)
                {
                    _tokens = null;
                    throw SignInFirst();
                }
                if (tokens.AccessToken != old && !IsEnding(tokens, api))
                {
                    return tokens;
                }
                var call = new Call("POST", "/auth/refresh")
                {
                    Json = new JsonObject { { "refresh_token", tokens.RefreshToken } },
                    IsSignedIn = false,
                };
                try
                {
                    var answer = await api.CallAsync(call, cancellationToken).ConfigureAwait(false);
                    var refreshed = Tokens.Of(answer.Body, api.Clock.Now);
                    _store.Save(refreshed);
                    return refreshed;
                }
                catch (AuthException)
                {
                    Forget();
                    throw;
                }
            }
        }

        private static bool IsEnding(Tokens tokens, Api api)
        {
            return tokens.ExpiresAt - api.Clock.Now < RefreshAhead;
        }

        private static AuthException SignInFirst()
        {
            return new AuthException(new ErrorInfo("AUTH_REQUIRED", "Sign in first."));
        }
    }
}
