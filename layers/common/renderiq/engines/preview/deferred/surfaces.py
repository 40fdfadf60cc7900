"""Surfaces: what each region is made of, by name or by colour and direction, and the relief of each material."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.domain.scene_description import SurfaceMaterial
from renderiq.engines.preview.classify.materials import rgb_to_hsv
from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.deferred.guides import Guides
from renderiq.engines.preview.deferred.paint import Paint
from renderiq.engines.preview.raster import F32, I32, U8, Mask, smoothstep
from renderiq.engines.preview.shade.noise import sample_bilinear
from renderiq.engines.preview.shade.textures import Texture

KINDS: Final = tuple(SurfaceMaterial)
"""Materials by number."""
KIND: Final = {material: number for number, material in enumerate(KINDS)}

_LEVEL: Final = 0.90
_UPRIGHT: Final = 0.16
"""Cosine between normal and upward direction of surfaces that lie, at least, and of those that stand, at most."""
_LARGE: Final = 0.012
_MAX_PANE: Final = 0.04
"""Of the picture."""
_MAX_BACKGROUND_CONTACT: Final = 0.35
"""The part of its contour that a pane may share with the background."""
_TEXTURED_RELIEF: Final = 0.25
"""Of the relief, on regions that the capture has drawn with a texture."""
_FOOTPRINT_FADE: Final = (0.22, 0.6)
"""Size of a pixel over that of a detail, between which the detail fades out."""

Relief = Callable[[F32, F32, F32, int], F32]
"""Takes two coordinates on the surface in metres, the size of a pixel in metres, and the seed; returns a factor."""


def choose_surfaces(geometry: Geometry, paint: Paint, guides: Guides, base: F32, *, is_interior: bool) -> U8:
    """Returns the number in ``KINDS`` of each region's material.

    ``base`` (regions, 3) is the colour of the regions' paint in sRGB, 0..255. What the plugin has not named is guessed
    from colour and direction, and only where a wrong guess does no harm.
    """
    count = len(paint.albedo)
    hue, saturation, value = rgb_to_hsv(base)
    area = np.bincount(geometry.region.ravel(), minlength=count) / geometry.region.size
    kind = np.full(count, KIND[SurfaceMaterial.PLASTER], np.uint8)
    rise = _region_rise(geometry)
    is_green = (hue > 62) & (hue < 170) & (saturation > 0.2)
    is_brown = (hue > 12) & (hue < 46) & (saturation > 0.26) & (saturation < 0.85)
    is_red = ((hue < 20) | (hue > 336)) & (saturation > 0.35)
    is_blue = (hue > 176) & (hue < 250) & (saturation > 0.15) & (value > 0.23)
    plain = ~paint.is_textured
    kind[is_brown & plain] = KIND[SurfaceMaterial.WOOD]
    if rise is not None:
        lies, stands = rise > _LEVEL, np.abs(rise) < _UPRIGHT
        kind[is_green & lies & (area > _LARGE) & (not is_interior)] = KIND[SurfaceMaterial.GRASS]
        kind[is_green & ~geometry.is_flat & plain & (not is_interior)] = KIND[SurfaceMaterial.FOLIAGE]
        slopes = (rise > 0.3) & (rise < 0.97) & geometry.is_flat
        kind[is_red & slopes & plain & (area > 0.002) & (not is_interior)] = KIND[SurfaceMaterial.ROOF_TILES]
        pane = is_blue & stands & geometry.is_flat & (area < _MAX_PANE) & plain & (not is_interior)
        kind[pane & _is_set_in(geometry.region, count)] = KIND[SurfaceMaterial.GLASS]
        _unify_panes(kind, geometry, area, is_blue & stands)
    if geometry.id_of_region is not None and guides.named:
        for number, material in guides.named.items():
            kind[geometry.id_of_region == number] = KIND[material]
    kind[0] = KIND[SurfaceMaterial.PLASTER]
    return kind


def _is_set_in(region: I32, count: int) -> Mask:
    """Returns which regions share most of their contour with other regions, as a pane does, not with background."""
    length, beside_background = np.ones(count), np.zeros(count)
    for one, two in ((region[:, 1:], region[:, :-1]), (region[1:], region[:-1])):
        differs = one != two
        for here, there in ((one[differs], two[differs]), (two[differs], one[differs])):
            length += np.bincount(here, minlength=count)
            beside_background += np.bincount(here[there == 0], minlength=count)
    found: Mask = beside_background < _MAX_BACKGROUND_CONTACT * length
    return found


def _unify_panes(kind: U8, geometry: Geometry, area: NDArray[np.floating], candidate: Mask) -> None:
    """Makes all candidates of one material id panes, or none of them, in place."""
    if geometry.id_of_region is None:
        return
    glass = kind == KIND[SurfaceMaterial.GLASS]
    for each in np.unique(geometry.id_of_region[glass]):
        member = geometry.id_of_region == each
        is_pane = area[member & glass].sum() > 0.5 * area[member].sum()
        kind[member & (candidate if is_pane else glass)] = KIND[
            SurfaceMaterial.GLASS if is_pane else SurfaceMaterial.PLASTER
        ]


def _region_rise(geometry: Geometry) -> F32 | None:
    """Returns the cosine between normal and upward direction of each region, or None without normals."""
    if geometry.mean_normals is None or geometry.view is None:
        return None
    rise: F32 = geometry.mean_normals @ geometry.view.up
    return rise


def surface_axes(geometry: Geometry) -> tuple[F32, F32] | None:
    """Returns for each region two unit vectors (regions, 3) on its surface: level, and up the slope."""
    if geometry.mean_normals is None or geometry.view is None:
        return None
    normal = geometry.mean_normals.astype(np.float64)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    up = geometry.view.up.astype(np.float64)
    level = np.cross(up, normal)
    length = np.linalg.norm(level, axis=1, keepdims=True)
    right = np.array([1.0, 0.0, 0.0]) - up * up[0]
    level = np.where(length > 0.12, level / np.maximum(length, 1e-6), right / np.linalg.norm(right))
    return level.astype(np.float32), np.cross(normal, level).astype(np.float32)


def relief(kind: int, u: F32, v: F32, pixel: F32, seed: int) -> F32:
    """Returns the factor of a material's albedo at points ``u``, ``v`` on its surface, which a ``pixel`` covers."""
    return _RELIEFS[KINDS[kind]](u, v, pixel, seed)


def _faded(pixel: F32, size: float) -> F32:
    """Returns how much of a detail of ``size`` metres is left in pixels of the size ``pixel``."""
    return 1 - smoothstep(*_FOOTPRINT_FADE, pixel * np.float32(1 / size))


def _noise(texture: Texture, u: F32, v: F32, seed: int, texels: float) -> F32:
    """Returns noise in -0.5..0.5, with so many ``texels`` per metre."""
    scale = np.float32(texels)
    shaded: F32 = sample_bilinear(texture.tile(seed), u * scale, v * scale) - np.float32(0.5)
    return shaded


def _fine_noise(texture: Texture, u: F32, v: F32, seed: int, texels: float, visible: F32) -> F32:
    """Returns noise as ``_noise``, times how much of it is ``visible``; what is not visible is not computed."""
    place = np.flatnonzero(visible)
    shaded = np.zeros_like(visible)
    shaded[place] = _noise(texture, u[place], v[place], seed, texels) * visible[place]
    return shaded


def _joints(position: F32, width: F32 | float) -> F32:
    """Returns 1 in the joints at whole numbers of ``position``, which are ``width`` wide, and 0 between them."""
    distance = np.abs(position - np.round(position))
    joint: F32 = 1 - smoothstep(
        0.5, 1.0, (distance / np.float32(0.5) / np.maximum(np.float32(1e-4), width)).astype(np.float32)
    )
    return joint


def _per_block(column: F32, row: F32) -> F32:
    """Returns a number in -0.5..0.5 for each block of a pattern, as if at random."""
    value = np.sin(np.floor(column) * np.float32(12.9898) + np.floor(row) * np.float32(78.233)) * np.float32(437.585)
    block: F32 = value - np.floor(value) - np.float32(0.5)
    return block


def _plaster(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    stain = _noise(Texture.PLASTER_STAINS, u, v, seed, 38)
    grain = _fine_noise(Texture.MINERAL_GRAIN, u, v, seed, 170, _faded(pixel, 0.02))
    shaded: F32 = 1 + np.float32(0.085) * stain + np.float32(0.10) * grain
    return shaded


def _paint_relief(u: F32, v: F32, _pixel: F32, seed: int) -> F32:
    shaded: F32 = 1 + np.float32(0.035) * _noise(Texture.PLASTER_STAINS, u, v, seed, 30)
    return shaded


def _concrete(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    stain = _noise(Texture.GROUND_STAINS, u, v, seed, 42)
    grain = _fine_noise(Texture.MINERAL_GRAIN, u, v, seed, 150, _faded(pixel, 0.02))
    board = _joints(u / np.float32(1.25), pixel / np.float32(0.6) + np.float32(0.006)) + _joints(
        v / np.float32(1.25), pixel / np.float32(0.6) + np.float32(0.006)
    )
    shaded: F32 = 1 + np.float32(0.20) * stain + np.float32(0.14) * grain - np.float32(0.12) * np.minimum(board, 1)
    return shaded


def _masonry(u: F32, v: F32, pixel: F32, seed: int, size: tuple[float, float], joint: float, tone: float) -> F32:
    row = v / np.float32(size[1])
    column = u / np.float32(size[0]) + np.float32(0.5) * (np.floor(row) % 2)
    visible = _faded(pixel, size[1])
    mortar = np.maximum(_joints(row, joint / size[1]), _joints(column, joint / size[0]))
    block = _per_block(column, row)
    stain = _noise(Texture.GROUND_STAINS, u, v, seed, 30)
    grain = _fine_noise(Texture.MINERAL_GRAIN, u, v, seed, 260, _faded(pixel, 0.012))
    lit = 1 + visible * (np.float32(tone) * block + np.float32(0.34) * mortar)
    shaded: F32 = lit + np.float32(0.10) * stain + np.float32(0.12) * grain
    return shaded


def _brick(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    return _masonry(u, v, pixel, seed, (0.25, 0.083), 0.022, 0.34)


def _stone(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    shaded: F32 = _masonry(u, v, pixel, seed, (0.62, 0.31), 0.012, 0.16) - np.float32(0.05)
    return shaded


def _roof(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    row = v / np.float32(0.30)
    column = u / np.float32(0.24) + np.float32(0.5) * (np.floor(row) % 2)
    phase = row - np.floor(row)
    visible = _faded(pixel, 0.26)
    course = np.float32(0.24) * phase - np.float32(0.12) - np.float32(0.34) * (1 - smoothstep(0.0, 0.16, phase))
    wave = np.float32(0.10) * np.cos(column * np.float32(2 * np.pi))
    tile = np.float32(0.22) * _per_block(column, row)
    stain = np.float32(0.14) * _noise(Texture.GROUND_STAINS, u, v, seed, 26)
    lit: F32 = (1 + visible * (course + wave + tile) + stain).astype(np.float32)
    return lit


def _tiles(u: F32, v: F32, pixel: F32, _seed: int) -> F32:
    joint = np.maximum(_joints(u / np.float32(0.3), 0.03), _joints(v / np.float32(0.3), 0.03))
    tile = np.float32(0.05) * _per_block(u / np.float32(0.3), v / np.float32(0.3))
    lit: F32 = (1 + _faded(pixel, 0.12) * (tile - np.float32(0.25) * joint)).astype(np.float32)
    return lit


def _wood(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    board = u / np.float32(0.16)
    row = np.floor(board)
    along, across = u + row * np.float32(0.71), v + row * np.float32(0.37)
    grain = _fine_noise(Texture.WOOD_GRAIN, along, across, seed, 190, _faded(pixel, 0.05))
    joint = _joints(board, 0.035) * _faded(pixel, 0.06)
    tone = _per_block(board, row * 0) * _faded(pixel, 0.16)
    lit: F32 = 1 + np.float32(0.34) * grain + np.float32(0.16) * tone - np.float32(0.22) * joint
    return lit


def _fabric(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    weave = _fine_noise(Texture.MINERAL_GRAIN, u, v, seed, 500, _faded(pixel, 0.008))
    shaded: F32 = 1 + np.float32(0.16) * weave + np.float32(0.08) * _noise(Texture.PLASTER_STAINS, u, v, seed, 60)
    return shaded


def _grass(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    tuft = _fine_noise(Texture.GRASS_TUFTS, u, v, seed, 60, _faded(pixel, 0.16))
    blade = _fine_noise(Texture.GRASS_BLADES, u, v, seed, 260, _faded(pixel, 0.03))
    stain = _noise(Texture.GROUND_STAINS, u, v, seed, 22)
    shaded: F32 = np.maximum(
        1 + np.float32(0.42) * stain + np.float32(0.5) * tuft + np.float32(0.75) * blade, np.float32(0.25)
    )
    return shaded


def _foliage(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    clump = _fine_noise(Texture.LEAF_CLUMPS, u, v, seed, 90, _faded(pixel, 0.1))
    leaf = _fine_noise(Texture.LEAVES, u, v, seed, 180, _faded(pixel, 0.03))
    shaded: F32 = np.maximum(np.float32(0.95) + np.float32(0.95) * clump + np.float32(0.8) * leaf, np.float32(0.15))
    return shaded


def _paving(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    joint = np.maximum(_joints(u / np.float32(0.5), 0.02), _joints(v / np.float32(0.5), 0.02)) * _faded(pixel, 0.2)
    slab = _per_block(u / np.float32(0.5), v / np.float32(0.5)) * _faded(pixel, 0.4)
    stain = _noise(Texture.GROUND_STAINS, u, v, seed, 30)
    shaded: F32 = 1 + np.float32(0.07) * slab + np.float32(0.12) * stain - np.float32(0.22) * joint
    return shaded


def _granular(amplitude: float, size: float) -> Relief:
    def shade(u: F32, v: F32, pixel: F32, seed: int) -> F32:
        grain = _fine_noise(Texture.MINERAL_GRAIN, u, v, seed, 3 / size, _faded(pixel, size))
        return 1 + np.float32(amplitude) * grain + np.float32(0.16) * _noise(Texture.GROUND_STAINS, u, v, seed, 20)

    return shade


def _metal(u: F32, v: F32, pixel: F32, seed: int) -> F32:
    brushed = _fine_noise(Texture.WOOD_GRAIN, u, v, seed, 420, _faded(pixel, 0.01))
    shaded: F32 = 1 + np.float32(0.10) * brushed
    return shaded


def _smooth(u: F32, _v: F32, _pixel: F32, _seed: int) -> F32:
    return np.ones_like(u)


_RELIEFS: Final[dict[SurfaceMaterial, Relief]] = {
    SurfaceMaterial.PLASTER: _plaster,
    SurfaceMaterial.PAINT: _paint_relief,
    SurfaceMaterial.CONCRETE: _concrete,
    SurfaceMaterial.BRICK: _brick,
    SurfaceMaterial.STONE: _stone,
    SurfaceMaterial.METAL: _metal,
    SurfaceMaterial.GLASS: _smooth,
    SurfaceMaterial.WOOD: _wood,
    SurfaceMaterial.ROOF_TILES: _roof,
    SurfaceMaterial.TILES: _tiles,
    SurfaceMaterial.FABRIC: _fabric,
    SurfaceMaterial.FOLIAGE: _foliage,
    SurfaceMaterial.GRASS: _grass,
    SurfaceMaterial.PAVING: _paving,
    SurfaceMaterial.GRAVEL: _granular(0.5, 0.03),
    SurfaceMaterial.SOIL: _granular(0.4, 0.05),
    SurfaceMaterial.SAND: _granular(0.16, 0.02),
    SurfaceMaterial.WATER: _smooth,
}


def relief_strength(is_textured: Mask) -> F32:
    """Returns how much of the relief each region gets: little on those that the capture has drawn with a texture."""
    strength: F32 = np.where(is_textured, _TEXTURED_RELIEF, 1).astype(np.float32)
    return strength
