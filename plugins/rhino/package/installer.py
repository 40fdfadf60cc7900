#! python 3
"""Installs Renderiq {version} in Rhino 8: writes its files, makes three aliases, and opens its window."""

import base64
import io
import os
import shutil
import sys
import zipfile
from pathlib import Path

VERSION = "{version}"
ALIASES = ("Renderiq", "RenderiqRender", "RenderiqAllViews")


def home():
    """Returns the folder of everything that the plugin keeps."""
    if os.environ.get("RENDERIQ_HOME"):
        return Path(os.environ["RENDERIQ_HOME"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Renderiq"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Renderiq"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "renderiq"


def unpack(folder):
    """Writes the files of this version, whole or not at all, and returns their folder."""
    target = folder / VERSION
    part = folder / (VERSION + ".part")
    for each in (part, target):
        if each.exists():
            shutil.rmtree(each)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(ARCHIVE))) as archive:
        archive.extractall(part)
    os.replace(part, target)
    return target


def make_aliases(folder):
    """Has the commands' names run the files. An older version's aliases are replaced."""
    import Rhino

    aliases = Rhino.ApplicationSettings.CommandAliasList
    for each in ALIASES:
        macro = '! _-ScriptEditor _R "' + str(folder / (each + ".py")) + '"'
        done = aliases.SetMacro(each, macro) if aliases.IsAlias(each) else aliases.Add(each, macro)
        if not done:
            raise RuntimeError("Rhino did not take the alias " + each)


def install():
    """Installs, and tells in Rhino's command line what was done."""
    import Rhino

    is_update = "renderiq_rhino" in sys.modules
    folder = unpack(home() / "rhino" / "plugin")
    make_aliases(folder)
    if is_update:
        Rhino.RhinoApp.WriteLine("Renderiq " + VERSION + " is installed. Start Rhino again to use it.")
        return
    Rhino.RhinoApp.WriteLine("Renderiq " + VERSION + " is installed. Type Renderiq to open its window.")
    sys.path.insert(0, str(folder))
    from renderiq_rhino import panel

    panel.show()


ARCHIVE = """{archive}"""

if __name__ == "__main__":
    install()
