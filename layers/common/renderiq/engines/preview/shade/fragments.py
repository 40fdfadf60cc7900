"""Fragments: the pixels of one band of rows that one shader shades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.raster import F32, U8, U16
from renderiq.engines.preview.shade.context import LightMap, OutputMap, ShadingContext


class RowBand:
    """The maps of some output rows; each map is enlarged when a shader first samples it."""

    def __init__(self, context: ShadingContext, top: int, bottom: int) -> None:
        """Covers output rows ``top`` to ``bottom`` (excluded)."""
        self.top = top
        self._bottom = bottom
        self._maps: dict[LightMap, OutputMap] = {
            name: each for name, each in context.maps.items() if each.first < bottom and each.last > top
        }
        self._frame: U8 = context.coverage_map.frame[top:bottom].ravel()
        self._enlarged: dict[LightMap, F32] = {}

    def is_empty(self, name: LightMap) -> bool:
        """Returns whether a map is 0 in all of these rows."""
        return name not in self._maps

    def sample(self, name: LightMap, index: NDArray[np.intp]) -> F32:
        """Returns a map in 0..1 at flat pixel indices of the band."""
        if name not in self._maps:
            return np.zeros(len(index), np.float32)
        if name not in self._enlarged:
            self._enlarged[name] = self._maps[name].rows(self.top, self._bottom)
        return self._enlarged[name].take(index)

    def sample_frame(self, index: NDArray[np.intp]) -> F32:
        """Returns the coverage of window frames and joints in 0..1 at flat pixel indices of the band."""
        return self._frame[index].astype(np.float32) * np.float32(1 / 255)


@dataclass(frozen=True, slots=True)
class Fragments:
    """Pixels of a band that show regions of one material, all arrays being (count,).

    ``index`` has their flat indices in the band, ``region`` the labels of their regions, and ``x`` and ``y`` their
    columns and rows in the output.
    """

    band: RowBand
    index: NDArray[np.intp]
    region: NDArray[np.intp]
    x: F32
    y: F32

    def sample(self, name: LightMap) -> F32:
        """Returns a map in 0..1 at the fragments."""
        return self.band.sample(name, self.index)

    def sample_frame(self) -> F32:
        """Returns the coverage of window frames and joints in 0..1 at the fragments."""
        return self.band.sample_frame(self.index)


def group_by_material(
    context: ShadingContext, band: RowBand, region: U16, index: NDArray[np.intp]
) -> Iterator[tuple[Material, Fragments]]:
    """Yields the pixels at ``index`` as fragments of one material each; ``region`` has the labels of the whole band."""
    label = region[index]
    material = context.material.take(label)
    count = np.bincount(material, minlength=len(Material))
    if count.max(initial=0) < len(index):
        order = np.argsort(material, kind="stable")
        index, label = index[order], label[order]
    end = np.cumsum(count)
    width = context.size[0]
    for each in np.flatnonzero(count):
        members = slice(end[each] - count[each], end[each])
        chosen = index[members]
        y = chosen // width
        x = chosen - y * width
        labels = label[members].astype(np.intp)
        yield (
            Material(int(each)),
            Fragments(band, chosen, labels, x.astype(np.float32), (y + band.top).astype(np.float32)),
        )
