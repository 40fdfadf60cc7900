using System;
using System.Linq;
using System.Security.Cryptography;

namespace Renderiq.Plugin
{
    /// <summary>What a user chooses for all views together, by the names of the wire.</summary>
    public static class Look
    {
        /// <summary>The model that renders the model of the document itself, in place of the capture.</summary>
        public const string PathTracer = "cycles";

        private const double Fidelity = 0.7;
        private static readonly string[] Texts = { "style", "prompt", "negativePrompt", "quality", "model" };

        /// <summary>Returns a look with what this version knows, without empty texts.</summary>
        public static JsonObject Read(JsonObject values)
        {
            values = values ?? new JsonObject();
            var look = new JsonObject();
            foreach (var name in Texts.Where(each => !string.IsNullOrEmpty(values.Text(each))))
            {
                look[name] = values.Text(name);
            }
            look["aspectRatio"] = values.Text("aspectRatio") ?? Frame.Nearest;
            look["structureStrength"] = Math.Min(Math.Max(values.Number("structureStrength") ?? Fidelity, 0), 1);
            if (values.Integer("seed") != null)
            {
                look["seed"] = Math.Min(Math.Max(values.Integer("seed").Value, 0), int.MaxValue);
            }
            return look;
        }

        /// <summary>Returns a look with all fields, as the panel has it.</summary>
        public static JsonObject Full(JsonObject values)
        {
            var look = Read(values);
            foreach (var name in Texts.Where(each => !look.ContainsKey(each)))
            {
                look[name] = "";
            }
            look["seed"] = look.Find("seed");
            return look;
        }

        /// <summary>Returns the fields of an order. Its ratio is that of the capture.</summary>
        public static JsonObject Fields(JsonObject look)
        {
            var fields = Read(look);
            fields.Remove("aspectRatio");
            return fields;
        }

        /// <summary>Returns the changes that make an order have this look: what the look lacks gets its default.</summary>
        public static JsonObject Changes(JsonObject look)
        {
            var fields = Full(look);
            fields.Remove("aspectRatio");
            foreach (var name in Texts.Where(each => fields.Text(each) == ""))
            {
                fields[name] = null;
            }
            return fields;
        }

        /// <summary>Returns a look with a seed, by chance if it has none.</summary>
        public static JsonObject Seeded(JsonObject look)
        {
            var seeded = Read(look);
            if (!seeded.ContainsKey("seed"))
            {
                var chance = new byte[4];
                using (var source = RandomNumberGenerator.Create())
                {
                    source.GetBytes(chance);
                }
                seeded["seed"] = (long)(BitConverter.ToUInt32(chance, 0) & int.MaxValue);
            }
            return seeded;
        }

        /// <summary>Whether the model itself is rendered, in place of the capture.</summary>
        public static bool IsPathTraced(JsonObject look)
        {
            return look.Text("model") == PathTracer;
        }
    }
}
