"""Makes the images of an order from what Blender wrote. Pure, and slow enough to belong into a thread."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from .exr import channel, depth_channel, read_exr
from .guides import colours_in, encode_capture, encode_depth, encode_ids, encode_normals
from .png import encode_png
from .shared.jobs import CAPTURE
from .shared.materials import named_colours

COLOUR, FLAT, NORMALS, MODEL = "colour.exr", "flat.exr", "normals.exr", "model.glb"
_RGB: Final = ("Combined.R", "Combined.G", "Combined.B")


@dataclass(frozen=True)
class Raw:
    """What Blender wrote into the folder of a job, as JSON can keep it. ``files`` are names in that folder.

    ``camera`` is the field of an order without the range of the depth. ``tangents`` are those of ``ViewCamera``.
    ``names`` are Blender's materials by the colours of the id pass.
    """

    files: tuple[str, ...]
    camera: dict[str, Any]
    tangents: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    names: dict[str, str] = field(default_factory=dict)
    sun: dict[str, float] | None = None

    def stored(self) -> dict[str, Any]:
        """Returns it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Raw:
        """Returns what was stored."""
        left, right, bottom, top = stored["tangents"]
        return cls(tuple(stored["files"]), stored["camera"], (left, right, bottom, top), stored["names"], stored["sun"])


def develop(folder: Path, raw: Raw, *, max_materials: int = 256) -> tuple[dict[str, str], dict[str, Any]]:
    """Makes the images, and returns their names by the SDK's names, and what the order says of them.

    The files that Blender wrote are removed, but for the capture and the model. Raises ``ExrError`` and ``OSError``.
    """
    images, options = {"image": CAPTURE}, {"camera": dict(raw.camera)}
    if COLOUR in raw.files:
        colours = read_exr(folder / COLOUR)
        red, green, blue, alpha = (channel(colours, name) for name in (*_RGB, "Combined.A"))
        (folder / CAPTURE).write_bytes(encode_png(encode_capture(red, green, blue, alpha)))
    if MODEL in raw.files:
        images["model_file"] = MODEL
        if raw.sun:
            options["sun"] = dict(raw.sun)
    if FLAT in raw.files:
        _guides(folder, raw, images, options, max_materials)
    for name in (COLOUR, FLAT, NORMALS):
        (folder / name).unlink(missing_ok=True)
    return images, options


def develop_stored(folder: Path, stored: dict[str, Any], max_materials: int) -> tuple[dict[str, str], dict[str, Any]]:
    """Does the same for what a job has stored, as the service calls it."""
    return develop(folder, Raw.read(stored), max_materials=max_materials)


def _guides(folder: Path, raw: Raw, images: dict[str, str], options: dict[str, Any], max_materials: int) -> None:
    flat = read_exr(folder / FLAT)
    distances = depth_channel(flat)
    depth = encode_depth(distances)
    if depth is None:
        return  # the view is empty: a guide would say nothing
    levels, near, far = depth
    (folder / "depth.png").write_bytes(encode_png(levels))
    images["depth_image"] = "depth.png"
    options["camera"] |= {"near": round(near, 5), "far": round(far, 5)}
    red, green, blue = (channel(flat, name) for name in _RGB)
    ids = encode_ids(red, green, blue, distances)
    (folder / "ids.png").write_bytes(encode_png(ids))
    images["material_id_image"] = "ids.png"
    if materials := named_colours(raw.names, colours_in(ids), max_materials):
        options["materials"] = materials
    if NORMALS in raw.files:
        matcap = read_exr(folder / NORMALS)
        red, green, blue = (channel(matcap, name) for name in _RGB)
        normals = encode_normals(red, green, blue, distances, raw.tangents)
        (folder / "normals.png").write_bytes(encode_png(normals))
        images["normal_image"] = "normals.png"
