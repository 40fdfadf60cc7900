using System;
using System.Collections.Generic;

namespace Renderiq.Plugin
{
    /// <summary>A vector in the host's axes, where Z is up.</summary>
    public struct Vector
    {
        /// <summary>A vector.</summary>
        public Vector(double x, double y, double z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        /// <summary>To the east of the model.</summary>
        public double X { get; }

        /// <summary>To the north of the model.</summary>
        public double Y { get; }

        /// <summary>Up.</summary>
        public double Z { get; }

        /// <summary>The sum.</summary>
        public static Vector operator +(Vector one, Vector other)
        {
            return new Vector(one.X + other.X, one.Y + other.Y, one.Z + other.Z);
        }

        /// <summary>A multiple.</summary>
        public static Vector operator *(Vector one, double factor)
        {
            return new Vector(one.X * factor, one.Y * factor, one.Z * factor);
        }

        /// <summary>Returns the vector that stands upright on both.</summary>
        public Vector Cross(Vector other)
        {
            return new Vector(Y * other.Z - Z * other.Y, Z * other.X - X * other.Z, X * other.Y - Y * other.X);
        }

        /// <summary>Returns the vector in the axes of glTF, where Y is up.</summary>
        public List<object> Wire()
        {
            return new List<object> { Math.Round(X, 5), Math.Round(Z, 5), Math.Round(-Y, 5) };
        }
    }

    /// <summary>Where a view is seen from, in metres.</summary>
    public sealed class Camera
    {
        /// <summary>Where the eye is.</summary>
        public Vector Eye { get; set; }

        /// <summary>Where it looks, of length 1.</summary>
        public Vector Forward { get; set; }

        /// <summary>What is up in the picture, of length 1.</summary>
        public Vector Up { get; set; }

        /// <summary>Whether lines that are parallel stay so.</summary>
        public bool IsParallel { get; set; }

        /// <summary>The width of the picture in the plane at <see cref="Distance"/>.</summary>
        public double Width { get; set; }

        /// <summary>The height of the picture in that plane.</summary>
        public double Height { get; set; }

        /// <summary>How far that plane is from the eye.</summary>
        public double Distance { get; set; }

        /// <summary>How far the middle of the picture is to the right of what the eye looks at.</summary>
        public double Right { get; set; }

        /// <summary>How far it is above that.</summary>
        public double Above { get; set; }

        /// <summary>Returns the field <c>camera</c> of an order whose picture shows this part of the view.</summary>
        public JsonObject Wire(Crop crop)
        {
            var height = Height * crop.Height;
            var right = Right + (crop.X + crop.Width / 2 - 0.5) * Width;
            var above = Above + (0.5 - crop.Y - crop.Height / 2) * Height;
            var eye = Eye;
            var fields = new JsonObject();
            if (IsParallel)
            {
                eye = Eye + Forward.Cross(Up) * right + Up * above;
            }
            else if (Math.Abs(right) > 1e-9 || Math.Abs(above) > 1e-9)
            {
                var longer = Math.Max(Width * crop.Width, height);
                fields["shift"] = new List<object> { Math.Round(right / longer, 6), Math.Round(above / longer, 6) };
            }
            fields["position"] = eye.Wire();
            fields["target"] = (eye + Forward * Distance).Wire();
            fields["up"] = Up.Wire();
            fields["projection"] = IsParallel ? "parallel" : "perspective";
            // The server takes the height of a parallel picture from its distance and its angle, too.
            var angle = 2 * Math.Atan(height / 2 / Distance) * 180 / Math.PI;
            fields["fov"] = Math.Round(Math.Min(Math.Max(angle, 1), 170), 4);
            return fields;
        }
    }
}
