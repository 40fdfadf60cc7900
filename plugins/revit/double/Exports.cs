using System;
using System.Collections.Generic;
using System.IO;
using Renderiq.Doubles;

namespace Autodesk.Revit.DB
{
    /// <summary>A point, or a vector. Lengths are feet.</summary>
    public class XYZ
    {
        /// <summary>A point.</summary>
        public XYZ(double x, double y, double z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        /// <summary>East.</summary>
        public double X { get; }

        /// <summary>North.</summary>
        public double Y { get; }

        /// <summary>Up.</summary>
        public double Z { get; }
    }

    /// <summary>A point of a plane.</summary>
    public class UV
    {
        internal UV(double u, double v)
        {
            U = u;
            V = v;
        }

        /// <summary>Right.</summary>
        public double U { get; }

        /// <summary>Up.</summary>
        public double V { get; }
    }

    /// <summary>A rectangle.</summary>
    public class BoundingBoxUV
    {
        internal BoundingBoxUV(double left, double bottom, double right, double top)
        {
            Min = new UV(left, bottom);
            Max = new UV(right, top);
        }

        /// <summary>The lower left corner.</summary>
        public UV Min { get; }

        /// <summary>The upper right corner.</summary>
        public UV Max { get; }
    }

    /// <summary>Where a view is seen from.</summary>
    public class ViewOrientation3D : IDisposable
    {
        internal ViewOrientation3D(XYZ eye, XYZ up, XYZ forward)
        {
            EyePosition = eye;
            UpDirection = up;
            ForwardDirection = forward;
        }

        /// <summary>The eye.</summary>
        public XYZ EyePosition { get; }

        /// <summary>Up.</summary>
        public XYZ UpDirection { get; }

        /// <summary>Where the eye looks.</summary>
        public XYZ ForwardDirection { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>Which views are drawn.</summary>
    public enum ExportRange
    {
        /// <summary>The active view.</summary>
        CurrentView,

        /// <summary>What is seen of the active view.</summary>
        VisibleRegionOfCurrentView,

        /// <summary>Those that are named.</summary>
        SetOfViews,
    }

    /// <summary>What the size is meant of.</summary>
    public enum FitDirectionType
    {
        /// <summary>The width.</summary>
        Horizontal,

        /// <summary>The height.</summary>
        Vertical,
    }

    /// <summary>Types of pictures.</summary>
    public enum ImageFileType
    {
        /// <summary>JPEG.</summary>
        JPEGLossless,

        /// <summary>PNG.</summary>
        PNG,
    }

    /// <summary>Dots per inch.</summary>
    public enum ImageResolution
    {
        /// <summary>72.</summary>
        DPI_72,

        /// <summary>150.</summary>
        DPI_150,
    }

    /// <summary>How the size is found.</summary>
    public enum ZoomFitType
    {
        /// <summary>By the pixels.</summary>
        FitToPage,

        /// <summary>By the zoom.</summary>
        Zoom,
    }

    /// <summary>How views are drawn into files.</summary>
    public class ImageExportOptions : IDisposable
    {
        /// <summary>Which views.</summary>
        public ExportRange ExportRange { get; set; }

        /// <summary>The path, without suffix.</summary>
        public string FilePath { get; set; }

        /// <summary>What the size is meant of.</summary>
        public FitDirectionType FitDirection { get; set; }

        /// <summary>The type for lines.</summary>
        public ImageFileType HLRandWFViewsFileType { get; set; }

        /// <summary>The type for faces.</summary>
        public ImageFileType ShadowViewsFileType { get; set; }

        /// <summary>Dots per inch.</summary>
        public ImageResolution ImageResolution { get; set; }

        /// <summary>Pixels of one side.</summary>
        public int PixelSize { get; set; }

        /// <summary>How the size is found.</summary>
        public ZoomFitType ZoomType { get; set; }

        internal IList<ElementId> Views { get; private set; }

        /// <summary>Names the views.</summary>
        public void SetViewsAndSheets(IList<ElementId> viewsAndSheets)
        {
            HostRules.Call("ImageExportOptions.SetViewsAndSheets", () => { Views = viewsAndSheets; });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>Versions of IFC.</summary>
    public enum IFCVersion
    {
        /// <summary>The default one.</summary>
        Default = 0,

        /// <summary>IFC 2x3 Coordination View 2.0.</summary>
        IFC2x3CV2 = 10,

        /// <summary>IFC4 Reference View.</summary>
        IFC4RV = 25,
    }

    /// <summary>How a project is exported as IFC.</summary>
    public class IFCExportOptions : IDisposable
    {
        /// <summary>The version.</summary>
        public IFCVersion FileVersion { get; set; }

        /// <summary>The view that says what is visible.</summary>
        public ElementId FilterViewId { get; set; }

        internal Dictionary<string, string> Options { get; } = new Dictionary<string, string>();

        /// <summary>Sets an option by its name.</summary>
        public void AddOption(string name, string value)
        {
            HostRules.Call("IFCExportOptions.AddOption", () => Options.Add(name, value));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>How a picture comes into a document.</summary>
    public enum ImageTypeSource
    {
        /// <summary>As a copy.</summary>
        Import,

        /// <summary>As a link.</summary>
        Link,
    }

    /// <summary>A picture that is to be read.</summary>
    public class ImageTypeOptions : IDisposable
    {
        /// <summary>A picture.</summary>
        public ImageTypeOptions(string path, bool useRelativePath, ImageTypeSource sourceType)
        {
            Path = HostRules.Call("ImageTypeOptions", () => path);
        }

        internal string Path { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>A picture of a document.</summary>
    public class ImageType : Element
    {
        private ImageType(Document document, string path)
            : base(document, System.IO.Path.GetFileName(path))
        {
        }

        /// <summary>Reads a picture.</summary>
        public static ImageType Create(Document document, ImageTypeOptions options)
        {
            return HostRules.Call("ImageType.Create", () =>
            {
                document.CheckModifiable("Create");
                if (!File.Exists(options.Path))
                {
                    throw new Exceptions.ArgumentException("the picture is not there");
                }
                return new ImageType(document, options.Path);
            });
        }
    }

    /// <summary>Which point of a box is meant.</summary>
    public enum BoxPlacement
    {
        /// <summary>Upper left.</summary>
        TopLeft,

        /// <summary>The middle.</summary>
        Center,
    }

    /// <summary>Where a picture is put.</summary>
    public class ImagePlacementOptions : IDisposable
    {
        /// <summary>A place.</summary>
        public ImagePlacementOptions(XYZ location, BoxPlacement placementPoint)
        {
            Location = HostRules.Call("ImagePlacementOptions", () => location);
        }

        internal XYZ Location { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>A picture in a view.</summary>
    public class ImageInstance : Element
    {
        private ImageInstance(Document document, View view)
            : base(document, "Image")
        {
            View = view;
        }

        internal View View { get; }

        /// <summary>Puts a picture into a view.</summary>
        public static ImageInstance Create(Document document, View view, ElementId imageTypeId, ImagePlacementOptions placementOptions)
        {
            return HostRules.Call("ImageInstance.Create", () =>
            {
                document.CheckModifiable("Create");
                if (view.Type == ViewType.ThreeD)
                {
                    throw new Exceptions.ArgumentException("the given view cannot contain ImageInstance elements");
                }
                return new ImageInstance(document, view);
            });
        }
    }

    /// <summary>The frustum of a view.</summary>
    public class CameraInfo : IDisposable
    {
        /// <summary>Width at the target.</summary>
        public double HorizontalExtent => HostRules.Call("CameraInfo.HorizontalExtent", () => 32.0);

        /// <summary>Height at the target.</summary>
        public double VerticalExtent => HostRules.Call("CameraInfo.VerticalExtent", () => 18.0);

        /// <summary>Offset to the right.</summary>
        public double RightOffset => HostRules.Call("CameraInfo.RightOffset", () => 0.0);

        /// <summary>Offset upwards.</summary>
        public double UpOffset => HostRules.Call("CameraInfo.UpOffset", () => 1.0);

        /// <summary>From the eye to the target.</summary>
        public double TargetDistance => HostRules.Call("CameraInfo.TargetDistance", () => 30.0);

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>What becomes of a node.</summary>
    public enum RenderNodeAction
    {
        /// <summary>It is exported.</summary>
        Proceed,

        /// <summary>It is left out.</summary>
        Skip,
    }

    /// <summary>A view that is exported.</summary>
    public class ViewNode
    {
        /// <summary>Returns its frustum.</summary>
        public CameraInfo GetCameraInfo()
        {
            return HostRules.Call("ViewNode.GetCameraInfo", () => new CameraInfo());
        }
    }

    /// <summary>Part of an export.</summary>
    public class InstanceNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class LinkNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class FaceNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class RPCNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class LightNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class MaterialNode
    {
    }

    /// <summary>Part of an export.</summary>
    public class PolymeshTopology
    {
    }

    /// <summary>Takes an export.</summary>
    public interface IExportContext
    {
        /// <summary>Begins.</summary>
        bool Start();

        /// <summary>Ends.</summary>
        void Finish();

        /// <summary>Whether it is given up.</summary>
        bool IsCanceled();

        /// <summary>A view begins.</summary>
        RenderNodeAction OnViewBegin(ViewNode node);

        /// <summary>A view ends.</summary>
        void OnViewEnd(ElementId elementId);

        /// <summary>An element begins.</summary>
        RenderNodeAction OnElementBegin(ElementId elementId);

        /// <summary>An element ends.</summary>
        void OnElementEnd(ElementId elementId);

        /// <summary>An instance begins.</summary>
        RenderNodeAction OnInstanceBegin(InstanceNode node);

        /// <summary>An instance ends.</summary>
        void OnInstanceEnd(InstanceNode node);

        /// <summary>A link begins.</summary>
        RenderNodeAction OnLinkBegin(LinkNode node);

        /// <summary>A link ends.</summary>
        void OnLinkEnd(LinkNode node);

        /// <summary>A face begins.</summary>
        RenderNodeAction OnFaceBegin(FaceNode node);

        /// <summary>A face ends.</summary>
        void OnFaceEnd(FaceNode node);

        /// <summary>An RPC object.</summary>
        void OnRPC(RPCNode node);

        /// <summary>A light.</summary>
        void OnLight(LightNode node);

        /// <summary>A material.</summary>
        void OnMaterial(MaterialNode node);

        /// <summary>Triangles.</summary>
        void OnPolymesh(PolymeshTopology node);
    }

    /// <summary>Takes an export as for a rendering.</summary>
    public interface IPhotoRenderContext : IExportContext
    {
    }

    /// <summary>Exports views to a program.</summary>
    public class CustomExporter : IDisposable
    {
        private readonly IExportContext _context;

        /// <summary>An exporter.</summary>
        public CustomExporter(Document document, IExportContext context)
        {
            _context = HostRules.Call("CustomExporter", () => context);
        }

        /// <summary>Exports a view.</summary>
        public void Export(View view)
        {
            HostRules.Call("CustomExporter.Export", () =>
            {
                if (view.Type != ViewType.ThreeD || !(_context is IPhotoRenderContext))
                {
                    throw new Exceptions.ArgumentException("only views in space, for this context");
                }
                if (_context.Start() && _context.OnViewBegin(new ViewNode()) == RenderNodeAction.Proceed)
                {
                    throw new NotSupportedException("the double has no geometry");
                }
                _context.Finish();
            });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }
}
