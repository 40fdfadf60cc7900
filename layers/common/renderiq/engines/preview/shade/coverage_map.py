"""The coverage map: which regions each output pixel shows, anti-aliased and with sharp borders at any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.geometry.contours import Contours, trace_contours
from renderiq.engines.preview.geometry.rasterizer import pixels_near_segments, rasterize_labels
from renderiq.engines.preview.raster import F64, I32, U8, U16, CheckCancelled, gaussian_blur, never_cancelled
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.textures import Texture

# Lengths are in pixels of the capture at working resolution, unless another unit is named.
_TOLERANCE: Final = 0.75
_LINE_TOLERANCE: Final = 1.9
_GLASS_TOLERANCE: Final = 1.7
"""How far a border may deviate from the line that replaces it: usually, in captures with edge lines, and for panes,
around which pieces of thin frames remain."""
_FRAME_WIDTH: Final = 2.4
"""Width of a window frame in a capture of 1600 pixels."""
_JOINT_WIDTH: Final = 0.4
"""Width of a joint between walls of one colour over that of a frame."""
_FRAME_MIN_LEVEL: Final = 90
"""Darker walls around a pane are its frame already."""
_JOINT_MIN_AREA: Final = 0.0008
_CROWN_MIN_AREA: Final = 0.0004
"""Of the picture."""
_JOINT_MAX_CONTRAST: Final = 8
"""Levels per channel between two walls of one colour."""
_TWIG_LENGTH: Final = 5.5
"""How far twigs reach in and out of the contour of a crown."""
_TWIG_AMPLITUDE: Final = 3.2
"""Displacement over the twig length for the full range of the noise."""


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """Regions at output size, all (height, width).

    A pixel shows the region ``primary`` with the weight ``coverage`` (128..255 for 0.5..1) and the region
    ``secondary`` with the rest. ``frame`` (0..255) is how much of the pixel is a window frame or a joint.
    """

    primary: U16
    secondary: U16
    coverage: U8
    frame: U8


def group_crown_facets(scene: Scene, surfaces: Surfaces) -> I32:
    """Returns for each region the region that it is drawn as: the facets of one tree crown are drawn as one."""
    group = np.arange(len(scene.regions), dtype=np.int32)
    leafy = surfaces.material == Material.FOLIAGE
    if not leafy.any():
        return group
    runs = scene.runs
    leafy_runs = np.flatnonzero(leafy[runs.label])
    region = runs.label[leafy_runs]
    crown = connected_components(scene.map_values(leafy)).ravel()[runs.first[leafy_runs]]
    lowest_label = np.full(int(crown.max(initial=0)) + 1, len(group), np.int32)
    np.minimum.at(lowest_label, crown, region)
    # In reverse order, so that the first run of each region decides.
    group[region[::-1]] = lowest_label[crown[::-1]]
    return group


def render_coverage_map(
    scene: Scene,
    surfaces: Surfaces,
    group: I32,
    size: tuple[int, int],
    seed: int,
    freedom: float,
    check_cancelled: CheckCancelled = never_cancelled,
) -> CoverageMap:
    """Traces the borders of all regions and rasterises them at the output ``size`` = (width, height).

    ``group`` is the result of ``group_crown_facets``. The contours of crowns are displaced in proportion to
    ``freedom``, 1 being usual.
    """
    label, second_label = scene.map_values(group), group[scene.second_label]
    tolerance = np.full(int(label.max()) + 1, _LINE_TOLERANCE if scene.has_edge_lines else _TOLERANCE)
    panes = surfaces.material[: len(tolerance)] == Material.GLASS
    tolerance[panes] = np.maximum(tolerance[panes], _GLASS_TOLERANCE)
    contours = trace_contours(label, second_label, scene.coverage, tolerance, check_cancelled)
    check_cancelled()
    scale = np.array([size[0] / scene.size[0], size[1] / scene.size[1]])
    primary = rasterize_labels(contours, scale, size, label)
    check_cancelled()
    secondary, coverage = primary.copy(), np.full(primary.shape, 255, np.uint8)
    antialias(contours, scale, primary, secondary, coverage)
    check_cancelled()
    frame = _draw_frames(contours, scene, surfaces, scale, primary)
    coverage_map = CoverageMap(primary, secondary, coverage, frame)
    for crown in np.unique(group[surfaces.material == Material.FOLIAGE]):
        check_cancelled()
        if scene.regions.area[group == crown].sum() > _CROWN_MIN_AREA * label.size:
            _displace_crown(coverage_map, scene, group, int(crown), seed, freedom)
    return coverage_map


def antialias(contours: Contours, scale: F64, primary: U16, secondary: U16, coverage: U8) -> None:
    """Sets ``secondary`` and ``coverage`` of the pixels on a contour, from the distance of their centres to it."""
    height, width = primary.shape
    inner = (contours.left != contours.outside) & (contours.right != contours.outside)
    start, end = contours.start[inner] * scale, contours.end[inner] * scale
    pixel, distance, segment = pixels_near_segments(start, end, (width, height), 0.5)
    left, right = contours.left[inner][segment], contours.right[inner][segment]
    here = primary.ravel()[pixel]
    is_known = (here == left) | (here == right)
    other = np.where(here == left, right, left)[is_known]
    pixel, distance = pixel[is_known], distance[is_known]
    # The nearest contour of a pixel is written last.
    order = np.argsort(-distance, kind="stable")
    coverage.ravel()[pixel[order]] = (127.5 + 255 * distance[order]).astype(np.uint8)
    secondary.ravel()[pixel[order]] = other[order]


def _draw_frames(contours: Contours, scene: Scene, surfaces: Surfaces, scale: F64, primary: U16) -> U8:
    """Returns the coverage (0..255) of window frames, along the contours of glass, and of joints.

    A pane gets no frame where something stands in front of it or where the capture has a frame. Joints are the edge
    lines between walls of one colour.
    """
    size = primary.shape[1], primary.shape[0]
    frame = np.zeros(primary.shape, np.uint8)
    # The last entry is for the label outside of the picture.
    glass = np.append(surfaces.material == Material.GLASS, False)
    is_light = scene.regions.colour.max(axis=1) > _FRAME_MIN_LEVEL
    around = np.isin(surfaces.material, (Material.PLASTER, Material.ROOF)) & is_light
    around = np.append(around | (surfaces.material == Material.GLASS), False)
    is_pane = (glass[contours.left] & around[contours.right]) | (glass[contours.right] & around[contours.left])
    is_large = scene.regions.area > _JOINT_MIN_AREA * scene.label.size
    wall = np.append((surfaces.material == Material.PLASTER) & is_large, False)
    colour = np.append(scene.regions.colour, np.zeros((1, 3), np.float32), axis=0)
    is_alike = np.abs(colour[contours.left] - colour[contours.right]).max(axis=1) < _JOINT_MAX_CONTRAST
    is_joint = wall[contours.left] & wall[contours.right] & is_alike & scene.has_edge_lines
    frame_width = _FRAME_WIDTH * max(scene.size) / 1600 * float(scale[0])
    for chosen, width, regions in ((is_joint, _JOINT_WIDTH * frame_width, wall), (is_pane, frame_width, glass)):
        if chosen.any():
            start, end = contours.start[chosen] * scale, contours.end[chosen] * scale
            pixel, distance, _ = pixels_near_segments(start, end, size, width + 0.5)
            inside = regions[primary.ravel()[pixel]]
            pixel, distance = pixel[inside], distance[inside]
            order = np.argsort(-distance, kind="stable")
            frame.ravel()[pixel[order]] = np.clip((width + 0.5 - distance[order]) * 255, 0, 255).astype(np.uint8)
    return frame


def _displace_crown(coverage_map: CoverageMap, scene: Scene, group: I32, crown: int, seed: int, freedom: float) -> None:
    """Displaces the contour of a crown with noise, as leaves and twigs would, in place."""
    height, width = coverage_map.primary.shape
    scale = width / scene.size[0]
    boxes = scene.regions.box[group == crown]
    margin = round(2 * _TWIG_LENGTH)
    left, top = np.maximum(boxes[:, :2].min(axis=0) - margin, 0)
    right, bottom = np.minimum(boxes[:, 2:].max(axis=0) + margin, scene.size)
    mask = (group[scene.label[top:bottom, left:right]] == crown).astype(np.uint8) * 255
    x0, y0, x1, y1 = round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)
    x1, y1 = min(x1, width), min(y1, height)
    blurred = Image.fromarray(gaussian_blur(mask, 0.8 * _TWIG_LENGTH))
    near_contour = np.asarray(blurred.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR))
    y, x = np.nonzero((near_contour > 10) & (near_contour < 245))
    if not len(y):
        return
    y, x = y + y0, x + x0
    tile = Texture.TWIGS.tile(seed)
    texels_per_pixel = np.float32(1.5 / max(scale, 0.5))
    u, v = x.astype(np.float32) * texels_per_pixel, y.astype(np.float32) * texels_per_pixel
    amplitude = np.float32(_TWIG_AMPLITUDE * _TWIG_LENGTH * scale * freedom)
    shift_y = ((sample_bilinear(tile, u, v) - 0.5) * amplitude).astype(np.int64)
    shift_x = ((sample_bilinear(tile, u + 211, v + 97) - 0.5) * amplitude).astype(np.int64)
    source_y, source_x = np.clip(y + shift_y, 0, height - 1), np.clip(x + shift_x, 0, width - 1)
    is_crown = (coverage_map.primary[source_y, source_x] == crown) | (coverage_map.primary[y, x] == crown)
    y, x, source_y, source_x = y[is_crown], x[is_crown], source_y[is_crown], source_x[is_crown]
    for image in (coverage_map.primary, coverage_map.secondary, coverage_map.coverage):
        image[y, x] = image[source_y, source_x]
