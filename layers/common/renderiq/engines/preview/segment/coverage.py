"""What lies between flat patches: which region each pixel is nearest to, and how much of a second one it shows."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.edge_lines import ink_of

_COLUMN_BITS: Final = 16
_COLUMN: Final = (1 << _COLUMN_BITS) - 1
_FAR: Final = np.iinfo(np.int32).max
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))


def spread(core: I32) -> tuple[I32, I32, I32]:
    """Each pixel's region, or the nearest one where ``core`` has none; the flat indices of the pixels that had none,
    and of the pixel that each of them takes it from."""
    height, width = core.shape
    stride = width + 2
    source = np.full((height + 2, stride), -1, np.int32)
    # Row and column in one number: distances need no division.
    place = (np.arange(height, dtype=np.int32)[:, None] << _COLUMN_BITS) + np.arange(width, dtype=np.int32)
    source[1:-1, 1:-1] = np.where(core >= 0, place, -1)
    source = source.ravel()
    missing = np.flatnonzero(core < 0).astype(np.int32)
    my, mx = np.divmod(missing, np.int32(width))
    start = (my + 1) * np.int32(stride) + mx + 1
    pending, y, x = start, my, mx
    while len(pending):
        best = np.full(len(pending), -1, np.int32)
        distance = np.full(len(pending), _FAR, np.int32)
        for down, across in _NEIGHBOURS:
            candidate = source[pending + np.int32(down * stride + across)]
            off_y, off_x = (candidate >> _COLUMN_BITS) - y, (candidate & _COLUMN) - x
            off_y *= off_y
            off_x *= off_x
            off_y += off_x
            off_y[candidate < 0] = _FAR
            closer = off_y < distance
            np.copyto(best, candidate, where=closer)
            np.copyto(distance, off_y, where=closer)
        found = best >= 0
        if not found.any():
            break
        source[pending[found]] = best[found]
        left = ~found
        pending, y, x = pending[left], y[left], x[left]
    taken = np.maximum(source[start], 0)
    nearest = (taken >> _COLUMN_BITS) * np.int32(width) + (taken & _COLUMN)
    label = core.copy()
    label.ravel()[missing] = core.ravel()[nearest]
    return label, missing, nearest


def coverage(rgb: U8, label: I32, pending: I32, nearest: I32, line: Mask, ink: F32 | None) -> tuple[I32, F32, F32]:
    """The second region of each mixed pixel and the two shares, read from its anti-aliased colour."""
    height, width = label.shape
    other = label.copy()
    share = np.ones((height, width), np.float32)
    other_share = np.zeros((height, width), np.float32)
    if not len(pending):
        return other, share, other_share
    taken = np.arange(height * width, dtype=np.int32)
    taken[pending] = nearest
    y, x = np.divmod(pending, np.int32(width))
    ny, nx = np.divmod(nearest, np.int32(width))
    beyond = np.clip(2 * y - ny, 0, height - 1) * np.int32(width) + np.clip(2 * x - nx, 0, width - 1)
    labels, colours = label.ravel(), rgb.reshape(-1, 3)
    across, here = labels[beyond], labels[pending]
    shown = colours[pending].astype(np.float32)
    own = colours[nearest].astype(np.float32)
    partner = colours[taken[beyond]].astype(np.float32)
    beside_line = _grown(line).ravel()[pending]
    if beside_line.any():
        partner[beside_line] = ink_of(rgb, line) if ink is None else ink
    span = own - partner
    length = np.einsum("ij,ij->i", span, span)
    part = np.where(length > 30, np.einsum("ij,ij->i", shown - partner, span) / np.maximum(length, 1), 1.0)
    part = np.clip(part, 0, 1).astype(np.float32)
    distinct = (across != here) & ~beside_line
    part[~distinct & ~beside_line] = 1
    share.ravel()[pending] = part
    other.ravel()[pending] = np.where(distinct, across, here)
    other_share.ravel()[pending] = np.where(distinct, 1 - part, 0)
    return other, share, other_share


def _grown(mask: Mask) -> Mask:
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide
