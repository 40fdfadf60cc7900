"""The check of a finished picture: what it has lost of the capture, and what it shows that the capture does not."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.engines.preview.classify.confidence import Doubt
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, U8, Mask, gaussian_blur
from renderiq.engines.preview.segment.labels import RunLengthLabels, connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion, local_range

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]

_EDGE_SIDE: Final = 1280
_AREA_SIDE: Final = 640
_MATERIAL_SIDE: Final = 160
"""Pixels: the longer side of the copies in which edges, areas and materials are compared."""
_SIGMA: Final = 1.0
_DIRECTIONS: Final = 8
"""Directions of edges in half a turn: texture has edges in all of them, a border in one."""
_STRONG_EDGE: Final = 28
_WEAK_EDGE: Final = 6
_NEW_EDGE: Final = 40
_FAINT_EDGE: Final = 5
"""Gradient, in levels over two pixels, of an edge that must not be lost and of one that is still to be seen; and of an
edge of the picture for which there must be a reason, and of the reason."""
_REACH: Final = 5
_NEW_REACH: Final = 7
_MARGIN: Final = 9
"""Pixels: the sides of the squares in which edges meet, and that of a model's contour."""
_MAX_LOST_EDGES: Final = 0.055
_MAX_LOST_EDGES_IN_ROOM: Final = 0.1
_MAX_LOST_EDGES_OF_WHITE: Final = 0.135
"""Of the strong edges of the capture: those that the picture may lose. A room may lose joints, and a white model is
painted with panels."""
_MAX_NEW_EDGES: Final = 0.045
"""Of the model: pixels of edges for which there is no reason. Tiles and reflections have some."""
_MIN_EDGES: Final = 120
_LINE_CLOSING: Final = 5
"""Pixels: wider than an edge line in the small copy."""
_MIN_AREA: Final = 0.005
"""Of the picture: an area that must be told from its surroundings."""
_RING: Final = (5, 9)
_MIN_RING: Final = 30
"""Pixels: the sides of the squares around an area between which its surroundings are, and how many there must be."""
_LOST_CONTRAST: Final = 4
"""Levels between an area and its surroundings in the picture: less is lost."""
_SEEN_CONTRAST: Final = 16
"""The same in the capture."""
_GREY: Final = 16
_COLOURFUL: Final = 48
_HUE: Final = 24
"""Chroma, in levels, of what is grey, of what is not grey any more, and of what has a hue."""
_SAME_HUE: Final = 0.5
"""Cosine of the angle between two hues."""
_MAX_CHANGED: Final = 0.02
"""Of the model: what has another hue than in the capture."""
_WHITE: Final = (26, 150, 0.8)
"""The highest chroma and the lowest level of white faces, and their share in a white model."""


def find_faults(pixels: U8, capture: U8, model: Mask, *, is_room: bool = False) -> tuple[Doubt, ...]:
    """Compares a picture (height, width, 3) with the ``capture`` that it shows, in which ``model`` is not background.

    Returns what is wrong; nothing if the picture passes. What is not part of the model may change.
    """
    faults = []
    lost, new = _edge_faults(pixels, capture, model)
    limit = _MAX_LOST_EDGES_IN_ROOM if is_room else _MAX_LOST_EDGES
    if _is_white(capture, model):
        limit = _MAX_LOST_EDGES_OF_WHITE
    if lost > limit:
        faults.append(Doubt.MISSING_EDGES)
    if new > _MAX_NEW_EDGES:
        faults.append(Doubt.UNEXPLAINED_EDGES)
    if _loses_area(pixels, capture, model):
        faults.append(Doubt.LOST_AREAS)
    if _changed_materials(pixels, capture, model) > _MAX_CHANGED:
        faults.append(Doubt.CHANGED_MATERIALS)
    return tuple(faults)


def unwanted_faults(look: Look, faults: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
    """Returns the faults that a look does not mean to make.

    A model of one material has lost colours and the borders between them; coloured light changes hues.
    """
    if look.surface:
        return ()
    return tuple(fault for fault in faults if not (look.coloured_light and fault is Doubt.CHANGED_MATERIALS))


def _edge_faults(pixels: U8, capture: U8, model: Mask) -> tuple[float, float]:
    """Returns the part of the capture's strong edges that the picture has lost, and its unexplained edges.

    An edge is there if one in its direction is near. The second is a part of the model's pixels.
    """
    before, after = _reduced(capture, capture, _EDGE_SIDE), _reduced(pixels, capture, _EDGE_SIDE)
    shown = _reduced_mask(model, capture, _EDGE_SIDE)
    strength_before, slope_before = _edges(before)
    strength_after, slope_after = _edges(after)
    strong = (strength_before > _STRONG_EDGE) & (grey_dilation(shown.astype(np.uint8), _REACH) > 0)
    is_seen = (strength_after > _WEAK_EDGE) & (grey_dilation(strong.astype(np.uint8), _REACH) > 0)
    direction_before, direction_after = _directions(slope_before, strong), _directions(slope_after, is_seen)
    seen = 0
    for direction in range(_DIRECTIONS):
        alike = np.zeros_like(strong)
        for turn in (-1, 0, 1):
            alike |= direction_after == (direction + turn) % _DIRECTIONS
        near = grey_dilation(alike.astype(np.uint8), _REACH) > 0
        seen += int(((direction_before == direction) & near).sum())
    total = int(strong.sum())
    lost = 1 - seen / total if total > _MIN_EDGES else 0.0
    inside = grey_erosion(shown.astype(np.uint8), _MARGIN) > 0
    reason = grey_dilation((strength_before > _FAINT_EDGE).astype(np.uint8), _NEW_REACH) > 0
    new = ((strength_after > _NEW_EDGE) & inside & ~reason).sum() / max(1, int(inside.sum()))
    return lost, float(new)


def _edges(rgb: U8) -> tuple[I16, tuple[I16, I16]]:
    """Returns the strength of the gradient in the strongest channel, and its slopes down and across."""
    strength = np.zeros(rgb.shape[:2], np.int16)
    down, across = np.zeros_like(strength), np.zeros_like(strength)
    for channel in range(3):
        level = gaussian_blur(np.ascontiguousarray(rgb[..., channel]), _SIGMA).astype(np.int16)
        x, y = np.zeros_like(level), np.zeros_like(level)
        x[:, 1:-1] = level[:, 2:] - level[:, :-2]
        y[1:-1] = level[2:] - level[:-2]
        size = np.abs(x) + np.abs(y)
        is_larger = size > strength
        for largest, each in ((strength, size), (across, x), (down, y)):
            np.copyto(largest, each, where=is_larger)
    return strength, (down, across)


def _directions(slopes: tuple[I16, I16], wanted: Mask) -> I8:
    """Returns the direction, 0 to ``_DIRECTIONS`` excluded, of the gradients that are ``wanted``, and -1 for others."""
    direction = np.full(wanted.shape, -1, np.int8)
    angle = np.arctan2(*(each[wanted].astype(np.float32) for each in slopes))
    direction[wanted] = (angle * np.float32(_DIRECTIONS / np.pi)).astype(np.int8) % _DIRECTIONS
    return direction


def _loses_area(pixels: U8, capture: U8, model: Mask) -> bool:
    """Returns whether a large even area of the capture has the colour of its surroundings in the picture."""
    before, after = _reduced(_without_lines(capture), capture, _AREA_SIDE), _reduced(pixels, capture, _AREA_SIDE)
    inside = grey_erosion(_reduced_mask(model, capture, _AREA_SIDE).astype(np.uint8), 3) > 0
    even = (local_range(before) <= 8) & inside
    parts = connected_components(even)
    runs = RunLengthLabels(parts)
    area, boxes = runs.area(), runs.bounding_boxes()
    area[0] = 0
    margin = _RING[1] // 2
    for part in np.flatnonzero(area > _MIN_AREA * parts.size)[:40]:
        left, top, right, bottom = boxes[part]
        place = np.s_[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
        member = (parts[place] == part).astype(np.uint8)
        inner, outer = (grey_dilation(member, side) for side in _RING)
        ring = outer > inner
        if ring.sum() < _MIN_RING:
            continue
        contrast_before = _contrast(before[place], member > 0, ring)
        if contrast_before > _SEEN_CONTRAST and _contrast(after[place], member > 0, ring) < _LOST_CONTRAST:
            return True
    return False


def _contrast(rgb: U8, member: Mask, ring: Mask) -> float:
    """Returns how much the colours of ``ring`` differ from the mean of ``member``, in levels."""
    colour = rgb[member].astype(np.float32).mean(axis=0)
    return float(np.median(np.abs(rgb[ring] - colour).max(axis=1)))


def _changed_materials(pixels: U8, capture: U8, model: Mask) -> float:
    """Returns the part of the model that was grey and is colourful, or has another hue than in the capture."""
    shown = _reduced_mask(model, capture, _MATERIAL_SIDE)
    before, after = (_opponents(_reduced(each, capture, _MATERIAL_SIDE)[shown]) for each in (capture, pixels))
    chroma_before, chroma_after = (np.hypot(each[:, 0], each[:, 1]) for each in (before, after))
    was_grey = (chroma_before < _GREY) & (chroma_after > _COLOURFUL)
    had_hue = (chroma_before > _HUE) & (chroma_after > _HUE)
    product = (before * after).sum(axis=1)
    has_turned = had_hue & (product < _SAME_HUE * chroma_before * chroma_after)
    return float((was_grey | has_turned).mean()) if len(before) else 0.0


def _opponents(rgb: U8) -> F32:
    """Returns red against green and blue against yellow (count, 2), in levels, of colours (count, 3)."""
    red, green, blue = (rgb[:, channel].astype(np.float32) for channel in range(3))
    return np.stack([red - green, blue - (red + green) / 2], axis=1)


def _is_white(capture: U8, model: Mask) -> bool:
    shown = _reduced(capture, capture, _MATERIAL_SIDE)[_reduced_mask(model, capture, _MATERIAL_SIDE)]
    if not len(shown):
        return False
    chroma, level, share = _WHITE
    return bool(((np.ptp(shown, axis=1) < chroma) & (shown.max(axis=1) > level)).mean() > share)


def _without_lines(rgb: U8) -> U8:
    """Returns the picture after a closing, which removes dark lines."""
    return np.stack([grey_closing(np.ascontiguousarray(rgb[..., channel]), _LINE_CLOSING) for channel in range(3)], 2)


def _size(capture: U8, side: int) -> tuple[int, int]:
    """Returns the width and the height of a copy of the capture whose longer side has at most ``side`` pixels."""
    scale = min(1.0, side / max(capture.shape[:2]))
    return max(8, round(capture.shape[1] * scale)), max(8, round(capture.shape[0] * scale))


def _reduced(rgb: U8, capture: U8, side: int) -> U8:
    return np.asarray(Image.fromarray(rgb).resize(_size(capture, side), Image.Resampling.BOX, reducing_gap=2.0))


def _reduced_mask(mask: Mask, capture: U8, side: int) -> Mask:
    picture = Image.fromarray(mask.astype(np.uint8) * 255).resize(_size(capture, side), Image.Resampling.BOX)
    return np.asarray(picture) > 200
