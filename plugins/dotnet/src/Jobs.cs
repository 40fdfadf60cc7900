using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Renderiq.Plugin
{
    /// <summary>One order as the plugin knows it. It is never changed: every change is another one.</summary>
    public sealed class Job
    {
        private readonly JsonObject _raw;

        /// <summary>A job as it is stored.</summary>
        public Job(JsonObject raw)
        {
            _raw = raw;
        }

        /// <summary>The id of the job.</summary>
        public string Id => _raw.Text("id");

        /// <summary>The name of the view.</summary>
        public string View => _raw.Text("view") ?? "";

        /// <summary>What the user has chosen.</summary>
        public JsonObject Look => Plugin.Look.Read(_raw.Object("look"));

        /// <summary>The fields of the order beside the look.</summary>
        public JsonObject Options => _raw.Object("options") ?? new JsonObject();

        /// <summary>Names of files in the folder of the job, by the names of the SDK.</summary>
        public JsonObject Files => _raw.Object("files") ?? new JsonObject();

        /// <summary>Where the result goes.</summary>
        public string Output => _raw.Text("output");

        /// <summary>The running host that has ordered it.</summary>
        public string Session => _raw.Text("session");

        /// <summary>Its id in the queue, or null until it is there.</summary>
        public string Item => _raw.Text("item");

        /// <summary>Why it never came into the queue: a code and a sentence, or null.</summary>
        public JsonObject Problem => _raw.Object("problem");

        /// <summary>When it was ordered.</summary>
        public DateTimeOffset Created => new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero)
            .AddMilliseconds(_raw.Number("created") ?? 0);

        /// <summary>Returns the job with other fields.</summary>
        public Job With(JsonObject changes)
        {
            var raw = new JsonObject(_raw);
            foreach (var each in changes)
            {
                raw[each.Key] = each.Value;
            }
            return new Job(raw);
        }

        /// <summary>Returns the job as it is stored.</summary>
        public JsonObject Write()
        {
            return _raw;
        }
    }

    /// <summary>What the plugin keeps on disk beside the queue: the files of each order, and saved looks.</summary>
    public sealed class Jobs
    {
        private readonly string _directory;

        /// <summary>The jobs in a folder.</summary>
        public Jobs(string directory)
        {
            _directory = directory;
        }

        private string LooksFile => Path.Combine(_directory, "looks.json");

        /// <summary>Returns the folder of a job.</summary>
        public string Folder(string id)
        {
            return Path.Combine(_directory, "jobs", id);
        }

        /// <summary>Returns the path of a file of a job, or null if it has none of that name.</summary>
        public string FileOf(Job job, string name)
        {
            var file = job.Files.Text(name);
            return file == null ? null : Path.Combine(Folder(job.Id), file);
        }

        /// <summary>Returns whether all files of a job are there.</summary>
        public bool IsCaptured(Job job)
        {
            return job.Files.Count > 0 && job.Files.Keys.All(each => File.Exists(FileOf(job, each)));
        }

        /// <summary>Returns a new job, whose folder is there.</summary>
        public Job Make(string view, JsonObject look, string session)
        {
            var now = DateTimeOffset.UtcNow;
            var milliseconds = (long)(now - new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalMilliseconds;
            var id = milliseconds.ToString("00000000000000") + "-" + Guid.NewGuid().ToString("N").Substring(0, 8);
            Directory.CreateDirectory(Folder(id));
            return Save(new Job(new JsonObject
            {
                { "id", id }, { "view", view }, { "look", look }, { "session", session }, { "created", milliseconds },
            }));
        }

        /// <summary>Returns a new job with the files of another one.</summary>
        public Job Copy(Job job, JsonObject look, string session)
        {
            var copy = Make(job.View, look, session);
            foreach (var name in job.Files.Keys)
            {
                File.Copy(FileOf(job, name), Path.Combine(Folder(copy.Id), job.Files.Text(name)));
            }
            return Save(copy.With(new JsonObject { { "options", job.Options }, { "files", job.Files } }));
        }

        /// <summary>Writes a job, whole or not at all, and returns it.</summary>
        public Job Save(Job job)
        {
            JsonFile.Write(Path.Combine(Folder(job.Id), "job.json"), job.Write());
            return job;
        }

        /// <summary>Returns the jobs from old to new. Damaged ones are left out.</summary>
        public List<Job> All()
        {
            var root = Path.Combine(_directory, "jobs");
            var folders = Directory.Exists(root) ? Directory.GetDirectories(root) : new string[0];
            return folders.OrderBy(each => each, StringComparer.Ordinal)
                .Select(each => JsonFile.Read(Path.Combine(each, "job.json")))
                .Where(each => each?.Text("id") != null).Select(each => new Job(each)).ToList();
        }

        /// <summary>Removes a job and its files. Its result stays.</summary>
        public void Remove(string id)
        {
            try
            {
                Directory.Delete(Folder(id), true);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // Somebody has a file open. Without its job it is not shown any more.
                File.Delete(Path.Combine(Folder(id), "job.json"));
            }
        }

        /// <summary>Returns the saved looks by their names.</summary>
        public JsonObject Looks()
        {
            return JsonFile.Read(LooksFile) ?? new JsonObject();
        }

        /// <summary>Saves a look under a name. Null removes it.</summary>
        public void SaveLook(string name, JsonObject look)
        {
            var looks = Looks();
            looks.Remove(name);
            if (look != null)
            {
                looks[name] = look;
            }
            var sorted = looks.OrderBy(each => each.Key, StringComparer.OrdinalIgnoreCase);
            JsonFile.Write(LooksFile, new JsonObject(sorted.ToDictionary(each => each.Key, each => each.Value)));
        }
    }
}
