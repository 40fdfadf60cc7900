using Autodesk.AutoCAD.Runtime;

namespace Renderiq.AutoCad
{
    /// <summary>The commands.</summary>
    public sealed class Commands
    {
        /// <summary>Opens the panel.</summary>
        [CommandMethod("RENDERIQ", CommandFlags.Session)]
        public void ShowPanel()
        {
            AutoCadApp.Current.ShowPanel();
        }

        /// <summary>Orders what the window shows.</summary>
        [CommandMethod("RENDERIQVIEW", CommandFlags.Session)]
        public void RenderView()
        {
            AutoCadApp.Current.Core.OrderNow(false);
        }

        /// <summary>Orders all named views and layouts.</summary>
        [CommandMethod("RENDERIQVIEWS", CommandFlags.Session)]
        public void RenderViews()
        {
            AutoCadApp.Current.Core.OrderNow(true);
        }

        /// <summary>Works offline, or online again.</summary>
        [CommandMethod("RENDERIQOFFLINE", CommandFlags.Session)]
        public void SwitchOnline()
        {
            AutoCadApp.Current.SwitchOnline();
        }
    }
}
