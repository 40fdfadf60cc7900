"""What a capture really shows, pixel by pixel, out of the scene that it was drawn from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float32]
Labels = NDArray[np.int32]

CREASE = 25.0
"""Degrees between two faces of one object that make a border."""
STEP = 0.02
"""Distance between two surfaces that makes a border, as a part of the distance to the camera."""
MOST_LABELS = 255


@dataclass(frozen=True)
class Truth:
    """Maps of one capture, all of shape (height, width).

    ``objects`` and ``materials`` hold 0 for the background and 1 to 255 for what is seen. ``borders`` marks the pixels
    where one object, material or surface ends and the next one begins. ``depth`` is 255 at the nearest point, 1 at the
    farthest point and 0 in the background. ``normals`` (height, width, 3) has right, up and towards the camera as 0 to
    255, and black in the background; ``camera`` is what a plugin would send of it.
    """

    objects: Labels
    materials: Labels
    borders: Mask
    depth: NDArray[np.uint8]
    normals: NDArray[np.uint8] | None = None
    camera: dict[str, Any] = field(default_factory=dict)

    @property
    def background(self) -> Mask:
        """Which pixels show no object."""
        return np.equal(self.objects, 0)

    @cached_property
    def material_picture(self) -> NDArray[np.uint8]:
        """One flat colour per material on black: the guide that a plugin sends, shape (height, width, 3)."""
        number = np.arange(MOST_LABELS + 1)
        palette = np.stack([40 + number * 53 % 211, 40 + number * 97 % 199, 40 + number * 151 % 193], 1)
        palette[0] = 0
        return palette[self.materials].astype(np.uint8)

    def save(self, path: Path) -> None:
        """Writes ``path`` with .truth.png (objects, materials, borders as red, green, blue), .depth.png, .normals.png
        and .camera.json.
        """
        planes = np.stack([self.objects, self.materials, self.borders * 255], 2).astype(np.uint8)
        Image.fromarray(planes).save(f"{path}.truth.png", optimize=True)
        Image.fromarray(self.depth).save(f"{path}.depth.png", optimize=True)
        if self.normals is not None:
            Image.fromarray(self.normals).save(f"{path}.normals.png", optimize=True)
        Path(f"{path}.camera.json").write_text(json.dumps(self.camera) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Truth:
        """Reads the files of a capture whose names begin with ``path``."""
        with Image.open(f"{path}.truth.png") as file:
            planes = np.asarray(file.convert("RGB")).astype(np.int32)
        with Image.open(f"{path}.depth.png") as file:
            depth = np.asarray(file.convert("L"))
        with Image.open(f"{path}.normals.png") as file:
            normals = np.asarray(file.convert("RGB"))
        camera = json.loads(Path(f"{path}.camera.json").read_text(encoding="utf-8"))
        return cls(planes[..., 0], planes[..., 1], planes[..., 2] > 0, depth, normals, camera)


@dataclass(frozen=True)
class Maps:
    """The scene as the camera sees it, without anti-aliasing.

    ``objects`` and ``materials`` are numbers of the scene (0: background), ``depth`` is the distance along the
    camera's axis in metres, ``normals`` and ``positions`` are in world coordinates, shape (height, width, 3).
    """

    objects: Labels
    materials: Labels
    depth: Numbers
    normals: Numbers
    positions: Numbers

    def every(self, step: int) -> Maps:
        """The same view in fewer pixels."""
        chosen = np.s_[::step, ::step]
        return Maps(
            self.objects[chosen],
            self.materials[chosen],
            self.depth[chosen],
            self.normals[chosen],
            self.positions[chosen],
        )

    def borders(self, *, creases: bool = True) -> Mask:
        """Pixels whose right or lower neighbour belongs to another object, material or surface."""
        found = np.zeros(self.objects.shape, np.bool_)
        for axis in (0, 1):
            here, there = _neighbours(axis)
            parted = self.objects[here] != self.objects[there]
            parted |= self.materials[here] != self.materials[there]
            seen = (self.objects[here] > 0) & (self.objects[there] > 0)
            across = np.abs(((self.positions[there] - self.positions[here]) * self.normals[here]).sum(2))
            back = np.abs(((self.positions[there] - self.positions[here]) * self.normals[there]).sum(2))
            parted |= seen & (np.minimum(across, back) > STEP * self.depth[here])
            if creases:
                turn = (self.normals[here] * self.normals[there]).sum(2)
                parted |= seen & (turn < np.cos(np.radians(CREASE)))
            found[here] |= parted
        return found

    def truth(self, axes: Numbers, camera: dict[str, Any]) -> Truth:
        """``axes`` has the camera's right, up and backward direction as rows, in world coordinates."""
        seen = self.objects > 0
        depth, near, far = self._grey_depth()
        normals = np.clip(np.round((self.normals @ axes.T + 1) * 127.5), 0, 255) * seen[..., None]
        return Truth(
            _renumbered(self.objects),
            _renumbered(self.materials),
            self.borders(),
            depth,
            normals.astype(np.uint8),
            camera | {"near": near, "far": far},
        )

    def _grey_depth(self) -> tuple[NDArray[np.uint8], float, float]:
        """The depth picture, and the distances that its white and its black stand for."""
        seen = self.objects > 0
        near, last = float(self.depth[seen].min()), float(self.depth[seen].max())
        step = max(last - near, 1e-6) / 254
        grey = 255 - (self.depth - near) / step
        return np.where(seen, np.clip(np.round(grey), 1, 255), 0).astype(np.uint8), near, near + 255 * step


def _neighbours(axis: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    every, first, last = slice(None), slice(None, -1), slice(1, None)
    return ((first, every), (last, every)) if axis == 0 else ((every, first), (every, last))


def _renumbered(labels: Labels) -> Labels:
    """Numbers from 1 by size; if there are more than 255, the smallest ones share the last number."""
    values, counts = np.unique(labels[labels > 0], return_counts=True)
    table = np.zeros(labels.max() + 1, np.int32)
    table[values[np.argsort(-counts)]] = np.minimum(np.arange(1, len(values) + 1), MOST_LABELS)
    return table[labels]
