using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>Makes passes in the background when something is due, and wakes the queue when the server is back.</summary>
    internal sealed class Worker
    {
        private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);
        private static readonly TimeSpan OtherSender = TimeSpan.FromSeconds(1);

        /// <summary>How often a worker looks whether another process has added an order, and whether the network is back.</summary>
        private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
        private static readonly TimeSpan MostConnecting = TimeSpan.FromSeconds(3);

        private readonly Func<CancellationToken, Task<QueuePass>> _runPass;
        private readonly Action _wake;
        private readonly Uri _address;
        private readonly object _lock = new object();
        private readonly SemaphoreSlim _changed = new SemaphoreSlim(0);
        private CancellationTokenSource _stopping;
        private Task _work;

        public Worker(Func<CancellationToken, Task<QueuePass>> runPass, Action wake, string baseUrl)
        {
            _runPass = runPass;
            _wake = wake;
            _address = new Uri(baseUrl);
        }

        /// <summary>Begins to work, unless it works already.</summary>
        public void Start()
        {
            lock (_lock)
            {
                if (_work == null)
                {
                    var stopping = new CancellationTokenSource();
                    _stopping = stopping;
                    _work = Task.Run(() => WorkAsync(stopping.Token));
                }
            }
        }

        /// <summary>Ends the work. A request that is under way is given up, as if the process had ended.</summary>
        public async Task StopAsync()
        {
            Task work;
            CancellationTokenSource stopping;
            lock (_lock)
            {
                work = _work;
                stopping = _stopping;
                _work = null;
            }
            if (work != null)
            {
                stopping.Cancel();
                await work.ConfigureAwait(false);
                stopping.Dispose();
            }
        }

        /// <summary>Tells that an order has changed.</summary>
        public void Notify()
        {
            _changed.Release();
        }

        private async Task WorkAsync(CancellationToken stopping)
        {
            var wasReachable = true;
            while (!stopping.IsCancellationRequested)
            {
                var pause = Idle;
                try
                {
                    while (_changed.Wait(0))
                    {
                        // Takes all that was told so far: this pass sees it.
                    }
                    var pass = await _runPass(stopping).ConfigureAwait(false);
                    pause = Times.Longest(Times.Shortest(pass.Next ?? Idle, Idle), pass.IsSender ? LeastPause : OtherSender);
                    if (pass.Next > Idle)
                    {
                        var isReachable = await IsReachableAsync().ConfigureAwait(false);
                        if (isReachable && !wasReachable)
                        {
                            _wake();
                        }
                        wasReachable = isReachable;
                    }
                    await _changed.WaitAsync(pause, stopping).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // It is to stop.
                }
                catch (Exception error)
                {
                    // Mostly the disk is full. Everything is as it was, and is tried again.
                    Trace.TraceError("The queue of Renderiq will try again: " + error);
                    await Task.WhenAny(Task.Delay(Idle, stopping)).ConfigureAwait(false);
                }
            }
        }

        private async Task<bool> IsReachableAsync()
        {
            using (var client = new TcpClient())
            {
                try
                {
                    var connecting = client.ConnectAsync(_address.Host, _address.Port);
                    var first = await Task.WhenAny(connecting, Task.Delay(MostConnecting)).ConfigureAwait(false);
                    if (first == connecting)
                    {
                        await connecting.ConfigureAwait(false);
                        return true;
                    }
                    Observe(connecting);
                    return false;
                }
                catch (SocketException)
                {
                    return false;
                }
            }
        }

        /// <summary>Takes notice of the failure of a task that nobody waits for any more.</summary>
        private static void Observe(Task task)
        {
            task.ContinueWith(each => each.Exception, TaskContinuationOptions.OnlyOnFaulted);
        }
    }
}
