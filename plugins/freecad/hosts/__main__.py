"""``python -m plugins.freecad.hosts``: plays the story of a user in the FreeCAD on the PATH, in a window under Xvfb.

Report, pictures and screenshots go to ``.local/freecad-host``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
MISSING = "apt-get install freecad xvfb chromium"


def play(archive: Path, url: str, folder: Path) -> bool:
    """Plays the story, and returns whether everything was as it should be."""
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "user"
    mods = home / ".local" / "share" / "FreeCAD" / "Mod"
    mods.mkdir(parents=True)
    with zipfile.ZipFile(archive) as package:
        package.extractall(mods)  # as a user copies it
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": "",
        "XDG_CONFIG_HOME": "",
        "RENDERIQ_HOME": str(folder / "home"),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",  # the start page, as root
        "LC_ALL": "C.UTF-8",
        "STORY_URL": url,
        "STORY_FOLDER": str(folder),
    }
    command = ["xvfb-run", "-a", "-s", "-screen 0 1760x1100x24", "freecad", str(HERE / "window.py")]
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False, timeout=3000)
    report = folder / "report.json"
    print(f"{'✓' if done.returncode == 0 else '✗'} FreeCAD: {report}", flush=True)
    if report.exists():
        print(report.read_text("utf-8"))
    return done.returncode == 0


def main() -> int:
    """Plays the story. Returns the exit status."""
    from local.stack import Stack, path_tracer_parameters
    from plugins.freecad.build import build

    if not all(shutil.which(each) for each in ("freecad", "xvfb-run", "chromium")):
        print(f"- FreeCAD is not here: {MISSING}")
        return 1
    archive = build(ROOT / "dist")
    parameters = {"RateLimits": json.dumps({"unknown": 1000, "freecad": 1000})}
    if (ROOT / ".venv-cycles").exists():
        parameters |= path_tracer_parameters()
    with Stack(parameters=parameters) as stack:
        return 0 if play(archive, stack.url, ROOT / ".local" / "freecad-host") else 1


if __name__ == "__main__":
    sys.exit(main())
