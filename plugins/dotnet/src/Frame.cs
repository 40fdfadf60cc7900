using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Renderiq.Plugin
{
    /// <summary>A part of a view: left, top, width and height, each from 0 to 1.</summary>
    public struct Crop
    {
        /// <summary>A part of a view.</summary>
        public Crop(double x, double y, double width, double height)
        {
            X = x;
            Y = y;
            Width = width;
            Height = height;
        }

        /// <summary>The left side.</summary>
        public double X { get; }

        /// <summary>The upper side.</summary>
        public double Y { get; }

        /// <summary>The width.</summary>
        public double Width { get; }

        /// <summary>The height.</summary>
        public double Height { get; }

        /// <summary>Returns the part that is in the view, whatever was asked for.</summary>
        public static Crop Read(JsonObject crop)
        {
            var x = Math.Min(Math.Max(crop.Number("x") ?? 0, 0), 0.999);
            var y = Math.Min(Math.Max(crop.Number("y") ?? 0, 0), 0.999);
            return new Crop(x, y, Math.Min(crop.Number("width") ?? 1, 1 - x), Math.Min(crop.Number("height") ?? 1, 1 - y));
        }

        /// <summary>Returns it as the panel has it.</summary>
        public JsonObject Wire()
        {
            return new JsonObject
            {
                { "x", Math.Round(X, 6) }, { "y", Math.Round(Y, 6) },
                { "width", Math.Round(Width, 6) }, { "height", Math.Round(Height, 6) },
            };
        }
    }

    /// <summary>Aspect ratios, and where the frame of an order lies.</summary>
    public static class Frame
    {
        /// <summary>The ratio of the view itself.</summary>
        public const string Source = "source";

        /// <summary>The ratio that crops the smallest part away.</summary>
        public const string Nearest = "nearest";

        /// <summary>The ratios that the API knows, when it cannot be asked.</summary>
        public static readonly string[] Ratios = { "16:9", "4:3", "1:1", "9:16", "3:2", "2:3" };

        private const double MaxSource = 8;

        /// <summary>Returns width divided by height of a ratio such as <c>16:9</c>, or null if it is no pair of numbers.</summary>
        public static double? RatioOf(string name)
        {
            var parts = (name ?? "").Split(':').Select(each =>
            {
                double number;
                return double.TryParse(each, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? number : 0;
            }).ToList();
            return parts.Count == 2 && parts[0] > 0 && parts[1] > 0 ? parts[0] / parts[1] : (double?)null;
        }

        /// <summary>Returns the ratio that an order names for a view, and the part of the view that it shows.</summary>
        public static KeyValuePair<string, Crop> Choose(string choice, int width, int height, IEnumerable<string> names)
        {
            var view = (double)width / height;
            if (choice == Source)
            {
                return new KeyValuePair<string, Crop>(Source, Middle(view, Math.Min(Math.Max(view, 1 / MaxSource), MaxSource)));
            }
            var known = names.Where(each => RatioOf(each) != null).DefaultIfEmpty(Ratios[0]).ToList();
            var name = RatioOf(choice) != null
                ? choice
                : known.OrderBy(each => Math.Abs(Math.Log(RatioOf(each).Value / view))).First();
            return new KeyValuePair<string, Crop>(name, Middle(view, RatioOf(name).Value));
        }

        private static Crop Middle(double view, double ratio)
        {
            var width = Math.Min(1, ratio / view);
            var height = Math.Min(1, view / ratio);
            return new Crop((1 - width) / 2, (1 - height) / 2, width, height);
        }
    }
}
