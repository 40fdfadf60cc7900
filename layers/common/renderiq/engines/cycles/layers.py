"""What the process of Blender writes of a picture beside it, and the layers that are made of that.

The modules of both processes import this one.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from renderiq.domain.render_layers import MAX_LISTED, LayerKind, LayerMaterial
from renderiq.engines import MadeLayer

DATA: Final = "layers.bin"
NAMES: Final = "layers.json"
RECORD: Final = np.dtype([("depth", "<f4"), ("normal", "<f4", 3), ("material", "<u4")])
"""One pixel: metres along the view (infinite where nothing is), right, up and towards the camera, number from 1."""
_FULL: Final = 65535
_MAX_JSON: Final = 64 << 20
_SPREAD: Final = 0x9E3779
"""Odd, so that no two numbers have the same colour."""
_NAME_LENGTH: Final = 64


class LayerFileError(Exception):
    """The process of Blender wrote something else than layers."""


def read(folder: Path, size: tuple[int, int], kinds: tuple[LayerKind, ...]) -> tuple[MadeLayer, ...]:
    """Makes layers of what the process wrote. Raises ``LayerFileError``, as a stranger's model had a hand in it."""
    width, height = size
    file = folder / DATA
    if not file.exists() or file.stat().st_size != width * height * RECORD.itemsize:
        raise LayerFileError("the layers are missing or have another size")
    pixels = np.fromfile(file, RECORD).reshape(height, width)
    makers: dict[LayerKind, Callable[[Any], MadeLayer]] = {
        LayerKind.DEPTH: _depth,
        LayerKind.NORMAL: _normal,
        LayerKind.MATERIAL_ID: partial(_material_ids, file=folder / NAMES),
    }
    return tuple(makers[kind](pixels) for kind in kinds)


def _names(file: Path) -> list[tuple[str, str]]:
    try:
        if file.stat().st_size > _MAX_JSON:
            raise LayerFileError("the names of the materials are too long")
        return [(str(each["name"]), str(each["surface"])) for each in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LayerFileError("the names of the materials cannot be read") from error


def _depth(pixels: Any) -> MadeLayer:
    depth = pixels["depth"]
    is_hit = np.isfinite(depth) & (depth > 0)
    if not is_hit.any():
        return MadeLayer(LayerKind.DEPTH, png16(np.zeros((*depth.shape, 1), np.uint16)), 1.0, 2.0)
    # The ground goes on to the horizon; with it, the building would have a few levels only.
    near = float(depth[is_hit].min())
    far = max(float(np.percentile(depth[is_hit], 98)) * 1.02, near * 1.001 + 1e-3)
    share = np.clip((far - np.where(is_hit, depth, far)) / (far - near), 0, 1)
    levels = np.where(is_hit, 1 + np.rint(share * (_FULL - 1)), 0).astype(np.uint16)
    return MadeLayer(LayerKind.DEPTH, png16(levels[..., None]), round(near, 4), round(far, 4))


def _normal(pixels: Any) -> MadeLayer:
    is_hit = np.isfinite(pixels["depth"])
    normals = np.nan_to_num(np.clip(pixels["normal"], -1, 1))
    levels = np.where(is_hit[..., None], np.rint((normals + 1) / 2 * _FULL), 0).astype(np.uint16)
    return MadeLayer(LayerKind.NORMAL, png16(levels))


def _material_ids(pixels: Any, file: Path) -> MadeLayer:
    names = _names(file)
    numbers = pixels["material"]
    found, counts = np.unique(numbers, return_counts=True)
    colours = (found.astype(np.uint64) * _SPREAD) & 0xFFFFFF
    shown = colours[np.searchsorted(found, numbers)]
    picture = np.stack([(shown >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)
    listed = sorted(zip(counts.tolist(), found.tolist(), colours.tolist(), strict=True), reverse=True)
    materials = [
        LayerMaterial(
            f"#{colour:06x}", names[number - 1][0][:_NAME_LENGTH], names[number - 1][1], round(count / numbers.size, 5)
        )
        for count, number, colour in listed
        if 1 <= number <= len(names)
    ]
    return MadeLayer(LayerKind.MATERIAL_ID, _png(picture), materials=tuple(materials[:MAX_LISTED]))


def png16(levels: Any) -> bytes:
    """Returns a PNG of 16 bits a sample, of an array of shape (height, width, 1 or 3). Pillow writes none in colour."""
    return _png(levels.astype(">u2"))


def _png(samples: Any) -> bytes:
    height, width, channels = samples.shape
    rows = samples.reshape(height, -1).view(np.uint8).reshape(height, -1)
    stride = channels * samples.itemsize
    # Filter "sub": each byte less that of the pixel to the left. Smooth surfaces become small.
    moved = rows.copy()
    moved[:, stride:] -= rows[:, :-stride]
    lines = np.concatenate([np.ones((height, 1), np.uint8), moved], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8 * samples.itemsize, 2 if channels == 3 else 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
