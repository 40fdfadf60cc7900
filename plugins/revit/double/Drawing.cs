using System;
using System.Collections.Generic;
using System.Drawing;
using System.Drawing.Imaging;
using System.IO;
using System.Linq;
using Autodesk.Revit.DB;

namespace Renderiq.Doubles
{
    /// <summary>Draws what the double's views show: a house with a door, a window, a roof and a tree.</summary>
    internal static class Drawing
    {
        /// <summary>The colour in which the double draws grids, levels and other annotations.</summary>
        internal const int Annotation = 0x1e90ff;

        /// <summary>The colour in which the double draws crop regions and section boxes.</summary>
        internal const int Border = 0xff00ff;

        internal static View Active { get; set; }

        internal static void Export(Document document, ImageExportOptions options)
        {
            if (options.HLRandWFViewsFileType != ImageFileType.PNG || options.ShadowViewsFileType != ImageFileType.PNG ||
                options.ZoomType != ZoomFitType.FitToPage || options.PixelSize < 32 || options.PixelSize > 15000)
            {
                throw new Autodesk.Revit.Exceptions.ArgumentException("the options do not fit");
            }
            if (options.ExportRange == ExportRange.SetOfViews)
            {
                foreach (var id in options.Views)
                {
                    var view = document.Existing.OfType<View>().First(each => each.Key == id.Number);
                    Draw(view, options.FilePath + " - " + view.Type + " - " + view.Peek<string>("Name") + ".png", options.PixelSize);
                }
                return;
            }
            Draw(Active, options.FilePath + ".png", options.PixelSize);
        }

        internal static string Ifc(IFCExportOptions options)
        {
            var named = string.Join(", ", options.Options.OrderBy(each => each.Key).Select(each => each.Key + "=" + each.Value));
            return "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('" + options.FileVersion + " " + named + "'),'2;1');\nENDSEC;\n" +
                "DATA;\nENDSEC;\nEND-ISO-10303-21;\n";
        }

        private static void Draw(View view, string path, int width)
        {
            var height = view.Type == ViewType.DrawingSheet ? width * 7 / 10 : width * 10 / 16;
            using (var picture = new Bitmap(width, height, PixelFormat.Format24bppRgb))
            using (var graphics = Graphics.FromImage(picture))
            {
                var background = view.Peek<ViewDisplayBackground>("Background");
                graphics.Clear(background == null ? System.Drawing.Color.Silver : Of(background.Sky));
                graphics.ScaleTransform(width / 160f, height / 100f);
                var style = view.Peek<DisplayStyle>("DisplayStyle");
                House(graphics, view.Owner, style);
                Marks(graphics, view);
                picture.Save(path, ImageFormat.Png);
            }
        }

        private static void House(Graphics graphics, Document document, DisplayStyle style)
        {
            var isFlat = style == DisplayStyle.FlatColors;
            var hasEdges = isFlat || style == DisplayStyle.ShadingWithEdges || style == DisplayStyle.RealisticWithEdges ||
                style == DisplayStyle.HLR || style == DisplayStyle.Wireframe;
            Fill(graphics, document, "Grass", isFlat, hasEdges, P(0, 75), P(160, 75), P(160, 100), P(0, 100));
            Fill(graphics, document, "Brick, Common", isFlat, hasEdges, P(40, 40), P(110, 40), P(110, 80), P(40, 80));
            Fill(graphics, document, "Roof Tiles", isFlat, hasEdges, P(35, 40), P(75, 15), P(115, 40));
            Fill(graphics, document, "Oak", isFlat, hasEdges, P(66, 55), P(80, 55), P(80, 80), P(66, 80));
            Fill(graphics, document, "Glass", isFlat, hasEdges, P(47, 50), P(60, 50), P(60, 65), P(47, 65));
            Fill(graphics, document, "Tree", isFlat, hasEdges, P(130, 30), P(148, 70), P(112, 70));
        }

        private static void Fill(
            Graphics graphics, Document document, string name, bool isFlat, bool hasEdges, params PointF[] corners)
        {
            var material = document.Existing.OfType<Material>().First(each => each.Peek<string>("Name") == name);
            var colour = Of(material.Peek<Autodesk.Revit.DB.Color>("Color"));
            var shown = isFlat ? colour : System.Drawing.Color.FromArgb(colour.R * 9 / 10, colour.G * 9 / 10, colour.B * 9 / 10);
            using (var brush = new SolidBrush(shown))
            using (var pen = new Pen(System.Drawing.Color.Black, 0.1f))
            {
                graphics.FillPolygon(brush, corners);
                if (hasEdges)
                {
                    graphics.DrawPolygon(pen, corners);
                }
            }
        }

        private static void Marks(Graphics graphics, View view)
        {
            var grids = view.Peek<bool>("Hidden" + (long)BuiltInCategory.OST_Grids);
            using (var annotation = new Pen(System.Drawing.Color.FromArgb(unchecked((int)0xff000000) | Annotation), 0.6f))
            using (var border = new Pen(System.Drawing.Color.FromArgb(unchecked((int)0xff000000) | Border), 1f))
            {
                if (!view.Peek<bool>("AreAnnotationCategoriesHidden") && !grids)
                {
                    graphics.DrawLine(annotation, 20, 0, 20, 100);
                    graphics.DrawLine(annotation, 0, 60, 160, 60);
                }
                if (view.Peek<bool>("CropBoxVisible") && view.Type != ViewType.DrawingSheet)
                {
                    graphics.DrawRectangle(border, 1, 1, 158, 98);
                }
                if (view.Peek<bool>("HasSectionBox") && !view.Peek<bool>("Hidden" + (long)BuiltInCategory.OST_SectionBox))
                {
                    graphics.DrawRectangle(border, 10, 10, 140, 80);
                }
            }
        }

        private static PointF P(float x, float y)
        {
            return new PointF(x, y);
        }

        private static System.Drawing.Color Of(Autodesk.Revit.DB.Color color)
        {
            return System.Drawing.Color.FromArgb(color.Red, color.Green, color.Blue);
        }
    }

    /// <summary>A project with the house, and everything that a capture must put back.</summary>
    internal static class House
    {
        internal static Document Build(string path)
        {
            var document = new Document(path);
            var template = new View(document, "Template", ViewType.ThreeD);
            document.State[template.Key + ".IsTemplate"] = true;
            var sun = new SunAndShadowSettings(document);
            new ViewFamilyType(document, ViewFamily.ThreeDimensional);
            new ViewFamilyType(document, ViewFamily.Drafting);
            new Material(document, "Grass", new Autodesk.Revit.DB.Color(90, 140, 60), 0);
            new Material(document, "Brick, Common", new Autodesk.Revit.DB.Color(170, 80, 60), 0);
            new Material(document, "Roof Tiles", new Autodesk.Revit.DB.Color(120, 60, 50), 0);
            new Material(document, "Oak", new Autodesk.Revit.DB.Color(150, 110, 60), 0);
            new Material(document, "Glass", new Autodesk.Revit.DB.Color(150, 190, 210), 60);
            new Material(document, "Tree", new Autodesk.Revit.DB.Color(50, 110, 50), 0);
            var entrance = new View3D(document, "Entrance", true) { Sun = sun };
            document.State[entrance.Key + ".HasSectionBox"] = true;
            document.State[entrance.Key + ".ViewTemplateId"] = new ElementId(template.Key);
            new View3D(document, "Overview", false) { Sun = sun };
            new View(document, "Level 1", ViewType.FloorPlan);
            new ViewSheet(document, "A101", "Facades");
            Drawing.Active = entrance;
            return document;
        }
    }
}
