using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>Tasks that nobody waits for.</summary>
    public static class TaskExtensions
    {
        /// <summary>Lets a task end by itself, and takes notice of its failure.</summary>
        public static void LetGo(this Task task)
        {
            task.ContinueWith(each => each.Exception, TaskContinuationOptions.OnlyOnFaulted);
        }
    }

    /// <summary>The plugin's own thread. All of its state belongs to that thread, and no method waits for the network in it.</summary>
    /// <remarks>What is awaited in the loop goes on in the loop.</remarks>
    public sealed class Loop : SynchronizationContext
    {
        private readonly object _lock = new object();
        private readonly Queue<Action> _ready = new Queue<Action>();
        private readonly List<KeyValuePair<DateTime, Action>> _later = new List<KeyValuePair<DateTime, Action>>();
        private readonly Action<Exception> _report;
        private Thread _thread;
        private bool _isStopped;

        /// <summary>A loop. <paramref name="report"/> is told of errors that nobody has foreseen.</summary>
        public Loop(Action<Exception> report)
        {
            _report = report;
        }

        /// <summary>Runs the loop in a thread of its own until <see cref="Stop"/>.</summary>
        public void Start(string name)
        {
            _thread = new Thread(() => RunUntil(() => _isStopped, Timeout.InfiniteTimeSpan)) { IsBackground = true, Name = name };
            _thread.Start();
        }

        /// <summary>Ends the loop, and waits for what is being done.</summary>
        public void Stop(TimeSpan patience)
        {
            Post(() => _isStopped = true);
            if (_thread != null && _thread != Thread.CurrentThread)
            {
                _thread.Join(patience);
            }
        }

        /// <summary>Does something in the loop.</summary>
        public void Post(Action work)
        {
            lock (_lock)
            {
                _ready.Enqueue(work);
                Monitor.PulseAll(_lock);
            }
        }

        /// <summary>Does something in the loop, in the order of the calls.</summary>
        public override void Post(SendOrPostCallback callback, object state)
        {
            Post(() => callback(state));
        }

        /// <summary>Does something in the loop after a while.</summary>
        public void After(TimeSpan pause, Action work)
        {
            lock (_lock)
            {
                _later.Add(new KeyValuePair<DateTime, Action>(DateTime.UtcNow + pause, work));
                Monitor.PulseAll(_lock);
            }
        }

        /// <summary>Runs the loop in this thread until a condition holds. Returns false if that takes longer.</summary>
        public bool RunUntil(Func<bool> condition, TimeSpan most)
        {
            var former = Current;
            SetSynchronizationContext(this);
            try
            {
                var until = most == Timeout.InfiniteTimeSpan ? DateTime.MaxValue : DateTime.UtcNow + most;
                while (!condition())
                {
                    if (DateTime.UtcNow > until)
                    {
                        return false;
                    }
                    Next(until)?.Invoke();
                }
                return true;
            }
            finally
            {
                SetSynchronizationContext(former);
            }
        }

        private Action Next(DateTime until)
        {
            lock (_lock)
            {
                var now = DateTime.UtcNow;
                foreach (var each in _later.Where(each => each.Key <= now).OrderBy(each => each.Key).ToList())
                {
                    _later.Remove(each);
                    _ready.Enqueue(each.Value);
                }
                if (_ready.Count > 0)
                {
                    var work = _ready.Dequeue();
                    return () => Guarded(work);
                }
                var next = _later.Select(each => each.Key).Concat(new[] { until, now.AddSeconds(1) }).Min();
                Monitor.Wait(_lock, next > now ? next - now : TimeSpan.FromMilliseconds(1));
                return null;
            }
        }

        private void Guarded(Action work)
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                _report(error);
            }
        }
    }
}
