"""Lights every surface, a strip of output rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import F32, U8, U16, UpsampledPlane, gaussian_blur, smoothstep
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.shade.albedo import compute_albedo
from renderiq.engines.preview.shade.coverage_map import CoverageMap
from renderiq.engines.preview.shade.interior_daylight import compute_interior_daylight
from renderiq.engines.preview.shade.noise import fractal_noise, nearest, sample_bilinear
from renderiq.engines.preview.shade.shadow_maps import ShadowMaps
from renderiq.engines.preview.shade.sky import colour
from renderiq.engines.preview.shade.tile_courses import TileCourses, fit_tile_courses

_FACET_BLURS: Final = (9, 30)
_FRAME_ALBEDO: Final = np.array([0.040, 0.042, 0.045], np.float32)
_REFLECTED_TREES: Final = np.array([0.030, 0.042, 0.026], np.float32)
_CONTRAST: Final = 1.25
"""Faces that were shaded smoothly keep that shading, with more contrast: the viewport's has much fill light."""
_SHADING_UNIT: Final = 104

Bands = list[F32]
"""Red, green and blue apart: numpy is several times slower along an axis of three."""


class _Plane:
    """A layer, and between which rows of the picture there is anything in it."""

    def __init__(self, plane: U8, size: tuple[int, int]) -> None:
        rows = np.flatnonzero(plane.any(axis=1))
        scale = size[1] / len(plane)
        self.first = self.last = 0.0
        if len(rows):
            # Enlarging reaches one row of the plane further.
            self.first, self.last = float(rows[0] - 1) * scale, float(rows[-1] + 2) * scale
        self._layer = UpsampledPlane(plane, size)

    def rows(self, top: int, bottom: int) -> F32:
        return self._layer.rows(top, bottom).ravel()


class _Strip:
    """What the layers say about some rows; each is enlarged when it is first asked for."""

    def __init__(self, layers: dict[str, _Plane], frame: U8, top: int, bottom: int) -> None:
        self._layers = {name: layer for name, layer in layers.items() if layer.first < bottom and layer.last > top}
        self._frame = frame
        self._top, self._bottom = top, bottom
        self._planes: dict[str, F32] = {}

    def has(self, name: str) -> bool:
        """Whether a layer is more than 0 anywhere in these rows."""
        return name in self._layers

    def at(self, name: str, index: NDArray[np.intp]) -> F32:
        if name == "frame":
            return self._frame[index].astype(np.float32) * np.float32(1 / 255)
        if name not in self._layers:
            return np.zeros(len(index), np.float32)
        if name not in self._planes:
            self._planes[name] = self._layers[name].rows(self._top, self._bottom)
        return self._planes[name].take(index)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Some pixels of a strip, all of one material: the region that each shows, and where it is."""

    strip: _Strip
    index: NDArray[np.intp]
    region: NDArray[np.intp]
    x: F32
    y: F32

    def at(self, layer: str) -> F32:
        return self.strip.at(layer, self.index)


class Lighting:
    """Turns matte, materials and shadows into linear light over a backdrop."""

    def __init__(
        self,
        scene: Scene,
        surfaces: Surfaces,
        shadows: ShadowMaps,
        matte: CoverageMap,
        backdrop: F32,
        look: Look,
        seed: int,
        freedom: float,
        depth: U8 | None,
    ) -> None:
        """``freedom`` scales how much textures vary, 1 being usual; ``depth`` (255 is nearest) puts air in between."""
        height, width = matte.first.shape
        self._matte = matte
        self._look = look
        self._seed = seed
        self._scale = width / scene.size[0]
        self._unit = max(width, height) / 1920
        self._size = width, height
        self._horizon = scene.horizon * height / scene.size[1]
        self._material = surfaces.material.astype(np.uint8)
        self._lit = surfaces.lit
        self._box = (scene.regions.box * self._scale).astype(np.float32)
        self._courses: TileCourses = fit_tile_courses(scene, surfaces, self._scale)
        self._sun, self._sky = colour(look.sun), colour(look.sky)
        self._interior = scene.is_interior
        self._floor = np.zeros(len(scene.regions), np.bool_)
        self._freedom = np.float32(freedom)
        planes = {"facade": shadows.facade, "corner": shadows.corner, "ground": shadows.ground}
        planes["crown"] = _crown_light(scene, surfaces)
        if scene.shading is not None:
            planes["shading"] = _with_contrast(scene.shading)
        hazy = depth is not None and look.outdoors and not scene.is_interior
        if hazy and depth is not None:
            planes["depth"] = depth
        albedo = compute_albedo(surfaces, look)
        self._albedo = _table(albedo)
        faces = surfaces.lit[:, None]
        if scene.is_interior:
            day = compute_interior_daylight(scene, surfaces, look)
            self._horizon = day.horizon * height / scene.size[1]
            self._floor = day.glossy
            planes["daylight"] = day.spread
            turned = albedo * (0.62 + 0.38 * faces)
            self._even, self._sunny = _table(turned * day.ambient), _table(turned * day.day * day.share[:, None])
            self._struck = _table(albedo * self._sun * 1.1 * day.floor[:, None])
            self._shine = _table(day.glossy[:, None] * (0.12 * colour(look.horizon)))
            for name, plane in (("patch", day.patch), ("gloss", day.gloss)):
                if plane is not None:
                    planes[name] = plane
        else:
            # Sky, and what the ground throws back, reach all but corners; the sun is kept off by eaves.
            self._even = _table(albedo * ((0.72 + 0.28 * faces) * self._sky + 0.09 * self._sun))
            self._sunny = _table(albedo * (faces * self._sun))
        size = width, height
        self._backdrop = [UpsampledPlane(backdrop[..., band], size) for band in range(3)]
        self._layers = {name: _Plane(plane, size) for name, plane in planes.items()}

    def rows(self, top: int, bottom: int) -> F32:
        """Linear light of rows ``top`` to ``bottom``."""
        first = self._matte.first[top:bottom].ravel()
        share = self._matte.share[top:bottom].ravel()
        second = self._matte.second[top:bottom].ravel()
        edge = np.flatnonzero(share < 255)
        edge = edge[(first[edge] != BACKGROUND) | (second[edge] != BACKGROUND)]
        solid = np.flatnonzero(first != BACKGROUND)
        if len(solid) == len(first) and (second[edge] != BACKGROUND).all():
            flat = [np.empty(len(first), np.float32) for _ in range(3)]
        else:
            flat = [layer.rows(top, bottom).flatten() for layer in self._backdrop]
        strip = _Strip(self._layers, self._matte.frame[top:bottom].ravel(), top, bottom)
        behind = [band[edge] for band in flat]
        for spot in self._spots(first, solid, strip, top):
            for band, light in zip(flat, self._shade(spot), strict=True):
                band[spot.index] = light
        if "depth" in self._layers:
            self._veil(flat, solid, strip)
        beside = np.flatnonzero(second[edge] != BACKGROUND)
        if len(beside):
            # Where the edge pixels are among themselves, so that each finds its place again.
            place = np.empty(len(first), np.int32)
            place[edge] = np.arange(len(edge), dtype=np.int32)
            for spot in self._spots(second, edge[beside], strip, top):
                for band, light in zip(behind, self._shade(spot), strict=True):
                    band[place[spot.index]] = light
        part = share[edge].astype(np.float32) * np.float32(1 / 255)
        for band, other in zip(flat, behind, strict=True):
            band[edge] = other + (band[edge] - other) * part
        return np.stack(flat, axis=-1).reshape(bottom - top, self._size[0], 3)

    def _veil(self, flat: Bands, solid: NDArray[np.intp], strip: _Strip) -> None:
        """Puts air of the horizon's colour before what is far."""
        far = 1 - strip.at("depth", solid)
        air = np.float32(min(0.17 * self._look.haze, 0.4)) * far * far
        for band, horizon in zip(flat, colour(self._look.horizon) * np.float32(0.8), strict=True):
            band[solid] += (horizon - band[solid]) * air

    def _spots(self, region: U16, index: NDArray[np.intp], strip: _Strip, top: int) -> Iterator[_Spot]:
        """The pixels at ``index``, sorted by material."""
        here = region[index]
        kind = self._material.take(here)
        many = np.bincount(kind, minlength=len(Material))
        if many.max(initial=0) < len(index):
            order = np.argsort(kind, kind="stable")
            index, here = index[order], here[order]
        ends = np.cumsum(many)
        for material in np.flatnonzero(many):
            chosen = index[ends[material] - many[material] : ends[material]]
            y = chosen // self._size[0]
            x = chosen - y * self._size[0]
            regions = here[ends[material] - many[material] : ends[material]].astype(np.intp)
            yield _Spot(strip, chosen, regions, x.astype(np.float32), (y + top).astype(np.float32))

    def _shade(self, spot: _Spot) -> Bands:
        match Material(self._material[spot.region[0]]):
            case Material.WALL:
                bands = self._wall(spot)
            case Material.GLASS:
                bands = self._glass(spot)
            case Material.ROOF:
                bands = self._roof(spot)
            case Material.WOOD:
                bands = self._wood(spot)
            case Material.FOLIAGE:
                bands = self._foliage(spot)
            case Material.PAVING:
                bands = self._paving(spot)
            case _:
                bands = self._water(spot)
        if "shading" in self._layers:
            shading = spot.at("shading") * np.float32(255 / _SHADING_UNIT)
            for band in bands:
                band *= shading
        return bands

    def _surface(self, spot: _Spot, texture: F32) -> Bands:
        """A plain surface of that texture in the light: sun and sky on an upright face, daylight in a room."""
        open_sky = 1 - spot.at("corner")
        direct = spot.at("daylight") * open_sky if self._interior else 1 - np.float32(0.92) * spot.at("facade")
        open_sky *= texture
        direct *= texture
        bands = [
            even.take(spot.region) * open_sky + sunny.take(spot.region) * direct
            for even, sunny in zip(self._even, self._sunny, strict=True)
        ]
        if self._interior:
            self._add(bands, spot, "patch", self._struck, texture)
            self._add(bands, spot, "gloss", self._shine, None)
        return bands

    def _add(self, bands: Bands, spot: _Spot, layer: str, table: Bands, texture: F32 | None) -> None:
        """Adds light that the layer lets fall on a few places only."""
        if not spot.strip.has(layer):
            return
        strength = spot.at(layer)
        places = np.flatnonzero(strength)
        if not len(places):
            return
        strength = strength[places] if texture is None else strength[places] * texture[places]
        regions = spot.region[places]
        for band, light in zip(bands, table, strict=True):
            band[places] += light.take(regions) * strength

    def _wall(self, spot: _Spot) -> Bands:
        broad = nearest(
            fractal_noise(self._seed + 8, 512, 1.2, coarsest=2),
            spot.x * (0.5 / self._unit),
            spot.y * (0.5 / self._unit),
        )
        fine = nearest(fractal_noise(self._seed + 9, 512, 0.3, coarsest=50), spot.x / self._unit, spot.y / self._unit)
        texture = 1 + self._freedom * (0.07 * (broad - 0.5) + 0.10 * (fine - 0.5))
        # Between faces of one colour a line that was drawn stays as a joint.
        texture *= 1 - 0.45 * spot.at("frame")
        return self._surface(spot, texture)

    def _roof(self, spot: _Spot) -> Bands:
        course = self._courses.at(spot.region, spot.x, spot.y)
        row = np.floor(course)
        phase = course - row
        # Each course is darkest under the lap of the one above and brightest at its nose.
        relief = 0.90 + 0.18 * smoothstep(0.0, 0.28, phase) - 0.10 * smoothstep(0.7, 1.0, phase)
        relief = 1 + (relief - 1) * self._courses.strength[spot.region]
        tile = nearest(
            fractal_noise(self._seed + 10, 512, 0.25, coarsest=60), spot.x * (0.16 / self._unit) + row * 37, row * 11
        )
        fine = nearest(fractal_noise(self._seed + 9, 512, 0.3, coarsest=50), spot.x / self._unit, spot.y / self._unit)
        texture = relief * (1 + self._freedom * (0.30 * (tile - 0.5) + 0.16 * (fine - 0.5)))
        return self._surface(spot, texture)

    def _wood(self, spot: _Spot) -> Bands:
        tile = fractal_noise(self._seed + 11, 512, 0.7, stretch=12, coarsest=16)
        across, down = spot.x / self._unit, spot.y * (0.9 / self._unit)
        lies = np.flatnonzero(self._floor.take(spot.region))
        if not len(lies):
            return self._surface(spot, 1 + self._freedom * 0.56 * (sample_bilinear(tile, across, down) - 0.5))
        width, height = self._size
        # Boards of a floor run away from the eye.
        below = np.maximum(spot.y[lies] - self._horizon, 1) / height
        board = (spot.x[lies] - width / 2) / height / below * 9
        row = np.floor(board)
        shift = sample_bilinear(tile, row * 37, row * 11)
        across[lies] = board * 42 + row * 91
        down[lies] = 16 / below + shift * 977
        grain = sample_bilinear(tile, across, down)
        # Detail finer than a pixel fades into its mean.
        grain[lies] = 0.5 + (grain[lies] - 0.5) * smoothstep(0.03, 0.30, below)
        texture = 1 + self._freedom * 0.56 * (grain - 0.5)
        edge = np.abs(board - row - 0.5)
        joint = np.minimum(9 / height / below, 0.4)
        texture[lies] *= 1 + self._freedom * (0.30 * (shift - 0.5) - 0.22 * smoothstep(0.5 - 1.5 * joint, 0.5, edge))
        return self._surface(spot, texture)

    def _foliage(self, spot: _Spot) -> Bands:
        clump = sample_bilinear(
            fractal_noise(self._seed + 12, 512, 1.3, coarsest=14),
            spot.x * (1.0 / self._unit),
            spot.y * (1.3 / self._unit),
        )
        leaf = sample_bilinear(
            fractal_noise(self._seed + 13, 512, 0.4, coarsest=50),
            spot.x * (1.1 / self._unit),
            spot.y * (1.1 / self._unit),
        )
        depth = np.clip(0.5 + 0.95 * (clump - 0.5) + 0.85 * (leaf - 0.5), 0, 1)
        crown = spot.at("crown")
        if self._interior:
            return self._surface(spot, (0.25 + 1.1 * depth) * (0.55 + 0.45 * crown))
        direct = crown * smoothstep(0.12, 0.95, depth + 0.30 * (crown - 0.5))
        ambient = (0.30 + 0.75 * depth) * (1 - 0.6 * spot.at("corner"))
        # Sun through leaves is yellower than sky on them.
        warmth = (0.22, 0.10, -0.12)
        bands = []
        for albedo, sun, sky, warm in zip(self._albedo, self._sun, self._sky, warmth, strict=True):
            light = direct * (sun * np.float32(1.05)) + ambient * (sky * np.float32(0.75) + sun * np.float32(0.06))
            bands.append(albedo.take(spot.region) * light * (1 + direct * np.float32(warm)))
        return bands

    def _paving(self, spot: _Spot) -> Bands:
        width, height = self._size
        below = np.maximum(spot.y - self._horizon, 1) / height
        across, depth = (spot.x - width / 2) / height / below, 0.9 / below
        fine = nearest(fractal_noise(self._seed + 9, 512, 0.3, coarsest=50), across * 260, depth * 200)
        broad = sample_bilinear(fractal_noise(self._seed + 5, 512, 1.3, coarsest=2), across * 30, depth * 30)
        near = smoothstep(0.06, 0.4, below)
        texture = 1 + self._freedom * (0.16 * (broad - 0.5) + 0.30 * (fine - 0.5) * near)
        if self._interior:
            return self._surface(spot, texture)
        open_sky = (1 - spot.at("corner")) * texture
        direct = (1 - np.float32(0.94) * spot.at("ground")) * texture
        reach = 0.055 * max(1.0, 2 * self._look.haze)
        air = np.minimum(np.exp(-below / reach) * 0.5 * self._look.haze, 0.95)
        bands = []
        for albedo, sun, sky, far in zip(self._albedo, self._sun, self._sky, self._look.horizon, strict=True):
            lit = albedo.take(spot.region) * (direct * (sun * np.float32(0.72)) + open_sky * sky)
            lit += (np.float32(0.62 * far) - lit) * air
            bands.append(lit)
        return bands

    def _water(self, spot: _Spot) -> Bands:
        width, height = self._size
        below = np.maximum(spot.y - self._horizon, 1) / height
        across, depth = (spot.x - width / 2) / height / below, 0.9 / below
        ripple = 0.6 * (
            sample_bilinear(fractal_noise(self._seed + 7, 512, 0.9, coarsest=10), across * 130, depth * 60) - 0.5
        )
        # The flatter one looks, the more of the sky it mirrors and the less of its bottom it shows.
        mirror = np.clip(0.62 - 1.1 * below + 0.5 * ripple, 0.12, 0.9)
        reflected = colour(self._look.horizon) * 0.7 + colour(self._look.zenith) * 0.3
        direct, ripple = 1 - np.float32(0.8) * spot.at("ground"), 1 + np.float32(0.5) * ripple
        bands = []
        for albedo, sun, sky, above in zip(self._albedo, self._sun, self._sky, reflected, strict=True):
            bottom = albedo.take(spot.region) * (direct * (sun * np.float32(0.5)) + sky) * ripple
            bands.append(bottom + (above - bottom) * mirror)
        return bands

    def _glass(self, spot: _Spot) -> Bands:
        box = self._box[spot.region]
        down = np.clip((spot.y - box[:, 1]) / np.maximum(box[:, 3] - box[:, 1], 1), 0, 1)
        across = spot.x / self._unit
        skyline = sample_bilinear(
            fractal_noise(self._seed + 3, 512, 1.6, coarsest=4), across * 0.55, np.zeros_like(across) + 77
        )
        trees = 0.85 * smoothstep(-0.07, 0.13, down - (0.88 - 0.45 * skyline))
        climb = np.float32(0.10) + np.float32(0.5) * (1 - down)
        if self._interior:
            # Seen from within, a pane shows the day.
            mirror, room = np.full(len(across), np.float32(1.1)), np.zeros(len(across), np.float32)
        else:
            mirror = 0.34 + 0.22 * (1 - down) + 0.10 * self._lit.take(spot.region)
            mirror *= (1 - 0.45 * spot.at("facade")) * (1 - 0.5 * spot.at("corner"))
            # One row of the tile, so that it hangs in folds; each window starts elsewhere in it.
            folds = across * 1.1 + (spot.region * 91).astype(np.float32)
            curtain = nearest(fractal_noise(self._seed + 8, 512, 1.2, coarsest=2), folds, np.zeros_like(folds))
            room = np.clip(1.35 - 0.9 * down, 0.3, 2) * (0.45 + 1.1 * curtain)
        # Frames are dark, and glass keeps nothing of its own colour.
        framed = spot.at("frame")
        metal = np.flatnonzero(framed)
        light = self._bare(spot, metal)
        bands = []
        for band, (horizon, zenith, within) in enumerate(
            zip(self._look.horizon, self._look.zenith, self._look.interior, strict=True)
        ):
            sky = np.float32(horizon) + np.float32(zenith - horizon) * climb
            leaf = _REFLECTED_TREES[band] * (self._sky[band] + self._sun[band] * np.float32(0.4)) * np.float32(1.5)
            pane = np.float32(within) * room + (sky + (leaf - sky) * trees) * mirror
            pane[metal] += (_FRAME_ALBEDO[band] * light[band] - pane[metal]) * framed[metal]
            bands.append(pane)
        return bands

    def _bare(self, spot: _Spot, places: NDArray[np.intp]) -> Bands:
        """Light, not yet thrown back, that reaches some places of the spot."""
        region, index = spot.region[places], spot.index[places]
        open_sky = 1 - spot.strip.at("corner", index)
        lit = self._lit.take(region)
        if self._interior:
            return [open_sky * sky for sky in self._sky + self._sun * np.float32(0.3)]
        direct = lit * (1 - np.float32(0.92) * spot.strip.at("facade", index))
        return [
            direct * sun + open_sky * ((np.float32(0.72) + np.float32(0.28) * lit) * sky + np.float32(0.09) * sun)
            for sun, sky in zip(self._sun, self._sky, strict=True)
        ]


def _table(colours: NDArray[np.floating]) -> Bands:
    """(regions, 3) as one row of all regions per band."""
    return list(np.ascontiguousarray(colours.T.astype(np.float32)))


def _with_contrast(shading: U8) -> U8:
    """``shading``, where 128 is a face's mean, with more contrast, where ``_SHADING_UNIT`` is."""
    level = np.arange(256, dtype=np.float32) / np.float32(128)
    curve: U8 = np.clip(level ** np.float32(_CONTRAST) * _SHADING_UNIT + 0.5, 0, 255).astype(np.uint8)
    return curve[shading]


def _crown_light(scene: Scene, surfaces: Surfaces) -> U8:
    """Facet light of crowns, smoothed so that a low-poly tree reads as a round one, however large its facets are."""
    light = np.zeros(scene.label.shape, np.uint8)
    leafy = surfaces.material == Material.FOLIAGE
    box = scene.regions.box[leafy]
    if not len(box):
        return light
    unit = max(scene.size) / 1600
    reach = int(4 * _FACET_BLURS[-1] * unit)
    left, top = np.maximum(box[:, :2].min(axis=0) - reach, 0)
    right, bottom = box[:, 2:].max(axis=0) + reach
    part = scene.label[top:bottom, left:right]
    shown = leafy[part].astype(np.uint8) * 255
    facets = np.where(leafy, (0.12 + 0.88 * surfaces.lit) * 255, 0).astype(np.uint8)[part]
    broad = np.where(leafy, smoothstep(30 * unit, 70 * unit, np.sqrt(scene.regions.area).astype(np.float32)) * 255, 0)
    smooth = []
    for plane, sigma in ((facets, _FACET_BLURS[0]), (facets, _FACET_BLURS[1]), (broad.astype(np.uint8)[part], 9)):
        weight = np.maximum(gaussian_blur(shown, sigma * unit).astype(np.float32), 1)
        smooth.append(np.minimum(gaussian_blur(plane, sigma * unit) / weight, 1))
    fine, wide, size = smooth
    light[top:bottom, left:right] = ((fine + (wide - fine) * size) * 255).astype(np.uint8)
    return light
