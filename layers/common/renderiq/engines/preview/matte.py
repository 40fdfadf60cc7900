"""Which regions an output pixel shows, with edges as crisp at 4K as the capture's anti-aliasing allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.analysis import BACKGROUND, Scene, connected_parts
from renderiq.engines.preview.materials import Material, Surfaces
from renderiq.engines.preview.noise import fractal, sampled
from renderiq.engines.preview.raster import F32, I32, U8, blur

_MARGIN: Final = 10
_INSIDE: Final = 200
_STEP: Final = 24
_DIAGONAL: Final = 34
_REACH: Final = 6
_TRACE: Final = 16
_FRAY: Final = 300


@dataclass(frozen=True, slots=True)
class Matte:
    """At output size: the main region of each pixel, the next one, and the main one's share (128..255 of 255)."""

    first: U8
    second: U8
    share: U8


def layer_of(scene: Scene, surfaces: Surfaces) -> I32:
    """For each region the region that it is drawn as: the facets of one crown grow together, the rest stay."""
    merged = np.arange(len(scene.regions), dtype=np.int32)
    leafy = surfaces.material == Material.FOLIAGE
    if not leafy.any():
        return merged
    crown = connected_parts(leafy[scene.label])
    for region in np.flatnonzero(leafy):
        left, top, right, bottom = scene.regions.box[region]
        inside = crown[top:bottom, left:right][scene.label[top:bottom, left:right] == region]
        if len(inside):
            members = scene.label[crown == inside[0]]
            merged[region] = members.min()
    return merged


def draw_matte(scene: Scene, surfaces: Surfaces, layer: I32, size: tuple[int, int], seed: int) -> Matte:
    """Enlarges every layer's coverage on its own and lets the strongest two share each pixel."""
    width, height = size
    scale = width / scene.size[0]
    label, other = layer[scene.label], layer[scene.other]
    first = np.zeros((height, width), np.uint8)
    second = np.zeros((height, width), np.uint8)
    best = np.zeros((height, width), np.uint8)
    next_best = np.zeros((height, width), np.uint8)
    for region in np.unique(layer):
        area = _box(scene, layer, int(region))
        if area is None:
            continue
        leafy = surfaces.material[region] == Material.FOLIAGE
        leafy = bool(leafy and scene.regions.area[layer == region].sum() > 0.0012 * label.size)
        weight = _coverage(scene, label, other, int(region), area)
        # The same part of the output, on whole pixels; the resize below starts at their exact place in the input.
        left, top, right, bottom = area
        x0, y0 = int(np.ceil(left * scale)), int(np.ceil(top * scale))
        x1, y1 = min(width, int(right * scale)), min(height, int(bottom * scale))
        if region == BACKGROUND or right == scene.size[0]:
            x1 = width if right == scene.size[0] else x1
        if bottom == scene.size[1]:
            y1 = height
        if x1 <= x0 or y1 <= y0:
            continue
        step_x, step_y = scene.size[0] / width, scene.size[1] / height
        box = (x0 * step_x - left, y0 * step_y - top, min(x1 * step_x, right) - left, min(y1 * step_y, bottom) - top)
        drawn = np.asarray(Image.fromarray(weight).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, box=box))
        if leafy:
            drawn = _frayed(drawn, x0, y0, scale, seed)
        window = np.s_[y0:y1, x0:x1]
        _compete(drawn, np.uint8(region), best[window], next_best[window], first[window], second[window])
    return Matte(first, second, _share(best, next_best, scale))


def _box(scene: Scene, layer: I32, region: int) -> tuple[int, int, int, int] | None:
    members = np.flatnonzero(layer == region)
    boxes = scene.regions.box[members]
    if scene.regions.area[members].sum() == 0:
        return None
    width, height = scene.size
    left, top = boxes[:, :2].min(axis=0) - _MARGIN
    right, bottom = boxes[:, 2:].max(axis=0) + _MARGIN
    return max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom))


def _coverage(scene: Scene, label: I32, other: I32, region: int, area: tuple[int, int, int, int]) -> U8:
    left, top, right, bottom = area
    window = np.s_[top:bottom, left:right]
    mine = label[window] == region
    share: F32 = np.where(mine, scene.share[window], 0) + np.where(
        other[window] == region, scene.other_share[window], 0
    )
    plane = np.where(share > 0.04, _INSIDE - _STEP * (1 - np.minimum(share, 1)), 0)
    # Where a line swallowed everything, the nearest region still wins by a trace.
    plane = np.maximum(plane, _TRACE * mine)
    field = _spread((plane + 0.5).astype(np.uint8))
    return blur(field, 0.8) if scene.has_lines else field


def _spread(weight: U8) -> U8:
    """Lets the weight fall by ``_STEP`` a pixel around what is covered: a distance field, good for a few pixels.

    Distances survive enlargement with straight edges and sharp corners, where blurred coverage melts, and they
    put the border of two regions in the middle of the line that was drawn between them.
    """
    for _ in range(_REACH):
        beside = np.maximum(weight, _STEP) - np.uint8(_STEP)
        diagonal = np.maximum(weight, _DIAGONAL) - np.uint8(_DIAGONAL)
        grown = weight.copy()
        np.maximum(grown[1:], beside[:-1], out=grown[1:])
        np.maximum(grown[:-1], beside[1:], out=grown[:-1])
        np.maximum(grown[:, 1:], beside[:, :-1], out=grown[:, 1:])
        np.maximum(grown[:, :-1], beside[:, 1:], out=grown[:, :-1])
        np.maximum(grown[1:, 1:], diagonal[:-1, :-1], out=grown[1:, 1:])
        np.maximum(grown[1:, :-1], diagonal[:-1, 1:], out=grown[1:, :-1])
        np.maximum(grown[:-1, 1:], diagonal[1:, :-1], out=grown[:-1, 1:])
        np.maximum(grown[:-1, :-1], diagonal[1:, 1:], out=grown[:-1, :-1])
        weight = grown
    return weight


def _frayed(weight: U8, left: int, top: int, scale: float, seed: int) -> U8:
    """Moves the border of a crown in and out by a few pixels, as twigs would."""
    tile = fractal(seed + 31, 512, 0.9, coarsest=14)
    frayed = weight.copy()
    y, x = np.nonzero(weight > _INSIDE // 3)
    texel = np.float32(1.7 / max(scale, 0.5))
    noise = sampled(tile, (x + left).astype(np.float32) * texel, (y + top).astype(np.float32) * texel)
    frayed[y, x] = np.clip(weight[y, x] + (noise - 0.5) * _FRAY, 0, 255).astype(np.uint8)
    return frayed


def _compete(drawn: U8, region: np.uint8, best: U8, next_best: U8, first: U8, second: U8) -> None:
    wins = drawn > best
    places = ~wins & (drawn > next_best)
    np.copyto(next_best, best, where=wins)
    np.copyto(second, first, where=wins)
    np.copyto(best, drawn, where=wins)
    np.copyto(first, region, where=wins)
    np.copyto(next_best, drawn, where=places)
    np.copyto(second, region, where=places)


def _share(best: U8, next_best: U8, scale: float) -> U8:
    """The ramp from one region to the next, about one output pixel wide."""
    gain = np.float32(127.5 * max(1.0, scale) / (0.6 * 2 * _STEP))
    share = np.empty_like(best)
    for top in range(0, best.shape[0], 128):
        strip = np.s_[top : top + 128]
        margin = (best[strip] - next_best[strip]).astype(np.float32)
        share[strip] = np.minimum(255, 127.5 + gain * margin)
    return share
