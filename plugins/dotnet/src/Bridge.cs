using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace Renderiq.Plugin
{
    /// <summary>The window of the panel, as the bridge needs it.</summary>
    public interface IPanelWindow
    {
        /// <summary>Gives a message to the page. It may be called in any thread.</summary>
        void Send(string text);

        /// <summary>Returns the address at which the page finds a file of <see cref="Service.Web"/>.</summary>
        /// <param name="parts">The names of the path below that folder.</param>
        string AddressOf(IEnumerable<string> parts);
    }

    /// <summary>The messages between the panel and the plugin, as plugins/panel/PROTOCOL.md says.</summary>
    public sealed class Bridge
    {
        private const int MaxBytes = 65536;
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

        private readonly PluginCore _core;
        private readonly Schema _schema;
        private readonly Requests _requests;
        private PanelState _state;
        private IPanelWindow _window;
        private JsonObject _sent;
        private int _revision;
        private bool _isGreeted;
        private bool _isDue;

        internal Bridge(PluginCore core, Schema schema)
        {
            _core = core;
            _schema = schema;
            _requests = new Requests(core, this);
        }

        /// <summary>Takes a message of the page. It may be called in any thread.</summary>
        public void Receive(string text)
        {
            _core.Loop.Post(() => Take(text));
        }

        /// <summary>Says a sentence for a while.</summary>
        public void Notice(string level, string message, string code = null)
        {
            var data = new JsonObject { { "level", level }, { "message", message } };
            if (code != null)
            {
                data["code"] = code;
            }
            SendEvent("notice", data);
        }

        /// <summary>Returns the address of a file for the page.</summary>
        public string AddressOf(string path)
        {
            var below = path.Substring(_core.Service.Web.Length);
            return _window.AddressOf(below.Split(new[] { '/', '\\' }, StringSplitOptions.RemoveEmptyEntries));
        }

        /// <summary>Shows what another service does from now on.</summary>
        internal void Connect(PanelState state)
        {
            _state = state;
            _sent = null;
            if (_isGreeted)
            {
                Push(true);
            }
        }

        /// <summary>Talks to another window from now on, or to none.</summary>
        internal void Open(IPanelWindow window)
        {
            _window = window;
            _isGreeted = false;
            _sent = null;
        }

        /// <summary>Begins a session of the page: everything is sent after the answer.</summary>
        internal void Greet()
        {
            _isGreeted = true;
            _core.Loop.Post(() => Push(true));
        }

        /// <summary>Sends soon what has changed.</summary>
        internal void PushSoon()
        {
            if (_isDue || _window == null || !_isGreeted)
            {
                return;
            }
            _isDue = true;
            _core.Loop.After(Pause, () => Push(false));
        }

        /// <summary>Sends what has changed.</summary>
        internal void Push()
        {
            Push(false);
        }

        private void Push(bool isReset)
        {
            _isDue = false;
            if (_window == null || !_isGreeted)
            {
                return;
            }
            isReset |= _sent == null;
            var shown = _state.Shown(AddressOf);
            shown["look"] = isReset ? _state.LastLook() : _sent.Find("look");
            var change = Changes.Between(isReset ? null : _sent, shown);
            _sent = shown;
            if (change == null)
            {
                return;
            }
            change["revision"] = ++_revision;
            if (isReset)
            {
                change["reset"] = true;
            }
            SendEvent("state", change);
        }

        private void Take(string text)
        {
            if (_window == null)
            {
                return;
            }
            var message = Json.ParseObject(Encoding.UTF8.GetBytes(text));
            var id = message?.Find("id") as long?;
            if (id == null || id < 1 || id > int.MaxValue || message.Text("method") == null)
            {
                return;
            }
            var method = message.Text("method");
            if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            {
                Refuse(id.Value, "TOO_LARGE", "The message is too large.");
            }
            else if (!_requests.Has(method))
            {
                Refuse(id.Value, "UNKNOWN_METHOD", "There is no such method.");
            }
            else if (!_schema.AreParams(method, message.Find("params")))
            {
                Refuse(id.Value, "BAD_PARAMS", "The parameters do not fit.");
            }
            else
            {
                Answer(id.Value, method, message.Object("params"));
            }
        }

        private async void Answer(long id, string method, JsonObject parameters)
        {
            try
            {
                var result = await _requests.AnswerAsync(method, parameters);
                Send(new JsonObject { { "id", id }, { "result", result } });
                PushSoon();
            }
            catch (RefusedException error)
            {
                if (error.InnerException != null)
                {
                    _core.Log.Error(error);
                }
                Refuse(id, error.Code, error.Message);
            }
            catch (RenderiqException error)
            {
                Refuse(id, error.Code, Sentences.Of(error));
            }
            catch (Exception error)
            {
                _core.Log.Error(error);
                Refuse(id, "INTERNAL", Sentences.Of(error));
            }
        }

        private void Refuse(long id, string code, string message)
        {
            var error = new JsonObject { { "code", code }, { "message", Names.Short(message, 2000) } };
            Send(new JsonObject { { "id", id }, { "error", error } });
        }

        private void SendEvent(string name, JsonObject data)
        {
            Send(new JsonObject { { "event", name }, { "data", data } });
        }

        private void Send(JsonObject message)
        {
            _window?.Send(message.ToString());
        }
    }
}
