using System;
using System.Windows.Forms;

namespace Renderiq.AutoCad
{
    /// <summary>AutoCAD's main thread.</summary>
    internal static class MainThread
    {
        /// <summary>Returns what sends an empty message to this thread, out of any thread.</summary>
        public static Action Message()
        {
            var control = new Control();
            // With its handle, the control belongs to this thread.
            var handle = control.Handle;
            return () => control.BeginInvoke((Action)(() => GC.KeepAlive(handle)));
        }
    }
}
