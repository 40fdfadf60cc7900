using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>A lock between processes. The system lets go of it when its process ends, however it ends.</summary>
    internal sealed class FileLock : IDisposable
    {
        private const int Pause = 10; // milliseconds

        /// <summary>
        /// The locks of this process. Opening a file a second time and closing it again would let go of a range that is
        /// locked, as POSIX says.
        /// </summary>
        private static readonly HashSet<string> Held = new HashSet<string>(StringComparer.Ordinal);

        /// <summary>Sharing and lock violations of Windows and Mono, EWOULDBLOCK of .NET on Linux and macOS.</summary>
        private static readonly int[] Taken = { Native.HResult(0x20), Native.HResult(0x21), 11, 35 };

        /// <summary>
        /// Mono keeps FileShare.None to its own process. On Linux, .NET locks a range too, so that it and Mono exclude each
        /// other. On macOS it cannot.
        /// </summary>
        private static readonly bool LocksRange =
            Type.GetType("Mono.Runtime") != null || RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

        private readonly string _path;
        private readonly FileStream _file;

        private FileLock(string path, FileStream file)
        {
            _path = path;
            _file = file;
        }

        /// <summary>Takes the lock, and waits for another process or thread to let go of it.</summary>
        public static FileLock Take(string path)
        {
            FileLock found;
            while ((found = TryTake(path)) == null)
            {
                Thread.Sleep(Pause);
            }
            return found;
        }

        /// <summary>Takes the lock, and waits for another process or thread to let go of it.</summary>
        public static async Task<FileLock> TakeAsync(string path, CancellationToken cancellationToken)
        {
            FileLock found;
            while ((found = TryTake(path)) == null)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
            return found;
        }

        /// <summary>Takes the lock, or returns null if somebody has it. Throws <see cref="DiskException"/>.</summary>
        public static FileLock TryTake(string path)
        {
            path = Path.GetFullPath(path);
            lock (Held)
            {
                if (!Held.Add(path))
                {
                    return null;
                }
            }
            FileStream file = null;
            try
            {
                file = Files.Try(() => Open(path));
                return file == null ? null : new FileLock(path, file);
            }
            finally
            {
                if (file == null)
                {
                    LetGo(path);
                }
            }
        }

        public void Dispose()
        {
            _file.Dispose();
            LetGo(_path);
        }

        private static FileStream Open(string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
            FileStream file = null;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (LocksRange)
                {
                    file.Lock(0, 1);
                }
                return file;
            }
            catch (IOException error) when (Taken.Contains(error.HResult))
            {
                file?.Dispose();
                return null;
            }
        }

        private static void LetGo(string path)
        {
            lock (Held)
            {
                Held.Remove(path);
            }
        }
    }
}
