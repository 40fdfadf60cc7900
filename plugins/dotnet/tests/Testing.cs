using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>Runs every public method of every class whose name ends in Tests.</summary>
internal static class TestRunner
{
    /// <summary>The folder of the panel's protocol.</summary>
    public static string Protocol { get; private set; }

    private static int Main(string[] args)
    {
        Protocol = args[0];
        var wanted = args.ElementAtOrDefault(1) ?? "";
        var tests = Assembly.GetExecutingAssembly().GetTypes()
            .Where(each => each.Name.EndsWith("Tests", StringComparison.Ordinal))
            .SelectMany(each => each.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(each => each.Name != "Dispose" && !each.IsSpecialName && NameOf(each).Contains(wanted)).ToList();
        // Most tests wait for the queue's pauses. Those of a double share its rules, and come one after another.
        var threads = args.Contains("--parallel") ? 8 : 1;
        var waiting = new ConcurrentQueue<MethodInfo>(tests);
        var failures = 0;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            MethodInfo test;
            while (waiting.TryDequeue(out test))
            {
                if (!Passes(test))
                {
                    Interlocked.Increment(ref failures);
                }
            }
        })).ToList();
        workers.ForEach(each => each.Start());
        workers.ForEach(each => each.Join());
        Console.WriteLine((tests.Count - failures) + " of " + tests.Count + " tests passed");
        return failures == 0 && tests.Count > 0 ? 0 : 1;
    }

    private static string NameOf(MethodInfo test)
    {
        return test.DeclaringType.Name + ": " + test.Name.Replace('_', ' ');
    }

    private static bool Passes(MethodInfo test)
    {
        object subject = null;
        try
        {
            subject = Activator.CreateInstance(test.DeclaringType);
            var task = test.Invoke(subject, null) as Task;
            if (task != null && !task.Wait(TimeSpan.FromMinutes(1)))
            {
                throw new TimeoutException("The test takes more than a minute.");
            }
            return true;
        }
        catch (Exception error)
        {
            Console.WriteLine("✗ " + NameOf(test) + "\n    " + error.GetBaseException());
            return false;
        }
        finally
        {
            (subject as IDisposable)?.Dispose();
        }
    }
}

/// <summary>What a test expects.</summary>
internal static class Check
{
    public static void Equal(object expected, object actual)
    {
        if (Text(expected) != Text(actual))
        {
            throw new InvalidOperationException("expected " + Text(expected) + " but was " + Text(actual));
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException(what);
        }
    }

    public static T Throws<T>(Action work)
        where T : Exception
    {
        try
        {
            work();
        }
        catch (T error)
        {
            return error;
        }
        throw new InvalidOperationException("no " + typeof(T).Name);
    }

    private static string Text(object value)
    {
        var many = value as IEnumerable;
        return many == null || value is string || value is JsonObject
            ? Convert.ToString(value)
            : "[" + string.Join(", ", many.Cast<object>().Select(Text)) + "]";
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Root = Path.Combine(Path.GetTempPath(), "renderiq-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public string File(string name)
    {
        return Path.Combine(Root, name);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, true);
        }
        catch (IOException)
        {
            // The queue's last pass may still be writing. The system's own folder is emptied later.
        }
    }
}
