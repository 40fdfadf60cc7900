using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Renderiq.Doubles;

namespace Autodesk.Revit.DB
{
    /// <summary>The id of an element.</summary>
    public class ElementId
    {
        internal ElementId(long value)
        {
            Number = value;
        }

        /// <summary>The id of a category.</summary>
        public ElementId(BuiltInCategory category)
            : this((long)category)
        {
        }

        /// <summary>No element.</summary>
        public static ElementId InvalidElementId { get; } = new ElementId(-1L);

        internal long Number { get; }

        /// <inheritdoc/>
        public override bool Equals(object other)
        {
            return other is ElementId && ((ElementId)other).Number == Number;
        }

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            return Number.GetHashCode();
        }
    }

    /// <summary>Categories.</summary>
    public enum BuiltInCategory
    {
        /// <summary>Grids.</summary>
        OST_Grids = -2000220,

        /// <summary>Levels.</summary>
        OST_Levels = -2000240,

        /// <summary>Reference planes.</summary>
        OST_CLines = -2000083,

        /// <summary>Section boxes.</summary>
        OST_SectionBox = -2000301,

        /// <summary>Cameras.</summary>
        OST_Cameras = -2000500,
    }

    /// <summary>Anything in a document.</summary>
    public class Element
    {
        internal Element(Document document, string name)
        {
            Owner = document;
            Key = ++document.LastKey;
            document.State[Key + ".exists"] = true;
            document.State[Key + ".Name"] = name;
            document.Elements.Add(this);
        }

        /// <summary>The id.</summary>
        public ElementId Id => HostRules.Call("Element.Id", () => new ElementId(Key));

        /// <summary>An id that lasts.</summary>
        public string UniqueId => HostRules.Call("Element.UniqueId", () => "unique-" + Key);

        /// <summary>The name.</summary>
        public string Name
        {
            get { return Read<string>("Name"); }
            set { Write("Name", value); }
        }

        internal Document Owner { get; }

        internal long Key { get; }

        internal bool Exists => Owner.State.ContainsKey(Key + ".exists");

        internal T Read<T>(string name)
        {
            return HostRules.Call(GetType().Name + "." + name, () => Peek<T>(name));
        }

        internal T Peek<T>(string name)
        {
            object found;
            return Owner.State.TryGetValue(Key + "." + name, out found) ? (T)found : default(T);
        }

        internal virtual void Write(string name, object value)
        {
            HostRules.Call(GetType().Name + "." + name + " =", () =>
            {
                Owner.CheckModifiable(name);
                Owner.State[Key + "." + name] = value;
            });
        }
    }

    /// <summary>A project.</summary>
    public class Document
    {
        internal Document(string path)
        {
            Path = path;
        }

        /// <summary>The path, or nothing if it was never saved.</summary>
        public string PathName => HostRules.Call("Document.PathName", () => Path);

        /// <summary>Whether it is a family.</summary>
        public bool IsFamilyDocument => HostRules.Call("Document.IsFamilyDocument", () => false);

        /// <summary>Whether nothing of it can be changed.</summary>
        public bool IsReadOnly => HostRules.Call("Document.IsReadOnly", () => false);

        internal string Path { get; set; }

        internal long LastKey { get; set; }

        internal Dictionary<string, object> State { get; private set; } = new Dictionary<string, object>();

        internal List<Element> Elements { get; } = new List<Element>();

        internal List<Dictionary<string, object>> Undo { get; } = new List<Dictionary<string, object>>();

        internal Transaction Open { get; set; }

        internal int Groups { get; set; }

        internal IEnumerable<Element> Existing => Elements.Where(each => each.Exists);

        /// <summary>Returns an element by the id that lasts, or null.</summary>
        public Element GetElement(string uniqueId)
        {
            return HostRules.Call("Document.GetElement", () => Existing.FirstOrDefault(each => "unique-" + each.Key == uniqueId));
        }

        /// <summary>Returns an element, or null.</summary>
        public Element GetElement(ElementId id)
        {
            return HostRules.Call("Document.GetElement", () => Existing.FirstOrDefault(each => each.Key == id.Number));
        }

        /// <summary>Computes what follows from changes.</summary>
        public void Regenerate()
        {
            HostRules.Call("Document.Regenerate", () => CheckModifiable("Regenerate"));
        }

        /// <summary>Draws views into files.</summary>
        public void ExportImage(ImageExportOptions options)
        {
            HostRules.Call("Document.ExportImage", () =>
            {
                if (Open != null)
                {
                    throw new Exceptions.InvalidOperationException("a transaction is open");
                }
                Drawing.Export(this, options);
            });
        }

        /// <summary>Exports the project as IFC.</summary>
        public bool Export(string folder, string name, IFCExportOptions options)
        {
            return HostRules.Call("Document.Export", () =>
            {
                CheckModifiable("Export");
                if (!Directory.Exists(folder))
                {
                    throw new Exceptions.ArgumentException("the folder is not there");
                }
                State["ifc.guid"] = "written by the export";
                File.WriteAllText(System.IO.Path.Combine(folder, name + ".ifc"), Drawing.Ifc(options));
                return true;
            });
        }

        internal void CheckModifiable(string name)
        {
            if (Open == null)
            {
                throw new Exceptions.InvalidOperationException(name + " needs an open transaction");
            }
        }

        internal Dictionary<string, object> Copy()
        {
            return new Dictionary<string, object>(State);
        }

        internal void Restore(Dictionary<string, object> state)
        {
            State = state;
        }
    }

    /// <summary>The elements of a document.</summary>
    public class FilteredElementCollector : IEnumerable<Element>, IDisposable
    {
        private readonly Document _document;
        private Type _type;

        /// <summary>A collector.</summary>
        public FilteredElementCollector(Document document)
        {
            _document = HostRules.Call("FilteredElementCollector", () => document);
        }

        /// <summary>Takes those of a class.</summary>
        public FilteredElementCollector OfClass(Type type)
        {
            return HostRules.Call("FilteredElementCollector.OfClass", () =>
            {
                _type = type;
                return this;
            });
        }

        /// <summary>Returns them.</summary>
        public IEnumerator<Element> GetEnumerator()
        {
            if (_type == null)
            {
                throw new Exceptions.InvalidOperationException("the collector has no filter");
            }
            return HostRules.Call("FilteredElementCollector.GetEnumerator", () =>
                _document.Existing.Where(_type.IsInstanceOfType).ToList()).GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>How a transaction is.</summary>
    public enum TransactionStatus
    {
        /// <summary>Not started.</summary>
        Uninitialized,

        /// <summary>Open.</summary>
        Started,

        /// <summary>Its changes are undone.</summary>
        RolledBack,

        /// <summary>Its changes stay.</summary>
        Committed,
    }

    /// <summary>Changes that belong together.</summary>
    public class Transaction : IDisposable
    {
        private readonly Document _document;
        private Dictionary<string, object> _before;

        /// <summary>A transaction.</summary>
        public Transaction(Document document, string name)
        {
            _document = HostRules.Call("Transaction", () => document);
        }

        internal TransactionStatus Status { get; private set; }

        /// <summary>Opens it.</summary>
        public TransactionStatus Start()
        {
            return HostRules.Call("Transaction.Start", () =>
            {
                if (_document.Open != null)
                {
                    throw new Exceptions.InvalidOperationException("another transaction is open");
                }
                _before = _document.Copy();
                _document.Open = this;
                return Status = TransactionStatus.Started;
            });
        }

        /// <summary>Keeps the changes.</summary>
        public TransactionStatus Commit()
        {
            return HostRules.Call("Transaction.Commit", () => End(TransactionStatus.Committed));
        }

        /// <summary>Undoes the changes.</summary>
        public TransactionStatus RollBack()
        {
            return HostRules.Call("Transaction.RollBack", () => End(TransactionStatus.RolledBack));
        }

        /// <summary>Undoes the changes if it is open.</summary>
        public void Dispose()
        {
            HostRules.Check("Transaction.Dispose");
            if (Status == TransactionStatus.Started)
            {
                End(TransactionStatus.RolledBack);
            }
        }

        private TransactionStatus End(TransactionStatus status)
        {
            if (Status != TransactionStatus.Started)
            {
                throw new Exceptions.InvalidOperationException("the transaction is not open");
            }
            _document.Open = null;
            if (status == TransactionStatus.RolledBack)
            {
                _document.Restore(_before);
            }
            else if (_document.Groups == 0)
            {
                _document.Undo.Add(_before);
            }
            return Status = status;
        }
    }

    /// <summary>Transactions that belong together.</summary>
    public class TransactionGroup : IDisposable
    {
        private readonly Document _document;
        private Dictionary<string, object> _before;

        /// <summary>A group.</summary>
        public TransactionGroup(Document document, string name)
        {
            _document = HostRules.Call("TransactionGroup", () => document);
        }

        /// <summary>Opens it.</summary>
        public TransactionStatus Start()
        {
            return HostRules.Call("TransactionGroup.Start", () =>
            {
                if (_document.Open != null)
                {
                    throw new Exceptions.InvalidOperationException("a transaction is open");
                }
                _before = _document.Copy();
                _document.Groups++;
                return TransactionStatus.Started;
            });
        }

        /// <summary>Undoes what was committed in it.</summary>
        public TransactionStatus RollBack()
        {
            return HostRules.Call("TransactionGroup.RollBack", () =>
            {
                if (_before == null || _document.Open != null)
                {
                    throw new Exceptions.InvalidOperationException("the group is not open, or a transaction is");
                }
                return Undo();
            });
        }

        /// <summary>Undoes what was committed in it if it is open.</summary>
        public void Dispose()
        {
            HostRules.Check("TransactionGroup.Dispose");
            if (_before != null)
            {
                Undo();
            }
        }

        private TransactionStatus Undo()
        {
            _document.Restore(_before);
            _document.Groups--;
            _before = null;
            return TransactionStatus.RolledBack;
        }
    }
}
