using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq.Plugin;

namespace Renderiq.Revit
{
    /// <summary>The calls of Revit. All of them are made in an external event.</summary>
    internal sealed class RevitHost : IHost
    {
        /// <summary>Revit during an event, and null at all other times.</summary>
        public UIApplication Application { get; set; }

        /// <inheritdoc/>
        public IReadOnlyList<HostView> Views()
        {
            var document = Application.ActiveUIDocument?.Document;
            if (document == null || document.IsFamilyDocument)
            {
                return new List<HostView>();
            }
            using (var views = new FilteredElementCollector(document))
            using (var sheets = new FilteredElementCollector(document))
            {
                var seen = views.OfClass(typeof(View3D)).Cast<View3D>().Where(each => !each.IsTemplate && each.CanBePrinted);
                var drawn = sheets.OfClass(typeof(ViewSheet)).Cast<ViewSheet>().Where(each => !each.IsPlaceholder);
                return seen.Cast<View>().Concat(drawn).Select(each => new HostView(each.UniqueId, NameOf(each))).ToList();
            }
        }

        /// <inheritdoc/>
        public Shot Capture(CaptureWish wish)
        {
            var shown = Open();
            var isActive = wish.ViewId == null;
            var view = isActive ? shown.ActiveGraphicalView : shown.Document.GetElement(wish.ViewId) as View;
            if (view == null)
            {
                var sentence = isActive ? "No view is open. Open one, and try again." : "The view is not in the project any more.";
                throw new RefusedException(isActive ? "NOTHING_TO_CAPTURE" : "NOT_FOUND", sentence);
            }
            var shot = new Shot { View = new HostView(view.UniqueId, NameOf(view)) };
            new ViewCapture(shown, view, isActive).Take(wish, shot);
            return shot;
        }

        /// <inheritdoc/>
        public string ExportModel(string viewId, string folder)
        {
            var document = Open().Document;
            var view = document.GetElement(viewId) as View;
            if (view == null)
            {
                throw new RefusedException("NOT_FOUND", "The view is not in the project any more.");
            }
            using (var options = new IFCExportOptions { FileVersion = IFCVersion.IFC4RV })
            using (var transaction = new Transaction(document, "Renderiq"))
            {
                if (view is View3D)
                {
                    options.FilterViewId = view.Id; // what it hides is left out
                    options.AddOption("VisibleElementsOfCurrentView", "true");
                }
                // The camera is in the coordinates of the project's internal origin.
                options.AddOption("SitePlacement", "3");
                transaction.Start();
                // The export writes ids into the project, which are not kept.
                return Restore.Around(restore =>
                {
                    restore.Later(() => transaction.RollBack());
                    document.Export(folder, "model", options);
                    var path = Path.Combine(folder, "model.ifc");
                    if (!File.Exists(path) || new FileInfo(path).Length == 0)
                    {
                        throw new RefusedException("CAPTURE_FAILED", "Revit could not export the project as IFC.");
                    }
                    return path;
                });
            }
        }

        /// <inheritdoc/>
        public string Place(string path, string name, string target)
        {
            return new Placing(Open()).Put(path, name, target);
        }

        /// <inheritdoc/>
        public string DocumentFolder()
        {
            var path = Application.ActiveUIDocument?.Document.PathName;
            // A model in the cloud has a path of another kind.
            var folder = string.IsNullOrEmpty(path) || !Path.IsPathRooted(path) ? null : Path.GetDirectoryName(path);
            return folder != null && Directory.Exists(folder) ? folder : null;
        }

        /// <summary>Returns what a person calls a view.</summary>
        internal static string NameOf(View view)
        {
            var sheet = view as ViewSheet;
            return sheet == null ? view.Name : sheet.SheetNumber + " " + sheet.Name;
        }

        private UIDocument Open()
        {
            var shown = Application.ActiveUIDocument;
            if (shown == null)
            {
                throw new RefusedException("NOTHING_TO_CAPTURE", "No project is open. Open one, and try again.");
            }
            return shown;
        }
    }
}
