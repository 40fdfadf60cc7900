using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Renderiq
{
    /// <summary>A user has edited or ended an order while the sender worked on it.</summary>
    internal sealed class SupersededException : Exception
    {
    }

    /// <summary>The orders on disk. Several processes may use them at the same time.</summary>
    /// <remarks>
    /// <code>
    /// orders/000001-{id}/order.json   and the pictures beside it
    /// aside/                          orders that are being added or removed
    /// results/                        pictures of finished orders
    /// paused.json                     why the queue is paused; not there if it is not
    /// changes.lock, sender.lock
    /// </code>
    /// A file is replaced by renaming, and an order added by renaming its folder: each change is on disk, whole, when its
    /// method returns. All methods throw <see cref="DiskException"/>.
    /// </remarks>
    internal sealed class OrderStore
    {
        private const string FileName = "order.json";
        private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

        private readonly string _directory;

        public OrderStore(string directory)
        {
            _directory = directory;
        }

        public string SenderLock => Path.Combine(_directory, "sender.lock");

        private string Orders => Path.Combine(_directory, "orders");

        private string Aside => Path.Combine(_directory, "aside");

        private string PausedFile => Path.Combine(_directory, "paused.json");

        /// <summary>Stores a new order and its pictures. If that fails, nothing is stored.</summary>
        /// <param name="order">The order.</param>
        /// <param name="pictures">Its pictures.</param>
        /// <param name="copies">Paths of larger files by their names beside the order.</param>
        public void Add(Order order, IEnumerable<FormFile> pictures, IReadOnlyDictionary<string, string> copies)
        {
            var folder = Path.Combine(Aside, order.Id);
            try
            {
                foreach (var file in pictures)
                {
                    Files.WriteDurably(Path.Combine(folder, file.Name), file.Content, isLocked: true);
                }
                foreach (var file in copies)
                {
                    Files.CopyDurably(file.Value, Path.Combine(folder, file.Key));
                }
                Write(folder, order);
                using (Locked())
                {
                    var number = NumberOf(Folders().LastOrDefault()) + 1;
                    var name = number.ToString("000000", CultureInfo.InvariantCulture) + "-" + order.Id;
                    Files.Try(() =>
                    {
                        Directory.CreateDirectory(Orders);
                        Files.MoveFolder(folder, Path.Combine(Orders, name));
                    });
                }
            }
            catch
            {
                Files.Discard(folder);
                throw;
            }
        }

        /// <summary>Stores what the sender has done. What a user has done meanwhile counts more.</summary>
        /// <param name="order">The order.</param>
        /// <param name="cancellationIsDone">Whether the server knows that it is to be cancelled.</param>
        /// <exception cref="SupersededException">The order was edited or has ended.</exception>
        public void Save(Order order, bool cancellationIsDone = false)
        {
            using (Locked())
            {
                Save(order, Current(order), cancellationIsDone);
            }
        }

        /// <summary>Pauses the queue because of an order, which is stored as <see cref="Save(Order, bool)"/> does.</summary>
        public void Pause(QueuePause pause, Order order)
        {
            using (Locked())
            {
                var current = Current(order);
                // In this order: an order that is held by no pause would wait for ever.
                var json = new JsonObject { { "code", pause.Code }, { "message", pause.Message }, { "details", pause.Details } };
                Files.WriteDurably(PausedFile, Bytes(json), isLocked: true);
                Save(order, current, false);
            }
        }

        /// <summary>Returns why the queue is paused, or null.</summary>
        public QueuePause Paused()
        {
            using (Locked())
            {
                var found = Files.Try(() => File.Exists(PausedFile) ? Json.ParseObject(File.ReadAllBytes(PausedFile)) : null);
                return found == null ? null : new QueuePause(found.Text("code"), found.Text("message"), found.Object("details"));
            }
        }

        /// <summary>Ends the pause. The orders that were held are due at once.</summary>
        public void Resume(DateTimeOffset now)
        {
            ChangeAll(order => order.Due == null, order => order.DueAt(now));
            using (Locked())
            {
                Files.Try(() => File.Delete(PausedFile));
            }
        }

        /// <summary>Makes due what failed temporarily.</summary>
        public void Wake(DateTimeOffset now)
        {
            ChangeAll(order => order.IsTemporary && order.Due != null, order => order.DueAt(now));
        }

        /// <summary>Returns an order.</summary>
        /// <exception cref="StateException">There is none by that id.</exception>
        public Order Get(string id)
        {
            using (Locked())
            {
                return Read(Found(id));
            }
        }

        /// <summary>Changes an order while nobody else changes one. Returns it as it is then.</summary>
        /// <exception cref="StateException">There is none by that id.</exception>
        public Order Change(string id, Func<Order, Order> change)
        {
            using (Locked())
            {
                var folder = Found(id);
                var order = Read(folder);
                var changed = change(order);
                if (changed != order)
                {
                    Write(folder, changed);
                }
                return changed;
            }
        }

        /// <summary>Returns all orders, in the order they were added.</summary>
        public List<Order> All()
        {
            using (Locked())
            {
                return Folders().Select(Read).ToList();
            }
        }

        /// <summary>Returns the orders that have not ended, in the order they were added.</summary>
        public List<Order> Active()
        {
            return All().Where(order => !order.IsSettled).ToList();
        }

        /// <summary>Forgets an order that has ended, and its pictures, and leaves its result.</summary>
        /// <exception cref="StateException">It has not ended, or there is none by that id.</exception>
        public void Remove(string id)
        {
            var aside = Path.Combine(Aside, id);
            using (Locked())
            {
                var folder = Found(id);
                if (!Read(folder).IsSettled)
                {
                    throw new StateException("NOT_SETTLED", "The order has not ended. Cancel it first.");
                }
                Files.Try(() =>
                {
                    Directory.CreateDirectory(Aside);
                    Files.MoveFolder(folder, aside);
                });
            }
            Files.Discard(aside);
        }

        /// <summary>Returns the path of a picture of an order.</summary>
        public string Picture(Order order, string name)
        {
            return Path.Combine(Found(order.Id), order.Pictures.Text(name) ?? name);
        }

        /// <summary>Returns where the picture of a finished order goes.</summary>
        public string ResultPath(Order order, string suffix)
        {
            return order.Output ?? Path.Combine(_directory, "results", Path.GetFileName(Found(order.Id)) + suffix);
        }

        /// <summary>Removes what was being added or removed when its process ended.</summary>
        public void RemoveOrphans()
        {
            if (!Directory.Exists(Aside))
            {
                return;
            }
            foreach (var folder in Directory.GetDirectories(Aside))
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > OrphanAge)
                {
                    Files.Discard(folder);
                }
            }
        }

        private static void Write(string folder, Order order)
        {
            Files.WriteDurably(Path.Combine(folder, FileName), Bytes(order.Write()), isLocked: true);
        }

        private static Order Read(string folder)
        {
            var content = Files.Try(() =>
            {
                var path = Path.Combine(folder, FileName);
                return File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
            });
            return Order.Read(Json.ParseObject(content)) ?? Order.Damaged(IdOf(folder));
        }

        private static byte[] Bytes(JsonObject json)
        {
            return Encoding.UTF8.GetBytes(json.ToString());
        }

        private static string IdOf(string folder)
        {
            var name = Path.GetFileName(folder) ?? "";
            return name.Substring(name.IndexOf('-') + 1);
        }

        private static long NumberOf(string folder)
        {
            var name = Path.GetFileName(folder) ?? "";
            return folder == null ? 0 : long.Parse(name.Substring(0, name.IndexOf('-')), CultureInfo.InvariantCulture);
        }

        private FileLock Locked()
        {
            return FileLock.Take(Path.Combine(_directory, "changes.lock"));
        }

        /// <summary>Returns the folders of all orders, in the order they were added.</summary>
        private List<string> Folders()
        {
            return Files.Try(() => Directory.Exists(Orders) ? Directory.GetDirectories(Orders) : new string[0])
                .Where(each => char.IsDigit(Path.GetFileName(each)[0]) && each.Contains('-')).OrderBy(NumberOf).ToList();
        }

        private string Found(string id)
        {
            return Folders().FirstOrDefault(each => IdOf(each) == id)
                ?? throw new StateException("NOT_FOUND", "The queue has no such order.");
        }

        private Order Current(Order order)
        {
            var folder = Folders().FirstOrDefault(each => IdOf(each) == order.Id);
            var current = folder == null ? null : Read(folder);
            if (current == null || current.Key != order.Key || current.IsSettled)
            {
                throw new SupersededException();
            }
            return current;
        }

        private void Save(Order order, Order current, bool cancellationIsDone)
        {
            var wasCancelled = current.IsCancelling && !order.IsCancelling && !order.IsSettled;
            if (wasCancelled && !cancellationIsDone)
            {
                order = order.ToBeCancelled(current.Reason, Times.Epoch);
            }
            Write(Found(order.Id), order);
        }

        private void ChangeAll(Func<Order, bool> isMeant, Func<Order, Order> change)
        {
            using (Locked())
            {
                foreach (var folder in Folders())
                {
                    var order = Read(folder);
                    if (!order.IsSettled && isMeant(order))
                    {
                        Write(folder, change(order));
                    }
                }
            }
        }
    }
}
