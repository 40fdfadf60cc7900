"""The embedded engine: no service, no model, no network. The same request gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from renderiq.domain.renders import Quality
from renderiq.engines import EngineRequest, Output, RenderCancelledError
from renderiq.engines.pictures import crop_to_aspect, decode_layered, encode, thumbnail
from renderiq.engines.preview.classify.materials import classify_surfaces
from renderiq.engines.preview.classify.single_object import is_single_object
from renderiq.engines.preview.guide_images import GuideImages, read_guide_images
from renderiq.engines.preview.look.look_modifiers import under, with_studio_backdrop
from renderiq.engines.preview.look.prompt_parser import PromptSetting, read
from renderiq.engines.preview.look.styles import LOOKS, Look
from renderiq.engines.preview.look.tone_mapping import ToneMapper, enhance, grade
from renderiq.engines.preview.raster import BAND_ROWS, F32, U8, UpsampledPlane, resize_bilinear
from renderiq.engines.preview.segment.scene import Scene, resize_for_analysis, segment_capture
from renderiq.engines.preview.shade.coverage_map import group_crown_facets, render_coverage_map
from renderiq.engines.preview.shade.ground import draw_lawn, render_studio_backdrop
from renderiq.engines.preview.shade.renderer import Lighting
from renderiq.engines.preview.shade.shadow_maps import ShadowMaps, compute_shadow_maps
from renderiq.engines.preview.shade.sky import colour, draw_treeline, render_sky

_STAGE_SIDE = 1920
CLEAR = (255, 0, 255)


class PreviewEngine:
    """Renders a flat-shaded viewport capture; anything else is only graded and enlarged."""

    name = "preview"

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        def passed(percent: int) -> None:
            if should_cancel():
                raise RenderCancelledError
            on_progress(percent)

        passed(0)
        decoded, alpha = decode_layered(request.image)
        picture = crop_to_aspect(decoded, request.size)
        passed(5)
        if alpha is None:
            working = resize_for_analysis(picture)
            scene = segment_capture(working)
        else:
            keyed = _keyed(picture, crop_to_aspect(alpha, request.size))
            working = resize_for_analysis(keyed)
            scene = segment_capture(working, CLEAR)
        guides = read_guide_images(request, decoded.size, (working.shape[1], working.shape[0]))
        passed(20)
        if scene is None:
            pixels = _graded(picture, request, passed)
        else:
            del picture
            pixels = _rendered(scene, working, guides, request, passed)
        if request.quality is Quality.ULTRA:
            pixels = enhance(pixels)
            passed(92)
        image = encode(pixels, request.output_format)
        passed(98)
        small = thumbnail(pixels)
        passed(100)
        width, height = request.size
        return Output(image, request.output_format.content_type, small, width, height)


def _keyed(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """The picture, which was laid on white, on a colour that nothing has instead: its mask, exact to the pixel."""
    clear = 255 - np.asarray(alpha, np.float32)[..., None]
    pixels = np.asarray(picture, np.float32) + clear / 255 * (np.array(CLEAR, np.float32) - 255)
    return Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))


def _graded(picture: Image.Image, request: EngineRequest, passed: Callable[[int], None]) -> U8:
    enlarged = np.asarray(picture.resize(request.size, Image.Resampling.LANCZOS))
    passed(60)
    pixels = grade(enlarged, LOOKS[request.style])
    passed(88)
    return pixels


def _rendered(
    scene: Scene, working: U8, guides: GuideImages, request: EngineRequest, passed: Callable[[int], None]
) -> U8:
    setting = read(request.prompt, request.negative_prompt)
    look = under(LOOKS[request.style], setting)
    size, seed = request.size, request.seed & 0xFFFFFFFF
    width, height = size
    freedom = min(2.0, (1 - request.structure_strength) / 0.3)
    surfaces = classify_surfaces(scene, guides.of_regions(scene.label))
    if setting == PromptSetting() and is_single_object(scene, surfaces, working):
        look = with_studio_backdrop(look)
    layer = group_crown_facets(scene, surfaces)
    matte = render_coverage_map(scene, surfaces, layer, size, seed, freedom)
    passed(35)
    shadows = compute_shadow_maps(scene, surfaces, layer, look, guides.depth)
    passed(42)
    backdrop = _backdrop(scene, look, size, surfaces.sun_from_left, shadows, seed)
    passed(52)
    lighting = Lighting(scene, surfaces, shadows, matte, backdrop, look, seed, freedom, guides.depth)
    developer = ToneMapper(look, size, seed)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, height)
        pixels[top:bottom] = developer.tone_map(lighting.rows(top, bottom), top)
        passed(52 + 36 * bottom // height)
    return pixels


def _backdrop(
    scene: Scene, look: Look, size: tuple[int, int], sun_from_left: bool, shadows: ShadowMaps, seed: int
) -> F32:
    """What is behind the model and under it, in linear light, at half the output size if that is large."""
    width, height = size
    if max(size) > _STAGE_SIDE:
        width, height = width // 2, height // 2
    if not scene.has_background:
        return np.broadcast_to(colour(look.horizon), (height, width, 3)).copy()
    horizon = scene.horizon * height / scene.size[1]
    first = max(0, int(horizon))
    if look.outdoors:
        picture = np.empty((height, width, 3), np.float32)
        # Clouds have no detail that half the pixels could not show.
        sky = render_sky(look, (width // 2, height // 2), horizon / 2, sun_from_left, seed)
        if first:
            picture[:first] = UpsampledPlane(sky, (width, 2 * len(sky))).rows(0, first)
        draw_lawn(look, picture, horizon, seed)
        draw_treeline(look, picture, horizon, seed)
        sun, ambient = 0.62 * colour(look.sun), colour(look.sky)
        kept = ambient / (sun + ambient)
    else:
        picture = render_studio_backdrop(look, (width, height), horizon)
        kept = np.full(3, 0.45, np.float32)
    shadow, contact = (
        resize_bilinear(plane, (width, height))[first:].astype(np.float32) * np.float32(1 / 255)
        for plane in (shadows.ground, shadows.corner)
    )
    openness = 1 - np.float32(0.7) * contact
    for band in range(3):
        picture[first:, :, band] *= (1 - shadow * (1 - kept[band])) * openness
    return picture
