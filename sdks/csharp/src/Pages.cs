using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Renderiq
{
    /// <summary>A list that comes in pages. A page is requested when it is needed.</summary>
    /// <remarks>
    /// C# 8 and newer read it by <c>await foreach</c>, C# 7 by <see cref="GetAsyncEnumerator"/>. <c>foreach</c> works too,
    /// and blocks the thread.
    /// </remarks>
    public sealed class Pages<T> : IEnumerable<T>
    {
        private readonly Func<string, CancellationToken, Task<Page<T>>> _read;
        private readonly string _cursor;

        internal Pages(Func<string, CancellationToken, Task<Page<T>>> read, string cursor = null)
        {
            _read = read;
            _cursor = cursor;
        }

        /// <summary>Returns an enumerator that begins at the first item.</summary>
        public PageEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default(CancellationToken))
        {
            return new PageEnumerator<T>(_read, _cursor, cancellationToken);
        }

        /// <summary>Returns the first items, or all of them.</summary>
        public async Task<List<T>> ToListAsync(
            int most = int.MaxValue, CancellationToken cancellationToken = default(CancellationToken))
        {
            var items = new List<T>();
            var enumerator = GetAsyncEnumerator(cancellationToken);
            while (items.Count < most && await enumerator.MoveNextAsync().ConfigureAwait(false))
            {
                items.Add(enumerator.Current);
            }
            return items;
        }

        /// <inheritdoc/>
        public IEnumerator<T> GetEnumerator()
        {
            var enumerator = GetAsyncEnumerator();
            // In a thread of the pool, so that a host's thread may wait for it.
            while (Task.Run(() => enumerator.MoveNextAsync()).GetAwaiter().GetResult())
            {
                yield return enumerator.Current;
            }
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Reads one item after the other.</summary>
    public sealed class PageEnumerator<T>
    {
        private readonly Func<string, CancellationToken, Task<Page<T>>> _read;
        private readonly CancellationToken _cancellationToken;
        private readonly Queue<T> _items = new Queue<T>();
        private string _cursor;
        private bool _isLast;

        internal PageEnumerator(
            Func<string, CancellationToken, Task<Page<T>>> read, string cursor, CancellationToken cancellationToken)
        {
            _read = read;
            _cursor = cursor;
            _cancellationToken = cancellationToken;
        }

        /// <summary>The item that was read last.</summary>
        public T Current { get; private set; }

        /// <summary>Reads the next item. Returns false at the end.</summary>
        public async Task<bool> MoveNextAsync()
        {
            while (_items.Count == 0)
            {
                if (_isLast)
                {
                    return false;
                }
                var page = await _read(_cursor, _cancellationToken).ConfigureAwait(false);
                page.Items.ToList().ForEach(_items.Enqueue);
                _cursor = page.Next;
                _isLast = page.IsLast;
            }
            Current = _items.Dequeue();
            return true;
        }
    }

    /// <summary>One page.</summary>
    internal sealed class Page<T>
    {
        public Page(IEnumerable<T> items, string next, bool isLast)
        {
            Items = items;
            Next = next;
            IsLast = isLast;
        }

        public IEnumerable<T> Items { get; }

        public string Next { get; }

        public bool IsLast { get; }

        /// <summary>Returns the list at a path. <paramref name="field"/> has the items of a page.</summary>
        public static Pages<T> Of(
            Api api, string path, string field, Func<JsonObject, T> read, IDictionary<string, object> query)
        {
            query = query ?? new Dictionary<string, object>();
            object first;
            query.TryGetValue("cursor", out first);
            return new Pages<T>(
                async (cursor, cancellationToken) =>
                {
                    var asked = new Dictionary<string, object>(query) { ["cursor"] = cursor };
                    var call = new Call("GET", path) { Query = asked };
                    var answer = await api.CallAsync(call, cancellationToken).ConfigureAwait(false);
                    var data = answer.Data ?? new JsonObject();
                    var next = data.Text("nextCursor");
                    return new Page<T>(data.List(field).OfType<JsonObject>().Select(read), next, string.IsNullOrEmpty(next));
                },
                first as string);
        }
    }
}
