"""What a path-traced render needs: samples by quality, and memory and processor seconds as they were measured
(docs/path-tracer.md).
"""

from __future__ import annotations

from typing import Final

SAMPLES: Final = {"standard": 8, "high": 8, "ultra": 32}
"""Samples per pixel of a view from outside, by quality; a room gets twice as many. ``high`` has four times the pixels
of ``standard``, and ``ultra`` four times the samples of ``high``.
"""
PROCESSORS: Final = 5
"""Those of the worker's six that a render keeps busy on average: import and denoising use fewer."""
_USUAL_TRIANGLES: Final = 100_000
_START_SECONDS: Final = 3.0
_SECONDS_PER_TRIANGLE: Final = 6e-6
_SECONDS_PER_SAMPLE: Final = 5e-6
"""Outside, with blades of grass before the camera."""
_SECONDS_PER_PIXEL: Final = 6e-6

_FUNCTION_MEGABYTES: Final = 9_200
"""What the process of Blender may use in a Lambda function, with some room."""
_START_MEGABYTES: Final = 1_150
_BYTES_PER_PIXEL: Final = 370
"""Of the passes and the denoiser, which is most of it."""
_BYTES_PER_TRIANGLE: Final = 480


def megabytes(width: int, height: int, triangles: int) -> float:
    """Returns about how much memory the process of Blender needs at its peak."""
    return _START_MEGABYTES + (width * height * _BYTES_PER_PIXEL + triangles * _BYTES_PER_TRIANGLE) / 1e6


def needs_large_worker(width: int, height: int, triangles: int) -> bool:
    """Returns whether a picture of a model needs more memory than a Lambda function has."""
    return megabytes(width, height, triangles) > _FUNCTION_MEGABYTES


def processor_seconds(width: int, height: int, samples: int, triangles: int = _USUAL_TRIANGLES) -> float:
    """Returns about how many seconds one processor needs for a render."""
    return (
        _START_SECONDS
        + triangles * _SECONDS_PER_TRIANGLE
        + width * height * (samples * _SECONDS_PER_SAMPLE + _SECONDS_PER_PIXEL)
    )


def seconds_to_wait(width: int, height: int, quality: str, triangles: int | None = None) -> int:
    """Returns about how many seconds the worker needs for a render. ``triangles`` are those of the model, if known."""
    processor = processor_seconds(width, height, SAMPLES[quality], triangles or _USUAL_TRIANGLES)
    return round(_START_SECONDS + processor / PROCESSORS)
