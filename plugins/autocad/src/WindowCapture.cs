using System;
using System.Collections.Generic;
using System.Drawing.Imaging;
using System.Globalization;
using System.Linq;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.DatabaseServices;
using Autodesk.AutoCAD.EditorInput;
using Autodesk.AutoCAD.Geometry;
using Renderiq.Plugin;

namespace Renderiq.AutoCad
{
    /// <summary>Draws what the window of a drawing shows, without grid, icons and selection.</summary>
    internal sealed class WindowCapture
    {
        private const string Model = "Model";

        /// <summary>System variables that are 0 when nothing of the kind is drawn.</summary>
        private static readonly string[] Marks =
        {
            "GRIDMODE", "UCSICON", "NAVVCUBEDISPLAY", "NAVBARDISPLAY", "VPCONTROL", "CAMERADISPLAY", "LIGHTGLYPHDISPLAY",
        };

        private readonly Document _document;
        private readonly Editor _editor;
        private readonly Restore _restore;

        /// <summary>A capture, whose changes are put back by <paramref name="restore"/>.</summary>
        public WindowCapture(Document document, Restore restore)
        {
            _document = document;
            _editor = document.Editor;
            _restore = restore;
        }

        /// <summary>Shows a named view of the model.</summary>
        public void ShowView(string name)
        {
            ShowTab(Model);
            ViewTableRecord view;
            using (var transaction = _document.Database.TransactionManager.StartTransaction())
            {
                view = AutoCadHost.Records(transaction, _document).FirstOrDefault(each => each.Name == name);
                if (view == null)
                {
                    throw new RefusedException("NOT_FOUND", "The view " + name + " is not in the drawing any more.");
                }
                RememberView();
                _editor.SetCurrentView(view);
                transaction.Commit();
            }
        }

        /// <summary>Shows all of a layout's paper.</summary>
        public void ShowLayout(KeyValuePair<string, Extents2d> layout)
        {
            ShowTab(layout.Key);
            RememberView();
            var low = layout.Value.MinPoint;
            var high = layout.Value.MaxPoint;
            var width = high.X - low.X;
            var height = high.Y - low.Y;
            if (width <= 0 || height <= 0)
            {
                return;
            }
            var ratio = ScreenSize().X / ScreenSize().Y;
            var view = _editor.GetCurrentView();
            view.CenterPoint = new Point2d((low.X + high.X) / 2, (low.Y + high.Y) / 2);
            view.Width = Math.Max(width, height * ratio);
            view.Height = Math.Max(height, width / ratio);
            _editor.SetCurrentView(view);
        }

        /// <summary>Takes away what belongs to drawing only.</summary>
        public void Clean()
        {
            foreach (var name in Marks)
            {
                var value = Application.GetSystemVariable(name);
                if (value is short && (short)value != 0)
                {
                    _restore.Later(() => Application.SetSystemVariable(name, value));
                    Application.SetSystemVariable(name, (short)0);
                }
            }
            var selection = _editor.SelectImplied();
            if (selection.Status == PromptStatus.OK)
            {
                var selected = selection.Value.GetObjectIds();
                _restore.Later(() => _editor.SetImpliedSelection(selected));
                _editor.SetImpliedSelection(new ObjectId[0]);
            }
            _editor.UpdateScreen();
        }

        /// <summary>Writes the picture of the window, and returns its path.</summary>
        public string Draw(string path, int longerSide)
        {
            var screen = ScreenSize();
            var scale = longerSide / Math.Max(screen.X, screen.Y);
            var width = (uint)Math.Max(1, Math.Round(screen.X * scale));
            var height = (uint)Math.Max(1, Math.Round(screen.Y * scale));
            using (var picture = DocumentExtension.CapturePreviewImage(_document, width, height))
            {
                if (picture == null)
                {
                    throw new RefusedException("CAPTURE_FAILED", "AutoCAD has drawn no picture of this view.");
                }
                picture.Save(path, ImageFormat.Png);
            }
            return path;
        }

        private static Point2d ScreenSize()
        {
            return (Point2d)Application.GetSystemVariable("SCREENSIZE");
        }

        private void ShowTab(string name)
        {
            var manager = LayoutManager.Current;
            var current = manager.CurrentLayout;
            if (!string.Equals(current, name, StringComparison.OrdinalIgnoreCase))
            {
                _restore.Later(() => manager.CurrentLayout = current);
                manager.CurrentLayout = name;
            }
        }

        private void RememberView()
        {
            var shown = _editor.GetCurrentView();
            _restore.Later(() => _editor.SetCurrentView(shown));
        }
    }
}
