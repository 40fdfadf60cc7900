"""Segmentation of a capture into flat-coloured regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.geometry.horizon import find_horizon
from renderiq.engines.preview.raster import F32, I32, U8, CheckCancelled, Mask, never_cancelled, percentile
from renderiq.engines.preview.segment.background import find_background, match_background
from renderiq.engines.preview.segment.coverage import estimate_coverage, expand_labels
from renderiq.engines.preview.segment.edge_lines import (
    SMALL_CAPTURE,
    absorb_blended_fragments,
    detect_edge_lines,
    edge_line_colour,
    find_faces_between_lines,
    find_long_components,
    relabel_slivers,
)
from renderiq.engines.preview.segment.flat_shading import find_flat_pixels, find_window_frames, is_flat_shaded
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.regions import BACKGROUND, RegionTable, build_region_table
from renderiq.engines.preview.segment.ridges import DARK_RIDGE, detect_ridges, join_ridge_fragments
from renderiq.engines.preview.segment.smooth_shading import (
    fill_from_flat_pixels,
    find_smooth_regions,
    merge_smooth_neighbours,
    relative_shading,
)

T = TypeVar("T", bound=np.generic)

WORKING_SIDE: Final = 1600
"""Longer side in pixels of the picture that is segmented (the working resolution)."""
_MIN_SIDE: Final = 32
_MIN_LINE_COVERAGE: Final = 0.002
"""Of the picture: fewer dark thin pixels are no edge lines."""
_LINE_MAX_GREY: Final = 50
"""Edge lines are nearly black; other thin dark things, such as window frames, are shaded."""
_FACE_LINE_CONTRAST: Final = 18
"""Grey levels by which a face between two lines is brighter than the lines."""
_FLAT: Final = 255
"""The class of flat pixels; ridges have the classes of ``ridges``."""
_MIN_COMPONENT_AREA: Final = 4
_PIXELS_PER_COMPONENT_PIXEL: Final = 240_000
"""A component has at least as many pixels as the first, and one for each so many pixels of the picture."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A segmented capture at working resolution; images have the shape (height, width).

    Each pixel shows the region ``label`` with the weight ``coverage`` (0..1) and, if it is on a border between two
    regions, ``second_label`` with the rest. Next to edge lines the rest is the line, and both labels are the same.
    """

    label: I32
    second_label: I32
    coverage: F32
    regions: RegionTable
    horizon: float
    """The row of the horizon."""
    has_edge_lines: bool
    has_background: bool
    is_interior: bool
    shading: U8 | None
    """Brightness of each pixel over the mean of its region, 128 being equal; None if no face is shaded smoothly."""
    runs: RunLengthLabels
    """The run-length encoding of ``label``."""

    def map_values(self, values: NDArray[T]) -> NDArray[T]:
        """Returns an image (height, width) in which each pixel has the value of its region."""
        return self.runs.map_values(values)

    @property
    def size(self) -> tuple[int, int]:
        """The working resolution as (width, height)."""
        return self.label.shape[1], self.label.shape[0]


def resize_for_analysis(picture: Image.Image) -> U8:
    """Returns the picture at working resolution, (height, width, 3) in sRGB.

    Large pictures are reduced to ``WORKING_SIDE`` pixels on the longer side; small ones are enlarged to twice their
    size, because thin features are detected more reliably then.
    """
    longest = max(picture.size)
    if longest > WORKING_SIDE:
        width, height = (max(1, round(side * WORKING_SIDE / longest)) for side in picture.size)
        # A sharper filter would ring beside dark edges, and the ringing would be detected as bright ridges.
        picture = picture.resize((width, height), Image.Resampling.HAMMING, reducing_gap=3.0)
    elif 2 * longest < SMALL_CAPTURE:
        # A sharper filter than the bilinear one would ring around edge lines and change flat colours.
        picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BILINEAR)
    return np.asarray(picture.convert("RGB"))


def segment_capture(
    rgb: U8,
    background_colour: tuple[int, int, int] | None = None,
    check_cancelled: CheckCancelled = never_cancelled,
) -> Scene | None:
    """Segments a flat-shaded capture (height, width, 3) in sRGB.

    Returns None for a photo, a finished render and everything else that is not flat-shaded. If ``background_colour``
    is given, it stands for the transparent pixels of the capture, and only these are background. ``check_cancelled``
    is called between the steps and within the longest of them.
    """
    if min(rgb.shape[:2]) < _MIN_SIDE:
        return None
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    thin = detect_edge_lines(rgb, grey)
    has_lines = bool(thin.mean() > _MIN_LINE_COVERAGE and percentile(grey[thin], 20) < _LINE_MAX_GREY)
    line = thin if has_lines else np.zeros_like(thin)
    check_cancelled()
    fragments = _find_fragments(rgb, grey, line, check_cancelled, has_lines=has_lines)
    if fragments is None:
        return None
    check_cancelled()
    runs = RunLengthLabels(fragments)
    colour, area = runs.mean_colour(rgb), runs.area()
    is_frame = find_window_frames(rgb, fragments, runs, colour)
    component = np.arange(len(area), dtype=np.int32)
    component[is_frame | (area < max(_MIN_COMPONENT_AREA, round(fragments.size / _PIXELS_PER_COMPONENT_PIXEL)))] = 0
    area[component == 0] = 0
    owner = component
    if has_lines:
        line_colour = edge_line_colour(rgb, line)
        owner = absorb_blended_fragments(runs.map_values(component), colour, area, line_colour)
        area[owner != component] = 0
        component = np.where(owner == component, component, 0)
    check_cancelled()
    if background_colour is None:
        background = find_background(rgb, runs.map_values(component), runs, colour, area)
    else:
        background = match_background(colour, area, background_colour)
    regions, region_of = build_region_table(background, runs, component, colour, area, fragments.shape)
    seeds = runs.map_values(region_of[owner])
    label, mixed, nearest = expand_labels(seeds, check_cancelled)
    if has_lines and relabel_slivers(rgb, seeds, label, line, regions.colour, line_colour):
        label, mixed, nearest = expand_labels(seeds, check_cancelled)
    thin |= runs.map_values(is_frame)
    runs = RunLengthLabels(label)
    levels = fill_from_flat_pixels(grey, mixed, nearest)
    is_smooth = find_smooth_regions(levels, runs)
    if is_smooth.any() and not has_lines:
        merged = merge_smooth_neighbours(rgb, label, regions.colour, is_smooth)
        label, regions = runs.map_values(merged), regions.merge(merged)
        is_smooth = is_smooth[np.unique(merged, True)[1]]
        runs = RunLengthLabels(label)
    check_cancelled()
    second_label, coverage = estimate_coverage(rgb, label, mixed, nearest, thin, line_colour if has_lines else None)
    check_cancelled()
    return Scene(
        label=label,
        second_label=second_label,
        coverage=coverage,
        regions=regions.with_boxes_of(runs),
        horizon=background.horizon if background.horizon is not None else find_horizon(grey),
        has_edge_lines=has_lines,
        has_background=bool(regions.area[BACKGROUND] > 0),
        is_interior=background.is_interior,
        shading=relative_shading(levels, runs, is_smooth),
        runs=runs,
    )


def _find_fragments(rgb: U8, grey: U8, line: Mask, check_cancelled: CheckCancelled, *, has_lines: bool) -> I32 | None:
    """Labels flat patches and the ridges between them, from 1; all other pixels are 0.

    Returns None if the capture is not flat-shaded.
    """
    flat = find_flat_pixels(rgb) & ~line
    check_cancelled()
    classes = detect_ridges(grey, ~(flat | line))
    if has_lines:
        flat |= find_long_components(connected_components(find_faces_between_lines(grey, line)))
        # Between edge lines only bright ridges are faces; a dark one is the smear of the lines.
        is_smear = grey < percentile(grey[line], 50) + _FACE_LINE_CONTRAST
        classes[(classes == DARK_RIDGE) | line | is_smear] = 0
    classes[flat] = _FLAT
    check_cancelled()
    fragments = connected_components(classes)
    runs = RunLengthLabels(fragments)
    area = runs.area()
    fragment_class = np.zeros(len(area), np.uint8)
    fragment_class[runs.label] = classes.ravel()[runs.first]
    if not is_flat_shaded(rgb, runs, np.where(fragment_class == _FLAT, area, 0)):
        return None
    is_ridge = (fragment_class > 0) & (fragment_class < _FLAT)
    if not is_ridge.any():
        return fragments
    return runs.map_values(join_ridge_fragments(rgb, fragments, runs, is_ridge))
