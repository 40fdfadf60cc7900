using System;
using System.Collections.Generic;
using System.Linq;

namespace Renderiq
{
    /// <summary>An object of the wire. A field that a server does not send is null.</summary>
    public abstract class Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        protected Model(JsonObject raw)
        {
            Raw = raw ?? new JsonObject();
        }

        /// <summary>The whole object, also the fields that this version does not know.</summary>
        public JsonObject Raw { get; }

        /// <summary>Returns the object as JSON.</summary>
        public override string ToString()
        {
            return GetType().Name + " " + Raw;
        }

        /// <summary>Returns an object as a model, or null without one.</summary>
        protected T ReadModel<T>(string name, Func<JsonObject, T> read)
            where T : Model
        {
            var found = Raw.Object(name);
            return found == null ? null : read(found);
        }

        /// <summary>Returns the objects of an array as models, or null without an array.</summary>
        protected IReadOnlyList<T> ReadModels<T>(string name, Func<JsonObject, T> read)
            where T : Model
        {
            var found = Raw.Find(name) as List<object>;
            return found == null ? null : found.OfType<JsonObject>().Select(read).ToList();
        }

        /// <summary>Returns the elements of an array that are of this type, or null without an array.</summary>
        protected IReadOnlyList<T> ReadList<T>(string name)
        {
            var found = Raw.Find(name) as List<object>;
            return found == null ? null : found.OfType<T>().ToList();
        }

        /// <summary>Returns the values of an object that are of this type, or null without an object.</summary>
        protected IReadOnlyDictionary<string, T> ReadMap<T>(string name)
        {
            var found = Raw.Object(name);
            return found == null ? null : found.Where(each => each.Value is T).ToDictionary(each => each.Key, each => (T)each.Value);
        }
    }

    /// <summary>Fields that a program sets. Null is sent as null, and what is not set is not sent.</summary>
    public abstract class Options
    {
        /// <summary>The fields that were set, under their names on the wire.</summary>
        public JsonObject Fields { get; } = new JsonObject();

        /// <summary>A field by its name on the wire, also one that this version does not know.</summary>
        public object this[string name]
        {
            get { return Fields.Find(name); }
            set { Fields[name] = value; }
        }
    }
}
