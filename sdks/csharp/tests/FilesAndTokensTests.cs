using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>What is on disk is whole, and a session is its owner's only.</summary>
public sealed class FilesAndTokensTests : IDisposable
{
    private static readonly Tokens Kept =
        new Tokens("access", "refresh", new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero).AddTicks(1), "ada@example.com");

    private readonly TestFolder _folder = new TestFolder();

    public void Dispose()
    {
        _folder.Dispose();
    }

    public void A_file_is_replaced_whole()
    {
        var path = Path.Combine(_folder.Path, "inner", "file");
        Files.WriteDurably(path, new byte[] { 1 });

        Files.WriteDurably(path, new byte[] { 2, 3 });

        Check.Equal(new byte[] { 2, 3 }, File.ReadAllBytes(path));
        Check.Equal(new[] { "file" }, Directory.GetFiles(Path.GetDirectoryName(path)).Select(Path.GetFileName));
    }

    public void A_folder_takes_no_other_ones_place()
    {
        Files.WriteDurably(_folder.File("one/file"), new byte[0]);
        Files.WriteDurably(_folder.File("other/file"), new byte[0]);

        Check.Throws<IOException>(() => Files.MoveFolder(_folder.File("one"), _folder.File("other")));
        Files.MoveFolder(_folder.File("one"), _folder.File("third"));

        Check.Equal(new[] { "other", "third" }, _folder.Names());
        Check.True(File.Exists(_folder.File("third/file")));
    }

    public void A_file_is_as_before_if_it_is_not_committed()
    {
        Files.WriteDurably(_folder.File("file"), new byte[] { 1 });

        using (var file = new Replacement(_folder.File("file")))
        {
            Files.Write(file.Stream, new byte[] { 2 }, 1);
        }

        Check.Equal(new byte[] { 1 }, File.ReadAllBytes(_folder.File("file")));
        Check.Equal(new[] { "file" }, _folder.Names());
    }

    public void A_full_disk_is_an_error_of_its_own()
    {
        foreach (var code in new[] { unchecked((int)0x80070070), unchecked((int)0x80070027), 28 })
        {
            var error = Check.Throws<DiskException>(() => Files.Try(() => { throw new IOException("no", code); }));

            Check.Equal("DISK_FULL", error.Code);
            Check.True(error.Retryable);
        }
    }

    public void A_folder_that_is_not_empty_is_no_full_disk()
    {
        const int notEmpty = 39; // of .NET on Linux; Windows' 39 is a full disk

        var error = Check.Throws<DiskException>(() => Files.Try(() => { throw new IOException("no", notEmpty); }));

        Check.Equal("DISK_ERROR", error.Code);
    }

    public void A_file_that_cannot_be_written_is_an_error_of_the_disk()
    {
        Files.WriteDurably(_folder.File("file"), new byte[0]);

        var error = Check.Throws<DiskException>(() => Files.WriteDurably(_folder.File("file/inner"), new byte[0]));

        Check.Equal("DISK_ERROR", error.Code);
    }

    public void A_picture_that_is_gone_stays_so()
    {
        var error = Check.Throws<DiskException>(() => Picture.FromFile(_folder.File("none.png")).Read("image"));

        Check.Equal("DISK_ERROR", error.Code);
        Check.True(!error.Retryable);
    }

    public void A_lock_excludes_others()
    {
        using (FileLock.Take(_folder.File("lock")))
        {
            Check.Equal(null, FileLock.TryTake(_folder.File("lock")));
        }
        using (var turn = FileLock.TryTake(_folder.File("lock")))
        {
            Check.True(turn != null);
        }
    }

    public void A_lock_that_somebody_did_not_get_is_still_held()
    {
        var held = FileLock.Take(_folder.File("lock"));
        FileLock.TryTake(_folder.File("lock"));

        Check.Equal("none", OtherProcess("try"));

        held.Dispose();
        Check.Equal("held", OtherProcess("try"));
    }

    public void A_lock_ends_with_its_process()
    {
        using (var other = Start("hold"))
        {
            Check.Equal("held", other.StandardOutput.ReadLine());
            Check.Equal(null, FileLock.TryTake(_folder.File("lock")));

            other.Kill();
            other.WaitForExit();
        }

        using (var turn = FileLock.TryTake(_folder.File("lock")))
        {
            Check.True(turn != null);
        }
    }

    public void Many_threads_take_a_lock_one_after_another()
    {
        int inside = 0, most = 0;
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using (FileLock.Take(_folder.File("lock")))
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
            }
        });

        Check.Equal(1, most);
    }

    public void A_session_is_kept_without_a_loss()
    {
        var store = new FileTokenStore(_folder.File("session.json"));

        store.Save(Kept);

        var found = new FileTokenStore(_folder.File("session.json")).Load();
        Check.Equal(
            new object[] { Kept.AccessToken, Kept.RefreshToken, Kept.ExpiresAt, Kept.Email },
            new object[] { found.AccessToken, found.RefreshToken, found.ExpiresAt, found.Email });
    }

    public void A_session_is_its_owners_only()
    {
        new FileTokenStore(_folder.File("session.json")).Save(Kept);

        Check.Equal("600", Run("stat", "-c %a " + _folder.File("session.json")));
    }

    public void A_session_that_is_forgotten_is_gone()
    {
        var store = new FileTokenStore(_folder.File("session.json"));
        store.Save(Kept);

        store.Clear();
        store.Clear();

        Check.Equal(null, store.Load());
    }

    public void A_damaged_session_is_no_session()
    {
        foreach (var content in new[] { "", "{", "[]", "{\"accessToken\": 1}", "{\"accessToken\": \"a\"}", "\ud83c" })
        {
            File.WriteAllBytes(_folder.File("session.json"), Encoding.UTF8.GetBytes(content));

            Check.Equal(null, new FileTokenStore(_folder.File("session.json")).Load());
        }
    }

    public void The_folder_can_be_named()
    {
        Environment.SetEnvironmentVariable("RENDERIQ_HOME", _folder.Path);
        try
        {
            Check.Equal(_folder.Path, Files.DataDirectory());
        }
        finally
        {
            Environment.SetEnvironmentVariable("RENDERIQ_HOME", null);
        }
    }

    public void Times_of_the_wire_are_read()
    {
        var expected = new Dictionary<string, double>
        {
            { "2026-03-14T09:26:53Z", 1773480413 },
            { "2026-03-14T09:26:53.500Z", 1773480413.5 },
            { "2026-03-14T10:26:53+01:00", 1773480413 },
            { "2026-03-14T09:26:53", 1773480413 },
            { "soon", 0 },
            { "", 0 },
        };
        foreach (var each in expected)
        {
            Check.Equal(each.Value, (Times.Read(each.Key) - Times.Epoch).TotalSeconds);
        }
    }

    /// <summary>Plays another process: takes the lock, says whether it has it, and keeps it until it is killed.</summary>
    internal static void PlayOther(string what, string path)
    {
        using (var turn = FileLock.TryTake(path))
        {
            Console.WriteLine(turn == null ? "none" : "held");
            if (what == "hold")
            {
                Console.In.ReadToEnd();
            }
        }
    }

    private string OtherProcess(string what)
    {
        using (var other = Start(what))
        {
            return other.StandardOutput.ReadToEnd().Trim();
        }
    }

    private Process Start(string what)
    {
        var runtime = Process.GetCurrentProcess().MainModule.FileName;
        return Start(runtime, "\"" + typeof(TestRunner).Assembly.Location + "\" --other " + what + " " + _folder.File("lock"));
    }

    private static string Run(string program, string arguments)
    {
        using (var process = Start(program, arguments))
        {
            return process.StandardOutput.ReadToEnd().Trim();
        }
    }

    private static Process Start(string program, string arguments)
    {
        return Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
    }
}
