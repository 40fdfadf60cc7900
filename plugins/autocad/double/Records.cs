using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Autodesk.AutoCAD.Geometry;
using Renderiq.Doubles;

namespace Autodesk.AutoCAD.DatabaseServices
{
    /// <summary>A record of a table.</summary>
    public class SymbolTableRecord : DBObject
    {
        internal string Label { get; set; } = "";

        /// <summary>The name.</summary>
        public string Name => HostRules.Call("SymbolTableRecord.Name", () => Label);
    }

    /// <summary>What is seen.</summary>
    public class AbstractViewTableRecord : SymbolTableRecord
    {
        internal double Wide { get; set; }

        internal double Tall { get; set; }

        internal Point2d Middle { get; set; }

        /// <summary>The width.</summary>
        public double Width
        {
            get { return HostRules.Call("AbstractViewTableRecord.Width", () => Wide); }
            set { Write("Width", () => Wide = value); }
        }

        /// <summary>The height.</summary>
        public double Height
        {
            get { return HostRules.Call("AbstractViewTableRecord.Height", () => Tall); }
            set { Write("Height", () => Tall = value); }
        }

        /// <summary>The middle.</summary>
        public Point2d CenterPoint
        {
            get { return HostRules.Call("AbstractViewTableRecord.CenterPoint", () => Middle); }
            set { Write("CenterPoint", () => Middle = value); }
        }

        private void Write(string name, Action work)
        {
            HostRules.Call("AbstractViewTableRecord." + name + " =", () =>
            {
                CheckWritable(name);
                work();
            });
        }
    }

    /// <summary>A named view, or what a window shows.</summary>
    public class ViewTableRecord : AbstractViewTableRecord
    {
        internal bool IsOnPaper { get; set; }

        /// <summary>Whether it is a view of a layout.</summary>
        public bool IsPaperspaceView => HostRules.Call("ViewTableRecord.IsPaperspaceView", () => IsOnPaper);

        internal ViewTableRecord Copy()
        {
            return new ViewTableRecord { Label = Label, Wide = Wide, Tall = Tall, Middle = Middle, IsOnPaper = IsOnPaper };
        }
    }

    /// <summary>A rectangle.</summary>
    public struct Extents2d
    {
        /// <summary>A rectangle.</summary>
        public Extents2d(Point2d minPoint, Point2d maxPoint)
        {
            MinPoint = minPoint;
            MaxPoint = maxPoint;
        }

        /// <summary>The lower left corner.</summary>
        public Point2d MinPoint { get; }

        /// <summary>The upper right corner.</summary>
        public Point2d MaxPoint { get; }
    }

    /// <summary>How a layout is plotted.</summary>
    public class PlotSettings : DBObject
    {
        internal bool IsModel { get; set; }

        /// <summary>Whether it is the model.</summary>
        public bool ModelType => HostRules.Call("PlotSettings.ModelType", () => IsModel);
    }

    /// <summary>A layout.</summary>
    public class Layout : PlotSettings
    {
        internal string Label { get; set; }

        internal int Order { get; set; }

        /// <summary>The name.</summary>
        public string LayoutName => HostRules.Call("Layout.LayoutName", () => Label);

        /// <summary>The place of its tab.</summary>
        public int TabOrder => HostRules.Call("Layout.TabOrder", () => Order);

        /// <summary>The borders of the paper.</summary>
        public Extents2d Limits => HostRules.Call(
            "Layout.Limits", () => new Extents2d(new Point2d(0, 0), new Point2d(420, 297)));
    }

    /// <summary>The layouts of the drawing in front.</summary>
    public class LayoutManager
    {
        private static readonly LayoutManager Only = new LayoutManager();

        internal static string Shown { get; set; } = "Model";

        internal static Database Front { get; set; }

        /// <summary>The only one.</summary>
        public static LayoutManager Current => HostRules.Call("LayoutManager.Current", () => Only);

        /// <summary>The name of the layout in front.</summary>
        public string CurrentLayout
        {
            get
            {
                return HostRules.Call("LayoutManager.CurrentLayout", () => Shown);
            }

            set
            {
                HostRules.Call("LayoutManager.CurrentLayout =", () =>
                {
                    Front.CheckLocked("CurrentLayout");
                    var names = Front.Objects.Values.OfType<Layout>().Select(each => each.Label);
                    if (!names.Contains(value))
                    {
                        throw new Runtime.Exception("eKeyNotFound");
                    }
                    Shown = value;
                });
            }
        }
    }

    /// <summary>Something that is drawn.</summary>
    public class Entity : DBObject
    {
    }

    /// <summary>A block: also the model, and the paper of a layout.</summary>
    public class BlockTableRecord : SymbolTableRecord
    {
        /// <summary>Adds something that is drawn.</summary>
        public ObjectId AppendEntity(Entity entity)
        {
            return HostRules.Call("BlockTableRecord.AppendEntity", () =>
            {
                CheckWritable("AppendEntity");
                return new ObjectId(Owner.Add(entity).Key);
            });
        }
    }

    /// <summary>A picture that a drawing refers to.</summary>
    public class RasterImageDef : DBObject
    {
        private string _source;
        private bool _isLoaded;

        /// <summary>The path.</summary>
        public string SourceFileName
        {
            get { return HostRules.Call("RasterImageDef.SourceFileName", () => _source); }
            set { HostRules.Call("RasterImageDef.SourceFileName =", () => { _source = value; }); }
        }

        /// <summary>Returns the dictionary of pictures, or nothing.</summary>
        public static ObjectId GetImageDictionary(Database database)
        {
            return HostRules.Call("RasterImageDef.GetImageDictionary", () => database.Images);
        }

        /// <summary>Makes the dictionary of pictures.</summary>
        public static ObjectId CreateImageDictionary(Database database)
        {
            return HostRules.Call("RasterImageDef.CreateImageDictionary", () =>
            {
                database.CheckLocked("CreateImageDictionary");
                database.Images = new ObjectId(database.Add(new DBDictionary()).Key);
                database.Open.Later(() => database.Images = default(ObjectId));
                return database.Images;
            });
        }

        /// <summary>Reads the picture.</summary>
        public void Load()
        {
            HostRules.Call("RasterImageDef.Load", () =>
            {
                if (!File.Exists(_source))
                {
                    throw new Runtime.Exception("eFileNotFound");
                }
                _isLoaded = true;
            });
        }

        internal bool IsLoaded => _isLoaded;
    }

    /// <summary>A picture in a drawing.</summary>
    public class RasterImage : Entity
    {
        private ObjectId _definition;

        /// <summary>The picture.</summary>
        public ObjectId ImageDefId
        {
            get { return HostRules.Call("RasterImage.ImageDefId", () => _definition); }
            set { HostRules.Call("RasterImage.ImageDefId =", () => { _definition = value; }); }
        }

        /// <summary>Where it is, with width and height.</summary>
        public CoordinateSystem3d Orientation
        {
            get { return HostRules.Call("RasterImage.Orientation", () => Place); }
            set { HostRules.Call("RasterImage.Orientation =", () => { Place = value; }); }
        }

        internal CoordinateSystem3d Place { get; private set; }

        internal bool IsAssociated { get; private set; }

        /// <summary>Whether pictures notice changes of their files.</summary>
        public static void EnableReactors(bool enable)
        {
            HostRules.Call("RasterImage.EnableReactors", () => { });
        }

        /// <summary>Ties the picture to its definition.</summary>
        public void AssociateRasterDef(RasterImageDef rasterDef)
        {
            HostRules.Call("RasterImage.AssociateRasterDef", () =>
            {
                if (!rasterDef.IsLoaded || rasterDef.Key != _definition.Key)
                {
                    throw new Runtime.Exception("not its definition");
                }
                IsAssociated = true;
            });
        }
    }
}
