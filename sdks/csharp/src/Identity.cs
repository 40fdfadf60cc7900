using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Renderiq
{
    /// <summary>How a client tells the server who it is.</summary>
    internal static class Identity
    {
        private static readonly Dictionary<string, string> Names = new Dictionary<string, string>
        {
            { "sketchup", "SketchUp" },
            { "revit", "Revit" },
            { "autocad", "AutoCAD" },
            { "rhino", "Rhino" },
            { "archicad", "ArchiCAD" },
            { "blender", "Blender" },
            { "freecad", "FreeCAD" },
        };

        /// <summary>Returns the headers that name the host, the plugin, and this library.</summary>
        public static Dictionary<string, string> Headers(string platform, string pluginVersion)
        {
            var name = platform.ToLowerInvariant();
            string shown;
            if (!Names.TryGetValue(name, out shown))
            {
                shown = name.Substring(0, 1).ToUpperInvariant() + name.Substring(1);
            }
            return new Dictionary<string, string>
            {
                { "User-Agent", "Renderiq-Plugin/" + shown + "/" + pluginVersion },
                { "X-Renderiq-Platform", name },
                { "X-Renderiq-Plugin-Version", pluginVersion },
                { "X-Renderiq-Client", "renderiq-csharp/" + RenderiqVersion.Number + " " + Runtime() + " " + OsName() },
            };
        }

        /// <summary>Returns the runtime, such as <c>.NETFramework/4.8.4510.0</c>, <c>.NET/8.0.1</c> or <c>Mono/6.8.0.105</c>.</summary>
        private static string Runtime()
        {
            var found = Regex.Match(RuntimeInformation.FrameworkDescription, "^([A-Za-z. ]+?) ?([0-9][0-9.]*)");
            return found.Success ? found.Groups[1].Value.Replace(" ", "") + "/" + found.Groups[2].Value : ".NET/0";
        }

        private static string OsName()
        {
            return RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows"
                : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "macos" : "linux";
        }
    }
}
