using System;
using Autodesk.Revit.Attributes;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;

namespace Renderiq.Revit
{
    /// <summary>A button of the ribbon.</summary>
    public abstract class Command : IExternalCommand
    {
        /// <inheritdoc/>
        public Result Execute(ExternalCommandData commandData, ref string message, ElementSet elements)
        {
            var app = RevitApp.Current;
            if (app == null)
            {
                message = "Renderiq has not started. Its log file says more.";
                return Result.Failed;
            }
            try
            {
                Do(app);
                return Result.Succeeded;
            }
            catch (Exception error)
            {
                // Revit would show where in the code it was. A person gets the sentence, and the log the rest.
                app.Core.Log.Error(error);
                message = error.Message;
                return Result.Failed;
            }
        }

        /// <summary>Does what the button is for.</summary>
        internal abstract void Do(RevitApp app);
    }

    /// <summary>Opens the panel.</summary>
    [Transaction(TransactionMode.Manual)]
    public sealed class ShowPanelCommand : Command
    {
        internal override void Do(RevitApp app)
        {
            app.ShowPanel();
        }
    }

    /// <summary>Orders the active view.</summary>
    [Transaction(TransactionMode.Manual)]
    public sealed class RenderViewCommand : Command
    {
        internal override void Do(RevitApp app)
        {
            app.Core.OrderNow(false);
        }
    }

    /// <summary>Orders all named 3D views and sheets.</summary>
    [Transaction(TransactionMode.Manual)]
    public sealed class RenderViewsCommand : Command
    {
        internal override void Do(RevitApp app)
        {
            app.Core.OrderNow(true);
        }
    }

    /// <summary>Works offline, or online again.</summary>
    [Transaction(TransactionMode.Manual)]
    public sealed class WorkOfflineCommand : Command
    {
        internal override void Do(RevitApp app)
        {
            app.SwitchOnline();
        }
    }

    /// <summary>Draws edges in captures, or leaves them out.</summary>
    [Transaction(TransactionMode.Manual)]
    public sealed class KeepEdgesCommand : Command
    {
        internal override void Do(RevitApp app)
        {
            app.SwitchEdges();
        }
    }
}
