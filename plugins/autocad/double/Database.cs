using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Autodesk.AutoCAD.Runtime;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("AcCoreMgd")]
[assembly: InternalsVisibleTo("AcMgd")]
[assembly: InternalsVisibleTo("AdWindows")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Tests")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Played")]

namespace Autodesk.AutoCAD.Runtime
{
    /// <summary>An error of AutoCAD.</summary>
    public class Exception : System.Exception
    {
        /// <summary>An error.</summary>
        public Exception(string message)
            : base(message)
        {
        }
    }

    /// <summary>A plugin.</summary>
    public interface IExtensionApplication
    {
        /// <summary>AutoCAD has loaded it.</summary>
        void Initialize();

        /// <summary>AutoCAD ends.</summary>
        void Terminate();
    }
}

namespace Autodesk.AutoCAD.Geometry
{
    /// <summary>A point of a plane.</summary>
    public struct Point2d
    {
        /// <summary>A point.</summary>
        public Point2d(double x, double y)
        {
            X = x;
            Y = y;
        }

        /// <summary>Right.</summary>
        public double X { get; }

        /// <summary>Up.</summary>
        public double Y { get; }
    }

    /// <summary>A point.</summary>
    public struct Point3d
    {
        /// <summary>A point.</summary>
        public Point3d(double x, double y, double z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        /// <summary>Right.</summary>
        public double X { get; }

        /// <summary>Up.</summary>
        public double Y { get; }

        /// <summary>Towards the eye.</summary>
        public double Z { get; }
    }

    /// <summary>A direction.</summary>
    public struct Vector3d
    {
        /// <summary>A direction.</summary>
        public Vector3d(double x, double y, double z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        /// <summary>Right.</summary>
        public double X { get; }

        /// <summary>Up.</summary>
        public double Y { get; }

        /// <summary>Towards the eye.</summary>
        public double Z { get; }
    }

    /// <summary>A place with axes.</summary>
    public struct CoordinateSystem3d
    {
        /// <summary>A place with axes.</summary>
        public CoordinateSystem3d(Point3d origin, Vector3d xAxis, Vector3d yAxis)
        {
            Origin = origin;
            Xaxis = xAxis;
            Yaxis = yAxis;
        }

        /// <summary>The place.</summary>
        public Point3d Origin { get; }

        /// <summary>The width.</summary>
        public Vector3d Xaxis { get; }

        /// <summary>The height.</summary>
        public Vector3d Yaxis { get; }
    }
}

namespace Autodesk.AutoCAD.DatabaseServices
{
    /// <summary>The id of an object.</summary>
    public struct ObjectId
    {
        internal ObjectId(long key)
        {
            Key = key;
        }

        /// <summary>Whether there is none.</summary>
        public bool IsNull => Key == 0;

        internal long Key { get; }
    }

    /// <summary>What an object is opened for.</summary>
    public enum OpenMode
    {
        /// <summary>To read.</summary>
        ForRead,

        /// <summary>To change.</summary>
        ForWrite,
    }

    /// <summary>An object of a drawing.</summary>
    public class DBObject : IDisposable
    {
        internal Database Owner { get; set; }

        internal long Key { get; set; }

        internal bool IsWritable { get; set; }

        /// <summary>The id.</summary>
        public ObjectId ObjectId => HostRules.Call("DBObject.ObjectId", () => new ObjectId(Key));

        /// <summary>Opens it to change it.</summary>
        public void UpgradeOpen()
        {
            HostRules.Call("DBObject.UpgradeOpen", () =>
            {
                Owner.CheckLocked("UpgradeOpen");
                IsWritable = true;
            });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }

        internal void CheckWritable(string name)
        {
            if (Owner != null && !IsWritable)
            {
                throw new Runtime.Exception(name + " needs an object that is open for writing");
            }
        }
    }

    /// <summary>A drawing.</summary>
    public class Database
    {
        internal Database()
        {
            Manager = new TransactionManager(this);
        }

        internal Dictionary<long, DBObject> Objects { get; private set; } = new Dictionary<long, DBObject>();

        internal TransactionManager Manager { get; }

        internal bool IsLocked { get; set; }

        internal Transaction Open { get; set; }

        internal int Undo { get; set; }

        internal ObjectId Views { get; set; }

        internal ObjectId Layouts { get; set; }

        internal ObjectId Space { get; set; }

        internal ObjectId Images { get; set; }

        /// <summary>Named views.</summary>
        public ObjectId ViewTableId => HostRules.Call("Database.ViewTableId", () => Views);

        /// <summary>Layouts.</summary>
        public ObjectId LayoutDictionaryId => HostRules.Call("Database.LayoutDictionaryId", () => Layouts);

        /// <summary>The space in front.</summary>
        public ObjectId CurrentSpaceId => HostRules.Call("Database.CurrentSpaceId", () => Space);

        /// <summary>Transactions.</summary>
        public TransactionManager TransactionManager => HostRules.Call("Database.TransactionManager", () => Manager);

        internal T Add<T>(T added)
            where T : DBObject
        {
            added.Owner = this;
            added.Key = Objects.Count + 1;
            Objects[added.Key] = added;
            return added;
        }

        internal void CheckLocked(string name)
        {
            if (!IsLocked)
            {
                throw new Runtime.Exception(name + ": eLockViolation");
            }
        }

        internal Dictionary<long, DBObject> Copy()
        {
            return new Dictionary<long, DBObject>(Objects);
        }

        internal void Restore(Dictionary<long, DBObject> objects)
        {
            Objects = objects;
        }
    }

    /// <summary>Opens transactions.</summary>
    public class TransactionManager
    {
        private readonly Database _database;

        internal TransactionManager(Database database)
        {
            _database = database;
        }

        /// <summary>Opens one.</summary>
        public Transaction StartTransaction()
        {
            return HostRules.Call("TransactionManager.StartTransaction", () => new Transaction(_database));
        }
    }

    /// <summary>Changes that belong together. What is not committed is undone.</summary>
    public class Transaction : IDisposable
    {
        private readonly Database _database;
        private readonly Dictionary<long, DBObject> _before;
        private readonly List<Action> _undo = new List<Action>();
        private bool _isOver;

        internal Transaction(Database database)
        {
            _database = database;
            _before = database.Copy();
            database.Open = this;
        }

        /// <summary>Opens an object.</summary>
        public DBObject GetObject(ObjectId id, OpenMode mode)
        {
            return HostRules.Call("Transaction.GetObject", () =>
            {
                DBObject found;
                if (!_database.Objects.TryGetValue(id.Key, out found))
                {
                    throw new Runtime.Exception("eNullObjectId");
                }
                if (mode == OpenMode.ForWrite)
                {
                    _database.CheckLocked("GetObject for writing");
                    found.IsWritable = true;
                }
                return found;
            });
        }

        /// <summary>Adds an object.</summary>
        public void AddNewlyCreatedDBObject(DBObject obj, bool add)
        {
            HostRules.Call("Transaction.AddNewlyCreatedDBObject", () =>
            {
                if (obj.Owner == null || !add)
                {
                    throw new Runtime.Exception("the object is in no owner yet");
                }
            });
        }

        /// <summary>Keeps the changes.</summary>
        public void Commit()
        {
            HostRules.Call("Transaction.Commit", () =>
            {
                _isOver = true;
                _database.Undo += _database.Objects.Count > _before.Count ? 1 : 0;
                End();
            });
        }

        /// <summary>Undoes the changes if they were not committed.</summary>
        public void Dispose()
        {
            HostRules.Check("Transaction.Dispose");
            if (!_isOver)
            {
                _isOver = true;
                _undo.ForEach(each => each());
                _database.Restore(_before);
                End();
            }
        }

        internal void Later(Action undo)
        {
            _undo.Insert(0, undo);
        }

        private void End()
        {
            _database.Open = null;
            foreach (var each in _database.Objects.Values)
            {
                each.IsWritable = false;
            }
        }
    }

    /// <summary>A table of records.</summary>
    public class SymbolTable : DBObject, IEnumerable
    {
        internal List<ObjectId> Ids { get; } = new List<ObjectId>();

        /// <summary>Returns the ids of its records.</summary>
        public IEnumerator GetEnumerator()
        {
            return HostRules.Call("SymbolTable.GetEnumerator", () => Ids.ToList()).GetEnumerator();
        }
    }

    /// <summary>Named views.</summary>
    public class ViewTable : SymbolTable
    {
    }

    /// <summary>An entry of a dictionary.</summary>
    public struct DBDictionaryEntry
    {
        internal DBDictionaryEntry(string key, ObjectId value)
        {
            Key = key;
            Value = value;
        }

        /// <summary>The name.</summary>
        public string Key { get; }

        /// <summary>The object.</summary>
        public ObjectId Value { get; }
    }

    /// <summary>Objects by their names.</summary>
    public class DBDictionary : DBObject, IEnumerable
    {
        internal Dictionary<string, ObjectId> Entries { get; } = new Dictionary<string, ObjectId>();

        /// <summary>Whether there is an object of that name.</summary>
        public bool Contains(string key)
        {
            return HostRules.Call("DBDictionary.Contains", () => Entries.ContainsKey(key));
        }

        /// <summary>Adds an object.</summary>
        public ObjectId SetAt(string searchKey, DBObject newValue)
        {
            return HostRules.Call("DBDictionary.SetAt", () =>
            {
                CheckWritable("SetAt");
                Owner.Add(newValue);
                Entries.Add(searchKey, new ObjectId(newValue.Key));
                Owner.Open.Later(() => Entries.Remove(searchKey));
                return Entries[searchKey];
            });
        }

        /// <summary>Returns the entries.</summary>
        public IEnumerator GetEnumerator()
        {
            return HostRules.Call(
                "DBDictionary.GetEnumerator",
                () => Entries.Select(each => new DBDictionaryEntry(each.Key, each.Value)).ToList()).GetEnumerator();
        }
    }
}
