"""Renders the picture band by band: shades the regions over the backdrop and tone-maps the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renderiq.engines.preview.look.tone_mapping import ToneMapper
from renderiq.engines.preview.raster import BAND_ROWS, F32, U8
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.shade.context import SHADING_ONE, Channels, LightMap, ShadingContext
from renderiq.engines.preview.shade.fragments import Fragments, RowBand, group_by_material
from renderiq.engines.preview.shade.shaders import SHADERS, Shader


def render_bands(context: ShadingContext, tone_mapper: ToneMapper, on_rows_done: Callable[[int], None]) -> U8:
    """Renders the whole picture (height, width, 3) in 8-bit sRGB.

    After each band of ``BAND_ROWS`` rows ``on_rows_done`` is called with the number of finished rows. It may raise an
    exception, which ends the rendering.
    """
    width, height = context.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, height)
        pixels[top:bottom] = tone_mapper.tone_map(shade_band(context, top, bottom), top)
        on_rows_done(bottom)
    return pixels


def shade_band(context: ShadingContext, top: int, bottom: int) -> F32:
    """Returns linear light (rows, width, 3) for output rows ``top`` to ``bottom`` (excluded)."""
    coverage_map = context.coverage_map
    primary = coverage_map.primary[top:bottom].ravel()
    secondary = coverage_map.secondary[top:bottom].ravel()
    coverage = coverage_map.coverage[top:bottom].ravel()
    mixed = np.flatnonzero(coverage < 255)
    mixed = mixed[(primary[mixed] != BACKGROUND) | (secondary[mixed] != BACKGROUND)]
    foreground = np.flatnonzero(primary != BACKGROUND)
    if len(foreground) == len(primary) and (secondary[mixed] != BACKGROUND).all():
        light = [np.empty(len(primary), np.float32) for _ in range(3)]
    else:
        light = [plane.rows(top, bottom).flatten() for plane in context.backdrop]
    band = RowBand(context, top, bottom)
    behind = [channel[mixed] for channel in light]
    for material, fragments in group_by_material(context, band, primary, foreground):
        for channel, shaded in zip(light, _shade(SHADERS[material], context, fragments), strict=True):
            channel[fragments.index] = shaded
    behind_region = np.flatnonzero(secondary[mixed] != BACKGROUND)
    if len(behind_region):
        # Position of each mixed pixel in the list of mixed pixels.
        position = np.empty(len(primary), np.int32)
        position[mixed] = np.arange(len(mixed), dtype=np.int32)
        for material, fragments in group_by_material(context, band, secondary, mixed[behind_region]):
            for channel, shaded in zip(behind, _shade(SHADERS[material], context, fragments), strict=True):
                channel[position[fragments.index]] = shaded
    alpha = coverage[mixed].astype(np.float32) * np.float32(1 / 255)
    for channel, other in zip(light, behind, strict=True):
        channel[mixed] = other + (channel[mixed] - other) * alpha
    return np.stack(light, axis=-1).reshape(bottom - top, context.size[0], 3)


def _shade(shader: Shader, context: ShadingContext, fragments: Fragments) -> Channels:
    """Applies a shader and the shading of smoothly shaded faces."""
    channels = shader(context, fragments)
    if LightMap.SHADING in context.maps:
        shading = fragments.sample(LightMap.SHADING) * np.float32(255 / SHADING_ONE)
        for channel in channels:
            channel *= shading
    return channels
