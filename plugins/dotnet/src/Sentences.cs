using System;
using System.Linq;

namespace Renderiq.Plugin
{
    /// <summary>Errors as sentences for a person. What to do next is the panel's to say, by their codes.</summary>
    public static class Sentences
    {
        /// <summary>Returns the sentence of an error's message.</summary>
        public static string Of(string message)
        {
            var text = (message ?? "").Trim();
            text = text.Length == 0 ? "Something went wrong" : text;
            return ".!?".Contains(text[text.Length - 1]) ? text : text + ".";
        }

        /// <summary>Returns the sentence of an error. The log has the rest of one that nobody foresaw.</summary>
        public static string Of(Exception error)
        {
            var invalid = error as ValidationException;
            if (invalid != null && invalid.Fields.Count > 0)
            {
                var fields = invalid.Fields.Select(each => each.Field + " " + each.Problem);
                return Of(invalid.Message.TrimEnd('.') + ": " + string.Join("; ", fields));
            }
            if (error is RenderiqException || error is RefusedException)
            {
                return Of(error.Message);
            }
            return error.Message.TrimEnd('.') + ". The log file says more.";
        }

        /// <summary>Returns the code of an error.</summary>
        public static string CodeOf(Exception error)
        {
            return (error as RenderiqException)?.Code ?? (error as RefusedException)?.Code ?? "INTERNAL";
        }
    }
}
