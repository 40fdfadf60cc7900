using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>Something that a user has asked for cannot be done. The message is a sentence for a person.</summary>
    public sealed class RefusedException : Exception
    {
        /// <summary>An error with a code of the panel's protocol.</summary>
        public RefusedException(string code, string message, Exception inner = null)
            : base(message, inner)
        {
            Code = code;
        }

        /// <summary>A code of the panel's protocol.</summary>
        public string Code { get; }
    }

    /// <summary>Work that waits for the host's own thread. The host calls <see cref="RunNext"/> when it may be done.</summary>
    public sealed class HostThread
    {
        private readonly Queue<Action> _works = new Queue<Action>();
        private readonly Loop _loop;
        private readonly Action _wake;
        private readonly TimeSpan _patience;

        /// <summary>A queue of work.</summary>
        /// <param name="loop">The plugin's thread.</param>
        /// <param name="wake">Asks the host to call <see cref="RunNext"/>. It is called in any thread.</param>
        /// <param name="patience">How long work waits for the host before it is given up.</param>
        public HostThread(Loop loop, Action wake, TimeSpan patience)
        {
            _loop = loop;
            _wake = wake;
            _patience = patience;
        }

        /// <summary>Does something in the host's thread. It fails with <c>BUSY</c> if the host does not come to it.</summary>
        public Task<T> RunAsync<T>(Func<T> work)
        {
            var done = new TaskCompletionSource<T>();
            var isTaken = false;
            Action run = () =>
            {
                lock (done)
                {
                    if (isTaken)
                    {
                        return;
                    }
                    isTaken = true;
                }
                try
                {
                    var result = work();
                    _loop.Post(() => done.TrySetResult(result));
                }
                catch (Exception error)
                {
                    _loop.Post(() => done.TrySetException(error));
                }
            };
            lock (_works)
            {
                _works.Enqueue(run);
            }
            _loop.After(_patience, () =>
            {
                lock (done)
                {
                    if (isTaken)
                    {
                        return;
                    }
                    isTaken = true;
                }
                const string busy = "The program is busy, with a command or a dialog. End it, and try again.";
                done.TrySetException(new RefusedException("BUSY", busy));
            });
            _wake();
            return done.Task;
        }

        /// <summary>Does what waits longest, in the host's thread. Returns whether more waits.</summary>
        public bool RunNext()
        {
            Action work;
            lock (_works)
            {
                if (_works.Count == 0)
                {
                    return false;
                }
                work = _works.Dequeue();
            }
            work();
            lock (_works)
            {
                return _works.Count > 0;
            }
        }
    }
}
