"""Reads the structure of PNG, JPEG and WebP files, without decoding their pixels.

``parse`` returns a file that holds only what a decoder needs for the pixels. Profiles, text, EXIF, further frames and
bytes behind the end never reach a decoder: they can neither spoil an image nor make it expensive.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from renderiq.errors import ApiError, ErrorCode

MAX_SCANS: Final = 100
MAX_CHUNKS: Final = 50_000
MAX_SEGMENTS: Final = 10_000
MAX_PROFILE_BYTES: Final = 4_000_000

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"

ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The passes of an interlaced PNG: first column, first row, and the steps between columns and rows."""

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE: Final = 3
_MAX_PALETTE_BYTES: Final = 768
_NEXT_MARKER: Final = re.compile(rb"\xff[\x01-\xfe]")
_NEXT_MARKER_IN_SCAN: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_PROGRESSIVE: Final = 0xC2
_SCAN: Final = 0xDA
_END: Final = 0xD9
_RESTART_INTERVAL: Final = 0xDD
_FRAMES: Final = frozenset({0xC0, 0xC1, _PROGRESSIVE})
_OTHER_FRAMES: Final = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_TABLES: Final = frozenset({0xC4, 0xDB})
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_ORIENTATION_TAG: Final = 0x0112


@dataclass(slots=True, kw_only=True)
class ParsedImage:
    """What an image file says about itself. ``width`` and ``height`` are those of the stored pixels."""

    content_type: str
    width: int
    height: int
    pixel_file: bytes = b""
    """A file of the same format that holds the pixels and nothing else."""
    orientation: int = 1
    """1 to 8, as in EXIF."""
    bit_depth: int = 8
    colour_type: int = -1
    """The colour type of a PNG."""
    transparent_samples: tuple[int, ...] = ()
    """The grey level or the red, green and blue, as stored, that are transparent in a PNG without an alpha channel."""
    gamma: int = 0
    """The ``gAMA`` chunk of a PNG: the exponent that made the samples, times 100,000. 0 if it is absent."""
    chromaticities: tuple[int, ...] = ()
    """The ``cHRM`` chunk of a PNG: x and y of white, red, green and blue, times 100,000."""
    coding_points: tuple[int, ...] = ()
    """The ``cICP`` chunk of a PNG: primaries, transfer, matrix and range as in ITU-T H.273."""
    is_srgb: bool = False
    """Whether a PNG has an ``sRGB`` chunk."""
    interlaced: bool = False
    is_complete: bool = True
    """Whether the end of a JPEG was found. If not, only decoding tells whether pixels are missing."""
    is_adobe: bool = False
    """Whether a JPEG has Adobe's marker. CMYK samples are inverted then."""
    scans: int = 0
    compressed_profile: bytes = b""
    profile_parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def upright_size(self) -> tuple[int, int]:
        """``(width, height)`` after the orientation is applied."""
        return (self.height, self.width) if self.orientation > 4 else (self.width, self.height)

    @property
    def pixel_bytes(self) -> int:
        """The number of bytes that the ``IDAT`` chunks of a PNG unpack to."""
        bits = self.bit_depth * _CHANNELS[self.colour_type]
        total = 0
        for x0, y0, dx, dy in ADAM7 if self.interlaced else ((0, 0, 1, 1),):
            columns, rows = -(-(self.width - x0) // dx), -(-(self.height - y0) // dy)
            total += rows * (1 + -(-columns * bits // 8)) if columns > 0 else 0
        return total

    @property
    def pixel_stream(self) -> memoryview:
        """The zlib stream of a PNG."""
        # The last two chunks of ``pixel_file`` are IDAT, and IEND of 12 bytes. IDAT ends with a checksum of 4 bytes.
        start = self.pixel_file.index(b"IDAT", 33) + 4
        return memoryview(self.pixel_file)[start:-16]

    def icc_profile(self) -> bytes | None:
        """Returns the ICC profile, or None if there is none, if it is damaged, or if it is over 4 MB."""
        if self.compressed_profile:
            unpack = zlib.decompressobj()
            try:
                profile = unpack.decompress(self.compressed_profile, MAX_PROFILE_BYTES + 1)
            except zlib.error:
                return None
        else:
            if sorted(self.profile_parts) != list(range(1, len(self.profile_parts) + 1)):
                return None
            profile = b"".join(part for _, part in sorted(self.profile_parts.items()))
        return profile if 128 < len(profile) <= MAX_PROFILE_BYTES else None


def parse(data: bytes) -> ParsedImage:
    """Reads the structure of a file.

    Raises ``UNSUPPORTED_MEDIA_TYPE`` for another format, and ``INVALID_INPUT`` for a file that is empty, damaged,
    incomplete, or made of an unreasonable number of parts.
    """
    if not data:
        raise ApiError(ErrorCode.INVALID_INPUT, "The image is empty.")
    if data.startswith(_PNG_SIGNATURE):
        return _parse_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _JpegParser().parse(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _parse_webp(data)
    raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The image is neither a PNG nor a JPEG. Send a PNG or a JPEG.")


def peek(head: bytes) -> ParsedImage | None:
    """Reads the size and the orientation from the beginning of a PNG or JPEG file.

    Returns None if the beginning is too short to tell. Raises ``UNSUPPORTED_MEDIA_TYPE`` for another format, and
    ``INVALID_INPUT`` for a damaged header.
    """
    if head.startswith(_PNG_SIGNATURE):
        return _peek_png(head)
    if head.startswith(b"\xff\xd8\xff"):
        return _peek_jpeg(head)
    raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The image is neither a PNG nor a JPEG. Send a PNG or a JPEG.")


def damaged() -> ApiError:
    """Returns the error for an image that cannot be decoded completely."""
    return ApiError(ErrorCode.INVALID_INPUT, "The image is damaged or incomplete. Send the whole file.")


def _refused(problem: str) -> ApiError:
    return ApiError(ErrorCode.INVALID_INPUT, f"The image {problem}.")


# ---------------------------------------------------------------- PNG


def _parse_png(data: bytes) -> ParsedImage:
    parsed: ParsedImage | None = None
    palette = transparency = b""
    pixels: list[memoryview] = []
    view, at = memoryview(data), len(_PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            if not pixels or kind == b"IDAT":
                raise damaged()
            break
        # Only a critical chunk, whose name begins with a capital, has to be right.
        if kind in {b"IHDR", b"PLTE", b"IDAT"} and zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end]
        ):
            raise damaged()
        if (kind == b"IHDR") != (parsed is None):
            raise damaged()
        if kind == b"IEND":
            break
        body = view[at + 8 : end - 4]
        at = end
        if parsed is None:
            parsed = _parse_png_header(body)
        elif kind == b"IDAT":
            pixels.append(body)
        elif kind == b"PLTE":
            palette = bytes(body)
        elif kind == b"tRNS":
            transparency = bytes(body)
        else:
            _add_png_metadata(parsed, kind, bytes(body))
    else:
        raise _refused(f"has more than {MAX_CHUNKS:,} chunks. Save it with larger IDAT chunks")
    if parsed is None or not pixels:
        raise damaged()
    if parsed.colour_type == _PALETTE and (not palette or len(palette) % 3 or len(palette) > _MAX_PALETTE_BYTES):
        raise damaged()
    channels = _CHANNELS[parsed.colour_type]
    if parsed.colour_type in {0, 2} and len(transparency) == 2 * channels:
        # Only as many of the lower bits count as a sample has.
        top = (1 << parsed.bit_depth) - 1
        parsed.transparent_samples = tuple(each & top for each in struct.unpack(f">{channels}H", transparency))
    parts: list[bytes | memoryview] = [_PNG_SIGNATURE, view[8:33]]
    if parsed.colour_type == _PALETTE:
        parts += _chunk(b"PLTE", palette)
        if transparency:
            parts += _chunk(b"tRNS", transparency[: len(palette) // 3])
    parsed.pixel_file = b"".join((*parts, *_chunk(b"IDAT", *pixels), *_chunk(b"IEND")))
    return parsed


def _peek_png(head: bytes) -> ParsedImage | None:
    parsed: ParsedImage | None = None
    view, at = memoryview(head), len(_PNG_SIGNATURE)
    while at + 8 <= len(head):
        length, kind = struct.unpack_from(">I4s", head, at)
        if (kind == b"IHDR") != (parsed is None):
            raise damaged()
        if kind in {b"IDAT", b"IEND"}:
            return parsed
        if at + 12 + length > len(head):
            return None
        body = view[at + 8 : at + 8 + length]
        if parsed is None:
            parsed = _parse_png_header(body)
        else:
            _add_png_metadata(parsed, kind, bytes(body))
        at += 12 + length
    return None


def _parse_png_header(body: memoryview) -> ParsedImage:
    if len(body) != 13:
        raise damaged()
    width, height, depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", body)
    if not width or not height or colour_type not in _CHANNELS or depth not in {1, 2, 4, 8, 16} or interlace > 1:
        raise damaged()
    return ParsedImage(
        content_type=PNG,
        width=width,
        height=height,
        bit_depth=depth,
        colour_type=colour_type,
        interlaced=bool(interlace),
    )


def _add_png_metadata(parsed: ParsedImage, kind: bytes, body: bytes) -> None:
    if kind == b"eXIf" and parsed.orientation == 1:
        parsed.orientation = _exif_orientation(body)
    elif kind == b"iCCP":
        # A name of up to 79 bytes, a zero, the compression method, which is 0, and the stream.
        end_of_name = body.find(b"\0", 0, 80)
        if end_of_name >= 0:
            parsed.compressed_profile = body[end_of_name + 2 :]
    elif kind == b"gAMA" and len(body) == 4:
        parsed.gamma = int.from_bytes(body)
    elif kind == b"cHRM" and len(body) == 32:
        parsed.chromaticities = struct.unpack(">8I", body)
    elif kind == b"cICP" and len(body) == 4:
        parsed.coding_points = tuple(body)
    elif kind == b"sRGB":
        parsed.is_srgb = True


def _chunk(kind: bytes, *bodies: bytes | memoryview) -> tuple[bytes | memoryview, ...]:
    checksum = zlib.crc32(kind)
    for body in bodies:
        checksum = zlib.crc32(body, checksum)
    length = sum(map(len, bodies))
    return struct.pack(">I", length), kind, *bodies, struct.pack(">I", checksum)


# ---------------------------------------------------------------- JPEG


@dataclass(slots=True)
class _Component:
    across: int
    down: int
    bits_to_come: list[int] = field(default_factory=lambda: [_NO_BITS] * 64)
    """For each of the 64 coefficients, how many of its lowest bits no scan has sent. A large number if none was."""


_NO_BITS: Final = 99
_MIN_FILL: Final = 16


class _JpegParser:
    """Collects what the segments of one JPEG say."""

    def __init__(self) -> None:
        self._parsed = ParsedImage(content_type=JPEG, width=0, height=0)
        self._components: dict[int, _Component] = {}
        self._progressive = False
        self._restart_interval = 0
        self._last_scan: tuple[list[_Component], memoryview] | None = None

    def parse(self, data: bytes) -> ParsedImage:
        parts: list[bytes | memoryview] = [b"\xff\xd8"]
        complete = False
        for marker, body, samples in _jpeg_segments(data):
            if marker == _END:
                complete = True
            elif self._add(marker, body, samples):
                parts += (struct.pack(">BBH", 0xFF, marker, len(body) + 2), body, samples)
        if self._last_scan is None:
            raise damaged()
        if complete:
            parts.append(b"\xff\xd9")
        else:
            self._check_without_end()
            parts[-1] = _without_fill(parts[-1])
        self._parsed.is_complete = complete
        self._parsed.pixel_file = b"".join(parts)
        return self._parsed

    def _add(self, marker: int, body: bytes, samples: memoryview) -> bool:
        """Returns whether a decoder needs the segment."""
        if marker in _FRAMES:
            self._add_frame(body)
            self._progressive = marker == _PROGRESSIVE
        elif marker in _OTHER_FRAMES:
            raise _refused("is a lossless, hierarchical or arithmetic-coded JPEG. Save it as a baseline JPEG")
        elif marker == _SCAN:
            self._last_scan = self._add_scan(body), samples
        elif marker == _RESTART_INTERVAL:
            self._restart_interval = int.from_bytes(body[:2])
        elif marker not in _TABLES:
            return _add_jpeg_metadata(self._parsed, marker, body)
        return True

    def _add_frame(self, body: bytes) -> None:
        if self._components or len(body) < 6 or len(body) < 6 + 3 * body[5]:
            raise damaged()
        depth, self._parsed.height, self._parsed.width, count = struct.unpack_from(">BHHB", body)
        if not self._parsed.width or not self._parsed.height or not count:
            raise damaged()
        if depth != 8:
            raise _refused(f"is a JPEG of {depth} bits. Save it with 8 bits")
        for at in range(6, 6 + 3 * count, 3):
            self._components[body[at]] = _Component(body[at + 1] >> 4, body[at + 1] & 15)

    def _add_scan(self, body: bytes) -> list[_Component]:
        self._parsed.scans += 1
        if self._parsed.scans > MAX_SCANS:
            raise _refused(f"has more than {MAX_SCANS} scans. Save it as a baseline JPEG")
        count = body[0] if body else 0
        if not 1 <= count <= 4 or len(body) < 4 + 2 * count:
            raise damaged()
        chosen = [self._components[each] for each in body[1 : 1 + 2 * count : 2] if each in self._components]
        first, last, shifts = body[1 + 2 * count : 4 + 2 * count] if self._progressive else (0, 63, 0)
        if len(chosen) != count or last > 63:
            raise damaged()
        for component in chosen:
            for coefficient in range(first, last + 1):
                component.bits_to_come[coefficient] = shifts & 15
        return chosen

    def _check_without_end(self) -> None:
        """Raises ``INVALID_INPUT`` if scans or restart markers are missing that the pixels need."""
        if any(any(component.bits_to_come) for component in self._components.values()):
            raise damaged()
        if self._restart_interval and self._last_scan:
            chosen, samples = self._last_scan
            if len(_RESTART.findall(samples)) < (self._units(chosen) - 1) // self._restart_interval:
                raise damaged()

    def _units(self, chosen: list[_Component]) -> int:
        """Returns the number of minimum coded units of a scan (ITU-T T.81, A.2)."""
        width, height = self._parsed.width, self._parsed.height
        across = max(each.across for each in self._components.values()) or 1
        down = max(each.down for each in self._components.values()) or 1
        if len(chosen) == 1:  # such a scan has no more blocks than its component needs
            width, height = -(-width * chosen[0].across // across), -(-height * chosen[0].down // down)
            across = down = 1
        return -(-width // (8 * across)) * -(-height // (8 * down))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes, memoryview]]:
    """Yields the marker and the content of each segment, and the entropy-coded samples that follow it.

    Only scans are followed by samples. The last marker is that of the end if the end was found.
    """
    view, at = memoryview(data), 2
    for _ in range(MAX_SEGMENTS):
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            return
        marker, at = data[found.start() + 1], found.end()
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == _END:
            yield marker, b"", view[:0]
            return
        length = int.from_bytes(view[at : at + 2])
        if length < 2 or at + length > len(data):
            raise damaged()
        body = data[at + 2 : at + length]
        at += length
        end = at
        if marker == _SCAN:
            following = _NEXT_MARKER_IN_SCAN.search(data, at)
            end = following.start() if following else len(data)
        yield marker, body, view[at:end]
        at = end
    raise _refused(f"has more than {MAX_SEGMENTS:,} segments. Save it without comments")


def _peek_jpeg(head: bytes) -> ParsedImage | None:
    parsed, at = ParsedImage(content_type=JPEG, width=0, height=0), 2
    while found := _NEXT_MARKER.search(head, at):
        marker, at = head[found.start() + 1], found.end()
        if marker in _WITHOUT_LENGTH:
            continue
        if marker in {_SCAN, _END}:
            raise damaged()
        length = int.from_bytes(head[at : at + 2])
        if at + max(length, 2) > len(head):
            return None
        body = head[at + 2 : at + length]
        if marker in _FRAMES or marker in _OTHER_FRAMES:
            if len(body) < 6:
                raise damaged()
            parsed.height, parsed.width = struct.unpack_from(">HH", body, 1)
            if not parsed.width or not parsed.height:
                raise damaged()
            return parsed
        _add_jpeg_metadata(parsed, marker, body)
        at += length
    return None


def _without_fill(samples: bytes | memoryview) -> bytes:
    """The samples at the end of a file, without bytes that are none.

    A file that was stored incompletely is often filled with zeros. They would be read as samples.
    """
    rest = bytes(samples).rstrip(b"\xff")
    return rest.rstrip(b"\0") if rest.endswith(bytes(_MIN_FILL)) else rest


def _add_jpeg_metadata(parsed: ParsedImage, marker: int, body: bytes) -> bool:
    """Returns whether the decoder needs the segment to tell the colour space."""
    if marker == 0xE0:
        return body.startswith(b"JFIF\0")
    if marker == 0xEE and body.startswith(b"Adobe"):
        parsed.is_adobe = True
        return True
    if marker == 0xE1 and body.startswith(b"Exif\0") and parsed.orientation == 1:
        parsed.orientation = _exif_orientation(body[6:])
    elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0") and len(body) > 14:
        parsed.profile_parts.setdefault(body[12], body[14:])
    return False


# ---------------------------------------------------------------- WebP and EXIF


def _parse_webp(data: bytes) -> ParsedImage:
    parsed = ParsedImage(content_type=WEBP, width=0, height=0, pixel_file=data)
    at = 12
    for _ in range(MAX_SEGMENTS):
        if at + 18 > len(data):
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        body = memoryview(data)[at + 8 : at + 8 + length]
        if kind == b"VP8X" and length >= 10:
            parsed.width, parsed.height = (int.from_bytes(body[i : i + 3], "little") + 1 for i in (4, 7))
        elif kind == b"VP8 " and not parsed.width:
            parsed.width, parsed.height = (int.from_bytes(body[i : i + 2], "little") & 0x3FFF for i in (6, 8))
        elif kind == b"VP8L" and not parsed.width:
            bits = int.from_bytes(body[1:5], "little")
            parsed.width, parsed.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif kind == b"ICCP":
            parsed.profile_parts[1] = bytes(body)
        elif kind == b"EXIF":
            parsed.orientation = _exif_orientation(bytes(body).removeprefix(b"Exif\0\0"))
        at += 8 + length + length % 2
    if not parsed.width or not parsed.height:
        raise damaged()
    return parsed


def _exif_orientation(exif: bytes) -> int:
    """Returns the orientation of the first directory of EXIF data, and 1 if there is none or it is damaged."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return 1
    directory = struct.unpack_from(f"{order}I", exif, 4)[0]
    if directory + 2 > len(exif):
        return 1
    count = struct.unpack_from(f"{order}H", exif, directory)[0]
    for at in range(directory + 2, min(directory + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", exif, at)
        if tag == _ORIENTATION_TAG:
            value: int = struct.unpack_from(f"{order}{'I' if kind == 4 else 'H'}", exif, at + 8)[0]
            return value if 1 <= value <= 8 else 1
    return 1
