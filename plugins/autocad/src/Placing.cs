using System.IO;
using System.Linq;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.DatabaseServices;
using Autodesk.AutoCAD.Geometry;
using Renderiq.Plugin;

namespace Renderiq.AutoCad
{
    /// <summary>Puts results into a drawing as images. It is one step to undo.</summary>
    internal sealed class Placing
    {
        private readonly Document _document;

        /// <summary>Results for a drawing, which is locked.</summary>
        public Placing(Document document)
        {
            _document = document;
        }

        /// <summary>Puts a picture into the space in front, at the lower left of what is seen. Returns a sentence.</summary>
        public string Put(string path, string name)
        {
            var view = _document.Editor.GetCurrentView();
            var size = Pictures.SizeOf(path);
            var width = view.Width / 2;
            var height = width * size.Height / size.Width;
            var middle = view.CenterPoint;
            var corner = new Point3d(middle.X - view.Width / 2, middle.Y - view.Height / 2, 0);
            var database = _document.Database;
            using (var transaction = database.TransactionManager.StartTransaction())
            {
                var images = RasterImageDef.GetImageDictionary(database);
                if (images.IsNull)
                {
                    images = RasterImageDef.CreateImageDictionary(database);
                }
                var dictionary = (DBDictionary)transaction.GetObject(images, OpenMode.ForWrite);
                var plain = "Renderiq_" + Names.Safe(Path.GetFileNameWithoutExtension(path));
                var key = Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? plain : plain + "_" + number)
                    .First(each => !dictionary.Contains(each));
                var definition = new RasterImageDef { SourceFileName = path };
                definition.Load();
                var id = dictionary.SetAt(key, definition);
                transaction.AddNewlyCreatedDBObject(definition, true);
                var image = new RasterImage
                {
                    ImageDefId = id,
                    Orientation = new CoordinateSystem3d(corner, new Vector3d(width, 0, 0), new Vector3d(0, height, 0)),
                };
                var space = (BlockTableRecord)transaction.GetObject(database.CurrentSpaceId, OpenMode.ForWrite);
                space.AppendEntity(image);
                transaction.AddNewlyCreatedDBObject(image, true);
                RasterImage.EnableReactors(true);
                image.AssociateRasterDef(definition);
                transaction.Commit();
            }
            _document.Editor.UpdateScreen();
            return "The picture is in the drawing, at the lower left of the window.";
        }
    }
}
