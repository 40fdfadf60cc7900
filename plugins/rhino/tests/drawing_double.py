"""System.Drawing as the plugin uses it, and a rasterizer that draws triangles in flat or mixed colours."""

from __future__ import annotations

import struct
import types
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from strict import Strict, typed, use


class Color(Strict):
    def __init__(self, alpha: int, red: int, green: int, blue: int) -> None:
        self._init(A=alpha, R=red, G=green, B=blue)

    @staticmethod
    def FromArgb(*values: int) -> Color:
        assert len(values) in (3, 4)
        assert all(0 <= typed(each, int) <= 255 for each in values)
        return Color(*((255, *values) if len(values) == 3 else values))


class Rectangle(Strict):
    def __init__(self, x: int, y: int, width: int, height: int) -> None:
        for each in (x, y, width, height):
            typed(each, int)
        self._init(X=x, Y=y, Width=width, Height=height)


class Size(Strict):
    def __init__(self, width: int, height: int) -> None:
        self._init(Width=width, Height=height)


class PixelFormat:
    Format24bppRgb, Format32bppArgb = object(), object()


class ImageFormat:
    Bmp, Png = object(), object()


class Bitmap(Strict):
    def __init__(self, pixels: Any) -> None:
        self._pixels, self._is_open = pixels, True
        self._init(Width=pixels.shape[1], Height=pixels.shape[0], PixelFormat=PixelFormat.Format32bppArgb)
        alive.append(self)

    def Clone(self, part: Rectangle, kind: Any) -> Bitmap:
        use("Bitmap.Clone")
        assert self._is_open
        assert kind is PixelFormat.Format24bppRgb
        typed(part, Rectangle)
        if part.X < 0 or part.Y < 0 or part.X + part.Width > self.Width or part.Y + part.Height > self.Height:
            raise MemoryError("Out of memory.")  # what .NET says
        return Bitmap(self._pixels[part.Y : part.Y + part.Height, part.X : part.X + part.Width])

    def Save(self, path: str, kind: Any) -> None:
        use("Bitmap.Save")
        assert self._is_open
        typed(path, str)
        height, width = self._pixels.shape[:2]
        if kind is ImageFormat.Bmp:
            stride = (width * 3 + 3) // 4 * 4
            rows = np.zeros((height, stride), np.uint8)
            rows[:, : width * 3] = self._pixels[::-1, :, ::-1].reshape(height, width * 3)
            head = struct.pack("<2sIHHI", b"BM", 54 + rows.size, 0, 0, 54)
            head += struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, rows.size, 0, 0, 0, 0)
            Path(path).write_bytes(head + rows.tobytes())
            return
        assert kind is ImageFormat.Png
        body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(self._pixels)), 1)
        chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", body), (b"IEND", b""))
        content = b"\x89PNG\r\n\x1a\n"
        for name, data in chunks:
            content += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        Path(path).write_bytes(content)

    def Dispose(self) -> None:
        self._is_open = False
        alive.remove(self)


alive: list[Bitmap] = []
"""Bitmaps that were not given back."""


def canvas(width: int, height: int, colour: tuple[int, int, int]) -> tuple[Any, Any]:
    """Returns pixels and their distances."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    return pixels, np.full((height, width), np.inf)


def triangle(
    target: tuple[Any, Any], corners: list[tuple[float, float, float]], colours: list[Any], *, is_parallel: bool
) -> None:
    """Draws one: ``corners`` are pixels and distance. Distances and colours are mixed as the projection wants it."""
    pixels, far = target
    height, width = far.shape
    (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) = corners
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if abs(area) < 1e-12:
        return
    left, right = max(0, int(min(x0, x1, x2))), min(width, int(max(x0, x1, x2)) + 2)
    top, bottom = max(0, int(min(y0, y1, y2))), min(height, int(max(y0, y1, y2)) + 2)
    if left >= right or top >= bottom:
        return
    x, y = np.arange(left, right)[None] + 0.5, np.arange(top, bottom)[:, None] + 0.5
    a = ((x1 - x) * (y2 - y) - (x2 - x) * (y1 - y)) / area
    b = ((x2 - x) * (y0 - y) - (x0 - x) * (y2 - y)) / area
    c = 1 - a - b
    inside = (a >= 0) & (b >= 0) & (c >= 0)
    if not inside.any():
        return
    a, b, c = a[inside], b[inside], c[inside]
    if is_parallel:
        weights = np.stack([a, b, c])
        distance = a * z0 + b * z1 + c * z2
    else:
        weights = np.stack([a / z0, b / z1, c / z2])
        distance = 1 / weights.sum(0)
        weights *= distance
    part, colour = far[top:bottom, left:right], pixels[top:bottom, left:right]
    nearer = distance < part[inside]
    inside[inside] = nearer
    part[inside] = distance[nearer]
    colour[inside] = np.clip(np.rint(weights[:, nearer].T @ np.array(colours, float)), 0, 255).astype(np.uint8)


def modules() -> dict[str, types.ModuleType]:
    root, found = types.ModuleType("System"), types.ModuleType("System.Drawing")
    found.Color, found.Rectangle = Color, Rectangle
    found.Imaging = types.SimpleNamespace(PixelFormat=PixelFormat, ImageFormat=ImageFormat)
    root.Drawing = found
    return {"System": root, "System.Drawing": found}
