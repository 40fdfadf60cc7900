using System;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using System.Windows.Forms;
using Microsoft.Web.WebView2.Core;
using Microsoft.Web.WebView2.WinForms;

namespace Renderiq.Plugin
{
    /// <summary>The panel's page in WebView2. It belongs to the host's thread.</summary>
    public sealed class WebPanel : UserControl, IPanelWindow
    {
        private const string Host = "renderiq.panel";
        private const string Origin = "https://" + Host + "/";

        private readonly PluginCore _core;
        private readonly WebView2 _view = new WebView2 { Dock = DockStyle.Fill };
        private readonly Label _sentence = new Label { Dock = DockStyle.Fill, Visible = false, Padding = new Padding(16) };

        /// <summary>A page for a plugin.</summary>
        public WebPanel(PluginCore core)
        {
            _core = core;
            Dock = DockStyle.Fill;
            Controls.Add(_view);
            Controls.Add(_sentence);
        }

        /// <inheritdoc/>
        public void Send(string text)
        {
            if (IsDisposed || !IsHandleCreated)
            {
                return;
            }
            BeginInvoke((Action)(() => _view.CoreWebView2?.PostWebMessageAsString(text)));
        }

        /// <inheritdoc/>
        public string AddressOf(IEnumerable<string> parts)
        {
            return Origin + string.Join("/", parts.Select(Uri.EscapeDataString));
        }

        /// <inheritdoc/>
        protected override void OnHandleCreated(EventArgs e)
        {
            base.OnHandleCreated(e);
            OpenPage();
        }

        /// <inheritdoc/>
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _core.Open(null);
                _view.Dispose();
                _sentence.Dispose();
            }
            base.Dispose(disposing);
        }

        private async void OpenPage()
        {
            try
            {
                FindLoader();
                var data = Path.Combine(_core.Service.Directory, "webview2");
                var environment = await CoreWebView2Environment.CreateAsync(null, data);
                await _view.EnsureCoreWebView2Async(environment);
                var web = _view.CoreWebView2;
                web.Settings.AreDevToolsEnabled = false;
                web.Settings.AreDefaultContextMenusEnabled = false;
                web.Settings.IsStatusBarEnabled = false;
                web.SetVirtualHostNameToFolderMapping(
                    Host, _core.WritePage(Package.Page), CoreWebView2HostResourceAccessKind.DenyCors);
                web.NavigationStarting += (_, args) => args.Cancel = !args.Uri.StartsWith(Origin, StringComparison.Ordinal);
                web.NewWindowRequested += (_, args) => args.Handled = true;
                web.WebMessageReceived += Receive;
                _core.Open(this);
                web.Navigate(Origin + "panel.html");
            }
            catch (Exception error)
            {
                // Whatever is wrong with the browser, the host goes on.
                _core.Log.Error(error);
                _view.Visible = false;
                _sentence.Visible = true;
                _sentence.Text = error is WebView2RuntimeNotFoundException
                    ? "The panel needs the WebView2 Runtime of Microsoft Edge. Install it, and open the panel again."
                    : "The panel could not be opened: " + error.Message;
            }
        }

        private static void FindLoader()
        {
            try
            {
                CoreWebView2Environment.SetLoaderDllFolderPath(Package.Folder);
            }
            catch (InvalidOperationException)
            {
                // Another add-in has loaded one already.
            }
        }

        private void Receive(object sender, CoreWebView2WebMessageReceivedEventArgs args)
        {
            if (args.Source.StartsWith(Origin, StringComparison.Ordinal))
            {
                _core.Bridge.Receive(args.TryGetWebMessageAsString());
            }
        }
    }

    /// <summary>The panel in a window of its own, above the host's.</summary>
    public sealed class PanelForm : Form, IPanel
    {
        private readonly IntPtr _owner;

        /// <summary>A window. <paramref name="owner"/> is the handle of the host's window.</summary>
        public PanelForm(PluginCore core, IntPtr owner)
        {
            _owner = owner;
            Text = "Renderiq";
            ClientSize = new Size(440, 760);
            MinimumSize = new Size(320, 400);
            AutoScaleMode = AutoScaleMode.Dpi;
            ShowInTaskbar = false;
            StartPosition = FormStartPosition.CenterParent;
            Controls.Add(new WebPanel(core));
        }

        /// <summary>Opens the window, or brings it to the front.</summary>
        public new void Show()
        {
            if (Visible)
            {
                Activate();
                return;
            }
            Show(new HostWindow(_owner));
        }

        /// <summary>A window that the user closes is only hidden: the page stays as it is.</summary>
        protected override void OnFormClosing(FormClosingEventArgs e)
        {
            if (e.CloseReason == CloseReason.UserClosing)
            {
                e.Cancel = true;
                Hide();
            }
            base.OnFormClosing(e);
        }

        /// <summary>Closes the window for good.</summary>
        void IPanel.Close()
        {
            Dispose();
        }

        private sealed class HostWindow : IWin32Window
        {
            public HostWindow(IntPtr handle)
            {
                Handle = handle;
            }

            public IntPtr Handle { get; }
        }
    }
}
