"""What is taken as an image and what is refused, and how much work a decoder can be made to do."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from renderiq import captures, image_files
from renderiq.engines import PermanentEngineError, images
from renderiq.errors import ApiError
from tests.support import costly_images, pictures
from tests.support.costly_images import LIMIT, UPLOADS, chunk, header, segment

WIDTH, HEIGHT = 160, 128


def drawing() -> Image.Image:
    """Smooth, with noise: no two rows or blocks are alike."""
    gradient = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    noise = Image.frombytes("L", (WIDTH, HEIGHT), random.Random(5).randbytes(WIDTH * HEIGHT))
    return Image.merge("RGB", (gradient, Image.blend(gradient.rotate(180), noise, 0.2), noise.point(lambda v: v // 2)))


def png(**options: Any) -> bytes:
    file = io.BytesIO()
    drawing().save(file, "PNG", **options)
    return file.getvalue()


def jpeg(**options: Any) -> bytes:
    file = io.BytesIO()
    drawing().save(file, "JPEG", **({"quality": 85} | options))
    return file.getvalue()


def with_chunk(*chunks: bytes) -> bytes:
    plain = png()
    return plain[:33] + b"".join(chunks) + plain[33:]


def with_segment(*segments: bytes) -> bytes:
    plain = jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def check(data: bytes) -> str:
    return captures.check(data, declared=None)


def refusal(data: bytes) -> str:
    with pytest.raises(ApiError) as refused:
        check(data)
    assert refused.value.code.name == "INVALID_INPUT"
    return refused.value.message


def oriented(orientation: int, *, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


# ---------------------------------------------------------------- metadata that nobody needs

NOISE = random.Random(6).randbytes(1_300_000)
WRONG = 0x12345678
KEPT = {
    "profile of 1.3 MB": with_chunk(chunk(b"iCCP", b"p\0\0" + zlib.compress(NOISE))),
    "profile that does not unpack": with_chunk(chunk(b"iCCP", b"p\0\0not zlib")),
    "profile without a name": with_chunk(chunk(b"iCCP", b"")),
    "text of 1.3 MB": with_chunk(chunk(b"tEXt", b"Comment\0" + b"a" * 1_300_000)),
    "compressed text of 80 MB": with_chunk(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000)))),
    "XMP of 1.3 MB": with_chunk(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x/>" * 330_000)),
    "XMP of 1.3 MB behind the pixels": png()[:-12] + chunk(b"iTXt", b"x\0\0\0\0\0" + b"a" * 1_300_000) + png()[-12:],
    "text that is not text": with_chunk(chunk(b"tEXt", b"\xff\xfe\xfd")),
    **{
        f"wrong checksum of {kind.decode()}": with_chunk(chunk(kind, body, WRONG))
        for kind, body in {
            b"pHYs": struct.pack(">IIB", 3780, 3780, 1),
            b"gAMA": struct.pack(">I", 45_455),
            b"iCCP": b"p\0\0" + zlib.compress(b"x"),
            b"tEXt": b"k\0v",
            b"tIME": bytes(7),
            b"eXIf": oriented(1),
            b"prVt": b"private",
        }.items()
    },
    "wrong checksum of IEND": png()[:-4] + bytes(4),
    "chunks of a wrong length": with_chunk(chunk(b"pHYs", b"1"), chunk(b"gAMA", b""), chunk(b"cHRM", b"123")),
    "no IEND": png()[:-12],
    "bytes behind the end of a PNG": png() + b"PK\3\4" * 1000,
    "half a chunk behind the pixels": png()[:-12] + struct.pack(">I", 5000) + b"tEXt",
    "an animation that is damaged": with_chunk(chunk(b"acTL", b"12"), chunk(b"fcTL", b"")),
    "pixels in many chunks": b"".join(
        [png()[:33], *(chunk(b"IDAT", bytes([each])) for each in bytes(captures.parse(png()).pixel_stream))]
    ),
    "bytes behind the end of a JPEG": jpeg() + b"\0" * 1000,
    "another JPEG behind the end": jpeg() * 2,
    "JPEG with a profile of which a part is missing": with_segment(
        segment(0xE2, b"ICC_PROFILE\0\1\3" + bytes(200)), segment(0xE2, b"ICC_PROFILE\0\3\3" + bytes(200))
    ),
    "JPEG with 1.3 MB of XMP": with_segment(
        *[segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(60_000))] * 22
    ),
    "JPEG with a multi-picture index that is damaged": with_segment(segment(0xE2, b"MPF\0II*\0\xff\xff\xff\xff")),
    "JPEG with EXIF that is damaged": with_segment(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
    "JPEG with EXIF that is cut off": with_segment(segment(0xE1, b"Exif\0\0MM")),
    "JPEG with fill bytes": with_segment(b"\xff" * 100),
    "JPEG with a comment": with_segment(segment(0xFE, b"made by hand")),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_a_picture_is_taken_whatever_stands_around_its_pixels(name: str) -> None:
    data = KEPT[name]

    kind = check(data)

    assert images.decode(data).tobytes() == images.decode(png() if kind == "image/png" else jpeg()).tobytes()


KINDS_OF_JPEG: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "optimised": {"optimize": True},
    "restart markers": {"restart_marker_rows": 1},
    "restart markers within rows": {"restart_marker_blocks": 3},
    "all chroma": {"subsampling": 0},
    "lowest quality": {"quality": 1},
}


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("kind", KINDS_OF_JPEG)
def test_a_jpeg_without_its_end_marker_is_whole(kind: str, missing: int) -> None:
    data = jpeg(**KINDS_OF_JPEG[kind])

    assert check(data[:-missing]) == "image/jpeg"
    assert images.decode(data[:-missing]).tobytes() == images.decode(data).tobytes()


def test_a_grey_jpeg_without_its_end_marker_is_whole() -> None:
    file = io.BytesIO()
    drawing().convert("L").save(file, "JPEG")

    assert check(file.getvalue()[:-2]) == "image/jpeg"


# ---------------------------------------------------------------- pixels that are missing


@pytest.mark.parametrize("percent", [20, 40, 50, 60, 80, 90, 97, 99])
@pytest.mark.parametrize("kind", KINDS_OF_JPEG)
def test_a_jpeg_that_is_cut_in_a_scan_is_refused(kind: str, percent: int) -> None:
    data = jpeg(**KINDS_OF_JPEG[kind])

    assert "incomplete" in refusal(data[: len(data) * percent // 100])


@pytest.mark.parametrize("kind", ["restart markers", "restart markers within rows"])
def test_a_jpeg_that_is_cut_at_a_restart_marker_is_refused(kind: str) -> None:
    data = jpeg(**KINDS_OF_JPEG[kind])
    start = data.index(b"\xff\xda")
    restarts = [at for at in range(start, len(data) - 1) if data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7]

    for at in (restarts[0], restarts[-1], restarts[-1] + 2):
        assert "incomplete" in refusal(data[:at])


def test_a_jpeg_that_is_cut_between_scans_is_refused() -> None:
    data = jpeg(progressive=True)
    scans = [at for at in range(len(data)) if data.startswith(b"\xff\xda", at)]

    for at in scans[1:]:
        tables = data.rindex(b"\xff\xc4", 0, at)
        assert "incomplete" in refusal(data[:at])
        assert "incomplete" in refusal(data[:tables])


def test_a_jpeg_that_is_cut_and_filled_with_zeros_is_refused() -> None:
    data = jpeg()

    assert "incomplete" in refusal(data[: len(data) // 2] + bytes(len(data)))


@pytest.mark.parametrize("left", [0, 1, 10, 100, 1000, -30, -14, -13])
def test_a_png_that_is_cut_in_its_pixels_is_refused(left: int) -> None:
    data = png()
    start = data.index(b"IDAT") + 4

    assert "incomplete" in refusal(data[: start + left if left >= 0 else len(data) + left])


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_png_whose_stream_ends_after_fewer_rows_is_refused(interlaced: bool, share: float) -> None:
    width, height = 96, 80
    whole = zlib.decompress(costly_images.filtered_rows(width, height, 8, interlaced=interlaced, row_filter=0))
    cut = int(height * share) * (width + 1)
    start = header(width, height, 8, 0, interlaced)

    assert check(start + chunk(b"IDAT", zlib.compress(whole)) + chunk(b"IEND")) == "image/png"
    assert "incomplete" in refusal(start + chunk(b"IDAT", zlib.compress(whole[:cut])) + chunk(b"IEND"))


def test_a_black_png_is_whole() -> None:
    assert check(pictures.png(color="#000000")) == "image/png"


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT"])
def test_a_wrong_checksum_of_what_is_needed_is_refused(kind: bytes) -> None:
    data = bytearray(png())
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at])
    data[at + 4 + length] ^= 1

    assert "damaged" in refusal(bytes(data))


# ---------------------------------------------------------------- sizes and formats


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_of_an_image_is_that_of_the_upright_one(orientation: int, order: str) -> None:
    exif = oriented(orientation, order=order)
    files = [
        jpeg(exif=b"Exif\0\0" + exif),
        with_chunk(chunk(b"eXIf", exif)),
        png()[:-12] + chunk(b"eXIf", exif) + png()[-12:],
    ]

    for data in files:
        assert captures.size(data) == ((HEIGHT, WIDTH) if orientation > 4 else (WIDTH, HEIGHT))
        assert images.decode(data).size == images.decode_guide(data).size == captures.size(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_exif_says(orientation: int) -> None:
    from PIL import ImageOps

    data = jpeg(exif=b"Exif\0\0" + oriented(orientation))

    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))

    assert images.decode(data).tobytes() == expected.tobytes()


def test_alpha_is_turned_with_the_colours() -> None:
    picture = drawing().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 20, 30))
    file = io.BytesIO()
    picture.save(file, "PNG")
    data = file.getvalue()

    _, alpha = images.decode_layered(data[:33] + chunk(b"eXIf", oriented(6)) + data[33:])

    assert alpha is not None
    assert alpha.size == (HEIGHT, WIDTH)
    assert (alpha.getpixel((HEIGHT - 1, 0)), alpha.getpixel((0, 0))) == (0, 255)


def test_what_was_stored_may_be_a_webp() -> None:
    for lossless in (False, True):
        file = io.BytesIO()
        drawing().save(file, "WEBP", lossless=lossless)
        data = file.getvalue()

        assert captures.check(data, declared=None, accepted=captures.STORED) == "image/webp"
        assert captures.size(data) == images.decode(data).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("options", [{"exif": b"Exif\0\0" + oriented(6)}, {"icc_profile": bytes(300)}])
def test_an_extended_webp_has_a_size_too(options: dict[str, bytes]) -> None:
    file = io.BytesIO()
    drawing().save(file, "WEBP", **options)

    upright = (HEIGHT, WIDTH) if "exif" in options else (WIDTH, HEIGHT)

    assert captures.size(file.getvalue()) == images.decode(file.getvalue()).size == upright


def test_no_upload_may_be_a_webp() -> None:
    with pytest.raises(ApiError) as refused:
        check(pictures.webp())

    assert refused.value.code.name == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("declared", ["image/jpg", "image/jpeg", "image/pjpeg"])
def test_a_jpeg_has_several_names(declared: str) -> None:
    assert captures.check(jpeg(), declared=declared) == "image/jpeg"


# ---------------------------------------------------------------- work

REFUSED = {
    "progressive JPEG, 20 MP, 7,000 empty scans": "more than 100 scans",
    "progressive JPEG, 0.8 MP, 100,000 empty scans": "more than 100 scans",
    "progressive JPEG, 40 MP, 90 scans": "91 scans, which is too many for its size",
    "progressive JPEG, 40 MP, 97 refinements": "99 scans, which is too many for its size",
    "arithmetic-coded JPEG, 40 MP": "arithmetic-coded",
    "JPEG with a million comments": "more than 10,000 segments",
    "JPEG with 200,000 code tables": "more than 10,000 segments",
    "PNG with 366,000 IDAT chunks": "more than 50,000 chunks",
    "PNG with 290,000 text chunks": "more than 50,000 chunks",
    "PNG with oversized palettes": "damaged",
}


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of bytes that each read of a decoder returned."""
    counts: list[int] = []

    class Counting(captures._TimedFile):
        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            counts.append(len(found))
            return found

    monkeypatch.setattr(captures, "_TimedFile", Counting)
    return counts


@pytest.mark.parametrize("name", UPLOADS)
def test_a_costly_upload_is_refused_or_its_work_is_bounded(name: str, fed: list[int]) -> None:
    data = UPLOADS[name]()
    assert len(data) <= LIMIT

    if name in REFUSED:
        assert REFUSED[name] in refusal(data)
        assert fed == []
        return

    parsed = captures.parse(data)
    assert parsed.width * parsed.height <= 40_000_000
    assert parsed.width * parsed.height * parsed.scans <= 1_000_000_000
    assert parsed.scans <= 100
    assert len(parsed.pixel_file) <= len(data) + 100
    if parsed.content_type == "image/png":
        assert parsed.pixel_bytes <= 8 * 40_000_000 + 2 * parsed.height + 100
    if parsed.width * parsed.height > 8_000_000:
        return  # the largest are decoded by benchmarks/uploads.py
    assert check(data) == parsed.content_type
    assert sum(fed) <= len(parsed.pixel_file) + 2_000  # Pillow reads headers twice
    assert max(fed) <= 16_384


def test_a_hundred_scans_are_taken() -> None:
    assert check(costly_images.progressive(160, 120, 1, 99)) == "image/jpeg"
    assert "more than 100 scans" in refusal(costly_images.progressive(160, 120, 1, 100))


@pytest.mark.parametrize("name", ["PNG of noise", "JPEG of noise", "PNG of empty Huffman blocks"])
def test_decoding_ends_at_the_deadline(name: str, fed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter(range(1_000_000))
    monkeypatch.setattr(captures, "thread_time", lambda: next(readings) / 10)

    assert "too long" in refusal(UPLOADS[name]())
    assert len(fed) <= 10 * captures.MAX_DECODE_SECONDS


def test_counting_the_rows_of_a_png_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = captures.parse(pictures.png(color="#000000"))
    picture = captures.decode(parsed)
    monkeypatch.setattr(captures, "thread_time", lambda: 10.0)

    with pytest.raises(captures._DeadlineError):
        captures._has_all_rows(parsed, picture, 9.0)


def test_the_worker_refuses_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter(range(1_000_000))
    monkeypatch.setattr(captures, "thread_time", lambda: 10.0 * next(readings))

    with pytest.raises(PermanentEngineError) as refused:
        images.decode(png())

    assert refused.value.code == "INVALID_INPUT"


def test_a_decoder_sees_nothing_but_pixels() -> None:
    parsed = image_files.parse(with_chunk(chunk(b"tEXt", b"k\0v"), chunk(b"iCCP", b"p\0\0x"), chunk(b"eXIf", b"II")))
    jpeg_file = image_files.parse(jpeg(exif=b"Exif\0\0" + oriented(6), icc_profile=bytes(300), comment=b"c")).pixel_file

    assert [kind for kind in (b"tEXt", b"iCCP", b"eXIf") if kind in parsed.pixel_file] == []
    assert [kind for kind in (b"Exif", b"ICC_PROFILE", b"\xff\xfe") if kind in jpeg_file] == []
