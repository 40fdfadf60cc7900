"""``python -m plugins.blender.hosts [NAME …]``: plays the stories in every Blender that is here, or in those named.

The Blenders: bpy in ``.venv-gallery`` (4.5) and ``.venv-cycles`` (5.2) without a window, and ``blender`` on the PATH in
a window under Xvfb. Those that are missing are named. Reports, pictures and screenshots go to ``.local/blender-hosts``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Host:
    """A Blender, and the command that plays a story in it."""

    name: str
    command: list[str]
    is_here: bool
    missing: str


def hosts() -> list[Host]:
    """Returns the Blenders that the stories are for."""
    found = []
    for name, environment in (("bpy-4.5", ".venv-gallery"), ("bpy-5.2", ".venv-cycles")):
        python = ROOT / environment / "bin" / "python"
        command = [str(python), str(HERE / "headless.py")]
        found.append(Host(name, command, python.exists(), f"make {environment}"))
    is_here = all(shutil.which(each) for each in ("blender", "xvfb-run", "import", "xdotool"))
    missing = "apt-get install blender python3-numpy xvfb imagemagick xdotool"
    blender = ["blender", "--factory-startup"]
    display = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24"]
    found.append(Host("blender-background", [*blender, "-b", "-P", str(HERE / "headless.py"), "--"], is_here, missing))
    window = [*display, *blender, "--window-geometry", "0", "0", "1440", "900", "-P", str(HERE / "window.py"), "--"]
    found.append(Host("blender-window", window, is_here, missing))
    return found


def play(host: Host, archive: Path, url: str, folder: Path) -> bool:
    """Plays a story, and returns whether everything was as it should be."""
    shutil.rmtree(folder, ignore_errors=True)
    for each in ("scripts", "config", "resources", "home"):
        (folder / each).mkdir(parents=True)
    environment = {
        **os.environ,
        "RENDERIQ_HOME": str(folder / "home"),
        "BLENDER_USER_RESOURCES": str(folder / "resources"),
        "BLENDER_USER_SCRIPTS": str(folder / "scripts"),
        "BLENDER_USER_CONFIG": str(folder / "config"),
    }
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        command = [*host.command, str(archive), url, str(folder)]
        done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False, timeout=3000)
    report = folder / "report.json"
    print(f"{'✓' if done.returncode == 0 else '✗'} {host.name}: {report}", flush=True)
    if report.exists():
        steps = json.loads(report.read_text("utf-8"))["steps"]
        for name in steps:
            print(f"    {name} {steps[name] if isinstance(steps, dict) else ''}")
    return done.returncode == 0


def main() -> int:
    """Plays all stories. Returns the exit status."""
    from local.stack import Stack, path_tracer_parameters

    from plugins.blender.build import build

    archive = build(ROOT / "dist")
    chosen = [each for each in hosts() if len(sys.argv) == 1 or each.name in sys.argv[1:]]
    limits = {"RateLimits": json.dumps({"unknown": 1000, "blender": 1000})}
    outcomes = []
    with Stack(parameters={**path_tracer_parameters(), **limits}) as stack:
        for host in chosen:
            if host.is_here:
                outcomes.append(play(host, archive, stack.url, ROOT / ".local" / "blender-hosts" / host.name))
            else:
                print(f"- {host.name} is not here: {host.missing}")
    return 0 if outcomes and all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
