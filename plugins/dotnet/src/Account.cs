using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>The user: session, balance and consents.</summary>
    public sealed class Account
    {
        private const string SigningIn = "sign-in";

        private readonly Service _service;
        private readonly FileTokenStore _tokens;
        private readonly Action<string> _openUrl;
        private readonly Loop _loop;
        private readonly Log _log;
        private CancellationTokenSource _signIn;

        internal Account(Service service, FileTokenStore tokens, Action<string> openUrl, Loop loop, Log log)
        {
            _service = service;
            _tokens = tokens;
            _openUrl = openUrl;
            _loop = loop;
            _log = log;
        }

        /// <summary>Whether there is a session.</summary>
        public bool IsSignedIn { get; private set; }

        /// <summary>The e-mail address of the user, or null.</summary>
        public string Email { get; private set; }

        /// <summary>The credits, or null if they are not known.</summary>
        public long? Balance { get; private set; }

        /// <summary>The code that the user has to approve, or null.</summary>
        public DeviceCode Code { get; private set; }

        /// <summary>Whether a code waits for its approval, or is being requested.</summary>
        public bool IsSigningIn => _service.IsRunning(SigningIn);

        /// <summary>What the server asks for and was not answered, in its own words.</summary>
        public IReadOnlyList<JsonObject> Consents { get; private set; } = new List<JsonObject>();

        /// <summary>Opens the page of a sign-in code in the browser, and waits for its approval.</summary>
        public void SignIn()
        {
            _service.Run(SigningIn, async () =>
            {
                using (_signIn = new CancellationTokenSource())
                {
                    try
                    {
                        await _service.Client.SignIn.WithDeviceCodeAsync(code => _loop.Post(() => Show(code)), _signIn.Token);
                        _log.Info("signed in");
                        _service.Client.Queue.Resume();
                    }
                    finally
                    {
                        _signIn = null;
                        Code = null;
                        _service.ForgetAll();
                    }
                }
            });
        }

        /// <summary>Gives a sign-in up.</summary>
        public void CancelSignIn()
        {
            _signIn?.Cancel();
        }

        /// <summary>Ends the session, here also if the server cannot be reached.</summary>
        public void SignOut()
        {
            _service.Run("sign-out", async () =>
            {
                try
                {
                    if (_service.IsOnline)
                    {
                        await _service.Client.SignIn.OutAsync();
                    }
                }
                finally
                {
                    _tokens.Clear();
                    Balance = null;
                    Consents = new List<JsonObject>();
                    _log.Info("signed out");
                    _service.Refresh();
                }
            });
        }

        /// <summary>Reads the balance.</summary>
        public async Task ReadBalanceAsync()
        {
            Balance = (await _service.Client.Credits.GetAsync()).Balance;
        }

        /// <summary>Reads the consents that were not given.</summary>
        public void ReadConsents()
        {
            _service.Run("consents", async () =>
            {
                try
                {
                    var found = await _service.Client.CallAsync("GET", "/consents");
                    Consents = found.List("consents").OfType<JsonObject>().Where(each => each.Flag("granted") != true).ToList();
                }
                catch (NotFoundException)
                {
                    // The sentence of the order is all there is.
                }
            });
        }

        /// <summary>Tells the server what the user has answered, and sends what was refused without an answer.</summary>
        public void AnswerConsents(IReadOnlyList<JsonObject> answers)
        {
            _service.Run("consent", async () =>
            {
                foreach (var answer in answers)
                {
                    var name = answer.Text("name");
                    var version = answer.Integer("version");
                    var granted = answer.Flag("granted") == true;
                    await _service.Client.CallAsync(
                        "POST",
                        "/consents/" + Uri.EscapeDataString(name),
                        new JsonObject { { "version", version }, { "granted", granted } });
                    _log.Info("consent " + name + " " + version + ": " + granted);
                }
                var answered = new HashSet<string>(answers.Select(each => each.Text("name")));
                Consents = Consents.Where(each => !answered.Contains(each.Text("name"))).ToList();
                if (answers.Any(each => each.Flag("granted") == true))
                {
                    _service.Orders.RetryAll("CONSENT_REQUIRED");
                }
            });
        }

        /// <summary>Looks whether there is a session, also one that another program has opened.</summary>
        internal void Read()
        {
            var tokens = _tokens.Load();
            IsSignedIn = tokens != null;
            Email = string.IsNullOrEmpty(tokens?.Email) ? null : tokens.Email;
        }

        private void Show(DeviceCode code)
        {
            if (_signIn == null)
            {
                return;
            }
            Code = code;
            _service.NotifyChanged();
            _openUrl(code.CompleteUrl);
        }
    }
}
