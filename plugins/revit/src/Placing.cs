using System.Collections.Generic;
using System.Linq;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq.Plugin;

namespace Renderiq.Revit
{
    /// <summary>Puts results into a project: on a sheet, or into a drafting view. It is one step to undo.</summary>
    internal sealed class Placing
    {
        private readonly UIDocument _shown;
        private readonly Document _document;

        /// <summary>Results for a project.</summary>
        public Placing(UIDocument shown)
        {
            _shown = shown;
            _document = shown.Document;
        }

        /// <summary>Puts a picture onto the active sheet or into a new drafting view. Returns a sentence that says where it is.</summary>
        public string Put(string path, string name, string target)
        {
            var sheet = _shown.ActiveGraphicalView as ViewSheet;
            if (target == "sheet" && sheet == null)
            {
                throw new RefusedException("PLACE_FAILED", "Open a sheet first: the picture goes onto the sheet in front.");
            }
            using (var transaction = new Transaction(_document, "Renderiq: picture"))
            {
                transaction.Start();
                var place = target == "sheet" ? (View)sheet : NewView(name);
                using (var options = new ImageTypeOptions(path, false, ImageTypeSource.Import))
                using (var placement = new ImagePlacementOptions(MiddleOf(place), BoxPlacement.Center))
                {
                    var type = ImageType.Create(_document, options);
                    ImageInstance.Create(_document, place, type.Id, placement);
                }
                var sentence = target == "sheet"
                    ? "The picture is on the sheet " + RevitHost.NameOf(place) + "."
                    : "The picture is in the drafting view " + place.Name + ".";
                transaction.Commit();
                return sentence;
            }
        }

        private static XYZ MiddleOf(View place)
        {
            if (!(place is ViewSheet))
            {
                return new XYZ(0, 0, 0);
            }
            var outline = place.Outline;
            return new XYZ((outline.Min.U + outline.Max.U) / 2, (outline.Min.V + outline.Max.V) / 2, 0);
        }

        private View NewView(string name)
        {
            ViewFamilyType type;
            HashSet<string> taken;
            using (var types = new FilteredElementCollector(_document))
            using (var views = new FilteredElementCollector(_document))
            {
                type = types.OfClass(typeof(ViewFamilyType)).Cast<ViewFamilyType>()
                    .FirstOrDefault(each => each.ViewFamily == ViewFamily.Drafting);
                taken = new HashSet<string>(views.OfClass(typeof(View)).Select(each => each.Name));
            }
            if (type == null)
            {
                throw new RefusedException("PLACE_FAILED", "The project has no type of drafting views.");
            }
            var view = ViewDrafting.Create(_document, type.Id);
            // Revit allows none of these in a name.
            var plain = "Renderiq " + new string(name.Where(each => !"\\:{}[]|;<>?`~".Contains(each)).ToArray()).Trim();
            view.Name = Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? plain : plain + " " + number)
                .First(each => !taken.Contains(each));
            return view;
        }
    }
}
