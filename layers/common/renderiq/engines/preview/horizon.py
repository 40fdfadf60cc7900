"""Where the eye level of the capture is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, U8

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
    light: F32 = grey.astype(np.float32)
    across = light[1:-1, 2:] - light[1:-1, :-2]
    down = light[2:, 1:-1] - light[:-2, 1:-1]
    strong = (np.abs(across) + np.abs(down) > 24) & (np.abs(down) > 0.85 * np.abs(across))
    y, x = np.nonzero(strong)
    if len(y) < 50:
        return np.empty((0, 3)), np.empty(0)
    slope = np.arctan2(-across[y, x], down[y, x])
    slope = (slope + np.pi / 2) % np.pi - np.pi / 2
    angle = ((slope / np.pi + 0.5) * _ANGLES).astype(np.int64) % _ANGLES
    centre = (np.arange(_ANGLES) + 0.5) / _ANGLES * np.pi - np.pi / 2
    x, y = x + 1, y + 1
    reach = int(np.hypot(height, width)) // 2 + 2
    offset = ((-x * np.sin(centre[angle]) + y * np.cos(centre[angle])) / 2).astype(np.int64) + reach
    bins = 2 * reach
    cell = angle * bins + offset
    votes = np.bincount(cell, minlength=_ANGLES * bins).reshape(_ANGLES, bins)
    joined = votes + np.roll(votes, 1, 0) + np.roll(votes, 1, 1)
    found, length = [], []
    for _ in range(_LINES):
        peak = int(joined.argmax())
        row, column = divmod(peak, bins)
        if joined[row, column] < 0.02 * width:
            break
        member = (np.abs((angle - row + _ANGLES // 2) % _ANGLES - _ANGLES // 2) <= 1) & (np.abs(offset - column) <= 1)
        if member.sum() > 8:
            px, py = x[member].astype(np.float64), y[member].astype(np.float64)
            spread = np.ptp(px)
            if spread > 0.02 * width:
                gradient, base = np.polyfit(px - px.mean(), py, 1)
                line = np.array([gradient, -1.0, base - gradient * px.mean()])
                found.append(line / np.hypot(line[0], line[1]))
                length.append(float(spread))
        joined[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    return np.array(found).reshape(-1, 3), np.array(length)
