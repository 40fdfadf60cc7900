"""Each structure of an image file that may be damaged: the reader finds it and says so."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

import numpy as np
import pytest
import pyvips
from PIL import Image

from renderiq import captures, image_files
from renderiq.domain.renders import OutputFormat
from renderiq.engines import RenderCancelledError
from renderiq.engines.images import decode, encode
from renderiq.errors import ApiError
from tests.support.costly_images import chunk, header

DAMAGED: Final = "damaged"
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
PIXELS: Final = chunk(b"IDAT", zlib.compress((b"\0" + bytes(12)) * 4))
PALETTE_PIXELS: Final = chunk(b"IDAT", zlib.compress((b"\0" + bytes(4)) * 4))
END: Final = chunk(b"IEND")


def png(*parts: bytes) -> bytes:
    return b"".join((SIGNATURE, *parts))


def palette_png(*parts: bytes) -> bytes:
    return b"".join((header(4, 4, 8, 3), *parts, PALETTE_PIXELS, END))


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame(*components: tuple[int, int], depth: int = 8, width: int = 16, height: int = 16) -> bytes:
    """A baseline frame of components: their ids, and their sampling factors across and down in one byte."""
    listed = b"".join(bytes((name, factors, 0)) for name, factors in components)
    return segment(0xC0, struct.pack(">BHHB", depth, height, width, len(components)) + listed)


def scan(*components: int, last: int = 63) -> bytes:
    listed = b"".join(bytes((name, 0)) for name in components)
    return segment(0xDA, bytes((len(components),)) + listed + bytes((0, last, 0))) + b"\x2a\x2a"


def jpeg(*parts: bytes, end: bytes = b"\xff\xd9") -> bytes:
    return b"".join((b"\xff\xd8", *parts, end))


def complaint(data: bytes) -> str:
    with pytest.raises(ApiError) as raised:
        image_files.parse(data)
    return str(raised.value)


BROKEN_PNGS: Final = {
    "no header": png(PIXELS, END),
    "two headers": png(chunk(b"IHDR", HEADER), chunk(b"IHDR", HEADER), PIXELS, END),
    "a short header": png(chunk(b"IHDR", HEADER[:12]), PIXELS, END),
    "no height": png(chunk(b"IHDR", HEADER[:4] + bytes(4) + HEADER[8:]), PIXELS, END),
    "an unknown interlacing": png(chunk(b"IHDR", HEADER[:12] + b"\2"), PIXELS, END),
    "no pixels": png(chunk(b"IHDR", HEADER), END),
    "pixels with a wrong checksum": png(chunk(b"IHDR", HEADER), PIXELS[:-1] + b"?", END),
    "pixels that the file's end cuts off": png(chunk(b"IHDR", HEADER), PIXELS[:-3]),
    "a palette that is cut off": palette_png(chunk(b"PLTE", bytes(9))[:-6]),
    "a palette of two and a half colours": palette_png(chunk(b"PLTE", bytes(8))),
    "a palette of 257 colours": palette_png(chunk(b"PLTE", bytes(3 * 257))),
    "no palette": palette_png(),
}
BROKEN_JPEGS: Final = {
    "no frame": jpeg(scan(1)),
    "no scan": jpeg(frame((1, 0x11))),
    "two frames": jpeg(frame((1, 0x11)), frame((2, 0x11)), scan(1)),
    "a short frame": jpeg(segment(0xC0, b"\x08\0\x10\0\x10"), scan(1)),
    "fewer components than it says": jpeg(segment(0xC0, b"\x08\0\x10\0\x10\x03\1\x11\0"), scan(1)),
    "no components": jpeg(frame(), scan(1)),
    "no width": jpeg(frame((1, 0x11), width=0), scan(1)),
    "no height": jpeg(frame((1, 0x11), height=0), scan(1)),
    "a scan of no component": jpeg(frame((1, 0x11)), segment(0xDA, b"\0\0\x3f\0")),
    "an empty scan": jpeg(frame((1, 0x11)), segment(0xDA, b"")),
    "a scan of five components": jpeg(frame((1, 0x11)), scan(1, 1, 1, 1, 1)),
    "a scan of another component": jpeg(frame((1, 0x11)), scan(2)),
    "a segment without a length": jpeg(frame((1, 0x11)), b"\xff\xdb\0\1", scan(1)),
    "a segment longer than the file": jpeg(frame((1, 0x11)), b"\xff\xdb\x7f\xff", scan(1)),
    "no end and a component without a scan": jpeg(frame((1, 0x11), (2, 0x11)), scan(1), end=b""),
    "no end and fewer restarts than units": jpeg(frame((1, 0x11), width=64), segment(0xDD, b"\0\1"), scan(1), end=b""),
    "no end and fewer restarts than units of several components": jpeg(
        frame((1, 0x22), (2, 0x11), width=64), segment(0xDD, b"\0\1"), scan(1, 2), end=b""
    ),
    "no end, no sampling factors and too few restarts": jpeg(
        frame((1, 0), (2, 0), width=64), segment(0xDD, b"\0\1"), scan(1, 2), end=b""
    ),
}


@pytest.mark.parametrize("name", BROKEN_PNGS)
def test_a_broken_png_is_damaged(name: str) -> None:
    assert DAMAGED in complaint(BROKEN_PNGS[name])


@pytest.mark.parametrize("name", BROKEN_JPEGS)
def test_a_broken_jpeg_is_damaged(name: str) -> None:
    assert DAMAGED in complaint(BROKEN_JPEGS[name])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (jpeg(frame((1, 0x11), depth=12), scan(1)), "is a JPEG of 12 bits"),
        (jpeg(segment(0xC9, b"\x08\0\x10\0\x10\1\1\x11\0"), scan(1)), "arithmetic-coded"),
        (jpeg(frame((1, 0x11)), *[scan(1)] * (image_files.MAX_SCANS + 1)), "scans"),
        (jpeg(frame((1, 0x11)), *[segment(0xFE, b"")] * image_files.MAX_SEGMENTS, scan(1)), "segments"),
        (png(chunk(b"IHDR", HEADER), *[chunk(b"tEXt")] * image_files.MAX_CHUNKS, PIXELS, END), "chunks"),
    ],
    ids=["12 bits", "arithmetic coding", "many scans", "many segments", "many chunks"],
)
def test_what_is_not_read_is_refused_with_advice(data: bytes, said: str) -> None:
    found = complaint(data)

    assert said in found
    assert "Save it" in found


def test_a_png_without_its_last_chunk_is_read() -> None:
    assert image_files.parse(png(chunk(b"IHDR", HEADER), PIXELS)).width == 4


def test_a_chunk_that_the_end_cuts_off_after_the_pixels_is_left_out() -> None:
    assert image_files.parse(png(chunk(b"IHDR", HEADER), PIXELS, chunk(b"tEXt", b"Comment")[:-2])).width == 4


def test_the_transparency_of_more_colours_than_the_palette_has_is_shortened() -> None:
    parsed = image_files.parse(palette_png(chunk(b"PLTE", bytes(6)), chunk(b"tRNS", b"\x01\x02\x03\x04")))

    assert chunk(b"tRNS", b"\x01\x02") in parsed.pixel_file


def test_a_transparent_colour_of_a_palette_is_shown_on_white() -> None:
    colours = chunk(b"PLTE", bytes((200, 10, 10, 10, 200, 10)))

    assert np.asarray(decode(palette_png(colours, chunk(b"tRNS", b"\0\xff"))))[0, 0].tolist() == [255, 255, 255]
    assert np.asarray(decode(palette_png(colours)))[0, 0].tolist() == [200, 10, 10]


def test_a_transparent_colour_that_is_cut_off_is_none() -> None:
    parsed = image_files.parse(png(chunk(b"IHDR", HEADER), chunk(b"tRNS", b"\0\1\0"), PIXELS, END))

    assert not parsed.transparent_samples


def test_a_profile_whose_name_does_not_end_is_none() -> None:
    parsed = image_files.parse(png(chunk(b"IHDR", HEADER), chunk(b"iCCP", b"n" * 90), PIXELS, END))

    assert not parsed.compressed_profile


def test_the_first_orientation_of_several_counts() -> None:
    def exif(orientation: int) -> bytes:
        return b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1" + struct.pack(">HH", orientation, 0) + bytes(4)

    parsed = image_files.parse(jpeg(segment(0xE1, exif(6)), segment(0xE1, exif(3)), frame((1, 0x11)), scan(1)))

    assert parsed.orientation == 6


def test_a_jpeg_that_ends_after_all_of_its_restarts_is_complete_enough() -> None:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(whole, "JPEG", restart_marker_blocks=1)

    captures.check(_without_end(whole.getvalue()), declared=None)


def _without_end(data: bytes) -> bytes:
    assert data.endswith(b"\xff\xd9")
    return data[:-2]


def test_a_webp_without_a_size_is_damaged() -> None:
    body = b"WEBPVP8X" + struct.pack("<I", 4) + bytes(20)

    with pytest.raises(ApiError, match=DAMAGED):
        image_files.parse(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_jpeg_with_markers_that_have_no_length_is_read() -> None:
    assert image_files.parse(jpeg(b"\xff\x01", frame((1, 0x11)), b"\xff\x01", scan(1))).width == 16


def test_a_webp_of_very_many_chunks_has_no_size() -> None:
    body = b"WEBP" + (b"junk" + bytes(4)) * (image_files.MAX_SEGMENTS + 5)

    with pytest.raises(ApiError, match=DAMAGED):
        image_files.parse(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_picture_that_a_format_cannot_hold_is_an_error_of_the_encoder() -> None:
    with pytest.raises(pyvips.Error):
        encode(np.zeros((4, 16_384, 3), np.uint8), OutputFormat.WEBP)


def test_a_cancellation_at_the_last_rows_ends_the_encoding_too() -> None:
    asked = 0

    def cancel_at_the_end() -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise RenderCancelledError

    with pytest.raises(RenderCancelledError):
        encode(np.zeros((600, 600, 3), np.uint8), OutputFormat.WEBP, cancel_at_the_end)
