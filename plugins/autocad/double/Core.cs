using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Autodesk.AutoCAD.DatabaseServices;
using Autodesk.AutoCAD.EditorInput;
using Autodesk.AutoCAD.Geometry;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("AcMgd")]
[assembly: InternalsVisibleTo("AdWindows")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Tests")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Played")]

namespace Autodesk.AutoCAD.Runtime
{
    /// <summary>How a command behaves.</summary>
    [Flags]
    public enum CommandFlags
    {
        /// <summary>As any other.</summary>
        Modal = 0,

        /// <summary>Outside of any drawing.</summary>
        Session = 2097152,
    }

    /// <summary>Makes a method a command.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class CommandMethodAttribute : Attribute
    {
        /// <summary>A command.</summary>
        public CommandMethodAttribute(string globalName, CommandFlags flags)
        {
            GlobalName = globalName;
            Flags = flags;
        }

        /// <summary>The name.</summary>
        public string GlobalName { get; }

        /// <summary>How it behaves.</summary>
        public CommandFlags Flags { get; }
    }
}

namespace Autodesk.AutoCAD.ApplicationServices.Core
{
    /// <summary>AutoCAD.</summary>
    public static class Application
    {
        private static readonly DocumentCollection All = new DocumentCollection();

        internal static Dictionary<string, object> Variables { get; private set; }

        /// <summary>AutoCAD has nothing else to do.</summary>
        public static event EventHandler Idle;

        /// <summary>The drawings.</summary>
        public static DocumentCollection DocumentManager => HostRules.Call("Application.DocumentManager", () => All);

        /// <summary>Returns a system variable.</summary>
        public static object GetSystemVariable(string name)
        {
            return HostRules.Call("Application.GetSystemVariable", () => Find(name));
        }

        /// <summary>Changes a system variable.</summary>
        public static void SetSystemVariable(string name, object value)
        {
            HostRules.Call("Application.SetSystemVariable", () =>
            {
                if (Find(name).GetType() != value.GetType() || !(value is short))
                {
                    throw new Runtime.Exception("eInvalidInput");
                }
                Variables[name] = value;
            });
        }

        internal static void Reset(Document document)
        {
            Variables = new Dictionary<string, object>
            {
                { "GRIDMODE", (short)1 }, { "UCSICON", (short)3 }, { "NAVVCUBEDISPLAY", (short)3 }, { "NAVBARDISPLAY", (short)1 },
                { "VPCONTROL", (short)1 }, { "CAMERADISPLAY", (short)1 }, { "LIGHTGLYPHDISPLAY", (short)1 },
                { "SCREENSIZE", new Point2d(1600, 1000) }, { "ACADVER", "24.3s (LMS Tech)" }, { "DWGPREFIX", "" },
                { "DWGTITLED", (short)1 },
            };
            All.Front = document;
            Idle = null;
        }

        internal static void BeIdle()
        {
            Idle?.Invoke(null, EventArgs.Empty);
        }

        private static object Find(string name)
        {
            object found;
            if (!Variables.TryGetValue(name, out found))
            {
                throw new Runtime.Exception("eInvalidInput: there is no variable " + name);
            }
            return found;
        }
    }
}

namespace Autodesk.AutoCAD.ApplicationServices
{
    /// <summary>The drawings.</summary>
    public class DocumentCollection
    {
        internal Document Front { get; set; }

        /// <summary>The drawing in front, or null.</summary>
        public Document MdiActiveDocument => HostRules.Call("DocumentCollection.MdiActiveDocument", () => Front);
    }

    /// <summary>Keeps others from changing a drawing.</summary>
    public class DocumentLock : IDisposable
    {
        private readonly Document _document;

        internal DocumentLock(Document document)
        {
            _document = document;
            document.Drawn.IsLocked = true;
        }

        /// <summary>Lets others change it again.</summary>
        public void Dispose()
        {
            HostRules.Check("DocumentLock.Dispose");
            _document.Drawn.IsLocked = false;
        }
    }

    /// <summary>A drawing with its window.</summary>
    public class Document
    {
        internal Document(Database database)
        {
            Drawn = database;
            Asked = new Editor(this);
        }

        /// <summary>The content.</summary>
        public Database Database => HostRules.Call("Document.Database", () => Drawn);

        /// <summary>The window.</summary>
        public Editor Editor => HostRules.Call("Document.Editor", () => Asked);

        /// <summary>The command that is under way, or nothing.</summary>
        public string CommandInProgress => HostRules.Call("Document.CommandInProgress", () => Command);

        internal Database Drawn { get; }

        internal Editor Asked { get; }

        internal string Command { get; set; } = "";

        /// <summary>Keeps others from changing it.</summary>
        public DocumentLock LockDocument()
        {
            return HostRules.Call("Document.LockDocument", () => new DocumentLock(this));
        }
    }
}

namespace Autodesk.AutoCAD.EditorInput
{
    using Autodesk.AutoCAD.ApplicationServices;

    /// <summary>How a question was answered.</summary>
    public enum PromptStatus
    {
        /// <summary>Well.</summary>
        OK = 5100,

        /// <summary>With an error.</summary>
        Error = -5001,
    }

    /// <summary>What is selected.</summary>
    public class SelectionSet
    {
        private readonly ObjectId[] _ids;

        internal SelectionSet(ObjectId[] ids)
        {
            _ids = ids;
        }

        /// <summary>Returns the ids.</summary>
        public ObjectId[] GetObjectIds()
        {
            return HostRules.Call("SelectionSet.GetObjectIds", () => _ids);
        }
    }

    /// <summary>What was selected.</summary>
    public class PromptSelectionResult
    {
        internal PromptSelectionResult(ObjectId[] ids)
        {
            Ids = ids;
        }

        /// <summary>Whether something was.</summary>
        public PromptStatus Status => HostRules.Call(
            "PromptSelectionResult.Status", () => Ids.Length > 0 ? PromptStatus.OK : PromptStatus.Error);

        /// <summary>What.</summary>
        public SelectionSet Value => HostRules.Call("PromptSelectionResult.Value", () => new SelectionSet(Ids));

        internal ObjectId[] Ids { get; }
    }

    /// <summary>The window of a drawing.</summary>
    public class Editor
    {
        private readonly Document _document;

        internal Editor(Document document)
        {
            _document = document;
            Shown = new ViewTableRecord { Middle = new Point2d(80, 50), Wide = 160, Tall = 100 };
        }

        internal ViewTableRecord Shown { get; private set; }

        internal ObjectId[] Selected { get; set; } = new ObjectId[0];

        /// <summary>Returns what the window shows.</summary>
        public ViewTableRecord GetCurrentView()
        {
            return HostRules.Call("Editor.GetCurrentView", () => Shown.Copy());
        }

        /// <summary>Makes the window show something else.</summary>
        public void SetCurrentView(ViewTableRecord value)
        {
            HostRules.Call("Editor.SetCurrentView", () =>
            {
                _document.Drawn.CheckLocked("SetCurrentView");
                Shown = value.Copy();
            });
        }

        /// <summary>Returns what is selected.</summary>
        public PromptSelectionResult SelectImplied()
        {
            return HostRules.Call("Editor.SelectImplied", () => new PromptSelectionResult(Selected));
        }

        /// <summary>Selects something else.</summary>
        public void SetImpliedSelection(ObjectId[] selectedObjects)
        {
            HostRules.Call("Editor.SetImpliedSelection", () => { Selected = selectedObjects.ToArray(); });
        }

        /// <summary>Draws the window anew.</summary>
        public void UpdateScreen()
        {
            HostRules.Call("Editor.UpdateScreen", () => { });
        }
    }
}
