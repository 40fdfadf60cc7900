"""What a capture shows: flat regions with exact borders, the background, and whether it is flat-shaded at all."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyvips
from PIL import Image

from renderiq.engines.preview.horizon import find_horizon
from renderiq.engines.preview.ink import blends, dark_faces, ink_of, long_parts, rejoin
from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.rooms import is_ceiling, windows

Rgb8 = tuple[int, int, int]

WORKING_SIDE: Final = 1600
BACKGROUND: Final = 0
_SMALLEST_SIDE: Final = 32
_ENLARGED_BELOW: Final = 700
_MAX_REGIONS: Final = 4000
_FLAT_RANGE: Final = 4
_INK: Final = 50
_NOISY_RANGE: Final = 13
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True, slots=True)
class Regions:
    """Flat regions; index 0 is the background. Boxes are (left, top, right, bottom), right and bottom excluded."""

    area: I32
    colour: F32
    box: I32

    def __len__(self) -> int:
        return len(self.area)


@dataclass(frozen=True, slots=True)
class Scene:
    """A capture taken apart, at working resolution.

    A pixel belongs to region ``label`` with weight ``share`` and to region ``other`` with ``other_share``; where
    edge lines were drawn the two do not add up to one.
    """

    label: I32
    other: I32
    share: F32
    other_share: F32
    regions: Regions
    horizon: float
    has_lines: bool
    has_background: bool
    interior: bool
    shading: U8 | None
    """Where faces are shaded smoothly: each pixel's brightness over its region's mean, 128 being equal."""

    @property
    def size(self) -> tuple[int, int]:
        return self.label.shape[1], self.label.shape[0]


def working_copy(picture: Image.Image) -> U8:
    """The picture at most ``WORKING_SIDE`` pixels on its longer side, and small captures enlarged to be read better."""
    longest = max(picture.size)
    if longest > WORKING_SIDE:
        width, height = (max(1, round(side * WORKING_SIDE / longest)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    elif longest < _ENLARGED_BELOW:
        # Bilinear, because anything sharper rings around edge lines and eats into flat colour.
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BILINEAR)
    return np.asarray(picture.convert("RGB"))


def understand(rgb: U8, backdrop: Rgb8 | None = None) -> Scene | None:
    """The scene of a flat-shaded capture; ``None`` for a photo, a finished render or anything else.

    ``backdrop`` is the colour that stands for transparency, if the capture has any: it alone is background then.
    """
    if min(rgb.shape[:2]) < _SMALLEST_SIDE:
        return None
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    thin = _edge_lines(rgb, grey)
    # Lines are drawn near black; other thin dark things, window frames say, are shaded like the rest.
    inked = bool(thin.mean() > 0.002 and np.percentile(grey[thin], 20) < _INK)
    line = thin if inked else np.zeros_like(thin)
    pure = _flat(rgb) & ~line
    raw = connected_parts(pure)
    area = _areas(raw)
    if not _is_flat_shaded(rgb, raw, area):
        return None
    if inked:
        dark = connected_parts(dark_faces(grey, line))
        raw = connected_parts(pure | _strips(grey, pure, line) | long_parts(dark)[dark])
    frame = _frames(rgb, grey, raw)[raw]
    raw[frame] = 0
    area = _areas(raw)
    smallest = max(4, round(raw.size / 240_000))
    raw[area[raw] < smallest] = 0
    if inked:
        ink = ink_of(rgb, line)
        owner = blends(rgb, raw, area, ink)[raw]
        blend = np.flatnonzero(owner != raw)
        # One pixel of each part tells its region later.
        place = np.zeros(len(area), np.int64)
        place[raw.ravel()] = np.arange(raw.size)
        place = place[owner.ravel()[blend]]
        raw.ravel()[blend] = 0
    regions, core, ground_top, interior = _tabulate(rgb, raw, backdrop)
    if inked:
        core.ravel()[blend] = core.ravel()[place]
    nearest = _nearest_known(core)
    label = core.ravel()[nearest]
    if inked and rejoin(rgb, core, label, line, regions.colour, ink):
        nearest = _nearest_known(core)
        label = core.ravel()[nearest]
    other, share, other_share = _coverage(rgb, label, nearest, thin | frame)
    return Scene(
        label=label,
        other=other,
        share=share,
        other_share=other_share,
        regions=regions,
        horizon=ground_top if ground_top is not None else find_horizon(grey),
        has_lines=bool(line.any()),
        has_background=bool(regions.area[BACKGROUND] > 0),
        interior=interior,
        shading=_shading(grey, label, nearest),
    )


def _shading(grey: U8, label: I32, nearest: I32) -> U8 | None:
    flat = label.ravel()
    count = np.maximum(np.bincount(flat), 1)
    value = grey.ravel()[nearest.ravel()].astype(np.float32)
    mean = np.bincount(flat, value) / count
    spread = np.sqrt(np.maximum(np.bincount(flat, value * value) / count - mean * mean, 0))
    smooth = (spread > 5) & (count > 0.001 * flat.size)
    smooth[BACKGROUND] = False
    if not smooth.any():
        return None
    ratio = np.where(smooth[flat], value / np.maximum(mean, 1)[flat], 1) * 128
    levels: U8 = np.clip(ratio, 0, 255).astype(np.uint8).reshape(label.shape)
    return levels


def _edge_lines(rgb: U8, grey: U8) -> Mask:
    """Thin dark strokes: what is dark and gone after a closing with a square wider than any stroke."""
    height, width = grey.shape
    # Lines in an enlarged small capture are broad: they were one or two pixels, and so were the frames beside them.
    side = 11 if max(height, width) < 2 * _ENLARGED_BELOW else 7
    closed = _windowed(_windowed(grey, side, side, np.maximum), side, side, np.minimum)
    colourless = _chroma(rgb) < 30
    return np.asarray((grey < 95) & (closed.astype(np.int16) - grey > 26) & colourless)


def _chroma(rgb: U8) -> U8:
    """The largest channel less the smallest; numpy's own is slow along so short an axis."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)


def _flat(rgb: U8) -> Mask:
    """Pixels whose 3 x 3 surroundings have one colour; a gentle gradient or JPEG's ringing counts as one."""
    spread = _spread(rgb)
    # Small captures have soft, short edges: being as strict with them would leave thin walls no flat pixel.
    flat = spread <= (_FLAT_RANGE if max(rgb.shape) >= 2 * _ENLARGED_BELOW else 2 * _FLAT_RANGE)
    faint = float((spread <= _NOISY_RANGE).mean() - flat.mean())
    if faint < max(0.012, 0.4 * float((spread > _NOISY_RANGE).mean())):
        return flat
    calm = pyvips.Image.new_from_array(rgb).rank(3, 3, 4).numpy()
    return np.asarray(_spread(calm) <= _NOISY_RANGE)


def _spread(rgb: U8) -> U8:
    """Per pixel the largest range of any channel in the 3 x 3 pixels around it."""
    bands = (np.ascontiguousarray(rgb[..., band]) for band in range(3))
    ranges = (_windowed(band, 3, 3, np.maximum) - _windowed(band, 3, 3, np.minimum) for band in bands)
    return functools.reduce(np.maximum, ranges)


def _windowed(plane: U8, down: int, across: int, pick: np.ufunc) -> U8:
    """The largest or smallest value in a window of ``down`` x ``across`` pixels (odd) around each pixel."""
    for axis, side in enumerate((down, across)):
        wings = [(0, 0), (0, 0)]
        wings[axis] = (side // 2, side // 2)
        padded = np.pad(plane, wings, mode="edge")
        length = plane.shape[axis]
        plane = functools.reduce(pick, (_part(padded, axis, at, length) for at in range(side)))
    return plane


def _part(plane: U8, axis: int, start: int, length: int) -> U8:
    return plane[start : start + length] if axis == 0 else plane[:, start : start + length]


def _strips(grey: U8, pure: Mask, line: Mask) -> Mask:
    """The bright spine of what is too narrow, between two drawn lines, to hold a flat patch: posts, copings."""
    light = grey.astype(np.int16)
    floor = int(np.percentile(grey[line], 50)) + 18
    across, down = (
        _windowed(grey, tall, wide, np.maximum) - _windowed(grey, tall, wide, np.minimum) <= 8
        for tall, wide in ((1, 3), (3, 1))
    )
    upright, level = np.zeros_like(pure), np.zeros_like(pure)
    middle = light[:, 1:-1]
    upright[:, 1:-1] = (middle >= light[:, :-2] - 2) & (middle >= light[:, 2:] - 2)
    middle = light[1:-1]
    level[1:-1] = (middle >= light[:-2] - 2) & (middle >= light[2:] - 2)
    spine = ((upright & down) | (level & across)) & (light > floor) & ~line
    found: Mask = spine & ~_grown(_grown(pure))
    return found


def _frames(rgb: U8, grey: U8, parts: I32) -> Mask:
    """Dark, narrow parts beside glass: broken pieces of window frames, which are drawn anew and whole later."""
    edge = np.zeros(parts.shape, np.bool_)
    edge[1:] |= parts[1:] != parts[:-1]
    edge[:-1] |= parts[1:] != parts[:-1]
    edge[:, 1:] |= parts[:, 1:] != parts[:, :-1]
    edge[:, :-1] |= parts[:, 1:] != parts[:, :-1]
    flat = parts.ravel()
    area = np.maximum(np.bincount(flat), 1)
    border = np.bincount(flat, edge.ravel())
    dark = np.bincount(flat, grey.ravel()) / area < 95
    dark &= np.bincount(flat, _chroma(rgb).ravel()) / area < 22
    bluish = (rgb[..., 2] > rgb[..., 0].astype(np.int16) + 20).astype(np.uint8)
    beside_glass = _windowed(bluish, 9, 9, np.maximum) > 0
    dark &= np.bincount(flat, (edge & beside_glass).ravel()) > 0.3 * border
    narrow: Mask = dark & (area < 3 * border)
    narrow[0] = False
    return narrow


def _areas(parts: I32) -> I32:
    area = np.bincount(parts.ravel()).astype(np.int32)
    area[0] = 0
    return area


def connected_parts(mask: Mask) -> I32:
    """Connected parts of ``mask``, numbered from 1; 0 elsewhere."""
    parts: I32 = pyvips.Image.new_from_array(mask.astype(np.uint8) * 255).labelregions().numpy().astype(np.int32) + 1
    parts[~mask] = 0
    return parts


def _is_flat_shaded(rgb: U8, parts: I32, area: I32) -> bool:
    """A capture is a few large patches of one colour each; a photo has gradients and grain between its edges."""
    large = area > 0.0004 * parts.size
    large[0] = False
    covered = large[parts]
    if covered.mean() < 0.6:
        return False
    # The backdrop alone would make a product shot pass: what is not the largest patch must be flat as well.
    rest = parts != int(area.argmax())
    if rest.mean() < 0.002:
        return False
    # A small model is mostly edges, so less of it has to be flat.
    if covered[rest].mean() < (0.35 if rest.mean() > 0.1 else 0.2):
        return False
    # A soft photo is flat from pixel to pixel, yet each patch runs through many colours.
    flat = parts.ravel()
    count = np.maximum(area, 1)
    grey = rgb.astype(np.float32).mean(axis=2).ravel()
    mean = np.bincount(flat, grey, len(area)) / count
    spread = np.sqrt(np.maximum(np.bincount(flat, grey * grey, len(area)) / count - mean * mean, 0))
    inner = large.copy()
    inner[int(area.argmax())] = False
    if not inner.any() or np.average(spread[inner], weights=area[inner]) < 7:
        return True
    # Smooth shading runs through many shades too, but without any grain, and in front of an even backdrop.
    return bool(spread[int(area.argmax())] < 0.01 and covered[rest].mean() > 0.6 and rest.mean() < 0.7)


def _nearest_known(core: I32) -> I32:
    """For each pixel the flat index of the nearest one that is in a region (its own, if it is)."""
    height, width = core.shape
    stride = width + 2
    index = np.arange((height + 2) * stride, dtype=np.int32)
    known = np.zeros((height + 2, stride), np.bool_)
    known[1:-1, 1:-1] = core >= 0
    source = np.where(known.ravel(), index, -1).astype(np.int32)
    inside = np.zeros_like(known)
    inside[1:-1, 1:-1] = True
    pending = np.flatnonzero((inside & ~known).ravel()).astype(np.int32)
    while len(pending):
        best = np.full(len(pending), -1, np.int32)
        distance = np.full(len(pending), np.iinfo(np.int32).max, np.int32)
        y, x = np.divmod(pending, stride)
        for down, across in _NEIGHBOURS:
            candidate = source[pending + (down * stride + across)]
            cy, cx = np.divmod(candidate, stride)
            far = np.where(candidate >= 0, (cy - y) ** 2 + (cx - x) ** 2, np.iinfo(np.int32).max)
            closer = far < distance
            best[closer], distance[closer] = candidate[closer], far[closer]
        found = best >= 0
        if not found.any():
            break
        source[pending[found]] = best[found]
        pending = pending[~found]
    source = np.where(source < 0, 0, source)
    inner = source.reshape(height + 2, stride)[1:-1, 1:-1]
    y, x = np.divmod(inner, stride)
    here: I32 = (np.clip(y - 1, 0, height - 1) * width + np.clip(x - 1, 0, width - 1)).astype(np.int32)
    return here


def _tabulate(rgb: U8, parts: I32, backdrop: Rgb8 | None) -> tuple[Regions, I32, float | None, bool]:
    """The table of regions, the background first and then by area; each pixel's place in it, -1 for none; the
    row where the viewport's own ground begins, if it draws one; and whether this is a room."""
    flat = parts.ravel()
    count = np.bincount(flat).astype(np.int32)
    total = [np.bincount(flat, rgb[..., band].ravel(), len(count)) for band in range(3)]
    mean = (np.stack(total, axis=1) / np.maximum(count, 1)[:, None]).astype(np.float32)
    count[0] = 0
    if backdrop is None:
        background, ground_top, interior = _background(parts, mean, count)
    else:
        background, ground_top, interior = np.abs(mean - np.array(backdrop)).max(axis=1) < 5, None, False
        background &= count > 0
    # Slivers of it, between a wall and the paving say, would become dashes of lawn: their neighbours take them.
    sliver = background & (count < 0.00012 * parts.size)
    background &= ~sliver
    count[sliver] = 0
    order = np.argsort(-np.where(background, 0, count), kind="stable")
    order = order[(count[order] > 0) & ~background[order]][:_MAX_REGIONS]
    label_of = np.full(len(count), -1, np.int32)
    label_of[background] = BACKGROUND
    label_of[order] = np.arange(1, len(order) + 1)
    label = label_of[parts]
    boxes = np.zeros((len(order) + 1, 4), np.int32)
    boxes[0] = (0, 0, parts.shape[1], parts.shape[0])
    y, x = np.nonzero(label > 0)
    which = label[y, x]
    for column, (values, reduce, start) in enumerate(
        ((x, np.minimum, 1 << 30), (y, np.minimum, 1 << 30), (x + 1, np.maximum, 0), (y + 1, np.maximum, 0))
    ):
        extreme = np.full(len(boxes), start, np.int64)
        reduce.at(extreme, which, values)
        boxes[1:, column] = extreme[1:]
    area = np.concatenate([[count[background].sum()], count[order]]).astype(np.int32)
    colour = np.concatenate([[mean[background].mean(axis=0) if background.any() else np.zeros(3)], mean[order]])
    return Regions(area, colour.astype(np.float32), boxes), label, ground_top, interior


def _background(parts: I32, mean: F32, count: I32) -> tuple[Mask, float | None, bool]:
    """Empty model space: the colour along the top and the upper sides, wherever it shows (between posts too).

    A viewport may also have a ground of its own, one plane that closes the frame below; the row of its far end
    is the horizon.
    """
    height = parts.shape[0]
    background = np.zeros(len(count), np.bool_)
    overhead = _most(parts[0], len(count))
    if is_ceiling(parts == overhead, mean[overhead]):
        return windows(parts, mean, count), None, True
    third = height // 3
    border = np.concatenate([parts[0], parts[:third, 0], parts[:third, -1]])
    seed = _most(border, len(count))
    alike = (np.abs(mean - mean[seed]).max(axis=1) < 5) & (count > 0)
    if alike[border].mean() < 0.5 or count[alike].sum() < 0.04 * parts.size:
        return windows(parts, mean, count), None, _is_filled(parts, count)
    background |= alike
    below = _most(parts[-1], len(count))
    if background[below] or count[below] == 0:
        return background, None, False
    ground = (np.abs(mean - mean[below]).max(axis=1) < 3) & (count > 0)
    if ground[parts[-1]].mean() < 0.6:
        return background, None, False
    rows = np.flatnonzero(ground[parts].mean(axis=1) > 0.1)
    if not len(rows) or rows[0] < 0.12 * height:
        return background, None, False
    if not _is_open_ground(ground[parts], mean[below], int(rows[0])):
        return background, _apex(ground[parts]), False
    return background | ground, float(rows[0]) if rows[0] < 0.75 * height else None, False


def _is_filled(parts: I32, count: I32) -> bool:
    """Whether a few large faces, and no one backdrop, meet the frame on all sides: the inside of a room."""
    sides = [_most(side, len(count)) for side in (parts[0], parts[-1], parts[:, 0], parts[:, -1])]
    broad = sum(int(count[side]) for side in set(sides)) > 0.4 * parts.size
    return broad and len(set(sides)) >= 3


def _apex(road: Mask) -> float | None:
    """The row that a road vanishes in; none if it ends before it has become narrow."""
    breadth = road.sum(axis=1)
    rows = np.flatnonzero(breadth > 0.004 * road.shape[1])
    if not len(rows) or not 0.12 < rows[0] / len(road) < 0.75 or breadth[rows[0]] > 0.12 * breadth.max():
        return None
    return float(rows[0])


def _is_open_ground(shown: Mask, colour: F32, top: int) -> bool:
    """A lawn, or the plane that a viewport draws to its horizon; a road or a floor is a thing of its own."""
    red, green, blue = (float(band) for band in colour)
    if green > 1.06 * max(red, blue):
        return True
    reach = round(0.06 * len(shown))
    return bool(shown[top : top + reach, 0].any() and shown[top : top + reach, -1].any())


def _most(labels: I32, many: int) -> int:
    votes = np.bincount(labels, minlength=many)
    votes[0] = 0
    return int(votes.argmax())


def _coverage(rgb: U8, label: I32, nearest: I32, line: Mask) -> tuple[I32, F32, F32]:
    """The second region of each mixed pixel and the two shares, read from its anti-aliased colour."""
    height, width = label.shape
    other = label.copy()
    share = np.ones((height, width), np.float32)
    other_share = np.zeros((height, width), np.float32)
    y, x = np.nonzero(nearest != np.arange(height * width, dtype=np.int32).reshape(height, width))
    if not len(y):
        return other, share, other_share
    ny, nx = np.divmod(nearest[y, x], width)
    across = label[np.clip(2 * y - ny, 0, height - 1), np.clip(2 * x - nx, 0, width - 1)]
    here = rgb[y, x].astype(np.float32)
    own = rgb[ny, nx].astype(np.float32)
    oy, ox = np.divmod(nearest[np.clip(2 * y - ny, 0, height - 1), np.clip(2 * x - nx, 0, width - 1)], width)
    partner = rgb[oy, ox].astype(np.float32)
    beside_line = _grown(line)[y, x]
    if line.any():
        partner[beside_line] = np.percentile(rgb[line], 20, axis=0)
    span = own - partner
    length = (span * span).sum(axis=1)
    part = np.where(length > 30, ((here - partner) * span).sum(axis=1) / np.maximum(length, 1), 1.0)
    part = np.clip(part, 0, 1).astype(np.float32)
    distinct = (across != label[y, x]) & ~beside_line
    part[~distinct & ~beside_line] = 1
    share[y, x] = part
    other[y, x] = np.where(distinct, across, label[y, x])
    other_share[y, x] = np.where(distinct, 1 - part, 0)
    return other, share, other_share


def _grown(mask: Mask) -> Mask:
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide
