"""Conversion of samples to sRGB by what an image file says about its colours.

The order is that of the PNG specification, third edition, section 4.3: ``cICP``, ``iCCP``, ``sRGB``, ``gAMA`` with
``cHRM``. A file that says nothing, or nothing that can be understood, is taken for sRGB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyvips
from numpy.typing import NDArray

from renderiq.image_files import ParsedImage

Samples = NDArray[np.uint8] | NDArray[np.uint16]
Pixels = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Conversion = Callable[[Samples], Pixels]
"""Rows of samples, (height, width) or (height, width, channels) of 8 or 16 bits, to rows of 8-bit sRGB."""

_SRGB_GAMMA: Final = (0.43, 0.48)
"""Exponents that stand for the curve of sRGB, whose nearest power is 1/2.2. libpng has the same tolerance."""
_GAMMAS: Final = (0.05, 20.0)
_SAME_PRIMARIES: Final = 0.004
_REFERENCE_WHITE: Final = 203.0
"""Luminance in cd/m² of diffuse white in PQ and HLG, by ITU-R BT.2408. Brighter light is cut off."""

_D65: Final = (0.3127, 0.3290)
_SRGB: Final = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: Final = {
    1: _SRGB,
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""x and y of white, red, green and blue by their number in ITU-T H.273, table 2."""
_BRADFORD: Final = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_HLG_TRANSFER: Final = 18


def conversion_of(parsed: ParsedImage) -> Conversion | None:
    """Returns the conversion to sRGB, or None if the samples are taken for sRGB as they are."""
    if parsed.coding_points:
        found = _by_coding_points(*parsed.coding_points)
        if found is not None:
            return found.convert if found.changes else None
    profile = parsed.icc_profile()
    if profile is not None and profile[16:20] in _PROFILE_CHANNELS:
        return _IccConversion(profile).convert
    if parsed.is_srgb:
        return None
    return _by_gamma(parsed.gamma / 100_000, [value / 100_000 for value in parsed.chromaticities])


# ---------------------------------------------------------------- ICC profiles

_PROFILE_CHANNELS: Final = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}


class _IccConversion:
    """By libvips, because Pillow's own colour management is not in the layers."""

    def __init__(self, profile: bytes) -> None:
        self._profile = profile
        self._channels = _PROFILE_CHANNELS[profile[16:20]]

    def convert(self, samples: Samples) -> Pixels:
        rows: NDArray[Any] = samples
        if samples.ndim == 2 and self._channels == 3:
            rows = np.dstack((samples, samples, samples))
        if (1 if rows.ndim == 2 else rows.shape[2]) != self._channels:
            return as_rgb(samples)
        deep = samples.dtype == np.uint16
        interpretation = {1: "grey16" if deep else "b-w", 3: "rgb16" if deep else "srgb", 4: "cmyk"}[self._channels]
        image = pyvips.Image.new_from_array(np.ascontiguousarray(rows), interpretation=interpretation).copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", self._profile)
        try:
            converted = image.icc_transform(
                "srgb", embedded=True, intent="auto", black_point_compensation=True, depth=8
            )
            pixels: Pixels = converted.numpy()
        except pyvips.Error:
            return as_rgb(samples)
        return as_rgb(pixels)


def as_rgb(samples: Samples) -> Pixels:
    """8-bit RGB without any conversion of colours. Ink is converted as if its four colours were ideal."""
    if samples.dtype == np.uint16:
        pixels = ((samples.astype(np.uint32) * 255 + 32_767) // 65_535).astype(np.uint8)
    else:
        pixels = samples.astype(np.uint8, copy=False)
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    if pixels.shape[2] == 4:
        light = 255 - pixels.astype(np.uint16)
        return ((light[..., :3] * light[..., 3:] + 127) // 255).astype(np.uint8)
    return pixels


# ---------------------------------------------------------------- curves and primaries


class _CurveConversion:
    """By a function from samples between 0 and 1 to linear light, and a matrix to the primaries of sRGB."""

    def __init__(self, to_linear: Callable[[F64], F64] | None, matrix: F64 | None, *, hlg: bool = False) -> None:
        self._to_linear = to_linear or _srgb_to_linear
        self._matrix = None if matrix is None else matrix.astype(np.float32)
        self._hlg = hlg
        self._linear: dict[int, F32] = {}
        self._encoded: dict[int, Pixels] = {}
        self.changes = to_linear is not None or matrix is not None

    def convert(self, samples: Samples) -> Pixels:
        if samples.ndim == 3 and samples.shape[2] != 3:
            return as_rgb(samples)
        levels = 1 << 8 * samples.dtype.itemsize
        if levels not in self._linear:
            linear = self._to_linear(np.linspace(0, 1, levels)).astype(np.float32)
            self._linear[levels] = linear
            self._encoded[levels] = _encoded(linear * (_hlg_gain(linear) if self._hlg else 1))
        if samples.ndim == 2 or (self._matrix is None and not self._hlg):
            return as_rgb(self._encoded[levels][samples])
        light = self._linear[levels][samples]
        if self._hlg:
            light *= _hlg_gain(light @ np.array([0.2627, 0.6780, 0.0593], np.float32))[..., None]
        return _encoded(light if self._matrix is None else light @ self._matrix.T)


def _by_gamma(gamma: float, chromaticities: list[float]) -> Conversion | None:
    to_linear = None
    if _GAMMAS[0] <= gamma <= _GAMMAS[1] and not _SRGB_GAMMA[0] <= gamma <= _SRGB_GAMMA[1]:

        def to_linear(samples: F64) -> F64:
            return np.power(samples, 1 / gamma)

    matrix = _to_srgb_primaries(chromaticities) if chromaticities else None
    return None if to_linear is None and matrix is None else _CurveConversion(to_linear, matrix).convert


def _by_coding_points(primaries: int, transfer: int, coefficients: int, full_range: int) -> _CurveConversion | None:
    """Returns None if the numbers do not stand for RGB that is known here."""
    if coefficients or primaries not in _PRIMARIES or transfer not in _TRANSFERS:
        return None
    curve = _TRANSFERS[transfer]
    if full_range:
        to_linear = curve
    else:

        def to_linear(samples: F64) -> F64:
            return (curve or _srgb_to_linear)(np.clip((samples * 255 - 16) / 219, 0, 1))

    return _CurveConversion(to_linear, _to_srgb_primaries(_PRIMARIES[primaries]), hlg=transfer == _HLG_TRANSFER)


def _to_srgb_primaries(chromaticities: tuple[float, ...] | list[float]) -> F64 | None:
    """Returns the matrix from linear light, or None if it would change nothing or the chromaticities mean nothing."""
    if min(chromaticities[1::2]) <= 0:
        return None
    try:
        source, target = _to_xyz(chromaticities), _to_xyz(_SRGB)
        cones = _BRADFORD @ source.sum(axis=1), _BRADFORD @ target.sum(axis=1)
        adapted = np.linalg.inv(_BRADFORD) @ np.diag(cones[1] / cones[0]) @ _BRADFORD
        matrix: F64 = np.linalg.inv(target) @ adapted @ source
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(matrix).all() or np.abs(matrix - np.eye(3)).max() < _SAME_PRIMARIES:
        return None
    return matrix


def _to_xyz(chromaticities: tuple[float, ...] | list[float]) -> F64:
    white, *colours = (
        np.array([x / y, 1, (1 - x - y) / y]) for x, y in zip(chromaticities[::2], chromaticities[1::2], strict=True)
    )
    primaries = np.stack(colours, axis=1)
    return primaries * np.linalg.solve(primaries, white)


def _encoded(light: F32) -> Pixels:
    # 16 bits of linear light tell the darkest levels of 8-bit sRGB apart.
    levels: Pixels = _SRGB_OF_LINEAR[(np.clip(light, 0, 1) * 65_535 + 0.5).astype(np.uint16)]
    return levels


def _srgb_to_linear(samples: F64) -> F64:
    return np.where(samples <= 0.04045, samples / 12.92, ((samples + 0.055) / 1.055) ** 2.4)


def _bt709_to_linear(samples: F64) -> F64:
    return np.where(samples < 0.0812, samples / 4.5, ((samples + 0.0993) / 1.0993) ** (1 / 0.45))


def _smpte240_to_linear(samples: F64) -> F64:
    return np.where(samples < 0.0913, samples / 4, ((samples + 0.1115) / 1.1115) ** (1 / 0.45))


def _pq_to_linear(samples: F64) -> F64:
    """SMPTE ST 2084."""
    root = samples ** (1 / 78.84375)
    nits = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return nits / _REFERENCE_WHITE


def _hlg_to_linear(samples: F64) -> F64:
    """ITU-R BT.2100: light of the scene between 0 and 1. ``_hlg_gain`` makes it light of a display."""
    return np.where(samples <= 0.5, samples**2 / 3, (np.exp((samples - 0.55991073) / 0.17883277) + 0.28466892) / 12)


def _hlg_gain(luminance: F32) -> F32:
    gain: F32 = np.float32(1000 / _REFERENCE_WHITE) * np.power(np.maximum(luminance, 0), np.float32(0.2))
    return gain


_TRANSFERS: Final[dict[int, Callable[[F64], F64] | None]] = {
    **dict.fromkeys((1, 6, 14, 15), _bt709_to_linear),
    4: lambda samples: samples**2.2,
    5: lambda samples: samples**2.8,
    7: _smpte240_to_linear,
    8: lambda samples: samples,
    13: None,
    16: _pq_to_linear,
    _HLG_TRANSFER: _hlg_to_linear,
}
"""From samples to linear light by the number in ITU-T H.273, table 3. None stands for sRGB."""

_linear: Final = np.linspace(0, 1, 65_536)
_SRGB_OF_LINEAR: Final[Pixels] = np.rint(
    255 * np.where(_linear <= 0.0031308, 12.92 * _linear, 1.055 * _linear ** (1 / 2.4) - 0.055)
).astype(np.uint8)
