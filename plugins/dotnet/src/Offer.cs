using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>What the server offers, as it was read the last time. It is on disk, so that styles can be chosen offline.</summary>
    public sealed class Offer
    {
        private const int MostMaterials = 256;

        private static readonly KeyValuePair<string, byte[]>[] Types =
        {
            new KeyValuePair<string, byte[]>(".png", new byte[] { 0x89, 0x50, 0x4e, 0x47 }),
            new KeyValuePair<string, byte[]>(".jpg", new byte[] { 0xff, 0xd8, 0xff }),
            new KeyValuePair<string, byte[]>(".webp", new byte[] { 0x52, 0x49, 0x46, 0x46 }),
        };

        private readonly string _path;
        private readonly string _covers;
        private readonly string _platform;
        private readonly string _version;

        /// <summary>The offer in a folder, with covers in another one.</summary>
        public Offer(string directory, string covers, string platform, string version)
        {
            _path = Path.Combine(directory, "offer.json");
            _covers = covers;
            _platform = platform;
            _version = version;
            var stored = JsonFile.Read(_path) ?? new JsonObject();
            Capabilities = stored.Object("capabilities") ?? new JsonObject();
            Styles = stored.List("styles").OfType<JsonObject>().ToList();
        }

        /// <summary>What <c>GET /capabilities</c> has answered. It is empty as long as it was never read.</summary>
        public JsonObject Capabilities { get; private set; }

        /// <summary>Styles by the names of the wire.</summary>
        public IReadOnlyList<JsonObject> Styles { get; private set; }

        /// <summary>The names of the ratios that the server offers.</summary>
        public IEnumerable<string> Ratios
        {
            get
            {
                var known = Capabilities.List("aspectRatios").OfType<string>().Where(each => each != Frame.Source).ToList();
                return known.Count > 0 ? known : Frame.Ratios.ToList();
            }
        }

        /// <summary>The most materials that an order may name.</summary>
        public int MaxMaterials => (int)(Capabilities.Object("limits")?.Integer("maxMaterials") ?? MostMaterials);

        /// <summary>The address of the newest version, or null.</summary>
        public string DownloadUrl => Release?.Text("downloadUrl");

        /// <summary>The newest version if it is newer than this one, or null.</summary>
        public string Newer
        {
            get
            {
                var newest = Release?.Text("newestVersion");
                return newest != null && Names.IsOlder(_version, newest) ? newest : null;
            }
        }

        /// <summary>Whether the server does not work with this version any more.</summary>
        public bool IsTooOld
        {
            get
            {
                var oldest = Release?.Text("oldestVersion");
                return oldest != null && Names.IsOlder(_version, oldest);
            }
        }

        private JsonObject Release =>
            Capabilities.List("plugins").OfType<JsonObject>().FirstOrDefault(each => each.Text("platform") == _platform);

        /// <summary>Reads the offer anew. Covers are read as long as <paramref name="goesOn"/> returns true.</summary>
        public async Task UpdateAsync(RenderiqClient client, bool isSignedIn, Func<bool> goesOn, Action changed)
        {
            Capabilities = await client.CallAsync("GET", "/capabilities", isSignedIn: false);
            if (!goesOn())
            {
                return;
            }
            var styles = (await client.CallAsync("GET", "/styles", isSignedIn: false)).List("styles").OfType<JsonObject>();
            var own = isSignedIn && goesOn() ? await OwnStylesAsync(client) : new List<JsonObject>();
            Styles = styles.Concat(own).ToList();
            Store();
            changed();
            await LoadCoversAsync(client, goesOn, changed);
        }

        /// <summary>Returns the path of the cover of a style, or null if it was not read yet.</summary>
        public string CoverOf(JsonObject style)
        {
            var name = Names.Safe(style.Text("styleId"));
            return Types.Select(each => Path.Combine(_covers, name + each.Key)).FirstOrDefault(File.Exists);
        }

        /// <summary>Returns whether a model uses a field of an order. What is not known is taken to be used.</summary>
        public bool Uses(string model, string field)
        {
            var found = Model(model);
            return found == null || found.List("inputs").Contains(field);
        }

        /// <summary>Returns the credits of one render, or null if they are not known.</summary>
        public long? Price(JsonObject look)
        {
            var qualities = Capabilities.List("qualities").OfType<JsonObject>().ToList();
            var quality = look.Text("quality") ?? qualities.FirstOrDefault(each => each.Flag("isDefault") == true)?.Text("name");
            var own = quality == null ? null : Model(look.Text("model"))?.Object("creditsCost")?.Integer(quality);
            return own ?? qualities.FirstOrDefault(each => each.Text("name") == quality)?.Integer("creditsCost");
        }

        private static async Task<List<JsonObject>> OwnStylesAsync(RenderiqClient client)
        {
            try
            {
                return (await client.CallAsync("GET", "/styles/mine")).List("styles").OfType<JsonObject>().ToList();
            }
            catch (RenderiqException error) when (error is PermissionDeniedException || error is NotFoundException)
            {
                return new List<JsonObject>();
            }
        }

        private JsonObject Model(string name)
        {
            return Capabilities.List("models").OfType<JsonObject>()
                .FirstOrDefault(each => name == null ? each.Flag("isDefault") == true : each.Text("name") == name);
        }

        private async Task LoadCoversAsync(RenderiqClient client, Func<bool> goesOn, Action changed)
        {
            foreach (var style in Styles.Where(each => each.Text("coverUrl") != null && CoverOf(each) == null).ToList())
            {
                if (!goesOn())
                {
                    return;
                }
                Directory.CreateDirectory(_covers);
                var part = Path.Combine(_covers, Names.Safe(style.Text("styleId")) + ".part");
                await client.DownloadAsync(style.Text("coverUrl"), part);
                var content = File.ReadAllBytes(part);
                var type = Types.FirstOrDefault(each => content.Take(each.Value.Length).SequenceEqual(each.Value)).Key;
                if (type != null)
                {
                    var path = Path.ChangeExtension(part, null) + type;
                    File.Delete(path);
                    File.Move(part, path);
                    changed();
                }
            }
        }

        private void Store()
        {
            JsonFile.Write(_path, new JsonObject { { "capabilities", Capabilities }, { "styles", Styles.ToList() } });
        }
    }
}
