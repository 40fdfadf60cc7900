"""What the benchmark draws: models, views and display styles. Nothing in this module needs Blender."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Rgb = tuple[int, int, int]

FURTHER = Path(os.environ.get("CAPTURE_MODELS", ROOT.parent / "shared" / "data" / "models"))
"""Models that may not be in this repository. Captures of models that are not there are left out."""

MODELS: dict[str, Path] = {
    "kitchen": HERE / "models" / "kitchen.glb",
    "playground": HERE / "models" / "playground.glb",
    "fzk": Path("/usr/share/assimp/models/IFC/AC14-FZK-Haus.ifc"),
    "duplex": FURTHER / "Duplex.glb",
    "sample": FURTHER / "SampleHouse.glb",
}
"""Where a model is. Only the first two are in this repository (models/README.md says where each comes from)."""


@dataclass(frozen=True)
class View:
    """A camera on a model.

    Without ``eye``, the camera looks at the middle of the model from ``azimuth`` (0 is from -y, 90 from +x) and
    ``elevation``, both in degrees, and is moved back until the model fills ``fill`` of the picture. ``eye`` and
    ``target`` are fractions of the model's bounding box. ``hide`` is a regular expression of names of objects to
    leave out. ``cuts`` are planes, each an axis and the fraction of the bounding box above which everything is cut
    off; a negative fraction cuts what is below.
    """

    model: str
    azimuth: float = 30.0
    elevation: float = 20.0
    fill: float = 0.8
    eye: tuple[float, float, float] | None = None
    target: tuple[float, float, float] = (0.5, 0.5, 0.5)
    lens: float = 35.0
    orthographic: bool = False
    hide: str = ""
    cuts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class DisplayStyle:
    """How a host draws a model.

    ``light`` is a mode of Blender's Workbench (STUDIO, MATCAP, FLAT) or FACES: one tone per direction of a face, as
    SketchUp and Revit shade. ``lines`` is the width of profile edges in pixels of a capture 1280 pixels wide.
    """

    light: str = "FACES"
    white: bool = False
    lines: int = 0
    line_colour: Rgb = (16, 16, 16)
    backdrop: str = "light grey"
    cavity: bool = False
    shadows: bool = False
    xray: bool = False
    textures: bool = False
    selection: bool = False


STYLES: dict[str, DisplayStyle] = {
    "solid": DisplayStyle(light="STUDIO"),
    "textured": DisplayStyle(textures=True, lines=1, backdrop="white"),
    "profile edges": DisplayStyle(lines=2),
    "cavity": DisplayStyle(light="STUDIO", cavity=True, lines=1, line_colour=(70, 70, 70)),
    "drawn shadows": DisplayStyle(shadows=True, lines=1, backdrop="sky and ground"),
    "matcap": DisplayStyle(light="MATCAP", white=True, backdrop="dark grey"),
    "x-ray": DisplayStyle(light="STUDIO", xray=True, lines=1, backdrop="white"),
    "white model": DisplayStyle(light="STUDIO", white=True, backdrop="white"),
    "hidden line": DisplayStyle(light="FLAT", white=True, lines=1, backdrop="white"),
    "dark grid": DisplayStyle(light="STUDIO", backdrop="grid"),
    "sky": DisplayStyle(lines=2, backdrop="sky and ground"),
    "blue gradient": DisplayStyle(lines=1, backdrop="blue gradient"),
    "selection": DisplayStyle(lines=1, backdrop="white", selection=True),
}


@dataclass(frozen=True)
class Capture:
    """One capture of the benchmark. ``group`` is the row of the tables that it counts in.

    ``jpeg`` is the quality of a JPEG file; without it the capture is a PNG. ``committed`` captures and their truth are
    in this repository, so that a machine without Blender can measure them.
    """

    name: str
    group: str
    style: str
    view: View
    width: int = 1280
    jpeg: int | None = None
    committed: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels. All captures are 16:9, so that the engine crops nothing away."""
        return self.width, self.width * 9 // 16

    @property
    def file(self) -> str:
        """The name of the file of the capture."""
        return f"{self.name}.jpg" if self.jpeg else f"{self.name}.png"


KITCHEN = View("kitchen", azimuth=18, elevation=22, fill=0.95)
KITCHEN_INSIDE = View("kitchen", eye=(0.97, 0.1, 0.58), target=(0.28, 0.75, 0.34), lens=24)
PLAYGROUND = View("playground", azimuth=-25, elevation=16, fill=0.9)
FZK = View("fzk", azimuth=35, elevation=14, fill=0.95)
FZK_HIGH = View("fzk", azimuth=-40, elevation=32)
DUPLEX = View("duplex", azimuth=40, elevation=16, fill=1.2)
SAMPLE = View("sample", azimuth=-35, elevation=10, fill=1.0)
SAMPLE_OPEN = View("sample", azimuth=20, elevation=48, cuts=(("z", 0.42),), hide="Roof")


def _captures() -> list[Capture]:
    found: list[Capture] = []

    def add(group: str, style: str, view: View, *, suffix: str = "", committed: bool = False, **rest: int) -> None:
        name = f"{group}-{view.model}{suffix}".replace(" ", "-")
        width = rest.pop("width", 640 if committed else 1280)
        found.append(Capture(name, group, style, view, width, rest.get("jpeg"), committed))

    add("solid", "solid", DUPLEX)
    add("solid", "solid", PLAYGROUND)
    add("textured", "textured", SAMPLE)
    add("textured", "textured", KITCHEN)
    add("profile edges", "profile edges", FZK)
    add("profile edges", "profile edges", KITCHEN, committed=True)
    add("cavity", "cavity", DUPLEX)
    add("drawn shadows", "drawn shadows", SAMPLE)
    # The cloth of the umbrella has two coincident layers, which shade each other.
    bare = View("playground", azimuth=-25, elevation=16, fill=0.9, hide="umbrella")
    add("drawn shadows", "drawn shadows", bare, committed=True)
    add("matcap", "matcap", KITCHEN)
    add("matcap", "matcap", FZK)
    add("x-ray", "x-ray", DUPLEX)
    add("x-ray", "x-ray", PLAYGROUND)
    add("white model", "white model", FZK)
    add("white model", "white model", KITCHEN)
    add("hidden line", "hidden line", DUPLEX)
    add("hidden line", "hidden line", KITCHEN, committed=True)
    # Few lines, with wide white between them and around them.
    add("hidden line", "hidden line", View("sample", azimuth=-20, elevation=28))
    add("dark grid", "dark grid", FZK_HIGH)
    add("dark grid", "dark grid", PLAYGROUND, committed=True)
    add("gradient sky", "sky", SAMPLE)
    add("gradient sky", "blue gradient", FZK_HIGH)
    plan = View("duplex", elevation=90, azimuth=90, orthographic=True, cuts=(("z", 0.3),))
    add("plan from above", "profile edges", plan)
    over = View("kitchen", elevation=90, azimuth=0, orthographic=True, cuts=(("z", 0.75),))
    add("plan from above", "profile edges", over, committed=True)
    add("section cut", "profile edges", View("fzk", azimuth=10, elevation=12, cuts=(("y", -0.45),)))
    add("section cut", "profile edges", View("duplex", azimuth=80, elevation=14, cuts=(("x", 0.5),)))
    add("dollhouse", "profile edges", SAMPLE_OPEN)
    add("dollhouse", "drawn shadows", View("duplex", azimuth=35, elevation=50, cuts=(("z", 0.66),)))
    add("interior", "profile edges", KITCHEN_INSIDE, committed=True)
    open_room = View("sample", eye=(0.58, 0.22, 0.62), target=(0.12, 0.6, 0.25), lens=22, hide="Roof|Covering")
    add("interior", "drawn shadows", open_room)
    add("parallel view", "profile edges", View("duplex", azimuth=45, elevation=35.264, orthographic=True))
    add("parallel view", "sky", View("playground", azimuth=-45, elevation=35.264, orthographic=True), committed=True)
    add("selection", "selection", SAMPLE)
    add("selection", "selection", KITCHEN)
    for quality in (95, 85, 75, 60):
        add(f"JPEG {quality}", "profile edges", FZK, jpeg=quality)
    for width in (640, 1280, 1920):
        add(f"{width} pixels wide", "sky", FZK, width=width)
    return found


CAPTURES = _captures()
