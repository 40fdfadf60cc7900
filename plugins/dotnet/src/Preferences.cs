using System;

namespace Renderiq.Plugin
{
    /// <summary>What a user has set, for all documents.</summary>
    public sealed class Preferences
    {
        private readonly string _path;
        private readonly JsonObject _values;

        /// <summary>The preferences in a file.</summary>
        public Preferences(string path)
        {
            _path = path;
            _values = JsonFile.Read(path) ?? new JsonObject();
        }

        /// <summary>Whether the network may be used.</summary>
        public bool IsOnline
        {
            get { return _values.Flag("online") ?? true; }
            set { Set("online", value); }
        }

        /// <summary>The address of the API that the user has named, or nothing.</summary>
        public string Server
        {
            get { return _values.Text("server") ?? ""; }
            set { Set("server", value); }
        }

        /// <summary>The language of the panel, or <c>auto</c>.</summary>
        public string Language => Chosen("language");

        /// <summary>The colours of the panel: <c>auto</c>, <c>light</c> or <c>dark</c>.</summary>
        public string Theme => Chosen("theme");

        /// <summary>Whether guides are sent.</summary>
        public bool SendGuides => _values.Flag("sendGuides") ?? true;

        /// <summary>Whether results are put into the document by themselves.</summary>
        public bool PlaceWhenDone => _values.Flag("placeWhenDone") ?? false;

        /// <summary>Whether edges are drawn in captures.</summary>
        public bool KeepEdges
        {
            get { return _values.Flag("keepEdges") ?? false; }
            set { Set("keepEdges", value); }
        }

        /// <summary>The choices that were used last.</summary>
        public JsonObject Look
        {
            get { return Plugin.Look.Read(_values.Object("look")); }
            set { Set("look", Plugin.Look.Read(value)); }
        }

        /// <summary>Returns the settings of the panel.</summary>
        public JsonObject Shown()
        {
            return new JsonObject
            {
                { "language", Language }, { "theme", Theme }, { "sendGuides", SendGuides }, { "placeWhenDone", PlaceWhenDone },
            };
        }

        /// <summary>Changes those settings of the panel that are there.</summary>
        public void Change(JsonObject settings)
        {
            foreach (var name in new[] { "language", "theme", "sendGuides", "placeWhenDone" })
            {
                if (settings.ContainsKey(name))
                {
                    Set(name, settings.Find(name));
                }
            }
        }

        private string Chosen(string name)
        {
            return _values.Text(name) ?? "auto";
        }

        private void Set(string name, object value)
        {
            _values[name] = value;
            JsonFile.Write(_path, _values);
        }
    }
}
