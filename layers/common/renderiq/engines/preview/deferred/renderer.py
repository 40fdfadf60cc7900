"""Renders a capture whose guide images tell its surfaces, instead of reading them from its colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.domain.scene_description import SurfaceMaterial
from renderiq.engines import EngineRequest
from renderiq.engines.preview.deferred.agreement import measure_agreement
from renderiq.engines.preview.deferred.backdrop import (
    PAPER_SHARE,
    ambient_share,
    contact_factor,
    render_contact,
    render_outdoors,
    render_studio,
    shade_backdrop,
)
from renderiq.engines.preview.deferred.composition import Composition, SurfaceMaps, compose, draw_outline
from renderiq.engines.preview.deferred.fine_detail import find_fine_detail
from renderiq.engines.preview.deferred.geometry import Geometry, read_geometry
from renderiq.engines.preview.deferred.guides import Guides, border_mask, read_depth, read_ids, read_normals
from renderiq.engines.preview.deferred.light import (
    ambient_occlusion,
    cast_shadows,
    sun_direction,
)
from renderiq.engines.preview.deferred.paint import Paint, read_paint, with_one_paint
from renderiq.engines.preview.deferred.planes import picture_coordinates
from renderiq.engines.preview.deferred.radiance import (
    Light,
    add_haze,
    compute_irradiance,
    compute_radiance,
    ground_light,
)
from renderiq.engines.preview.deferred.stage import MODEL_HEIGHT, Stage
from renderiq.engines.preview.deferred.surfaces import KIND, choose_surfaces, relief_strength, surface_axes
from renderiq.engines.preview.look.requested import requested_look
from renderiq.engines.preview.look.tone_mapping import ToneMapper
from renderiq.engines.preview.raster import F32, U8, CheckCancelled, Mask, gaussian_blur
from renderiq.engines.preview.segment.deblocking import remove_compression_artefacts
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion
from renderiq.engines.preview.segment.scene import WORKING_SIDE
from renderiq.engines.preview.shade.backdrop import backdrop_size
from renderiq.engines.preview.shade.broken_edges import mend_edges
from renderiq.engines.preview.shade.seen_edges import restore_edges

_MIN_SIDE: Final = 32
_CREASE: Final = 0.1
"""Squared difference of the normals of neighbours that makes a border."""
_BORDER_REACH: Final = 7
"""Pixels: the side of the square around a border in which the capture's edge of it is."""
_LEAST_EDGE: Final = 0.7
"""How far every edge of the capture at a border comes back."""
_USUAL_FREEDOM: Final = 0.3
_MAX_FREEDOM: Final = 2.0
_OCCLUSION_REACH: Final = 0.16
"""Distance over the height of the model at which things do not occlude each other any more."""
_CONTACT_SIGMA: Final = 0.004

# Progress in per cent at the end of each stage.
_GEOMETRY_READ: Final = 25
_PAINT_READ: Final = 32
_LIT: Final = 45
_BACKDROP_RENDERED: Final = 52


@dataclass(frozen=True, slots=True)
class GuidedCapture:
    """A capture with the guides that fit it.

    ``clean`` (height, width, 3) has no compression artefacts. ``agreement`` (0..1) tells how well the guides fit, and
    ``reasons`` why others were left out. ``cropped`` is the part of the capture's height that the picture shows.
    """

    clean: U8
    guides: Guides
    agreement: float
    reasons: tuple[str, ...]
    cropped: float


def fit_guides(
    picture: Image.Image,
    images: dict[str, Image.Image],
    capture_size: tuple[int, int],
    request: EngineRequest,
    check_cancelled: CheckCancelled,
) -> GuidedCapture:
    """Reads the guide ``images``, by the names depth, material_ids and normals, and leaves out those that do not fit.

    ``picture`` is the part of a capture of ``capture_size`` = (width, height) that the output shows.
    """
    cropped = picture.height / capture_size[1]
    scale = min(1.0, WORKING_SIDE / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    reduced = picture if scale == 1 else picture.resize(size, Image.Resampling.HAMMING, reducing_gap=3.0)
    pixels = np.asarray(reduced.convert("RGB"))
    guides, reasons, fits = Guides(), [], []
    if min(size) < _MIN_SIDE:
        return GuidedCapture(pixels, guides, 0.0, (), cropped)
    clean = pixels
    if is_jpeg(request.image):
        clean = remove_compression_artefacts(pixels, check_cancelled)
    readers: dict[str, Callable[[Image.Image], Guides | None]] = {
        "depth": lambda image: read_depth(image, size, is_exact=not is_jpeg(request.depth_image)),
        "material_ids": lambda image: read_ids(image, size, request.materials),
        "normals": lambda image: read_normals(image, size),
    }
    for name, image in images.items():
        check_cancelled()
        found = readers[name](image)
        if found is None:
            reasons.append(f"{name}_empty")
            continue
        agreement = measure_agreement(clean, _borders(found))
        if not agreement:
            reasons.append(f"{name}_do_not_fit" if name != "depth" else "depth_does_not_fit")
            continue
        fits.append(agreement)
        guides = _merged(guides, found)
    return GuidedCapture(clean, guides, float(np.mean(fits)) if fits else 0.0, tuple(reasons), cropped)


def is_jpeg(data: bytes | None) -> bool:
    """Returns whether an image file was compressed with loss."""
    return data is not None and data.startswith(b"\xff\xd8")


def _merged(guides: Guides, found: Guides) -> Guides:
    """Returns both guides as one."""
    return Guides(
        depth=found.depth if guides.depth is None else guides.depth,
        ids=found.ids if guides.ids is None else guides.ids,
        named=found.named if guides.named is None else guides.named,
        normals=found.normals if guides.normals is None else guides.normals,
        depth_background=found.depth_background if guides.depth_background is None else guides.depth_background,
        id_background=found.id_background if guides.id_background is None else guides.id_background,
        normal_background=found.normal_background if guides.normal_background is None else guides.normal_background,
        is_exact=guides.is_exact and found.is_exact,
    )


def _borders(guides: Guides) -> Mask:
    if guides.depth is not None:
        level = guides.depth.astype(np.int16)
        border = np.zeros(level.shape, np.bool_)
        limit = 3 if guides.is_exact else 9
        for axis in (0, 1):
            bend = np.abs(np.diff(level, n=2, axis=axis)) > limit
            inner = [slice(None), slice(None)]
            inner[axis] = slice(1, -1)
            border[tuple(inner)] |= bend
        return border
    if guides.ids is not None:
        return border_mask(guides.ids)
    if guides.normals is None:
        return np.zeros((1, 1), np.bool_)
    normals = guides.normals
    border = border_mask((normals != 0).any(axis=2))
    for axis, part in ((1, np.s_[:, :-1]), (0, np.s_[:-1])):
        square = np.square(np.diff(normals, axis=axis)).sum(axis=2)
        border[part] |= square > _CREASE
    return border


def render_guided(
    capture: GuidedCapture,
    request: EngineRequest,
    report: Callable[[int], None],
    on_rows_done: Callable[[int], None],
    check_cancelled: CheckCancelled,
) -> tuple[U8, U8, Mask]:
    """Renders a capture in the light of the style from its guides, at least one of which fits.

    Returns the picture (height, width, 3) in sRGB, the same at working resolution, and there the mask of the model.
    """
    look = requested_look(request)
    seed = request.seed & 0xFFFFFFFF
    geometry = read_geometry(capture.guides, request.camera, capture.cropped, check_cancelled)
    report(_GEOMETRY_READ)
    paint = read_paint(capture.clean, geometry, check_cancelled)
    report(_PAINT_READ)
    stage = Stage.of(geometry, look, capture.clean[..., 1])
    look = stage.look
    light = _light(geometry, paint, stage, check_cancelled)
    base = _base_colours(paint)
    kind = choose_surfaces(geometry, paint, capture.guides, base, is_interior=stage.is_interior)
    if look.surface:
        is_glass = kind == KIND[SurfaceMaterial.GLASS]
        paint = with_one_paint(paint, look.surface, is_glass)
        kind = np.where(is_glass, kind, KIND[SurfaceMaterial.PLASTER]).astype(np.uint8)
    irradiance = compute_irradiance(geometry, paint, light, look)
    radiance = compute_radiance(geometry, paint, kind, light, irradiance, look)
    fine = find_fine_detail(irradiance, capture.clean, geometry, paint)
    if stage.is_outdoors:
        add_haze((radiance, fine.light), geometry, look)
    report(_LIT)
    backdrop = _backdrop(geometry, stage, light, request.size, seed, check_cancelled)
    report(_BACKDROP_RENDERED)
    outline = draw_outline(geometry.region, request.size, check_cancelled)
    freedom = min(_MAX_FREEDOM, (1 - request.structure_strength) / _USUAL_FREEDOM)
    maps = _surface_maps(geometry, paint, kind, stage, request.size, freedom)
    composition = Composition(geometry.region, radiance, fine, backdrop, outline, maps, seed)
    pixels = compose(composition, ToneMapper(look, request.size, seed), on_rows_done)
    model = ~geometry.background
    must_stay = grey_erosion(model.astype(np.uint8), 3) > 0
    if capture.guides.ids is not None and geometry.normals is not None:
        # What is not near a border is a drawn shadow or a texture.
        must_stay &= grey_dilation(border_mask(geometry.region).astype(np.uint8), _BORDER_REACH) > 0
    opacity = model.astype(np.float32)
    reduced = restore_edges(pixels, capture.clean, must_stay, opacity, check_cancelled, least=_LEAST_EDGE)
    border = border_mask(geometry.region, geometry.thin)
    reduced = mend_edges(pixels, reduced, capture.clean, border, model, check_cancelled)
    return pixels, reduced, model


def _light(geometry: Geometry, paint: Paint, stage: Stage, check_cancelled: CheckCancelled) -> Light:
    shape = geometry.region.shape
    view = geometry.view
    if view is None or geometry.normals is None:
        return Light(
            np.array([0.5, 0.6, 0.6], np.float32), np.ones(shape, np.float32), _seams(geometry), stage.is_interior
        )
    suns = {left: sun_direction(view, stage.look, from_left=left) for left in (True, False)}
    sun = suns[_is_sun_left(geometry, paint, suns)]
    visibility = np.ones(shape, np.float32)
    if not stage.is_interior:
        visibility = cast_shadows(geometry, stage.ground, sun, stage.look.shadow_softness, check_cancelled)
    if geometry.inverse is None:
        occlusion = _seams(geometry)
    else:
        reach = (0.5 if stage.is_interior else _OCCLUSION_REACH) * stage.height
        occlusion = ambient_occlusion(geometry, stage.ground, reach, check_cancelled)
    return Light(sun, visibility, occlusion, stage.is_interior)


def _is_sun_left(geometry: Geometry, paint: Paint, suns: dict[bool, F32]) -> bool:
    """Returns whether the sun is on the left: there, the faces that the viewport draws brightest are lit best."""
    if geometry.normals is None:
        return True
    normals, region = geometry.normals[::4, ::4], geometry.region[::4, ::4]
    shade = paint.shade[region] * (region > 0)
    light = {left: np.maximum(normals @ sun, 0) for left, sun in suns.items()}
    centred = np.where(region > 0, shade - shade[region > 0].mean(), 0) if (region > 0).any() else shade
    score = {left: float((each * (region > 0)).mean() + 4 * (each * centred).mean()) for left, each in light.items()}
    return score[True] >= score[False]


def _seams(geometry: Geometry) -> F32:
    """Returns a soft darkening along the borders of regions, if nobody knows the depth."""
    border = border_mask(geometry.region).astype(np.uint8) * 255
    sigma = max(1.0, _CONTACT_SIGMA * max(border.shape))
    dark: F32 = gaussian_blur(border, sigma).astype(np.float32) * np.float32(0.5 / 255)
    return dark


def _base_colours(paint: Paint) -> F32:
    level = np.clip(paint.albedo, 0, 1)
    srgb = np.where(level <= 0.0031308, level * 12.92, 1.055 * level ** (1 / 2.4) - 0.055)
    found: F32 = (srgb * 255).astype(np.float32)
    return found


def _backdrop(
    geometry: Geometry, stage: Stage, light: Light, size: tuple[int, int], seed: int, check_cancelled: CheckCancelled
) -> F32:
    look = stage.look
    sun_from_left = bool(light.sun[0] < 0)
    opacity = (~geometry.background).astype(np.float32)
    height = backdrop_size(size)[1]
    if stage.is_interior and not geometry.background.any():
        return np.zeros((8, 8, 3), np.float32)
    if stage.is_outdoors or stage.is_interior:
        picture = render_outdoors(look, size, stage.horizon * height, sun_from_left, seed, check_cancelled)
        share = ambient_share(look)
    elif stage.ground is None:
        return render_contact(look, opacity, size, sun_from_left=sun_from_left)
    else:
        picture = render_studio(look, size)
        share = np.full(3, PAPER_SHARE, np.float32)
    factor = ground_light(stage.ground, light, share)
    if factor is None:
        factor = contact_factor(opacity)
    check_cancelled()
    shade_backdrop(picture, factor)
    return picture


def _surface_maps(
    geometry: Geometry, paint: Paint, kind: U8, stage: Stage, size: tuple[int, int], freedom: float
) -> SurfaceMaps:
    """Returns coordinates on the surfaces in metres; without depth they are those of the picture."""
    region = geometry.region
    strength = relief_strength(paint.is_textured) * np.float32(freedom)
    x, y = picture_coordinates(region.shape)
    points, axes = geometry.positions(), surface_axes(geometry)
    if points is None or axes is None or geometry.view is None or geometry.normals is None:
        scale = np.float32(MODEL_HEIGHT)
        u, v = (np.broadcast_to(each, region.shape) * scale for each in (x, y))
        return SurfaceMaps(u, v, np.full(region.shape, scale / size[1], np.float32), kind, strength)
    metre = np.float32(stage.metre)
    u = sum(axes[0][region, axis] * points[axis] for axis in range(3)) * metre
    v = sum(axes[1][region, axis] * points[axis] for axis in range(3)) * metre
    view = geometry.view
    pixel = metre / np.float32(view.focal * size[1])
    if view.is_parallel:
        cosine = np.abs(geometry.normals[..., 2])
        footprint = pixel / np.maximum(cosine, np.float32(0.12))
    else:
        ray = (geometry.normals[..., 0] * x + geometry.normals[..., 1] * y) / np.float32(view.focal)
        cosine = np.abs(ray - geometry.normals[..., 2]) / np.sqrt(1 + (x * x + y * y) / np.float32(view.focal**2))
        footprint = -points[2] * pixel / np.maximum(cosine, np.float32(0.12))
    return SurfaceMaps(u.astype(np.float32), v.astype(np.float32), footprint.astype(np.float32), kind, strength)
