using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Renderiq.Plugin
{
    /// <summary>Checks values against the JSON schema of the panel's protocol: those keywords that it uses.</summary>
    public sealed class Schema
    {
        private readonly JsonObject _root;

        /// <summary>A schema.</summary>
        public Schema(JsonObject root)
        {
            _root = root;
        }

        /// <summary>Returns whether a method of the panel has these params.</summary>
        public bool AreParams(string method, object value)
        {
            return Fits(value, Found("#/$defs/params/$defs/" + method));
        }

        /// <summary>Returns whether a value is the result of a method.</summary>
        public bool IsResult(string method, object value)
        {
            return Fits(value, Found("#/$defs/results/$defs/" + method));
        }

        /// <summary>Returns whether a value is what a definition of the schema says.</summary>
        public bool Is(string definition, object value)
        {
            return Fits(value, Found("#/$defs/" + definition));
        }

        private JsonObject Found(string path)
        {
            var found = _root;
            foreach (var part in path.Substring(2).Split('/'))
            {
                found = found.Object(part);
                if (found == null)
                {
                    throw new ArgumentException("The schema has no " + path + ".");
                }
            }
            return found;
        }

        private bool Fits(object value, JsonObject rule)
        {
            while (rule.Text("$ref") != null)
            {
                rule = Found(rule.Text("$ref"));
            }
            return HasKind(value, rule) && IsChoice(value, rule) && IsCombined(value, rule) && HasContent(value, rule);
        }

        private static bool HasKind(object value, JsonObject rule)
        {
            switch (rule.Text("type"))
            {
                case null:
                    return true;
                case "string":
                    return value is string;
                case "integer":
                    return IsWhole(value);
                case "number":
                    return value is long || value is int || value is double;
                case "object":
                    return value is JsonObject;
                case "array":
                    return IsList(value);
                case "boolean":
                    return value is bool;
                case "null":
                    return value == null;
                default:
                    throw new ArgumentException("The schema has a type that is not known: " + rule.Text("type"));
            }
        }

        private static bool IsWhole(object value)
        {
            return value is long || value is int || (value is double && Math.Floor((double)value) == (double)value);
        }

        private static bool IsList(object value)
        {
            return value is System.Collections.IEnumerable && !(value is string) && !(value is JsonObject);
        }

        private static bool IsChoice(object value, JsonObject rule)
        {
            var text = Json.Write(value);
            return (!rule.ContainsKey("const") || Json.Write(rule["const"]) == text) &&
                (!rule.ContainsKey("enum") || rule.List("enum").Any(each => Json.Write(each) == text));
        }

        private bool IsCombined(object value, JsonObject rule)
        {
            var any = rule.List("anyOf").OfType<JsonObject>().ToList();
            var one = rule.List("oneOf").OfType<JsonObject>().ToList();
            var condition = rule.Object("if");
            return (any.Count == 0 || any.Any(each => Fits(value, each))) &&
                (one.Count == 0 || one.Count(each => Fits(value, each)) == 1) &&
                rule.List("allOf").OfType<JsonObject>().All(each => Fits(value, each)) &&
                (condition == null || !Fits(value, condition) || Fits(value, rule.Object("then")));
        }

        private bool HasContent(object value, JsonObject rule)
        {
            if (value is string)
            {
                return IsText((string)value, rule);
            }
            if (value is JsonObject)
            {
                return IsObject((JsonObject)value, rule);
            }
            if (value is long || value is int || value is double)
            {
                var number = Convert.ToDouble(value);
                return number >= (rule.Number("minimum") ?? number) && number <= (rule.Number("maximum") ?? number) &&
                    (rule.Number("exclusiveMinimum") == null || number > rule.Number("exclusiveMinimum"));
            }
            return !IsList(value) || IsList(((System.Collections.IEnumerable)value).Cast<object>().ToList(), rule);
        }

        private static bool IsText(string value, JsonObject rule)
        {
            // A character outside of the first plane is two in .NET and one in the schema.
            var length = value.Length - value.Count(char.IsLowSurrogate);
            var pattern = rule.Text("pattern");
            return length >= (rule.Integer("minLength") ?? 0) && length <= (rule.Integer("maxLength") ?? int.MaxValue) &&
                (pattern == null || Regex.IsMatch(value, Regex.Replace(pattern, @"\$$", @"\z"), RegexOptions.ECMAScript));
        }

        private bool IsList(IReadOnlyList<object> value, JsonObject rule)
        {
            var items = rule.Object("items");
            return value.Count >= (rule.Integer("minItems") ?? 0) && value.Count <= (rule.Integer("maxItems") ?? int.MaxValue) &&
                (rule.Flag("uniqueItems") != true || value.Select(Json.Write).Distinct().Count() == value.Count) &&
                (items == null || value.All(each => Fits(each, items)));
        }

        private bool IsObject(JsonObject value, JsonObject rule)
        {
            if (value.Count < (rule.Integer("minProperties") ?? 0) ||
                !rule.List("required").OfType<string>().All(value.ContainsKey))
            {
                return false;
            }
            var known = rule.Object("properties") ?? new JsonObject();
            return value.All(each =>
            {
                var own = known.Object(each.Key) ?? rule.Object("additionalProperties");
                return own != null ? Fits(each.Value, own) : rule.Flag("additionalProperties") != false;
            });
        }
    }
}
