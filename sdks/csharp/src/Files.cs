using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;

namespace Renderiq
{
    /// <summary>Files that are whole or not there, and the folder of this library.</summary>
    internal static class Files
    {
        private const int MaxTries = 20;
        private const int Pause = 25; // milliseconds

        /// <summary>ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows and Mono, ENOSPC and EDQUOT of .NET elsewhere.</summary>
        private static readonly int[] Full = { Native.HResult(0x70), Native.HResult(0x27), 28, 122 };

        /// <summary>Returns the folder of this user for sessions and queues. It need not exist.</summary>
        public static string DataDirectory()
        {
            var named = Environment.GetEnvironmentVariable("RENDERIQ_HOME");
            if (!string.IsNullOrEmpty(named))
            {
                return named;
            }
            if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
            {
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                return Path.Combine(home, "Library", "Application Support", "Renderiq");
            }
            var isWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
            var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(folder, isWindows ? "Renderiq" : "renderiq");
        }

        /// <summary>Writes a file whole or not at all. Throws <see cref="DiskException"/>.</summary>
        /// <param name="path">The path of the file.</param>
        /// <param name="content">What is written.</param>
        /// <param name="isPrivate">Whether only its owner may read it.</param>
        /// <param name="isLocked">Whether a lock sees to it that nobody else writes the file.</param>
        public static void WriteDurably(string path, byte[] content, bool isPrivate = false, bool isLocked = false)
        {
            using (var file = new Replacement(path, isPrivate, isLocked))
            {
                Write(file.Stream, content, content.Length);
                file.Commit();
            }
        }

        /// <summary>Copies a file of any size, whole or not at all. Throws <see cref="DiskException"/>.</summary>
        public static void CopyDurably(string from, string path)
        {
            using (var source = Try(() => new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read)))
            using (var file = new Replacement(path, isLocked: true))
            {
                Try(() => source.CopyTo(file.Stream));
                file.Commit();
            }
        }

        /// <summary>Writes bytes into a file. Throws <see cref="DiskException"/>.</summary>
        public static void Write(Stream file, byte[] content, int count)
        {
            Try(() => file.Write(content, 0, count));
        }

        /// <summary>Does something with files. Throws <see cref="DiskException"/> if that fails.</summary>
        public static void Try(Action work)
        {
            Try<object>(() =>
            {
                work();
                return null;
            });
        }

        /// <summary>Returns what is found in files. Throws <see cref="DiskException"/> if that fails.</summary>
        public static T Try<T>(Func<T> work)
        {
            try
            {
                return work();
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                throw Error(error);
            }
        }

        /// <summary>Returns the error that the caller sees for a file that cannot be read or written.</summary>
        public static DiskException Error(Exception error)
        {
            if (error is IOException && Full.Contains(error.HResult))
            {
                const string full = "The disk is full. Free some space and try again.";
                return new DiskException("DISK_FULL", full, inner: error);
            }
            // A picture that is gone stays so.
            var isGone = error is FileNotFoundException || error is DirectoryNotFoundException;
            return new DiskException("DISK_ERROR", "A file cannot be read or written: " + error.Message, !isGone, error);
        }

        /// <summary>Forgets a file or a folder, if that is possible.</summary>
        public static void Discard(string path)
        {
            try
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, true);
                }
                else
                {
                    File.Delete(path);
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // Somebody has it open. What is left over is removed later, or does no harm.
            }
        }

        /// <summary>Gives a file another name, in place of a file that had it.</summary>
        public static void Replace(string path, string name)
        {
            Insist(() => Native.Rename(path, name, replaces: true));
        }

        /// <summary>Gives a folder another name, which must be free.</summary>
        public static void MoveFolder(string path, string name)
        {
            Insist(() => Native.Rename(path, name, replaces: false));
        }

        /// <summary>Tries again for half a second on Windows, where virus scanners have files open for a moment.</summary>
        private static void Insist(Action rename)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    rename();
                    return;
                }
                catch (Exception error) when (tries < MaxTries && Native.IsWindows &&
                                              (error is IOException || error is UnauthorizedAccessException))
                {
                    Thread.Sleep(Pause);
                }
            }
        }
    }

    /// <summary>A file that takes the place of another one when it is committed. Else that one stays as it is.</summary>
    internal sealed class Replacement : IDisposable
    {
        private readonly string _path;
        private readonly string _temporary;

        public Replacement(string path, bool isPrivate = false, bool isLocked = false)
        {
            _path = Path.GetFullPath(path);
            var folder = Path.GetDirectoryName(_path) ?? ".";
            // What a killed process leaves of a file that is locked has always the same name, and is overwritten.
            var own = isLocked ? "" : "." + Guid.NewGuid().ToString("N");
            _temporary = Path.Combine(folder, "." + Path.GetFileName(_path) + own + ".part");
            Stream = Files.Try(() =>
            {
                Directory.CreateDirectory(folder);
                var stream = new FileStream(_temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
                if (isPrivate)
                {
                    Native.MakePrivate(_temporary);
                }
                return stream;
            });
        }

        public FileStream Stream { get; }

        /// <summary>Puts the file in its place, where it is on disk then. Throws <see cref="DiskException"/>.</summary>
        public void Commit()
        {
            Files.Try(() =>
            {
                Stream.Flush(true);
                Stream.Dispose();
                Files.Replace(_temporary, _path);
            });
        }

        public void Dispose()
        {
            try
            {
                Stream.Dispose();
            }
            catch (IOException)
            {
                // The disk is full, so the rest of the buffer cannot be written. The file is not wanted any more.
            }
            Files.Discard(_temporary);
        }
    }

    /// <summary>What .NET Framework has no method for.</summary>
    internal static class Native
    {
        private const int ReplaceExisting = 1;
        private const int WriteThrough = 8;
        private const int ReadOnly = 0;
        private const uint OwnerOnly = 0x180; // rw-------
        public static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

        /// <summary>Returns what an exception tells of an error of Windows.</summary>
        public static int HResult(int error)
        {
            return unchecked((int)0x80070000) | error;
        }

        /// <summary>Renames a file or a folder in one step, which is on disk then. Throws IOException.</summary>
        public static void Rename(string path, string name, bool replaces)
        {
            var flags = replaces ? WriteThrough | ReplaceExisting : WriteThrough;
            var isDone = IsWindows ? MoveFileEx(path, name, flags) : rename(path, name) == 0;
            if (!isDone)
            {
                var error = Marshal.GetLastWin32Error();
                var code = IsWindows ? HResult(error) : error;
                throw new IOException("'" + path + "' cannot become '" + name + "' (error " + error + ").", code);
            }
            if (!IsWindows)
            {
                SyncFolder(Path.GetDirectoryName(name));
            }
        }

        /// <summary>Lets only the owner read a file. On Windows, the folder of the user sees to that.</summary>
        public static void MakePrivate(string path)
        {
            if (!IsWindows && chmod(path, OwnerOnly) != 0)
            {
                throw new IOException("'" + path + "' cannot be made private (error " + Marshal.GetLastWin32Error() + ").");
            }
        }

        /// <summary>Has the names in a folder written to the disk. Some file systems cannot, and need not.</summary>
        private static void SyncFolder(string path)
        {
            var folder = open(path, ReadOnly);
            if (folder >= 0)
            {
                fsync(folder);
                close(folder);
            }
        }

        [DllImport("kernel32.dll", SetLastError = true, CharSet = CharSet.Unicode)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool MoveFileEx(string path, string name, int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int rename(string path, string name);

        [DllImport("libc", SetLastError = true)]
        private static extern int chmod(string path, uint mode);

        [DllImport("libc")]
        private static extern int open(string path, int flags);

        [DllImport("libc")]
        private static extern int fsync(int file);

        [DllImport("libc")]
        private static extern int close(int file);
    }
}
