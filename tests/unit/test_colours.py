"""Pictures whose files say what their colours mean come out as the same picture in sRGB."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image

from renderiq.domain.renders import AspectRatio, Quality
from renderiq.engines import EngineRequest, images
from renderiq.engines.colour_management import as_rgb
from tests.support.costly_images import chunk, header
from tests.support.styles import NATURAL

WIDTH, HEIGHT = 120, 96
TOLERANCE = 3.0
"""Mean absolute difference, of 255."""

Array = NDArray[Any]


def reference() -> Array:
    """All hues from dark to light, none of them at the edge of the gamut. 0 to 1, in sRGB."""
    across, down = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    colours = np.stack([0.5 + 0.5 * np.cos(2 * np.pi * (across - shift)) for shift in (0, 1 / 3, 2 / 3)], axis=2)
    return 0.04 + 0.9 * down[..., None] * (0.35 + 0.6 * colours)


def grey_reference() -> Array:
    return np.broadcast_to(np.linspace(0.02, 1, WIDTH), (HEIGHT, WIDTH)).copy()


def linear(srgb: Array) -> Array:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def samples(values: Array, depth: int = 8) -> bytes:
    """The rows of a PNG, each with the filter for none."""
    top = (1 << depth) - 1
    whole = np.rint(np.clip(values, 0, 1) * top).astype(">u2" if depth == 16 else "u1")
    return b"".join(b"\0" + row.tobytes() for row in whole)


def png(values: Array, *chunks: bytes, depth: int = 8) -> bytes:
    colour_type = 0 if values.ndim == 2 else {2: 4, 3: 2, 4: 6}[values.shape[2]]
    pixels = chunk(b"IDAT", zlib.compress(samples(values, depth)))
    return header(WIDTH, HEIGHT, depth, colour_type) + b"".join(chunks) + pixels + chunk(b"IEND")


def difference(data: bytes, expected: Array) -> float:
    found = np.asarray(images.decode(data), np.float64)
    if expected.ndim == 2:
        expected = np.dstack([expected] * 3)
    return float(np.abs(found - 255 * expected).mean())


# ---------------------------------------------------------------- profiles made here, of matrix and curve


def profile(space: bytes, gamma: float, primaries: tuple[tuple[float, float, float], ...] = ()) -> bytes:
    """A version 2 ICC profile. ``primaries`` are the XYZ of red, green and blue, relative to D50."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    tags = [(b"wtpt", b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249))]
    if space == b"GRAY":
        tags.append((b"kTRC", curve))
    for letter, xyz in zip("rgb", primaries, strict=False):
        tags.append((f"{letter}XYZ".encode(), b"XYZ \0\0\0\0" + fixed(*xyz)))
        tags.append((f"{letter}TRC".encode(), curve))
    at = 128 + 4 + 12 * len(tags)
    index, body = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        index += name + struct.pack(">II", at + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s12x4s28x", at + len(body), b"lcms", 0x02400000, b"mntr", space, b"XYZ ", b"acsp")
    head += fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + index + body


SRGB_D50 = ((0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
WIDE_D50 = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
"""Adobe RGB."""
LINEAR_GREY = profile(b"GRAY", 1.0)
LINEAR_RGB = profile(b"RGB ", 1.0, SRGB_D50)
WIDE = profile(b"RGB ", 563 / 256, WIDE_D50)


def embedded(icc: bytes) -> bytes:
    return chunk(b"iCCP", b"of the test\0\0" + zlib.compress(icc))


def in_wide(srgb: Array) -> Array:
    matrix = np.linalg.inv(np.array(WIDE_D50).T) @ np.array(SRGB_D50).T
    found: Array = np.clip(linear(srgb) @ matrix.T, 0, 1) ** (256 / 563)
    return found


def with_alpha(values: Array) -> Array:
    return np.dstack([values, np.ones((HEIGHT, WIDTH))])


RGB, GREY = reference(), grey_reference()


def palette_png() -> bytes:
    steps = np.linspace(0.1, 0.9, 6)
    colours = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    rows = b"".join(b"\0" + bytes((x + y) % 216 for x in range(WIDTH)) for y in range(HEIGHT))
    palette = chunk(b"PLTE", np.rint(255 * in_wide(colours)).astype("u1").tobytes())
    pixels = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")
    return header(WIDTH, HEIGHT, 8, 3) + embedded(WIDE) + palette + pixels


def palette_reference() -> Array:
    steps = np.linspace(0.1, 0.9, 6)
    colours = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    down, across = np.mgrid[:HEIGHT, :WIDTH]
    found: Array = colours[(across + down) % 216]
    return found


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=100, subsampling=0, **options)
    return file.getvalue()


def eight(values: Array) -> Image.Image:
    return Image.fromarray(np.rint(255 * values).astype(np.uint8))


PROFILES: dict[str, Callable[[], tuple[bytes, Array]]] = {
    "RGB": lambda: (png(in_wide(RGB), embedded(WIDE)), RGB),
    "RGBA": lambda: (png(with_alpha(in_wide(RGB)), embedded(WIDE)), RGB),
    "grey": lambda: (png(linear(GREY), embedded(LINEAR_GREY)), GREY),
    "grey with alpha": lambda: (png(with_alpha(linear(GREY)), embedded(LINEAR_GREY)), GREY),
    "grey with an RGB profile": lambda: (png(linear(GREY), embedded(LINEAR_RGB)), GREY),
    "RGB with a grey profile, which says nothing": lambda: (png(RGB, embedded(LINEAR_GREY)), RGB),
    "palette": lambda: (palette_png(), palette_reference()),
    "RGB with tRNS": lambda: (png(in_wide(RGB), embedded(WIDE), chunk(b"tRNS", struct.pack(">3H", 9, 8, 7))), RGB),
    "grey with tRNS": lambda: (png(linear(GREY), embedded(LINEAR_GREY), chunk(b"tRNS", struct.pack(">H", 251))), GREY),
    "16-bit RGB": lambda: (png(linear(RGB), embedded(LINEAR_RGB), depth=16), RGB),
    "16-bit RGBA": lambda: (png(with_alpha(linear(RGB)), embedded(LINEAR_RGB), depth=16), RGB),
    "16-bit grey": lambda: (png(linear(GREY), embedded(LINEAR_GREY), depth=16), GREY),
    "16-bit grey with alpha": lambda: (png(with_alpha(linear(GREY)), embedded(LINEAR_GREY), depth=16), GREY),
    "JPEG": lambda: (jpeg(eight(in_wide(RGB)), icc_profile=WIDE), RGB),
    "JPEG with a profile of several segments": lambda: (
        jpeg(eight(in_wide(RGB)), icc_profile=WIDE + bytes(200_000)),
        RGB,
    ),
    "profile of over 1 MB": lambda: (png(in_wide(RGB), embedded(WIDE + bytes(1_500_000))), RGB),
}


@pytest.mark.parametrize("case", PROFILES)
def test_a_profile_is_honoured(case: str) -> None:
    data, expected = PROFILES[case]()

    assert difference(data, expected) < TOLERANCE


def gama(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(100_000 * value)))


def chrm(*values: float) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * value) for value in values)))


def cicp(primaries: int, transfer: int, matrix: int = 0, full_range: int = 1) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, matrix, full_range]))


SRGB_XY = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
WIDE_XY = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
P3 = np.array([[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]])


def srgb(light: Array) -> Array:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.clip(light, 0, None) ** (1 / 2.4) - 0.055)


def pq(light: Array) -> Array:
    """SMPTE ST 2084, where diffuse white has 203 cd/m²."""
    power = (203 * light / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(light: Array) -> Array:
    """ITU-R BT.2100 for a display of 1,000 cd/m²."""
    shown = light * 203 / 1000
    luminance = (shown @ np.array([0.2627, 0.6780, 0.0593]))[..., None]
    scene = shown * np.where(luminance > 0, luminance, 1) ** (1 / 1.2 - 1)
    bright = 0.17883277 * np.log(np.maximum(12 * scene, 1) - 0.28466892) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


def bt709(light: Array) -> Array:
    """ITU-R BT.709, 1.2: the camera's curve."""
    return np.where(light < 0.0181, 4.5 * light, 1.0993 * light**0.45 - 0.0993)


def smpte240(light: Array) -> Array:
    """SMPTE ST 240."""
    return np.where(light < 0.0228, 4 * light, 1.1115 * light**0.45 - 0.1115)


CHUNKS: dict[str, Callable[[], tuple[bytes, Array]]] = {
    "gAMA of 1": lambda: (png(linear(RGB), gama(1.0), depth=16), RGB),
    "gAMA of 1, 8 bits": lambda: (png(linear(RGB), gama(1.0)), RGB),
    "gAMA of 1, grey": lambda: (png(linear(GREY), gama(1.0)), GREY),
    "gAMA of 1, grey with alpha": lambda: (png(with_alpha(linear(GREY)), gama(1.0), depth=16), GREY),
    "gAMA of the first Macs": lambda: (png(linear(RGB) ** (1 / 1.8), gama(1 / 1.8)), RGB),
    "gAMA that stands for sRGB": lambda: (png(RGB, gama(0.45455)), RGB),
    "gAMA of zero": lambda: (png(RGB, gama(0)), RGB),
    "gAMA and cHRM": lambda: (png(in_wide(RGB), gama(256 / 563 * 1.0001), chrm(*WIDE_XY)), RGB),
    "linear gAMA and cHRM": lambda: (png(in_wide(RGB) ** (563 / 256), gama(1.0), chrm(*WIDE_XY), depth=16), RGB),
    "cHRM of sRGB": lambda: (png(RGB, gama(0.45455), chrm(*SRGB_XY)), RGB),
    "cHRM of three times the same colour": lambda: (png(RGB, chrm(0.3127, 0.3290, *(0.3, 0.3) * 3)), RGB),
    "cHRM of zeros": lambda: (png(RGB, chrm(*[0] * 8)), RGB),
    "sRGB before gAMA": lambda: (png(RGB, gama(1.0), chunk(b"sRGB", b"\0")), RGB),
    "iCCP before sRGB": lambda: (png(in_wide(RGB), embedded(WIDE), chunk(b"sRGB", b"\0")), RGB),
    "cICP before iCCP": lambda: (png(RGB, cicp(1, 13), embedded(WIDE)), RGB),
    "cICP of Display P3": lambda: (png(srgb(linear(RGB) @ P3.T), cicp(12, 13)), RGB),
    "cICP, linear": lambda: (png(linear(RGB), cicp(1, 8), depth=16), RGB),
    "cICP of BT.709": lambda: (png(bt709(linear(RGB)), cicp(1, 1)), RGB),
    "cICP of BT.2020's curve, 12 bits": lambda: (png(bt709(linear(RGB)), cicp(1, 15), depth=16), RGB),
    "cICP of SMPTE 240": lambda: (png(smpte240(linear(RGB)), cicp(1, 7)), RGB),
    "cICP of PQ": lambda: (png(pq(linear(RGB) @ BT2020.T), cicp(9, 16)), RGB),
    "cICP of PQ, 16 bits": lambda: (png(pq(linear(RGB) @ BT2020.T), cicp(9, 16), depth=16), RGB),
    "cICP of HLG": lambda: (png(hlg(linear(RGB) @ BT2020.T), cicp(9, 18), depth=16), RGB),
    "cICP of narrow range": lambda: (png((16 + 219 * RGB) / 255, cicp(1, 13, 0, 0)), RGB),
    "cICP of numbers that mean nothing": lambda: (png(RGB, cicp(200, 200)), RGB),
    "cICP of YCbCr, which a PNG cannot be": lambda: (png(RGB, cicp(9, 16, 9)), RGB),
    "cICP, grey": lambda: (png(linear(GREY), cicp(9, 8), depth=16), GREY),
}


@pytest.mark.parametrize("case", CHUNKS)
def test_a_png_without_a_profile_says_it_by_chunks(case: str) -> None:
    data, expected = CHUNKS[case]()

    assert difference(data, expected) < TOLERANCE


# ---------------------------------------------------------------- ink


def inks() -> tuple[Image.Image, bytes, Array]:
    """Ink, its profile, and what it looks like. libvips brings a profile of a printing press."""
    rgb = pyvips.Image.new_from_array(np.rint(255 * RGB).astype(np.uint8), interpretation="srgb")
    printed = rgb.icc_transform("cmyk", input_profile="srgb", intent="perceptual")
    ink = printed.numpy()
    shown = printed.icc_transform("srgb", embedded=True, intent="perceptual").numpy()
    return Image.fromarray(ink, "CMYK"), printed.get("icc-profile-data"), shown / 255


def test_ink_with_a_profile() -> None:
    ink, icc, expected = inks()

    assert difference(jpeg(ink, icc_profile=icc), expected) < TOLERANCE


@pytest.mark.parametrize("space", [b"RGB ", b"GRAY"])
def test_a_broken_profile_says_nothing(space: bytes) -> None:
    broken = profile(space, 1.0)[:128] + bytes(200)

    values = RGB if space == b"RGB " else GREY
    assert difference(png(values, embedded(broken)), values) < TOLERANCE


def test_ink_with_a_broken_profile_is_shown_as_ink() -> None:
    broken = bytearray(profile(b"RGB ", 1.0)[:128] + bytes(200))
    broken[16:20] = b"CMYK"
    ink = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    ink[:, : WIDTH // 2, 0] = 255

    shown = np.asarray(images.decode(jpeg(Image.fromarray(ink, "CMYK"), icc_profile=bytes(broken))))
    cyan, paper = shown[48, 20], shown[48, 100]

    assert cyan[0] < 30 < 130 < cyan[1] <= cyan[2]
    assert paper.min() > 250


def test_ideal_inks_take_their_light_away() -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [0, 0, 0, 51]]])

    assert as_rgb(inks.astype(np.uint8)).tolist() == [
        [[255, 255, 255], [0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0], [204, 204, 204]]
    ]


def test_ink_without_a_profile_is_converted_plainly() -> None:
    ink, _, _ = inks()

    assert difference(jpeg(ink), np.asarray(ink.convert("RGB")) / 255) < TOLERANCE


def test_ink_as_luma_and_chroma_that_adobe_marks() -> None:
    ink, icc, expected = inks()
    cyan, magenta, yellow, black = ink.split()
    luma = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr").split()
    # Pillow inverts what it saves as CMYK, and libjpeg expects YCCK with black inverted only.
    stored = Image.merge("CMYK", [*(plane.point(lambda value: 255 - value) for plane in luma), black])
    plain = jpeg(stored, icc_profile=icc)
    at = plain.index(b"Adobe")

    assert plain[at + 11] == 0
    assert difference(plain[: at + 11] + b"\2" + plain[at + 12 :], expected) < TOLERANCE


def test_ink_without_adobes_mark_is_not_inverted() -> None:
    ink, _, _ = inks()
    inverted = ink.point(lambda value: 255 - value)
    marked = jpeg(inverted)
    at = marked.index(b"\xff\xee")

    unmarked = marked[:at] + marked[at + 16 :]

    assert difference(unmarked, np.asarray(ink.convert("RGB")) / 255) < TOLERANCE


# ---------------------------------------------------------------- 16 bits


def test_16_bits_of_linear_light_are_not_cut_to_8_before_they_are_converted() -> None:
    dark = np.broadcast_to(np.linspace(0, 0.004, WIDTH)[:, None], (HEIGHT, WIDTH, 3))

    for data in (png(dark, gama(1.0), depth=16), png(dark, embedded(LINEAR_RGB), depth=16)):
        assert len(np.unique(np.asarray(images.decode(data)))) > 10


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bits_of_srgb_are_the_same_as_8(channels: int) -> None:
    values = GREY if channels < 3 else RGB
    stored = values if channels % 2 else with_alpha(values)

    assert difference(png(stored, depth=16), values) < 1


def test_16_bits_of_alpha_are_laid_on_white() -> None:
    half = np.dstack([RGB, np.full((HEIGHT, WIDTH), 0.5)])

    assert difference(png(half, depth=16), 0.5 + RGB / 2) < 1


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_transparent_grey_level_is_compared_in_the_depth_of_the_file(depth: int) -> None:
    level = 1 if depth < 16 else 257
    rows = (b"\0" + _row(depth, level)) * HEIGHT
    data = header(WIDTH, HEIGHT, depth, 0) + chunk(b"tRNS", struct.pack(">H", level))
    data += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")

    _, alpha = images.decode_layered(data)

    assert alpha is not None
    found = np.asarray(alpha)
    assert (found[:, : WIDTH // 2] == 255).all()
    assert (found[:, WIDTH // 2 :] == 0).all()


def _row(depth: int, level: int) -> bytes:
    """The left half is of level 0, the right one of ``level``."""
    bits = f"{0:0{depth}b}" * (WIDTH // 2) + f"{level:0{depth}b}" * (WIDTH // 2)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_a_transparent_colour_of_16_bits() -> None:
    clear = np.array([0x1234, 0x5678, 0x9ABC]) / 65_535
    near = np.array([0x1234, 0x5678, 0x9ABD]) / 65_535
    values = np.broadcast_to(clear, (HEIGHT, WIDTH, 3)).copy()
    values[: HEIGHT // 2] = near
    data = png(values, chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x5678, 0x9ABC)), depth=16)

    _, alpha = images.decode_layered(data)

    assert alpha is not None
    assert (np.asarray(alpha)[: HEIGHT // 2] == 255).all()
    assert (np.asarray(alpha)[HEIGHT // 2 :] == 0).all()


# ---------------------------------------------------------------- where it is done


def test_services_get_srgb_too() -> None:
    request = EngineRequest(b"", NATURAL, Quality.STANDARD, AspectRatio.SQUARE, seed=1)
    wide, plain = (
        np.asarray(Image.open(io.BytesIO(images.encode_input(data, request, max_pixels=1 << 20))), np.float64)
        for data in (png(in_wide(RGB), embedded(WIDE)), png(RGB))
    )

    assert np.abs(wide - plain).mean() < TOLERANCE


def test_the_samples_of_a_guide_are_not_converted() -> None:
    data = png(linear(GREY), gama(1.0))

    assert np.array_equal(np.asarray(images.decode_guide(data)), np.asarray(images.decode(png(linear(GREY)))))
