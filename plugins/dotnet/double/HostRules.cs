using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Renderiq.Doubles
{
    /// <summary>The rules of the host, for its double: which thread may call, and which call is to fail.</summary>
    internal static class HostRules
    {
        private static readonly List<string> Log = new List<string>();
        private static Thread _thread;
        private static int _depth;
        private static Func<string, Exception> _failure;
        private static int _failing = -1;
        private static bool _afterwards;

        /// <summary>The calls since <see cref="Watch"/>.</summary>
        internal static IReadOnlyList<string> Calls => Log.ToList();

        /// <summary>From now on, this is the host's thread, and no call is to fail.</summary>
        /// <param name="failure">Makes the host's error out of a sentence.</param>
        /// <param name="isAlwaysOpen">Whether the host may be called without an event or a command.</param>
        internal static void Adopt(Func<string, Exception> failure, bool isAlwaysOpen)
        {
            _thread = Thread.CurrentThread;
            _failure = failure;
            _depth = isAlwaysOpen ? 1 : 0;
            Watch(-1, false);
        }

        /// <summary>Forgets the calls. The call of this number, from 0, fails before or after its work.</summary>
        internal static void Watch(int failing, bool afterwards)
        {
            Log.Clear();
            _failing = failing;
            _afterwards = afterwards;
        }

        /// <summary>Lets the add-in call the API, as the host does in events and commands.</summary>
        internal static void Enter(Action work)
        {
            _depth++;
            try
            {
                work();
            }
            finally
            {
                _depth--;
            }
        }

        /// <summary>Returns whether the caller may use the API now.</summary>
        internal static void Check(string name)
        {
            if (Thread.CurrentThread != _thread)
            {
                throw _failure(name + " was called in another thread");
            }
            if (_depth == 0)
            {
                throw _failure(name + " was called outside of an API context");
            }
        }

        internal static T Call<T>(string name, Func<T> work)
        {
            Check(name);
            var number = Log.Count;
            Log.Add(name);
            if (number == _failing && !_afterwards)
            {
                throw _failure(name + " was made to fail");
            }
            var result = work();
            if (number == _failing)
            {
                throw _failure(name + " was made to fail afterwards");
            }
            return result;
        }

        internal static void Call(string name, Action work)
        {
            Call<object>(name, () =>
            {
                work();
                return null;
            });
        }
    }
}
