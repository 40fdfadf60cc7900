"""Where the eye level of the capture is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import U8

_ANGLES: Final = 240
_LINES: Final = 70
_DEFAULT: Final[float] = 0.40


def find_horizon(grey: U8) -> float:
    """The row of the horizon of a level camera, from where lines that are parallel in space meet.

    Clamped to 12..72 % of the height; a capture with too few lines gets a usual eye level.
    """
    height, width = grey.shape
    lines, length = _lines(grey)
    if len(lines) < 4:
        return float(_DEFAULT * height)
    first, second = np.triu_indices(len(lines), 1)
    meet = np.cross(lines[first], lines[second])
    sine = np.abs(meet[:, 2])
    usable = sine > 0.02
    meet, sine, first, second = meet[usable], sine[usable], first[usable], second[usable]
    x, y = meet[:, 0] / meet[:, 2], meet[:, 1] / meet[:, 2]
    # Vanishing points of facades seen at an angle are mostly off the picture; crossings inside are corners.
    outside = ((x < -0.02 * width) | (x > 1.02 * width)) & (np.abs(x - width / 2) < 6 * width)
    outside &= np.abs(y - height / 2) < 0.75 * height
    if not outside.any():
        return float(_DEFAULT * height)
    weight = np.minimum(length[first], length[second]) * sine
    votes, edges = np.histogram(y[outside], bins=100, range=(-0.25 * height, 1.25 * height), weights=weight[outside])
    votes = np.convolve(votes, [0.25, 0.6, 1, 0.6, 0.25], "same")
    # Eye level is rarely far from the middle: a prior that settles what few lines leave open.
    middle = (edges[:-1] + edges[1:]) / 2 / height
    votes *= np.exp(-(((middle - _DEFAULT) / 0.2) ** 2))
    best = int(votes.argmax())
    return float(np.clip((edges[best] + edges[best + 1]) / 2, 0.12 * height, 0.72 * height))


def _lines(grey: U8) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Straight, not upright lines as (a, b, c) with ax + by + c = 0 and a² + b² = 1, and their length in pixels."""
    height, width = grey.shape
    light = grey.astype(np.int16)
    across = light[1:-1, 2:] - light[1:-1, :-2]
    down = light[2:, 1:-1] - light[:-2, 1:-1]
    sideways, upright = np.abs(across), np.abs(down)
    strong = (sideways + upright > 24) & (20 * upright > 17 * sideways)
    place = np.flatnonzero(strong)
    if len(place) < 50:
        return np.empty((0, 3)), np.empty(0)
    slope = np.arctan2(-across.ravel()[place].astype(np.float32), down.ravel()[place].astype(np.float32))
    slope = (slope + np.pi / 2) % np.pi - np.pi / 2
    angle = ((slope / np.pi + 0.5) * _ANGLES).astype(np.int64) % _ANGLES
    # By angle, so that the members of a line are a few stretches of the whole.
    order = np.argsort(angle.astype(np.uint8), kind="stable")
    angle = angle[order]
    y, x = np.divmod(place[order], width - 2)
    x, y = x + 1, y + 1
    centre = (np.arange(_ANGLES) + 0.5) / _ANGLES * np.pi - np.pi / 2
    reach = int(np.hypot(height, width)) // 2 + 2
    offset = ((-x * np.sin(centre)[angle] + y * np.cos(centre)[angle]) / 2).astype(np.int64) + reach
    bins = 2 * reach
    votes = np.bincount(angle * bins + offset, minlength=_ANGLES * bins).reshape(_ANGLES, bins)
    joined = votes + np.roll(votes, 1, 0) + np.roll(votes, 1, 1)
    begin = np.searchsorted(angle, np.arange(_ANGLES + 1)).tolist()
    found, length = [], []
    for _ in range(_LINES):
        peak = int(joined.argmax())
        row, column = divmod(peak, bins)
        if joined[row, column] < 0.02 * width:
            break
        px, py = [], []
        for near in ((row - 1) % _ANGLES, row, (row + 1) % _ANGLES):
            stretch = slice(begin[near], begin[near + 1])
            member = np.abs(offset[stretch] - column) <= 1
            px.append(x[stretch][member])
            py.append(y[stretch][member])
        line = _fitted(np.concatenate(px).astype(np.float64), np.concatenate(py).astype(np.float64), 0.02 * width)
        if line is not None:
            found.append(line[0])
            length.append(line[1])
        joined[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    return np.array(found).reshape(-1, 3), np.array(length)


def _fitted(
    x: NDArray[np.float64], y: NDArray[np.float64], shortest: float
) -> tuple[NDArray[np.float64], float] | None:
    """The line of least squares through the points and how far it reaches across; none if not over ``shortest``."""
    if len(x) <= 8 or (spread := float(np.ptp(x))) <= shortest:
        return None
    middle, base = x.mean(), y.mean()
    gradient = float((x - middle) @ (y - base)) / float((x - middle) @ (x - middle))
    line = np.array([gradient, -1.0, base - gradient * middle])
    return line / np.hypot(gradient, 1.0), spread
