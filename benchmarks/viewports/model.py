"""Models of faces with materials. Lengths are in metres; z points up and the front faces -y."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

Point = tuple[float, float, float]

MATERIAL_COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (236, 234, 228),
    "plaster": (214, 208, 196),
    "sand": (222, 205, 176),
    "concrete": (168, 168, 164),
    "dark": (72, 74, 78),
    "brick": (168, 92, 70),
    "roof": (170, 76, 58),
    "slate": (104, 110, 120),
    "wood": (156, 106, 62),
    "pale wood": (202, 168, 122),
    "glass": (138, 178, 208),
    "leaf": (96, 142, 70),
    "pine": (66, 112, 62),
    "lawn": (134, 168, 96),
    "paving": (186, 180, 170),
    "asphalt": (120, 120, 122),
    "water": (104, 168, 196),
    "fabric": (112, 128, 146),
    "rug": (178, 96, 84),
    "metal": (150, 154, 160),
    "yellow": (226, 178, 68),
    "teal": (70, 148, 146),
    "skin": (198, 158, 128),
    "rock": (150, 140, 128),
}


@dataclass
class Model:
    """A list of planar faces: the corners of each, its material, and whether it is shaded smoothly."""

    faces: list[tuple[list[Point], str, bool]] = field(default_factory=list)

    def face(self, material: str, *corners: Point, smooth: bool = False) -> None:
        """Adds a face."""
        self.faces.append((list(corners), material, smooth))

    def box(self, material: str, low: Point, high: Point, top: str | None = None) -> None:
        """Adds a box between two opposite corners; ``top`` is the material of its top."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        self.face(material, (x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1))
        self.face(material, (x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1))
        self.face(material, (x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1))
        self.face(material, (x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1))
        self.face(top or material, (x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))
        self.face(material, (x0, y1, z0), (x1, y1, z0), (x1, y0, z0), (x0, y0, z0))

    def gable(self, roof: str, wall: str, low: Point, high: Point, overhang: float = 0.5) -> None:
        """Adds a gable roof on a box, with its ridge along x; ``high`` is the end of the ridge."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        middle = (y0 + y1) / 2
        self.face(wall, (x1, y0, z0), (x1, y1, z0), (x1, middle, z1))
        self.face(wall, (x0, y1, z0), (x0, y0, z0), (x0, middle, z1))
        drop = overhang * (z1 - z0) / (middle - y0)
        for lift, front in ((0.0, 1), (0.14, -1)):
            left, right = x0 - overhang, x1 + overhang
            for eave in (y0 - overhang, y1 + overhang):
                corners: list[Point] = [
                    (left, eave, z0 - drop + lift),
                    (right, eave, z0 - drop + lift),
                    (right, middle, z1 + lift),
                    (left, middle, z1 + lift),
                ]
                turned = (eave < middle) == (front < 0)
                self.face(roof, *(corners if turned else corners[::-1]))
        for x in (x0 - overhang, x1 + overhang):
            for eave in (y0 - overhang, y1 + overhang):
                low_z = z0 - drop
                corners = [(x, eave, low_z), (x, middle, z1), (x, middle, z1 + 0.14), (x, eave, low_z + 0.14)]
                self.face("white", *(corners if (eave < middle) == (x > x0) else corners[::-1]))
        for eave, turned in ((y0 - overhang, True), (y1 + overhang, False)):
            low_z = z0 - drop
            corners = [
                (x0 - overhang, eave, low_z),
                (x1 + overhang, eave, low_z),
                (x1 + overhang, eave, low_z + 0.14),
                (x0 - overhang, eave, low_z + 0.14),
            ]
            self.face("white", *(corners if turned else corners[::-1]))

    def window(
        self, x0: float, z0: float, x1: float, z1: float, *, y: float, frame: str = "dark", panes: int = 1
    ) -> None:
        """Adds a window to a wall that faces the front at ``y``."""
        out = y - 0.03
        self.face(frame, (x0, out, z0), (x1, out, z0), (x1, out, z1), (x0, out, z1))
        bar, out = 0.07, y - 0.04
        step = (x1 - x0 - bar) / panes
        for pane in range(panes):
            left, right = x0 + bar + pane * step, x0 + (pane + 1) * step
            self.face(
                "glass", (left, out, z0 + bar), (right, out, z0 + bar), (right, out, z1 - bar), (left, out, z1 - bar)
            )

    def side_window(self, y0: float, z0: float, y1: float, z1: float, *, x: float, frame: str = "dark") -> None:
        """Adds a window to a wall that faces +x."""
        for material, out, bar in ((frame, x + 0.03, 0.0), ("glass", x + 0.04, 0.07)):
            self.face(
                material,
                (out, y0 + bar, z0 + bar),
                (out, y1 - bar, z0 + bar),
                (out, y1 - bar, z1 - bar),
                (out, y0 + bar, z1 - bar),
            )

    def lathe(
        self, material: str, centre: Point, profile: list[tuple[float, float]], sides: int = 24, smooth: bool = True
    ) -> None:
        """Adds a surface of revolution: a profile of (radius, height), from bottom to top, around a vertical axis."""
        cx, cy, cz = centre
        for (r0, z0), (r1, z1) in itertools.pairwise(profile):
            for side in range(sides):
                a, b = (2 * math.pi * at / sides for at in (side, side + 1))
                corners = [
                    (cx + r0 * math.cos(a), cy + r0 * math.sin(a), cz + z0),
                    (cx + r0 * math.cos(b), cy + r0 * math.sin(b), cz + z0),
                    (cx + r1 * math.cos(b), cy + r1 * math.sin(b), cz + z1),
                    (cx + r1 * math.cos(a), cy + r1 * math.sin(a), cz + z1),
                ]
                distinct = [corner for at, corner in enumerate(corners) if corner not in corners[:at]]
                if len(distinct) > 2:
                    self.face(material, *distinct, smooth=smooth)

    def pine(self, x: float, y: float, z: float = 0.0, height: float = 6.0) -> None:
        """Adds a conifer."""
        self.lathe("wood", (x, y, z), [(0.18, 0), (0.16, height * 0.25)], 6, smooth=False)
        self.lathe("pine", (x, y, z), [(0.01, height * 0.18), (height * 0.26, height * 0.2), (0.01, height)], 9, False)

    def tree(self, x: float, y: float, z: float = 0.0, height: float = 5.0) -> None:
        """Adds a deciduous tree."""
        self.lathe("wood", (x, y, z), [(0.16, 0), (0.12, height * 0.5)], 6, smooth=False)
        radius = height * 0.27
        profile = [
            (radius * math.sin(math.pi * at / 5) + 0.01, height * 0.4 + height * 0.3 * (1 - math.cos(math.pi * at / 5)))
            for at in range(6)
        ]
        self.lathe("leaf", (x, y, z), profile, 9, smooth=False)
