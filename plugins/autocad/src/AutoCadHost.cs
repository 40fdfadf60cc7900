using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.DatabaseServices;
using Renderiq.Plugin;

namespace Renderiq.AutoCad
{
    /// <summary>The calls of AutoCAD. All of them are made in its main thread, while it is idle.</summary>
    internal sealed class AutoCadHost : IHost
    {
        private const string ViewPrefix = "view:";
        private const string LayoutPrefix = "layout:";

        /// <summary>Whether no command is under way.</summary>
        public bool IsFree => string.IsNullOrEmpty(Application.DocumentManager.MdiActiveDocument?.CommandInProgress);

        /// <inheritdoc/>
        public IReadOnlyList<HostView> Views()
        {
            var document = Application.DocumentManager.MdiActiveDocument;
            if (document == null)
            {
                return new List<HostView>();
            }
            using (var transaction = document.Database.TransactionManager.StartTransaction())
            {
                var views = Records(transaction, document).Where(each => !each.IsPaperspaceView).Select(each => each.Name);
                var layouts = Layouts(transaction, document).Where(each => !each.ModelType).OrderBy(each => each.TabOrder)
                    .Select(each => each.LayoutName);
                var found = views.Select(each => new HostView(ViewPrefix + each, each))
                    .Concat(layouts.Select(each => new HostView(LayoutPrefix + each, each))).ToList();
                transaction.Commit(); // it is quicker than to undo
                return found;
            }
        }

        /// <inheritdoc/>
        public Shot Capture(CaptureWish wish)
        {
            var document = Open();
            var name = wish.ViewId == null ? null : wish.ViewId.Substring(wish.ViewId.IndexOf(':') + 1);
            var shot = new Shot { View = new HostView(wish.ViewId ?? "window", name ?? CurrentName()) };
            using (document.LockDocument())
            {
                shot.Picture = Restore.Around(restore =>
                {
                    var capture = new WindowCapture(document, restore);
                    if (wish.ViewId != null && wish.ViewId.StartsWith(LayoutPrefix, StringComparison.Ordinal))
                    {
                        capture.ShowLayout(Find(document, name));
                    }
                    else if (wish.ViewId != null)
                    {
                        capture.ShowView(name);
                    }
                    capture.Clean();
                    return capture.Draw(Path.Combine(wish.Folder, "view.png"), wish.LongerSide);
                });
            }
            // Whatever was put back is drawn again.
            document.Editor.UpdateScreen();
            return shot;
        }

        /// <inheritdoc/>
        public string ExportModel(string viewId, string folder)
        {
            throw new RefusedException("NOT_SUPPORTED", "AutoCAD exports no model for the path tracer. Choose another model.");
        }

        /// <inheritdoc/>
        public string Place(string path, string name, string target)
        {
            var document = Open();
            using (document.LockDocument())
            {
                return new Placing(document).Put(path, name);
            }
        }

        /// <inheritdoc/>
        public string DocumentFolder()
        {
            if (Application.DocumentManager.MdiActiveDocument == null ||
                Convert.ToInt32(Application.GetSystemVariable("DWGTITLED"), CultureInfo.InvariantCulture) == 0)
            {
                return null;
            }
            var folder = Convert.ToString(Application.GetSystemVariable("DWGPREFIX"), CultureInfo.InvariantCulture);
            return folder.Length > 0 && Directory.Exists(folder) ? folder : null;
        }

        /// <summary>Returns the named views.</summary>
        internal static IEnumerable<ViewTableRecord> Records(Transaction transaction, Document document)
        {
            var table = (ViewTable)transaction.GetObject(document.Database.ViewTableId, OpenMode.ForRead);
            foreach (ObjectId id in table)
            {
                yield return (ViewTableRecord)transaction.GetObject(id, OpenMode.ForRead);
            }
        }

        private static IEnumerable<Layout> Layouts(Transaction transaction, Document document)
        {
            var layouts = (DBDictionary)transaction.GetObject(document.Database.LayoutDictionaryId, OpenMode.ForRead);
            foreach (DBDictionaryEntry entry in layouts)
            {
                yield return (Layout)transaction.GetObject(entry.Value, OpenMode.ForRead);
            }
        }

        private static KeyValuePair<string, Extents2d> Find(Document document, string name)
        {
            using (var transaction = document.Database.TransactionManager.StartTransaction())
            {
                var layout = Layouts(transaction, document).FirstOrDefault(each => each.LayoutName == name);
                if (layout == null)
                {
                    throw new RefusedException("NOT_FOUND", "The layout " + name + " is not in the drawing any more.");
                }
                var found = new KeyValuePair<string, Extents2d>(name, layout.Limits);
                transaction.Commit();
                return found;
            }
        }

        private static string CurrentName()
        {
            return LayoutManager.Current.CurrentLayout;
        }

        private Document Open()
        {
            var document = Application.DocumentManager.MdiActiveDocument;
            if (document == null)
            {
                throw new RefusedException("NOTHING_TO_CAPTURE", "No drawing is open. Open one, and try again.");
            }
            if (!IsFree)
            {
                throw new RefusedException("BUSY", "A command is under way. End it, and try again.");
            }
            return document;
        }
    }
}
