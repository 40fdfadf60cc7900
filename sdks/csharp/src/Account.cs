using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Renderiq.Models;

namespace Renderiq
{
    /// <summary>The balance, and what has changed it.</summary>
    public sealed class Credits
    {
        private readonly Api _api;

        internal Credits(Api api)
        {
            _api = api;
        }

        /// <summary>Returns the balance.</summary>
        public async Task<CreditsOut> GetAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            var answer = await _api.CallAsync(new Call("GET", "/credits"), cancellationToken).ConfigureAwait(false);
            return new CreditsOut(answer.Data);
        }

        /// <summary>Every movement of credits, from new to old.</summary>
        public Pages<TransactionOut> Transactions(IDictionary<string, object> query = null)
        {
            return Page<TransactionOut>.Of(
                _api, "/credits/transactions", "transactions", raw => new TransactionOut(raw), query);
        }
    }

    /// <summary>The styles that can be ordered.</summary>
    public sealed class Styles
    {
        private readonly Api _api;

        internal Styles(Api api)
        {
            _api = api;
        }

        /// <summary>Returns all styles and their categories. It needs no sign-in.</summary>
        public async Task<StyleList> ListAsync(CancellationToken cancellationToken = default(CancellationToken))
        {
            var call = new Call("GET", "/styles") { IsSignedIn = false };
            return new StyleList((await _api.CallAsync(call, cancellationToken).ConfigureAwait(false)).Data);
        }
    }
}
