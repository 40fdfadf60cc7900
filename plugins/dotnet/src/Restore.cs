using System;
using System.Collections.Generic;

namespace Renderiq.Plugin
{
    /// <summary>Settings that are changed for a while. All of them are put back at the end, the last one first.</summary>
    /// <remarks><see cref="Later"/> comes before the change: a change that fails in the middle is put back too.</remarks>
    public sealed class Restore
    {
        private const int Tries = 3;

        private readonly Stack<Action> _steps = new Stack<Action>();

        private Restore()
        {
        }

        /// <summary>Does some work and then puts everything back, also after an error.</summary>
        public static T Around<T>(Func<Restore, T> work)
        {
            var restore = new Restore();
            try
            {
                return work(restore);
            }
            finally
            {
                restore.Now();
            }
        }

        /// <summary>Remembers how something is put back. It may be called again if it fails.</summary>
        public void Later(Action step)
        {
            _steps.Push(step);
        }

        /// <summary>A step that fails is tried again at once, since the order matters; one that goes on failing hinders no other.</summary>
        private void Now()
        {
            Exception first = null;
            while (_steps.Count > 0)
            {
                first = Undo(_steps.Pop()) ?? first;
            }
            if (first != null)
            {
                throw new InvalidOperationException("A setting could not be put back: " + first.Message, first);
            }
        }

        private static Exception Undo(Action step)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    step();
                    return null;
                }
                catch (Exception error)
                {
                    if (tries == Tries)
                    {
                        return error;
                    }
                }
            }
        }
    }
}
