"""Lights every surface, a strip of output rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.analysis import BACKGROUND, Scene
from renderiq.engines.preview.materials import Material, Surfaces
from renderiq.engines.preview.matte import Matte
from renderiq.engines.preview.noise import fractal, nearest, sampled
from renderiq.engines.preview.raster import F32, LUMA, U8, U16, Layer, blur, linear, smoothstep
from renderiq.engines.preview.roofs import Courses, find_courses
from renderiq.engines.preview.shadows import Shadows
from renderiq.engines.preview.sky import colour
from renderiq.engines.preview.styles import Look

_FRAME_ALBEDO: Final = np.array([0.040, 0.042, 0.045], np.float32)
_REFLECTED_TREES: Final = np.array([0.030, 0.042, 0.026], np.float32)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Some pixels of a strip: the region each shows, where it is, and what the layers say there."""

    region: NDArray[np.intp]
    x: F32
    y: F32
    facade: F32
    corner: F32
    ground: F32
    crown: F32
    frame: F32
    shading: F32

    def only(self, chosen: NDArray[np.intp]) -> _Spot:
        return _Spot(
            self.region[chosen],
            self.x[chosen],
            self.y[chosen],
            self.facade[chosen],
            self.corner[chosen],
            self.ground[chosen],
            self.crown[chosen],
            self.frame[chosen],
            self.shading[chosen],
        )


class Lighting:
    """Turns matte, materials and shadows into linear light over a backdrop."""

    def __init__(
        self,
        scene: Scene,
        surfaces: Surfaces,
        shadows: Shadows,
        matte: Matte,
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
        self._material = surfaces.material
        self._albedo = _albedo(surfaces, look)
        self._lit = surfaces.lit
        self._box = (scene.regions.box * self._scale).astype(np.float32)
        self._courses: Courses = find_courses(scene, surfaces, self._scale)
        self._sun, self._sky = colour(look.sun), colour(look.sky)
        size = width, height
        self._backdrop = Layer(backdrop, size)
        self._facade, self._corner = Layer(shadows.facade, size), Layer(shadows.corner, size)
        self._ground = Layer(shadows.ground, size)
        self._shading = Layer(scene.shading, size) if scene.shading is not None else None
        self._interior = scene.interior
        self._freedom = np.float32(freedom)
        hazy = depth is not None and look.outdoors and not scene.interior
        self._depth = Layer(depth, size) if hazy and depth is not None else None
        self._crown = Layer(_crown_light(scene, surfaces), size)

    def rows(self, top: int, bottom: int) -> F32:
        """Linear light of rows ``top`` to ``bottom``."""
        picture = self._backdrop.rows(top, bottom)
        flat = picture.reshape(-1, 3)
        first = self._matte.first[top:bottom].ravel()
        share = self._matte.share[top:bottom].ravel()
        second = self._matte.second[top:bottom].ravel()
        edge = np.flatnonzero((share < 255) & ((first != BACKGROUND) | (second != BACKGROUND)))
        solid = np.flatnonzero(first != BACKGROUND)
        if not len(solid) and not len(edge):
            return picture
        layers = [each.rows(top, bottom).ravel() for each in (self._facade, self._corner, self._ground, self._crown)]
        layers.append(self._matte.frame[top:bottom].ravel().astype(np.float32) / np.float32(255))
        # Faces that were shaded smoothly keep that shading, with more contrast: the viewport's has much fill light.
        smooth = self._shading.rows(top, bottom).ravel() * np.float32(255 / 128) if self._shading else layers[0]
        layers.append(smooth ** np.float32(1.25) if self._shading else smooth)
        behind = flat[edge]
        air = self._air(top, bottom)
        flat[solid] = self._shade(self._spot(first, solid, top, layers))
        other = second[edge]
        beside = np.flatnonzero(other != BACKGROUND)
        behind[beside] = self._shade(self._spot(second, edge[beside], top, layers))
        if air is not None:
            flat[solid] += (colour(self._look.horizon) * 0.8 - flat[solid]) * air[solid]
        part = share[edge].astype(np.float32)[:, None] / 255
        flat[edge] = flat[edge] * part + behind * (1 - part)
        return picture

    def _air(self, top: int, bottom: int) -> F32 | None:
        """How much of the horizon's colour lies before each pixel of the rows, (pixels, 1), where depth is known."""
        if self._depth is None:
            return None
        far = 1 - self._depth.rows(top, bottom).ravel()
        air: F32 = (np.minimum(0.17 * self._look.haze, 0.4) * far * far)[:, None]
        return air

    def _spot(self, region: U16, index: NDArray[np.intp], top: int, layers: list[F32]) -> _Spot:
        y, x = np.divmod(index, self._size[0])
        picked = [layer[index] for layer in layers]
        return _Spot(region[index].astype(np.intp), x.astype(np.float32), (y + top).astype(np.float32), *picked)

    def _shade(self, spot: _Spot) -> F32:
        out = np.empty((len(spot.region), 3), np.float32)
        material = self._material[spot.region]
        for kind, shade in (
            (Material.WALL, self._wall),
            (Material.GLASS, self._glass),
            (Material.ROOF, self._roof),
            (Material.WOOD, self._wood),
            (Material.FOLIAGE, self._foliage),
            (Material.PAVING, self._paving),
            (Material.WATER, self._water),
        ):
            chosen = np.flatnonzero(material == kind)
            if len(chosen):
                out[chosen] = shade(spot.only(chosen))
        if self._shading is not None:
            out *= spot.shading[:, None]
        return out

    def _light(self, spot: _Spot) -> F32:
        """Light that an upright surface receives: sun, sky, and what the ground throws back."""
        if self._interior:
            return self._room_light(spot)
        direct = self._lit[spot.region] * (1 - 0.92 * spot.facade)
        open_sky = (0.72 + 0.28 * self._lit[spot.region]) * (1 - spot.corner)
        bounce = 0.10 * (1 - spot.corner)
        light: F32 = direct[:, None] * self._sun + open_sky[:, None] * self._sky + bounce[:, None] * (self._sun * 0.9)
        return light

    def _room_light(self, spot: _Spot) -> F32:
        """Light from windows and walls: even, a little stronger towards the middle of the far wall, soft in corners."""
        width, height = self._size
        x, y = spot.x / width - 0.5, spot.y / height - self._horizon / height
        pool = 1.08 - 0.9 * (x * x + 0.7 * y * y)
        even = (0.62 + 0.38 * self._lit[spot.region]) * (1 - spot.corner) * pool
        light: F32 = even[:, None] * (0.55 * self._sun + 0.72 * self._sky) + np.float32(0.10) * self._sky
        return light

    def _wall(self, spot: _Spot) -> F32:
        broad = nearest(
            fractal(self._seed + 8, 512, 1.2, coarsest=2), spot.x * (0.5 / self._unit), spot.y * (0.5 / self._unit)
        )
        fine = nearest(fractal(self._seed + 9, 512, 0.3, coarsest=50), spot.x / self._unit, spot.y / self._unit)
        texture = 1 + self._freedom * (0.07 * (broad - 0.5) + 0.10 * (fine - 0.5))
        # Between faces of one colour a line that was drawn stays as a joint.
        texture *= 1 - 0.45 * spot.frame
        return self._albedo[spot.region] * texture[:, None] * self._light(spot)

    def _roof(self, spot: _Spot) -> F32:
        course = self._courses.at(spot.region, spot.x, spot.y)
        row = np.floor(course)
        phase = course - row
        # Each course is darkest under the lap of the one above and brightest at its nose.
        relief = 0.90 + 0.18 * smoothstep(0.0, 0.28, phase) - 0.10 * smoothstep(0.7, 1.0, phase)
        relief = 1 + (relief - 1) * self._courses.strength[spot.region]
        tile = nearest(
            fractal(self._seed + 10, 512, 0.25, coarsest=60), spot.x * (0.16 / self._unit) + row * 37, row * 11
        )
        fine = nearest(fractal(self._seed + 9, 512, 0.3, coarsest=50), spot.x / self._unit, spot.y / self._unit)
        texture = relief * (1 + self._freedom * (0.30 * (tile - 0.5) + 0.16 * (fine - 0.5)))
        return self._albedo[spot.region] * texture[:, None] * self._light(spot)

    def _wood(self, spot: _Spot) -> F32:
        grain = sampled(
            fractal(self._seed + 11, 512, 0.7, stretch=12, coarsest=16),
            spot.x / self._unit,
            spot.y * (0.9 / self._unit),
        )
        texture = 1 + self._freedom * 0.56 * (grain - 0.5)
        return self._albedo[spot.region] * texture[:, None] * self._light(spot)

    def _foliage(self, spot: _Spot) -> F32:
        clump = sampled(
            fractal(self._seed + 12, 512, 1.3, coarsest=14), spot.x * (1.0 / self._unit), spot.y * (1.3 / self._unit)
        )
        leaf = sampled(
            fractal(self._seed + 13, 512, 0.4, coarsest=50), spot.x * (1.1 / self._unit), spot.y * (1.1 / self._unit)
        )
        depth = np.clip(0.5 + 0.95 * (clump - 0.5) + 0.85 * (leaf - 0.5), 0, 1)
        direct = spot.crown * smoothstep(0.12, 0.95, depth + 0.30 * (spot.crown - 0.5))
        ambient = (0.30 + 0.75 * depth) * (1 - 0.6 * spot.corner)
        light = direct[:, None] * self._sun * 1.05 + ambient[:, None] * (self._sky * 0.75 + self._sun * 0.06)
        # Sun through leaves is yellower than sky on them.
        warm = 1 + direct[:, None] * np.array([0.22, 0.10, -0.12], np.float32)
        lit: F32 = self._albedo[spot.region] * light * warm
        return lit

    def _paving(self, spot: _Spot) -> F32:
        width, height = self._size
        below = np.maximum(spot.y - self._horizon, 1) / height
        across, depth = (spot.x - width / 2) / height / below, 0.9 / below
        fine = nearest(fractal(self._seed + 9, 512, 0.3, coarsest=50), across * 260, depth * 200)
        broad = sampled(fractal(self._seed + 5, 512, 1.3, coarsest=2), across * 30, depth * 30)
        near = smoothstep(0.06, 0.4, below)
        texture = 1 + self._freedom * (0.16 * (broad - 0.5) + 0.30 * (fine - 0.5) * near)
        open_sky = 1 - spot.corner
        light = (1 - 0.94 * spot.ground)[:, None] * self._sun * 0.72 + open_sky[:, None] * self._sky
        if self._interior:
            light = self._room_light(spot)
        lit: F32 = self._albedo[spot.region] * texture[:, None] * light
        if self._interior:
            return lit
        reach = 0.055 * max(1.0, 2 * self._look.haze)
        air = np.minimum(np.exp(-below / reach) * 0.5 * self._look.haze, 0.95)[:, None]
        lit += (colour(self._look.horizon) * 0.62 - lit) * air
        return lit

    def _water(self, spot: _Spot) -> F32:
        width, height = self._size
        below = np.maximum(spot.y - self._horizon, 1) / height
        across, depth = (spot.x - width / 2) / height / below, 0.9 / below
        ripple = sampled(fractal(self._seed + 7, 512, 0.9, coarsest=10), across * 130, depth * 60) - 0.5
        # The flatter one looks, the more of the sky it mirrors and the less of its bottom it shows.
        mirror = np.clip(0.62 - 1.1 * below + 0.5 * ripple, 0.12, 0.9)[:, None]
        sky = colour(self._look.horizon) * 0.7 + colour(self._look.zenith) * 0.3
        sunlit = (1 - 0.8 * spot.ground)[:, None] * self._sun * 0.5 + self._sky
        bottom = self._albedo[spot.region] * sunlit * (1 + 0.5 * ripple)[:, None]
        lit: F32 = bottom + (sky - bottom) * mirror
        return lit

    def _glass(self, spot: _Spot) -> F32:
        box = self._box[spot.region]
        down = np.clip((spot.y - box[:, 1]) / np.maximum(box[:, 3] - box[:, 1], 1), 0, 1)
        across = spot.x / self._unit
        skyline = sampled(fractal(self._seed + 3, 512, 1.6, coarsest=4), across * 0.55, np.zeros_like(across) + 77)
        trees = 0.85 * smoothstep(-0.07, 0.13, down - (0.88 - 0.45 * skyline))
        climb = (1 - down)[:, None]
        sky = colour(self._look.horizon) + (colour(self._look.zenith) - colour(self._look.horizon)) * (
            0.10 + 0.5 * climb
        )
        reflected = sky + (_REFLECTED_TREES * (self._sky + self._sun * 0.4) * 1.5 - sky) * trees[:, None]
        mirror = 0.34 + 0.22 * (1 - down) + 0.10 * self._lit[spot.region]
        shade = 1 - 0.45 * spot.facade
        # One row of the tile, so that it hangs in folds; each window starts elsewhere in it.
        folds = across * 1.1 + (spot.region * 91).astype(np.float32)
        curtain = nearest(fractal(self._seed + 8, 512, 1.2, coarsest=2), folds, np.zeros_like(folds))
        room = colour(self._look.interior) * (np.clip(1.35 - 0.9 * down, 0.3, 2) * (0.45 + 1.1 * curtain))[:, None]
        pane: F32 = room + reflected * (mirror * shade)[:, None] * (1 - 0.5 * spot.corner)[:, None]
        frame = spot.frame[:, None]
        metal = _FRAME_ALBEDO * self._light(spot)
        pane += (metal - pane) * frame
        return pane


def _albedo(surfaces: Surfaces, look: Look) -> F32:
    """Reflectance per region; viewport whites are lifted to fresh render, greens calmed to leaf."""
    albedo = linear(surfaces.colour)
    gain = np.ones(len(albedo), np.float32)
    gain[surfaces.material == Material.ROOF] = 0.78
    gain[surfaces.material == Material.PAVING] = 0.78
    gain[surfaces.material == Material.FOLIAGE] = 0.62
    albedo = albedo * gain[:, None]
    leafy = surfaces.material == Material.FOLIAGE
    albedo[leafy] *= colour(look.leaves)
    # Viewport paint is purer than weathered material.
    vivid = np.isin(surfaces.material, (Material.ROOF, Material.WOOD, Material.FOLIAGE))
    grey = (albedo @ LUMA)[:, None]
    albedo = np.where(vivid[:, None], grey + (albedo - grey) * 0.72, albedo)
    if not look.outdoors:
        albedo[surfaces.material == Material.PAVING] *= 1.15
    return np.minimum(albedo, 0.82).astype(np.float32)


def _crown_light(scene: Scene, surfaces: Surfaces) -> U8:
    """Facet light of crowns, smoothed so that a low-poly tree reads as a round one."""
    leafy = (surfaces.material == Material.FOLIAGE)[scene.label]
    sigma = max(scene.size) / 1600 * 9
    light = np.where(leafy, 0.12 + 0.88 * surfaces.lit[scene.label], 0)
    total = blur((light * 255).astype(np.uint8), sigma).astype(np.float32)
    weight = np.maximum(blur(leafy.astype(np.uint8) * 255, sigma).astype(np.float32), 1)
    return np.clip(total / weight * 255, 0, 255).astype(np.uint8)
