using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Renderiq
{
    /// <summary>A picture: the path of its file, or its bytes. A text is a path.</summary>
    public sealed class Picture
    {
        private readonly byte[] _content;

        private Picture(string path, byte[] content)
        {
            FilePath = path;
            _content = content;
        }

        /// <summary>The path of the file, or null if the picture is bytes.</summary>
        public string FilePath { get; }

        /// <summary>A picture in a file.</summary>
        public static Picture FromFile(string path)
        {
            return new Picture(path, null);
        }

        /// <summary>A picture in memory.</summary>
        public static Picture FromBytes(byte[] content)
        {
            return new Picture(null, content);
        }

        /// <summary>A picture in a file.</summary>
        public static implicit operator Picture(string path)
        {
            return path == null ? null : FromFile(path);
        }

        /// <summary>A picture in memory.</summary>
        public static implicit operator Picture(byte[] content)
        {
            return content == null ? null : FromBytes(content);
        }

        /// <summary>Reads the picture. <paramref name="name"/> is that of its file if only its bytes are known.</summary>
        internal FormFile Read(string name)
        {
            if (FilePath == null)
            {
                var kind = ContentTypes.Of(name, _content);
                return new FormFile(name + ContentTypes.SuffixOf(kind), _content, kind);
            }
            var content = Files.Try(() => File.ReadAllBytes(FilePath));
            return new FormFile(Path.GetFileName(FilePath), content, ContentTypes.Of(FilePath, content));
        }
    }

    /// <summary>Pictures of the same view beside the capture. Each may be null.</summary>
    public sealed class GuideImages
    {
        /// <summary>A grey depth map; white is near.</summary>
        public Picture Depth { get; set; }

        /// <summary>One flat colour for each material.</summary>
        public Picture MaterialId { get; set; }

        /// <summary>The surface normals.</summary>
        public Picture Normal { get; set; }
    }

    /// <summary>A field of an order for a picture: its name here, for a file, and for an upload with its purpose.</summary>
    internal sealed class ImageField
    {
        /// <summary>Pictures that have together more bytes are uploaded before the order.</summary>
        public const long MaxBytesInOrder = 4000000;

        private static readonly ImageField[] All =
        {
            new ImageField("image", "uploadedImageData", "uploadId", "capture"),
            new ImageField("depthImage", "depthImage", "depthUploadId", "depth"),
            new ImageField("materialIdImage", "materialIdImage", "materialIdUploadId", "materialId"),
            new ImageField("normalImage", "normalImage", "normalUploadId", "normal"),
        };

        /// <summary>The file of a 3D model, for which an order has no field: it is always uploaded.</summary>
        public static readonly ImageField Model = new ImageField("modelFile", "modelFile", "modelUploadId", "model");

        private ImageField(string name, string file, string upload, string purpose)
        {
            Name = name;
            File = file;
            Upload = upload;
            Purpose = purpose;
        }

        public string Name { get; }

        public string File { get; }

        public string Upload { get; }

        public string Purpose { get; }

        public static ImageField Of(string name)
        {
            return name == Model.Name ? Model : All.First(each => each.Name == name);
        }

        /// <summary>Returns the pictures that were given, with their fields.</summary>
        public static List<KeyValuePair<ImageField, Picture>> Given(Picture image, GuideImages guides)
        {
            var pictures = new[] { image, guides?.Depth, guides?.MaterialId, guides?.Normal };
            return All.Zip(pictures, (field, picture) => new KeyValuePair<ImageField, Picture>(field, picture))
                .Where(each => each.Value != null).ToList();
        }
    }

    /// <summary>The types of files.</summary>
    internal static class ContentTypes
    {
        private const string Png = "image/png";
        private const string Jpeg = "image/jpeg";
        private const string Glb = "model/gltf-binary";

        private static readonly KeyValuePair<string, byte[]>[] Beginnings =
        {
            new KeyValuePair<string, byte[]>(Png, new byte[] { 0x89, 0x50, 0x4e, 0x47 }),
            new KeyValuePair<string, byte[]>(Jpeg, new byte[] { 0xff, 0xd8, 0xff }),
            new KeyValuePair<string, byte[]>(Glb, new byte[] { 0x67, 0x6c, 0x54, 0x46 }),
        };

        private static readonly KeyValuePair<string, string>[] Suffixes =
        {
            new KeyValuePair<string, string>(".png", Png),
            new KeyValuePair<string, string>(".jpg", Jpeg),
            new KeyValuePair<string, string>(".jpeg", Jpeg),
            new KeyValuePair<string, string>(".glb", Glb),
        };

        /// <summary>Returns the type of a file by its first bytes, or else by its name.</summary>
        public static string Of(string name, byte[] head)
        {
            var begun = Beginnings.FirstOrDefault(each => head.Take(each.Value.Length).SequenceEqual(each.Value)).Key;
            var suffix = Path.GetExtension(name).ToLowerInvariant();
            return begun ?? Suffixes.FirstOrDefault(each => each.Key == suffix).Value ?? "application/octet-stream";
        }

        /// <summary>Returns the suffix of a type with its dot, or nothing.</summary>
        public static string SuffixOf(string kind)
        {
            return Suffixes.FirstOrDefault(each => each.Value == kind).Key ?? "";
        }
    }
}
