using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq.Plugin;

namespace Renderiq.Revit
{
    /// <summary>Draws a view into files, without what belongs to drawing only, and undoes everything.</summary>
    /// <remarks>
    /// Changes are committed inside of a group, since Revit draws what is committed, and the group is rolled back: nothing
    /// remains, and no step to undo either.
    /// </remarks>
    internal sealed class ViewCapture
    {
        private static readonly BuiltInCategory[] Marks =
        {
            BuiltInCategory.OST_Grids, BuiltInCategory.OST_Levels, BuiltInCategory.OST_CLines,
            BuiltInCategory.OST_SectionBox, BuiltInCategory.OST_Cameras,
        };

        private static readonly Dictionary<DisplayStyle, DisplayStyle> WithoutEdges = new Dictionary<DisplayStyle, DisplayStyle>
        {
            { DisplayStyle.Wireframe, DisplayStyle.Shading },
            { DisplayStyle.HLR, DisplayStyle.Shading },
            { DisplayStyle.ShadingWithEdges, DisplayStyle.Shading },
            { DisplayStyle.RealisticWithEdges, DisplayStyle.Realistic },
        };

        private readonly UIDocument _shown;
        private readonly Document _document;
        private readonly View _view;
        private readonly View3D _space;
        private readonly bool _isActive;

        /// <summary>A capture of a view, which may be the active one.</summary>
        public ViewCapture(UIDocument shown, View view, bool isActive)
        {
            _shown = shown;
            _document = shown.Document;
            _view = view;
            _space = view as View3D;
            _isActive = isActive;
        }

        /// <summary>Draws the view, and what is wanted beside it.</summary>
        public void Take(CaptureWish wish, Shot shot)
        {
            if (_space != null)
            {
                shot.Camera = new CameraReader(_document, _shown).Read(_space, IsWhole());
                shot.Sun = CameraReader.SunOf(_space);
            }
            Restore.Around(restore =>
            {
                ClearSelection(restore);
                if (_document.IsReadOnly || _view is ViewSheet)
                {
                    shot.Picture = Export(wish, "view");
                    return true;
                }
                using (var group = new TransactionGroup(_document, "Renderiq"))
                {
                    group.Start();
                    return Restore.Around(inner =>
                    {
                        inner.Later(() => group.RollBack());
                        Change(() => Clean(wish.Edges));
                        shot.Picture = Export(wish, "view");
                        if (wish.Guides && _space != null)
                        {
                            DrawMaterials(wish, shot);
                        }
                        return true;
                    });
                }
            });
            if (_isActive)
            {
                _shown.RefreshActiveView();
            }
        }

        private void ClearSelection(Restore restore)
        {
            if (!_isActive)
            {
                return;
            }
            var selection = _shown.Selection;
            var selected = selection.GetElementIds();
            if (selected.Count > 0)
            {
                restore.Later(() => selection.SetElementIds(selected));
                selection.SetElementIds(new List<ElementId>());
            }
        }

        private void Change(Action work)
        {
            using (var transaction = new Transaction(_document, "Renderiq"))
            {
                transaction.Start();
                work();
                _document.Regenerate();
                transaction.Commit();
            }
        }

        private void Clean(bool keepsEdges)
        {
            // A template would forbid the rest.
            if (!_view.ViewTemplateId.Equals(ElementId.InvalidElementId))
            {
                _view.ViewTemplateId = ElementId.InvalidElementId;
            }
            if (_view.CropBoxVisible)
            {
                _view.CropBoxVisible = false;
            }
            if (!_view.AreAnnotationCategoriesHidden)
            {
                _view.AreAnnotationCategoriesHidden = true;
            }
            foreach (var mark in Marks)
            {
                var category = new ElementId(mark);
                if (_view.CanCategoryBeHidden(category))
                {
                    _view.SetCategoryHidden(category, true);
                }
            }
            if (_space == null)
            {
                return;
            }
            DisplayStyle better;
            if (!keepsEdges && WithoutEdges.TryGetValue(_view.DisplayStyle, out better))
            {
                _view.DisplayStyle = better;
            }
            var white = new Color(255, 255, 255);
            using (var background = ViewDisplayBackground.CreateGradient(white, white, white))
            {
                _view.SetBackground(background);
            }
        }

        private void DrawMaterials(CaptureWish wish, Shot shot)
        {
            var names = new Dictionary<int, string>();
            Change(() =>
            {
                List<Material> materials;
                using (var collector = new FilteredElementCollector(_document))
                {
                    materials = collector.OfClass(typeof(Material)).Cast<Material>().ToList();
                }
                var colours = IdColours.Take(materials.Count);
                for (var at = 0; at < materials.Count; at++)
                {
                    Paint(materials[at], colours[at]);
                    names[colours[at]] = materials[at].Name;
                }
                using (var model = _view.GetViewDisplayModel())
                {
                    model.SmoothEdges = false;
                    _view.SetViewDisplayModel(model);
                }
                var black = new Color(0, 0, 0);
                using (var background = ViewDisplayBackground.CreateGradient(black, black, black))
                {
                    _view.SetBackground(background);
                }
                _view.DisplayStyle = DisplayStyle.FlatColors;
            });
            shot.MaterialIds = Export(wish, "ids");
            shot.Materials = names;
        }

        private static void Paint(Material material, int colour)
        {
            material.UseRenderAppearanceForShading = false;
            material.Transparency = 0;
            material.Color = new Color((byte)(colour >> 16), (byte)(colour >> 8), (byte)colour);
        }

        /// <summary>Whether the picture shows the whole view, in place of what its window shows.</summary>
        private bool IsWhole()
        {
            return !_isActive || _view is ViewSheet || _space?.IsPerspective == true || _view.CropBoxActive;
        }

        private string Export(CaptureWish wish, string name)
        {
            // Revit adds to the name what depends on the view and on the language: the only file is the right one.
            var folder = Directory.CreateDirectory(Path.Combine(wish.Folder, name)).FullName;
            using (var options = new ImageExportOptions
            {
                ExportRange = IsWhole() ? ExportRange.SetOfViews : ExportRange.VisibleRegionOfCurrentView,
                FilePath = Path.Combine(folder, name),
                FitDirection = FitDirectionType.Horizontal,
                HLRandWFViewsFileType = ImageFileType.PNG,
                ShadowViewsFileType = ImageFileType.PNG,
                ImageResolution = ImageResolution.DPI_150,
                PixelSize = wish.LongerSide,
                ZoomType = ZoomFitType.FitToPage,
            })
            {
                if (IsWhole())
                {
                    options.SetViewsAndSheets(new List<ElementId> { _view.Id });
                }
                _document.ExportImage(options);
            }
            var path = Directory.GetFiles(folder).SingleOrDefault();
            if (path == null)
            {
                throw new RefusedException("CAPTURE_FAILED", "Revit has drawn no picture of this view.");
            }
            return path;
        }
    }
}
