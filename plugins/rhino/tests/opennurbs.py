"""Holds the plugin's cameras to openNURBS, Rhino's own geometry, with the named views of a model that it has written.

``.venv-rhino/bin/python plugins/rhino/tests/opennurbs.py``. It ends with 1 if a point is elsewhere in the frame, or if
the model that the plugin writes has another size.
"""

from __future__ import annotations

import json
import random
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

import rhino3dm  # noqa: E402 - with the others, found by the path above
from plugins.rhino.build import assemble  # noqa: E402

VIEW = (1500, 900)
RATIOS = ("16:9", "4:3", "1:1", "source")
CORNERS = [(x, y, z) for x in (-2000.0, 1000.0) for y in (-1000.0, 0.0) for z in (0.0, 2500.0)]
QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
CLOSE = 0.51
"""Pixels: a picture has whole ones, and its middle may lie half of one aside."""


def written(path: Path) -> Any:
    """Returns a model in millimetres with a wall and three named views, read from the file that it was written to."""
    model = rhino3dm.File3dm()
    model.Settings.ModelUnitSystem = rhino3dm.UnitSystem.Millimeters
    mesh = rhino3dm.Mesh()
    for each in CORNERS:
        mesh.Vertices.Add(*each)
    for each in QUADS:
        mesh.Faces.AddFace(*each)
    model.Objects.AddMesh(mesh)
    for name in ("Street", "Two points", "Parallel"):
        view = rhino3dm.ViewInfo()
        view.Name = name
        port = view.Viewport
        if name == "Parallel":
            port.ChangeToParallelProjection(True)
        port.SetCameraLocation(rhino3dm.Point3d(7000, -9000, 4000))
        port.SetCameraDirection(rhino3dm.Vector3d(-7000, 9000, -2500 if name != "Two points" else 0))
        port.SetCameraUp(rhino3dm.Vector3d(0, 0, 1))
        aspect = VIEW[0] / VIEW[1]
        if name == "Parallel":
            port.SetFrustum(-4000 * aspect, 4000 * aspect, -4000, 4000, 10, 40000)
        elif name == "Street":
            port.SetFrustum(-40 * aspect, 40 * aspect, -40, 40, 100, 40000)
        else:
            port.SetFrustum(-40 * aspect, 40 * aspect, -52, 28, 100, 40000)
        port.TargetPoint = rhino3dm.Point3d(0, 0, 1200)
        model.NamedViews.Add(view)
    model.Write(str(path), 8)
    return rhino3dm.File3dm.Read(str(path))


def frustum_of(port: Any, frustum: Any) -> Any:
    """Returns the plugin's frustum of a view of openNURBS, from the numbers that RhinoCommon gives too."""

    def unit(vector: Any) -> tuple[float, float, float]:
        length = (vector.X**2 + vector.Y**2 + vector.Z**2) ** 0.5
        return vector.X / length, vector.Y / length, vector.Z / length

    found = port.GetFrustum()
    part = 1.0 if port.IsParallelProjection else 1.0 / found["near"]
    sides = [found[name] * part for name in ("left", "right", "bottom", "top")]
    at = port.CameraLocation
    return frustum(
        (at.X, at.Y, at.Z), unit(port.CameraDirection), unit(port.CameraY), *sides, port.IsParallelProjection, 9e3
    )


def on_screen(port: Any, point: tuple[float, float, float]) -> tuple[float, float]:
    """Returns where openNURBS shows a point, in pixels from the upper left corner of the view."""
    xform = port.GetXform(rhino3dm.CoordinateSystem.World, rhino3dm.CoordinateSystem.Clip)
    shown = rhino3dm.Point3d(*point).Transform(xform)  # -1 to 1
    return (shown.X + 1) / 2 * VIEW[0], (1 - shown.Y) / 2 * VIEW[1]


def in_order(camera: Any, size: tuple[int, int], point: tuple[float, float, float]) -> tuple[float, float]:
    """Returns where a server shows a point, in pixels of the picture, from what the order says."""
    way = [p / 1000 - at for p, at in zip(point, camera.position)]
    f, u = camera.forward, camera.up
    right = (f[1] * u[2] - f[2] * u[1], f[2] * u[0] - f[0] * u[2], f[0] * u[1] - f[1] * u[0])
    x, y, depth = (sum(a * w for a, w in zip(axis, way)) for axis in (right, u, f))
    if camera.optics.is_parallel:
        width = camera.optics.ortho_scale
        middle = camera.optics.shift_x * width, camera.optics.shift_y * width
        left, top, height = middle[0] - width / 2, middle[1] + width / camera.ratio / 2, width / camera.ratio
        return (x - left) / width * size[0], (top - y) / height * size[1]
    left, r, bottom, top = camera.tangents()
    return (x / depth - left) / (r - left) * size[0], (top - y / depth) / (top - bottom) * size[1]


def differences(model: Any, package: Any) -> Iterator[tuple[str, float]]:
    """Yields the view and the ratio, and how many pixels apart a point is in the order and in openNURBS."""
    chance = random.Random(3)
    for view in model.NamedViews:
        seen = frustum_of(view.Viewport, package.Frustum)
        for ratio in RATIOS:
            shot = package.shot_of(*VIEW, ratio, (), 1920)
            camera = seen.of_order(view.Name, shot.size, shot.view, 0.001)
            for _ in range(50):
                point = tuple(chance.uniform(low, high) for low, high in ((-2e3, 1e3), (-1e3, 0), (0, 2500)))
                x, y = on_screen(view.Viewport, point)
                wanted = (x / VIEW[0] * shot.view[0] - shot.corner[0], y / VIEW[1] * shot.view[1] - shot.corner[1])
                found = in_order(camera, shot.size, point)
                yield f"{view.Name}, {ratio}", max(abs(a - b) for a, b in zip(found, wanted))


def size_of_model(model: Any, folder: Path) -> list[float]:
    """Returns width, height and depth in metres of the model that the plugin writes of a mesh of openNURBS."""
    from renderiq_rhino.shared.glb import Mesh

    from renderiq_rhino.develop import MODEL, material, write_model

    mesh = next(iter(model.Objects)).Geometry
    points = [(each.X, each.Y, each.Z) for each in (mesh.Vertices[at] for at in range(len(mesh.Vertices)))]
    faces = [mesh.Faces[at] for at in range(mesh.Faces.Count)]
    triangles = [part for a, b, c, d in faces for part in ((a, b, c), (a, c, d))]
    camera = frustum_of(model.NamedViews[0].Viewport, _camera().Frustum).of_order("View", (16, 9), (16, 9), 0.001)
    write_model(folder, [Mesh("wall", points, triangles, material("Red brick", 170, 60, 40, 0.0))], 0.001, camera, None)
    content = (folder / MODEL).read_bytes()
    found = json.loads(content[20 : 20 + struct.unpack_from("<I", content, 12)[0]])
    bounds = next(each for each in found["accessors"] if "min" in each)
    return [high - low for low, high in zip(bounds["min"], bounds["max"])]


def _camera() -> Any:
    from renderiq_rhino import camera

    return camera


def main() -> int:
    """Compares. Returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="renderiq-opennurbs-") as name:
        folder = Path(name)
        assemble(folder / "plugin")
        sys.path.insert(0, str(folder / "plugin"))
        model = written(folder / "model.3dm")
        found = list(differences(model, _camera()))
        worst = max(found, key=lambda each: each[1])
        size = size_of_model(model, folder)
        is_right = worst[1] <= CLOSE and all(abs(a - b) < 1e-6 for a, b in zip(size, (3.0, 2.5, 1.0)))
        print(f"{'✓' if is_right else '✗'} {len(found)} points in {len(model.NamedViews)} views: {worst[1]:.2f} pixels apart at most "
              f"({worst[0]}); the model is {' x '.join(f'{each:g}' for each in size)} m")  # fmt: skip
        return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
