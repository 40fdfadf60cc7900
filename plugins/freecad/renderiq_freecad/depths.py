"""From a small depth image to the distances that a large one is drawn between. Pure."""

from __future__ import annotations

from typing import Final

_FAR_STRETCH: Final = 4.0
_MOST: Final = 0.98


def grey_levels(pixels: bytes) -> bytes | None:
    """Returns the levels of a picture of four bytes each pixel, or None if it is not grey."""
    red, green = pixels[0::4], pixels[1::4]
    return red if red == green else None


def range_of(levels: bytes, nearest: float, farthest: float) -> tuple[float, float] | None:
    """Returns the nearest and farthest distance of surfaces in a depth image between two distances; None without one.

    Level 255 is ``nearest``, level 1 ``farthest``, 0 is the background. A few points that lie much farther away than
    all others are left out, so that they take no levels from the rest.
    """
    counts = [levels.count(level) for level in range(256)]
    found = [255 - level for level in range(255, 0, -1) if counts[level]]
    total = sum(counts[1:])
    if not found:
        return None
    step = (farthest - nearest) / 254
    seen, most = 0, 0
    for place in range(255):
        seen += counts[255 - place]
        if seen >= _MOST * total:
            most = place
            break
    first, last = found[0], min(found[-1], found[0] + _FAR_STRETCH * max(most - found[0], 1))
    # One level more on both sides: the small image shows less than the large one.
    return max(nearest, nearest + (first - 1) * step), min(farthest, nearest + (last + 1) * step)


def wire_range(nearest: float, farthest: float) -> tuple[float, float]:
    """Returns what white (255) and black (0) of a depth image stand for, in metres, from the distances in mm."""
    return nearest / 1000, (nearest + (farthest - nearest) * 255 / 254) / 1000
