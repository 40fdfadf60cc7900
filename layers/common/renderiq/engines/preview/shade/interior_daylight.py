"""Daylight in a room: how it spreads from the windows, where the sun strikes the floor, what a floor mirrors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.geometry.lines import fit_dominant_line, upper_convex_hull
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, LUMA, U8, Mask, gaussian_blur, smoothstep, to_uint8
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.sky import colour

_COARSE: Final = 8
_FINE: Final = 2
_STEP: Final = 2
"""Pixels of the working copy per cell of the light's spread, of sunlit floor, and of the search for windows."""
_FOCAL: Final = 0.8
"""Focal length over the longer side of the picture: that of the wide lenses that rooms are seen through."""
_EYE: Final = 0.58
"""Height of an eye over that of a room."""
_AMBIENT: Final = 0.42
_MOST_WINDOWS: Final = 6
_OWN_WALL: Final = 0.30
"""Of the daylight a face would get, what the wall that the window is in gets: only what the room throws back."""


@dataclass(frozen=True, slots=True)
class InteriorDaylight:
    """Light in a room is ``ambient + spread * share[region] * day``, with sun in ``patch`` and sky in ``gloss`` on
    floors. Planes are 8-bit at resolutions of their own and cover the whole picture."""

    spread: U8
    patch: U8 | None
    gloss: U8 | None
    share: F32
    floor: Mask
    glossy: Mask
    ambient: F32
    day: F32
    horizon: float
    """The row of the eye's level, read from the room's floor and ceiling where both are in view."""


@dataclass(frozen=True, slots=True)
class _Window:
    """In pixels of the working copy: its columns, its upper and lower edge as (slope, base), and per column how much
    of it is open between its posts."""

    left: float
    right: float
    top: tuple[float, float]
    bottom: tuple[float, float]
    open: F32
    mask: Mask

    def holds(self, x: F32, y: F32, soft: float) -> F32:
        """1 inside, 0 outside, with an edge ``soft`` pixels wide."""
        upper, lower = self.top[0] * x + self.top[1], self.bottom[0] * x + self.bottom[1]
        inside = np.clip((x - self.left) / soft + 0.5, 0, 1) * np.clip((self.right - x) / soft + 0.5, 0, 1)
        inside *= np.clip((y - upper) / soft + 0.5, 0, 1) * np.clip((lower - y) / soft + 0.5, 0, 1)
        column = np.clip(x / _STEP, 0, len(self.open) - 1).astype(np.int32)
        held: F32 = (inside * self.open[column]).astype(np.float32)
        return held


def compute_interior_daylight(scene: Scene, surfaces: Surfaces, look: Look) -> InteriorDaylight:
    """The light of a room; where no window is in view, it comes from behind the camera and from the sun's side, and
    so does that of the lamps which are on after dark."""
    width, height = scene.size
    floor, glossy = _floors(scene, surfaces)
    sun, sky, lamps = colour(look.sun), colour(look.sky), colour(look.interior)
    ambient, day = _tamed(0.55 * sun + 0.72 * sky, 0.5), _tamed(0.30 * sun + sky, 0.7)
    dark = float(lamps @ LUMA) > float(ambient @ LUMA)
    if dark:
        ambient = day = _tamed(lamps, 0.45)
    windows = [] if dark else list(_windows(scene, surfaces))
    day = day * np.float32(float(ambient @ LUMA) / max(float(day @ LUMA), 1e-3))
    share = np.ones(len(scene.regions), np.float32)
    patch = gloss = None
    place = _Room.of(scene, floor)
    if windows:
        spread = _spread(windows, place, (width, height))
        share[_own_walls(scene, windows)] = _OWN_WALL
        share[_ceilings(scene)] = 0.9
        gloss = _mirrored(windows, place, (width, height))
        if look.outdoors and float(sun @ LUMA) > 3 * float(sky @ LUMA):
            patch = _sunlit(windows, place, look, surfaces.sun_from_left, (width, height))
    else:
        spread = _from_behind(surfaces.sun_from_left, (width, height))
    # The eye, and a camera, adapt to the room: whatever its windows, it is as bright on the whole.
    gain = np.float32(1.12 / (_AMBIENT + float(spread.mean())))
    most = float(spread.max())
    return InteriorDaylight(
        spread=to_uint8(spread / np.float32(most)),
        patch=patch,
        gloss=gloss,
        share=share,
        floor=floor,
        glossy=glossy,
        ambient=ambient * gain * np.float32(_AMBIENT),
        day=day * gain * np.float32(most),
        horizon=place.eye,
    )


def _tamed(light: F32, part: float) -> F32:
    """Nobody sees indoor light as coloured as it is."""
    grey = np.float32(float(light @ LUMA))
    calm: F32 = grey + (light - grey) * np.float32(part)
    return calm


def _floors(scene: Scene, surfaces: Surfaces) -> tuple[Mask, Mask]:
    """Regions that lie on the ground, and those of them that shine; a rug does not."""
    label, box, area = scene.label, scene.regions.box, scene.regions.area
    height, width = label.shape
    material = surfaces.material
    bottom = np.bincount(label[-1], minlength=len(area)) > 0.25 * width
    floor = (material == Material.PAVING) | (bottom & (box[:, 1] > 0.4 * height))
    floor[BACKGROUND] = False
    if not floor.any():
        return floor, floor
    rug = floor.copy()
    top = int(box[floor, 1].min())
    for each in np.flatnonzero((area > 0.015 * label.size) & (box[:, 1] >= top) & ~floor):
        left, upper, right, lower = box[each]
        # What lies grows broader towards the eye; an upright front has upright sides.
        rows = [upper + int(part * (lower - upper)) for part in (0.2, 0.8)]
        across = [np.flatnonzero(label[row, left:right] == each) for row in rows]
        if all(len(found) for found in across):
            far, near = (np.ptp(found) for found in across)
            rug[each] = near - far > 0.5 * (rows[1] - rows[0]) and right - left > 1.3 * (lower - upper)
    return rug, floor


def _windows(scene: Scene, surfaces: Surfaces) -> Iterator[_Window]:
    """Panes, with the posts between them, and openings through which the background shows: the largest few."""
    seen = surfaces.material == Material.GLASS
    seen[BACKGROUND] = True
    step = _STEP
    mask = seen[scene.label[::step, ::step]]
    reach = max(3, round(0.010 * max(mask.shape))) | 1
    # The panes of one window are a post apart.
    closed = gaussian_blur(mask.astype(np.uint8) * 255, reach / 2) > 64
    parts = connected_components(closed | mask)
    sizes = np.bincount(parts.ravel(), mask.ravel())
    sizes[0] = 0
    large = np.flatnonzero(sizes > 0.0015 * mask.size)
    for part in large[np.argsort(-sizes[large], kind="stable")][:_MOST_WINDOWS]:
        pane = mask & (parts == part)
        columns = np.flatnonzero(pane.any(axis=0))
        upper = np.argmax(pane[:, columns], axis=0).astype(np.float64)
        lower = len(pane) - np.argmax(pane[::-1, columns], axis=0).astype(np.float64)
        if len(columns) < 8 or np.median(lower - upper) < 4:
            continue
        x = columns.astype(np.float64)
        edges = [fit_dominant_line(x, y) for y in (upper, lower)]
        tall = np.maximum(np.median(lower - upper), 1)
        opened = np.clip(pane.sum(axis=0) / (0.5 * tall), 0, 1).astype(np.float32)
        yield _Window(
            left=float(columns[0] * step),
            right=float((columns[-1] + 1) * step),
            top=(edges[0][0], edges[0][1] * step),
            bottom=(edges[1][0], edges[1][1] * step),
            open=opened,
            mask=pane,
        )


def _own_walls(scene: Scene, windows: list[_Window]) -> NDArray[np.intp]:
    label = scene.label[::_STEP, ::_STEP]
    own = set()
    for window in windows:
        wide = max(4.0, 0.012 * max(label.shape))
        around = (gaussian_blur(window.mask.astype(np.uint8) * 255, wide) > 8) & ~window.mask
        votes = np.bincount(label[around], minlength=len(scene.regions))
        votes[scene.regions.area < 0.02 * scene.label.size] = 0
        votes[BACKGROUND] = 0
        if votes.any():
            own.add(int(votes.argmax()))
    return np.array(sorted(own), np.intp)


def _ceilings(scene: Scene) -> NDArray[np.intp]:
    many = np.bincount(scene.label[0], minlength=len(scene.regions))
    broad = (many > 0.3 * scene.label.shape[1]) & (scene.regions.box[:, 3] < 0.6 * scene.label.shape[0])
    return np.flatnonzero(broad)


@dataclass(frozen=True, slots=True)
class _Room:
    """A room in space, in heights of the eye: a level camera over a floor. ``foot`` is the floor's far edge, the
    row per column of the working copy."""

    middle: float
    eye: float
    focal: float
    foot: F32

    @staticmethod
    def of(scene: Scene, floor: Mask) -> _Room:
        width, height = scene.size
        lies = floor[scene.label]
        columns = np.flatnonzero(lies.any(axis=0))
        if len(columns) > 1:
            upper = np.argmax(lies[:, columns], axis=0).astype(np.float64)
            # What stands on the floor hides parts of its far edge.
            foot = np.interp(np.arange(width), columns, -upper_convex_hull(columns, -upper))
        else:
            foot = np.full(width, 0.75 * height)
        ceilings = _ceilings(scene)
        far = float(foot.min())
        eye = min(scene.horizon, far - 0.1 * height)
        if len(ceilings):
            above = float(scene.regions.box[ceilings, 3].max())
            if above < far - 0.08 * height:
                eye = far - _EYE * (far - above)
        return _Room(width / 2, eye, _FOCAL * max(width, height), foot.astype(np.float32))

    def on_floor(self, x: F32, y: F32) -> tuple[F32, F32]:
        """How far to the right and how far ahead the floor lies that a pixel shows."""
        ahead: F32 = np.float32(self.focal) / np.maximum(y - np.float32(self.eye), np.float32(1))
        return (x - np.float32(self.middle)) / np.float32(self.focal) * ahead, ahead

    def wall(self, window: _Window) -> tuple[F32, F32, F32]:
        """Where the window's wall meets the floor: a point, the direction along it, and the one into the room."""
        ends = []
        for x in (window.left, window.right):
            column = int(np.clip(x, 0, len(self.foot) - 1))
            right, ahead = self.on_floor(np.float32(x) * np.ones(1, np.float32), self.foot[column : column + 1])
            ends.append(np.array([right[0], ahead[0]], np.float32))
        along = ends[1] - ends[0]
        along /= max(float(np.hypot(*along)), 1e-6)
        inward = np.array([along[1], -along[0]], np.float32)
        if float(inward @ ends[0]) > 0:
            inward = -inward
        return ends[0], along, inward


def _grid(size: tuple[int, int], step: int, first: int = 0) -> tuple[F32, F32]:
    """Middles of cells of ``step`` pixels, from row ``first`` on: columns as a row, rows as a column."""
    across, down = -(-size[0] // step), -(-size[1] // step)
    x = (np.arange(across, dtype=np.float32) + np.float32(0.5)) * np.float32(size[0] / across)
    y = (np.arange(first, down, dtype=np.float32) + np.float32(0.5)) * np.float32(size[1] / down)
    return x[None], y[:, None]


def _spread(windows: list[_Window], room: _Room, size: tuple[int, int]) -> F32:
    """Daylight over the picture: it falls off with the distance from the windows, and lies in a pool before them."""
    x, y = _grid(size, _COARSE)
    longer = max(size)
    light: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    foot = room.foot[np.clip(x[0].astype(np.int32), 0, len(room.foot) - 1)][None]
    right, ahead = room.on_floor(x, np.maximum(y, foot))
    for window in windows:
        upper, lower = (edge[0] * (window.left + window.right) / 2 + edge[1] for edge in (window.top, window.bottom))
        broad, tall = (window.right - window.left) / 2, (lower - upper) / 2
        aside = np.maximum(np.abs(x - np.float32((window.left + window.right) / 2)) - np.float32(broad), 0)
        away = np.maximum(np.abs(y - np.float32((upper + lower) / 2)) - np.float32(tall), 0)
        reach = np.float32(0.16 * longer + np.sqrt(broad * tall))
        light += 1 / (1 + (aside * aside + away * away) / (reach * reach))
        light += np.float32(0.75) * _pool(window, room, right, ahead) * smoothstep(-0.03, 0.05, (y - foot) / size[1])
    # Many windows light a room more evenly, not without end.
    soft: F32 = light / (1 + np.float32(0.25) * light)
    return soft


def _pool(window: _Window, room: _Room, right: F32, ahead: F32) -> F32:
    """What a window sends straight to each place of the floor, the most being 1."""
    corner, _, inward = room.wall(window)
    total: F32 = np.zeros(np.broadcast_shapes(right.shape, ahead.shape), np.float32)
    for part in (0.17, 0.5, 0.83):
        column = window.left + part * (window.right - window.left)
        foot = room.foot[int(np.clip(column, 0, len(room.foot) - 1))]
        spot_right, spot_ahead = room.on_floor(np.array([column], np.float32), np.array([foot]))
        rise = max(float(foot) - room.eye, 1.0)
        away = (right - corner[0]) * inward[0] + (ahead - corner[1]) * inward[1]
        level = (right - spot_right) ** 2 + (ahead - spot_ahead) ** 2
        for share in (0.25, 0.75):
            row = (1 - share) * (window.top[0] * column + window.top[1])
            row += share * (window.bottom[0] * column + window.bottom[1])
            above = np.float32(max((float(foot) - row) / rise, 0.1))
            total += np.maximum(away, 0) * above / (level + above * above + np.float32(0.15)) ** 2
    most: F32 = total / np.float32(max(float(total.max()), 1e-6))
    return most


def _sunlit(windows: list[_Window], room: _Room, look: Look, from_left: bool, size: tuple[int, int]) -> U8 | None:
    """Where the sun that comes through the windows strikes the floor: each place looks back along the ray."""
    first = max(0, int(room.foot.min()) // _FINE)
    x, y = _grid(size, _FINE, first)
    if not len(y):
        return None
    right, ahead = room.on_floor(x, y)
    reach = np.float32(np.clip(1.7 / look.sun_height, 0.8, 2.6))
    lit: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for window in windows:
        corner, along, inward = room.wall(window)
        aside = 1.0 if (along[0] > 0) == from_left else -1.0
        ray = np.float32(0.88) * inward + np.float32(0.47 * aside) * along
        away = ((right - corner[0]) * inward[0] + (ahead - corner[1]) * inward[1]) / np.float32(0.88)
        back_right, back_ahead = right - away * ray[0], np.maximum(ahead - away * ray[1], np.float32(0.05))
        column = np.float32(room.middle) + np.float32(room.focal) * back_right / back_ahead
        row = np.float32(room.eye) + np.float32(room.focal) * (1 - away / reach) / back_ahead
        lit += window.holds(column, row, 0.006 * max(size)) * (away > 0)
    if lit.max() < 0.05:
        return None
    whole = np.zeros((first + len(lit), lit.shape[1]), np.float32)
    whole[first:] = lit
    return gaussian_blur(to_uint8(whole), 0.0012 * max(size))


def _mirrored(windows: list[_Window], room: _Room, size: tuple[int, int]) -> U8:
    """The windows upside down in the floor, blurred as in a polished one, strongest where it is seen most flatly."""
    x, y = _grid(size, _COARSE)
    foot = room.foot[np.clip(x[0].astype(np.int32), 0, len(room.foot) - 1)][None]
    image: F32 = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for window in windows:
        held = window.holds(x + 0 * y, 2 * foot - y, 3.0 * _COARSE)
        image += held * (y > foot)
    image *= 1 - np.float32(0.6) * smoothstep(0.0, 0.45, (y - foot) / np.float32(size[1]))
    return gaussian_blur(to_uint8(image), 2.5)


def _from_behind(from_left: bool, size: tuple[int, int]) -> F32:
    x, y = _grid(size, _COARSE)
    across, down = x / np.float32(size[0]) - np.float32(0.5), y / np.float32(size[1]) - np.float32(0.5)
    side = np.float32(-0.30 if from_left else 0.30)
    light: F32 = (
        np.float32(0.60)
        + side * across
        + np.float32(0.10) * down
        - np.float32(0.25) * (across * across + np.float32(0.5) * down * down)
    )
    return light
