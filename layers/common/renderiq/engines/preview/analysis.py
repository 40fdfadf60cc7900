"""What a capture shows: flat regions with exact borders, the background, and whether it is flat-shaded at all."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.horizon import find_horizon
from renderiq.engines.preview.ink import blends, dark_faces, ink_of, long_parts, rejoin
from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.rooms import BLUISH, is_ceiling, windows
from renderiq.engines.preview.runs import Runs
from renderiq.engines.preview.strips import DARK, joined, spines

Rgb8 = tuple[int, int, int]
T = TypeVar("T", bound=np.generic)

WORKING_SIDE: Final = 1600
BACKGROUND: Final = 0
_SMALLEST_SIDE: Final = 32
_ENLARGED_BELOW: Final = 700
_MAX_REGIONS: Final = 4000
_FLAT_RANGE: Final = 4
_INK: Final = 50
_FLAT: Final = 255
_ONE_COLOUR: Final = 5
_LIGHT_SKY: Final = 160
_LEAST_SKY: Final = 0.25
_NOISY_RANGE: Final = 13
_LUMA601: Final = np.array([0.299, 0.587, 0.114], np.float32)
_COLUMN_BITS: Final = 16
_COLUMN: Final = (1 << _COLUMN_BITS) - 1
_FAR: Final = np.iinfo(np.int32).max
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
    runs: Runs

    def painted(self, values: NDArray[T]) -> NDArray[T]:
        """A map that has at each pixel the value of its region."""
        return self.runs.painted(values)

    @property
    def size(self) -> tuple[int, int]:
        return self.label.shape[1], self.label.shape[0]


def working_copy(picture: Image.Image) -> U8:
    """The picture at most ``WORKING_SIDE`` pixels on its longer side, and small captures enlarged to be read better."""
    longest = max(picture.size)
    if longest > WORKING_SIDE:
        width, height = (max(1, round(side * WORKING_SIDE / longest)) for side in picture.size)
        # Nothing sharper: what rings around dark edges would pass for bright strips beside them.
        picture = picture.resize((width, height), Image.Resampling.HAMMING, reducing_gap=3.0)
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
    flat = _flat(rgb) & ~line
    kinds = spines(grey)
    if inked:
        flat |= long_parts(connected_parts(dark_faces(grey, line)))
        # Between lines only what is bright is a face of its own, not what they leave of their smear.
        kinds[(kinds == DARK) | line | (grey < np.percentile(grey[line], 50) + 18)] = 0
    kinds[flat] = _FLAT
    raw = connected_parts(kinds)
    runs = Runs(raw)
    area = runs.area()
    kind = np.zeros(len(area), np.uint8)
    kind[runs.label] = kinds.ravel()[runs.first]
    strip = (kind > 0) & (kind < _FLAT)
    if not _is_flat_shaded(rgb, runs, np.where(kind == _FLAT, area, 0)):
        return None
    if strip.any():
        raw = runs.painted(joined(rgb, raw, runs, strip))
        runs = Runs(raw)
        area = runs.area()
    area[0] = 0
    mean = runs.mean(rgb)
    frame = _frames(rgb, raw, runs, mean)
    part = np.arange(len(area), dtype=np.int32)
    part[frame | (area < max(4, round(raw.size / 240_000)))] = 0
    area[part == 0] = 0
    owner = part
    if inked:
        raw = runs.painted(part)
        ink = ink_of(rgb, line)
        owner = blends(raw, mean, area, ink)
        area[owner != part] = 0
        part = np.where(owner == part, part, 0)
    parts = runs.painted(part)
    regions, region_of, ground_top, interior = _tabulate(rgb, parts, runs, part, mean, area, backdrop)
    core = runs.painted(region_of[owner])
    label, pending, nearest = _spread(core)
    if inked and rejoin(rgb, core, label, line, regions.colour, ink):
        label, pending, nearest = _spread(core)
    thin |= runs.painted(frame)
    runs = Runs(label)
    other, share, other_share = _coverage(rgb, label, pending, nearest, thin, ink if inked else None)
    return Scene(
        label=label,
        other=other,
        share=share,
        other_share=other_share,
        regions=regions,
        horizon=ground_top if ground_top is not None else find_horizon(grey),
        has_lines=inked,
        has_background=bool(regions.area[BACKGROUND] > 0),
        interior=interior,
        shading=_shading(grey, runs, pending, nearest),
        runs=runs,
    )


def _shading(grey: U8, runs: Runs, pending: I32, nearest: I32) -> U8 | None:
    value = grey.ravel().copy()
    value[pending] = grey.ravel()[nearest]
    shades = value.astype(np.float32).reshape(grey.shape)
    count = np.maximum(runs.area(), 1)
    mean = runs.total(shades) / count
    spread = np.sqrt(np.maximum(runs.total(shades * shades) / count - mean * mean, 0))
    smooth = (spread > 5) & (count > 0.001 * grey.size)
    smooth[BACKGROUND] = False
    if not smooth.any():
        return None
    gain = np.where(smooth, 128 / np.maximum(mean, 1), 0).astype(np.float32)
    levels: U8 = np.where(runs.painted(smooth), np.minimum(shades * runs.painted(gain), 255), 128).astype(np.uint8)
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
    spread = _range(rgb)
    # Small captures have soft, short edges: being as strict with them would leave thin walls no flat pixel.
    flat = spread <= (_FLAT_RANGE if max(rgb.shape) >= 2 * _ENLARGED_BELOW else 2 * _FLAT_RANGE)
    faint = float((spread <= _NOISY_RANGE).mean() - flat.mean())
    if faint < max(0.012, 0.4 * float((spread > _NOISY_RANGE).mean())):
        return flat
    return np.asarray(_range(_calmed(rgb)) <= _NOISY_RANGE)


def _calmed(rgb: U8) -> U8:
    """The median of 3 x 3 pixels, each band by itself: of sorted columns it is the median of the largest least, the
    middle middle and the smallest largest."""
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge")
    low, middle, high = _sorted(padded[:-2], padded[1:-1], padded[2:])
    least = functools.reduce(np.maximum, (low[:, :-2], low[:, 1:-1], low[:, 2:]))
    most = functools.reduce(np.minimum, (high[:, :-2], high[:, 1:-1], high[:, 2:]))
    return _sorted(least, _sorted(middle[:, :-2], middle[:, 1:-1], middle[:, 2:])[1], most)[1]


def _sorted(first: U8, second: U8, third: U8) -> tuple[U8, U8, U8]:
    """The least, the middle and the largest of three, pixel by pixel."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.minimum(low, third), np.maximum(low, np.minimum(high, third)), np.maximum(high, third)


def _range(rgb: U8) -> U8:
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


def _frames(rgb: U8, parts: I32, runs: Runs, mean: F32) -> Mask:
    """Which parts are dark, narrow and beside glass: broken pieces of window frames, which are drawn anew and whole
    later."""
    edge = np.zeros(parts.shape, np.bool_)
    down, across = parts[1:] != parts[:-1], parts[:, 1:] != parts[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    area, border = np.maximum(runs.area(), 1), runs.total(edge)
    narrow: Mask = (mean @ _LUMA601 < 95) & (np.ptp(mean, axis=1) < 22) & (area < 3 * border)
    narrow[0] = False
    if narrow.any():
        bluish = (rgb[..., 2] > rgb[..., 0].astype(np.int16) + 20).astype(np.uint8)
        beside_glass = _windowed(bluish, 9, 9, np.maximum) > 0
        narrow &= runs.total(edge & beside_glass) > 0.3 * border
    return narrow


def connected_parts(kinds: Mask | U8) -> I32:
    """Connected parts of one kind, numbered from 1; 0 where there is none."""
    parts: I32 = pyvips.Image.new_from_array(kinds.astype(np.uint8)).labelregions().numpy().astype(np.int32) + 1
    parts *= kinds > 0
    return parts


def _is_flat_shaded(rgb: U8, runs: Runs, area: I32) -> bool:
    """A capture is a few large patches of one colour each; a photo has gradients and grain between its edges."""
    size = rgb.shape[0] * rgb.shape[1]
    large = area > 0.0004 * size
    covered = int(area[large].sum())
    if covered < 0.6 * size:
        return False
    # The backdrop alone would make a product shot pass: what is not the largest patch must be flat as well.
    largest = int(area.argmax())
    rest = size - int(area[largest])
    if rest < 0.002 * size:
        return False
    covered -= int(area[largest])
    # A small model is mostly edges, so less of it has to be flat.
    if covered < (0.35 if rest > 0.1 * size else 0.2) * rest:
        return False
    # A soft photo is flat from pixel to pixel, yet each patch runs through many colours.
    grey = rgb[..., 0].astype(np.float32) + rgb[..., 1] + rgb[..., 2]
    grey *= np.float32(1 / 3)
    count = np.maximum(area, 1)
    mean = runs.total(grey) / count
    spread = np.sqrt(np.maximum(runs.total(grey * grey) / count - mean * mean, 0))
    inner = large.copy()
    inner[largest] = False
    if not inner.any() or np.average(spread[inner], weights=area[inner]) < 7:
        return True
    # Smooth shading runs through many shades too, but without any grain, and in front of an even backdrop.
    return bool(spread[largest] < 0.01 and covered > 0.6 * rest and rest < 0.7 * size)


def _spread(core: I32) -> tuple[I32, I32, I32]:
    """Each pixel's region, or the nearest one where ``core`` has none; the flat indices of the pixels that had none,
    and of the pixel that each of them takes it from."""
    height, width = core.shape
    stride = width + 2
    source = np.full((height + 2, stride), -1, np.int32)
    # Row and column in one number: distances need no division.
    place = (np.arange(height, dtype=np.int32)[:, None] << _COLUMN_BITS) + np.arange(width, dtype=np.int32)
    source[1:-1, 1:-1] = np.where(core >= 0, place, -1)
    source = source.ravel()
    missing = np.flatnonzero(core < 0).astype(np.int32)
    my, mx = np.divmod(missing, np.int32(width))
    start = (my + 1) * np.int32(stride) + mx + 1
    pending, y, x = start, my, mx
    while len(pending):
        best = np.full(len(pending), -1, np.int32)
        distance = np.full(len(pending), _FAR, np.int32)
        for down, across in _NEIGHBOURS:
            candidate = source[pending + np.int32(down * stride + across)]
            off_y, off_x = (candidate >> _COLUMN_BITS) - y, (candidate & _COLUMN) - x
            off_y *= off_y
            off_x *= off_x
            off_y += off_x
            off_y[candidate < 0] = _FAR
            closer = off_y < distance
            np.copyto(best, candidate, where=closer)
            np.copyto(distance, off_y, where=closer)
        found = best >= 0
        if not found.any():
            break
        source[pending[found]] = best[found]
        left = ~found
        pending, y, x = pending[left], y[left], x[left]
    taken = np.maximum(source[start], 0)
    nearest = (taken >> _COLUMN_BITS) * np.int32(width) + (taken & _COLUMN)
    label = core.copy()
    label.ravel()[missing] = core.ravel()[nearest]
    return label, missing, nearest


def _tabulate(
    rgb: U8, parts: I32, runs: Runs, part: I32, mean: F32, count: I32, backdrop: Rgb8 | None
) -> tuple[Regions, I32, float | None, bool]:
    """The table of regions, the background first and then by area; each part's place in it, -1 for none; the row
    where the viewport's own ground begins, if it draws one; and whether this is a room.

    ``part`` says for each label of ``runs`` which of the ``parts`` it still is, 0 being none.
    """
    if backdrop is None:
        background, ground_top, interior = _background(rgb, parts, runs, mean, count)
    else:
        background, ground_top, interior = np.abs(mean - np.array(backdrop)).max(axis=1) < _ONE_COLOUR, None, False
        background &= count > 0
    # Slivers of it, between a wall and the paving say, would become dashes of lawn: their neighbours take them.
    sliver = background & (count < 0.00012 * parts.size)
    background &= ~sliver
    count = np.where(sliver, 0, count)
    order = np.argsort(-np.where(background, 0, count), kind="stable")
    order = order[(count[order] > 0) & ~background[order]][:_MAX_REGIONS]
    region_of = np.full(len(count), -1, np.int32)
    region_of[background] = BACKGROUND
    region_of[order] = np.arange(1, len(order) + 1)
    boxes = runs.boxes(region_of[part], len(order) + 1)
    boxes[BACKGROUND] = (0, 0, parts.shape[1], parts.shape[0])
    area = np.concatenate([[count[background].sum()], count[order]]).astype(np.int32)
    colour = np.concatenate([[mean[background].mean(axis=0) if background.any() else np.zeros(3)], mean[order]])
    return Regions(area, colour.astype(np.float32), boxes), region_of, ground_top, interior


def _background(rgb: U8, parts: I32, runs: Runs, mean: F32, count: I32) -> tuple[Mask, float | None, bool]:
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
    alike = (np.abs(mean - mean[seed]).max(axis=1) < _ONE_COLOUR) & (count > 0)
    if alike[border].mean() < 0.5:
        # Streets and courtyards leave it only a part of the upper border.
        alike = _sky(parts, mean) & (count > 0)
    if count[alike].sum() < 0.04 * parts.size:
        return windows(parts, mean, count), None, _is_filled(parts, count)
    background |= alike
    background |= _same_by_row(rgb, runs, background[parts]) & (count > 0)
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


def _sky(parts: I32, mean: F32) -> Mask:
    """Parts with the colour of the most of the upper border, if a good deal of it is light and bluish."""
    overhead = _most(parts[0], len(mean))
    alike: Mask = np.abs(mean - mean[overhead]).max(axis=1) < _ONE_COLOUR
    red, _, blue = mean[overhead]
    return alike & bool(blue > red + BLUISH and blue > _LIGHT_SKY and alike[parts[0]].mean() > _LEAST_SKY)


def _same_by_row(rgb: U8, runs: Runs, shown: Mask) -> Mask:
    """Parts with the colour that the background, which is ``shown`` in some places, has in their rows: a gradient
    seen between posts."""
    rows = np.flatnonzero(shown.any(axis=1))
    seen = np.where(shown[rows, :, None], rgb[rows], 0).sum(axis=1) / shown[rows].sum(axis=1)[:, None]
    area = runs.area()
    if np.ptp(seen, axis=0).max() < _ONE_COLOUR:
        return np.zeros(len(area), np.bool_)
    alike = np.ones(len(area), np.bool_)
    for band in range(3):
        level = np.interp(np.arange(len(shown)), rows, seen[:, band]).astype(np.float32)
        alike &= runs.total(np.abs(rgb[..., band] - level[:, None])) < _ONE_COLOUR * area
    return alike


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


def _coverage(rgb: U8, label: I32, pending: I32, nearest: I32, line: Mask, ink: F32 | None) -> tuple[I32, F32, F32]:
    """The second region of each mixed pixel and the two shares, read from its anti-aliased colour."""
    height, width = label.shape
    other = label.copy()
    share = np.ones((height, width), np.float32)
    other_share = np.zeros((height, width), np.float32)
    if not len(pending):
        return other, share, other_share
    taken = np.arange(height * width, dtype=np.int32)
    taken[pending] = nearest
    y, x = np.divmod(pending, np.int32(width))
    ny, nx = np.divmod(nearest, np.int32(width))
    beyond = np.clip(2 * y - ny, 0, height - 1) * np.int32(width) + np.clip(2 * x - nx, 0, width - 1)
    labels, colours = label.ravel(), rgb.reshape(-1, 3)
    across, here = labels[beyond], labels[pending]
    shown = colours[pending].astype(np.float32)
    own = colours[nearest].astype(np.float32)
    partner = colours[taken[beyond]].astype(np.float32)
    beside_line = _grown(line).ravel()[pending]
    if beside_line.any():
        partner[beside_line] = ink_of(rgb, line) if ink is None else ink
    span = own - partner
    length = np.einsum("ij,ij->i", span, span)
    part = np.where(length > 30, np.einsum("ij,ij->i", shown - partner, span) / np.maximum(length, 1), 1.0)
    part = np.clip(part, 0, 1).astype(np.float32)
    distinct = (across != here) & ~beside_line
    part[~distinct & ~beside_line] = 1
    share.ravel()[pending] = part
    other.ravel()[pending] = np.where(distinct, across, here)
    other_share.ravel()[pending] = np.where(distinct, 1 - part, 0)
    return other, share, other_share


def _grown(mask: Mask) -> Mask:
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide
