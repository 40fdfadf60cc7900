using System;
using System.Collections.Generic;
using System.Drawing;
using System.Drawing.Drawing2D;
using System.Drawing.Imaging;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Renderiq.Plugin
{
    /// <summary>Pictures in files: sizes, parts, thumbnails, and flat colours of materials.</summary>
    public static class Pictures
    {
        private const long Quality = 85;

        /// <summary>Returns width and height of a picture in pixels.</summary>
        public static Size SizeOf(string path)
        {
            using (var picture = Image.FromFile(path))
            {
                return picture.Size;
            }
        }

        /// <summary>Writes a part of a picture as PNG, with at most so many pixels a side. Both sides are even.</summary>
        /// <param name="from">The path of the picture.</param>
        /// <param name="path">Where the part goes.</param>
        /// <param name="crop">The part.</param>
        /// <param name="most">The most pixels of the longer side.</param>
        /// <param name="isFlat">Whether no colour may be mixed with another one.</param>
        public static void WritePart(string from, string path, Crop crop, int most, bool isFlat)
        {
            using (var picture = (Bitmap)Image.FromFile(from))
            {
                var part = new Rectangle(
                    (int)Math.Round(crop.X * picture.Width),
                    (int)Math.Round(crop.Y * picture.Height),
                    Math.Max(1, (int)Math.Round(crop.Width * picture.Width)),
                    Math.Max(1, (int)Math.Round(crop.Height * picture.Height)));
                part.Intersect(new Rectangle(Point.Empty, picture.Size));
                var scale = Math.Min(1.0, (double)most / Math.Max(part.Width, part.Height));
                var size = new Size(Even(part.Width * scale), Even(part.Height * scale));
                using (var drawn = Drawn(picture, part, size, isFlat))
                {
                    Save(drawn, path, "image/png");
                }
            }
        }

        /// <summary>Writes a small copy of a picture: JPEG if its name says so, else PNG.</summary>
        public static void WriteSmall(string from, string path, int most)
        {
            using (var picture = (Bitmap)Image.FromFile(from))
            {
                var scale = Math.Min(1.0, (double)most / Math.Max(picture.Width, picture.Height));
                var size = new Size(
                    Math.Max(1, (int)Math.Round(picture.Width * scale)), Math.Max(1, (int)Math.Round(picture.Height * scale)));
                using (var drawn = Drawn(picture, new Rectangle(Point.Empty, picture.Size), size, false))
                {
                    Save(drawn, path, path.EndsWith(".jpg", StringComparison.Ordinal) ? "image/jpeg" : "image/png");
                }
            }
        }

        /// <summary>
        /// Writes a picture of material ids whose pixels have only these colours, and black. Pixels of other colours, such
        /// as lines, get the colour of a neighbour. Returns the part that had other colours, and those that are there.
        /// </summary>
        public static KeyValuePair<double, HashSet<int>> WriteIds(string from, string path, ICollection<int> colours)
        {
            using (var picture = (Bitmap)Image.FromFile(from))
            {
                var size = picture.Size;
                var pixels = Read(picture);
                var others = new List<int>();
                for (var at = 0; at < pixels.Length; at++)
                {
                    if (!colours.Contains(pixels[at]))
                    {
                        others.Add(at);
                    }
                }
                // A line is a few pixels wide, so that a wider area has no material.
                var left = others;
                for (var turn = 0; turn < 3 && left.Count > 0; turn++)
                {
                    var found = left.Select(at => new KeyValuePair<int, int>(at, Neighbour(pixels, at, size.Width, colours)))
                        .ToList();
                    found.ForEach(each => pixels[each.Key] = each.Value >= 0 ? each.Value : pixels[each.Key]);
                    left = found.Where(each => each.Value < 0).Select(each => each.Key).ToList();
                }
                left.ForEach(at => pixels[at] = 0);
                Write(pixels, size, path);
                var seen = new HashSet<int>(pixels);
                seen.IntersectWith(colours);
                // What has no material, such as the background, is one area; lines are what was mended.
                return new KeyValuePair<double, HashSet<int>>((double)(others.Count - left.Count) / pixels.Length, seen);
            }
        }

        private static int Neighbour(int[] pixels, int at, int width, ICollection<int> colours)
        {
            var column = at % width;
            var around = new[]
            {
                column > 0 ? at - 1 : -1, column < width - 1 ? at + 1 : -1, at - width, at + width,
            };
            foreach (var each in around)
            {
                if (each >= 0 && each < pixels.Length && colours.Contains(pixels[each]))
                {
                    return pixels[each];
                }
            }
            return -1;
        }

        private static Bitmap Drawn(Bitmap picture, Rectangle part, Size size, bool isFlat)
        {
            var drawn = new Bitmap(size.Width, size.Height, PixelFormat.Format24bppRgb);
            using (var graphics = Graphics.FromImage(drawn))
            {
                graphics.InterpolationMode = isFlat ? InterpolationMode.NearestNeighbor : InterpolationMode.HighQualityBicubic;
                // Else the first row and column are half a pixel away.
                graphics.PixelOffsetMode = PixelOffsetMode.Half;
                graphics.CompositingMode = CompositingMode.SourceCopy;
                graphics.DrawImage(picture, new Rectangle(Point.Empty, size), part, GraphicsUnit.Pixel);
            }
            return drawn;
        }

        private static int Even(double side)
        {
            return Math.Max(2, 2 * (int)Math.Round(side / 2));
        }

        private static int[] Read(Bitmap picture)
        {
            var all = new Rectangle(Point.Empty, picture.Size);
            var data = picture.LockBits(all, ImageLockMode.ReadOnly, PixelFormat.Format32bppArgb);
            try
            {
                var pixels = new int[picture.Width * picture.Height];
                Marshal.Copy(data.Scan0, pixels, 0, pixels.Length);
                for (var at = 0; at < pixels.Length; at++)
                {
                    pixels[at] &= 0xffffff;
                }
                return pixels;
            }
            finally
            {
                picture.UnlockBits(data);
            }
        }

        private static void Write(int[] pixels, Size size, string path)
        {
            using (var picture = new Bitmap(size.Width, size.Height, PixelFormat.Format32bppRgb))
            {
                var all = new Rectangle(Point.Empty, size);
                var data = picture.LockBits(all, ImageLockMode.WriteOnly, PixelFormat.Format32bppRgb);
                Marshal.Copy(pixels.Select(each => each | unchecked((int)0xff000000)).ToArray(), 0, data.Scan0, pixels.Length);
                picture.UnlockBits(data);
                Save(picture, path, "image/png");
            }
        }

        private static void Save(Bitmap picture, string path, string type)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
            var encoder = ImageCodecInfo.GetImageEncoders().First(each => each.MimeType == type);
            using (var parameters = new EncoderParameters(1))
            using (var quality = new EncoderParameter(Encoder.Quality, Quality))
            {
                parameters.Param[0] = quality;
                picture.Save(path, encoder, type == "image/jpeg" ? parameters : null);
            }
        }
    }
}
