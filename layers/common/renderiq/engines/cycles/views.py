"""Finds good views of a model: pure functions over its bounds and a function that casts rays.

Coordinates here are those of Blender: metres, Z up. Angles are radians unless a name says degrees. A view is level, so
that verticals are upright in the picture; ``shift`` moves the picture up instead of tilting the camera.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float, float]

SENSOR: Final = 36.0
"""Millimetres of the longer side of a picture."""
EYE_HEIGHT: Final = 1.6
_EXTERIOR_LENS: Final = 30.0
_INTERIOR_LENS: Final = 20.0
_FILLED: Final = 0.84
"""The part of the picture that the building may fill, across and upwards."""
_SIDES: Final = 16
_CEILING: Final = (1.9, 9.0)
"""Metres from floor to ceiling of a room."""
_RAYS: Final = 24
_FAR: Final = 60.0
_GAP: Final = 0.012
_GAP_PART: Final = 0.003
"""The gap between a model and the ground, of the model's diagonal: a small thing must not float."""
_NEAR: Final = 0.02
_NEAR_PART: Final = 0.01
"""The nearest that is seen, of the model's diagonal."""
_TERRAIN: Final = 0.8
"""The width of a terrain, of the building's, at least."""
_USUAL_WALL: Final = 0.3
"""The part of a picture of a room that one wall may fill."""
_BARE_WALL: Final = 60.0
"""What a view loses if one wall fills all of it. A view from one end of a room to the other gains about 30."""
_MAX_POINTS: Final = 16
"""Points across the longer side of a model where rooms are looked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What a ray has hit, ``distance`` metres away. ``thing`` tells things apart, ``surface`` is of the library."""

    distance: float
    normal: Point
    thing: str = ""
    is_glass: bool = False
    surface: str = ""


Cast = Callable[[Point, Point, float], Hit | None]
"""Returns what a ray from a point in a direction of length 1 hits within a distance, or None."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """An upright box."""

    low: Point
    high: Point

    @classmethod
    def of(cls, points: Iterable[Point]) -> Bounds:
        """Returns the box of at least one point."""
        columns = list(zip(*points, strict=True))
        low, high = ([choose(column) for column in columns] for choose in (min, max))
        return cls((low[0], low[1], low[2]), (high[0], high[1], high[2]))

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        x, y, z = ((low + high) / 2 for low, high in zip(self.low, self.high, strict=True))
        return x, y, z

    @property
    def size(self) -> Point:
        """The sides of the box in metres."""
        x, y, z = (high - low for low, high in zip(self.low, self.high, strict=True))
        return x, y, z

    @property
    def corners(self) -> list[Point]:
        """Its eight corners."""
        (x0, y0, z0), (x1, y1, z1) = self.low, self.high
        return [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]


def near_plane(bounds: Bounds) -> float:
    """Returns from how many metres on a camera sees: 2 cm, or less if the model is as small as a piece of furniture."""
    return min(_NEAR, _NEAR_PART * math.dist(bounds.low, bounds.high))


def ground_gap(bounds: Bounds) -> float:
    """Returns how many metres the ground lies under a model, so that its underside is not in it: 12 mm, or less."""
    return min(_GAP, _GAP_PART * math.dist(bounds.low, bounds.high))


def may_be_terrain(ground: Bounds, building: Bounds) -> bool:
    """Returns whether a thing with the surface of a ground is what the building stands on, and not its green roof."""
    middle = building.low[2] + building.size[2] / 2
    return ground.size[0] > _TERRAIN * building.size[0] and ground.low[2] < middle


@dataclass(frozen=True, slots=True)
class LevelView:
    """A camera that looks horizontally towards ``yaw`` (0 is +Y, clockwise from above). ``lens`` is in mm.

    ``shift`` is upwards, in parts of the longer side of the picture.
    """

    position: Point
    yaw: float
    lens: float
    shift: float = 0.0

    @property
    def direction(self) -> Point:
        """Where it looks."""
        return math.sin(self.yaw), math.cos(self.yaw), 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """A place in a room: a point on the floor, the height of the ceiling, and how far one sees around at eye height."""

    floor: Point
    height: float
    distances: tuple[float, ...]

    @property
    def area(self) -> float:
        """A measure of what can be seen from there, about its square metres."""
        return math.pi / len(self.distances) * sum(min(each, 14.0) ** 2 for each in self.distances)


def exterior(bounds: Bounds, ground: float, aspect: float, cast: Cast | None = None) -> LevelView:
    """Returns a view of the whole building from its corner that shows most, three-quarter and at eye height.

    ``ground`` is the height of the ground, ``aspect`` the width of the picture over its height.
    """
    views = [_framed(bounds, ground, aspect, math.tau * (side + 0.5) / _SIDES) for side in range(_SIDES)]
    # Straight views of a side show no depth, so those between the axes are taken.
    views = [view for index, view in enumerate(views) if index % 4 in {1, 2}]
    return max(views, key=lambda view: _interest(view, aspect, cast)) if cast else views[0]


def _framed(bounds: Bounds, ground: float, aspect: float, yaw: float) -> LevelView:
    height = bounds.high[2] - ground
    # Higher before a tower, and lower before a chair.
    eye = ground + max(min(EYE_HEIGHT, 1.2 * height + 0.05 * max(bounds.size)), 0.12 * height if height > 15 else 0.0)
    half = SENSOR / 2 / _EXTERIOR_LENS  # tangent of half the angle of the longer side
    half_width, half_height = (half, half / aspect) if aspect >= 1 else (half * aspect, half)
    low_z, high_z = min(bounds.low[2], ground), bounds.high[2]
    centre = bounds.centre
    size = max(math.dist(bounds.low, bounds.high), 0.5)
    corners = [(x, y, z) for x, y, _ in bounds.corners for z in (max(low_z, ground), high_z)]
    near, far = 0.3 * size, 12 * size
    for _ in range(24):
        distance = (near + far) / 2
        left, right, down, up = _extent(corners, _back(centre, yaw, distance, eye), yaw)
        fits = right - left <= 2 * half_width * _FILLED and up - down <= 2 * half_height * _FILLED and left > -9
        near, far = (near, distance) if fits else (distance, far)
    position = _back(centre, yaw, far, eye)
    left, right, down, up = _extent(corners, position, yaw)
    yaw += math.atan((left + right) / 2)
    _, _, down, up = _extent(corners, position, yaw)
    # A little more sky than ground.
    middle = (up + down) / 2 + (half_height - (up - down) / 2) * 0.15
    return LevelView(position, yaw, _EXTERIOR_LENS, max(min(middle / (2 * half), 0.4), -0.4))


def _back(centre: Point, yaw: float, distance: float, eye: float) -> Point:
    return centre[0] - math.sin(yaw) * distance, centre[1] - math.cos(yaw) * distance, eye


def _extent(points: Sequence[Point], eye: Point, yaw: float) -> tuple[float, float, float, float]:
    """Tangents of what is farthest left, right, down and up of points in a level view."""
    across, upwards = [], []
    sine, cosine = math.sin(yaw), math.cos(yaw)
    for x, y, z in points:
        dx, dy = x - eye[0], y - eye[1]
        depth = dx * sine + dy * cosine
        if depth < 0.1:
            return -10, 10, -10, 10
        across.append((dx * cosine - dy * sine) / depth)
        upwards.append((z - eye[2]) / depth)
    return min(across), max(across), min(upwards), max(upwards)


def _interest(view: LevelView, aspect: float, cast: Cast | None) -> float:
    """How much a view shows: different things and glass, without anything right before the camera."""
    if cast is None:
        return 0.0
    things: set[str] = set()
    glass = blocked = hits = 0
    for direction in _rays(view, aspect, 20, 11):
        hit = cast(view.position, direction, 1e5)
        if hit is None:
            continue
        hits += 1
        things.add(hit.thing)
        glass += hit.is_glass
        blocked += hit.distance < 2.0
    return len(things) + 0.35 * glass + 0.05 * hits - 2.0 * blocked


def _largest_plane(view: LevelView, aspect: float, cast: Cast) -> float:
    """The part of the picture, 0 to 1, that the largest wall fills, of however many things. Glass is no wall."""
    counts: Counter[tuple[Point, float]] = Counter()
    rays = list(_rays(view, aspect, 12, 7))
    for direction in rays:
        hit = cast(view.position, direction, 1e5)
        if hit and not hit.is_glass and abs(hit.normal[2]) < 0.5:
            x, y, z = (round(each, 1) for each in hit.normal)
            place = [start + hit.distance * along for start, along in zip(view.position, direction, strict=True)]
            counts[(x, y, z), round(x * place[0] + y * place[1] + z * place[2], 1)] += 1
    return max(counts.values(), default=0) / len(rays)


def _rays(view: LevelView, aspect: float, columns: int, rows: int) -> Iterable[Point]:
    half = SENSOR / 2 / view.lens
    half_width, half_height = (half, half / aspect) if aspect >= 1 else (half * aspect, half)
    sine, cosine = math.sin(view.yaw), math.cos(view.yaw)
    for row in range(rows):
        for column in range(columns):
            across = ((column + 0.5) / columns * 2 - 1) * half_width
            up = ((row + 0.5) / rows * 2 - 1) * half_height + view.shift * 2 * half
            length = math.sqrt(1 + across * across + up * up)
            yield (sine + across * cosine) / length, (cosine - across * sine) / length, up / length


def rooms(bounds: Bounds, cast: Cast) -> list[Room]:
    """Returns places in rooms: points with a floor under them, a ceiling above, and walls or windows around."""
    found = []
    width, depth, _ = bounds.size
    step = max(0.8, max(width, depth) / _MAX_POINTS)
    for i in range(max(1, int(width / step))):
        for j in range(max(1, int(depth / step))):
            # Not exactly on a grid, which walls are on too.
            x = bounds.low[0] + (i + 0.5) * step + 0.013
            y = bounds.low[1] + (j + 0.5) * step + 0.017
            for floor, height in _floors(x, y, bounds, cast):
                distances = _around((x, y, floor + min(1.5, height * 0.6)), cast)
                if sum(each < _FAR for each in distances) >= _RAYS - 3 and min(distances) > 0.25:
                    found.append(Room((x, y, floor), height, distances))
    return found


def _floors(x: float, y: float, bounds: Bounds, cast: Cast) -> Iterable[tuple[float, float]]:
    """Yields the height of each floor under a point, and that of the ceiling above it."""
    height, ceiling = bounds.high[2] + 1.0, None
    for _ in range(24):
        hit = cast((x, y, height), (0.0, 0.0, -1.0), bounds.high[2] - bounds.low[2] + 2)
        if hit is None:
            return
        height -= hit.distance
        if ceiling is not None and _CEILING[0] <= ceiling - height <= _CEILING[1]:
            yield height, ceiling - height
        ceiling = height
        height -= 0.02


def _around(eye: Point, cast: Cast) -> tuple[float, ...]:
    distances = []
    for ray in range(_RAYS):
        angle = math.tau * ray / _RAYS
        hit = cast(eye, (math.sin(angle), math.cos(angle), 0.0), _FAR)
        distances.append(hit.distance if hit else _FAR)
    return tuple(distances)


def interior(found: Sequence[Room], aspect: float, cast: Cast) -> LevelView | None:
    """Returns a view of the largest room, from where most of it and its windows are seen, or None without rooms."""
    best: tuple[float, LevelView] | None = None
    for room in sorted(found, key=lambda each: -each.area)[:10]:
        eye_height = min(1.45, room.height * 0.6)
        x, y, z = room.floor
        for ray in range(0, _RAYS, 2):
            ahead = room.distances[ray]
            if ahead < 1.5 or ahead >= _FAR:
                continue
            yaw = math.tau * ray / _RAYS
            behind = room.distances[(ray + _RAYS // 2) % _RAYS]
            back = max(0.0, min(behind - 0.35, 4.0))
            eye = (x - math.sin(yaw) * back, y - math.cos(yaw) * back, z + eye_height)
            view = LevelView(eye, yaw, _INTERIOR_LENS, -0.02)
            cone = [min(room.distances[(ray + side) % _RAYS], 9.0) for side in range(-2, 3)]
            depth = min(ahead, 9.0) / 2 + sum(cone) / len(cone) + back
            score = _interest(view, aspect, cast) + 1.5 * min(depth, 12.0) + 0.15 * min(room.area, 60.0)
            score -= _BARE_WALL * max(0.0, _largest_plane(view, aspect, cast) - _USUAL_WALL)
            if best is None or score > best[0]:
                best = (score, view)
    return best[1] if best else None


def lamps(found: Sequence[Room], *, most: int = 24) -> list[tuple[Point, float]]:
    """Returns places under ceilings for lamps, at least 2.2 m apart, and the size of the room around each."""
    chosen: list[tuple[Point, float]] = []
    for room in sorted(found, key=lambda each: -each.area):
        place = (room.floor[0], room.floor[1], room.floor[2] + max(room.height - 0.35, 1.2))
        if all(math.dist(place, other) > 2.2 for other, _ in chosen):
            chosen.append((place, room.area))
        if len(chosen) == most:
            break
    return chosen
