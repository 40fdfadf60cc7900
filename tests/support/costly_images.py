"""Uploads within the size limit that try to cost a decoder as much time or memory as they can."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import Final

from PIL import Image

LIMIT: Final = 4_400_000
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PLAIN_ROWS: Final = zlib.compress((b"\0" + bytes(2400)) * 600)
_ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


# ---------------------------------------------------------------- PNG


def chunk(kind: bytes, data: bytes = b"", checksum: int | None = None) -> bytes:
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data) if checksum is None else checksum)
    )


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlaced: bool = False) -> bytes:
    return PNG_SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def filtered_rows(width: int, height: int, bits: int, *, interlaced: bool = False, row_filter: int = 4) -> bytes:
    """The zlib stream of an image whose bytes are all zero, each row with ``row_filter`` (4 is Paeth, the dearest)."""
    packer = zlib.compressobj(1)
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    stream = b""
    for x0, y0, dx, dy in passes:
        columns, rows = -(-(width - x0) // dx), -(-(height - y0) // dy)
        row = bytes([row_filter]) + bytes(-(-columns * bits // 8))
        stream += b"".join(packer.compress(row) for _ in range(rows))
    return stream + packer.flush()


def zero_png(width: int, height: int, depth: int = 8, colour: int = 2, *, interlaced: bool = False) -> bytes:
    stream = filtered_rows(width, height, depth * _CHANNELS[colour], interlaced=interlaced)
    return header(width, height, depth, colour, interlaced) + chunk(b"IDAT", stream) + chunk(b"IEND")


def tiny_data_chunks() -> bytes:
    one = chunk(b"IDAT")
    head, tail = header(800, 600), chunk(b"IDAT", PLAIN_ROWS) + chunk(b"IEND")
    return head + one * ((LIMIT - len(head) - len(tail)) // len(one)) + tail


def with_chunks(*extra: bytes) -> bytes:
    return header(800, 600) + b"".join(extra) + chunk(b"IDAT", PLAIN_ROWS) + chunk(b"IEND")


def tiny_text_chunks() -> bytes:
    one = chunk(b"tEXt", b"k\0v")
    return with_chunks(one * ((LIMIT - 5000) // len(one)))


def text_bombs() -> bytes:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000_000), 9))
    return with_chunks(*[bomb] * ((LIMIT - 5000) // len(bomb)))


def profile_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return with_chunks(chunk(b"iCCP", b"icc\0\0\x78\xda" + once * ((LIMIT - 5000) // len(once))))


def large_profile() -> bytes:
    dice = random.Random(1)
    return with_chunks(chunk(b"iCCP", b"icc\0\0" + zlib.compress(dice.randbytes(LIMIT - 9000))))


def many_frames() -> bytes:
    frame = PLAIN_ROWS
    pieces = [header(800, 600), chunk(b"acTL", struct.pack(">II", 10_000, 0))]
    pieces.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 800, 600, 0, 0, 1, 10, 0, 0)) + chunk(b"IDAT", frame))
    size, number = sum(map(len, pieces)), 1
    while size < LIMIT - 4000:
        control = struct.pack(">IIIIIHHBB", number, 800, 600, 0, 0, 1, 10, 0, 0)
        pieces.append(chunk(b"fcTL", control) + chunk(b"fdAT", struct.pack(">I", number + 1) + frame))
        size, number = size + len(pieces[-1]), number + 2
    return b"".join(pieces) + chunk(b"IEND")


def tiny_stored_blocks() -> bytes:
    """A zlib stream of blocks that hold one byte each."""
    raw = (b"\0" + bytes(3 * 800)) * 300
    blocks = b"".join(b"\0\x01\0\xfe\xff" + raw[at : at + 1] for at in range(len(raw)))
    stream = b"\x78\x01" + blocks + b"\x01\0\0\xff\xff" + struct.pack(">I", zlib.adler32(raw))
    return header(800, 300) + chunk(b"IDAT", stream) + chunk(b"IEND")


def empty_huffman_blocks() -> bytes:
    """A zlib stream of blocks that each define their codes anew and hold nothing."""
    bits = _Bits()
    bits.add(0, 1).add(2, 2)  # dynamic, not the last
    bits.add(0, 5).add(0, 5).add(14, 4)  # 257 literal codes, 1 distance code, 18 lengths of lengths
    # Order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: 18 and 1 with one bit each
    lengths = {18: 1, 1: 1}
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        bits.add(lengths.get(symbol, 0), 3)
    # Codes in order of symbols: 1 -> 0, 18 -> 1. 138 + 118 zeros, then lengths of one for 256 and the distance.
    bits.add(1, 1).add(127, 7).add(1, 1).add(107, 7).add(0, 1).add(0, 1)
    bits.add(0, 1)  # the end of the block
    while bits.length % 8:  # a whole number of bytes: stored empty blocks would cost less
        bits.repeat()
    unit = bits.to_bytes()
    stream = b"\x78\x01" + unit * ((LIMIT - 4000) // len(unit))
    stream += PLAIN_ROWS[2:]
    return header(800, 600) + chunk(b"IDAT", stream) + chunk(b"IEND")


class _Bits:
    """Bits of a deflate stream, the lowest first."""

    def __init__(self) -> None:
        self.value = self.length = 0

    def add(self, value: int, count: int) -> _Bits:
        self.value |= value << self.length
        self.length += count
        return self

    def repeat(self) -> None:
        value, length = self.value, self.length
        for _ in range(7):
            self.add(value, length)

    def to_bytes(self) -> bytes:
        return self.value.to_bytes(self.length // 8, "little")


def large_palette() -> bytes:
    """More colours than a palette may have, and suggested palettes."""
    suggested = chunk(b"sPLT", b"p\0\x08" + bytes(6) * 300_000)
    palette = chunk(b"PLTE", bytes(3) * 800_000)
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + bytes(800)) * 600))
    return header(800, 600, 8, 3) + suggested + palette + pixels + chunk(b"IEND")


def directory_loop() -> bytes:
    """EXIF whose directories refer to themselves and to each other, with as many entries as fit."""
    entries = b"".join(struct.pack("<HHII", 0x8769 + i % 3 * 0x1BBC, 4, 1, 8) for i in range(65_535))
    exif = b"II*\0" + struct.pack("<IH", 8, 65_535) + entries + struct.pack("<I", 8)
    return with_chunks(*[chunk(b"eXIf", exif)] * 5)


# ---------------------------------------------------------------- JPEG


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def tables() -> bytes:
    """Quantisation by one, a code of one bit for 0 and two for others: DC 0 is ``0``; AC EOB is ``0``, EOB14 ``10``."""
    quantisation = segment(0xDB, b"\0" + b"\1" * 64)
    dc = segment(0xC4, b"\x00" + bytes([1, 1] + [0] * 14) + b"\0\1")
    ac = segment(0xC4, b"\x10" + bytes([1, 1] + [0] * 14) + b"\0\xe0")
    return quantisation + dc + ac


def frame(marker: int, width: int, height: int, components: int) -> bytes:
    each = b"".join(bytes([number + 1, 0x11, 0]) for number in range(components))
    return segment(marker, struct.pack(">BHHB", 8, height, width, components) + each)


def scan(components: tuple[int, ...], first: int, last: int, data: bytes, shift: int = 0) -> bytes:
    each = b"".join(bytes([number, 0]) for number in components)
    return segment(0xDA, bytes([len(components)]) + each + bytes([first, last, shift])) + data


def empty_scan(component: int, blocks: int, shift: int = 0) -> bytes:
    """A progressive scan of AC coefficients in which no block has any."""
    # EOB14 is ``10`` and 14 bits: a run of 16,384 and what those bits say.
    runs, bits = -(-blocks // 32_766), ""
    for _ in range(runs):
        bits += "10" + "1" * 13 + "0"
    data = int(bits, 2).to_bytes(2 * runs, "big").replace(b"\xff", b"\xff\0")
    return scan((component,), 1, 63, data, shift)


def progressive(width: int, height: int, components: int, scans: int) -> bytes:
    """A progressive picture of one grey: a scan of DC, and ``scans`` more that change nothing."""
    blocks = -(-width // 8) * -(-height // 8)
    dc = scan(tuple(range(1, components + 1)), 0, 0, bytes(-(-blocks * components // 8)))
    more = [empty_scan(1 + number % components, blocks) for number in range(min(components, scans))]
    refine = [empty_scan(1 + number % components, blocks) for number in range(scans - len(more))]
    return b"\xff\xd8" + tables() + frame(0xC2, width, height, components) + dc + b"".join(more + refine) + b"\xff\xd9"


def refinements(width: int, height: int, scans: int, size: int) -> bytes:
    """A progressive picture whose scans refine the coefficients of one that is random."""
    blocks = -(-width // 8) * -(-height // 8)
    dc = scan((1, 2, 3), 0, 0, bytes(-(-3 * blocks // 8)), 1)
    first = scan((1,), 1, 63, random.Random(1).randbytes(size).replace(b"\xff", b"\xfe"))
    more = scan((1,), 1, 63, b"\x55\x11" * (size // 2), 0x10) * scans
    return b"\xff\xd8" + tables() + frame(0xC2, width, height, 3) + dc + first + more + b"\xff\xd9"


def baseline(width: int, height: int, components: int, restart: bool = False) -> bytes:
    """A baseline picture of one grey; ``restart`` puts a restart marker behind each block."""
    blocks = -(-width // 8) * -(-height // 8)
    if restart:
        cycle = b"".join(b"\x3f\xff" + bytes([0xD0 + number]) for number in range(8))
        data = (cycle * (-(-blocks // 8)))[: 3 * blocks - 2]
    else:
        data = bytes(-(-2 * blocks * components // 8))
    interval = segment(0xDD, struct.pack(">H", 1)) if restart else b""
    head = b"\xff\xd8" + tables() + interval + frame(0xC0, width, height, components)
    return head + scan(tuple(range(1, components + 1)), 0, 63, data) + b"\xff\xd9"


def arithmetic(width: int, height: int, size: int) -> bytes:
    dice = random.Random(2)
    data = dice.randbytes(size).replace(b"\xff", b"\xfe")
    head = b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64) + frame(0xC9, width, height, 3)
    return head + scan((1, 2, 3), 0, 63, data) + b"\xff\xd9"


def tiny_segments() -> bytes:
    plain = photo(800, 600)
    return plain[:2] + segment(0xFE, b"") * ((LIMIT - len(plain)) // 4) + plain[2:]


def tiny_tables() -> bytes:
    plain = photo(800, 600)
    table = segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\0")
    return plain[:2] + table * ((LIMIT - len(plain)) // len(table)) + plain[2:]


def fill_bytes() -> bytes:
    plain = photo(800, 600)
    return plain[:2] + b"\xff" * (LIMIT - len(plain)) + plain[2:]


def zero_bytes_after_markers() -> bytes:
    plain = photo(800, 600)
    return plain[:-2] + b"\xff\x00" * ((LIMIT - len(plain)) // 2) + plain[-2:]


def photo(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.frombytes("L", (width, height), random.Random(4).randbytes(width * height)).save(file, "JPEG", quality=30)
    return file.getvalue()


def many_pictures() -> bytes:
    """A JPEG whose multi-picture index lists thousands of pictures."""
    plain, count = photo(800, 600), 4000
    entries = b"".join(struct.pack("<IIIHH", 0x030000, len(plain), 0, 0, 0) for _ in range(count))
    index = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, count)
    index += struct.pack("<HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4)
    body = b"MPF\0" + b"II*\0" + struct.pack("<IH", 8, 3) + index + struct.pack("<I", 0) + entries
    joined = plain[:2] + segment(0xE2, body) + plain[2:]
    return (joined + plain * (LIMIT // len(plain)))[:LIMIT]


def noise(kind: str, side: int) -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(3).randbytes(3 * side * side)).save(file, kind)
    return file.getvalue()


UPLOADS: Final[dict[str, Callable[[], bytes]]] = {
    "progressive JPEG, 20 MP, 7,000 empty scans": partial(progressive, 5000, 4000, 1, 7000),
    "progressive JPEG, 0.8 MP, 100,000 empty scans": partial(progressive, 1024, 768, 1, 100_000),
    "progressive JPEG, 40 MP, 90 scans": partial(progressive, 8000, 5000, 3, 90),
    "progressive JPEG, 40 MP, 97 refinements": partial(refinements, 8000, 5000, 97, 40_000),
    "progressive JPEG, 40 MP, 23 refinements": partial(refinements, 8000, 5000, 23, 170_000),
    "progressive JPEG, 10 MP, 97 refinements": partial(refinements, 4000, 2500, 97, 40_000),
    "progressive JPEG, 40 MP, 24 empty scans": partial(progressive, 8000, 5000, 3, 24),
    "progressive JPEG, 40 MP, four components": partial(progressive, 8000, 5000, 4, 8),
    "progressive JPEG, 40 MP, without its end": lambda: progressive(8000, 5000, 3, 9)[:-2],
    "arithmetic-coded JPEG, 40 MP": partial(arithmetic, 8000, 5000, 40_000),
    "JPEG, 65500 x 610": partial(baseline, 65_500, 610, 3),
    "JPEG, 40 MP, four components": partial(baseline, 8000, 5000, 4),
    "JPEG with a restart marker behind each block": partial(baseline, 8000, 5000, 1, restart=True),
    "JPEG with a million comments": tiny_segments,
    "JPEG with 200,000 code tables": tiny_tables,
    "JPEG with 4 MB of fill bytes": fill_bytes,
    "JPEG with 4 MB of stuffed bytes": zero_bytes_after_markers,
    "MPO with 4,000 pictures": many_pictures,
    "JPEG of noise": partial(noise, "JPEG", 2500),
    "PNG, 40 MP, 16-bit RGBA": partial(zero_png, 8000, 5000, 16, 6),
    "PNG, 40 MP, 16-bit RGBA, interlaced": partial(zero_png, 8000, 5000, 16, 6, interlaced=True),
    "PNG, 40 MP, 1 bit, interlaced": partial(zero_png, 8000, 5000, 1, 0, interlaced=True),
    "PNG with 366,000 IDAT chunks": tiny_data_chunks,
    "PNG with 290,000 text chunks": tiny_text_chunks,
    "PNG with 75 zTXt bombs": text_bombs,
    "PNG with an iCCP bomb of 4 GB": profile_bomb,
    "PNG with a profile of 4.4 MB": large_profile,
    "PNG with EXIF loops": directory_loop,
    "PNG with oversized palettes": large_palette,
    "PNG of 720,000 stored blocks": tiny_stored_blocks,
    "PNG of empty Huffman blocks": empty_huffman_blocks,
    "APNG with 3,000 frames": many_frames,
    "PNG of noise": partial(noise, "PNG", 1200),
}
