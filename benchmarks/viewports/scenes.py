"""The models that the sample viewports show."""

from __future__ import annotations

import math

from benchmarks.viewports.model import Model


def house() -> Model:
    """Returns a house with a gable roof and trees."""
    m = Model()
    m.box("plaster", (0, 0, 0), (10, 7, 5.6))
    m.gable("roof", "plaster", (0, 0, 5.6), (10, 7, 8.6))
    for x in (0.9, 3.4, 7.4):
        m.window(x, 3.5, x + 1.5, 5.0, y=0, panes=2)
    m.window(0.9, 0.9, 2.7, 2.4, y=0, panes=2)
    m.window(6.6, 0.3, 9.4, 2.5, y=0, panes=3)
    m.face("wood", (4.2, -0.04, 0), (5.3, -0.04, 0), (5.3, -0.04, 2.2), (4.2, -0.04, 2.2))
    m.side_window(1.2, 0.9, 2.9, 2.4, x=10)
    m.side_window(4.2, 3.5, 5.6, 5.0, x=10)
    m.box("white", (3.7, -1.4, 2.5), (5.8, 0, 2.65))
    m.box("wood", (3.8, -1.3, 0), (3.92, -1.18, 2.5))
    m.box("wood", (5.58, -1.3, 0), (5.7, -1.18, 2.5))
    m.box("brick", (7.6, 4.6, 6.5), (8.4, 5.3, 9.3))
    m.face("paving", (3.9, -9, 0.02), (5.6, -9, 0.02), (5.6, 0, 0.02), (3.9, 0, 0.02))
    m.tree(-3.2, -1.5, height=5.5)
    m.tree(13.8, -2.2, height=4.6)
    m.pine(13, 7, height=8)
    return m


def villa() -> Model:
    """Returns a villa with a pool."""
    m = Model()
    m.face("lawn", (-60, -22, 0), (60, -22, 0), (60, 90, 0), (-60, 90, 0))
    m.box("white", (0, 0, 0.1), (12, 8, 3.1))
    m.box("white", (4, 1.5, 3.35), (16, 8, 6.4))
    m.box("concrete", (-0.6, -2.0, 3.1), (12.8, 8.4, 3.35))
    m.box("concrete", (3.6, 0.9, 6.4), (16.6, 8.4, 6.65))
    m.window(0.8, 0.1, 6.8, 2.9, y=0, panes=4)
    m.window(8.6, 0.9, 11.2, 2.7, y=0, panes=2)
    m.window(5, 3.7, 10.4, 6.1, y=1.5, panes=4)
    m.window(12, 4.2, 15, 5.8, y=1.5, panes=2)
    m.box("pale wood", (7.1, -0.06, 0.1), (8.3, 0, 2.9))
    m.side_window(3, 4.2, 6, 5.8, x=16)
    for x in (12.7, 15.6):
        m.box("dark", (x, 1.8, 0), (x + 0.2, 2.0, 3.35))
    m.face("paving", (-1, -4, 0.04), (13, -4, 0.04), (13, 0.2, 0.04), (-1, 0.2, 0.04))
    m.face("white", (1, -9.6, 0.05), (9, -9.6, 0.05), (9, -5, 0.05), (1, -5, 0.05))
    m.face("water", (1.3, -9.3, 0.06), (8.7, -9.3, 0.06), (8.7, -5.3, 0.06), (1.3, -5.3, 0.06))
    for x, y, height in ((-5, 5, 6), (19, 3, 5.2), (21, 10, 7), (-9, 12, 7)):
        m.tree(x, y, height=height)
    return m


def tower() -> Model:
    """Returns an office tower in a city."""
    m = Model()
    m.box("white", (0, 0, 4), (16, 14, 46), top="concrete")
    m.box("glass", (0.6, 0.6, 0), (15.4, 13.4, 4))
    for floor in range(12):
        z = 4.6 + floor * 3.45
        for column in range(6):
            x = 0.7 + column * 2.5
            m.window(x, z, x + 2.1, z + 2.4, y=0)
        for column in range(5):
            y = 0.9 + column * 2.55
            m.side_window(y, z, y + 2.1, z + 2.4, x=16)
    m.box("metal", (4, 4, 46), (11, 10, 49))
    for x in (0.0, 15.4):
        m.box("concrete", (x, 0, 0), (x + 0.6, 0.6, 4))
    m.box("brick", (-14, 3, 0), (-1, 14, 11), top="concrete")
    for row in range(3):
        for column in range(4):
            m.window(-13 + column * 3.1, 1.2 + row * 3.3, -11 + column * 3.1, 3.2 + row * 3.3, y=3, frame="white")
    m.face("asphalt", (-60, -16, 0.01), (60, -16, 0.01), (60, -8, 0.01), (-60, -8, 0.01))
    m.face("paving", (-60, -8, 0.02), (60, -8, 0.02), (60, 0.6, 0.02), (-60, 0.6, 0.02))
    for x in (-10, -3, 20):
        m.tree(x, -4, height=5.5)
    return m


def living_room() -> Model:
    """Returns a living room with a window."""
    m = Model()
    w, d, h = 6.4, 6.0, 2.8
    m.face("pale wood", (0, -2, 0), (w, -2, 0), (w, d, 0), (0, d, 0))
    m.face("white", (0, d, h), (w, d, h), (w, -2, h), (0, -2, h))
    m.face("white", (0, -2, 0), (0, d, 0), (0, d, h), (0, -2, h))
    m.face("sand", (w, d, 0), (w, -2, 0), (w, -2, h), (w, d, h))
    m.face("white", (0, d, 0), (1.6, d, 0), (1.6, d, h), (0, d, h))
    m.face("white", (4.6, d, 0), (w, d, 0), (w, d, h), (4.6, d, h))
    m.face("white", (1.6, d, 2.4), (4.6, d, 2.4), (4.6, d, h), (1.6, d, h))
    m.face("white", (1.6, d, 0), (4.6, d, 0), (4.6, d, 0.5), (1.6, d, 0.5))
    for x in (1.6, 3.05, 4.52):
        m.box("dark", (x, d - 0.05, 0.5), (x + 0.08, d, 2.4))
    m.box("rug", (1.4, 1.6, 0), (4.6, 4.2, 0.02))
    m.box("fabric", (4.9, 1.2, 0), (5.9, 4.0, 0.42))
    m.box("fabric", (5.65, 1.2, 0.42), (5.98, 4.0, 0.85))
    m.box("fabric", (4.9, 1.2, 0.42), (5.65, 1.42, 0.62))
    m.box("fabric", (4.9, 3.78, 0.42), (5.65, 4.0, 0.62))
    m.box("wood", (2.4, 2.3, 0.34), (3.8, 3.3, 0.4))
    for x in (2.45, 3.69):
        for y in (2.35, 3.19):
            m.box("wood", (x, y, 0), (x + 0.06, y + 0.06, 0.34))
    m.box("wood", (0.02, 1.8, 0.2), (0.45, 4.2, 0.6))
    m.box("dark", (0.02, 2.2, 0.9), (0.08, 3.8, 1.8))
    m.lathe("yellow", (3.1, 2.8, 1.9), [(0.34, 0), (0.1, 0.3)], 16)
    m.box("dark", (3.09, 2.79, 2.2), (3.11, 2.81, h))
    m.lathe("teal", (5.6, 5.2, 0), [(0.2, 0), (0.26, 0.5)], 12)
    m.lathe("leaf", (5.6, 5.2, 0.5), [(0.05, 0), (0.4, 0.4), (0.3, 0.9), (0.02, 1.1)], 9, smooth=False)
    return m


def kitchen() -> Model:
    """Returns a kitchen with an island."""
    m = Model()
    w, d, h = 5.0, 4.6, 2.7
    m.face("concrete", (0, -3, 0), (w, -3, 0), (w, d, 0), (0, d, 0))
    m.face("white", (0, d, h), (w, d, h), (w, -3, h), (0, -3, h))
    m.face("white", (0, d, 0), (w, d, 0), (w, d, h), (0, d, h))
    m.face("plaster", (w, d, 0), (w, -3, 0), (w, -3, h), (w, d, h))
    m.face("plaster", (0, -3, 0), (0, d, 0), (0, d, h), (0, -3, h))
    m.box("white", (0.3, d - 0.65, 0.1), (4.7, d - 0.02, 0.9))
    m.box("wood", (0.28, d - 0.68, 0.9), (4.72, d - 0.02, 0.95))
    for column in range(6):
        x = 0.34 + column * 0.73
        m.face(
            "teal",
            (x, d - 0.67, 0.14),
            (x + 0.69, d - 0.67, 0.14),
            (x + 0.69, d - 0.67, 0.86),
            (x, d - 0.67, 0.86),
        )
    m.box("pale wood", (0.3, d - 0.4, 1.55), (1.8, d - 0.02, 2.3))
    m.box("pale wood", (3.4, d - 0.4, 1.55), (4.7, d - 0.02, 2.3))
    m.window(2.0, 1.15, 3.2, 2.25, y=d, frame="white", panes=2)
    m.box("wood", (1.2, 1.0, 0), (3.6, 1.9, 0.88), top="white")
    for x in (1.6, 2.4, 3.2):
        m.lathe("dark", (x, 0.6, 0), [(0.18, 0), (0.03, 0.04), (0.03, 0.6)], 10)
        m.lathe("yellow", (x, 0.6, 0.6), [(0.19, 0), (0.19, 0.06), (0.01, 0.06)], 14)
        m.lathe("metal", (x, 1.45, 1.75), [(0.16, 0), (0.05, 0.22)], 14)
        m.box("dark", (x - 0.01, 1.44, 1.95), (x + 0.01, 1.46, h))
    return m


def terrain() -> Model:
    """Returns houses and conifers on hills."""
    m = Model()

    def height(x: float, y: float) -> float:
        hills = 3.2 * math.sin(x / 11 + 0.6) * math.cos(y / 13) + 1.6 * math.sin(x / 5.3 + y / 7.1)
        return hills + 0.004 * max(0.0, y - 5) ** 2

    step = 5
    for x in range(-50, 50, step):
        for y in range(-30, 70, step):
            a, b = (x, y, height(x, y)), (x + step, y, height(x + step, y))
            c, d = (x + step, y + step, height(x + step, y + step)), (x, y + step, height(x, y + step))
            material = "rock" if max(p[2] for p in (a, b, c, d)) > 9 else "lawn"
            m.face(material, a, b, c)
            m.face(material, a, c, d)
    for x, y, roof in ((-12, 0, "roof"), (8, 8, "slate"), (20, -6, "roof")):
        z = max(height(x + u, y + v) for u in (0, 7) for v in (0, 5)) - 0.6
        m.box("plaster", (x, y, z - 3), (x + 7, y + 5, z + 3))
        m.gable(roof, "plaster", (x, y, z + 3), (x + 7, y + 5, z + 5.2), 0.4)
        for at in (1, 4):
            m.window(x + at, z + 0.8, x + at + 1.6, z + 2.2, y=y, panes=2)
    for at in range(16):
        x, y = -38 + 13 * at % 79, -14 + 29 * at % 67
        m.pine(x, y, height(x, y) - 0.3, 4.5 + at % 4)
    return m


def chair() -> Model:
    """Returns a chair."""
    m = Model()
    for x in (0.0, 0.46):
        m.box("wood", (x, 0.0, 0), (x + 0.045, 0.045, 0.44))
        m.box("wood", (x, 0.46, 0), (x + 0.045, 0.505, 0.96))
    m.box("fabric", (-0.015, -0.02, 0.44), (0.52, 0.46, 0.5))
    for z in (0.56, 0.7, 0.84):
        m.box("wood", (0.045, 0.47, z), (0.46, 0.495, z + 0.09))
    m.box("wood", (0.01, 0.03, 0.2), (0.035, 0.47, 0.225))
    m.box("wood", (0.47, 0.03, 0.2), (0.495, 0.47, 0.225))
    return m


def vase() -> Model:
    """Returns a vase, a ball and a cube."""
    m = Model()
    profile = [
        (0.0, 0.0),
        (0.24, 0.0),
        (0.27, 0.03),
        (0.36, 0.25),
        (0.38, 0.42),
        (0.33, 0.62),
        (0.2, 0.78),
        (0.15, 0.9),
        (0.17, 1.0),
        (0.2, 1.04),
        (0.17, 1.04),
        (0.12, 0.95),
    ]
    m.lathe("teal", (0, 0, 0), profile, 48)
    ball = [(0.18 * math.sin(math.pi * at / 16), 0.18 * (1 - math.cos(math.pi * at / 16))) for at in range(17)]
    m.lathe("yellow", (0.62, -0.2, 0), ball, 32)
    m.box("white", (-0.75, -0.35, 0), (-0.42, -0.02, 0.33))
    return m


def street() -> Model:
    """Returns a street between houses."""
    m = Model()
    m.face("asphalt", (-3.2, -40, 0.01), (3.2, -40, 0.01), (3.2, 90, 0.01), (-3.2, 90, 0.01))
    for side in (-1, 1):
        inner, outer = side * 3.2, side * 5.6
        m.box("paving", (min(inner, outer), -40, 0), (max(inner, outer), 90, 0.14))
        paints = ("brick", "white", "sand", "plaster", "brick", "white", "sand")
        for lot, paint in enumerate(paints):
            y, tall = -8 + lot * 9.2, 6 + (lot * 5 + (side > 0) * 2) % 4 * 1.5
            x0, x1 = (-15.6, -5.6) if side < 0 else (5.6, 15.6)
            m.box(paint, (x0, y, 0), (x1, y + 9.2, tall), top="slate")
            for floor in range(int(tall // 3)):
                for at in (1.0, 4.0, 7.0):
                    z = 1.0 + floor * 3.0
                    if side < 0:
                        m.side_window(y + at, z, y + at + 1.4, z + 1.6, x=x1, frame="white")
                    else:
                        corners = [
                            (x0 - 0.04, y + at + 1.4, z),
                            (x0 - 0.04, y + at, z),
                            (x0 - 0.04, y + at, z + 1.6),
                            (x0 - 0.04, y + at + 1.4, z + 1.6),
                        ]
                        m.face("glass", *corners)
        for y in (-2, 10, 24, 40):
            m.tree(side * 4.5, y, 0.14, 4.2)
    return m


def pavilion() -> Model:
    """Returns a glass pavilion on wooden posts."""
    m = Model()
    m.box("concrete", (-0.5, -0.5, 0), (12.5, 8.5, 0.3))
    m.box("concrete", (-0.8, -0.8, 3.3), (12.8, 8.8, 3.6))
    for x in (0.0, 3.9, 7.8, 11.7):
        for y in (0.0, 7.7):
            m.box("wood", (x, y, 0.3), (x + 0.3, y + 0.3, 3.3))
    m.box("glass", (4.2, 2.0, 0.3), (11.4, 7.4, 3.3))
    m.box("brick", (0.6, 2.0, 0.3), (4.0, 7.4, 3.3))
    m.box("pale wood", (1.0, 0.6, 0.3), (3.0, 1.1, 0.75))
    m.box("white", (4.6, -2.2, 0), (7.8, -0.5, 0.15))
    m.tree(-3, 1, height=5)
    m.tree(15.2, 5, height=6.2)
    return m


def office() -> Model:
    """Returns a white model of an office building."""
    m = Model()
    m.box("white", (0, 0, 0), (22, 12, 3.6))
    m.box("white", (3, 2, 3.6), (19, 12, 11.2))
    for floor in range(3):
        z = 3.9 + floor * 2.4
        for column in range(7):
            x = 3.4 + column * 2.2
            m.face("white", (x, 1.97, z + 0.4), (x + 1.8, 1.97, z + 0.4), (x + 1.8, 1.97, z + 1.9), (x, 1.97, z + 1.9))
    for column in range(8):
        x = 1.0 + column * 2.6
        m.face("white", (x, -0.03, 0.4), (x + 2.2, -0.03, 0.4), (x + 2.2, -0.03, 3.0), (x, -0.03, 3.0))
    m.box("white", (9, -3, 2.9), (13, 0, 3.1))
    m.box("white", (9.1, -2.9, 0), (9.3, -2.7, 2.9))
    m.box("white", (12.7, -2.9, 0), (12.9, -2.7, 2.9))
    for step in range(4):
        m.box("white", (8.6, -4.4 + step * 0.35, 0), (13.4, -3, 0.12 + step * 0.12))
    m.lathe("white", (-3, 0, 0), [(0.12, 0), (0.1, 2)], 8)
    m.lathe("white", (-3, 0, 1.8), [(0.05, 0), (1.4, 0.8), (1.6, 2.0), (1.0, 3.2), (0.02, 3.6)], 12, smooth=False)
    return m
