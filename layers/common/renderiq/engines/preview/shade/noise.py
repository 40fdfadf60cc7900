"""Procedural textures: tileable fractal noise, the same for a seed on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from renderiq.engines.preview.raster import F32


@lru_cache(maxsize=16)
def fractal_noise(seed: int, size: int, slope: float, stretch: float = 1.0, coarsest: float = 1.0) -> F32:
    """Returns a tile (size, size) in 0..1 with the mean 0.5, which can be repeated without a seam.

    The noise is synthesised in the frequency domain: the amplitude is the frequency to the power of -``slope`` with
    random phases. ``stretch`` above 1 makes a vertical wood grain. ``coarsest`` is the lowest frequency in cycles per
    tile. The tile is read-only, because it is cached.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    frequency_y = np.fft.fftfreq(size, 1 / size).astype(np.float32)[:, None] * np.float32(stretch)
    frequency_x = np.fft.rfftfreq(size, 1 / size).astype(np.float32)[None]
    frequency = np.sqrt(frequency_y * frequency_y + frequency_x * frequency_x)
    with np.errstate(divide="ignore"):
        amplitude = np.where(frequency >= coarsest, frequency**-slope, 0).astype(np.float32)
    phase = rng.random(frequency.shape, dtype=np.float32) * np.float32(2 * np.pi)
    spectrum = amplitude * (np.cos(phase) + 1j * np.sin(phase)).astype(np.complex64)
    noise = np.fft.irfft2(spectrum, s=(size, size)).astype(np.float32)
    # The range 0..1 has 2.5 standard deviations on either side of the mean.
    tile: F32 = np.clip(0.5 + (noise - noise.mean()) / (5 * noise.std()), 0, 1).astype(np.float32)
    tile.flags.writeable = False
    return tile


def sample_bilinear(tile: F32, u: F32, v: F32) -> F32:
    """Samples ``tile`` at column ``u`` and row ``v`` in texels, repeated and with bilinear interpolation.

    The tile's side must be a power of two, in this function and in the others.
    """
    size = tile.shape[0]
    u, v = np.broadcast_arrays(u, v)
    left, top = np.floor(u), np.floor(v)
    fraction_u, fraction_v = u - left, v - top
    x0, y0 = left.astype(np.int32) & (size - 1), top.astype(np.int32) & (size - 1)
    x1, y1 = (x0 + 1) & (size - 1), ((y0 + 1) & (size - 1)) * size
    y0 *= size
    texels = tile.ravel()
    upper = texels[y0 + x0] * (1 - fraction_u) + texels[y0 + x1] * fraction_u
    lower = texels[y1 + x0] * (1 - fraction_u) + texels[y1 + x1] * fraction_u
    value: F32 = upper * (1 - fraction_v) + lower * fraction_v
    return value


def sample_rows_bilinear(tile: F32, u: F32, v: F32) -> F32:
    """Samples as ``sample_bilinear``, faster, if all pixels of a row have the same ``v``.

    ``u`` is (rows, columns) and ``v`` (rows, 1), as on a horizontal plane in perspective. Each row of the tile is
    interpolated once.
    """
    size = tile.shape[0]
    top = np.floor(v)
    fraction_v = v - top
    y0 = top.astype(np.int32).ravel() & (size - 1)
    rows = tile[y0] * (1 - fraction_v) + tile[(y0 + 1) & (size - 1)] * fraction_v
    # With the first column repeated at the end, the column after the last one needs no wrapping.
    rows = np.concatenate([rows, rows[:, :1]], axis=1)
    left = np.floor(u)
    x0 = left.astype(np.int32)
    x0 &= size - 1
    x0 += np.arange(0, rows.size, size + 1, dtype=np.int32)[:, None]
    value: F32 = np.take(rows, x0)
    x0 += 1
    difference = np.take(rows, x0)
    difference -= value
    difference *= np.subtract(u, left, out=left)
    value += difference
    return value


def sample_nearest(tile: F32, u: F32, v: F32) -> F32:
    """Samples as ``sample_bilinear``, without interpolation, for texels that are about as small as pixels."""
    mask = tile.shape[0] - 1
    index = ((v.astype(np.int32) & mask) * tile.shape[0]) + (u.astype(np.int32) & mask)
    value: F32 = tile.ravel()[index]
    return value
