"""Compares a picture that an engine made of a capture with the capture and with the truth of its scene.

A measure of borders by strength alone takes any texture for borders. Here a border counts only if the gradient keeps
its direction and its sign along the border: grass, bricks and noise average out, a step or a line does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips
from numpy.typing import NDArray

from benchmarks.captures.truth import Labels, Mask, Numbers, Truth

Points = NDArray[np.intp]
Pixels = NDArray[np.uint8]

TOLERANCE = 2
"""Pixels of the capture that a border may move by."""
REACH = 6
"""Pixels that the gradient is followed along a border, to each side."""
VISIBLE = 1.5
"""The least gradient of a border, in units of CIELAB per pixel: about a step of 4."""
COHERENT = 0.7
"""The least part of the gradient along a border that points across it, all in one direction."""
REGION = 0.005
"""The least part of the picture that is judged as a region. What is smaller is a detail."""
GONE = 0.35
"""A region's border is gone if less than this part of it is in the output."""
SAME = 10.0
"""Two colours that differ by less, in CIELAB, are taken for the same."""
CHANGED = 15.0
"""Hue and chroma that moved by more, with another hue, are another material."""
HUE = 25.0
"""Degrees between two hues that are different."""
GREY = 8.0
"""A colour of less chroma has no hue."""
TILE = 8
STRIPS = 8
FEWEST = 20
"""A border of fewer pixels is not judged."""


@dataclass(frozen=True)
class Measures:
    """How a picture compares with its capture. ``None`` stands for what cannot be measured on that capture.

    ``recall``: part of the visible borders of the scene that the picture has. ``precision``: part of the edges within
    the objects of the picture that are in the scene or in the capture; what an engine adds to the background does not
    count. ``details``: part of the small faces that have most of their border. ``background_iou``: intersection over
    union of the background of the scene and what the picture shows as background. ``lost``: regions that the picture
    shows as background; ``melted``: regions whose border is gone; both out of ``regions``, which are faces of at least
    0.5 % of the picture. ``drift``: mean change of hue and chroma of the materials that were kept, in CIELAB without
    lightness. ``repainted``: part of the objects that has another hue than in the capture, or was grey and is not any
    more: grass on a floor, for example.
    """

    recall: float | None
    precision: float | None
    details: float | None
    background_iou: float | None
    regions: int
    lost: int
    melted: int
    drift: float | None
    repainted: float | None = None


@dataclass(frozen=True)
class Gradients:
    """Rows and columns of the gradient of a picture in CIELAB, each of shape (height, width, 3)."""

    down: Numbers
    across: Numbers

    @classmethod
    def of(cls, lab: Numbers) -> Gradients:
        """Returns the gradient of a picture (height, width, 3) in CIELAB, slightly blurred."""
        smooth = blur(lab, 1.0)
        return cls(np.gradient(smooth, axis=0), np.gradient(smooth, axis=1))

    def follow(self, points: Points, normals: Numbers, offsets: range) -> Mask:
        """Which points, shape (n, 2), lie on an edge across ``normals``, or within ``offsets`` pixels of one."""
        height, width = self.down.shape[:2]
        found = np.zeros(len(points), np.bool_)
        along = np.arange(-REACH, REACH + 1)[None, :, None] * normals[:, None, ::-1] * np.array([-1, 1], np.float32)
        for offset in offsets:
            place = np.rint(points[:, None] + offset * normals[:, None] + along).astype(np.intp)
            rows, columns = place[..., 0].clip(0, height - 1), place[..., 1].clip(0, width - 1)
            down, across = self.down[rows, columns], self.across[rows, columns]
            signed = (down * normals[:, None, :1] + across * normals[:, None, 1:]).mean(1)
            strength = np.sqrt((signed**2).sum(1))
            energy = np.sqrt((down**2 + across**2).sum(2).mean(1))
            found |= (strength >= VISIBLE) & (strength >= COHERENT * energy)
        return found


def measure(capture: Pixels, output: Pixels, truth: Truth) -> Measures:
    """``capture`` and ``output`` have the shape (height, width, 3) of the truth; the output was reduced to it."""
    before, after = to_lab(capture), to_lab(output)
    shown, made = Gradients.of(before), Gradients.of(after)
    points, normals = border_points(truth.borders)
    offsets = range(-TOLERANCE, TOLERANCE + 1)
    # A border that the capture does not show, as white on white, is not expected from the output.
    visible = shown.follow(points, normals, offsets)
    points, normals = points[visible], normals[visible]
    kept = made.follow(points, normals, offsets)
    known = near(truth.borders | edges(shown), TOLERANCE)
    drawn = edges(made) & ~truth.background
    regions = judge(before, after, truth, points, kept)
    lost = np.isin(regions.labels, [region.number for region in regions.judged if region.lost])
    return Measures(
        recall=float(kept.mean()) if len(kept) >= FEWEST else None,
        precision=float(known[drawn].mean()) if drawn.sum() >= FEWEST else None,
        details=regions.details,
        background_iou=background_iou(before, after, truth, lost),
        regions=len(regions.judged),
        lost=sum(region.lost for region in regions.judged),
        melted=sum(region.melted for region in regions.judged),
        drift=drift(before, after, truth, lost),
        repainted=repainted(before, after, truth),
    )


# ---------------------------------------------------------------- borders


def border_points(borders: Mask) -> tuple[Points, Numbers]:
    """Pixels of borders and the direction across each, both of shape (n, 2); corners and crossings are left out."""
    direction, coherence = orientation(blur(borders[..., None].astype(np.float32), 0.7), 1.2)
    chosen = borders & (coherence > 0.5)
    return np.argwhere(chosen), direction[chosen]


def edges(gradients: Gradients) -> Mask:
    """Thin edges of a picture: local maxima of the gradient that continue along their own direction."""
    strength = np.sqrt((gradients.down**2 + gradients.across**2).sum(2))
    direction, _ = orientation_of(gradients.down, gradients.across, 1.5)
    points = np.argwhere(strength >= VISIBLE)
    normals = direction[strength >= VISIBLE]
    height, width = strength.shape
    highest = np.ones(len(points), np.bool_)
    for side in (-1, 1):
        place = np.rint(points + side * normals).astype(np.intp)
        beside = strength[place[:, 0].clip(0, height - 1), place[:, 1].clip(0, width - 1)]
        highest &= strength[points[:, 0], points[:, 1]] >= beside
    points, normals = points[highest], normals[highest]
    points = points[gradients.follow(points, normals, range(1))]
    found = np.zeros(strength.shape, np.bool_)
    found[points[:, 0], points[:, 1]] = True
    return found


def orientation(picture: Numbers, scale: float) -> tuple[Numbers, Numbers]:
    """Returns direction and coherence of the strongest change in ``picture``, as ``orientation_of`` does."""
    return orientation_of(np.gradient(picture, axis=0), np.gradient(picture, axis=1), scale)


def orientation_of(down: Numbers, across: Numbers, scale: float) -> tuple[Numbers, Numbers]:
    """The direction of the strongest change as unit vectors, and its coherence from 0 to 1, by the structure tensor."""
    tensor = np.stack([(down * down).sum(2), (across * across).sum(2), (down * across).sum(2)], 2)
    rows, columns, mixed = np.moveaxis(blur(tensor, scale), 2, 0)
    spread = np.hypot(rows - columns, 2 * mixed)
    angle = 0.5 * np.arctan2(2 * mixed, columns - rows)
    return np.stack([np.sin(angle), np.cos(angle)], 2), spread / np.maximum(rows + columns, 1e-9)


# ---------------------------------------------------------------- regions


@dataclass(frozen=True)
class Region:
    """A judged face: whether it became background, and whether its border is gone."""

    number: int
    lost: bool
    melted: bool


@dataclass(frozen=True)
class Regions:
    """All faces (``labels``, height x width), those that were ``judged``, and the part of the details that stayed."""

    labels: Labels
    judged: list[Region]
    details: float | None


def judge(before: Numbers, after: Numbers, truth: Truth, points: Points, kept: Mask) -> Regions:
    """Judges each face of an object that is large enough; a face ends at every border of the scene."""
    labels = faces(truth)
    sizes = np.bincount(labels.ravel())
    owners, index, outer = beside(labels, truth.background, points)
    around = np.bincount(owners, minlength=len(sizes))
    held = np.bincount(owners, kept[index], minlength=len(sizes)) / np.maximum(around, 1)
    small = (sizes < REGION * labels.size) & (around >= FEWEST)
    small[0] = False
    details = float((held[small] > 0.5).mean()) if small.any() else None
    large = np.flatnonzero((sizes >= REGION * labels.size) & (around >= FEWEST))
    made = strips(after, truth.background)
    inner = ~near(truth.borders, 3)
    judged = []
    for number in large[large > 0]:
        inside = labels == number
        whole = inside & inner
        was, now = (np.median(lab[whole if whole.any() else inside], axis=0) for lab in (before, after))
        ours = owners == number
        ring = index[ours & outer] if (ours & outer).sum() >= FEWEST else index[ours]
        gone = kept[ring].mean() < GONE
        alike = closest(now, made) < SAME
        replaced = alike and bool(other_hue(was, now))
        judged.append(Region(int(number), bool((gone and alike) or replaced), bool(held[number] < GONE)))
    return Regions(labels, judged, details)


def beside(labels: Labels, background: Mask, points: Points) -> tuple[Points, Points, Mask]:
    """Which faces touch which border points: the number of a face, the index of a point, whether it is an outer one."""
    height, width = labels.shape
    steps = np.array([(row, column) for row in (-2, 0, 2) for column in (-2, 0, 2)])
    place = points[:, None] + steps
    rows, columns = place[..., 0].clip(0, height - 1), place[..., 1].clip(0, width - 1)
    found = np.sort(labels[rows, columns], axis=1)
    first = np.ones(found.shape, np.bool_)
    first[:, 1:] = found[:, 1:] != found[:, :-1]
    first &= found > 0
    index = np.nonzero(first)[0]
    return found[first], index, background[rows, columns].any(axis=1)[index]


def faces(truth: Truth) -> Labels:
    """Connected pixels between borders, numbered from 1; 0 is the background and the borders themselves."""
    inside = ~truth.borders & ~truth.background
    labels = pyvips.Image.new_from_array(np.where(inside, 255, 0).astype(np.uint8)).labelregions()
    found = np.asarray(labels.numpy()).reshape(inside.shape).astype(np.int32) + 1
    found[~inside] = 0
    return found


def strips(lab: Numbers, background: Mask) -> Numbers:
    """Colours of the background from the top of the picture to its foot, shape (n, 3): sky, horizon and ground."""
    pieces = zip(np.array_split(lab, STRIPS), np.array_split(background, STRIPS), strict=True)
    found = [np.median(piece[mask], axis=0) for piece, mask in pieces if mask.sum() >= REGION * background.size]
    return np.array(found, np.float32).reshape(-1, 3)


def closest(colour: Numbers, others: Numbers) -> float:
    """Returns the distance in CIELAB from ``colour`` to the nearest of ``others``; infinite without any."""
    return float(np.linalg.norm(others - colour, axis=1).min()) if len(others) else np.inf


def chroma(first: Numbers, second: Numbers) -> float:
    """Returns the difference of two colours in CIELAB without their lightness."""
    return float(np.linalg.norm((first - second)[1:]))


def background_iou(before: Numbers, after: Numbers, truth: Truth, lost: Mask) -> float | None:
    """Returns None if the scene has no background. Lost regions count, and tiles that took the background's colour."""
    made = strips(after, truth.background)
    if not len(made):
        return None
    was, now = tiles(before), tiles(after)
    alike = np.min([np.linalg.norm(now - each, axis=2) for each in made], axis=0) < SAME
    turned = np.kron(alike & other_hue(was, now), np.ones((TILE, TILE), np.bool_))
    height, width = turned.shape
    taken = lost.copy()
    taken[:height, :width] |= turned
    taken &= ~truth.background
    background = int(truth.background.sum())
    return background / (background + int(taken.sum()))


def tiles(lab: Numbers) -> Numbers:
    """Returns the mean colour of each square of ``TILE`` pixels."""
    height, width = (side // TILE * TILE for side in lab.shape[:2])
    cut = lab[:height, :width].reshape(height // TILE, TILE, width // TILE, TILE, 3)
    means: Numbers = cut.mean((1, 3))
    return means


def drift(before: Numbers, after: Numbers, truth: Truth, lost: Mask) -> float | None:
    """Change of hue and chroma of each material that is large enough, weighted by its size."""
    inside = ~near(truth.borders, TOLERANCE) & ~truth.background & ~lost
    moves, sizes = [], []
    for material in np.unique(truth.materials[inside]):
        chosen = inside & (truth.materials == material)
        if chosen.sum() >= REGION * chosen.size:
            moves.append(chroma(np.median(before[chosen], axis=0), np.median(after[chosen], axis=0)))
            sizes.append(int(chosen.sum()))
    return float(np.average(moves, weights=sizes)) if moves else None


def repainted(before: Numbers, after: Numbers, truth: Truth) -> float | None:
    """Returns None if hardly anything is seen of objects. Works by tiles, so that a part of a face counts as well."""
    seen = tiles(np.repeat(~truth.background[..., None], 3, 2).astype(np.float32))[..., 0] == 1
    if seen.sum() < FEWEST:
        return None
    return float(other_hue(tiles(before)[seen], tiles(after)[seen]).mean())


def other_hue(was: Numbers, now: Numbers) -> Mask:
    """Which colours of shape (..., 3) have another hue than before, or were grey and are not any more."""
    first, second = was[..., 1:], now[..., 1:]
    length = np.linalg.norm(first, axis=-1)
    turned = (first * second).sum(-1) < np.cos(np.radians(HUE)) * length * np.linalg.norm(second, axis=-1)
    found: Mask = (turned | (length < GREY)) & (np.linalg.norm(second - first, axis=-1) > CHANGED)
    return found


# ---------------------------------------------------------------- pictures


def to_lab(pixels: Pixels) -> Numbers:
    """SRGB to CIELAB with a white point of D65."""
    value = np.arange(256) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)
    matrix = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    matrix = (matrix / np.array([[0.95047], [1.0], [1.08883]])).astype(np.float32)
    part = linear[pixels] @ matrix.T
    cube = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    x, y, z = np.moveaxis(cube, 2, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 2).astype(np.float32)


def blur(planes: Numbers, sigma: float) -> Numbers:
    """A Gaussian blur of planes of shape (height, width, n)."""
    reach = int(np.ceil(2.5 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2)).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        margin = [(reach, reach) if each == axis else (0, 0) for each in range(3)]
        wide, length = np.pad(planes, margin, mode="edge"), planes.shape[axis]
        pieces = (
            wide[start : start + length] if axis == 0 else wide[:, start : start + length]
            for start in range(2 * reach + 1)
        )
        planes = sum((weight * piece for weight, piece in zip(weights, pieces, strict=True)), np.zeros_like(planes))
    return planes


def near(mask: Mask, distance: int) -> Mask:
    """Pixels within a square of ``distance`` pixels around the mask."""
    for axis in (0, 1):
        grown = mask.copy()
        for shift in range(1, distance + 1):
            wide, narrow = np.moveaxis(grown, axis, 0), np.moveaxis(mask, axis, 0)
            wide[shift:] |= narrow[:-shift]
            wide[:-shift] |= narrow[shift:]
        mask = grown
    return mask
