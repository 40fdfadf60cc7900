"""FreeCAD reads this file when its window opens: it adds the workbench Renderiq."""

import sys

import FreeCAD
import FreeCADGui

if sys.version_info < (3, 9):  # noqa: UP036 - some FreeCAD 0.21 has 3.8
    FreeCAD.Console.PrintError(
        "Renderiq needs Python 3.9 or newer, but this FreeCAD has "
        + sys.version.split()[0]
        + ". Install a newer FreeCAD from freecad.org.\n"
    )
else:

    class RenderiqWorkbench(FreeCADGui.Workbench):
        """Capture the 3D view, and order a render."""

        MenuText = "Renderiq"
        ToolTip = "Render the 3D view or all saved views in a chosen style"

        def __init__(self):
            import os

            import renderiq_freecad

            folder = os.path.dirname(os.path.dirname(renderiq_freecad.__file__))
            self.__class__.Icon = os.path.join(folder, "Resources", "renderiq.svg")

        def Initialize(self):
            """FreeCAD opens the workbench for the first time."""
            from renderiq_freecad import commands

            names = commands.register()
            self.appendToolbar("Renderiq", names)
            self.appendMenu("Renderiq", names)

        def Activated(self):
            """FreeCAD switches to the workbench."""
            from renderiq_freecad import panel

            panel.show()

        def GetClassName(self):
            """Returns the kind of workbench that Python may write."""
            return "Gui::PythonWorkbench"

    FreeCADGui.addWorkbench(RenderiqWorkbench())
