using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>Orders on disk, which are sent when the server can be reached. Several processes may share a folder.</summary>
    /// <remarks>Orders survive an outage, a crash and a full disk, and are paid once.</remarks>
    public sealed class OrderQueue
    {
        /// <summary>How long a process waits that is not the sender.</summary>
        private static readonly TimeSpan OtherSender = TimeSpan.FromSeconds(1);

        private readonly Api _api;
        private readonly OrderStore _store;
        private readonly Sender _sender;
        private readonly Worker _worker;

        internal OrderQueue(Api api, string directory, int parallel)
        {
            _api = api;
            _store = new OrderStore(directory);
            _sender = new Sender(api, _store, parallel);
            _worker = new Worker(_sender.RunPassAsync, Wake, api.BaseUrl);
        }

        /// <summary>Why nothing is sent: too few credits, or nobody is signed in. Null if the queue is not paused.</summary>
        public QueuePause Paused => _store.Paused();

        /// <summary>Stores an order and returns at once, online or not. The pictures are copied.</summary>
        /// <param name="image">The capture: a path, or bytes.</param>
        /// <param name="options">Style, quality, prompt and others.</param>
        /// <param name="guides">Depth, materials and normals of the same view.</param>
        /// <param name="output">Where the result goes; else into the folder <c>results</c> of the queue.</param>
        /// <param name="modelFile">The path of a 3D model for the path tracer, which is copied too.</param>
        /// <exception cref="DiskException">The disk is full. Nothing is stored.</exception>
        public QueueItem Add(
            Picture image,
            RenderOptions options = null,
            GuideImages guides = null,
            string output = null,
            string modelFile = null)
        {
            var names = new JsonObject();
            var files = new List<FormFile>();
            foreach (var each in ImageField.Given(image, guides))
            {
                var file = each.Value.Read(each.Key.Name);
                var suffix = Path.GetExtension(file.Name);
                var name = each.Key.Name + (string.IsNullOrEmpty(suffix) ? ".png" : suffix);
                names[each.Key.Name] = name;
                files.Add(new FormFile(name, file.Content, file.ContentType));
            }
            var copies = new Dictionary<string, string>();
            if (modelFile != null)
            {
                var name = ImageField.Model.Name + Path.GetExtension(modelFile);
                names[ImageField.Model.Name] = name;
                copies[name] = modelFile;
            }
            var order = new Order(
                Guid.NewGuid().ToString(),
                Guid.NewGuid().ToString(),
                Renders.WithoutNulls((options ?? new RenderOptions()).Fields),
                names,
                output == null ? null : Path.GetFullPath(output),
                _api.Clock.Now);
            _store.Add(order, files, copies);
            return Told(order);
        }

        /// <summary>Returns all orders, in the order they were added.</summary>
        public IReadOnlyList<QueueItem> List()
        {
            return _store.All().Select(Item).ToList();
        }

        /// <summary>Returns an order.</summary>
        /// <exception cref="StateException">There is none by that id.</exception>
        public QueueItem Get(string id)
        {
            return Item(_store.Get(id));
        }

        /// <summary>Goes on after a pause.</summary>
        public void Resume()
        {
            _store.Resume(_api.Clock.Now);
            _worker.Notify();
        }

        /// <summary>Tries at once what failed temporarily. Call it when the network is back.</summary>
        public void Wake()
        {
            _store.Wake(_api.Clock.Now);
            _worker.Notify();
        }

        /// <summary>Changes an order that the server has not accepted, and sends it as a new one.</summary>
        /// <exception cref="StateException">It was sent already.</exception>
        public QueueItem Edit(string id, RenderOptions changes)
        {
            return Told(_store.Change(id, order =>
            {
                if (!order.IsEditable)
                {
                    const string late = "The order was sent already, so it cannot be changed any more.";
                    throw new StateException("NOT_EDITABLE", late);
                }
                var fields = new JsonObject(order.Fields);
                foreach (var each in changes.Fields)
                {
                    fields[each.Key] = each.Value;
                }
                return order.Renewed(Guid.NewGuid().ToString(), Renders.WithoutNulls(fields), _api.Clock.Now);
            }));
        }

        /// <summary>Sends an order that has failed or was cancelled again, as a new one.</summary>
        /// <exception cref="StateException">It has not.</exception>
        public QueueItem Retry(string id)
        {
            return Told(_store.Change(id, order =>
            {
                if (order.IsDamaged || (order.State != QueueState.Failed && order.State != QueueState.Cancelled))
                {
                    const string early = "Only an order that has failed or was cancelled can be tried again.";
                    throw new StateException("NOT_SETTLED", early);
                }
                return order.Renewed(Guid.NewGuid().ToString(), order.Fields, _api.Clock.Now);
            }));
        }

        /// <summary>Cancels an order: at once if it was never sent, and else as soon as the server can be asked.</summary>
        /// <remarks>
        /// Its credits are returned unless its render has completed meanwhile; then it is done. An order that has ended
        /// stays as it is.
        /// </remarks>
        public QueueItem Cancel(string id)
        {
            return Told(_store.Change(id, order =>
            {
                if (order.IsUnsent && !order.IsUnsure)
                {
                    return order.Settled(QueueState.Cancelled);
                }
                var reason = new QueueReason("CANCELLING", "The order will be cancelled.");
                return order.IsSettled ? order : order.ToBeCancelled(reason, _api.Clock.Now);
            }));
        }

        /// <summary>Forgets an order that has ended. Its result stays.</summary>
        /// <exception cref="StateException">It has not ended.</exception>
        public void Remove(string id)
        {
            _store.Remove(id);
        }

        /// <summary>Does once everything that is due. <see cref="Start"/> does that in the background.</summary>
        public Task<QueuePass> RunPassAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            // In the thread pool, because a pass reads and writes files between its requests.
            return Task.Run(() => _sender.RunPassAsync(cancellationToken), cancellationToken);
        }

        /// <summary>Makes passes until nothing is to come by itself: everything has ended, or the queue is paused.</summary>
        public async Task<QueuePass> DrainAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            while (true)
            {
                var pass = await RunPassAsync(cancellationToken).ConfigureAwait(false);
                if (pass.Next == null)
                {
                    return pass;
                }
                var pause = Times.Longest(pass.Next.Value, pass.IsSender ? TimeSpan.Zero : OtherSender);
                await _api.Clock.WaitAsync(pause, cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>Makes passes in the background, until <see cref="StopAsync"/>.</summary>
        public void Start()
        {
            _store.RemoveOrphans();
            _worker.Start();
        }

        /// <summary>Ends the work in the background at once. It goes on where it was when it is started again.</summary>
        public Task StopAsync()
        {
            return _worker.StopAsync();
        }

        private QueueItem Told(Order order)
        {
            _worker.Notify();
            return Item(order);
        }

        private QueueItem Item(Order order)
        {
            return new QueueItem(order, _api.Clock.Now);
        }
    }
}
