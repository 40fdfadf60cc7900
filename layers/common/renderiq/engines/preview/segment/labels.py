"""Label maps: connected components, and statistics per label from the run-length encoding."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyvips
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, F64, I32, U8, Mask

T = TypeVar("T", bound=np.generic)


class RunLengthLabels:
    """A label map (height, width) in run-length encoding: one entry for each run of equal labels in a row.

    Statistics per label are computed from the runs, of which there are far fewer than pixels. Labels count from 0; all
    results are indexed by label.
    """

    def __init__(self, labels: I32) -> None:
        """Encodes ``labels`` (height, width)."""
        begins = np.ones(labels.shape, np.bool_)
        np.not_equal(labels[:, 1:], labels[:, :-1], out=begins[:, 1:])
        self._shape = labels.shape
        self.first = np.flatnonzero(begins)
        """Flat index of each run's first pixel."""
        self.label: I32 = labels.ravel()[self.first]
        self._length = np.diff(self.first, append=labels.size)
        self._count = int(self.label.max()) + 1

    def area(self) -> I32:
        """Returns the number of pixels of each label."""
        return np.bincount(self.label, self._length, self._count).astype(np.int32)

    def sum(self, image: NDArray[np.generic]) -> F64:
        """Returns the sum of ``image`` (height, width) over each label."""
        dtype = np.float64 if image.dtype.kind == "f" else np.int64
        sums = np.add.reduceat(image.ravel(), self.first, dtype=dtype)
        return np.bincount(self.label, sums, self._count).astype(np.float64, copy=False)

    def mean_and_deviation(self, image: NDArray[np.generic], area: I32) -> tuple[F64, F64]:
        """Returns the mean and the standard deviation of ``image`` over each label, as if it had ``area`` pixels."""
        count = np.maximum(area, 1)
        mean = self.sum(image) / count
        variance = self.sum(np.multiply(image, image)) / count - mean * mean
        return mean, np.sqrt(np.maximum(variance, 0))

    def mean_colour(self, rgb: U8) -> F32:
        """Returns the mean of ``rgb`` (height, width, 3) over each label: (labels, 3), 0..255."""
        sums = [self.sum(rgb[..., channel]) for channel in range(3)]
        mean: F32 = (np.stack(sums, axis=1) / np.maximum(self.area(), 1)[:, None]).astype(np.float32)
        return mean

    def bounding_boxes(self, group: I32 | None = None, count: int | None = None) -> I32:
        """Returns (left, top, right, bottom), right and bottom excluded, of each label or of each group of labels.

        ``group`` has the group of each label, or a negative number for labels to be left out; ``count`` is the number
        of groups.
        """
        if group is None:
            group = np.arange(self._count, dtype=np.int32)
        if count is None:
            count = len(group)
        owner = group[self.label]
        member = np.flatnonzero(owner >= 0)
        owner = owner[member]
        y, x = np.divmod(self.first[member], self._shape[1])
        boxes = np.empty((count, 4), np.int32)
        for column, (values, extremum, initial) in enumerate(
            (
                (x, np.minimum, self._shape[1]),
                (y, np.minimum, self._shape[0]),
                (x + self._length[member], np.maximum, 0),
                (y + 1, np.maximum, 0),
            )
        ):
            extreme = np.full(count, initial, np.int64)
            extremum.at(extreme, owner, values)
            boxes[:, column] = extreme
        return boxes

    def distinct(self) -> tuple[I32, I32, I32]:
        """Returns the labels in use, ascending, each pixel's place among them, and how many pixels each label has."""
        values, place = np.unique(self.label, return_inverse=True)
        pixels = np.bincount(place, self._length).astype(np.int32)
        image = np.repeat(place.astype(np.int32), self._length).reshape(self._shape)
        return values, image, pixels

    def map_values(self, values: NDArray[T]) -> NDArray[T]:
        """Returns an image (height, width) in which each pixel has the value of its label."""
        return np.repeat(values[self.label], self._length).reshape(self._shape)


def connected_components(classes: Mask | U8) -> I32:
    """Labels the 4-connected components of pixels of one class, from 1; pixels of class 0 get the label 0."""
    components: I32 = pyvips.Image.new_from_array(classes.astype(np.uint8)).labelregions().numpy().astype(np.int32) + 1
    components *= classes > 0
    return components


def relabel_sequential(labels: I32) -> I32:
    """Returns the labels (height, width) with those in use numbered from 1, in the same order; 0 stays 0."""
    is_used = np.bincount(labels.ravel()) > 0
    is_used[0] = False
    number: I32 = np.cumsum(is_used, dtype=np.int32).take(labels)
    return number


def label_pairs(one: I32, two: I32) -> tuple[I32, I32, NDArray[np.intp]]:
    """Returns the distinct pairs of labels, the lower and the higher one, and the pair of each (``one``, ``two``)."""
    pair, index = np.unique(np.minimum(one, two).astype(np.int64) << 32 | np.maximum(one, two), return_inverse=True)
    return (pair >> 32).astype(np.int32), (pair & 0xFFFFFFFF).astype(np.int32), index


def merge_labels(first: I32, second: I32, count: int) -> I32:
    """Returns for each of ``count`` labels the lowest label that the pairs (``first``, ``second``) connect it with."""
    root = np.arange(count, dtype=np.int32)
    while True:
        one, two = root[first], root[second]
        apart = one != two
        if not apart.any():
            return root
        first, second, one, two = first[apart], second[apart], one[apart], two[apart]
        # Every root that is not the lowest of its pair hangs itself below a lower one; then all chains are shortened.
        np.minimum.at(root, np.maximum(one, two), np.minimum(one, two))
        above = root[root]
        while (above != root).any():
            root, above = above, above[above]
