"""Picture files in and out: uploads are hostile, outputs carry nothing of the input but its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageOps

from renderiq import captures
from renderiq.domain.renders import OutputFormat
from renderiq.engines import EngineRequest, Output, PermanentEngineError
from renderiq.errors import ApiError

THUMBNAIL_SIDE: Final = 512
_MIN_SIDE: Final = 256
_LARGEST_PROFILE: Final = 4_000_000

Pixels = NDArray[np.uint8]


def decode(data: bytes) -> Image.Image:
    """An sRGB picture, upright; transparency is laid on white. Raises ``PermanentEngineError`` as ``captures.load``."""
    try:
        return _rgb(ImageOps.exif_transpose(captures.load(data)))
    except ApiError as error:
        raise PermanentEngineError(error.message, code=error.code.name) from error


def decode_layered(data: bytes) -> tuple[Image.Image, Image.Image | None]:
    """As ``decode``, and the picture's opacity, upright, if it has both clear and solid parts. Raises as ``decode``."""
    try:
        picture = ImageOps.exif_transpose(captures.load(data))
        alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
        if alpha is not None and alpha.getextrema() != (0, 255):
            alpha = None
        return _rgb(picture), alpha
    except ApiError as error:
        raise PermanentEngineError(error.message, code=error.code.name) from error


def crop_to_aspect(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The largest centred part with the proportions of ``size``; pixels are never stretched."""
    width, height = picture.size
    across, down = size
    if width * down > height * across:
        kept_width, kept_height = max(1, round(height * across / down)), height
    else:
        kept_width, kept_height = width, max(1, round(width * down / across))
    left, top = (width - kept_width) // 2, (height - kept_height) // 2
    return picture.crop((left, top, left + kept_width, top + kept_height))


def encode(pixels: Pixels, output_format: OutputFormat, check_cancelled: Callable[[], None] = lambda: None) -> bytes:
    """Returns a file of 8-bit RGB ``pixels`` (height, width, 3) without metadata.

    ``check_cancelled`` is called between chunks of rows; an exception that it raises ends the encoding.
    """
    picture = pyvips.Image.new_from_array(np.ascontiguousarray(pixels), interpretation="srgb")
    raised: list[Exception] = []

    def on_progress(image: Any, _progress: Any) -> None:
        # libvips ignores exceptions in callbacks, and may call this again before it stops.
        if raised:
            return
        try:
            check_cancelled()
        except Exception as error:
            raised.append(error)
            image.set_kill(True)

    picture.set_progress(True)
    picture.signal_connect("eval", on_progress)
    encoded: bytes
    try:
        match output_format:
            case OutputFormat.PNG:
                encoded = picture.pngsave_buffer(compression=2, filter="none", keep="none")
            case OutputFormat.JPEG:
                encoded = picture.jpegsave_buffer(Q=93, subsample_mode="off", optimize_coding=True, keep="none")
            case OutputFormat.WEBP:
                encoded = picture.webpsave_buffer(Q=90, effort=1, keep="none")
    except pyvips.Error:
        if raised:
            raise raised[0] from None
        raise
    if raised:
        raise raised[0]
    return encoded


def thumbnail(pixels: Pixels) -> bytes:
    """A WebP whose longest side is ``THUMBNAIL_SIDE`` pixels."""
    height, width = pixels.shape[:2]
    scale = THUMBNAIL_SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=82, method=2)
    return file.getvalue()


def prepare(data: bytes, request: EngineRequest, *, max_pixels: int) -> bytes:
    """The part of an upload that the output will show, for a service to look at. Raises as ``decode``."""
    return resized_jpeg(crop_to_aspect(decode(data), request.size), max_pixels=max_pixels)


def resized_jpeg(picture: Image.Image, *, max_pixels: int) -> bytes:
    """``picture`` with at most ``max_pixels``, and with no side shorter than services take."""
    width, height = picture.size
    scale = max(min(1.0, (max_pixels / (width * height)) ** 0.5), _MIN_SIDE / min(width, height))
    if scale != 1.0:
        picture = picture.resize((int(width * scale), int(height * scale)), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return encode(np.asarray(picture), OutputFormat.JPEG)


def read_answer(data: bytes) -> Image.Image:
    """A service's picture as plain RGB. Raises ``ApiError`` as ``captures.load``."""
    return _rgb(captures.load(data, formats=("PNG", "JPEG", "WEBP")))


def finish(picture: Image.Image, request: EngineRequest) -> Output:
    """``picture`` in exactly the size and format asked for, cropped where its proportions differ; never stretched."""
    fitted = crop_to_aspect(picture, request.size)
    if fitted.size != request.size:
        fitted = fitted.resize(request.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = np.asarray(fitted)
    image = encode(pixels, request.output_format)
    return Output(image, request.output_format.content_type, thumbnail(pixels), *request.size)


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture's colours by its own profile; one without a profile, or with a broken one, is taken for sRGB."""
    profile = picture.info.get("icc_profile")
    if not profile or len(profile) > _LARGEST_PROFILE or picture.mode not in ("RGB", "RGBA", "L"):
        return picture
    # libvips, because Pillow's own colour management stays out of the layers.
    colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
    try:
        tagged = pyvips.Image.new_from_array(
            np.asarray(colours), interpretation="b-w" if colours.mode == "L" else "srgb"
        ).copy()
        tagged.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        converted = Image.fromarray(tagged.icc_transform("srgb", embedded=True).numpy())
    except pyvips.Error:
        return picture
    converted = converted.convert("RGB")
    if picture.mode == "RGBA":
        converted.putalpha(picture.getchannel("A"))
    elif "transparency" in picture.info:
        return picture
    return converted


def _rgb(picture: Image.Image) -> Image.Image:
    picture = _in_srgb(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        # Pillow clips 16-bit grey on conversion instead of scaling it.
        grey = np.asarray(picture).astype(np.float32) / 257.0
        picture = Image.fromarray(np.clip(grey + 0.5, 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        opaque = Image.new("RGBA", layered.size, "white")
        opaque.alpha_composite(layered)
        picture = opaque
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain
