using System;
using System.IO;
using System.Text;

namespace Renderiq.Plugin
{
    /// <summary>A file with an object of JSON, which is whole or not there.</summary>
    public static class JsonFile
    {
        /// <summary>Returns the object of a file, or null if there is none.</summary>
        public static JsonObject Read(string path)
        {
            try
            {
                return File.Exists(path) ? Json.ParseObject(File.ReadAllBytes(path)) : null;
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return null;
            }
        }

        /// <summary>Writes an object. Throws IOException or UnauthorizedAccessException.</summary>
        public static void Write(string path, JsonObject value)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
            var part = path + ".part";
            File.WriteAllBytes(part, Encoding.UTF8.GetBytes(value.ToString()));
            if (File.Exists(path))
            {
                File.Replace(part, path, null);
            }
            else
            {
                File.Move(part, path);
            }
        }
    }
}
