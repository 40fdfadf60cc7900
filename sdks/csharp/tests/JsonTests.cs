using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using Renderiq;

public sealed class JsonTests
{
    public void Values_of_all_kinds_are_read()
    {
        var read = (JsonObject)Json.Parse(" {\"a\": [1, -2.5, true, false, null, \"x\", {}], \"b\" : [ ] } ");

        Check.Equal("{\"a\":[1,-2.5,true,false,null,\"x\",{}],\"b\":[]}", Json.Write(read));
    }

    public void Whole_numbers_that_fit_are_long()
    {
        foreach (var text in new[] { "0", "-0", "7", "9223372036854775807", "-9223372036854775808" })
        {
            Check.True(Json.Parse(text) is long);
        }
        Check.Equal(long.MinValue, Json.Parse("-9223372036854775808"));
    }

    public void Other_numbers_are_double()
    {
        Check.Equal(1e3, Json.Parse("1E+3"));
        Check.Equal(0.1, Json.Parse("0.1"));
        Check.Equal(9223372036854775808.0, Json.Parse("9223372036854775808"));
        Check.Equal(5e-324, Json.Parse("5e-324"));
        Check.Equal(0.0, Json.Parse("1e-400"));
    }

    public void Numbers_are_written_so_that_they_are_read_again()
    {
        var random = new Random(3);
        var bytes = new byte[8];
        for (var count = 0; count < 20000; count++)
        {
            random.NextBytes(bytes);
            var value = BitConverter.ToDouble(bytes, 0);
            if (!double.IsNaN(value) && !double.IsInfinity(value))
            {
                Check.True(Convert.ToDouble(Json.Parse(Json.Write(value))) == value);
            }
        }
        foreach (var value in new[] { double.MaxValue, double.MinValue, double.Epsilon, 0.1 + 0.2, 0.84551240822557006 })
        {
            Check.True((double)Json.Parse(Json.Write(value)) == value);
        }
    }

    public void Numbers_do_not_depend_on_the_culture()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Check.Equal("[1.5,-1000000]", Json.Write(new object[] { Json.Parse("1.5"), Json.Parse("-1e6") }));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    public void What_is_no_json_is_refused()
    {
        var texts = new[]
        {
            "", " ", "{", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "01",
            "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN", "Infinity", "-Infinity", "1e999", "tru", "True", "nul", "'a'",
            "\"a", "\"\n\"", "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "1 1", "[] []", "\u00a01", "[1]x",
            "\"\0\"", "{\"a\":1 \"b\":2}", "--1", "1-", "/*c*/1", "[\"a\":1]",
        };
        foreach (var text in texts)
        {
            Check.Throws<FormatException>(() => Json.Parse(text));
        }
    }

    public void Escapes_are_read()
    {
        Check.Equal("\"\\/\b\f\n\r\tAé", Json.Parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\""));
    }

    public void Surrogate_pairs_are_one_character_escaped_or_not()
    {
        var house = "\U0001F3E0";

        Check.Equal(house, Json.Parse("\"\\ud83c\\uDFE0\""));
        Check.Equal(house, Json.Parse("\"" + house + "\""));
        Check.Equal("\"" + house + "\"", Json.Write(house));
        Check.Equal(house, Json.Parse(Encoding.UTF8.GetBytes(Json.Write(house))));
    }

    public void Half_a_surrogate_pair_survives()
    {
        foreach (var half in new[] { "\ud83c", "\udfe0", "\udfe0\ud83c", "a\ud83c", "\ud83cb" })
        {
            var bytes = Encoding.UTF8.GetBytes(Json.Write(half));

            Check.Equal(half, Json.Parse(bytes));
        }
    }

    public void Every_character_survives()
    {
        var text = new string(Enumerable.Range(0, 0x10000).Select(each => (char)each).ToArray());

        Check.True(text == (string)Json.Parse(Encoding.UTF8.GetBytes(Json.Write(text))));
    }

    public void Control_characters_are_escaped()
    {
        Check.Equal("\"\\u0000\\u001f\\u007f\\u2028\\\"\\\\/\"", Json.Write("\0\u001f\u007f\u2028\"\\/"));
    }

    public void Of_fields_with_the_same_name_the_last_one_counts()
    {
        var read = (JsonObject)Json.Parse("{\"a\": 1, \"b\": 2, \"a\": {\"c\": 3}, \"A\": 4}");

        Check.Equal(3, read.Count);
        Check.Equal(3, read.Object("a").Integer("c"));
    }

    public void A_hundred_levels_are_read_and_no_more()
    {
        Check.Equal(Levels(100), Json.Write(Json.Parse(Levels(100))));
        Check.Throws<FormatException>(() => Json.Parse(Levels(101)));
        Check.Throws<FormatException>(() => Json.Parse(new string('[', 1000000)));
    }

    public void Levels_beside_one_another_do_not_count()
    {
        var text = "[" + string.Join(",", Enumerable.Repeat("[{}]", 500)) + "]";

        Check.Equal(text, Json.Write(Json.Parse(text)));
    }

    public void What_contains_itself_is_not_written()
    {
        var circle = new JsonObject();
        circle["again"] = circle;

        Check.Throws<ArgumentException>(() => Json.Write(circle));
    }

    public void What_json_does_not_have_is_not_written()
    {
        foreach (var value in new object[] { double.NaN, double.PositiveInfinity, new Uri("http://a.test"), DateTime.Now })
        {
            Check.Throws<ArgumentException>(() => Json.Write(value));
        }
    }

    public void Values_of_dot_net_are_written()
    {
        var value = new Dictionary<string, object>
        {
            { "numbers", new object[] { (byte)1, (short)2, 3, 4L, 5.5f, 6.25m, ulong.MaxValue } },
            { "names", new Dictionary<string, string> { { "#a1b2c3", "brick" } } },
            { "list", new List<string> { "a", null } },
        };

        Check.Equal(
            "{\"numbers\":[1,2,3,4,5.5,6.25,18446744073709551615],\"names\":{\"#a1b2c3\":\"brick\"},\"list\":[\"a\",null]}",
            Json.Write(value));
    }

    public void Bytes_that_are_not_utf_8_are_refused()
    {
        Check.Throws<FormatException>(() => Json.Parse(new byte[] { 0x22, 0xff, 0x22 }));
        Check.Throws<FormatException>(() => Json.Parse(new byte[] { 0x22, 0xc3, 0x22 }));
    }

    public void A_byte_order_mark_is_skipped()
    {
        Check.Equal(7L, Json.Parse(new byte[] { 0xef, 0xbb, 0xbf, 0x37 }));
    }

    public void A_field_of_another_type_is_no_value()
    {
        var read = (JsonObject)Json.Parse("{\"text\": \"7\", \"number\": 7.5, \"whole\": 7.0, \"list\": [1]}");

        Check.Equal(null, read.Integer("text"));
        Check.Equal(null, read.Integer("number"));
        Check.Equal(7L, read.Integer("whole"));
        Check.Equal(null, read.Text("number"));
        Check.Equal(null, read.Object("list"));
        Check.Equal(null, read.Flag("none"));
        Check.Equal(0, read.List("text").Count);
    }

    public void Damaged_texts_are_refused_and_never_crash()
    {
        const string right = "{\"a\": [1, -2.5e3, true, null, \"\\ud83c\\udfe0 \\n\"], \"b\": {\"c\": []}}";
        var random = new Random(7);
        for (var count = 0; count < 20000; count++)
        {
            var text = new StringBuilder(right);
            text[random.Next(text.Length)] = (char)random.Next(32, 127);
            text.Length = random.Next(2) == 0 ? text.Length : random.Next(text.Length);
            try
            {
                var read = Json.Parse(text.ToString());
                Check.Equal(Json.Write(read), Json.Write(Json.Parse(Json.Write(read))));
            }
            catch (FormatException)
            {
                // Which is right for most of them.
            }
        }
    }

    private static string Levels(int count)
    {
        return string.Concat(Enumerable.Repeat("[", count)) + string.Concat(Enumerable.Repeat("]", count));
    }
}
