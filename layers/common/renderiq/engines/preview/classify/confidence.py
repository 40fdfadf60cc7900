"""Confidence: how sure the engine is of what it recognised in a capture, and why it is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from renderiq.engines.preview.geometry.lines import upper_convex_hull
from renderiq.engines.preview.raster import U8, Mask
from renderiq.engines.preview.segment.edge_lines import detect_edge_lines
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_dilation
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_EDGE: Final = 26
"""Levels over two pixels, in any channel, of an edge that a region must have a border at."""
_REACH: Final = 5
"""Pixels: the side of the square in which an edge and a border meet."""
_LINE_REACH: Final = 7
"""Pixels: the side of the square around an edge line, the edges of which say nothing about regions."""
_MIN_EDGES: Final = 200
"""Pixels: fewer edges are too few for a judgement."""
_MAX_EMPTY_LINES: Final = 0.5
"""Of the edge lines: those with background on both sides. More of them are a drawing rather than marks beside it."""
_HORIZON_REACH: Final = 5
"""Rows on either side of the horizon that do not count."""
_SURE_AGREEMENT: Final = 0.93
"""Of the capture's edges: those that a border follows, in a scene that is repainted."""
_MIN_STEEPNESS: Final = 0.14
"""Product of the slopes of a model's foot on both sides of its lowest corner: the squared sine of the angle at which
the camera looks down on a right-angled corner."""
_MIN_SLOPE: Final = 0.12
"""Of the flatter side: a facade that is seen at a right angle does not rise."""
_MIN_FOOT_WIDTH: Final = 0.12
"""Of the model's width: what must be on both sides of its lowest corner."""
_MIN_MODEL: Final = 0.01
"""Of the picture: a model that is large enough for a judgement about the camera."""
_PLAN_AXIS_ALIGNED: Final = 0.8
"""Of the edges: horizontal and vertical ones in a plan."""
_PLAN_MIN_REGIONS: Final = 40
_PLAN_MIN_ROOMS: Final = 12
_PLAN_RECTANGLE: Final = 0.985
"""Regions of a plan whose contour has steps, and of one that is a rectangle, and how level its contour is."""
_PLAN_MIN_LEVEL_CONTOUR: Final = 0.85
_PLAN_MIN_SPREAD: Final = 0.08
"""Of the contour of a plan, on each side: the part that is level; and the standard deviation of its levels on one side
at least, as a part of the picture's height or width."""
_AXIS_ALIGNED: Final = 0.08
"""Gradient along an edge over the gradient across it."""
_MIN_BACKGROUND: Final = 0.1
"""Of the picture: less background than that, outdoors, are holes in a model that fills the picture."""
_MAX_REGIONS: Final = 260
"""More regions are detail that is too fine to be painted."""
_MIN_CEILING_LEVEL: Final = 120
_SHADOW_HUE: Final = 0.012
"""Difference of chromaticity coordinates between a face and a shadow on it."""
_SHADOW_RATIO: Final = (0.35, 0.93)
"""Brightness of a drawn shadow over that of the face that it lies on."""
_SHADOW_MIN_AREA: Final = 0.004
"""Of the picture: each of the two regions that a shadow edge separates."""
_MAX_SHADOW_EDGES: Final = 0.6
"""Length over the picture's width of edges of drawn shadows: in captures with edge lines, a border between two
brightnesses of one colour that has no line."""
_MIN_LINED: Final = 0.1
"""The same, of borders of that kind that have a line: otherwise the lines are not those of all edges."""


_GROUND_OFFSET: Final = 4
"""Pixels below the border of a shadow at which the ground has its own colour."""
_GROUND_CONTRAST: Final = 8
"""Levels between the sky and the ground of a viewport that draws its own ground."""
_MAX_GROUND_SHADOW: Final = 0.04
"""Of the picture's width: the lower border of a drawn shadow on the ground."""


class Doubt(StrEnum):
    """A reason for keeping the capture's own pixels."""

    NOT_FLAT_SHADED = "not_flat_shaded"
    EDGES_WITHOUT_REGION = "edges_without_region"
    DENSE_DETAIL = "dense_detail"
    NO_BACKGROUND = "no_background"
    SEEN_FROM_ABOVE = "seen_from_above"
    PLAN = "plan"
    DARK_ROOM = "dark_room"
    DRAWN_SHADOWS = "drawn_shadows"
    MISSING_EDGES = "missing_edges"
    UNEXPLAINED_EDGES = "unexplained_edges"
    LOST_AREAS = "lost_areas"
    CHANGED_MATERIALS = "changed_materials"


@dataclass(frozen=True, slots=True)
class Confidence:
    """``score`` is in 0..1; without ``doubts`` the scene may be repainted."""

    score: float
    doubts: tuple[Doubt, ...]


def judge_scene(scene: Scene, rgb: U8, *, has_alpha: bool) -> Confidence:
    """Judges a scene by the capture ``rgb`` (height, width, 3) that it was segmented from.

    ``has_alpha`` says that the background is certain, because the capture was transparent there.
    """
    grey = rgb[..., 1]
    line = detect_edge_lines(rgb, grey)
    near_line = grey_dilation(line.astype(np.uint8), _LINE_REACH) > 0
    strength = edge_strength(rgb)
    edge = (strength > _EDGE) & (strength >= grey_dilation(strength, 3))
    counted = edge & ~near_line
    # The viewport's own horizon is a line between two parts of the background.
    horizon = int(scene.horizon)
    counted[max(0, horizon - _HORIZON_REACH) : horizon + _HORIZON_REACH] = False
    agreement = _border_agreement(scene, counted)
    empty = _empty_share(scene, line)
    if empty > _MAX_EMPTY_LINES:
        agreement = min(agreement, 1 - empty)
    doubts = []
    if agreement < _SURE_AGREEMENT:
        doubts.append(Doubt.EDGES_WITHOUT_REGION)
    if len(scene.regions) > _MAX_REGIONS:
        doubts.append(Doubt.DENSE_DETAIL)
    if not scene.is_interior and scene.regions.area[BACKGROUND] < _MIN_BACKGROUND * scene.label.size:
        doubts.append(Doubt.NO_BACKGROUND)
    if scene.is_interior and _top_level(scene) < _MIN_CEILING_LEVEL:
        doubts.append(Doubt.DARK_ROOM)
    if scene.has_edge_lines and (_has_drawn_shadows(scene, near_line) or _has_ground_shadows(scene, rgb, near_line)):
        doubts.append(Doubt.DRAWN_SHADOWS)
    if not scene.is_interior and scene.has_background:
        left, right = _foot_slopes(scene.label != BACKGROUND)
        if left * right > _MIN_STEEPNESS and min(left, right) > _MIN_SLOPE:
            doubts.append(Doubt.SEEN_FROM_ABOVE)
        elif not has_alpha and _is_plan(scene) and _axis_aligned(grey, edge) > _PLAN_AXIS_ALIGNED:
            doubts.append(Doubt.PLAN)
    return Confidence(agreement * 0.75 ** len(doubts), tuple(doubts))


def edge_strength(rgb: U8) -> U8:
    """Returns for each pixel the largest difference, in any channel, of its neighbours on both sides."""
    strength = np.zeros(rgb.shape[:2], np.uint8)
    for channel in range(3):
        level = np.ascontiguousarray(rgb[..., channel])
        for here, low, high in (
            (np.s_[:, 1:-1], np.s_[:, :-2], np.s_[:, 2:]),
            (np.s_[1:-1], np.s_[:-2], np.s_[2:]),
        ):
            difference = np.maximum(level[low], level[high]) - np.minimum(level[low], level[high])
            np.maximum(strength[here], difference, out=strength[here])
    return strength


def _border_agreement(scene: Scene, edge: Mask) -> float:
    """Returns the part of the edges that a border of a region follows, and 1 if there are too few."""
    total = int(edge.sum())
    if total < _MIN_EDGES:
        return 1.0
    label = scene.label
    border = np.zeros(label.shape, np.uint8)
    border[:, 1:] |= label[:, 1:] != label[:, :-1]
    border[1:] |= label[1:] != label[:-1]
    return float((edge & (grey_dilation(border, _REACH) > 0)).sum() / total)


def _empty_share(scene: Scene, line: Mask) -> float:
    """Returns the part of the edge lines that have nothing but background around them, and 0 if there are too few."""
    total = int(line.sum())
    if total < _MIN_EDGES:
        return 0.0
    near_model = grey_dilation((scene.label != BACKGROUND).astype(np.uint8), _REACH) > 0
    return float((line & ~near_model).sum() / total)


def _top_level(scene: Scene) -> float:
    """Returns the mean level, 0..255, of the region that covers most of the upper border."""
    top = int(np.bincount(scene.label[0]).argmax())
    return float(scene.regions.colour[top].mean())


def _has_drawn_shadows(scene: Scene, near_line: Mask) -> bool:
    """Returns whether the viewport has drawn shadows: without an edge line, beside faces whose edges have one."""
    label, colour = scene.label, scene.regions.colour
    chromaticity = colour / np.maximum(colour.sum(axis=1, keepdims=True), 1)
    level = np.maximum(colour.mean(axis=1), 1)
    is_large = scene.regions.area > _SHADOW_MIN_AREA * label.size
    is_large[BACKGROUND] = False
    without_line = with_line = 0
    for here, there in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        border = label[here] != label[there]
        one, two, lined = label[here][border], label[there][border], near_line[here][border]
        ratio = np.minimum(level[one], level[two]) / np.maximum(level[one], level[two])
        is_pair = is_large[one] & is_large[two] & (ratio > _SHADOW_RATIO[0]) & (ratio < _SHADOW_RATIO[1])
        is_pair &= np.abs(chromaticity[one] - chromaticity[two]).max(axis=1) < _SHADOW_HUE
        without_line += int((is_pair & ~lined).sum())
        with_line += int((is_pair & lined).sum())
    width = label.shape[1]
    return bool(without_line > _MAX_SHADOW_EDGES * width and with_line > _MIN_LINED * width)


def _has_ground_shadows(scene: Scene, rgb: U8, near_line: Mask) -> bool:
    """Returns whether the viewport has drawn shadows on its ground, which is background in a scene."""
    label = scene.label
    first = int(scene.horizon)
    is_background = label == BACKGROUND
    above, below = (
        part[shown] for part, shown in ((rgb[:first], is_background[:first]), (rgb[first:], is_background[first:]))
    )
    if not len(above) or not len(below) or np.abs(above.mean(axis=0) - below.mean(axis=0)).max() < _GROUND_CONTRAST:
        return False
    upper, lower = label[first : -1 - _GROUND_OFFSET], label[first + 1 : -_GROUND_OFFSET]
    y, x = np.nonzero((upper != BACKGROUND) & (lower == BACKGROUND))
    y += first
    is_open = ~near_line[y, x]
    y, x = y[is_open], x[is_open]
    shadow = scene.regions.colour[label[y, x]]
    ground = rgb[y + _GROUND_OFFSET, x].astype(np.float32)
    ratio = shadow.sum(axis=1) / np.maximum(ground.sum(axis=1), 1)
    hue = [each / np.maximum(each.sum(axis=1, keepdims=True), 1) for each in (shadow, ground)]
    is_shadow = (ratio > _SHADOW_RATIO[0]) & (ratio < _SHADOW_RATIO[1])
    is_shadow &= np.abs(hue[0] - hue[1]).max(axis=1) < _SHADOW_HUE
    return bool(is_shadow.sum() > _MAX_GROUND_SHADOW * label.shape[1])


def _foot_slopes(model: Mask) -> tuple[float, float]:
    """Returns how steeply the lower contour of the largest object rises to the left and to the right of its lowest
    corner; 0 where there is too little of it.
    """
    parts = connected_components(model)
    area = np.bincount(parts.ravel())
    area[0] = 0
    if area.max(initial=0) < _MIN_MODEL * model.size:
        return 0.0, 0.0
    largest = parts == int(area.argmax())
    columns = np.flatnonzero(largest.any(axis=0))
    lowest = len(largest) - 1 - np.argmax(largest[::-1, columns], axis=0)
    if lowest.max() >= len(largest) - 2:
        # The frame cuts the model off, so that its corner is not in view.
        return 0.0, 0.0
    hull = upper_convex_hull(columns, lowest.astype(np.float64))
    corner = int(lowest.argmax())
    extent = columns[-1] - columns[0]
    slopes = []
    for end in (0, len(columns) - 1):
        run = abs(int(columns[end]) - int(columns[corner]))
        # The upper end of the contour is a wall rather than a foot.
        near = int(np.clip(corner + (end - corner) * 0.8, 0, len(columns) - 1))
        reach = max(1, abs(int(columns[near]) - int(columns[corner])))
        slopes.append(float(lowest[corner] - hull[near]) / reach if run > _MIN_FOOT_WIDTH * extent else 0.0)
    return slopes[0], slopes[1]


def _is_plan(scene: Scene) -> bool:
    """Returns whether the contour of the model runs in steps on all four sides, as that of a floor plan."""
    model = scene.label != BACKGROUND
    if len(scene.regions) < _PLAN_MIN_ROOMS or model[-2:].any():
        return False
    spreads, level = [], []
    for side in (model, model[::-1], model.T, model.T[::-1]):
        extent = np.argmax(side[:, side.any(axis=0)], axis=0)
        level.append(float((np.diff(extent) == 0).mean()))
        spreads.append(float(np.std(extent)) / len(side))
    if min(level) < _PLAN_MIN_LEVEL_CONTOUR:
        return False
    # An elevation has no steps on its left and its right, and few parts.
    has_steps = len(scene.regions) >= _PLAN_MIN_REGIONS and max(spreads) > _PLAN_MIN_SPREAD
    return has_steps or min(level) > _PLAN_RECTANGLE


def _axis_aligned(grey: U8, edge: Mask) -> float:
    """Returns the part of the ``edge`` pixels whose edge is horizontal or vertical."""
    level = grey.astype(np.int16)
    across = np.abs(level[1:-1, 2:] - level[1:-1, :-2])
    down = np.abs(level[2:, 1:-1] - level[:-2, 1:-1])
    inner = edge[1:-1, 1:-1]
    straight = np.minimum(across, down) < _AXIS_ALIGNED * np.maximum(across, down)
    return float((straight & inner).sum() / max(1, int(inner.sum())))
