using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Renderiq
{
    /// <summary>JSON (RFC 8259). No reader of JSON is in both .NET Framework 4.8 and .NET 8 without a package.</summary>
    /// <remarks>
    /// An object is a <see cref="JsonObject"/>, an array a List of object, a number a long if it is one and fits, else a
    /// double. Of several fields with the same name the last one counts.
    /// </remarks>
    public static class Json
    {
        /// <summary>Objects and arrays may contain one another so many times.</summary>
        public const int MaxDepth = 100;

        /// <summary>Reads a text. Throws FormatException if it is not JSON.</summary>
        public static object Parse(string text)
        {
            return new JsonReader(text).Read();
        }

        /// <summary>Reads a text in UTF-8. Throws FormatException if it is not JSON.</summary>
        public static object Parse(byte[] content)
        {
            try
            {
                return Parse(Strict.GetString(content).TrimStart('\uFEFF'));
            }
            catch (ArgumentException error)
            {
                throw new FormatException("The text is not UTF-8.", error);
            }
        }

        /// <summary>Returns the object that a text contains, or null if it contains anything else.</summary>
        public static JsonObject ParseObject(byte[] content)
        {
            try
            {
                return Parse(content) as JsonObject;
            }
            catch (FormatException)
            {
                return null;
            }
        }

        /// <summary>Returns a value as JSON, without white space. Throws ArgumentException if JSON cannot have it.</summary>
        public static string Write(object value)
        {
            var text = new StringBuilder();
            Write(text, value, 0);
            return text.ToString();
        }

        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        private static void Write(StringBuilder text, object value, int depth)
        {
            if (depth > MaxDepth)
            {
                throw new ArgumentException("The value is nested too deeply for JSON.");
            }
            if (value == null)
            {
                text.Append("null");
            }
            else if (value is string)
            {
                WriteText(text, (string)value);
            }
            else if (value is bool)
            {
                text.Append((bool)value ? "true" : "false");
            }
            else if (value is double || value is float)
            {
                text.Append(Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)));
            }
            else if (value is sbyte || value is byte || value is short || value is ushort || value is int ||
                     value is uint || value is long || value is ulong || value is decimal)
            {
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
            }
            else if (value is IDictionary)
            {
                WriteObject(text, (IDictionary)value, depth);
            }
            else if (value is IEnumerable)
            {
                WriteArray(text, (IEnumerable)value, depth);
            }
            else
            {
                throw new ArgumentException("JSON has no " + value.GetType().Name + ".");
            }
        }

        private static void WriteObject(StringBuilder text, IDictionary values, int depth)
        {
            var mark = '{';
            foreach (DictionaryEntry each in values)
            {
                text.Append(mark);
                WriteText(text, Convert.ToString(each.Key, CultureInfo.InvariantCulture));
                text.Append(':');
                Write(text, each.Value, depth + 1);
                mark = ',';
            }
            text.Append(mark == '{' ? "{}" : "}");
        }

        private static void WriteArray(StringBuilder text, IEnumerable values, int depth)
        {
            var mark = '[';
            foreach (var each in values)
            {
                text.Append(mark);
                Write(text, each, depth + 1);
                mark = ',';
            }
            text.Append(mark == '[' ? "[]" : "]");
        }

        private static string Number(double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
            {
                throw new ArgumentException("JSON has no NaN and no infinity.");
            }
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            // .NET Framework's shortest form is wrong for a few numbers.
            var isExact = double.Parse(text, CultureInfo.InvariantCulture) == value;
            return isExact ? text : value.ToString("G17", CultureInfo.InvariantCulture);
        }

        private static void WriteText(StringBuilder text, string value)
        {
            text.Append('"');
            for (var at = 0; at < value.Length; at++)
            {
                var each = value[at];
                if (char.IsHighSurrogate(each) && at + 1 < value.Length && char.IsLowSurrogate(value[at + 1]))
                {
                    text.Append(each).Append(value[++at]);
                }
                else if (each == '"' || each == '\\')
                {
                    text.Append('\\').Append(each);
                }
                else if (each < ' ' || each == '\x7f' || each == '\u2028' || each == '\u2029' || char.IsSurrogate(each))
                {
                    text.Append("\\u").Append(((int)each).ToString("x4", CultureInfo.InvariantCulture));
                }
                else
                {
                    text.Append(each);
                }
            }
            text.Append('"');
        }
    }

    /// <summary>An object of JSON. A field that is not there, or of another type than is asked for, is null.</summary>
    public sealed class JsonObject : Dictionary<string, object>
    {
        /// <summary>An empty object.</summary>
        public JsonObject()
            : base(StringComparer.Ordinal)
        {
        }

        /// <summary>A copy of an object.</summary>
        public JsonObject(IDictionary<string, object> fields)
            : base(fields, StringComparer.Ordinal)
        {
        }

        /// <summary>Returns a field, or null.</summary>
        public object Find(string name)
        {
            object found;
            return TryGetValue(name, out found) ? found : null;
        }

        /// <summary>Returns a text, or null.</summary>
        public string Text(string name)
        {
            return Find(name) as string;
        }

        /// <summary>Returns a whole number, or null.</summary>
        public long? Integer(string name)
        {
            var found = Find(name);
            if (found is double && Math.Floor((double)found) == (double)found && Math.Abs((double)found) < 1e18)
            {
                return (long)(double)found;
            }
            return found is int ? (int)found : found as long?;
        }

        /// <summary>Returns a number, or null.</summary>
        public double? Number(string name)
        {
            var found = Find(name);
            return found is double ? (double)found : (double?)Integer(name);
        }

        /// <summary>Returns true or false, or null.</summary>
        public bool? Flag(string name)
        {
            return Find(name) as bool?;
        }

        /// <summary>Returns an object, or null.</summary>
        public JsonObject Object(string name)
        {
            return Find(name) as JsonObject;
        }

        /// <summary>Returns the elements of an array. Without one, there are none.</summary>
        public IReadOnlyList<object> List(string name)
        {
            return Find(name) as List<object> ?? new List<object>();
        }

        /// <summary>Returns the object as JSON.</summary>
        public override string ToString()
        {
            return Json.Write(this);
        }
    }
}
