"""Decoding inputs and encoding outputs. Only pixels go from an input to an output, and no metadata."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageChops

from renderiq import captures
from renderiq.domain.renders import OutputFormat
from renderiq.engines import EngineRequest, Output, PermanentEngineError
from renderiq.engines.colour_management import Conversion, as_rgb, conversion_of
from renderiq.errors import ApiError
from renderiq.image_files import ParsedImage

THUMBNAIL_SIDE: Final = 512
_MIN_SIDE: Final = 256
_STRIP_PIXELS: Final = 400_000
_UPPER: Final = np.uint16(256)
_GREY_ALPHA: Final = 4
"""PNG's colour type of grey with alpha."""
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of an EXIF orientation upright."""

Pixels = NDArray[np.uint8]


def decode(data: bytes) -> Image.Image:
    """Decodes an upload to an upright RGB picture in sRGB. Transparent parts become white.

    Raises ``PermanentEngineError`` for what ``captures.parse`` and ``captures.decode`` refuse.
    """
    return _on_white(*_decoded(data))


def decode_layered(data: bytes) -> tuple[Image.Image, Image.Image | None]:
    """As ``decode``, and the picture's opacity, upright, if it has both clear and solid parts. Raises as ``decode``."""
    colours, alpha = _decoded(data)
    picture = _on_white(colours, alpha)
    return picture, alpha if alpha is not None and alpha.getextrema() == (0, 255) else None


def decode_guide(data: bytes) -> Image.Image:
    """As ``decode``, but without conversion of colours, because the samples of a guide are numbers."""
    return _on_white(*_decoded(data, by_profile=False))


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
    """As ``decode``, for the picture that a service returned. Raises ``ApiError``."""
    return _on_white(*_layers(data))


def make_output(image: Image.Image, request: EngineRequest) -> Output:
    """Returns the image in the requested size and format. It is cropped if its proportions differ, not distorted."""
    fitted = crop_to_aspect(image, request.size)
    if fitted.size != request.size:
        fitted = fitted.resize(request.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = np.asarray(fitted)
    file = encode(pixels, request.output_format)
    return Output(file, request.output_format.content_type, thumbnail(pixels), *request.size)


def _decoded(data: bytes, *, by_profile: bool = True) -> tuple[Image.Image, Image.Image | None]:
    try:
        return _layers(data, by_profile=by_profile)
    except ApiError as error:
        raise PermanentEngineError(error.message, code=error.code.name) from error


def _layers(data: bytes, *, by_profile: bool = True) -> tuple[Image.Image, Image.Image | None]:
    """Returns the colours of an image in sRGB as RGB and its opacity as L, or None if it has none. Both are upright.

    Raises the errors of ``captures.parse`` and ``captures.decode``.
    """
    parsed = captures.parse(data, accepted=captures.STORED)
    picture = captures.decode(parsed)
    conversion = conversion_of(parsed) if by_profile else None
    # Pillow has no 16-bit modes of several channels. It gives the upper bytes and the lower bytes one after the other.
    deep = parsed.bit_depth == 16 and picture.mode != "I;16" and (conversion or parsed.transparent_samples)
    if picture.mode == "CMYK" and not parsed.is_adobe:
        picture = ImageChops.invert(picture)  # Pillow expects samples that are inverted, as Adobe's are
    if deep:
        low = captures.decode(parsed, raw_mode="RGBA" if parsed.colour_type == _GREY_ALPHA else f"{picture.mode};16L")
        colours, alpha = _converted_deep(parsed, picture, low, conversion or as_rgb)
    else:
        source, alpha = _separated(parsed, picture)
        if conversion or source.mode == "I;16":
            colours = _converted(source, conversion or as_rgb)
        else:
            colours = source.convert("RGB")
    turn = _TURNS.get(parsed.orientation)
    if turn is not None:
        colours, alpha = colours.transpose(turn), alpha.transpose(turn) if alpha else None
    return colours, alpha


def _separated(parsed: ParsedImage, picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The picture as L, I;16, RGB or CMYK, and its opacity as L."""
    samples = parsed.transparent_samples
    if parsed.colour_type == _GREY_ALPHA and picture.mode == "RGBA":
        return picture.getchannel("R"), picture.getchannel("A")
    match picture.mode:
        case "P" if picture.has_transparency_data:
            picture = picture.convert("RGBA")
        case "P":
            picture = picture.convert("RGB")
        case "1":
            picture = picture.convert("L")
    match picture.mode:
        case "LA" | "RGBA":
            return picture.convert(picture.mode[:-1]), picture.getchannel("A")
        case "L" if samples:
            level = samples[0] * 255 // ((1 << parsed.bit_depth) - 1)
            return picture, picture.point([0 if value == level else 255 for value in range(256)])
        case "I;16" if samples:
            return picture, Image.fromarray(np.where(np.asarray(picture) == samples[0], 0, 255).astype(np.uint8))
        case "RGB" if samples:
            picture.info["transparency"] = samples
            alpha = picture.convert("RGBA").getchannel("A")
            del picture.info["transparency"]
            return picture, alpha
    return picture, None


def _converted(source: Image.Image, conversion: Conversion) -> Image.Image:
    result = Image.new("RGB", source.size)
    for box in strips(source):
        result.paste(Image.fromarray(conversion(np.asarray(source.crop(box)))), box)
    return result


def _converted_deep(
    parsed: ParsedImage, high: Image.Image, low: Image.Image, conversion: Conversion
) -> tuple[Image.Image, Image.Image | None]:
    """As ``_separated`` and ``_converted``, of 16-bit samples whose upper and lower bytes are in two pictures.

    ``low`` of a grey picture with alpha has both bytes of grey and both bytes of alpha as its four channels.
    """
    result = Image.new("RGB", high.size)
    alpha = high.getchannel("A") if high.mode == "RGBA" else None
    if parsed.transparent_samples:
        alpha = Image.new("L", high.size, 255)
    for box in strips(high):
        lower = np.asarray(low.crop(box)).astype(np.uint16)
        if parsed.colour_type == _GREY_ALPHA:
            samples = lower[..., 0] * _UPPER + lower[..., 1]
        else:
            samples = (np.asarray(high.crop(box)) * _UPPER + lower)[..., :3]
        if parsed.transparent_samples and alpha is not None:
            clear = (samples == np.array(parsed.transparent_samples, np.uint16)).all(axis=2)
            alpha.paste(Image.fromarray(np.where(clear, 0, 255).astype(np.uint8)), box)
        result.paste(Image.fromarray(conversion(samples)), box)
    return result, alpha


def strips(picture: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """Yields boxes of some rows each, so that temporary arrays stay small."""
    rows = max(1, _STRIP_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        yield 0, top, picture.width, min(top + rows, picture.height)


def _on_white(colours: Image.Image, alpha: Image.Image | None) -> Image.Image:
    if alpha is None:
        return colours
    picture = Image.new("RGB", colours.size, "white")
    picture.paste(colours, mask=alpha)
    return picture
