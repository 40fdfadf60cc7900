"""Composition: the picture at output size, with anti-aliased borders, relief and backdrop, a band of rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.deferred.fine_detail import FineDetail
from renderiq.engines.preview.deferred.guides import border_mask
from renderiq.engines.preview.deferred.surfaces import relief
from renderiq.engines.preview.geometry.contours import trace_contours
from renderiq.engines.preview.geometry.rasterizer import rasterize_labels
from renderiq.engines.preview.look.tone_mapping import ToneMapper
from renderiq.engines.preview.raster import (
    BAND_ROWS,
    F32,
    I32,
    U8,
    U16,
    CheckCancelled,
    UpsampledPlane,
    never_cancelled,
)
from renderiq.engines.preview.segment.morphology import grey_dilation
from renderiq.engines.preview.shade.coverage_map import antialias

_TOLERANCE: Final = 1.2
"""Pixels of the guides that a border may deviate from the line that replaces it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Which region each output pixel shows, all (height, width): ``primary`` with the weight ``coverage``/255."""

    primary: U16
    secondary: U16
    coverage: U8


@dataclass(frozen=True, slots=True)
class SurfaceMaps:
    """What relief needs, at working resolution: two coordinates in metres, the size of a pixel, and its kinds.

    ``kind`` and ``strength`` (regions,) are the material of each region and how much relief it gets.
    """

    u: F32
    v: F32
    pixel: F32
    kind: U8
    strength: F32


def draw_outline(region: I32, size: tuple[int, int], check_cancelled: CheckCancelled = never_cancelled) -> Outline:
    """Traces the borders of all regions and rasterises them at the output ``size`` = (width, height)."""
    tolerance = np.full(int(region.max()) + 1, _TOLERANCE)
    contours = trace_contours(region, region, np.ones(region.shape, np.float32), tolerance, check_cancelled)
    check_cancelled()
    scale = np.array([size[0] / region.shape[1], size[1] / region.shape[0]])
    primary = rasterize_labels(contours, scale, size, region)
    check_cancelled()
    secondary, coverage = primary.copy(), np.full(primary.shape, 255, np.uint8)
    antialias(contours, scale, primary, secondary, coverage)
    return Outline(primary, secondary, coverage)


class Composition:
    """A picture of regions with their light over a backdrop; computed a band of rows at a time."""

    def __init__(
        self,
        region: I32,
        radiance: F32,
        fine: FineDetail,
        backdrop: F32,
        outline: Outline,
        maps: SurfaceMaps | None,
        seed: int,
    ) -> None:
        """All maps but ``backdrop`` have the size of ``region``; ``radiance`` is (height, width, 3)."""
        height, width = outline.primary.shape
        self.size = width, height
        self._region, self._outline, self._maps, self._seed = region.ravel(), outline, maps, seed
        self._shape = region.shape
        self._radiance = radiance.reshape(-1, 3)
        self._planes = [UpsampledPlane(np.ascontiguousarray(radiance[..., c]), self.size) for c in range(3)]
        self._backdrop = [UpsampledPlane(np.ascontiguousarray(backdrop[..., c]), self.size) for c in range(3)]
        self._fine = [UpsampledPlane(np.ascontiguousarray(fine.light[..., c]), self.size) for c in range(3)]
        self._fine_weight = UpsampledPlane(fine.weight, self.size)
        self._surface = None
        if maps is not None:
            self._surface = [UpsampledPlane(each, self.size) for each in (maps.u, maps.v, maps.pixel)]
        count = int(region.max()) + 1
        total = np.maximum(np.bincount(self._region, minlength=count), 1)
        mean = [np.bincount(self._region, self._radiance[:, c], count) / total for c in range(3)]
        self._mean = np.stack(mean, 1).astype(np.float32)
        self._near_border = grey_dilation(border_mask(region).astype(np.uint8), 5)

    def rows(self, top: int, bottom: int) -> F32:
        """Returns linear light (rows, width, 3) of output rows ``top`` to ``bottom`` (excluded)."""
        width, height = self.size
        primary = self._outline.primary[top:bottom].ravel()
        coverage = self._outline.coverage[top:bottom].ravel()
        light = np.stack([plane.rows(top, bottom).ravel() for plane in self._planes], axis=1)
        y = (np.arange(top, bottom, dtype=np.float32) + np.float32(0.5)) * np.float32(self._shape[0] / height)
        x = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(self._shape[1] / width)
        rows = np.minimum(y.astype(np.int32), self._shape[0] - 1)
        columns = np.minimum(x.astype(np.int32), self._shape[1] - 1)
        near = self._near_border[rows][:, columns].ravel() > 0
        index = np.flatnonzero(near)
        light[index] = self._sample(primary[index], index, x, y)
        if self._surface is not None and self._maps is not None:
            light *= self._relief(primary, top, bottom)[:, None]
        mixed = np.flatnonzero(coverage < 255)
        other = self._outline.secondary[top:bottom].ravel()[mixed]
        second = self._sample(other, mixed, x, y)
        weight = self._fine_weight.rows(top, bottom).ravel()
        index = np.flatnonzero(weight > 0)
        if len(index):
            own = np.stack([plane.rows(top, bottom).ravel()[index] for plane in self._fine], axis=1)
            light[index] += (own - light[index]) * weight[index][:, None]
            place = np.flatnonzero(weight[mixed] > 0)
            at = mixed[place]
            share = np.searchsorted(index, at)
            second[place] += (own[share] - second[place]) * weight[at][:, None]
        is_empty = primary == 0
        empty = mixed[other == 0]
        if len(empty) or is_empty.any():
            backdrop = np.stack([plane.rows(top, bottom).ravel() for plane in self._backdrop], axis=1)
            np.copyto(light, backdrop, where=is_empty[:, None])
            second[other == 0] = backdrop[empty]
        weight = (coverage[mixed].astype(np.float32) * np.float32(1 / 255))[:, None]
        light[mixed] = second + (light[mixed] - second) * weight
        return light.reshape(bottom - top, width, 3)

    def _sample(self, label: NDArray[np.integer], index: NDArray[np.intp], x: F32, y: F32) -> F32:
        """Returns the light of regions ``label`` at flat pixels ``index``, interpolated within the region only."""
        height, width = self._shape
        row, column = np.divmod(index, self.size[0])
        at_x, at_y = x[column] - np.float32(0.5), y[row] - np.float32(0.5)
        left, upper = np.floor(at_x).astype(np.int32), np.floor(at_y).astype(np.int32)
        share_x, share_y = at_x - left, at_y - upper
        total = np.zeros(len(index), np.float32)
        light = np.zeros((len(index), 3), np.float32)
        for down in (0, 1):
            line = np.clip(upper + down, 0, height - 1) * np.int32(width)
            weight_y = share_y if down else 1 - share_y
            for across in (0, 1):
                place = line + np.clip(left + across, 0, width - 1)
                weight = (share_x if across else 1 - share_x) * weight_y + np.float32(1e-3)
                weight *= self._region[place] == label
                total += weight
                light += self._radiance[place] * weight[:, None]
        found = total > 0
        light[found] /= total[found][:, None]
        missing = np.flatnonzero(~found)
        if len(missing):
            light[missing] = self._nearby(label[missing], left[missing], upper[missing])
        return light

    def _nearby(self, label: NDArray[np.integer], left: I32, upper: I32) -> F32:
        """Returns the light of regions in the surroundings of pixels, and the mean of those that are not there."""
        height, width = self._shape
        light: F32 = self._mean[label]
        total = np.zeros(len(label), np.float32)
        sums = np.zeros((len(label), 3), np.float32)
        for down in (-1, 0, 1, 2):
            for across in (-1, 0, 1, 2):
                place = np.clip(upper + down, 0, height - 1) * width + np.clip(left + across, 0, width - 1)
                fits = (self._region[place] == label).astype(np.float32)
                total += fits
                sums += self._radiance[place] * fits[:, None]
        found = total > 0
        light[found] = sums[found] / total[found][:, None]
        return light

    def _relief(self, primary: U16, top: int, bottom: int) -> F32:
        """Returns the factor of the materials' relief for each pixel of the band."""
        factor: F32 = np.ones(len(primary), np.float32)
        if self._surface is None or self._maps is None:
            return factor
        u, v, pixel = (plane.rows(top, bottom).ravel() for plane in self._surface)
        kinds = self._maps.kind[primary]
        strength = self._maps.strength[primary]
        kinds[primary == 0] = 255
        for kind in np.unique(kinds):
            if kind == 255:
                continue
            index = np.flatnonzero(kinds == kind)
            shaded: F32 = relief(int(kind), u[index], v[index], pixel[index], self._seed)
            factor[index] = 1 + (shaded - 1) * strength[index]
        found: F32 = factor
        return found


def compose(composition: Composition, tone_mapper: ToneMapper, on_rows_done: Callable[[int], None]) -> U8:
    """Renders the whole picture (height, width, 3) in 8-bit sRGB.

    After each band of rows ``on_rows_done`` is called with the number of finished rows. It may raise an exception,
    which ends the rendering.
    """
    width, height = composition.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, height)
        pixels[top:bottom] = tone_mapper.tone_map(composition.rows(top, bottom), top)
        on_rows_done(bottom)
    return pixels
