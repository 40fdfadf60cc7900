using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Renderiq
{
    /// <summary>Reads one text of JSON, strictly.</summary>
    internal sealed class JsonReader
    {
        private readonly string _text;
        private int _at;
        private int _depth;

        public JsonReader(string text)
        {
            _text = text;
        }

        public object Read()
        {
            var value = ReadValue();
            SkipSpace();
            return _at == _text.Length ? value : throw Wrong("something follows the value");
        }

        private object ReadValue()
        {
            SkipSpace();
            switch (Peek())
            {
                case '{':
                    return ReadObject();
                case '[':
                    return ReadArray();
                case '"':
                    return ReadText();
                case 't':
                    return ReadWord("true", true);
                case 'f':
                    return ReadWord("false", false);
                case 'n':
                    return ReadWord("null", null);
                default:
                    return ReadNumber();
            }
        }

        private JsonObject ReadObject()
        {
            var values = new JsonObject();
            Enter();
            while (!IsEnd('}', values.Count == 0))
            {
                SkipSpace();
                var name = ReadText();
                SkipSpace();
                Expect(':');
                values[name] = ReadValue();
            }
            return values;
        }

        private List<object> ReadArray()
        {
            var values = new List<object>();
            Enter();
            while (!IsEnd(']', values.Count == 0))
            {
                values.Add(ReadValue());
            }
            return values;
        }

        private void Enter()
        {
            _at++;
            if (++_depth > Json.MaxDepth)
            {
                throw Wrong("it is nested too deeply");
            }
        }

        /// <summary>Reads the end of an object or array, or the comma in front of its next element.</summary>
        private bool IsEnd(char end, bool isFirst)
        {
            SkipSpace();
            if (Peek() == end)
            {
                _at++;
                _depth--;
                return true;
            }
            if (!isFirst)
            {
                Expect(',');
            }
            return false;
        }

        private string ReadText()
        {
            Expect('"');
            var text = new StringBuilder();
            while (true)
            {
                var each = Next();
                if (each == '"')
                {
                    return text.ToString();
                }
                if (each < ' ')
                {
                    throw Wrong("a control character is in a text");
                }
                text.Append(each == '\\' ? ReadEscape() : each);
            }
        }

        private char ReadEscape()
        {
            var each = Next();
            switch (each)
            {
                case '"':
                case '\\':
                case '/':
                    return each;
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u':
                    return ReadCodeUnit();
                default:
                    throw Wrong("an escape is unknown");
            }
        }

        private char ReadCodeUnit()
        {
            var value = 0;
            for (var count = 0; count < 4; count++)
            {
                var digit = "0123456789abcdef".IndexOf(char.ToLowerInvariant(Next()));
                value = digit < 0 ? throw Wrong("an escape is no number") : value * 16 + digit;
            }
            return (char)value;
        }

        private object ReadWord(string word, object value)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            {
                throw Wrong("a word is unknown");
            }
            _at += word.Length;
            return value;
        }

        private object ReadNumber()
        {
            var start = _at;
            Skip('-');
            if (!Skip('0'))
            {
                SkipDigits();
            }
            var isWhole = true;
            if (Skip('.'))
            {
                isWhole = false;
                SkipDigits();
            }
            if (Skip('e') || Skip('E'))
            {
                isWhole = false;
                if (!Skip('+'))
                {
                    Skip('-');
                }
                SkipDigits();
            }
            var text = _text.Substring(start, _at - start);
            long whole;
            if (isWhole && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
            {
                return whole;
            }
            double number;
            var isRead = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
            return isRead && !double.IsInfinity(number) ? number : throw Wrong("a number is too large");
        }

        private void SkipDigits()
        {
            var start = _at;
            while (_at < _text.Length && _text[_at] >= '0' && _text[_at] <= '9')
            {
                _at++;
            }
            if (_at == start)
            {
                throw Wrong("a value is missing");
            }
        }

        private bool Skip(char expected)
        {
            if (_at == _text.Length || _text[_at] != expected)
            {
                return false;
            }
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < _text.Length && " \t\r\n".IndexOf(_text[_at]) >= 0)
            {
                _at++;
            }
        }

        private void Expect(char expected)
        {
            if (!Skip(expected))
            {
                throw Wrong("'" + expected + "' is missing");
            }
        }

        private char Peek()
        {
            return _at < _text.Length ? _text[_at] : throw Wrong("it ends early");
        }

        private char Next()
        {
            var each = Peek();
            _at++;
            return each;
        }

        private FormatException Wrong(string problem)
        {
            return new FormatException("This is not JSON at character " + (_at + 1) + ": " + problem + ".");
        }
    }
}
