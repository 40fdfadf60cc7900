using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Autodesk.Revit.DB;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("Renderiq.Revit.Tests")]
[assembly: InternalsVisibleTo("Renderiq.Revit.Played")]

namespace Autodesk.Revit.Attributes
{
    /// <summary>Who opens transactions.</summary>
    public enum TransactionMode
    {
        /// <summary>The command.</summary>
        Manual = 1,

        /// <summary>Nobody.</summary>
        ReadOnly = 2,
    }

    /// <summary>Says who opens transactions.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class TransactionAttribute : Attribute
    {
        /// <summary>A mode.</summary>
        public TransactionAttribute(TransactionMode mode)
        {
            Mode = mode;
        }

        /// <summary>The mode.</summary>
        public TransactionMode Mode { get; }
    }
}

namespace Autodesk.Revit.ApplicationServices
{
    /// <summary>Revit while it starts.</summary>
    public class ControlledApplication
    {
        /// <summary>The version.</summary>
        public string VersionNumber => HostRules.Call("ControlledApplication.VersionNumber", () => "2024");
    }
}

namespace Autodesk.Revit.UI
{
    using Autodesk.Revit.ApplicationServices;

    /// <summary>How a command has ended.</summary>
    public enum Result
    {
        /// <summary>Given up.</summary>
        Cancelled = 1,

        /// <summary>Done.</summary>
        Succeeded = 0,

        /// <summary>Failed.</summary>
        Failed = -1,
    }

    /// <summary>An add-in.</summary>
    public interface IExternalApplication
    {
        /// <summary>Revit starts.</summary>
        Result OnStartup(UIControlledApplication application);

        /// <summary>Revit ends.</summary>
        Result OnShutdown(UIControlledApplication application);
    }

    /// <summary>A command.</summary>
    public interface IExternalCommand
    {
        /// <summary>Does it.</summary>
        Result Execute(ExternalCommandData commandData, ref string message, ElementSet elements);
    }

    /// <summary>What a command gets.</summary>
    public class ExternalCommandData
    {
        internal ExternalCommandData()
        {
        }
    }

    /// <summary>Elements of a message.</summary>
    public class ElementSet
    {
    }

    /// <summary>Revit while it starts.</summary>
    public class UIControlledApplication
    {
        internal List<string> Tabs { get; } = new List<string>();

        internal List<RibbonPanel> Panels { get; } = new List<RibbonPanel>();

        /// <summary>The application.</summary>
        public ControlledApplication ControlledApplication => HostRules.Call(
            "UIControlledApplication.ControlledApplication", () => new ControlledApplication());

        /// <summary>The window.</summary>
        public IntPtr MainWindowHandle => HostRules.Call("UIControlledApplication.MainWindowHandle", () => new IntPtr(1));

        /// <summary>Adds a tab.</summary>
        public void CreateRibbonTab(string tabName)
        {
            HostRules.Call("UIControlledApplication.CreateRibbonTab", () =>
            {
                if (Tabs.Contains(tabName))
                {
                    throw new Exceptions.ArgumentException("the tab is there");
                }
                Tabs.Add(tabName);
            });
        }

        /// <summary>Adds a panel.</summary>
        public RibbonPanel CreateRibbonPanel(string tabName, string panelName)
        {
            return HostRules.Call("UIControlledApplication.CreateRibbonPanel", () =>
            {
                if (!Tabs.Contains(tabName))
                {
                    throw new Exceptions.ArgumentException("no such tab");
                }
                Panels.Add(new RibbonPanel());
                return Panels.Last();
            });
        }
    }

    /// <summary>What an item of the ribbon is made of.</summary>
    public class RibbonItemData
    {
        /// <summary>What is said about it.</summary>
        public string ToolTip { get; set; }
    }

    /// <summary>What a button is made of.</summary>
    public class PushButtonData : RibbonItemData
    {
        /// <summary>A button.</summary>
        public PushButtonData(string name, string text, string assemblyName, string className)
        {
            Name = name;
            Text = text;
            AssemblyName = assemblyName;
            ClassName = className;
        }

        internal string Name { get; }

        internal string Text { get; }

        internal string AssemblyName { get; }

        internal string ClassName { get; }
    }

    /// <summary>An item of the ribbon.</summary>
    public class RibbonItem
    {
        internal PushButtonData Data { get; set; }

        /// <summary>Its text.</summary>
        public string ItemText
        {
            get { return HostRules.Call("RibbonItem.ItemText", () => Data.Text); }
            set { HostRules.Call("RibbonItem.ItemText =", () => { Shown = value; }); }
        }

        internal string Shown { get; private set; }
    }

    /// <summary>A panel of the ribbon.</summary>
    public class RibbonPanel
    {
        internal List<RibbonItem> Items { get; } = new List<RibbonItem>();

        /// <summary>Adds an item.</summary>
        public RibbonItem AddItem(RibbonItemData itemData)
        {
            return HostRules.Call("RibbonPanel.AddItem", () =>
            {
                Items.Add(new RibbonItem { Data = (PushButtonData)itemData });
                return Items.Last();
            });
        }
    }

    /// <summary>Revit.</summary>
    public class UIApplication
    {
        internal UIDocument Current { get; set; }

        /// <summary>The document in front, or null.</summary>
        public UIDocument ActiveUIDocument => HostRules.Call("UIApplication.ActiveUIDocument", () => Current);
    }

    /// <summary>A document in its windows.</summary>
    public class UIDocument
    {
        internal UIDocument(Document document)
        {
            Shown = document;
            Marked = new Selection.Selection();
        }

        /// <summary>The document.</summary>
        public Document Document => HostRules.Call("UIDocument.Document", () => Shown);

        /// <summary>The view in front, or null.</summary>
        public View ActiveGraphicalView => HostRules.Call("UIDocument.ActiveGraphicalView", () => Drawing.Active);

        /// <summary>What is selected.</summary>
        public Selection.Selection Selection => HostRules.Call("UIDocument.Selection", () => Marked);

        internal Document Shown { get; }

        internal Selection.Selection Marked { get; }

        /// <summary>Draws the view anew.</summary>
        public void RefreshActiveView()
        {
            HostRules.Call("UIDocument.RefreshActiveView", () => { });
        }

        /// <summary>Returns the windows.</summary>
        public IList<UIView> GetOpenUIViews()
        {
            return HostRules.Call("UIDocument.GetOpenUIViews", () => new List<UIView> { new UIView(Drawing.Active) });
        }
    }

    /// <summary>A window of a view.</summary>
    public class UIView : IDisposable
    {
        private readonly View _view;

        internal UIView(View view)
        {
            _view = view;
        }

        /// <summary>The view.</summary>
        public ElementId ViewId => HostRules.Call("UIView.ViewId", () => new ElementId(_view.Key));

        /// <summary>Returns two corners of what is seen.</summary>
        public IList<XYZ> GetZoomCorners()
        {
            return HostRules.Call("UIView.GetZoomCorners", () => new List<XYZ> { new XYZ(-6, 0, -5), new XYZ(26, 0, 15) });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }

    /// <summary>How an event was taken.</summary>
    public enum ExternalEventRequest
    {
        /// <summary>It will be raised.</summary>
        Accepted,

        /// <summary>It is waiting already.</summary>
        Pending,

        /// <summary>It will not be raised.</summary>
        Denied,
    }

    /// <summary>Work that Revit does when it is idle.</summary>
    public interface IExternalEventHandler
    {
        /// <summary>Does it.</summary>
        void Execute(UIApplication app);

        /// <summary>Its name.</summary>
        string GetName();
    }

    /// <summary>Asks Revit to do some work when it is idle. <see cref="Raise"/> may be called in any thread.</summary>
    public class ExternalEvent : IDisposable
    {
        private static readonly List<ExternalEvent> All = new List<ExternalEvent>();
        private readonly IExternalEventHandler _handler;
        private bool _isRaised;

        private ExternalEvent(IExternalEventHandler handler)
        {
            _handler = handler;
        }

        /// <summary>Makes an event.</summary>
        public static ExternalEvent Create(IExternalEventHandler handler)
        {
            return HostRules.Call("ExternalEvent.Create", () =>
            {
                var made = new ExternalEvent(handler);
                lock (All)
                {
                    All.Add(made);
                }
                return made;
            });
        }

        /// <summary>Asks.</summary>
        public ExternalEventRequest Raise()
        {
            lock (All)
            {
                var was = _isRaised;
                _isRaised = true;
                return was ? ExternalEventRequest.Pending : ExternalEventRequest.Accepted;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (All)
            {
                All.Remove(this);
            }
        }

        /// <summary>Does what was raised, as Revit does when it is idle.</summary>
        internal static void Idle(UIApplication application)
        {
            List<ExternalEvent> raised;
            lock (All)
            {
                raised = All.Where(each => each._isRaised).ToList();
                raised.ForEach(each => each._isRaised = false);
            }
            raised.ForEach(each => HostRules.Enter(() => each._handler.Execute(application)));
        }
    }
}

namespace Autodesk.Revit.UI.Selection
{
    /// <summary>What is selected.</summary>
    public class Selection
    {
        internal ICollection<ElementId> Ids { get; private set; } = new List<ElementId>();

        /// <summary>Returns it.</summary>
        public ICollection<ElementId> GetElementIds()
        {
            return HostRules.Call("Selection.GetElementIds", () => (ICollection<ElementId>)Ids.ToList());
        }

        /// <summary>Changes it.</summary>
        public void SetElementIds(ICollection<ElementId> elementIds)
        {
            HostRules.Call("Selection.SetElementIds", () => { Ids = elementIds.ToList(); });
        }
    }
}
