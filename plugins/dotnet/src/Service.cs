using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>What a service needs to know.</summary>
    public sealed class ServiceOptions
    {
        /// <summary>The address of the API.</summary>
        public string BaseUrl { get; set; }

        /// <summary>The folder of everything that the plugin keeps.</summary>
        public string Root { get; set; }

        /// <summary>The host.</summary>
        public HostInfo Host { get; set; }

        /// <summary>The version of the plugin.</summary>
        public string Version { get; set; }

        /// <summary>Shows a page in the browser.</summary>
        public Action<string> OpenUrl { get; set; }

        /// <summary>Sends requests, in place of HttpClient.</summary>
        public ITransport Transport { get; set; }

        /// <summary>The time, for tests.</summary>
        public IClock Clock { get; set; }
    }

    /// <summary>The plugin's side of the network: account, offer, and the orders that are on their way.</summary>
    /// <remarks>It belongs to the plugin's thread. Nothing of it waits for the network.</remarks>
    public sealed class Service
    {
        private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5);
        private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(300);
        private static readonly TimeSpan BalanceFresh = TimeSpan.FromSeconds(60);
        private static readonly TimeSpan Again = TimeSpan.FromSeconds(15);

        private readonly Loop _loop;
        private readonly Log _log;
        private readonly Dictionary<string, DateTime> _due = new Dictionary<string, DateTime>();
        private readonly HashSet<string> _running = new HashSet<string>();
        private bool _isStopped;
        private bool _isSending;
        private bool _isUnreachable;

        /// <summary>A service, which begins to work with <see cref="Start"/>.</summary>
        public Service(ServiceOptions options, Loop loop, Log log)
        {
            _loop = loop;
            _log = log;
            // One server never sees another one's tokens.
            var address = options.BaseUrl.Substring(options.BaseUrl.IndexOf("://", StringComparison.Ordinal) + 3);
            Directory = Path.Combine(options.Root, Names.Safe(address));
            Web = Path.Combine(Directory, "web");
            var tokens = new FileTokenStore(Path.Combine(Directory, "session.json"));
            Client = new RenderiqClient(null, options.BaseUrl, new ClientOptions
            {
                Platform = options.Host.Name,
                PluginVersion = options.Version,
                Directory = Directory,
                TokenStore = tokens,
                Transport = options.Transport,
                Clock = options.Clock,
            });
            Offer = new Offer(Directory, Path.Combine(Web, "covers"), options.Host.Name, options.Version);
            Account = new Account(this, tokens, options.OpenUrl, loop, log);
            Orders = new Orders(this, Guid.NewGuid().ToString(), log);
        }

        /// <summary>Is raised when there may be something new to show.</summary>
        public event Action Changed;

        /// <summary>The folder of session, queue and orders.</summary>
        public string Directory { get; }

        /// <summary>The folder of page and pictures. The page may read all of it, and nothing else.</summary>
        public string Web { get; }

        /// <summary>The SDK.</summary>
        public RenderiqClient Client { get; }

        /// <summary>What the server offers.</summary>
        public Offer Offer { get; }

        /// <summary>The user.</summary>
        public Account Account { get; }

        /// <summary>The orders.</summary>
        public Orders Orders { get; }

        /// <summary>Whether the network may be used.</summary>
        public bool IsOnline { get; private set; }

        /// <summary>Whether the server did not answer the last time.</summary>
        public bool IsUnreachable => _isUnreachable || Orders.IsUnreachable;

        /// <summary>What went wrong outside of an order: a code and a sentence, or null.</summary>
        public JsonObject Problem { get; private set; }

        /// <summary>Begins to work.</summary>
        public void Start(bool isOnline)
        {
            IsOnline = isOnline;
            Orders.Load();
            Refresh();
            TickNow();
        }

        /// <summary>Ends the work. What is queued stays on disk.</summary>
        public Task StopAsync()
        {
            _isStopped = true;
            Account.CancelSignIn();
            return Client.Queue.StopAsync();
        }

        /// <summary>Allows the network or forbids it. A request that is under way ends first.</summary>
        public void SetOnline(bool isOnline)
        {
            if (isOnline == IsOnline)
            {
                return;
            }
            _log.Info(isOnline ? "online" : "offline: nothing is sent");
            IsOnline = isOnline;
            Problem = null;
            _due.Clear();
            Refresh();
            ReadOffer();
        }

        /// <summary>Reads the offer again, and tries at once what waits.</summary>
        public void RetryNow()
        {
            _due.Clear();
            Client.Queue.Wake();
            ReadOffer();
        }

        /// <summary>Goes on after a pause, and tries at once what waits.</summary>
        public void Resume()
        {
            Problem = null;
            Client.Queue.Resume();
            RetryNow();
            Refresh();
        }

        /// <summary>Looks at session and queue, and starts and stops the queue.</summary>
        public void Refresh()
        {
            Account.Read();
            var wanted = IsOnline && Account.IsSignedIn && !Offer.IsTooOld && !_isStopped;
            if (wanted && !_isSending)
            {
                Client.Queue.Start();
                Client.Queue.Wake();
            }
            else if (!wanted && _isSending)
            {
                Client.Queue.StopAsync().LetGo();
            }
            _isSending = wanted;
            Orders.Read();
            NotifyChanged();
        }

        /// <summary>Reads something again at the next look.</summary>
        public void Forget(string name)
        {
            _due.Remove(name);
        }

        /// <summary>Reads the offer again, as after a sign-in.</summary>
        public void ForgetAll()
        {
            _due.Clear();
            Refresh();
            ReadOffer();
        }

        /// <summary>Returns whether work of this name is under way.</summary>
        public bool IsRunning(string name)
        {
            return _running.Contains(name);
        }

        /// <summary>Begins some work, unless the same work is under way. Its errors are shown.</summary>
        public async void Run(string name, Func<Task> work)
        {
            if (!_running.Add(name))
            {
                return;
            }
            NotifyChanged();
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
                // A user has given it up.
            }
            catch (Exception error)
            {
                Report(error);
            }
            finally
            {
                _running.Remove(name);
                NotifyChanged();
            }
        }

        /// <summary>Shows that something went wrong.</summary>
        public void Report(Exception error)
        {
            var known = error as RenderiqException;
            _isUnreachable = error is NetworkException;
            if (known != null)
            {
                _log.Warn(known.Code + " " + known.Message + " (request " + known.RequestId + ")");
            }
            else if (error is RefusedException)
            {
                _log.Warn(error.Message + (error.InnerException == null ? "" : " " + error.InnerException));
            }
            else
            {
                _log.Error(error);
            }
            var code = Sentences.CodeOf(error);
            // Who has to sign in, and that the server is away, is shown anyway.
            if (code != "AUTH_REQUIRED" && !_isUnreachable)
            {
                Problem = new JsonObject { { "code", code }, { "message", Sentences.Of(error) } };
            }
            NotifyChanged();
        }

        /// <summary>Tells that something has changed.</summary>
        public void NotifyChanged()
        {
            Changed?.Invoke();
        }

        private void TickNow()
        {
            if (_isStopped)
            {
                return;
            }
            Refresh();
            Orders.PrepareAll();
            Orders.ForgetOld();
            ReadOffer();
            _loop.After(Tick, TickNow);
        }

        private void ReadOffer()
        {
            if (!IsOnline || _isStopped)
            {
                return;
            }
            WhenDue("offer", Fresh, () => Offer.UpdateAsync(Client, Account.IsSignedIn, () => IsOnline && !_isStopped, NotifyChanged));
            if (Account.IsSignedIn)
            {
                WhenDue("balance", BalanceFresh, Account.ReadBalanceAsync);
            }
        }

        private void WhenDue(string name, TimeSpan fresh, Func<Task> work)
        {
            DateTime due;
            if (_running.Contains(name) || (_due.TryGetValue(name, out due) && due > DateTime.UtcNow))
            {
                return;
            }
            _due[name] = DateTime.UtcNow + fresh;
            Run(name, async () =>
            {
                try
                {
                    await work();
                    Problem = null;
                    _isUnreachable = false;
                }
                catch
                {
                    _due[name] = DateTime.UtcNow + Again;
                    throw;
                }
            });
        }
    }
}
