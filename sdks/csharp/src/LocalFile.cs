using System;
using System.IO;
using System.Security.Cryptography;

namespace Renderiq
{
    /// <summary>A file to upload. Its hash is in hexadecimal.</summary>
    internal sealed class LocalFile
    {
        private readonly string _path;

        private LocalFile(string path, long size, string contentType, string sha256)
        {
            _path = path;
            Size = size;
            ContentType = contentType;
            Sha256 = sha256;
        }

        public string Name => Path.GetFileName(_path);

        public long Size { get; }

        public string ContentType { get; }

        public string Sha256 { get; }

        /// <summary>Reads the file once, for its hash. Throws <see cref="DiskException"/>.</summary>
        public static LocalFile Read(string path)
        {
            return Files.Try(() =>
            {
                using (var file = Open(path))
                using (var hash = SHA256.Create())
                {
                    var head = new byte[16];
                    var count = file.Read(head, 0, head.Length);
                    Array.Resize(ref head, count);
                    file.Position = 0;
                    var digest = BitConverter.ToString(hash.ComputeHash(file)).Replace("-", "").ToLowerInvariant();
                    return new LocalFile(path, file.Length, ContentTypes.Of(path, head), digest);
                }
            });
        }

        /// <summary>Returns the bytes of a part. Parts count from 1. Throws <see cref="DiskException"/>.</summary>
        public byte[] Part(long number, long partSize, long size)
        {
            return Files.Try(() =>
            {
                using (var file = Open(_path))
                {
                    file.Position = (number - 1) * partSize;
                    var part = new byte[Math.Max(0, Math.Min(size, file.Length - file.Position))];
                    var read = 0;
                    int count;
                    while (read < part.Length && (count = file.Read(part, read, part.Length - read)) > 0)
                    {
                        read += count;
                    }
                    Array.Resize(ref part, read);
                    return part;
                }
            });
        }

        private static FileStream Open(string path)
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
    }
}
