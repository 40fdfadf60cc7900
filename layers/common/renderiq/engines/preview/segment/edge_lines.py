"""Edge lines that the viewport has drawn, and the slivers of faces that they leave between them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, I32, U8, Mask, percentile
from renderiq.engines.preview.segment.labels import RunLengthLabels
from renderiq.engines.preview.segment.morphology import grey_closing

SMALL_CAPTURE: Final = 1400
"""Captures whose longer side is below this were enlarged: they have broad lines and soft edges."""
_LINE_MAX_GREY: Final = 95
_LINE_MIN_CONTRAST: Final = 26
"""Grey levels between a line and the closed image."""
_LINE_MAX_CHROMA: Final = 30
_CLOSING_SIDE: Final = 7
_CLOSING_SIDE_SMALL: Final = 11
"""Pixels: wider than any line. In enlarged captures lines are twice as wide."""
_LINE_COLOUR_PERCENT: Final = 20
_LINE_TOLERANCE: Final = 14
"""Grey levels above the lines' own level that still count as a line."""
_MAX_FACE_WIDTH: Final = 4
"""Pixels: the widest face between two lines that can be mistaken for a line."""
_MIN_FACE_LENGTH: Final = 0.022
"""Of the capture's longer side."""
_MIN_FACE_WIDTH: Final = 1.7
"""Mean width in pixels: what is narrower is the smear between two lines that nearly touch."""
_MAX_BLEND_ERROR: Final = 6
_MAX_BLEND_COVERAGE: Final = 0.8
"""A fragment whose colour is a mix of a line and a nearby facet, with at most this much of the facet, is a blend."""
_MAX_PIXEL_ERROR: Final = 14
"""Levels by which an anti-aliased pixel may differ from a mix of two colours."""
_MAX_SLIVER_ERROR: Final = 8
_MIN_SLIVER_COVERAGE: Final = 0.5
_MIN_SLIVER_CONTRAST: Final = 40
"""Levels between a sliver's region and the nearest one: below this the sliver may be a smear of the nearest one."""
_MIN_SLIVER_NEIGHBOURS: Final = 3
_SEARCH_OFFSETS: Final = tuple(
    (round(radius * down), round(radius * across))
    for radius in (3, 6, 10, 15)
    for down, across in (
        (-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (-0.7, 0.7), (0.7, -0.7), (0.7, 0.7),
    )
)  # fmt: skip
"""(rows, columns) at which a fragment's region is looked for, the nearest first."""
_NEAR_OFFSETS: Final = _SEARCH_OFFSETS[:16]


def detect_edge_lines(rgb: U8, grey: U8) -> Mask:
    """Returns thin dark strokes without colour, (height, width): what a grey closing makes much brighter."""
    height, width = grey.shape
    closed = grey_closing(grey, _CLOSING_SIDE_SMALL if max(height, width) < SMALL_CAPTURE else _CLOSING_SIDE)
    is_thin = closed.astype(np.int16) - grey > _LINE_MIN_CONTRAST
    return np.asarray((grey < _LINE_MAX_GREY) & is_thin & (_chroma(rgb) < _LINE_MAX_CHROMA))


def edge_line_colour(rgb: U8, line: Mask) -> F32:
    """Returns the colour (3,), 0..255, in which the viewport has drawn its edge lines."""
    return np.array([percentile(rgb[..., channel][line], _LINE_COLOUR_PERCENT) for channel in range(3)], np.float32)


def find_faces_between_lines(grey: U8, line: Mask) -> Mask:
    """Returns pixels of ``line`` that are faces: dark and narrow, but brighter than the two lines beside them."""
    black = line & (grey <= percentile(grey[line], _LINE_COLOUR_PERCENT) + _LINE_TOLERANCE)
    between = np.zeros_like(line)
    for axis in (0, 1):
        sides = []
        for direction in (1, -1):
            near_line = np.zeros_like(line)
            for step in range(1, _MAX_FACE_WIDTH + 1):
                target, source = [slice(None), slice(None)], [slice(None), slice(None)]
                target[axis], source[axis] = (slice(step, None), slice(None, -step))[::direction]
                near_line[tuple(target)] |= black[tuple(source)]
            sides.append(near_line)
        between |= sides[0] & sides[1]
    face: Mask = between & line & ~black
    return face


def find_long_components(components: I32) -> Mask:
    """Returns the pixels of long components that are wider than the smear between two lines."""
    runs = RunLengthLabels(components)
    area = runs.area()
    box = runs.bounding_boxes()
    length = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    is_long: Mask = (length > _MIN_FACE_LENGTH * max(components.shape)) & (area > _MIN_FACE_WIDTH * length)
    is_long[0] = False
    return runs.map_values(is_long)


def absorb_blended_fragments(components: I32, colour: F32, area: I32, line_colour: F32) -> I32:
    """Returns for each component the component that it belongs to.

    Most belong to themselves. A small one whose colour is a mix of the line colour and the ``colour`` (labels, 3) of a
    larger facet nearby belongs to that facet. Large facets such as floors and walls are not considered, because any
    grey could be a mix with them. Components without ``area`` get 0.
    """
    owner = np.where(area > 0, np.arange(len(area), dtype=np.int32), 0).astype(np.int32)
    is_small = (area > 0) & (area < max(8, components.size / 50_000))
    y, x = np.divmod(np.flatnonzero(is_small[components]), components.shape[1])
    here = components[y, x]
    for down, across in _SEARCH_OFFSETS:
        there = _sample_labels(components, y + down, x + across)
        coverage, error = _unmix(colour[here], colour[there], line_colour)
        is_facet = (area[there] > area[here]) & (area[there] < components.size / 2500)
        is_blend = is_facet & (error < _MAX_BLEND_ERROR) & (coverage < _MAX_BLEND_COVERAGE) & (owner[here] == here)
        owner[here[is_blend]] = there[is_blend]
    # The owner may belong to another component itself.
    while (owner != owner[owner]).any():
        owner = owner[owner]
    return owner


def relabel_slivers(rgb: U8, seeds: I32, label: I32, line: Mask, colour: F32, line_colour: F32) -> bool:
    """Gives slivers between lines to the nearby region of their colour; returns whether there were any.

    ``seeds`` has the region of each flat pixel and -1 elsewhere; it is changed in place. ``label`` has the nearest
    region of every pixel, ``colour`` (regions, 3) their colours. A sliver is changed only if the nearest region cannot
    explain its colour.
    """
    y, x = np.divmod(np.flatnonzero((seeds < 0) & ~line), seeds.shape[1])
    shown = rgb[y, x].astype(np.float32)
    nearest = colour[label[y, x]]
    _, error = _unmix(shown, nearest, line_colour)
    unexplained = error > _MAX_PIXEL_ERROR
    y, x, shown, nearest = y[unexplained], x[unexplained], shown[unexplained], nearest[unexplained]
    # Pixels between two regions without a line between them are a mix of both.
    for down, across in _NEAR_OFFSETS:
        coverage, error = _unmix(shown, colour[_sample_labels(label, y + down, x + across)], nearest)
        unexplained = (error > _MAX_PIXEL_ERROR) | (coverage > _MAX_BLEND_COVERAGE) | (coverage < 0.01)
        y, x, shown, nearest = y[unexplained], x[unexplained], shown[unexplained], nearest[unexplained]
    best_error = np.full(len(y), _MAX_SLIVER_ERROR, np.float32)
    owner = np.full(len(y), -1, np.int32)
    for down, across in _SEARCH_OFFSETS:
        there = _sample_labels(label, y + down, x + across)
        coverage, error = _unmix(shown, colour[there], line_colour)
        better = (error < best_error - 1) & (coverage > _MIN_SLIVER_COVERAGE)
        better &= np.abs(colour[there] - nearest).max(axis=1) > _MIN_SLIVER_CONTRAST
        best_error[better], owner[better] = error[better], there[better]
    # A single pixel is anti-aliasing; the pixels of a sliver touch one another.
    found = np.zeros((seeds.shape[0] + 2, seeds.shape[1] + 2), np.int8)
    found[y + 1, x + 1] = owner >= 0
    neighbours = sum(found[y + 1 + down, x + 1 + across] for down in (-1, 0, 1) for across in (-1, 0, 1))
    is_sliver = (owner >= 0) & (neighbours > _MIN_SLIVER_NEIGHBOURS)
    seeds[y[is_sliver], x[is_sliver]] = owner[is_sliver]
    return bool(is_sliver.any())


def _unmix(shown: F32, foreground: F32, background: F32) -> tuple[F32, F32]:
    """Explains each colour (count, 3) as a mix; returns the foreground's coverage and the largest error in levels."""
    difference = foreground - background
    length = np.maximum(np.einsum("ij,ij->i", difference, difference), 1)
    coverage = np.einsum("ij,ij->i", shown - background, difference) / length
    coverage = np.clip(coverage, 0, 1.04)
    error = np.abs(background + coverage[:, None] * difference - shown).max(axis=1)
    return coverage.astype(np.float32), error.astype(np.float32)


def _sample_labels(labels: I32, y: NDArray[np.intp], x: NDArray[np.intp]) -> I32:
    """Returns the labels at the given pixels, which are clamped to the picture."""
    found: I32 = labels[np.clip(y, 0, labels.shape[0] - 1), np.clip(x, 0, labels.shape[1] - 1)]
    return found


def _chroma(rgb: U8) -> U8:
    """Returns the largest channel minus the smallest; numpy's reduction is slow along an axis of three."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
