using System;
using System.Collections.Generic;
using System.Drawing;
using System.Drawing.Imaging;
using Autodesk.AutoCAD.DatabaseServices;
using Autodesk.AutoCAD.Geometry;

namespace Renderiq.Doubles
{
    /// <summary>Draws what the double's window shows: a house, and whatever is not switched off.</summary>
    internal static class Drawing
    {
        /// <summary>The colour of grid, icons and selection.</summary>
        internal const int Mark = 0x1e90ff;

        private static readonly string[] Marks =
        {
            "GRIDMODE", "UCSICON", "NAVVCUBEDISPLAY", "NAVBARDISPLAY", "VPCONTROL", "CAMERADISPLAY", "LIGHTGLYPHDISPLAY",
        };

        internal static Bitmap Draw(int width, int height, IDictionary<string, object> variables, bool isSelected, ViewTableRecord view)
        {
            var picture = new Bitmap(width, height, PixelFormat.Format24bppRgb);
            using (var graphics = Graphics.FromImage(picture))
            using (var mark = new Pen(Color.FromArgb(unchecked((int)0xff000000) | Mark), 0.8f))
            {
                graphics.Clear(view.IsOnPaper ? Color.White : Color.FromArgb(0xe8, 0xec, 0xf0));
                graphics.ScaleTransform(width / (float)view.Wide, height / (float)view.Tall);
                graphics.TranslateTransform((float)(view.Wide / 2 - view.Middle.X), (float)(view.Middle.Y - view.Tall / 2));
                Fill(graphics, Color.FromArgb(90, 140, 60), P(0, 75), P(160, 75), P(160, 100), P(0, 100));
                Fill(graphics, Color.FromArgb(170, 80, 60), P(40, 40), P(110, 40), P(110, 80), P(40, 80));
                Fill(graphics, Color.FromArgb(120, 60, 50), P(35, 40), P(75, 15), P(115, 40));
                Fill(graphics, Color.FromArgb(150, 110, 60), P(66, 55), P(80, 55), P(80, 80), P(66, 80));
                Fill(graphics, Color.FromArgb(150, 190, 210), P(47, 50), P(60, 50), P(60, 65), P(47, 65));
                for (var at = 0; at < Marks.Length; at++)
                {
                    if (Convert.ToInt32(variables[Marks[at]]) != 0)
                    {
                        graphics.DrawLine(mark, 5 + 10 * at, 0, 5 + 10 * at, 100);
                    }
                }
                if (isSelected)
                {
                    graphics.DrawRectangle(mark, 38, 12, 80, 70);
                }
            }
            return picture;
        }

        private static void Fill(Graphics graphics, Color colour, params PointF[] corners)
        {
            using (var brush = new SolidBrush(colour))
            {
                graphics.FillPolygon(brush, corners);
            }
        }

        private static PointF P(float x, float y)
        {
            return new PointF(x, y);
        }
    }

    /// <summary>A drawing with two named views and two layouts.</summary>
    internal static class House
    {
        internal static Database Build()
        {
            var database = new Database();
            var views = database.Add(new ViewTable());
            var layouts = database.Add(new DBDictionary());
            database.Views = new ObjectId(views.Key);
            database.Layouts = new ObjectId(layouts.Key);
            database.Space = new ObjectId(database.Add(new BlockTableRecord { Label = "*Model_Space" }).Key);
            Add(views, database, "Street", 80, 50, 160, 100, false);
            Add(views, database, "Door", 75, 60, 80, 50, false);
            Add(views, database, "Title block", 300, 50, 100, 50, true);
            foreach (var layout in new[]
            {
                new Layout { Label = "Model", IsModel = true, Order = 0 },
                new Layout { Label = "Facades", Order = 2 },
                new Layout { Label = "Plan", Order = 1 },
            })
            {
                database.Add(layout);
                layouts.Entries.Add(layout.Label, new ObjectId(layout.Key));
            }
            LayoutManager.Front = database;
            LayoutManager.Shown = "Model";
            return database;
        }

        private static void Add(
            ViewTable table, Database database, string name, double x, double y, double width, double height, bool isOnPaper)
        {
            var record = new ViewTableRecord
            {
                Label = name, Middle = new Point2d(x, y), Wide = width, Tall = height, IsOnPaper = isOnPaper,
            };
            table.Ids.Add(new ObjectId(database.Add(record).Key));
        }
    }
}
