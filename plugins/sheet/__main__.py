"""``python -m plugins.sheet [--out docs/plugins-sheet.jpg] [--kept]``: sample models through plugins and both engines.

The plugins capture the models in the hosts that are here. Their captures are given to both engines, and everything is
laid out in one picture. Captures and pictures go to ``.local/plugins-sheet``; ``--kept`` takes those that are there.
Hosts and models that are missing are named and left out.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks.path_tracer.contact import jpeg, sheet_of
from benchmarks.path_tracer.measure import trace
from local.stack import Stack, path_tracer_parameters
from plugins.blender.build import build as build_blender
from plugins.freecad.build import build as build_freecad
from plugins.sheet.shots import SHOTS, Shot
from renderiq.domain.renders import AspectRatio, Quality
from renderiq.domain.scene_description import SurfaceMaterial
from renderiq.engines import EngineRequest
from renderiq.engines.preview import PreviewEngine
from renderiq.models.renders import CameraIn, SunIn
from renderiq.styles import registry

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent
FOLDER: Final = ROOT / ".local" / "plugins-sheet"
GUIDES: Final = ("depth_image", "material_id_image", "normal_image")
COLUMNS: Final = (
    "capture",
    "depth",
    "material ids",
    "normals",
    "preview from the capture alone",
    "preview with guides",
    "path traced",
)
WIDTH: Final = 480
"""Pixels of a path-traced picture."""
SAMPLES: Final = 24
CELL: Final = 240
LARGEST: Final = 400_000
"""Bytes of the sheet."""


def capture(host: str, url: str) -> None:
    """Has a host capture its views into ``FOLDER``. Raises ``RuntimeError`` if it fails."""
    home = FOLDER / "hosts" / host.split()[0] / host.split()[1]
    for old in (home, *(FOLDER / shot.name for shot in SHOTS[host])):
        shutil.rmtree(old, ignore_errors=True)
    for each in ("scripts", "config", "resources", "user"):
        (home / each).mkdir(parents=True)
    environment = {**os.environ, "RENDERIQ_HOME": str(home / "data")}
    if host.startswith("FreeCAD"):
        mods = home / "user" / ".local" / "share" / "FreeCAD" / "Mod"
        mods.mkdir(parents=True)
        with zipfile.ZipFile(build_freecad(ROOT / "dist")) as package:
            package.extractall(mods)
        environment |= {
            "HOME": str(home / "user"), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "LC_ALL": "C.UTF-8",
            "QTWEBENGINE_DISABLE_SANDBOX": "1", "SHEET_URL": url, "SHEET_FOLDER": str(FOLDER), "SHEET_HOST": host,
        }  # fmt: skip
        command = ["xvfb-run", "-a", "-s", "-screen 0 1760x1100x24", "freecad", str(HERE / "in_freecad.py")]
    else:
        environment |= {f"BLENDER_USER_{name.upper()}": str(home / name) for name in ("scripts", "config", "resources")}
        arguments = [str(build_blender(ROOT / "dist")), url, str(FOLDER), host]
        command = [*_blender(host), *arguments]
    with (home / "output.txt").open("w", encoding="utf-8") as output:
        done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"{host} failed: {home / 'output.txt'}")


def _blender(host: str) -> list[str]:
    script = str(HERE / "in_blender.py")
    if "window" in host:
        window = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "blender", "--factory-startup"]
        return [*window, "--window-geometry", "0", "0", "1440", "900", "-P", script, "--"]
    return [str(_python(host)), script]


def _python(host: str) -> Path:
    return ROOT / (".venv-cycles" if "5.2" in host else ".venv-gallery") / "bin" / "python"


def is_here(host: str) -> bool:
    """Whether a host can be started on this machine."""
    if "bpy" in host:
        return _python(host).exists()
    return all(shutil.which(each) for each in ("xvfb-run", host.split()[0].lower()))


def _is_captured(host: str) -> bool:
    return all((FOLDER / shot.name / "model").exists() for shot in SHOTS[host] if shot.file.exists())


def request_of(folder: Path, *, guides: bool) -> EngineRequest:
    """Returns what the server gives an engine for an order that the plugin has written into a folder."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    options, files = job["options"], {name: folder / file for name, file in job["images"].items()}
    camera = CameraIn.model_validate(options["camera"]).camera() if "camera" in options else None
    request = EngineRequest(
        image=files["image"].read_bytes(),
        style=registry().newest()[0],
        quality=Quality.STANDARD,
        aspect_ratio=AspectRatio.WIDE,
        seed=int(options["seed"]),
        camera=camera,
        sun=SunIn.model_validate(options["sun"]).sun() if "sun" in options else None,
        materials={colour: SurfaceMaterial(name) for colour, name in options.get("materials", {}).items()},
        model_file=files.get("model_file"),
        output_size=(WIDTH, WIDTH * 9 // 16) if "model_file" in files else None,
    )
    if not guides:
        return replace(request, camera=None, materials={})
    return replace(request, **{name: files[name].read_bytes() for name in GUIDES if name in files})


def pictures_of(shot: Shot) -> list[Path]:
    """Makes the pictures of a captured view, one for each column, and returns their files."""
    folder = FOLDER / shot.name
    job = json.loads((folder / "guides" / "job.json").read_text("utf-8"))
    files = [folder / "guides" / job["images"].get(name, "none") for name in ("image", *GUIDES)]
    for name, guides in (("alone", False), ("guided", True)):
        files.append(folder / f"{name}.png")
        if not files[-1].exists():
            found = PreviewEngine().render(request_of(folder / "guides", guides=guides), lambda _: None, lambda: False)
            Image.open(io.BytesIO(found.image)).convert("RGB").save(files[-1])
    files.append(folder / "traced.png")
    if not files[-1].exists():
        pixels, facts, _ = trace(request_of(folder / "model", guides=True), samples=SAMPLES)
        Image.fromarray(pixels).save(files[-1])
        (folder / "traced.json").write_text(json.dumps(dict(facts), default=str), "utf-8")
    print(f"pictures of {shot.name}", flush=True)
    return files


def main() -> int:
    """Makes the sheet. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "plugins-sheet.jpg")
    parser.add_argument("--kept", action="store_true", help="take the captures and pictures that are there")
    given = parser.parse_args()
    hosts = [host for host in SHOTS if is_here(host)]
    for host in sorted(set(SHOTS) - set(hosts)):
        print(f"- {host} is not here")
    if not given.kept:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if missing := [host for host in hosts if not _is_captured(host)]:
        with Stack(parameters={**path_tracer_parameters(), "RateLimits": json.dumps({"unknown": 1000})}) as stack:
            for host in missing:
                capture(host, stack.url)
                print(f"captured in {host}", flush=True)
    rows: list[tuple[str, list[Any]]] = []
    for host, shots in SHOTS.items():
        for shot in shots:
            if not (FOLDER / shot.name).is_dir():
                print(f"- {shot.name} was left out: {shot.file}")
                continue
            shading = ", the viewport's own shading" if shot.as_viewport else ""
            rows.append((f"{host}, {shot.view.model}{shading}: {' | '.join(COLUMNS)}", pictures_of(shot)))
    given.out.write_bytes(jpeg(sheet_of(rows, CELL, len(COLUMNS)), LARGEST))
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
