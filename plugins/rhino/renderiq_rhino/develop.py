"""Makes the images of an order from what Rhino wrote. Pure, and slow enough to belong into a thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from .bmp import read_bmp, write_png
from .shared.glb import Material, Mesh, write_glb
from .shared.jobs import CAPTURE
from .shared.materials import named_colours
from .shared.order import ViewCamera

IDS, DEPTH, MODEL = "ids.bmp", "depth.bmp", "model.glb"
_NOTHING: Final = b"\0\0\0"


def develop(folder: Path, raw: dict[str, Any], max_materials: int) -> tuple[dict[str, str], dict[str, Any]]:
    """Returns the images by the SDK's names, and what the order says of them, as the service calls it.

    ``raw`` has ``names`` (materials by id colour), ``camera`` (the field of an order), ``near`` and ``far`` in metres.
    """
    images: dict[str, str] = {"image": CAPTURE}
    options: dict[str, Any] = {"camera": dict(raw["camera"])}
    if (folder / IDS).exists():
        width, _, rows = read_bmp(folder / IDS)
        names = dict(raw["names"])
        clean, present = only_known(rows, [_colour(each) for each in names])
        write_png(folder / "ids.png", width, clean, is_grey=False)
        images["material_id_image"] = "ids.png"
        if materials := named_colours(names, [(each[0], each[1], each[2]) for each in present], max_materials):
            options["materials"] = materials
    if (folder / DEPTH).exists() and raw.get("near") is not None:
        width, _, rows = read_bmp(folder / DEPTH)
        write_png(folder / "depth.png", width, [row[0::3] for row in rows], is_grey=True)
        images["depth_image"] = "depth.png"
        options["camera"] |= {"near": round(raw["near"], 5), "far": round(raw["far"], 5)}
    if (folder / MODEL).exists():
        images["model_file"] = MODEL
    for name in (IDS, DEPTH):
        (folder / name).unlink(missing_ok=True)
    return images, options


def only_known(rows: list[bytes], colours: list[bytes]) -> tuple[list[bytes], set[bytes]]:
    """Returns rows in which every pixel is black or one of the colours, and the colours that are there.

    Rhino smooths edges. A mixed pixel gets the colour left of it, or at the left border that of the next known one.
    """
    known = {*colours, _NOTHING}
    clean, present = [], set()
    for row in rows:
        pixels = [row[each : each + 3] for each in range(0, len(row), 3)]
        found = set(pixels)
        if not found <= known:
            last = next((each for each in pixels if each in known), _NOTHING)
            for place, pixel in enumerate(pixels):
                if pixel in known:
                    last = pixel
                else:
                    pixels[place] = last
            row, found = b"".join(pixels), set(pixels)
        clean.append(row)
        present |= found
    return clean, present - {_NOTHING}


def write_model(
    folder: Path, meshes: list[Mesh], metres: float, camera: ViewCamera, sun: dict[str, float] | None
) -> None:
    """Writes the model of an order for the path tracer. Raises ``ValueError`` if nothing is visible."""
    write_glb(folder / MODEL, meshes, scale=metres, camera=camera, sun=sun)


def material(name: str, red: int, green: int, blue: int, transparency: float) -> Material:
    """Returns a material from Rhino's numbers: 0 to 255, and 0 to 1."""
    return Material(name, (red / 255, green / 255, blue / 255), round(1 - min(max(transparency, 0.0), 1.0), 2))


def _colour(text: str) -> bytes:
    return bytes.fromhex(text[1:])
