using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Windows.Input;
using Renderiq.Doubles;

[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Tests")]
[assembly: InternalsVisibleTo("Renderiq.AutoCAD.Played")]

namespace Autodesk.Windows
{
    /// <summary>The windows of the program.</summary>
    public static class ComponentManager
    {
        /// <summary>The ribbon, or null while it is not there.</summary>
        public static RibbonControl Ribbon => HostRules.Call("ComponentManager.Ribbon", () => Shown);

        internal static RibbonControl Shown { get; set; }
    }

    /// <summary>Things of the ribbon.</summary>
    public class RibbonObservableCollection<T> : ObservableCollection<T>
    {
    }

    /// <summary>Tabs.</summary>
    public class RibbonTabCollection : RibbonObservableCollection<RibbonTab>
    {
    }

    /// <summary>Panels.</summary>
    public class RibbonPanelCollection : RibbonObservableCollection<RibbonPanel>
    {
    }

    /// <summary>Items.</summary>
    public class RibbonItemCollection : RibbonObservableCollection<RibbonItem>
    {
    }

    /// <summary>The ribbon.</summary>
    public class RibbonControl
    {
        /// <summary>Its tabs.</summary>
        public RibbonTabCollection Tabs { get; } = new RibbonTabCollection();
    }

    /// <summary>A tab.</summary>
    public class RibbonTab
    {
        /// <summary>The title.</summary>
        public string Title { get; set; }

        /// <summary>The id.</summary>
        public string Id { get; set; }

        /// <summary>Its panels.</summary>
        public RibbonPanelCollection Panels { get; } = new RibbonPanelCollection();
    }

    /// <summary>A panel.</summary>
    public class RibbonPanel
    {
        /// <summary>What it shows.</summary>
        public RibbonPanelSource Source { get; set; }
    }

    /// <summary>What a panel shows.</summary>
    public class RibbonPanelSource
    {
        /// <summary>The title.</summary>
        public string Title { get; set; }

        /// <summary>Its items.</summary>
        public RibbonItemCollection Items { get; } = new RibbonItemCollection();
    }

    /// <summary>An item.</summary>
    public class RibbonItem
    {
        /// <summary>The text.</summary>
        public string Text { get; set; }

        /// <summary>Whether it is shown.</summary>
        public bool ShowText { get; set; }

        /// <summary>The size.</summary>
        public RibbonItemSize Size { get; set; }
    }

    /// <summary>Sizes of items.</summary>
    public enum RibbonItemSize
    {
        /// <summary>Small.</summary>
        Standard,

        /// <summary>Large.</summary>
        Large,
    }

    /// <summary>An item that does something.</summary>
    public class RibbonCommandItem : RibbonItem
    {
        /// <summary>What it does.</summary>
        public ICommand CommandHandler { get; set; }
    }

    /// <summary>A button.</summary>
    public class RibbonButton : RibbonCommandItem
    {
    }
}
