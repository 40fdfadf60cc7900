"""Which regions an output pixel shows, with borders as sharp at 4K as drawn lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.geometry.contours import Contours, trace_contours
from renderiq.engines.preview.raster import I32, U8, U16, gaussian_blur
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.noise import fractal_noise, sample_bilinear

_STRAY: Final = 0.75
_STRAY_BESIDE_LINES: Final = 1.9
_STRAY_BESIDE_FRAMES: Final = 1.7
_FRAME: Final = 2.4
"""Width of a window's frame, in pixels of a capture of 1600."""
_DARK: Final = 90
_TWIG: Final = 5.5
"""How far twigs reach in and out of a crown's outline, in pixels of the capture at working resolution."""


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """At output size: the main region of each pixel, the next one, and the main one's share (128..255 of 255)."""

    first: U16
    second: U16
    share: U8
    frame: U8
    """How much of a pixel is a window's frame or, between walls of one colour, a joint, of 255."""


def group_crown_facets(scene: Scene, surfaces: Surfaces) -> I32:
    """For each region the region that it is drawn as: the facets of one crown grow together, the rest stay."""
    merged = np.arange(len(scene.regions), dtype=np.int32)
    leafy = surfaces.material == Material.FOLIAGE
    if not leafy.any():
        return merged
    runs = scene.runs
    leafy_runs = np.flatnonzero(leafy[runs.label])
    region = runs.label[leafy_runs]
    crown = connected_components(scene.map_values(leafy)).ravel()[runs.first[leafy_runs]]
    smallest = np.full(int(crown.max(initial=0)) + 1, len(merged), np.int32)
    np.minimum.at(smallest, crown, region)
    # Backwards, so that the first run of each region decides.
    merged[region[::-1]] = smallest[crown[::-1]]
    return merged


def render_coverage_map(
    scene: Scene, surfaces: Surfaces, layer: I32, size: tuple[int, int], seed: int, freedom: float
) -> CoverageMap:
    """Traces the borders of all layers and draws them anew at ``size`` = (width, height).

    Crowns may fray by ``freedom``, 1 being usual.
    """
    label, other = scene.map_values(layer), layer[scene.second_label]
    stray = np.full(int(label.max()) + 1, _STRAY_BESIDE_LINES if scene.has_edge_lines else _STRAY)
    # Panes are straight, and what is left of thin frames around them is not.
    panes = surfaces.material[: len(stray)] == Material.GLASS
    stray[panes] = np.maximum(stray[panes], _STRAY_BESIDE_FRAMES)
    contours = trace_contours(label, other, scene.coverage, stray)
    scale = np.array([size[0] / scene.size[0], size[1] / scene.size[1]])
    first = _filled(contours, scale, size, label)
    second, share = first.copy(), np.full(first.shape, 255, np.uint8)
    _soften(contours, scale, first, second, share)
    matte = CoverageMap(first, second, share, _framed(contours, scene, surfaces, scale, first))
    for crown in np.unique(layer[surfaces.material == Material.FOLIAGE]):
        if scene.regions.area[layer == crown].sum() > 0.0004 * label.size:
            _fray(matte, scene, layer, int(crown), seed, freedom)
    return matte


def _filled(contours: Contours, scale: NDArray[np.float64], size: tuple[int, int], label: I32) -> U16:
    """The region at the middle of every output pixel.

    Each crossing of a border and a row of pixels says by how much a region's number changes there; summing up the
    changes gives the region whatever the order of crossings within a pixel.
    """
    width, height = size
    x0, y0 = (contours.start * scale).T
    x1, y1 = (contours.end * scale).T
    down = y1 > y0
    upper, lower = np.minimum(y0, y1), np.maximum(y0, y1)
    top = np.clip(np.ceil(upper - 0.5), 0, height).astype(np.int64)
    rows = np.maximum(np.clip(np.ceil(lower - 0.5), 0, height).astype(np.int64) - top, 0)
    which = np.repeat(np.arange(len(rows)), rows)
    row = np.arange(len(which)) - np.repeat(np.cumsum(rows) - rows, rows) + top[which]
    slope = np.where(rows > 0, (x1 - x0) / np.where(y1 == y0, 1, y1 - y0), 0)
    x = x0[which] + slope[which] * (row + 0.5 - y0[which])
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    # Numbers far apart: the sum within a crossed-over sliver must not look like some other region.
    rng = np.random.Generator(np.random.PCG64(0))
    number = rng.integers(1, 1 << 52, contours.outside + 1)
    number[contours.outside] = 0
    change = (
        number[np.where(down, contours.left, contours.right)] - number[np.where(down, contours.right, contours.left)]
    )
    place = row * width + column
    order = np.argsort(place, kind="stable")
    # The outline of the picture itself may be rounded off by a pixel: what is outside then is looked up below.
    place = np.concatenate([[0], place[order], [width * height]])
    total = np.cumsum(np.append(0, change[which][order]))
    run = np.diff(place)
    total, run, begin = total[run > 0], run[run > 0], place[:-1][run > 0]
    by_number = np.argsort(number)
    found = by_number[np.clip(np.searchsorted(number[by_number], total), 0, contours.outside)]
    wrong = (number[found] != total) | (found == contours.outside)
    y, x = np.divmod(begin[wrong], width)
    found[wrong] = label[
        np.minimum((y / scale[1]).astype(np.int64), label.shape[0] - 1),
        np.minimum((x / scale[0]).astype(np.int64), label.shape[1] - 1),
    ]
    return np.repeat(found.astype(np.uint16), run).reshape(height, width)


def _soften(contours: Contours, scale: NDArray[np.float64], first: U16, second: U16, share: U8) -> None:
    """Anti-aliases the borders: a pixel's share is how far its middle is from the nearest one."""
    height, width = first.shape
    inner = (contours.left != contours.outside) & (contours.right != contours.outside)
    place, off, which = _beside(contours.start[inner] * scale, contours.end[inner] * scale, (width, height), 0.5)
    left, right = contours.left[inner][which], contours.right[inner][which]
    here = first.ravel()[place]
    known = (here == left) | (here == right)
    other = np.where(here == left, right, left)[known]
    place, off = place[known], off[known]
    # The nearest border of a pixel is written last.
    order = np.argsort(-off, kind="stable")
    share.ravel()[place[order]] = (127.5 + 255 * off[order]).astype(np.uint8)
    second.ravel()[place[order]] = other[order]


def _framed(contours: Contours, scene: Scene, surfaces: Surfaces, scale: NDArray[np.float64], first: U16) -> U8:
    """Frames along the borders of glass, but not where something stands in front of it or a frame is drawn already;
    joints along lines drawn between walls of one colour."""
    size = first.shape[1], first.shape[0]
    frame = np.zeros(first.shape, np.uint8)
    glass = np.append(surfaces.material == Material.GLASS, False)
    holds = np.isin(surfaces.material, (Material.WALL, Material.ROOF)) & (scene.regions.colour.max(axis=1) > _DARK)
    holds = np.append(holds | (surfaces.material == Material.GLASS), False)
    panes = (glass[contours.left] & holds[contours.right]) | (glass[contours.right] & holds[contours.left])
    wall = np.append((surfaces.material == Material.WALL) & (scene.regions.area > 0.0008 * scene.label.size), False)
    paint = np.append(scene.regions.colour, np.zeros((1, 3), np.float32), axis=0)
    alike = np.abs(paint[contours.left] - paint[contours.right]).max(axis=1) < 8
    joints = wall[contours.left] & wall[contours.right] & alike & scene.has_edge_lines
    broad = _FRAME * max(scene.size) / 1600 * float(scale[0])
    for beside, reach, on in ((joints, 0.4 * broad, wall), (panes, broad, glass)):
        if beside.any():
            place, off, _ = _beside(contours.start[beside] * scale, contours.end[beside] * scale, size, reach + 0.5)
            inside = on[first.ravel()[place]]
            place, off = place[inside], off[inside]
            order = np.argsort(-off, kind="stable")
            frame.ravel()[place[order]] = np.clip((reach + 0.5 - off[order]) * 255, 0, 255).astype(np.uint8)
    return frame


def _beside(
    start: NDArray[np.float64], end: NDArray[np.float64], size: tuple[int, int], reach: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """The pixels whose middle is less than ``reach`` off one of the segments, how far, and off which.

    A pixel near several segments comes several times.
    """
    width, height = size
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    steep = np.abs(step[:, 1]) >= np.abs(step[:, 0])
    breadth = int(np.ceil(reach * 1.42))
    places, offs, segments = [], [], []
    for axis in (1, 0):
        chosen = np.flatnonzero((steep == bool(axis)) & (length > 1e-6))
        low = np.floor(np.minimum(start[chosen, axis], end[chosen, axis]) - reach).astype(np.int64)
        count = np.floor(np.maximum(start[chosen, axis], end[chosen, axis]) + reach).astype(np.int64) - low + 1
        which = np.repeat(chosen, count)
        major = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
        slope = step[which, 1 - axis] / step[which, axis]
        minor = np.floor(start[which, 1 - axis] + slope * (major + 0.5 - start[which, axis])).astype(np.int64)
        for aside in range(-breadth, breadth + 1):
            x, y = (minor + aside, major) if axis else (major, minor + aside)
            dx, dy = x + 0.5 - start[which, 0], y + 0.5 - start[which, 1]
            sx, sy, long = step[which, 0], step[which, 1], length[which]
            off = np.abs(dx * sy - dy * sx) / long
            along = (dx * sx + dy * sy) / long
            near = (off < reach) & (along > -reach) & (along < long + reach)
            near &= (x >= 0) & (x < width) & (y >= 0) & (y < height)
            places.append(y[near] * width + x[near])
            offs.append(off[near])
            segments.append(which[near])
    return np.concatenate(places), np.concatenate(offs), np.concatenate(segments)


def _fray(matte: CoverageMap, scene: Scene, layer: I32, crown: int, seed: int, freedom: float) -> None:
    """Moves the border of a crown in and out, as leaves and twigs would."""
    height, width = matte.first.shape
    scale = width / scene.size[0]
    boxes = scene.regions.box[layer == crown]
    margin = round(2 * _TWIG)
    left, top = np.maximum(boxes[:, :2].min(axis=0) - margin, 0)
    right, bottom = np.minimum(boxes[:, 2:].max(axis=0) + margin, scene.size)
    mask = (layer[scene.label[top:bottom, left:right]] == crown).astype(np.uint8) * 255
    x0, y0, x1, y1 = round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)
    x1, y1 = min(x1, width), min(y1, height)
    soft = Image.fromarray(gaussian_blur(mask, 0.8 * _TWIG)).resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR)
    nearby = np.asarray(soft)
    y, x = np.nonzero((nearby > 10) & (nearby < 245))
    if not len(y):
        return
    y, x = y + y0, x + x0
    tile = fractal_noise(seed + 31, 512, 0.9, coarsest=14)
    texel = np.float32(1.5 / max(scale, 0.5))
    u, v = x.astype(np.float32) * texel, y.astype(np.float32) * texel
    reach = np.float32(3.2 * _TWIG * scale * freedom)
    sy = np.clip(y + ((sample_bilinear(tile, u, v) - 0.5) * reach).astype(np.int64), 0, height - 1)
    sx = np.clip(x + ((sample_bilinear(tile, u + 211, v + 97) - 0.5) * reach).astype(np.int64), 0, width - 1)
    moved = matte.first[sy, sx]
    leafy = (moved == crown) | (matte.first[y, x] == crown)
    y, x, sy, sx = y[leafy], x[leafy], sy[leafy], sx[leafy]
    for plane in (matte.first, matte.second, matte.share):
        plane[y, x] = plane[sy, sx]
