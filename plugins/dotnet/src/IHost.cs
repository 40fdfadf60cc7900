using System.Collections.Generic;

namespace Renderiq.Plugin
{
    /// <summary>What does not change while the host runs. It may be read in any thread.</summary>
    public sealed class HostInfo
    {
        /// <summary>The platform of the API, such as <c>revit</c>.</summary>
        public string Name { get; set; }

        /// <summary>The name that a person knows.</summary>
        public string Title { get; set; }

        /// <summary>The version of the host.</summary>
        public string Version { get; set; }

        /// <summary>The language of the host, such as <c>de-DE</c>.</summary>
        public string Locale { get; set; }

        /// <summary>Whether it draws material ids.</summary>
        public bool HasMaterialIds { get; set; }

        /// <summary>Whether it exports a model for the path tracer.</summary>
        public bool HasModel { get; set; }

        /// <summary>Where results can be put, by the words of the panel's protocol.</summary>
        public string[] PlaceTargets { get; set; } = new string[0];
    }

    /// <summary>A view, sheet or layout that can be captured.</summary>
    public sealed class HostView
    {
        /// <summary>A view.</summary>
        public HostView(string id, string name)
        {
            Id = id;
            Name = name;
        }

        /// <summary>What the host knows it by.</summary>
        public string Id { get; }

        /// <summary>What a person knows it by.</summary>
        public string Name { get; }
    }

    /// <summary>What is wanted of a capture.</summary>
    public sealed class CaptureWish
    {
        /// <summary>The view, or null for the one that is active.</summary>
        public string ViewId { get; set; }

        /// <summary>An empty folder for its files.</summary>
        public string Folder { get; set; }

        /// <summary>The pixels of the longer side, at most.</summary>
        public int LongerSide { get; set; }

        /// <summary>Whether guides are wanted.</summary>
        public bool Guides { get; set; }

        /// <summary>Whether edges are drawn.</summary>
        public bool Edges { get; set; }
    }

    /// <summary>What the host has drawn of a view.</summary>
    public sealed class Shot
    {
        /// <summary>The view.</summary>
        public HostView View { get; set; }

        /// <summary>The path of the picture of the whole view.</summary>
        public string Picture { get; set; }

        /// <summary>The path of the picture of the materials, as the host has drawn it, or null.</summary>
        public string MaterialIds { get; set; }

        /// <summary>The names of materials by the colours that they have there.</summary>
        public IReadOnlyDictionary<int, string> Materials { get; set; } = new Dictionary<int, string>();

        /// <summary>Where the view is seen from, or null if it is no view of the model in space.</summary>
        public Camera Camera { get; set; }

        /// <summary>Where the sun is: the field <c>sun</c> of an order, or null.</summary>
        public JsonObject Sun { get; set; }

        /// <summary>Why something of it is missing, for the log.</summary>
        public List<string> LeftOut { get; } = new List<string>();
    }

    /// <summary>What the plugin needs of a host. All methods are called in the host's thread only.</summary>
    /// <remarks>They throw <see cref="RefusedException"/>, and whatever the host throws.</remarks>
    public interface IHost
    {
        /// <summary>Returns the views that can be a batch.</summary>
        IReadOnlyList<HostView> Views();

        /// <summary>Draws a view, and puts back every setting that it changes, also after an error.</summary>
        Shot Capture(CaptureWish wish);

        /// <summary>Exports what a view shows of the model into a folder, and returns the path.</summary>
        string ExportModel(string viewId, string folder);

        /// <summary>Puts a picture into the document. Returns a sentence that says where it is.</summary>
        string Place(string path, string name, string target);

        /// <summary>Returns the folder of the document, or null if it was never saved.</summary>
        string DocumentFolder();
    }
}
