"""Light for the capture's own pixels: what is not sure enough to be painted anew keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.capture import Capture
from renderiq.engines.preview.look.edge_line_removal import remove_edge_lines, soften_lines
from renderiq.engines.preview.look.enlargement import enlarge
from renderiq.engines.preview.look.styles import Look, rgb_array
from renderiq.engines.preview.look.tone_mapping import ToneMapper, light_of_level
from renderiq.engines.preview.raster import (
    BAND_ROWS,
    F32,
    LUMA,
    U8,
    Mask,
    UpsampledPlane,
    gaussian_blur,
    smoothstep,
    srgb_to_linear,
)
from renderiq.engines.preview.segment.inpainting import inpaint
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion
from renderiq.engines.preview.segment.overlays import remove_overlays
from renderiq.engines.preview.segment.viewport_background import ViewportBackground
from renderiq.engines.preview.shade.kept_texture import TEXTURE_ONE, face_texture, find_lawn, grow_lawn
from renderiq.engines.preview.shade.paper import PaperTone, choose_paper, find_outline, render_open_sky, render_paper
from renderiq.engines.preview.shade.seen_edges import put_lost_lines_back, restore_edges

_BRIGHT_PERCENT: Final = 97
_BRIGHT_LEVEL: Final = 0.52
"""Linear level that the brightest parts of a dark viewport are raised to."""
_MAX_GAIN: Final = 2.0
_KNEE: Final = (0.58, 0.33)
"""Linear level above which the levels are compressed, and the range that they are compressed to."""
_SUNLIT: Final = (0.10, 0.62)
"""Linear luminance, over that of the brightest parts, between which a pixel turns from shade to sun."""
_TINT: Final = 0.30
_SKY_TINT: Final = 0.5
"""How much of the colour of the sun the pixels take on, and that of the sky over it: black paint is not blue."""
_CONTRAST: Final = 0.12
"""How much brighter a pixel in the sun is, and how much darker one in the shade."""
_FULL_LIGHT: Final = 1.9
_LEAST_LIGHT: Final = 0.2
_DIMMING: Final = 0.85
_EVENING_TINT: Final = 0.9
"""Light of sun and sky, at the style's exposure, in which a picture is as bright as the capture; the part of it below
which it becomes no darker; the exponent of that; and how much more of their colour dark pictures take on.
"""
_EXPOSURE_SAMPLES: Final = 200_000
_SURE_OPACITY: Final = 0.95
_CONTOUR_REACH: Final = 5
"""Pixels that the model's colours go on beyond its contour."""
_MODEL_OPACITY: Final = 0.5
_INSIDE: Final = 5
"""Pixels: the side of the square that must show the model around an edge that is not the contour."""
_INNER_OPACITY: Final = 0.995
_GLARING: Final = (0.3, 0.95)
_GLARING_WARM: Final = (0.88, 1.0)
_MAX_DESATURATION: Final = 0.48
_PURE: Final = (0.16, 0.08)
_PURE_DESATURATION: Final = 0.28
"""Chroma over the highest channel, in linear light, between which a colour becomes glaring, and how much of it is
taken. Warm colours, from red to yellow, are rarely glaring. The luminance over the highest channel below which a blue
is purer than paint, and at which it is pure; and how much more is taken of pure blue."""
_LEAST_GREY: Final = 0.25
"""Of the highest channel: the grey that a glaring colour comes nearer to."""
_SHADOW_LIFT: Final = 0.87
"""Exponent of light, so that dark paint keeps its detail in the tone curve."""
_BOUNCE: Final = 0.3
_BOUNCE_SIGMA: Final = 0.045
_BOUNCE_REDUCTION: Final = 8
"""Light that the surroundings reflect: its weight, and the radius of the surroundings as a part of the longer side."""
_EDGE_LEVELS: Final = 28
"""Levels across an edge at which faces occlude each other fully."""
_OCCLUSION: Final = ((4.0, 0.12), (15.0, 0.26), (44.0, 0.22))
"""Ambient occlusion along edges: sigma in pixels of a capture of 1600 pixels, and gain."""
_MAX_OCCLUSION: Final = 0.26
_DENSITY_SIGMA: Final = 30.0
"""Around dense detail occlusion is relative to its mean, so that it does not darken the whole."""


class KeptPixels:
    """A capture, enlarged and lit in the style's colours, before paper; computed a band of rows at a time."""

    def __init__(
        self, capture: Capture, background: ViewportBackground | None, look: Look, size: tuple[int, int], seed: int
    ) -> None:
        """``background`` is None if the capture fills the frame; ``size`` is the output's (width, height).

        ``seen`` (height, width, 3) is the capture without overlays, whose edges must stay where ``must_stay`` is true.
        """
        self.size = size
        opacity = None if background is None else background.opacity
        self._set_light(capture.kept if opacity is None else capture.kept[opacity > _MODEL_OPACITY], look)
        tone = None if opacity is None else self._choose_paper(capture.kept, opacity, look)
        seen, rgb = _without_drawing_aids(
            capture, background, None if tone is None else self._level_of(tone, len(capture.kept))
        )
        lawn = find_lawn(rgb, opacity)
        if lawn is not None:
            rgb = grow_lawn(rgb, lawn, look)
        self.seen, self.opacity = seen, opacity
        self.must_stay = _must_stay(opacity, lawn, seen.shape)
        self._enlarged = enlarge(rgb, size)
        self._detail = None
        if max(capture.picture.size) > max(rgb.shape[:2]):
            # The capture has more pixels than were analysed.
            self._detail = enlarge(np.asarray(capture.picture.convert("RGB")), size)
        self._occlusion = UpsampledPlane(_occlusion(rgb, opacity), size)
        self._texture = UpsampledPlane(face_texture(rgb, opacity, lawn, seed), size)
        self._bounce = UpsampledPlane(_bounce(rgb), size)
        self._opacity = self._paper = None
        if background is not None:
            self._opacity = UpsampledPlane(background.opacity, size)
        if background is not None and tone is not None:
            sun_from_left = _is_sun_left(rgb, background.opacity)
            if background.lies_above and look.outdoors:
                behind = render_open_sky(look, background.opacity, size, sun_from_left=sun_from_left, seed=seed)
            else:
                behind = render_paper(tone, background.opacity, background.shadow, size, sun_from_left=sun_from_left)
            self._paper = UpsampledPlane(behind, size)

    def _choose_paper(self, rgb: U8, opacity: F32, look: Look) -> PaperTone:
        y, x = np.nonzero(find_outline(opacity))
        light: F32 = (self._table[rgb[y, x]] @ LUMA).astype(np.float32)
        return choose_paper(look, light, y.astype(np.float32) / np.float32(len(rgb)))

    def _level_of(self, tone: PaperTone, rows: int) -> F32:
        """Returns for each row the level in the capture that is as bright as the paper behind it."""
        light = tone.light(np.linspace(0, 1, rows, dtype=np.float32)) @ LUMA
        level: F32 = np.interp(light, self._table, np.arange(256)).astype(np.float32)
        return level

    def _set_light(self, model: U8, look: Look) -> None:
        """Sets exposure and tints from the pixels of the model, (..., 3)."""
        sample = model.reshape(-1, 3)[:: max(1, model.size // (3 * _EXPOSURE_SAMPLES))]
        luminance = srgb_to_linear(sample) @ LUMA if len(sample) else np.ones(1, np.float32)
        bright = max(float(np.percentile(luminance, _BRIGHT_PERCENT)), 1e-3)
        gain = min(max(1.0, _BRIGHT_LEVEL / bright), _MAX_GAIN)
        self._bright = bright * gain
        level = (srgb_to_linear(np.arange(256, dtype=np.uint8)) * np.float32(gain)) ** np.float32(_SHADOW_LIFT)
        knee, rest = _KNEE
        compressed = knee + rest * (1 - np.exp(-np.maximum(level - knee, 0) / rest))
        shown = np.where(level > knee, compressed, level).astype(np.float32)
        self._table = light_of_level(shown) / np.float32(look.exposure)
        # A colour is compressed by its highest channel, so that pale paint keeps its hue instead of turning white.
        ratio = shown / np.maximum(level, np.float32(1e-6))
        self._colours = (
            light_of_level(np.minimum(ratio[:, None] * level, shown[-1])) / np.float32(look.exposure)
        ).astype(np.float32)
        sun, sky = rgb_array(look.sun), rgb_array(look.sky)
        lit = sun + sky
        dim = min(1.0, max(_LEAST_LIGHT, float(lit @ LUMA) * look.exposure / _FULL_LIGHT) ** _DIMMING)
        tint = _TINT + _EVENING_TINT * (1 - dim)
        sun_tint = (1 + tint * (lit / (lit @ LUMA) - 1)) * (1 + _CONTRAST / 2) * dim
        sky_tint = (1 + _SKY_TINT * tint * (sky / (sky @ LUMA) - 1)) * (1 - _CONTRAST) * dim
        self._sun_tint, self._sky_tint = sun_tint.astype(np.float32), sky_tint.astype(np.float32)

    def rows(self, top: int, bottom: int) -> F32:
        """Returns linear light (rows, width, 3) of output rows ``top`` to ``bottom`` (excluded)."""
        opacity = None if self._opacity is None else self._opacity.rows(top, bottom)
        light = self._light_of(self._shown(top, bottom, opacity))
        luminance: F32 = (light @ LUMA).astype(np.float32)
        _compress_chroma(light, luminance)
        low, high = (each * self._bright for each in _SUNLIT)
        sunlit = smoothstep(low, high, luminance)
        factor = (1 - self._occlusion.rows(top, bottom)) * (
            self._texture.rows(top, bottom) * np.float32(255 / TEXTURE_ONE)
        )
        factor *= np.float32(1 - _BOUNCE / 2) + np.float32(_BOUNCE) * self._bounce.rows(top, bottom)
        for channel in range(3):
            tint = self._sky_tint[channel] + (self._sun_tint[channel] - self._sky_tint[channel]) * sunlit
            light[..., channel] *= tint * factor
        if self._paper is not None and opacity is not None:
            paper = self._paper.rows(top, bottom)
            light -= paper
            light *= opacity[..., None]
            light += paper
        return light

    def _light_of(self, pixels: U8) -> F32:
        """Returns the linear light of 8-bit ``pixels`` (rows, width, 3)."""
        highest = np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2]).astype(np.uint16) << 8
        light = np.empty(pixels.shape, np.float32)
        table = self._colours.ravel()
        for channel in range(3):
            light[..., channel] = table.take(highest | pixels[..., channel])
        return light

    def _shown(self, top: int, bottom: int, opacity: F32 | None) -> U8:
        """Returns the sRGB pixels of the rows: in full resolution, except along the contour."""
        shown = self._enlarged[top:bottom]
        if self._detail is None:
            return shown
        detail = self._detail[top:bottom]
        if opacity is None:
            return detail
        return np.where((opacity > _INNER_OPACITY)[..., None], detail, shown)


def render_kept_bands(kept: KeptPixels, tone_mapper: ToneMapper, on_rows_done: Callable[[int], None]) -> U8:
    """Renders the whole picture (height, width, 3) in 8-bit sRGB.

    After each band of rows ``on_rows_done`` is called with the number of finished rows. It may raise an exception,
    which ends the rendering.
    """
    width, height = kept.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, height)
        pixels[top:bottom] = tone_mapper.tone_map(kept.rows(top, bottom), top)
        on_rows_done(bottom)
    restore_edges(pixels, kept.seen, kept.must_stay, kept.opacity)
    return pixels


def _must_stay(opacity: F32 | None, lawn: Mask | None, shape: tuple[int, ...]) -> Mask:
    """Returns where the capture's edges must stay: not beyond the model's contour, and not the marks on a lawn."""
    inside = np.ones(shape[:2], np.bool_)
    if opacity is not None:
        inside = grey_erosion((opacity > _MODEL_OPACITY).astype(np.uint8), _INSIDE) > 0
    if lawn is not None:
        inside &= ~lawn
    return inside


def _without_drawing_aids(
    capture: Capture, background: ViewportBackground | None, paper_level: F32 | None
) -> tuple[U8, U8]:
    """Returns the pixels (height, width, 3) of a capture without overlays, and the same with its edge lines replaced.

    Lines that stay are softer.

    ``paper_level`` (height,) is the level of the paper behind the model, as if it were in the capture.

    The colours of the model go on beyond its contour, because enlargement mixes them with what is beside it.
    """
    rgb, model = capture.kept, None
    if background is not None:
        model = background.opacity > _SURE_OPACITY
        rgb = np.where((background.opacity > 0)[..., None], background.foreground, rgb)
    seen = remove_overlays(rgb, model)
    rgb = remove_edge_lines(seen, model, paper_level, is_noisy=capture.is_noisy)
    rgb = soften_lines(put_lost_lines_back(rgb, seen))
    if model is None:
        return seen, rgb
    beyond = ~model & (grey_dilation(model.astype(np.uint8), 2 * _CONTOUR_REACH + 1) > 0)
    found = inpaint(rgb, beyond, ~model, _CONTOUR_REACH)
    rgb.reshape(-1, 3)[found.pixels] = (found.colour + 0.5).astype(np.uint8)
    return seen, rgb


def _compress_chroma(light: F32, luminance: F32) -> None:
    """Brings glaring colours, which viewports mark things with, nearer to those of real paint, in place.

    The colours of wood and brick are left as they are.
    """
    red, green, blue = (light[..., channel] for channel in range(3))
    highest = np.maximum(np.maximum(red, green), blue)
    lowest = np.minimum(np.minimum(red, green), blue)
    chroma: F32 = ((highest - lowest) / np.maximum(highest, np.float32(1e-4))).astype(np.float32, copy=False)
    is_warm = (red >= green) & (green >= blue)
    glare = smoothstep(*_GLARING, chroma)
    amount = _MAX_DESATURATION * glare
    amount[is_warm] = _MAX_DESATURATION * smoothstep(*_GLARING_WARM, chroma[is_warm])
    begin, full = (np.float32(share) * highest for share in _PURE)
    is_pure = (luminance < begin) & ~is_warm
    purity = (begin - luminance)[is_pure] / np.maximum(begin - full, np.float32(1e-6))[is_pure]
    amount[is_pure] += np.float32(_PURE_DESATURATION) * np.minimum(purity, 1) * glare[is_pure]
    # Not darker than a part of the highest channel: pure blue has hardly any luminance.
    grey = np.maximum(luminance, highest * np.float32(_LEAST_GREY))
    for channel in range(3):
        light[..., channel] += (grey - light[..., channel]) * amount


def _is_sun_left(rgb: U8, opacity: F32) -> bool:
    """Returns whether the bright pixels of the model are rather on its left."""
    weight = (opacity > _MODEL_OPACITY).astype(np.float32)
    level = rgb[..., 1] * weight
    x = np.arange(rgb.shape[1], dtype=np.float32)
    return bool(level.sum(axis=0) @ x / max(level.sum(), 1) <= weight.sum(axis=0) @ x / max(weight.sum(), 1))


def _bounce(rgb: U8) -> U8:
    """Returns the brightness of the surroundings of each pixel, 255 being white, at a reduced size."""
    small = np.asarray(Image.fromarray(np.ascontiguousarray(rgb[..., 1])).reduce(_BOUNCE_REDUCTION))
    return gaussian_blur(small, max(1.0, _BOUNCE_SIGMA * max(small.shape)))


def _occlusion(rgb: U8, opacity: F32 | None) -> U8:
    """Returns the darkening along the edges of a capture, at half its size, 255 being black."""
    half = Image.fromarray(np.ascontiguousarray(rgb[..., 1])).reduce(2)
    grey = np.asarray(half)
    edge = (grey_dilation(grey, 3).astype(np.float32) - grey_erosion(grey, 3)) / _EDGE_LEVELS
    edges = (np.clip(edge, 0, 1) * 255).astype(np.uint8)
    unit = max(rgb.shape[:2]) / 1600 / 2
    density = gaussian_blur(edges, max(_DENSITY_SIGMA * unit, 2)).astype(np.float32)
    dark = np.zeros(edges.shape, np.float32)
    for sigma, gain in _OCCLUSION:
        dark += gain * gaussian_blur(edges, max(sigma * unit, 0.8))
    dark = np.clip(dark - 0.35 * density, 0, _MAX_OCCLUSION * 255)
    if opacity is not None:
        dark *= np.asarray(Image.fromarray((opacity * 255).astype(np.uint8)).reduce(2), np.float32) / 255
    return dark.astype(np.uint8)
