"""Tileable noise, the same for a seed on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from renderiq.engines.preview.raster import F32


@lru_cache(maxsize=16)
def fractal_noise(seed: int, size: int, slope: float, stretch: float = 1.0, coarsest: float = 1.0) -> F32:
    """A ``size`` x ``size`` tile in 0..1 that wraps, mean 0.5.

    Amplitude falls with frequency to the power of ``slope``; ``stretch`` > 1 makes it grain along the vertical;
    nothing is larger than 1 / ``coarsest`` of the tile.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    down = np.fft.fftfreq(size, 1 / size).astype(np.float32)[:, None] * np.float32(stretch)
    across = np.fft.rfftfreq(size, 1 / size).astype(np.float32)[None]
    frequency = np.sqrt(down * down + across * across)
    with np.errstate(divide="ignore"):
        amplitude = np.where(frequency >= coarsest, frequency**-slope, 0).astype(np.float32)
    turn = rng.random(frequency.shape, dtype=np.float32) * np.float32(2 * np.pi)
    spectrum = amplitude * (np.cos(turn) + 1j * np.sin(turn)).astype(np.complex64)
    plane = np.fft.irfft2(spectrum, s=(size, size)).astype(np.float32)
    tile: F32 = np.clip(0.5 + (plane - plane.mean()) / (5 * plane.std()), 0, 1).astype(np.float32)
    tile.flags.writeable = False
    return tile


def sample_bilinear(tile: F32, across: F32, down: F32) -> F32:
    """``tile`` at fractional positions in texels, wrapping, bilinear. Its side must be a power of two."""
    size = tile.shape[0]
    across, down = np.broadcast_arrays(across, down)
    left, top = np.floor(across), np.floor(down)
    fx, fy = across - left, down - top
    x0, y0 = left.astype(np.int32) & (size - 1), top.astype(np.int32) & (size - 1)
    x1, y1 = (x0 + 1) & (size - 1), ((y0 + 1) & (size - 1)) * size
    y0 *= size
    flat = tile.ravel()
    upper = flat[y0 + x0] * (1 - fx) + flat[y0 + x1] * fx
    lower = flat[y1 + x0] * (1 - fx) + flat[y1 + x1] * fx
    blended: F32 = upper * (1 - fy) + lower * fy
    return blended


def sample_rows_bilinear(tile: F32, across: F32, down: F32) -> F32:
    """As ``sample_bilinear`` where all of a row of ``across`` (rows, columns) has one ``down`` (rows, 1), as a level plane
    seen upright has: each row of the tile is interpolated once."""
    size = tile.shape[0]
    top = np.floor(down)
    fy = down - top
    y0 = top.astype(np.int32).ravel() & (size - 1)
    rows = tile[y0] * (1 - fy) + tile[(y0 + 1) & (size - 1)] * fy
    # The first column once more at the end: the one after the last is beside it.
    rows = np.concatenate([rows, rows[:, :1]], axis=1)
    left = np.floor(across)
    x0 = left.astype(np.int32)
    x0 &= size - 1
    x0 += np.arange(0, rows.size, size + 1, dtype=np.int32)[:, None]
    value: F32 = np.take(rows, x0)
    x0 += 1
    step = np.take(rows, x0)
    step -= value
    step *= np.subtract(across, left, out=left)
    value += step
    return value


def nearest(tile: F32, across: F32, down: F32) -> F32:
    """As ``sample_bilinear``, without interpolation: for texels about as small as pixels."""
    mask = tile.shape[0] - 1
    index = ((down.astype(np.int32) & mask) * tile.shape[0]) + (across.astype(np.int32) & mask)
    picked: F32 = tile.ravel()[index]
    return picked
