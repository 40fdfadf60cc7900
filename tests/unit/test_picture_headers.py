"""The size and the orientation of a picture are read from its beginning."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from renderiq import image_files
from renderiq.errors import ApiError
from tests.support import pictures


def turned_jpeg(orientation: int, profile: bytes = b"") -> bytes:
    picture, file = Image.new("RGB", (160, 90)), io.BytesIO()
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(file, "JPEG", exif=exif, icc_profile=profile or None)
    return file.getvalue()


def turned_png(orientation: int) -> bytes:
    picture, file = Image.new("RGB", (160, 90)), io.BytesIO()
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(file, "PNG", exif=exif)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    "data", [pictures.png(), pictures.jpeg(), turned_jpeg(6), turned_jpeg(3), turned_jpeg(6, b"p" * 200_000)]
)
def test_the_beginning_tells_what_the_whole_file_tells(data: bytes) -> None:
    found, whole = image_files.peek(data), image_files.parse(data)

    assert found
    assert (found.content_type, found.upright_size) == (whole.content_type, whole.upright_size)


@pytest.mark.parametrize("make", [turned_jpeg, turned_png])
def test_a_picture_on_its_side_is_upright_in_its_size(make: Callable[[int], bytes]) -> None:
    found = image_files.peek(make(6))

    assert found
    assert found.upright_size == (90, 160)


@pytest.mark.parametrize("data", [pictures.png(), turned_jpeg(6, b"p" * 200_000)])
def test_too_few_bytes_tell_nothing(data: bytes) -> None:
    answers = [image_files.peek(data[:length]) for length in (12, 20, 30)]

    assert answers == [None, None, None]


def test_a_beginning_of_any_length_is_read_without_surprise() -> None:
    data = turned_jpeg(6)

    sizes = {found.upright_size for length in range(3, len(data)) if (found := image_files.peek(data[:length]))}

    assert sizes == {(90, 160)}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pictures.gif(), "UNSUPPORTED_MEDIA_TYPE"),
        (pictures.webp(), "UNSUPPORTED_MEDIA_TYPE"),
        (b"", "UNSUPPORTED_MEDIA_TYPE"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x"), "INVALID_INPUT"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)), "INVALID_INPUT"),
        (b"\xff\xd8\xff\xda\x00\x02", "INVALID_INPUT"),
        (b"\xff\xd8\xff\xd9", "INVALID_INPUT"),
        (b"\xff\xd8\xff\xc0\x00\x08\x08\x00\x00\x00\x00\x03", "INVALID_INPUT"),
        (b"\xff\xd8\xff\xc0\x00\x04\x08\x00", "INVALID_INPUT"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        image_files.peek(data)

    assert refused.value.code.name == code
