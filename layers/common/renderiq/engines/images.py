"""Decoding inputs and encoding outputs. Only pixels go from an input to an output, and no metadata."""

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
_MAX_PROFILE_BYTES: Final = 4_000_000

Pixels = NDArray[np.uint8]


def decode(data: bytes) -> Image.Image:
    """Decodes an upload to sRGB, upright by its EXIF orientation, over white if it is transparent.

    Raises ``PermanentEngineError`` if ``captures.load`` rejects it.
    """
    try:
        return _rgb(ImageOps.exif_transpose(captures.load(data)))
    except ApiError as error:
        raise PermanentEngineError(error.message, code=error.code.name) from error


def decode_layered(data: bytes) -> tuple[Image.Image, Image.Image | None]:
    """Decodes like ``decode``, and returns the alpha channel too if it has both clear and fully opaque pixels."""
    try:
        image = ImageOps.exif_transpose(captures.load(data))
        alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
        if alpha is not None and alpha.getextrema() != (0, 255):
            alpha = None
        return _rgb(image), alpha
    except ApiError as error:
        raise PermanentEngineError(error.message, code=error.code.name) from error


def crop_to_aspect(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Returns the largest centred part with the proportions of ``size``, without resizing it."""
    width, height = image.size
    across, down = size
    if width * down > height * across:
        kept_width, kept_height = max(1, round(height * across / down)), height
    else:
        kept_width, kept_height = width, max(1, round(width * down / across))
    left, top = (width - kept_width) // 2, (height - kept_height) // 2
    return image.crop((left, top, left + kept_width, top + kept_height))


def encode(pixels: Pixels, output_format: OutputFormat, check_cancelled: Callable[[], None] = lambda: None) -> bytes:
    """Returns a file of 8-bit sRGB ``pixels`` with shape (height, width, 3), without metadata.

    ``check_cancelled`` is called between chunks of rows; an exception that it raises ends the encoding.
    """
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels), interpretation="srgb")
    raised: list[Exception] = []

    def on_progress(running: Any, _progress: Any) -> None:
        # libvips ignores exceptions in callbacks, and may call this again before it stops.
        if raised:
            return
        try:
            check_cancelled()
        except Exception as error:
            raised.append(error)
            running.set_kill(True)

    image.set_progress(True)
    image.signal_connect("eval", on_progress)
    encoded: bytes
    try:
        match output_format:
            case OutputFormat.PNG:
                encoded = image.pngsave_buffer(compression=2, filter="none", keep="none")
            case OutputFormat.JPEG:
                encoded = image.jpegsave_buffer(Q=93, subsample_mode="off", optimize_coding=True, keep="none")
            case OutputFormat.WEBP:
                encoded = image.webpsave_buffer(Q=90, effort=1, keep="none")
    except pyvips.Error:
        if raised:
            raise raised[0] from None
        raise
    if raised:
        raise raised[0]
    return encoded


def thumbnail(pixels: Pixels) -> bytes:
    """Returns a WebP file whose longer side has ``THUMBNAIL_SIDE`` pixels."""
    height, width = pixels.shape[:2]
    scale = THUMBNAIL_SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=82, method=2)
    return file.getvalue()


def encode_input(data: bytes, request: EngineRequest, *, max_pixels: int) -> bytes:
    """Returns the part of an upload that the output shows, as a JPEG. Raises the errors of ``decode``."""
    return resized_jpeg(crop_to_aspect(decode(data), request.size), max_pixels=max_pixels)


def resized_jpeg(image: Image.Image, *, max_pixels: int) -> bytes:
    """Returns a JPEG with at most ``max_pixels`` and with sides of at least 256 pixels, which services require."""
    width, height = image.size
    scale = max(min(1.0, (max_pixels / (width * height)) ** 0.5), _MIN_SIDE / min(width, height))
    if scale != 1.0:
        image = image.resize((int(width * scale), int(height * scale)), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return encode(np.asarray(image), OutputFormat.JPEG)


def decode_output(data: bytes) -> Image.Image:
    """Decodes the image of an AI service to RGB. Raises the errors of ``captures.load``."""
    return _rgb(captures.load(data, formats=("PNG", "JPEG", "WEBP")))


def make_output(image: Image.Image, request: EngineRequest) -> Output:
    """Returns the image in the requested size and format. It is cropped if its proportions differ, not distorted."""
    fitted = crop_to_aspect(image, request.size)
    if fitted.size != request.size:
        fitted = fitted.resize(request.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = np.asarray(fitted)
    file = encode(pixels, request.output_format)
    return Output(file, request.output_format.content_type, thumbnail(pixels), *request.size)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Converts the image from its colour profile. Without a valid profile, it is taken to be sRGB."""
    profile = image.info.get("icc_profile")
    if not profile or len(profile) > _MAX_PROFILE_BYTES or image.mode not in ("RGB", "RGBA", "L"):
        return image
    # The layers leave out Pillow's own colour management.
    colours = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        tagged = pyvips.Image.new_from_array(
            np.asarray(colours), interpretation="b-w" if colours.mode == "L" else "srgb"
        ).copy()
        tagged.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        converted = Image.fromarray(tagged.icc_transform("srgb", embedded=True).numpy())
    except pyvips.Error:
        return image
    converted = converted.convert("RGB")
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    elif "transparency" in image.info:
        return image
    return converted


def _rgb(image: Image.Image) -> Image.Image:
    image = _in_srgb(image)
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow clips 16-bit grey on conversion instead of scaling it.
        grey = np.asarray(image).astype(np.float32) / 257.0
        image = Image.fromarray(np.clip(grey + 0.5, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        opaque = Image.new("RGBA", layered.size, "white")
        opaque.alpha_composite(layered)
        image = opaque
    plain = image.convert("RGB")
    plain.info.clear()
    return plain
