using System;
using System.Windows.Input;
using Autodesk.Windows;

namespace Renderiq.AutoCad
{
    /// <summary>The tab of the ribbon.</summary>
    internal static class Ribbon
    {
        /// <summary>Adds the tab. Returns false if there is no ribbon yet.</summary>
        public static bool Add(AutoCadApp app)
        {
            var ribbon = ComponentManager.Ribbon;
            if (ribbon == null)
            {
                return false;
            }
            var source = new RibbonPanelSource { Title = "Render" };
            Add(source, "Renderiq", app.ShowPanel);
            Add(source, "Render View", () => app.Core.OrderNow(false));
            Add(source, "Render All Views", () => app.Core.OrderNow(true));
            Add(source, "Work Offline / Online", () => app.SwitchOnline());
            var tab = new RibbonTab { Title = "Renderiq", Id = "RENDERIQ_TAB" };
            tab.Panels.Add(new RibbonPanel { Source = source });
            ribbon.Tabs.Add(tab);
            return true;
        }

        private static void Add(RibbonPanelSource source, string text, Action work)
        {
            source.Items.Add(new RibbonButton
            {
                Text = text, ShowText = true, Size = RibbonItemSize.Large, CommandHandler = new Handler(work),
            });
        }

        private sealed class Handler : ICommand
        {
            private readonly Action _work;

            public Handler(Action work)
            {
                _work = work;
            }

            public event EventHandler CanExecuteChanged
            {
                add { }
                remove { }
            }

            public bool CanExecute(object parameter)
            {
                return true;
            }

            public void Execute(object parameter)
            {
                _work();
            }
        }
    }
}
