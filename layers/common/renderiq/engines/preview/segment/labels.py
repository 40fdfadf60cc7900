"""Label maps: connected parts, and what labels hold and where they lie, without asking every pixel."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyvips
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, U8, Mask

T = TypeVar("T", bound=np.generic)


class Runs:
    """The runs of equal labels in the rows of a label map; all that is said per label is indexed by label."""

    def __init__(self, labels: I32) -> None:
        begins = np.ones(labels.shape, np.bool_)
        np.not_equal(labels[:, 1:], labels[:, :-1], out=begins[:, 1:])
        self._shape = labels.shape
        self.first = np.flatnonzero(begins)
        """Flat index of each run's first pixel."""
        self.label: I32 = labels.ravel()[self.first]
        self._length = np.diff(self.first, append=labels.size)
        self._many = int(self.label.max()) + 1

    def area(self) -> I32:
        """Pixels of each label."""
        return np.bincount(self.label, self._length, self._many).astype(np.int32)

    def total(self, plane: NDArray[np.generic]) -> NDArray[np.float64]:
        """The sum of ``plane`` over each label."""
        kind = np.float64 if plane.dtype.kind == "f" else np.int64
        sums = np.add.reduceat(plane.ravel(), self.first, dtype=kind)
        return np.bincount(self.label, sums, self._many).astype(np.float64, copy=False)

    def mean(self, rgb: U8) -> F32:
        """The mean colour of each label: (labels, 3)."""
        totals = [self.total(rgb[..., band]) for band in range(3)]
        mean: F32 = (np.stack(totals, axis=1) / np.maximum(self.area(), 1)[:, None]).astype(np.float32)
        return mean

    def boxes(self, group: I32, many: int) -> I32:
        """(left, top, right, bottom), right and bottom excluded, of the pixels of each of ``many`` groups of labels;
        ``group`` says each label's, and below zero that it is in none."""
        owner = group[self.label]
        member = np.flatnonzero(owner >= 0)
        owner = owner[member]
        y, x = np.divmod(self.first[member], self._shape[1])
        boxes = np.empty((many, 4), np.int32)
        for column, (values, outermost, blank) in enumerate(
            (
                (x, np.minimum, self._shape[1]),
                (y, np.minimum, self._shape[0]),
                (x + self._length[member], np.maximum, 0),
                (y + 1, np.maximum, 0),
            )
        ):
            extreme = np.full(many, blank, np.int64)
            outermost.at(extreme, owner, values)
            boxes[:, column] = extreme
        return boxes

    def painted(self, values: NDArray[T]) -> NDArray[T]:
        """A map that has the value of its label at each pixel."""
        return np.repeat(values[self.label], self._length).reshape(self._shape)


def connected_parts(kinds: Mask | U8) -> I32:
    """Connected parts of one kind, numbered from 1; 0 where there is none."""
    parts: I32 = pyvips.Image.new_from_array(kinds.astype(np.uint8)).labelregions().numpy().astype(np.int32) + 1
    parts *= kinds > 0
    return parts


def united(one: I32, two: I32, many: int) -> I32:
    """For each of ``many`` labels the lowest that pairs (``one``, ``two``) connect it with."""
    owner = np.arange(many, dtype=np.int32)
    while True:
        lowest = owner.copy()
        least = np.minimum(owner[one], owner[two])
        np.minimum.at(lowest, one, least)
        np.minimum.at(lowest, two, least)
        lowest = lowest[lowest]
        if (lowest == owner).all():
            return owner
        owner = lowest
