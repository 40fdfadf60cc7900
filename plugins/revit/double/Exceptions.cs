using System;
using System.Runtime.CompilerServices;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("RevitAPIUI")]
[assembly: InternalsVisibleTo("Renderiq.Revit.Tests")]
[assembly: InternalsVisibleTo("Renderiq.Revit.Played")]

namespace Autodesk.Revit.Exceptions
{
    /// <summary>The beginning of all errors of the API.</summary>
    public class ApplicationException : Exception
    {
        /// <summary>An error.</summary>
        public ApplicationException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The state does not allow that call.</summary>
    public class InvalidOperationException : ApplicationException
    {
        /// <summary>An error.</summary>
        public InvalidOperationException(string message)
            : base(message)
        {
        }
    }

    /// <summary>A value is wrong.</summary>
    public class ArgumentException : ApplicationException
    {
        /// <summary>An error.</summary>
        public ArgumentException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The rules of Revit: one thread, and only in events and commands.</summary>
    internal static class RevitRules
    {
        internal static void Adopt()
        {
            HostRules.Adopt(message => new InvalidOperationException(message), false);
        }
    }
}
