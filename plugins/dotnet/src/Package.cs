using System;
using System.IO;
using System.Reflection;

namespace Renderiq.Plugin
{
    /// <summary>What lies beside the plugin's DLL, and its version.</summary>
    public static class Package
    {
        /// <summary>The version of the plugins.</summary>
        public const string Version = "0.1.0";

        private const string LocalServer = "http://127.0.0.1:3000/api/plugins";

        /// <summary>The folder of the DLL.</summary>
        public static string Folder => Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);

        /// <summary>The panel's page.</summary>
        public static string Page => Path.Combine(Folder, "panel.html");

        /// <summary>The address of the API that the package was built for; without one, that of the local stack.</summary>
        public static string Server => JsonFile.Read(Path.Combine(Folder, "server.json"))?.Text("url") ?? LocalServer;

        /// <summary>Finds the libraries beside the DLL, whatever the host loads assemblies with.</summary>
        /// <remarks>Another add-in may have loaded another version of WebView2: one that is there is taken.</remarks>
        public static void FindLibraries()
        {
            AppDomain.CurrentDomain.AssemblyResolve += (_, args) =>
            {
                var name = new AssemblyName(args.Name).Name;
                if (!name.StartsWith("Microsoft.Web.WebView2.", StringComparison.Ordinal))
                {
                    return null;
                }
                foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
                {
                    if (loaded.GetName().Name == name)
                    {
                        return loaded;
                    }
                }
                var path = Path.Combine(Folder, name + ".dll");
                return File.Exists(path) ? Assembly.LoadFrom(path) : null;
            };
        }
    }
}
