"""What edge lines leave between them: slivers of faces, where lines crowd, and things hardly wider than a line."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask, percentile
from renderiq.engines.preview.segment.labels import Runs

_BLACK: Final = 14
"""Shades above the ink's own that are still ink."""
_WIDEST: Final = 4
_UNLIKE: Final = 40
"""Shades apart that a sliver's region must be from the nearest one: what is closer may as well be a smear of it."""
_LENGTH: Final = 0.022
"""Least length of a dark strip, as a part of the capture's longer side."""
_AROUND: Final = tuple(
    (round(radius * down), round(radius * across))
    for radius in (3, 6, 10, 15)
    for down, across in (
        (-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (-0.7, 0.7), (0.7, -0.7), (0.7, 0.7),
    )
)  # fmt: skip


def ink_of(rgb: U8, line: Mask) -> F32:
    """The colour that the lines were drawn in."""
    return np.array([percentile(rgb[..., band][line], 20) for band in range(3)], np.float32)


def dark_faces(grey: U8, line: Mask) -> Mask:
    """Pixels that passed for lines, being dark and narrow, but lie between two: faces of cords, rods and bars."""
    black = line & (grey <= percentile(grey[line], 20) + _BLACK)
    between = np.zeros_like(line)
    for axis in (0, 1):
        sides = []
        for way in (1, -1):
            beside = np.zeros_like(line)
            for step in range(1, _WIDEST + 1):
                to, of = [slice(None), slice(None)], [slice(None), slice(None)]
                to[axis], of[axis] = (slice(step, None), slice(None, -step))[::way]
                beside[tuple(to)] |= black[tuple(of)]
            sides.append(beside)
        between |= sides[0] & sides[1]
    found: Mask = between & line & ~black
    return found


def long_parts(parts: I32) -> Mask:
    """The pixels of parts that are strips: long, and wider than the smear between two lines that nearly touch."""
    runs = Runs(parts)
    area = runs.area()
    box = runs.boxes(np.arange(len(area), dtype=np.int32), len(area))
    length = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    strip: Mask = (length > _LENGTH * max(parts.shape)) & (area > 1.7 * length)
    strip[0] = False
    return runs.painted(strip)


def blends(parts: I32, mean: F32, area: I32, ink: F32) -> I32:
    """For each part the one that it belongs to: itself, or, if it is small and no face of its own but the colour of a
    larger one nearby that lines half cover, that one. Floors and walls are no such ones: any grey could be theirs.
    0 for parts without ``area``."""
    owner = np.where(area > 0, np.arange(len(area), dtype=np.int32), 0).astype(np.int32)
    small = (area > 0) & (area < max(8, parts.size / 50_000))
    y, x = np.divmod(np.flatnonzero(small[parts]), parts.shape[1])
    here = parts[y, x]
    for down, across in _AROUND:
        there = _at(parts, y + down, x + across)
        share, off = _mixed(mean[here], mean[there], ink)
        facet = (area[there] > area[here]) & (area[there] < parts.size / 2500)
        explained = facet & (off < 6) & (share < 0.8) & (owner[here] == here)
        owner[here[explained]] = there[explained]
    # The one it belongs to may itself belong to another.
    while (owner != owner[owner]).any():
        owner = owner[owner]
    return owner


def rejoin(rgb: U8, core: I32, label: I32, line: Mask, colour: F32, ink: F32) -> bool:
    """Gives slivers between lines to the region nearby that has their colour, in ``core``, where the nearest one has
    not; whether there were any.

    ``core`` has each flat pixel's region and -1 elsewhere, ``label`` the nearest region of every pixel.
    """
    y, x = np.divmod(np.flatnonzero((core < 0) & ~line), core.shape[1])
    shown = rgb[y, x].astype(np.float32)
    own = colour[label[y, x]]
    _, off = _mixed(shown, own, ink)
    odd = off > 14
    y, x, shown, own = y[odd], x[odd], shown[odd], own[odd]
    # Where two regions meet without a line between them, pixels have something of both.
    for down, across in _AROUND[:16]:
        share, off = _mixed(shown, colour[_at(label, y + down, x + across)], own)
        odd = (off > 14) | (share > 0.8) | (share < 0.01)
        y, x, shown, own = y[odd], x[odd], shown[odd], own[odd]
    best = np.full(len(y), 8, np.float32)
    owner = np.full(len(y), -1, np.int32)
    for down, across in _AROUND:
        there = _at(label, y + down, x + across)
        share, off = _mixed(shown, colour[there], ink)
        better = (off < best - 1) & (share > 0.5) & (np.abs(colour[there] - own).max(axis=1) > _UNLIKE)
        best[better], owner[better] = off[better], there[better]
    # A pixel alone is a speck of anti-aliasing; slivers hang together.
    given = np.zeros((core.shape[0] + 2, core.shape[1] + 2), np.int8)
    given[y + 1, x + 1] = owner >= 0
    around = sum(given[y + 1 + down, x + 1 + across] for down in (-1, 0, 1) for across in (-1, 0, 1))
    known = (owner >= 0) & (around > 3)
    core[y[known], x[known]] = owner[known]
    return bool(known.any())


def _mixed(shown: F32, paint: F32, ink: F32) -> tuple[F32, F32]:
    """How much of the ``paint`` each colour has if the rest is ink, and how far off that is."""
    span = paint - ink
    share = np.einsum("ij,ij->i", shown - ink, span) / np.maximum(np.einsum("ij,ij->i", span, span), 1)
    share = np.clip(share, 0, 1.04)
    off = np.abs(ink + share[:, None] * span - shown).max(axis=1)
    return share.astype(np.float32), off.astype(np.float32)


def _at(labels: I32, y: np.ndarray[tuple[int], np.dtype[np.intp]], x: np.ndarray[tuple[int], np.dtype[np.intp]]) -> I32:
    found: I32 = labels[np.clip(y, 0, labels.shape[0] - 1), np.clip(x, 0, labels.shape[1] - 1)]
    return found
