"""What a capture shows: flat regions with exact borders, the background, and whether it is flat-shaded at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.geometry.horizon import find_horizon
from renderiq.engines.preview.raster import F32, I32, U8, Mask, percentile
from renderiq.engines.preview.segment.coverage import coverage, spread
from renderiq.engines.preview.segment.edge_lines import blends, dark_faces, ink_of, long_parts, rejoin
from renderiq.engines.preview.segment.flat_shading import SMALL, edge_lines, flat_pixels, is_flat_shaded, window_frames
from renderiq.engines.preview.segment.labels import Runs, connected_parts
from renderiq.engines.preview.segment.regions import BACKGROUND, Regions, Rgb8, tabulate
from renderiq.engines.preview.segment.ridges import DARK, joined, spines
from renderiq.engines.preview.segment.smooth_shading import continued, find_smooth, levels, shades_of

T = TypeVar("T", bound=np.generic)

WORKING_SIDE: Final = 1600
_SMALLEST_SIDE: Final = 32
_INK: Final = 50
_FLAT: Final = 255


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
    elif 2 * longest < SMALL:
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
    thin = edge_lines(rgb, grey)
    # Lines are drawn near black; other thin dark things, window frames say, are shaded like the rest.
    inked = bool(thin.mean() > 0.002 and percentile(grey[thin], 20) < _INK)
    line = thin if inked else np.zeros_like(thin)
    raw = _parts(rgb, grey, line, inked=inked)
    if raw is None:
        return None
    runs = Runs(raw)
    mean, area = runs.mean(rgb), runs.area()
    frame = window_frames(rgb, raw, runs, mean)
    part = np.arange(len(area), dtype=np.int32)
    part[frame | (area < max(4, round(raw.size / 240_000)))] = 0
    area[part == 0] = 0
    owner = part
    if inked:
        ink = ink_of(rgb, line)
        owner = blends(runs.painted(part), mean, area, ink)
        area[owner != part] = 0
        part = np.where(owner == part, part, 0)
    parts = runs.painted(part)
    regions, region_of, ground_top, interior = tabulate(rgb, parts, runs, part, mean, area, backdrop)
    core = runs.painted(region_of[owner])
    label, pending, nearest = spread(core)
    if inked and rejoin(rgb, core, label, line, regions.colour, ink):
        label, pending, nearest = spread(core)
    thin |= runs.painted(frame)
    runs = Runs(label)
    shades = shades_of(grey, pending, nearest)
    smooth = find_smooth(shades, runs)
    if smooth.any() and not inked:
        merged = continued(rgb, label, regions.colour, smooth)
        label, regions, smooth = runs.painted(merged), regions.merged(merged), smooth[np.unique(merged, True)[1]]
        runs = Runs(label)
    other, share, other_share = coverage(rgb, label, pending, nearest, thin, ink if inked else None)
    return Scene(
        label=label,
        other=other,
        share=share,
        other_share=other_share,
        regions=regions.reaching(runs),
        horizon=ground_top if ground_top is not None else find_horizon(grey),
        has_lines=inked,
        has_background=bool(regions.area[BACKGROUND] > 0),
        interior=interior,
        shading=levels(shades, runs, smooth),
        runs=runs,
    )


def _parts(rgb: U8, grey: U8, line: Mask, *, inked: bool) -> I32 | None:
    """Flat patches and strips between them, numbered from 1; 0 where there is neither. None if it is all too few."""
    flat = flat_pixels(rgb) & ~line
    kinds = spines(grey, ~(flat | line))
    if inked:
        flat |= long_parts(connected_parts(dark_faces(grey, line)))
        # Between lines only what is bright is a face of its own, not what they leave of their smear.
        kinds[(kinds == DARK) | line | (grey < percentile(grey[line], 50) + 18)] = 0
    kinds[flat] = _FLAT
    raw = connected_parts(kinds)
    runs = Runs(raw)
    area = runs.area()
    kind = np.zeros(len(area), np.uint8)
    kind[runs.label] = kinds.ravel()[runs.first]
    if not is_flat_shaded(rgb, runs, np.where(kind == _FLAT, area, 0)):
        return None
    strip = (kind > 0) & (kind < _FLAT)
    return runs.painted(joined(rgb, raw, runs, strip)) if strip.any() else raw
