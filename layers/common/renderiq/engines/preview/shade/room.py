"""The geometry of a room: its floor in perspective, and the windows in its walls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.geometry.lines import fit_dominant_line, upper_convex_hull
from renderiq.engines.preview.raster import F32, Mask, gaussian_blur
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_WINDOW_STEP: Final = 2
"""Pixels of the capture per pixel of the masks in which windows are searched for."""
_FOCAL_LENGTH: Final = 0.8
"""Over the longer side of the picture: that of the wide lenses with which rooms are shown."""
_EYE_HEIGHT: Final = 0.58
"""Of the camera over the height of the room."""
_DEFAULT_FLOOR: Final = 0.75
"""Row of the floor's far edge, of the picture's height, if no floor is visible."""
_MAX_WINDOWS: Final = 6
_MIN_WINDOW_AREA: Final = 0.0015
"""Of the picture."""
_MIN_WINDOW_WIDTH: Final = 8
_MIN_WINDOW_HEIGHT: Final = 4
"""Pixels of the mask."""
_FLOOR_MIN_BORDER: Final = 0.25
"""Of the lower border of the frame."""
_RUG_MIN_AREA: Final = 0.015
_WALL_MIN_AREA: Final = 0.02
"""Of the picture."""
_CEILING_MIN_BORDER: Final = 0.3
"""Of the upper border of the frame."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window in pixels of the capture.

    ``left`` and ``right`` are columns; ``top`` and ``bottom`` are lines as (slope, intercept). ``openness`` has for
    each column of ``mask`` how much of it is not covered by posts, 0..1. ``mask`` has the panes at a lower resolution.
    """

    left: float
    right: float
    top: tuple[float, float]
    bottom: tuple[float, float]
    openness: F32
    mask: Mask

    def coverage_at(self, x: F32, y: F32, edge_width: float) -> F32:
        """Returns 1 inside the window and 0 outside, with soft edges of ``edge_width`` pixels."""
        upper, lower = self.top[0] * x + self.top[1], self.bottom[0] * x + self.bottom[1]
        inside = np.clip((x - self.left) / edge_width + 0.5, 0, 1) * np.clip((self.right - x) / edge_width + 0.5, 0, 1)
        inside *= np.clip((y - upper) / edge_width + 0.5, 0, 1) * np.clip((lower - y) / edge_width + 0.5, 0, 1)
        column = np.clip(x / _WINDOW_STEP, 0, len(self.openness) - 1).astype(np.int32)
        coverage: F32 = (inside * self.openness[column]).astype(np.float32)
        return coverage


@dataclass(frozen=True, slots=True)
class Room:
    """A room under a level camera; distances on the floor are in camera heights.

    ``centre`` is the column of the principal point, ``horizon`` the row of the horizon and ``focal_length`` is in
    pixels of the capture. ``floor_edge`` has for each column the row of the far edge of the floor.
    """

    centre: float
    horizon: float
    focal_length: float
    floor_edge: F32

    @staticmethod
    def of(scene: Scene, floor: Mask) -> Room:
        """Returns the room of a scene whose regions in ``floor`` lie on the ground."""
        width, height = scene.size
        on_floor = floor[scene.label]
        columns = np.flatnonzero(on_floor.any(axis=0))
        if len(columns) > 1:
            upper = np.argmax(on_floor[:, columns], axis=0).astype(np.float64)
            # Things on the floor hide parts of its far edge.
            floor_edge = np.interp(np.arange(width), columns, -upper_convex_hull(columns, -upper))
        else:
            floor_edge = np.full(width, _DEFAULT_FLOOR * height)
        ceilings = find_ceilings(scene)
        far = float(floor_edge.min())
        horizon = min(scene.horizon, far - 0.1 * height)
        if len(ceilings):
            ceiling_edge = float(scene.regions.box[ceilings, 3].max())
            if ceiling_edge < far - 0.08 * height:
                horizon = far - _EYE_HEIGHT * (far - ceiling_edge)
        return Room(width / 2, horizon, _FOCAL_LENGTH * max(width, height), floor_edge.astype(np.float32))

    def floor_position(self, x: F32, y: F32) -> tuple[F32, F32]:
        """Returns where the floor is that a pixel shows: how far to the right of the camera and how far ahead of it."""
        ahead: F32 = np.float32(self.focal_length) / np.maximum(y - np.float32(self.horizon), np.float32(1))
        return (x - np.float32(self.centre)) / np.float32(self.focal_length) * ahead, ahead

    def floor_edge_at(self, x: F32) -> F32:
        """Returns the row of the floor's far edge at the columns ``x``."""
        edge: F32 = self.floor_edge[np.clip(x.astype(np.int32), 0, len(self.floor_edge) - 1)]
        return edge

    def wall_of(self, window: Window) -> tuple[F32, F32, F32]:
        """Returns a point of the window's wall on the floor, the unit vector along the wall and the one into the room.

        Each is (2,): to the right and ahead.
        """
        ends = []
        for x in (window.left, window.right):
            column = int(np.clip(x, 0, len(self.floor_edge) - 1))
            right, ahead = self.floor_position(
                np.float32(x) * np.ones(1, np.float32), self.floor_edge[column : column + 1]
            )
            ends.append(np.array([right[0], ahead[0]], np.float32))
        along = ends[1] - ends[0]
        along /= max(float(np.hypot(*along)), 1e-6)
        inward = np.array([along[1], -along[0]], np.float32)
        if float(inward @ ends[0]) > 0:
            inward = -inward
        return ends[0], along, inward


def find_floors(scene: Scene, surfaces: Surfaces) -> tuple[Mask, Mask]:
    """Returns which regions lie on the ground, and which of them are polished; a rug is not."""
    label, box, area = scene.label, scene.regions.box, scene.regions.area
    height, width = label.shape
    at_bottom = np.bincount(label[-1], minlength=len(area)) > _FLOOR_MIN_BORDER * width
    floor = (surfaces.material == Material.PAVING) | (at_bottom & (box[:, 1] > 0.4 * height))
    floor[BACKGROUND] = False
    if not floor.any():
        return floor, floor
    on_ground = floor.copy()
    top = int(box[floor, 1].min())
    for region in np.flatnonzero((area > _RUG_MIN_AREA * label.size) & (box[:, 1] >= top) & ~floor):
        left, upper, right, lower = box[region]
        # In perspective a rug is wider at its near end; an upright front has vertical sides.
        rows = [upper + int(part * (lower - upper)) for part in (0.2, 0.8)]
        extents = [np.flatnonzero(label[row, left:right] == region) for row in rows]
        if all(len(extent) for extent in extents):
            far, near = (np.ptp(extent) for extent in extents)
            is_flat = right - left > 1.3 * (lower - upper)
            on_ground[region] = near - far > 0.5 * (rows[1] - rows[0]) and is_flat
    return on_ground, floor


def find_ceilings(scene: Scene) -> NDArray[np.intp]:
    """Returns the labels of the regions that cover much of the upper border and end in the upper part."""
    border = np.bincount(scene.label[0], minlength=len(scene.regions))
    is_broad = border > _CEILING_MIN_BORDER * scene.label.shape[1]
    return np.flatnonzero(is_broad & (scene.regions.box[:, 3] < 0.6 * scene.label.shape[0]))


def find_windows(scene: Scene, surfaces: Surfaces) -> Iterator[Window]:
    """Yields the largest windows: panes with the posts between them, and openings that show the background."""
    is_pane = surfaces.material == Material.GLASS
    is_pane[BACKGROUND] = True
    step = _WINDOW_STEP
    mask = is_pane[scene.label[::step, ::step]]
    gap = max(3, round(0.010 * max(mask.shape))) | 1
    # The panes of one window are a post apart.
    closed = gaussian_blur(mask.astype(np.uint8) * 255, gap / 2) > 64
    components = connected_components(closed | mask)
    area = np.bincount(components.ravel(), mask.ravel())
    area[0] = 0
    large = np.flatnonzero(area > _MIN_WINDOW_AREA * mask.size)
    for component in large[np.argsort(-area[large], kind="stable")][:_MAX_WINDOWS]:
        pane = mask & (components == component)
        columns = np.flatnonzero(pane.any(axis=0))
        upper = np.argmax(pane[:, columns], axis=0).astype(np.float64)
        lower = len(pane) - np.argmax(pane[::-1, columns], axis=0).astype(np.float64)
        if len(columns) < _MIN_WINDOW_WIDTH or np.median(lower - upper) < _MIN_WINDOW_HEIGHT:
            continue
        x = columns.astype(np.float64)
        top, bottom = (fit_dominant_line(x, y) for y in (upper, lower))
        height = np.maximum(np.median(lower - upper), 1)
        yield Window(
            left=float(columns[0] * step),
            right=float((columns[-1] + 1) * step),
            top=(top[0], top[1] * step),
            bottom=(bottom[0], bottom[1] * step),
            openness=np.clip(pane.sum(axis=0) / (0.5 * height), 0, 1).astype(np.float32),
            mask=pane,
        )


def find_window_walls(scene: Scene, windows: list[Window]) -> NDArray[np.intp]:
    """Returns the labels of the walls that the windows are in."""
    label = scene.label[::_WINDOW_STEP, ::_WINDOW_STEP]
    walls = set()
    for window in windows:
        sigma = max(4.0, 0.012 * max(label.shape))
        around = (gaussian_blur(window.mask.astype(np.uint8) * 255, sigma) > 8) & ~window.mask
        votes = np.bincount(label[around], minlength=len(scene.regions))
        votes[scene.regions.area < _WALL_MIN_AREA * scene.label.size] = 0
        votes[BACKGROUND] = 0
        if votes.any():
            walls.add(int(votes.argmax()))
    return np.array(sorted(walls), np.intp)
