"""Runs an engine on a capture, in a process of its own, and measures what comes out."""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.captures import metrics
from benchmarks.captures.catalogue import Capture
from benchmarks.captures.truth import Truth


class Mode(StrEnum):
    """What the engine is given.

    The last two are no engine: they show what the measures say of pictures whose faults are known.
    """

    PLAIN = "without guides"
    DEPTH = "with depth"
    IDS = "with material ids"
    NORMALS = "with normals"
    GUIDES = "with depth and material ids"
    EVERYTHING = "with all guides and the camera"
    ENLARGED = "the capture itself, enlarged"
    BLURRED = "the capture itself, blurred"


CONTROLS = (Mode.ENLARGED, Mode.BLURRED)
WITH_DEPTH = (Mode.DEPTH, Mode.GUIDES, Mode.EVERYTHING)
WITH_IDS = (Mode.IDS, Mode.GUIDES, Mode.EVERYTHING)
WITH_NORMALS = (Mode.NORMALS, Mode.EVERYTHING)


@dataclass(frozen=True)
class Result:
    """One run. ``recognised`` is what the engine says that the capture is, if it says anything."""

    capture: str
    group: str
    mode: str
    measures: metrics.Measures
    seconds: float
    megabytes: float
    recognised: str | None
    confidence: float | None

    def as_json(self) -> dict[str, Any]:
        """Returns the result as a JSON object."""
        return asdict(self)


def run(capture: Capture, mode: Mode, captures: Path, outputs: Path) -> Result:
    """Writes the output as a JPEG of the capture's size into ``outputs``, for looking."""
    data = (captures / capture.file).read_bytes()
    truth = Truth.load(captures / capture.name)
    make = partial(control, data, mode) if mode in CONTROLS else prepare(data, truth, mode)
    started = time.process_time()
    image, report = make()
    seconds, megabytes = time.process_time() - started, peak_memory()
    with Image.open(io.BytesIO(data)) as file:
        before = np.asarray(file.convert("RGB"))
    reduced = image.convert("RGB").resize(capture.size, Image.Resampling.BOX)
    reduced.save(output_file(capture, mode, outputs), quality=90)
    return Result(
        capture.name,
        capture.group,
        mode.value,
        metrics.measure(before, np.asarray(reduced), truth),
        seconds,
        megabytes,
        getattr(report, "mode", None),
        getattr(report, "confidence", None),
    )


def output_file(capture: Capture, mode: Mode, outputs: Path) -> Path:
    """Returns the file of the picture of a capture in a mode."""
    return outputs / f"{capture.name}.{mode.value.replace(' ', '-').replace(',', '')}.jpg"


def prepare(data: bytes, truth: Truth, mode: Mode) -> Callable[[], tuple[Image.Image, object]]:
    """Imports the engine and makes the files of a request. Returns what renders: the picture, and its report if any."""
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine
    from renderiq.styles import registry

    request = EngineRequest(
        image=data,
        style=registry().newest()[0],
        quality=Quality.STANDARD,
        aspect_ratio=AspectRatio.WIDE,
        seed=1,
        depth_image=png(truth.depth) if mode in WITH_DEPTH else None,
        material_id_image=png(truth.material_picture) if mode in WITH_IDS else None,
        normal_image=png(truth.normals) if mode in WITH_NORMALS and truth.normals is not None else None,
        camera=camera(truth.camera) if mode is Mode.EVERYTHING else None,
    )

    def render() -> tuple[Image.Image, object]:
        output = PreviewEngine().render(request, lambda _: None, lambda: False)
        return Image.open(io.BytesIO(output.image)), getattr(output, "report", None)

    return render


def camera(sent: dict[str, Any]) -> Any:
    """The camera as the API reads it."""
    from renderiq.models.renders import CameraIn

    return CameraIn.model_validate(sent).camera()


def control(data: bytes, mode: Mode) -> tuple[Image.Image, None]:
    """Returns the capture itself, enlarged or blurred, as if an engine had made it."""
    image = Image.open(io.BytesIO(data)).convert("RGB").resize((1920, 1080), Image.Resampling.BICUBIC)
    return image.filter(ImageFilter.GaussianBlur(24)) if mode is Mode.BLURRED else image, None


def png(pixels: metrics.Pixels) -> bytes:
    """Returns the pixels as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def peak_memory() -> float:
    """Megabytes. Linux counts what a parent process had used in ``ru_maxrss``, so that its own figure is read there."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
