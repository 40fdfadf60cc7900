"""The engine: makes a scene description of a request, has Blender render it, and encodes the picture."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from renderiq.domain.path_tracing import SAMPLES
from renderiq.domain.scene_description import Camera, Projection
from renderiq.engines import EngineRequest, Output, PermanentEngineError, RetryableEngineError
from renderiq.engines.cycles import layers, process
from renderiq.engines.cycles.light import light_of, under_sun
from renderiq.engines.cycles.model_files import ModelFileError, prepare
from renderiq.engines.cycles.scene import CameraSpec, ModelKind, RenderLimits, Rooms, SceneDescription
from renderiq.engines.images import Pixels, encode, thumbnail
from renderiq.engines.preview.look.requested import read_setting
from renderiq.logs import logger

_MAX_PICTURE_PIXELS: Final = 40_000_000
_LUMA: Final = np.array((0.2126, 0.7152, 0.0722), np.float32)
_ROWS: Final = 256
"""Rows that are handled together, so that temporary arrays stay small."""


class CyclesEngine:
    """Renders the 3D model of a request. ``python`` is the Python that has Blender (``bpy``)."""

    name = "cycles"

    def __init__(self, python: str, limits: RenderLimits | None = None) -> None:
        self._python = python
        self._limits = limits or RenderLimits()

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """Renders the picture that ``request`` describes.

        Raises ``RenderCancelledError`` within a second of the request for it, ``PermanentEngineError`` for a model that
        cannot be rendered, and ``RetryableEngineError`` if Blender ended without a reason.
        """
        if request.model_file is None:
            raise PermanentEngineError("This engine renders 3D models: send modelUploadId.", code="INVALID_INPUT")
        with tempfile.TemporaryDirectory(prefix="render-") as name:
            folder = Path(name)
            try:
                model, kind = prepare(request.model_file, folder)
            except ModelFileError as error:
                raise PermanentEngineError(str(error), code=error.code) from error
            description = describe(request, model, kind, self._limits)
            (folder / "scene.json").write_text(description.to_json(), "utf-8")
            finished = process.run(self._python, folder, self._limits, on_progress, should_cancel)
            logger.info("path traced", extra={"facts": finished.facts})
            picture = (folder / "picture.png").read_bytes()
            try:
                made = layers.read(folder, request.size, request.layers) if request.layers else ()
            except layers.LayerFileError as error:
                raise RetryableEngineError(str(error)) from error
        # Written by a process that has read what a stranger made.
        with Image.open(io.BytesIO(picture), formats=("PNG",)) as image:
            if image.width * image.height > _MAX_PICTURE_PIXELS or image.size != request.size:
                raise PermanentEngineError("The picture has another size than was ordered.")
            pixels = saturated(np.asarray(image.convert("RGB")), description.light.saturation)
        file = encode(pixels, request.output_format)
        return Output(file, request.output_format.content_type, thumbnail(pixels), *request.size, layers=made)


def saturated(pixels: Pixels, saturation: float) -> Pixels:
    """Returns 8-bit pixels with their colours so many times as far from grey. 1 leaves them as they are."""
    if saturation == 1:
        return pixels
    result = np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS):
        part = pixels[top : top + _ROWS].astype(np.float32)
        grey = part @ _LUMA
        moved = grey[..., None] + saturation * (part - grey[..., None])
        result[top : top + _ROWS] = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
    return result


def describe(request: EngineRequest, model: str, kind: ModelKind, limits: RenderLimits) -> SceneDescription:
    """Returns the scene description of a request."""
    setting = read_setting(request)
    light = light_of(
        request.style, time=setting.time, weather=setting.weather, season=setting.season, ground=setting.ground
    )
    if request.sun:
        light = under_sun(light, request.sun)
    width, height = request.size
    return SceneDescription(
        model=model,
        kind=kind,
        width=width,
        height=height,
        samples=SAMPLES[request.quality],
        seed=request.seed,
        light=light,
        camera=camera_of(request.camera),
        sun=request.sun,
        layers=bool(request.layers),
        limits=limits,
    )


def camera_of(camera: Camera | None) -> CameraSpec:
    """Returns the camera of a description. The names ``exterior`` and ``interior`` ask for a view to be found."""
    if camera is None:
        return CameraSpec()
    name = camera.name or ""
    view = Rooms(name) if name in set(Rooms) else Rooms.EXTERIOR
    return CameraSpec(
        position=camera.position,
        target=camera.target,
        up=camera.up or (0.0, 1.0, 0.0),
        fov=camera.fov,
        lens=camera.lens,
        parallel=camera.projection is Projection.PARALLEL,
        shift=camera.shift or (0.0, 0.0),
        name=name,
        view=view,
    )
