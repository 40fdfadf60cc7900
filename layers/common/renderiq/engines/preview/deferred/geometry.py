"""The geometry buffer: regions, normals and positions of every pixel of a capture, from its guide images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyvips
from numpy.typing import NDArray

from renderiq.domain.scene_description import Camera, Projection
from renderiq.engines.preview.deferred.coplanar import merge_coplanar
from renderiq.engines.preview.deferred.guides import Guides
from renderiq.engines.preview.deferred.planes import (
    Planes,
    connected_parts,
    find_curvature,
    fit_planes,
    picture_coordinates,
)
from renderiq.engines.preview.deferred.view import (
    View,
    find_up,
    find_view,
    inverse_distance,
    known_curvature,
    known_focal,
    known_up,
    usual_focal,
)
from renderiq.engines.preview.raster import F32, I32, CheckCancelled, Mask, never_cancelled
from renderiq.engines.preview.segment.coverage import expand_labels
from renderiq.engines.preview.segment.labels import RunLengthLabels, relabel_sequential
from renderiq.engines.preview.segment.morphology import binary_dilation

_JUMP: Final = 3
_COMPRESSED_JUMP: Final = 9
"""Levels by which the depth changes beyond its slope where one thing ends before another."""
_CREASE: Final = 0.978
"""Cosine of the angle between the normals of neighbours that belong to two faces."""
_MIN_REGION: Final = 5
"""Pixels of a region; smaller ones are left to their neighbours."""
_MAX_REGIONS: Final = 6000
_STEP: Final = 3
"""Pixels: the longest step of an oblique border that counts as a part of its region."""
_GUESSED_CURVATURE: Final = 0.5
_CURVATURE_ROUNDS: Final = 3
_COARSE: Final = 2
"""Of so many pixels in each direction, one tells the curvature."""
_ALIGNED: Final = 0.94
"""Mean cosine between the normals of the guide and those of the depth, if both have the same axes."""
_FLAT_SPREAD: Final = 0.995
"""Mean cosine between the normals of a flat region and their mean."""
_TOP_VIEW: Final = 0.6
"""Of a parallel view: surfaces that face the camera exactly in a plan."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the guides tell of each pixel, (height, width).

    ``region`` is 0 for the background. ``thin`` marks the pixels of parts that are too thin for a region of their own,
    and that belong to the region around them. ``normals`` (height, width, 3) and ``inverse`` distances are None if no
    guide tells them. ``is_flat`` (regions,) says which regions are planes, and ``mean_normals`` (regions, 3) has the
    mean of each one's normals. ``id_of_region`` (regions,) has the material id of each region, if there are ids.
    ``view`` tells focal length and upward direction, if these are known from depth, normals or the camera. ``quantum``
    is the distance, in the unit of positions, that one level of depth stands for.
    """

    region: I32
    thin: Mask
    normals: F32 | None
    mean_normals: F32 | None
    inverse: F32 | None
    is_flat: Mask
    id_of_region: I32 | None
    view: View | None
    quantum: float

    @property
    def background(self) -> Mask:
        """The empty pixels."""
        return np.equal(self.region, 0)

    def positions(self) -> tuple[F32, F32, F32] | None:
        """Returns the points that the pixels show, in view coordinates, or None without depth."""
        if self.inverse is None or self.view is None:
            return None
        x, y = picture_coordinates(self.region.shape)
        return self.view.positions(x, y, self.inverse)

    def heights(self) -> F32 | None:
        """Returns how high the points are over the camera (height, width), or None without depth."""
        points = self.positions()
        if points is None or self.view is None:
            return None
        up = self.view.up
        height: F32 = points[0] * up[0] + points[1] * up[1] + points[2] * up[2]
        return height


def read_geometry(
    guides: Guides,
    camera: Camera | None,
    cropped: float,
    check_cancelled: CheckCancelled = never_cancelled,
) -> Geometry:
    """Builds the geometry buffer from guides, at least one of which is present.

    ``cropped`` (0..1) is the part of the capture's height that the picture shows.
    """
    shape = next(each.shape[:2] for each in (guides.depth, guides.ids, guides.normals) if each is not None)
    background = guides.background
    valid = np.ones(shape, np.bool_) if background is None else ~background
    if guides.depth is None:
        return _without_depth(guides, camera, cropped, valid)
    level = guides.depth.astype(np.float32) * np.float32(1 / 255)
    is_parallel = camera is not None and camera.projection is Projection.PARALLEL
    curvature = known_curvature(camera)
    coarse = np.s_[::_COARSE, ::_COARSE]
    joins = _joins(guides, valid)
    if curvature is None:
        curvature = _GUESSED_CURVATURE
        rough_parts = _parts(_coarse(guides), valid[coarse])
        # Planes that were found with a wrong curvature are too small; better ones tell it better.
        for _ in range(_CURVATURE_ROUNDS):
            rough = _fit(level[coarse], rough_parts, curvature, guides, only_telling=True)
            check_cancelled()
            earlier, curvature = curvature, find_curvature(level[coarse], rough, is_parallel=is_parallel)
            if curvature == earlier:
                break
    if curvature <= 0 and (camera is None or camera.fov is None):
        # Levels that are inverse distances themselves look like those of a parallel view.
        is_parallel = True
    parts = connected_parts(*joins, valid)
    check_cancelled()
    planes = _fit(level, parts, curvature, guides, check_cancelled)
    inverse = inverse_distance(level, curvature)
    view = find_view(planes.coefficients, planes.area, camera, cropped, is_parallel=is_parallel)
    normals = _normals_of(planes, inverse, view, valid)
    if known_up(camera) is None:
        view = _judge_plan(view, normals, valid)
    check_cancelled()
    flat = planes.label >= 0
    inverse = _smooth_inverse(inverse, planes, flat)
    if guides.normals is not None:
        normals = _choose_normals(guides.normals, normals, flat)
    region = _regions(parts, planes.label, valid)
    step = _step_of_level(inverse, curvature)
    mean = _mean_normals(region, normals)
    region = merge_coplanar(region, _are_flat(mean), _unit(mean), inverse, step, _ids_of(region, guides.ids))
    region, thin = _absorb_thin_parts(region)
    mean = _mean_normals(region, normals)
    region_flat = _are_flat(mean)
    normals, mean = _even_normals(region, normals, mean, region_flat)
    scale = 1.0 if is_parallel or curvature <= 0 else curvature / max(1 - curvature, 0.02)
    return Geometry(region, thin, normals, mean, inverse, region_flat, _ids_of(region, guides.ids), view, scale / 255)


def _without_depth(guides: Guides, camera: Camera | None, cropped: float, valid: Mask) -> Geometry:
    parts = connected_parts(*_joins(guides, valid), valid)
    region, thin = _absorb_thin_parts(_regions(parts, np.zeros(parts.shape, np.int32), valid))
    normals, mean = guides.normals, None
    is_flat = np.zeros(int(region.max()) + 1, np.bool_)
    view = None
    if normals is not None:
        area = np.bincount(region.ravel())[1:].astype(np.float64)
        mean = _mean_normals(region, normals)
        is_flat = _are_flat(mean)
        up = known_up(camera)
        if up is None:
            up = find_up(mean[1:], area)
        is_parallel = camera is not None and camera.projection is Projection.PARALLEL
        view = View(known_focal(camera, cropped) or usual_focal(), up, is_parallel)
        normals, mean = _even_normals(region, normals, mean, is_flat)
    return Geometry(region, thin, normals, mean, None, is_flat, _ids_of(region, guides.ids), view, 0.0)


def _fit(
    level: F32,
    parts: I32,
    curvature: float,
    guides: Guides,
    check_cancelled: CheckCancelled = never_cancelled,
    *,
    only_telling: bool = False,
) -> Planes:
    inverse = inverse_distance(level, curvature)
    tolerance = _step_of_level(inverse, curvature)
    return fit_planes(inverse, parts, tolerance, check_cancelled, is_exact=guides.is_exact, only_telling=only_telling)


def _step_of_level(inverse: F32, curvature: float) -> F32:
    """Returns how far the inverse distance changes with one level of depth."""
    if curvature <= 0:
        return np.full_like(inverse, 1 / 255)
    return inverse * inverse * np.float32(curvature / (1 - curvature) / 255)


def _coarse(guides: Guides) -> Guides:
    """Returns depth and ids in a fraction of the size."""
    return Guides(
        depth=None if guides.depth is None else guides.depth[::_COARSE, ::_COARSE],
        ids=None if guides.ids is None else guides.ids[::_COARSE, ::_COARSE],
        is_exact=guides.is_exact,
    )


def _parts(guides: Guides, valid: Mask) -> I32:
    return connected_parts(*_joins(guides, valid), valid)


def _joins(guides: Guides, valid: Mask) -> tuple[Mask, Mask]:
    """Returns which pixels belong to the same face or thing as their right and as their lower neighbour."""
    beside = np.ones((valid.shape[0], valid.shape[1] - 1), np.bool_)
    below = np.ones((valid.shape[0] - 1, valid.shape[1]), np.bool_)
    if guides.ids is not None:
        beside &= guides.ids[:, 1:] == guides.ids[:, :-1]
        below &= guides.ids[1:] == guides.ids[:-1]
    if guides.normals is not None:
        beside &= (guides.normals[:, 1:] * guides.normals[:, :-1]).sum(axis=2) > _CREASE
        below &= (guides.normals[1:] * guides.normals[:-1]).sum(axis=2) > _CREASE
    if guides.depth is not None:
        depth = guides.depth.astype(np.int16)
        limit = _JUMP if guides.is_exact else _COMPRESSED_JUMP
        beside &= ~_jumps(depth, limit)
        below &= ~_jumps(np.ascontiguousarray(depth.T), limit).T
    return beside, below


def _jumps(depth: NDArray[np.int16], limit: int) -> Mask:
    """Returns between which neighbours in a row the depth changes by more than its slope on either side tells."""
    step = np.diff(depth, axis=1)
    padded = np.pad(step, ((0, 0), (1, 1)), mode="edge")
    jump: Mask = (np.abs(step - padded[:, :-2]) > limit) & (np.abs(step - padded[:, 2:]) > limit)
    return jump


def _normals_of(planes: Planes, inverse: F32, view: View, valid: Mask) -> F32:
    """Returns the normals of planes, and for ``valid`` pixels on none those of their own slopes."""
    table = view.normals(planes.coefficients)
    # The label -1 is the last row.
    normals: F32 = np.append(table, np.zeros((1, 3), np.float32), axis=0).take(planes.label, axis=0, mode="wrap")
    rows, columns = np.nonzero((planes.label < 0) & valid)
    if len(rows):
        height, width = inverse.shape
        x, y = picture_coordinates(inverse.shape)
        reach = 2
        left, right = np.maximum(columns - reach, 0), np.minimum(columns + reach, width - 1)
        top, bottom = np.maximum(rows - reach, 0), np.minimum(rows + reach, height - 1)
        a = (inverse[rows, right] - inverse[rows, left]) / np.maximum(right - left, 1) * height
        b = (inverse[top, columns] - inverse[bottom, columns]) / np.maximum(bottom - top, 1) * height
        limit = np.float32(3) * inverse[rows, columns]
        a, b = np.clip(a, -limit, limit), np.clip(b, -limit, limit)
        c = inverse[rows, columns] - a * x[0, columns] - b * y[rows, 0]
        normals[rows, columns] = view.normals(np.stack([a, b, c], 1).astype(np.float64))
    return normals


def _smooth_inverse(inverse: F32, planes: Planes, flat: Mask) -> F32:
    """Returns the inverse distances of the planes, and the measured ones elsewhere."""
    x, y = picture_coordinates(inverse.shape)
    table = planes.coefficients.astype(np.float32)
    if not len(table):
        return inverse
    label = planes.label
    plane = table[label, 0] * x + table[label, 1] * y + table[label, 2]
    smooth: F32 = np.where(flat, plane, inverse).astype(np.float32)
    return smooth


def _judge_plan(view: View, normals: F32, valid: Mask) -> View:
    """Returns the view of a plan, from straight above, if most surfaces face the camera."""
    if (normals[..., 2][valid] > 0.98).mean() > _TOP_VIEW:
        return View(view.focal, np.array([0, 0.035, 0.9994], np.float32), view.is_parallel)
    return view


def _choose_normals(guide: F32, own: F32, flat: Mask) -> F32:
    """Returns the guide's normals in view coordinates, whatever axes they are in, or ``own`` where there are none.

    The axes of the guide are found by fitting its normals to those of the depth (Kabsch), mirrored axes included.
    """
    known = (guide != 0).any(axis=2)
    both = known & flat
    if not both.any():
        return own
    rows, columns = np.nonzero(both)
    step = max(1, len(rows) // 20_000)
    sent, seen = guide[rows[::step], columns[::step]], own[rows[::step], columns[::step]]
    if float((sent * seen).sum(axis=1).mean()) < _ALIGNED:
        left, _, right = np.linalg.svd(seen.T.astype(np.float64) @ sent.astype(np.float64))
        turn = (left @ right).astype(np.float32)
        if float(((sent @ turn.T) * seen).sum(axis=1).mean()) > _ALIGNED - 0.08:
            guide = guide @ turn.T
        elif float((sent * seen).sum(axis=1).mean()) < 0.5:
            return own
    chosen: F32 = np.where(known[..., None], guide, own).astype(np.float32)
    return chosen


def _regions(parts: I32, plane: I32, valid: Mask) -> I32:
    """Numbers the connected pixels of one part and plane from 1; specks go to their neighbours."""
    code = (parts * np.int32(101) + plane * np.int32(7919)) % np.int32(65_521) + 1
    code[~valid] = 0
    region: I32 = pyvips.Image.new_from_array(code.astype(np.int32)).labelregions().numpy().astype(np.int32) + 1
    region[~valid] = 0
    area = np.bincount(region.ravel())
    order = np.argsort(-area, kind="stable")
    too_many = np.zeros(len(area), np.bool_)
    too_many[order[_MAX_REGIONS:]] = True
    speck = (area < _MIN_REGION) | too_many
    speck[0] = False
    if not speck.any():
        return region
    # A speck that nothing of the model touches stays empty.
    seeds = np.where(speck[region], -1, region).astype(np.int32)
    if not (seeds >= 0).any():
        return valid.astype(np.int32)
    return relabel_sequential(expand_labels(seeds)[0])


def _absorb_thin_parts(region: I32) -> tuple[I32, Mask]:
    """Gives the pixels that lie in no square of 3 x 3 pixels of one region to the region around them.

    Returns the regions and a mask of these pixels. What is thin before the background stays a region.
    """
    same = np.ones(region.shape, np.bool_)
    for axis in (0, 1):
        here, there = np.moveaxis(region, axis, 0), np.moveaxis(same, axis, 0)
        there[1:] &= here[1:] == here[:-1]
        there[:-1] &= here[:-1] == here[1:]
    thick = binary_dilation(same & _crosses(region))
    # The steps of an oblique border are not thin: they touch a thick part of their region.
    for _ in range(_STEP):
        touching = thick.copy()
        for axis in (0, 1):
            label = np.moveaxis(region, axis, 0)
            known, reached = np.moveaxis(thick, axis, 0), np.moveaxis(touching, axis, 0)
            alike = label[1:] == label[:-1]
            reached[1:] |= alike & known[:-1]
            reached[:-1] |= alike & known[1:]
        thick = touching
    thin = ~thick & (region > 0)
    if not thin.any() or not (thick & (region > 0)).any():
        return region, np.zeros_like(thin)
    grown = expand_labels(np.where(thin, -1, region).astype(np.int32))[0]
    absorbed = thin & (grown > 0)
    return relabel_sequential(np.where(absorbed, grown, region)), absorbed


def _crosses(region: I32) -> Mask:
    """Returns the pixels whose diagonal neighbours are of the same region."""
    same = np.ones(region.shape, np.bool_)
    for one, two in ((np.s_[1:, 1:], np.s_[:-1, :-1]), (np.s_[1:, :-1], np.s_[:-1, 1:])):
        alike = region[one] == region[two]
        same[one] &= alike
        same[two] &= alike
    return same


def _mean_normals(region: I32, normals: F32) -> F32:
    """Returns the mean normal (regions, 3) of each region; the more its normals differ, the shorter it is."""
    runs = RunLengthLabels(region)
    area = np.maximum(runs.area(), 1)
    mean = np.stack([runs.sum(normals[..., axis]) / area for axis in range(3)], 1)
    found: F32 = mean.astype(np.float32)
    return found


def _unit(vectors: F32) -> F32:
    unit: F32 = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return unit


def _are_flat(mean: F32) -> Mask:
    """Returns which regions have one normal, by their ``mean`` normals."""
    flat: Mask = np.linalg.norm(mean, axis=1) > _FLAT_SPREAD
    return flat


def _even_normals(region: I32, normals: F32, mean: F32, is_flat: Mask) -> tuple[F32, F32]:
    """Returns the normals with one for each flat region, which is that of its ``mean``, and their mean normals."""
    mean = np.where(is_flat[:, None], _unit(mean), mean)
    mean[0] = 0
    is_even = is_flat.copy()
    is_even[0] = True
    even = normals.copy()
    np.copyto(even, mean.take(region, axis=0), where=is_even.take(region)[..., None])
    return even, mean


def _ids_of(region: I32, ids: I32 | None) -> I32 | None:
    """Returns the id that most pixels of each region have."""
    if ids is None:
        return None
    count = int(ids.max()) + 1
    total = int(region.max()) + 1
    pair, _, votes = RunLengthLabels(region * np.int32(count) + ids).distinct()
    order = np.argsort(votes, kind="stable")
    found = np.zeros(total, np.int32)
    found[pair[order] // count] = pair[order] % count
    return found
