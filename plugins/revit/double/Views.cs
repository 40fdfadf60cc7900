using System;
using System.Collections.Generic;
using System.Linq;
using Renderiq.Doubles;

namespace Autodesk.Revit.DB
{
    /// <summary>Kinds of views.</summary>
    public enum ViewType
    {
        /// <summary>A plan.</summary>
        FloorPlan = 1,

        /// <summary>An elevation.</summary>
        Elevation = 3,

        /// <summary>A view in space.</summary>
        ThreeD = 4,

        /// <summary>A sheet.</summary>
        DrawingSheet = 6,

        /// <summary>A view that shows nothing of the model.</summary>
        DraftingView = 10,

        /// <summary>A section.</summary>
        Section = 117,
    }

    /// <summary>How a view is drawn.</summary>
    public enum DisplayStyle
    {
        /// <summary>The view has none.</summary>
        Undefined = 0,

        /// <summary>Lines.</summary>
        Wireframe = 1,

        /// <summary>Lines that are not hidden.</summary>
        HLR = 2,

        /// <summary>Faces in light.</summary>
        Shading = 3,

        /// <summary>Faces in light, and edges.</summary>
        ShadingWithEdges = 4,

        /// <summary>A rendering.</summary>
        Rendering = 5,

        /// <summary>Textures in light.</summary>
        Realistic = 6,

        /// <summary>Colours without light.</summary>
        FlatColors = 7,

        /// <summary>Textures in light, and edges.</summary>
        RealisticWithEdges = 8,
    }

    /// <summary>Modes of a view that do not last.</summary>
    public enum TemporaryViewMode
    {
        /// <summary>Hidden elements are shown in magenta.</summary>
        RevealHiddenElements,

        /// <summary>Some elements are hidden.</summary>
        TemporaryHideIsolate,
    }

    /// <summary>A colour.</summary>
    public class Color
    {
        /// <summary>A colour.</summary>
        public Color(byte red, byte green, byte blue)
        {
            Red = red;
            Green = green;
            Blue = blue;
        }

        /// <summary>Red.</summary>
        public byte Red { get; }

        /// <summary>Green.</summary>
        public byte Green { get; }

        /// <summary>Blue.</summary>
        public byte Blue { get; }
    }

    /// <summary>What is behind the model.</summary>
    public class ViewDisplayBackground : IDisposable
    {
        internal Color Sky { get; private set; }

        /// <summary>Returns a background of three colours.</summary>
        public static ViewDisplayBackground CreateGradient(Color skyColor, Color horizonColor, Color groundColor)
        {
            return HostRules.Call("ViewDisplayBackground.CreateGradient", () => new ViewDisplayBackground { Sky = skyColor });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>Details of how a view is drawn.</summary>
    public class ViewDisplayModel : IDisposable
    {
        /// <summary>Whether edges are smooth.</summary>
        public bool SmoothEdges { get; set; }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>A view.</summary>
    public class View : Element
    {
        private static readonly string[] OfTemplate =
        {
            "CropBoxVisible", "AreAnnotationCategoriesHidden", "DisplayStyle", "Background", "Model",
        };

        internal View(Document document, string name, ViewType type)
            : base(document, name)
        {
            Type = type;
            document.State[Key + ".DisplayStyle"] = DisplayStyle.ShadingWithEdges;
            document.State[Key + ".CropBoxVisible"] = true;
            document.State[Key + ".AreAnnotationCategoriesHidden"] = false;
            document.State[Key + ".Model"] = true;
            document.State[Key + ".ViewTemplateId"] = ElementId.InvalidElementId;
        }

        /// <summary>The kind.</summary>
        public ViewType ViewType => HostRules.Call("View.ViewType", () => Type);

        /// <summary>Whether it is a template.</summary>
        public bool IsTemplate => Read<bool>("IsTemplate");

        /// <summary>Whether it can be printed.</summary>
        public bool CanBePrinted => HostRules.Call("View.CanBePrinted", () => !Peek<bool>("IsTemplate"));

        /// <summary>The template.</summary>
        public ElementId ViewTemplateId
        {
            get { return Read<ElementId>("ViewTemplateId"); }
            set { Write("ViewTemplateId", value); }
        }

        /// <summary>Whether its crop region is used.</summary>
        public bool CropBoxActive => Read<bool>("CropBoxActive");

        /// <summary>Whether its crop region is drawn.</summary>
        public bool CropBoxVisible
        {
            get { return Read<bool>("CropBoxVisible"); }
            set { Write("CropBoxVisible", value); }
        }

        /// <summary>Whether annotations are hidden.</summary>
        public bool AreAnnotationCategoriesHidden
        {
            get { return Read<bool>("AreAnnotationCategoriesHidden"); }
            set { Write("AreAnnotationCategoriesHidden", value); }
        }

        /// <summary>How it is drawn.</summary>
        public DisplayStyle DisplayStyle
        {
            get { return Read<DisplayStyle>("DisplayStyle"); }
            set { Write("DisplayStyle", value); }
        }

        /// <summary>The sun.</summary>
        public SunAndShadowSettings SunAndShadowSettings => HostRules.Call("View.SunAndShadowSettings", () => Sun);

        /// <summary>The borders of a sheet.</summary>
        public BoundingBoxUV Outline => HostRules.Call("View.Outline", () => new BoundingBoxUV(0, 0, 2.76, 1.95));

        internal ViewType Type { get; }

        internal SunAndShadowSettings Sun { get; set; }

        /// <summary>Whether a category can be hidden in it.</summary>
        public bool CanCategoryBeHidden(ElementId category)
        {
            return HostRules.Call("View.CanCategoryBeHidden", () => Type != ViewType.DrawingSheet);
        }

        /// <summary>Hides a category, or shows it.</summary>
        public void SetCategoryHidden(ElementId category, bool hide)
        {
            Write("Hidden" + category.Number, hide);
        }

        /// <summary>Whether a mode is on.</summary>
        public bool IsInTemporaryViewMode(TemporaryViewMode mode)
        {
            return HostRules.Call("View.IsInTemporaryViewMode", () => Peek<bool>("Mode" + mode));
        }

        /// <summary>Sets what is behind the model.</summary>
        public void SetBackground(ViewDisplayBackground background)
        {
            if (Type != ViewType.ThreeD && Type != ViewType.Section && Type != ViewType.Elevation)
            {
                throw new Exceptions.InvalidOperationException("this view does not contain display-related properties");
            }
            Write("Background", background);
        }

        /// <summary>Returns details of how it is drawn.</summary>
        public ViewDisplayModel GetViewDisplayModel()
        {
            return HostRules.Call("View.GetViewDisplayModel", () => new ViewDisplayModel { SmoothEdges = Peek<bool>("Model") });
        }

        /// <summary>Changes details of how it is drawn.</summary>
        public void SetViewDisplayModel(ViewDisplayModel model)
        {
            Write("Model", model.SmoothEdges);
        }

        internal override void Write(string name, object value)
        {
            var template = Peek<ElementId>("ViewTemplateId");
            if (template.Number != -1 && (OfTemplate.Contains(name) || name.StartsWith("Hidden", StringComparison.Ordinal)))
            {
                throw new Exceptions.InvalidOperationException(name + " is the view template's");
            }
            base.Write(name, value);
        }
    }

    /// <summary>A view in space.</summary>
    public class View3D : View
    {
        internal View3D(Document document, string name, bool isPerspective)
            : base(document, name, ViewType.ThreeD)
        {
            Perspective = isPerspective;
            document.State[Key + ".CropBoxActive"] = isPerspective;
        }

        /// <summary>Whether what is farther away is smaller.</summary>
        public bool IsPerspective => HostRules.Call("View3D.IsPerspective", () => Perspective);

        internal bool Perspective { get; }

        /// <summary>Returns where it is seen from.</summary>
        public ViewOrientation3D GetOrientation()
        {
            return HostRules.Call("View3D.GetOrientation", () => new ViewOrientation3D(
                new XYZ(10, -30, 5), new XYZ(0, 0, 1), new XYZ(0, 1, 0)));
        }
    }

    /// <summary>A sheet.</summary>
    public class ViewSheet : View
    {
        internal ViewSheet(Document document, string number, string name)
            : base(document, name, ViewType.DrawingSheet)
        {
            document.State[Key + ".SheetNumber"] = number;
            document.State[Key + ".DisplayStyle"] = DisplayStyle.Undefined;
        }

        /// <summary>The number.</summary>
        public string SheetNumber => Read<string>("SheetNumber");

        /// <summary>Whether there is no drawing of it.</summary>
        public bool IsPlaceholder => Read<bool>("IsPlaceholder");
    }

    /// <summary>A view that shows nothing of the model.</summary>
    public class ViewDrafting : View
    {
        internal ViewDrafting(Document document, string name)
            : base(document, name, ViewType.DraftingView)
        {
        }

        /// <summary>Makes one.</summary>
        public static ViewDrafting Create(Document document, ElementId viewFamilyTypeId)
        {
            return HostRules.Call("ViewDrafting.Create", () =>
            {
                document.CheckModifiable("Create");
                var type = document.Existing.OfType<ViewFamilyType>().FirstOrDefault(each => each.Key == viewFamilyTypeId.Number);
                if (type == null || type.Family != ViewFamily.Drafting)
                {
                    throw new Exceptions.ArgumentException("no type of drafting views");
                }
                return new ViewDrafting(document, "Drafting " + document.LastKey);
            });
        }
    }

    /// <summary>Kinds of types of views.</summary>
    public enum ViewFamily
    {
        /// <summary>In space.</summary>
        ThreeDimensional = 102,

        /// <summary>Nothing of the model.</summary>
        Drafting = 109,
    }

    /// <summary>A type of views.</summary>
    public class ViewFamilyType : Element
    {
        internal ViewFamilyType(Document document, ViewFamily family)
            : base(document, family.ToString())
        {
            Family = family;
        }

        /// <summary>The kind.</summary>
        public ViewFamily ViewFamily => HostRules.Call("ViewFamilyType.ViewFamily", () => Family);

        internal ViewFamily Family { get; }
    }

    /// <summary>A material.</summary>
    public class Material : Element
    {
        internal Material(Document document, string name, Color color, int transparency)
            : base(document, name)
        {
            document.State[Key + ".Color"] = color;
            document.State[Key + ".Transparency"] = transparency;
            document.State[Key + ".UseRenderAppearanceForShading"] = true;
        }

        /// <summary>The colour of faces.</summary>
        public Color Color
        {
            get { return Read<Color>("Color"); }
            set { Write("Color", value); }
        }

        /// <summary>In per cent.</summary>
        public int Transparency
        {
            get { return Read<int>("Transparency"); }
            set { Write("Transparency", value); }
        }

        /// <summary>Whether the colour is that of renderings.</summary>
        public bool UseRenderAppearanceForShading
        {
            get { return Read<bool>("UseRenderAppearanceForShading"); }
            set { Write("UseRenderAppearanceForShading", value); }
        }
    }

    /// <summary>The sun of a view.</summary>
    public class SunAndShadowSettings : Element
    {
        internal SunAndShadowSettings(Document document)
            : base(document, "Sun")
        {
        }

        /// <summary>The moment that is shown.</summary>
        public double ActiveFrame => HostRules.Call("SunAndShadowSettings.ActiveFrame", () => 1.0);

        /// <summary>Returns the height of the sun in radians.</summary>
        public double GetFrameAltitude(double frame)
        {
            return HostRules.Call("SunAndShadowSettings.GetFrameAltitude", () => Math.PI / 6);
        }

        /// <summary>Returns where the sun is: radians from the X axis, counterclockwise.</summary>
        public double GetFrameAzimuth(double frame)
        {
            return HostRules.Call("SunAndShadowSettings.GetFrameAzimuth", () => -Math.PI / 4);
        }
    }
}
