using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Renderiq;

/// <summary>Runs every public method of every class whose name ends in Tests. Mono's packages have no small test framework.</summary>
internal static class TestRunner
{
    private static int Main(string[] args)
    {
        if (args.FirstOrDefault() == "--other")
        {
            FilesAndTokensTests.PlayOther(args[1], args[2]);
            return 0;
        }
        var wanted = args.FirstOrDefault() ?? "";
        var tests = Assembly.GetExecutingAssembly().GetTypes()
            .Where(each => each.Name.EndsWith("Tests", StringComparison.Ordinal))
            .SelectMany(each => each.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(each => each.Name != "Dispose" && !each.IsSpecialName && NameOf(each).Contains(wanted)).ToList();
        var failures = tests.Count(each => !Passes(each));
        Console.WriteLine((tests.Count - failures) + " of " + tests.Count + " tests passed");
        return failures == 0 && tests.Count > 0 ? 0 : 1;
    }

    private static string NameOf(MethodInfo test)
    {
        return test.DeclaringType.Name + ": " + test.Name.Replace('_', ' ');
    }

    private static bool Passes(MethodInfo test)
    {
        var subject = Activator.CreateInstance(test.DeclaringType);
        try
        {
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
        if (Shown(expected) != Shown(actual))
        {
            throw new Exception(Shown(actual) + " instead of " + Shown(expected));
        }
    }

    public static void True(bool value)
    {
        Equal(true, value);
    }

    public static T Throws<T>(Action work)
        where T : Exception
    {
        return ThrowsAsync<T>(() =>
        {
            work();
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    public static async Task<T> ThrowsAsync<T>(Func<Task> work)
        where T : Exception
    {
        try
        {
            await work();
        }
        catch (T error)
        {
            return error;
        }
        throw new Exception("No " + typeof(T).Name + " was thrown.");
    }

    private static string Shown(object value)
    {
        if (value is string)
        {
            return "\"" + value + "\"";
        }
        var many = value as IEnumerable;
        return many == null
            ? value == null ? "null" : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)
            : value is IDictionary ? Json.Write(value) : "[" + string.Join(", ", many.Cast<object>().Select(Shown)) + "]";
    }
}

/// <summary>A folder that is gone after a test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Directory.CreateDirectory(Path);
    }

    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), "renderiq-test-" + Guid.NewGuid().ToString("N"));

    public string File(string name)
    {
        return System.IO.Path.Combine(Path, name);
    }

    public IEnumerable<string> Names()
    {
        return Directory.GetFileSystemEntries(Path).Select(System.IO.Path.GetFileName).OrderBy(each => each);
    }

    public void Dispose()
    {
        Directory.Delete(Path, true);
    }
}
