"""A reproducible corpus of broken and hostile images. As a program, it gives a share of them to the engine.

python -m tests.support.hostile_images WORKER WORKERS
"""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from renderiq.domain.renders import AspectRatio, Quality
from renderiq.engines import EngineRequest, PermanentEngineError
from renderiq.engines.images import crop_to_aspect, decode_layered
from tests.support.styles import NATURAL

SEED = 20
MUTATIONS = 26
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RENDERED_ALL_THE_WAY = 12
"""Every twelfth image and all of ``odd`` are rendered completely; the others only go through the engine's decoder."""


def drawing(mode: str = "RGB", size: tuple[int, int] = (160, 120)) -> Image.Image:
    picture = Image.new("RGB", size, (226, 230, 236))
    brush = ImageDraw.Draw(picture)
    width, height = size
    brush.rectangle((width * 0.2, height * 0.4, width * 0.7, height * 0.8), fill=(206, 202, 196))
    brush.rectangle((width * 0.3, height * 0.5, width * 0.4, height * 0.65), fill=(138, 178, 208))
    brush.polygon([(width * 0.15, height * 0.4), (width * 0.45, height * 0.2), (width * 0.75, height * 0.4)], "#a84c3a")
    return picture if mode == "RGB" else picture.convert(mode)


def file_of(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", right)


def png(width: int, height: int, depth: int, colour: int, data: bytes, *before: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return SIGNATURE + header + b"".join(before) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def after_header(data: bytes, *chunks: bytes) -> bytes:
    return data[:33] + b"".join(chunks) + data[33:]


@cache
def odd() -> dict[str, bytes]:
    """Valid pictures of uncommon kinds."""
    plain = drawing()
    sideways, broken = Image.Exif(), Image.Exif()
    sideways[0x0112], broken[0x0112] = 6, 99
    grey = drawing("L")
    deep = Image.frombytes("I;16", grey.size, b"".join(struct.pack("<H", level * 257) for level in grey.tobytes()))
    palette = plain.convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    png_file = file_of(plain)
    return {
        "16-bit grey": file_of(deep),
        "palette with transparency": file_of(palette, transparency=0),
        "palette with partial transparency": file_of(palette, transparency=bytes(range(16))),
        "CMYK JPEG": file_of(drawing("CMYK"), "JPEG"),
        "grey JPEG": file_of(grey, "JPEG"),
        "progressive JPEG": file_of(plain, "JPEG", progressive=True),
        "interlaced PNG": interlaced(plain),
        "APNG": file_of(plain, save_all=True, append_images=[plain.rotate(3), plain.rotate(6)]),
        "MPO": file_of(plain, "MPO", save_all=True, append_images=[plain.rotate(3)]),
        "grey with alpha": file_of(drawing("LA")),
        "clear picture": file_of(Image.new("RGBA", (160, 120), (0, 0, 0, 0))),
        "1-bit": file_of(drawing("1")),
        "grey with tRNS": file_of(grey, transparency=230),
        "RGB with tRNS": file_of(plain, transparency=(226, 230, 236)),
        "broken iCCP": file_of(plain, icc_profile=b"no profile at all"),
        "iCCP that does not unpack": after_header(png_file, chunk(b"iCCP", b"name\0\0not zlib")),
        "gAMA of zero": after_header(png_file, chunk(b"gAMA", struct.pack(">I", 0))),
        "EXIF rotated": file_of(plain, "JPEG", exif=sideways),
        "broken EXIF": file_of(plain, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
        "EXIF orientation 99": file_of(plain, "JPEG", exif=broken),
        "PNG with rubbish behind it": png_file + b"PK\x03\x04" * 500,
        "very wide": file_of(Image.new("RGB", (4000, 70), "teal")),
        "very tall": file_of(Image.new("RGB", (70, 4000), "teal")),
        "one pixel": file_of(Image.new("RGB", (1, 1))),
    }


@cache
def refused() -> dict[str, bytes]:
    """Files that a decoder must not or cannot decode."""
    plain = file_of(drawing())
    photo = file_of(drawing(), "JPEG")
    text_bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000, 1))
    found = {
        "empty": b"",
        "a GIF": file_of(drawing(), "GIF"),
        "a BMP": file_of(drawing(), "BMP"),
        "a WebP": file_of(drawing(), "WEBP"),
        "a TIFF": file_of(drawing(), "TIFF"),
        "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "a PDF": b"%PDF-1.7\n1 0 obj<<>>endobj",
        "EPS in PNG's clothing": SIGNATURE + b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run",
        "bomb of one colour": png(30_000, 30_000, 1, 0, b"\0" * (3751 * 2000)),
        "44 megapixels": file_of(Image.new("1", (8000, 5500))),
        "width of 2 billion": png(2_000_000_000, 1, 8, 2, b"\0" * 10),
        "height of 2 billion": png(1, 2_000_000_000, 8, 2, b"\0" * 10),
        "no width": png(0, 10, 8, 2, b"\0" * 10),
        "depth of 3 bits": png(10, 10, 3, 0, b"\0" * 100),
        "colour type 5": png(10, 10, 8, 5, b"\0" * 400),
        "too little data": png(400, 400, 8, 2, b"\0" * 1000),
        "palette without colours": png(10, 10, 8, 3, b"\0" * 110),
        "zTXt bomb": after_header(plain, text_bomb),
        "many text bombs": after_header(plain, *[text_bomb] * 8),
        "iCCP bomb": after_header(plain, chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"\0" * 80_000_000, 1))),
        "wrong checksum": after_header(plain, chunk(b"gAMA", struct.pack(">I", 45455), checksum=1)),
        "chunk longer than the file": after_header(plain, struct.pack(">I", 0x7FFFFFFF) + b"tEXt"),
        "JPEG of 65535 squared": photo.replace(struct.pack(">HH", 120, 160), struct.pack(">HH", 65535, 65535), 1),
        "JPEG's first bytes": b"\xff\xd8\xff",
        "PNG's first bytes": SIGNATURE,
    }
    for percent in (10, 30, 50, 70, 90, 99):
        found[f"PNG cut at {percent} %"] = plain[: len(plain) * percent // 100]
        found[f"JPEG cut at {percent} %"] = photo[: len(photo) * percent // 100]
    return found


def interlaced(picture: Image.Image) -> bytes:
    """An Adam7 PNG, which Pillow reads but does not write."""
    width, height = picture.size
    pixels = picture.tobytes()
    rows = bytearray()
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for y in range(y0, height, dy):
            rows.append(0)
            for x in range(x0, width, dx):
                at = 3 * (y * width + x)
                rows += pixels[at : at + 3]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1))
    return SIGNATURE + header + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")


def _flipped(data: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(dice.choice((1, 3, 12))):
        spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
    return bytes(spoiled)


def _cut_out(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(8, len(data))
    return data[:start] + data[start + dice.randrange(1, 200) :]


def _doubled(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(8, len(data))
    piece = data[start : start + dice.randrange(1, 200)]
    return data[:start] + piece * dice.randrange(2, 9) + data[start:]


def _new_numbers(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(8, max(9, min(len(data) - 4, 600)))
    return data[:at] + struct.pack(">I", dice.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65535))) + data[at + 4 :]


@cache
def corpus() -> dict[str, bytes]:
    """Every image by its name."""
    found = odd() | refused()
    dice = random.Random(SEED)
    bases = {"PNG": file_of(drawing()), "JPEG": file_of(drawing(), "JPEG")}
    bases |= {name: odd()[name] for name in ("palette with transparency", "progressive JPEG")}
    spoil: dict[str, Callable[[bytes, random.Random], bytes]] = {
        "flipped bits": _flipped,
        "a piece missing": _cut_out,
        "a piece repeated": _doubled,
        "numbers replaced": _new_numbers,
    }
    for base, data in bases.items():
        for what, change in spoil.items():
            for number in range(MUTATIONS // 2):
                found[f"{base}, {what}, {number}"] = change(data, dice)
    return found


def verdict(name: str, data: bytes, *, whole: bool) -> str:
    """Returns ``rendered`` or the code of the rejection. Raises any other exception, a defect of the engine."""
    from renderiq.engines.preview import PreviewEngine

    request = EngineRequest(data, NATURAL, Quality.STANDARD, AspectRatio.SQUARE, seed=1)
    try:
        if whole:
            PreviewEngine().render(request, lambda _: None, lambda: False)
        else:
            crop_to_aspect(decode_layered(data)[0], (64, 64)).load()
    except PermanentEngineError as error:
        return error.code
    return "rendered"


def main(worker: int, workers: int) -> None:
    # An image that needs more memory than this fails here.
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    for number, (name, data) in enumerate(corpus().items()):
        if number % workers == worker:
            whole = name in odd() or number % RENDERED_ALL_THE_WAY == worker
            print(json.dumps({name: verdict(name, data, whole=whole)}), flush=True)
    print(json.dumps({f"peak {worker}": peak_megabytes()}), flush=True)


def peak_megabytes() -> str:
    """Returns the peak memory of this process. ``getrusage`` may return that of the process that started it."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return str(int(line.split()[1]) // 1024)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
