"""The embedded engine, which renders with numpy and libvips, without a model and without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from renderiq.domain.renders import EngineMode, EngineReport, Quality
from renderiq.engines import EngineRequest, Output, RenderCancelledError
from renderiq.engines.images import crop_to_aspect, decode_layered, encode, thumbnail
from renderiq.engines.preview.capture import Capture, Surroundings, find_background_of, read_capture, surroundings_of
from renderiq.engines.preview.classify.confidence import Doubt
from renderiq.engines.preview.classify.enclosed_foliage import has_enclosed_foliage
from renderiq.engines.preview.classify.single_object import is_single_object
from renderiq.engines.preview.classify.surfaces import Surfaces, classify_surfaces
from renderiq.engines.preview.deferred.renderer import fit_guides, render_guided
from renderiq.engines.preview.guide_images import decode_guide_images
from renderiq.engines.preview.look.drawing import draw_over
from renderiq.engines.preview.look.look_modifiers import with_studio_backdrop
from renderiq.engines.preview.look.prompt_parser import PromptSetting
from renderiq.engines.preview.look.requested import read_setting, requested_look
from renderiq.engines.preview.look.styles import look_of
from renderiq.engines.preview.look.tone_mapping import ToneMapper, grade_photo, paint_in_one_colour, sharpen
from renderiq.engines.preview.raster import U8
from renderiq.engines.preview.segment.morphology import grey_erosion
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene
from renderiq.engines.preview.segment.viewport_background import ViewportBackground
from renderiq.engines.preview.shade.albedo import with_one_material
from renderiq.engines.preview.shade.backdrop import render_backdrop
from renderiq.engines.preview.shade.context import ShadingInputs, prepare_shading
from renderiq.engines.preview.shade.coverage_map import group_crown_facets, render_coverage_map
from renderiq.engines.preview.shade.kept_pixels import KeptPixels, render_kept_bands
from renderiq.engines.preview.shade.renderer import render_bands
from renderiq.engines.preview.shade.seen_edges import restore_edges
from renderiq.engines.preview.shade.shadow_maps import compute_shadow_maps
from renderiq.engines.preview.verify import find_faults, unwanted_faults

_FAULT_CONFIDENCE: Final = 0.6
"""Factor of the confidence in a scene whose render failed the check."""
_INSIDE: Final = 5
"""Pixels: the side of the square that must show the model around an edge that must stay."""
_USUAL_FREEDOM: Final = 0.3
"""1 - structure strength at which textures vary as usual."""
_MAX_FREEDOM: Final = 2.0

# Progress in per cent at the end of each stage.
_DECODED: Final = 5
_SEGMENTED: Final = 20
_TRACED: Final = 35
_SHADOWS_CAST: Final = 42
_BACKDROP_RENDERED: Final = 52
_PHOTO_ENLARGED: Final = 60
_TONE_MAPPED: Final = 88
_SHARPENED: Final = 92
_ENCODED: Final = 98


class PreviewEngine:
    """Renders a flat-shaded viewport capture; a photo or a finished render is only graded and enlarged.

    The same request gives the same bytes.
    """

    name = "preview"

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """Renders the picture that ``request`` describes.

        ``on_progress`` is called with 0 to 100 at the end of each stage and of each band of rows. ``should_cancel`` is
        called there too, and between the chunks of long stages. Raises ``RenderCancelledError`` as soon as it returns
        True, and ``PermanentEngineError`` if the capture or a guide image cannot be used.
        """
        progress = _Progress(on_progress, should_cancel)
        progress.report(0)
        decoded, alpha = decode_layered(request.image)
        picture, capture_size = crop_to_aspect(decoded, request.size), decoded.size
        opacity = None if alpha is None else crop_to_aspect(alpha, request.size)
        surroundings = surroundings_of(decoded, picture.size) if alpha is None else None
        del decoded, alpha  # 160 MB of a large capture
        progress.report(_DECODED)
        images = decode_guide_images(request, capture_size)
        pixels, report = _render_picture(picture, opacity, surroundings, images, capture_size, request, progress)
        if drawing := look_of(request.style).drawing:
            pixels = draw_over(pixels, picture, drawing, request.seed, progress.check_cancelled)
        del picture, opacity
        if request.quality is Quality.ULTRA:
            pixels = sharpen(pixels, progress.check_cancelled)
            progress.report(_SHARPENED)
        image = encode(pixels, request.output_format, progress.check_cancelled)
        progress.report(_ENCODED)
        small = thumbnail(pixels)
        progress.report(100)
        width, height = request.size
        return Output(image, request.output_format.content_type, small, width, height, report)


class _Progress:
    """Reports progress, and raises ``RenderCancelledError`` if the render was cancelled."""

    def __init__(self, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]) -> None:
        self._on_progress = on_progress
        self._should_cancel = should_cancel

    def check_cancelled(self) -> None:
        if self._should_cancel():
            raise RenderCancelledError

    def report(self, percent: int) -> None:
        self.check_cancelled()
        self._on_progress(percent)

    def rows_of(self, height: int) -> Callable[[int], None]:
        """Returns a function that reports how many of ``height`` rows are shaded and tone mapped."""

        def report_rows(rows: int) -> None:
            self.report(_BACKDROP_RENDERED + (_TONE_MAPPED - _BACKDROP_RENDERED) * rows // height)

        return report_rows


def _render_picture(
    picture: Image.Image,
    opacity: Image.Image | None,
    surroundings: Surroundings | None,
    images: dict[str, Image.Image],
    capture_size: tuple[int, int],
    request: EngineRequest,
    progress: _Progress,
) -> tuple[U8, EngineReport]:
    """Renders a picture from its guide ``images`` if any of them fits it, else from its colours."""
    misfits: tuple[str, ...] = ()
    faults: tuple[Doubt, ...] = ()
    if images:
        guided = fit_guides(picture, images, capture_size, request, progress.check_cancelled)
        misfits = guided.reasons
        if not guided.guides.is_empty:
            progress.report(_SEGMENTED)
            pixels, reduced, model = render_guided(
                guided, request, progress.report, progress.rows_of(request.size[1]), progress.check_cancelled
            )
            faults = unwanted_faults(look_of(request.style), find_faults(reduced, guided.clean, model))
            if not faults:
                return pixels, EngineReport(EngineMode.REPAINTED, round(guided.agreement, 2), misfits)
    capture = read_capture(picture, opacity, progress.check_cancelled, surroundings)
    progress.report(_SEGMENTED)
    pixels, report = _render_checked(capture, request, progress, faults)
    return pixels, replace(report, reasons=report.reasons + misfits)


def _render_checked(
    capture: Capture, request: EngineRequest, progress: _Progress, guided_faults: tuple[Doubt, ...]
) -> tuple[U8, EngineReport]:
    """Renders a capture as freely as the confidence in its scene allows, and checks the result.

    A picture that fails the check is made once more with less freedom. ``guided_faults`` are those of the picture that
    was made with guides, if it failed.
    """
    confidence = capture.confidence.score * (_FAULT_CONFIDENCE if guided_faults else 1)
    doubts = list(dict.fromkeys((*capture.confidence.doubts, *guided_faults)))
    if capture.scene is not None and not doubts:
        surfaces = classify_surfaces(capture.scene)
        if has_enclosed_foliage(capture.scene, surfaces):
            doubts.append(Doubt.CHANGED_MATERIALS)
            confidence *= _FAULT_CONFIDENCE
    if capture.scene is not None and not doubts:
        pixels = _render_scene(capture.scene, surfaces, capture.working, request, progress)
        model = capture.scene.label != BACKGROUND
        found = find_faults(pixels, capture.working, model, is_room=capture.scene.is_interior)
        faults = unwanted_faults(look_of(request.style), found)
        if not faults:
            # After the check, which judges what was painted.
            inside = grey_erosion(model.astype(np.uint8), _INSIDE) > 0
            restore_edges(pixels, capture.working, inside, None, progress.check_cancelled)
            return pixels, EngineReport(EngineMode.REPAINTED, round(confidence, 2))
        doubts += faults
        confidence *= _FAULT_CONFIDENCE
    background = find_background_of(capture, progress.check_cancelled)
    reasons = tuple(str(doubt) for doubt in doubts)
    if capture.scene is None and background is None:
        return _grade(capture.picture, request, progress), EngineReport(
            EngineMode.GRADED, round(confidence, 2), reasons
        )
    pixels = _render_kept(capture, background, request, progress)
    return pixels, EngineReport(EngineMode.MIXED, round(confidence, 2), reasons)


def _grade(picture: Image.Image, request: EngineRequest, progress: _Progress) -> U8:
    """Enlarges and grades a picture that is not flat-shaded."""
    enlarged = np.asarray(picture.resize(request.size, Image.Resampling.LANCZOS))
    progress.report(_PHOTO_ENLARGED)
    look = look_of(request.style)
    pixels = grade_photo(enlarged, look, progress.check_cancelled)
    if look.surface:
        pixels = paint_in_one_colour(pixels, look.surface)
    progress.report(_TONE_MAPPED)
    return pixels


def _render_kept(
    capture: Capture, background: ViewportBackground | None, request: EngineRequest, progress: _Progress
) -> U8:
    """Renders the capture's own pixels in the light of the style, before paper if the background is known."""
    look = requested_look(request)
    seed = request.seed & 0xFFFFFFFF
    kept = KeptPixels(capture, background, look, request.size, seed)
    progress.report(_BACKDROP_RENDERED)
    pixels = render_kept_bands(kept, ToneMapper(look, request.size, seed), progress.rows_of(request.size[1]))
    return pixels if look.surface is None else paint_in_one_colour(pixels, look.surface)


def _render_scene(scene: Scene, surfaces: Surfaces, working: U8, request: EngineRequest, progress: _Progress) -> U8:
    """Renders a segmented capture; ``working`` is the capture at working resolution."""
    look = requested_look(request)
    size, seed = request.size, request.seed & 0xFFFFFFFF
    freedom = min(_MAX_FREEDOM, (1 - request.structure_strength) / _USUAL_FREEDOM)
    if read_setting(request) == PromptSetting() and is_single_object(scene, surfaces, working):
        look = with_studio_backdrop(look)
    if look.surface:
        surfaces = with_one_material(surfaces, look.surface)
    group = group_crown_facets(scene, surfaces)
    check_cancelled = progress.check_cancelled
    coverage_map = render_coverage_map(scene, surfaces, group, size, seed, freedom, check_cancelled)
    progress.report(_TRACED)
    shadows = compute_shadow_maps(scene, surfaces, group, look, check_cancelled)
    progress.report(_SHADOWS_CAST)
    backdrop = render_backdrop(scene, look, size, surfaces.sun_from_left, shadows, seed, check_cancelled)
    progress.report(_BACKDROP_RENDERED)
    inputs = ShadingInputs(scene, surfaces, shadows, coverage_map, backdrop, look, seed, freedom)
    context = prepare_shading(inputs)
    return render_bands(context, ToneMapper(look, size, seed), progress.rows_of(size[1]))
