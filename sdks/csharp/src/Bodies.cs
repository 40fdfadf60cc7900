using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Renderiq
{
    /// <summary>The body of a request.</summary>
    internal sealed class Body
    {
        private Body(byte[] content, string contentType)
        {
            Content = content;
            ContentType = contentType;
        }

        public byte[] Content { get; }

        public string ContentType { get; }

        /// <summary>Returns a body of JSON.</summary>
        public static Body OfJson(JsonObject value)
        {
            return new Body(Encoding.UTF8.GetBytes(Json.Write(value)), "application/json");
        }

        /// <summary>Returns a form (RFC 7578). Fields without a value are left out; objects are JSON.</summary>
        public static Body OfForm(JsonObject fields, IReadOnlyDictionary<string, FormFile> files)
        {
            var boundary = "renderiq-" + Guid.NewGuid().ToString("N");
            var content = new MemoryStream();
            foreach (var field in fields)
            {
                if (field.Value != null)
                {
                    Write(content, Head(boundary, field.Key) + "\r\n\r\n");
                    Write(content, field.Value as string ?? Json.Write(field.Value));
                    Write(content, "\r\n");
                }
            }
            foreach (var each in files)
            {
                var file = each.Value;
                var name = file.Name.Replace('"', '\'').Replace('\r', ' ').Replace('\n', ' ');
                Write(content, Head(boundary, each.Key) + "; filename=\"" + name + "\"\r\n");
                Write(content, "Content-Type: " + file.ContentType + "\r\n\r\n");
                content.Write(file.Content, 0, file.Content.Length);
                Write(content, "\r\n");
            }
            Write(content, "--" + boundary + "--\r\n");
            return new Body(content.ToArray(), "multipart/form-data; boundary=" + boundary);
        }

        private static string Head(string boundary, string name)
        {
            return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"";
        }

        private static void Write(Stream content, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            content.Write(bytes, 0, bytes.Length);
        }
    }

    /// <summary>A file of a form.</summary>
    internal sealed class FormFile
    {
        public FormFile(string name, byte[] content, string contentType)
        {
            Name = name;
            Content = content;
            ContentType = contentType;
        }

        public string Name { get; }

        public byte[] Content { get; }

        public string ContentType { get; }
    }
}
