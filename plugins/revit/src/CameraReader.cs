using System;
using System.Collections.Generic;
using System.Linq;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq.Plugin;

namespace Renderiq.Revit
{
    /// <summary>Reads where a view is seen from, in metres, and where the sun is.</summary>
    internal sealed class CameraReader
    {
        private const double Metres = 0.3048;

        private readonly Document _document;
        private readonly UIDocument _shown;

        /// <summary>A reader.</summary>
        public CameraReader(Document document, UIDocument shown)
        {
            _document = document;
            _shown = shown;
        }

        /// <summary>Returns the camera of a view, or null if it is not known.</summary>
        /// <param name="view">The view.</param>
        /// <param name="isWhole">Whether its whole frame is drawn, in place of what its window shows.</param>
        public Camera Read(View3D view, bool isWhole)
        {
            using (var orientation = view.GetOrientation())
            {
                var camera = new Camera
                {
                    Eye = Of(orientation.EyePosition) * Metres,
                    Forward = Of(orientation.ForwardDirection),
                    Up = Of(orientation.UpDirection),
                    IsParallel = !view.IsPerspective,
                };
                if (isWhole)
                {
                    // Without a crop region, only Revit knows what a parallel view shows.
                    return !camera.IsParallel || view.CropBoxActive ? WithFrustum(camera, view) : null;
                }
                return InWindow(camera, view);
            }
        }

        /// <summary>Returns the field <c>sun</c> of an order, or null if the sun is not set.</summary>
        public static JsonObject SunOf(View view)
        {
            var sun = view.SunAndShadowSettings;
            if (sun == null)
            {
                return null;
            }
            var frame = sun.ActiveFrame;
            // Revit's angle is counterclockwise from the X axis, the API's clockwise from the Y axis.
            var azimuth = 90 - sun.GetFrameAzimuth(frame) * 180 / Math.PI;
            return new JsonObject
            {
                { "azimuth", Math.Round((azimuth % 360 + 360) % 360, 3) },
                { "elevation", Math.Round(sun.GetFrameAltitude(frame) * 180 / Math.PI, 3) },
            };
        }

        private Camera WithFrustum(Camera camera, View3D view)
        {
            var context = new FrustumContext();
            using (var exporter = new CustomExporter(_document, context))
            {
                exporter.Export(view);
            }
            if (context.Distance <= 0)
            {
                return null;
            }
            camera.Width = context.Width * Metres;
            camera.Height = context.Height * Metres;
            camera.Right = context.Right * Metres;
            camera.Above = context.Above * Metres;
            camera.Distance = context.Distance * Metres;
            return camera;
        }

        /// <summary>Returns the camera of what a window shows of a parallel view.</summary>
        private Camera InWindow(Camera camera, View3D view)
        {
            var window = _shown.GetOpenUIViews().FirstOrDefault(each => each.ViewId.Equals(view.Id));
            if (window == null)
            {
                return null;
            }
            var corners = window.GetZoomCorners();
            var one = Of(corners[0]) * Metres;
            var other = Of(corners[1]) * Metres;
            var right = camera.Forward.Cross(camera.Up);
            var middle = (one + other) * 0.5 + camera.Eye * -1;
            camera.Width = Math.Abs(Dot(other + one * -1, right));
            camera.Height = Math.Abs(Dot(other + one * -1, camera.Up));
            camera.Right = Dot(middle, right);
            camera.Above = Dot(middle, camera.Up);
            camera.Distance = Math.Max(1, Dot(middle, camera.Forward));
            return camera.Width > 0 && camera.Height > 0 ? camera : null;
        }

        private static double Dot(Vector one, Vector other)
        {
            return one.X * other.X + one.Y * other.Y + one.Z * other.Z;
        }

        private static Vector Of(XYZ point)
        {
            return new Vector(point.X, point.Y, point.Z);
        }

        /// <summary>Reads the frustum of a view at the beginning of an export, and exports nothing.</summary>
        private sealed class FrustumContext : IPhotoRenderContext
        {
            public double Width { get; private set; }

            public double Height { get; private set; }

            public double Right { get; private set; }

            public double Above { get; private set; }

            public double Distance { get; private set; }

            public bool Start()
            {
                return true;
            }

            public void Finish()
            {
            }

            public bool IsCanceled()
            {
                return Distance > 0;
            }

            public RenderNodeAction OnViewBegin(ViewNode node)
            {
                using (var camera = node.GetCameraInfo())
                {
                    Width = camera.HorizontalExtent;
                    Height = camera.VerticalExtent;
                    Right = camera.RightOffset;
                    Above = camera.UpOffset;
                    Distance = camera.TargetDistance;
                }
                return RenderNodeAction.Skip;
            }

            public void OnViewEnd(ElementId elementId)
            {
            }

            public RenderNodeAction OnElementBegin(ElementId elementId)
            {
                return RenderNodeAction.Skip;
            }

            public void OnElementEnd(ElementId elementId)
            {
            }

            public RenderNodeAction OnInstanceBegin(InstanceNode node)
            {
                return RenderNodeAction.Skip;
            }

            public void OnInstanceEnd(InstanceNode node)
            {
            }

            public RenderNodeAction OnLinkBegin(LinkNode node)
            {
                return RenderNodeAction.Skip;
            }

            public void OnLinkEnd(LinkNode node)
            {
            }

            public RenderNodeAction OnFaceBegin(FaceNode node)
            {
                return RenderNodeAction.Skip;
            }

            public void OnFaceEnd(FaceNode node)
            {
            }

            public void OnRPC(RPCNode node)
            {
            }

            public void OnLight(LightNode node)
            {
            }

            public void OnMaterial(MaterialNode node)
            {
            }

            public void OnPolymesh(PolymeshTopology node)
            {
            }
        }
    }
}
