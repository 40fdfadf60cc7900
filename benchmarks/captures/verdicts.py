"""Whether compression and scale change what the engine makes of a capture: its mode, its background, its regions.

Run by `make verdicts`, on the captures in this repository or on all PNG files in FOLDERS.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Labels = NDArray[np.int32]

COMMITTED = Path(__file__).parent / "committed"

QUALITIES = (95, 85, 75, 60)
SCALES = (0.5, 2.0)
SAME = 0.98
"""Of the pixels: what must be in the same region, or on the same side of the model's contour."""


@dataclass(frozen=True)
class Verdict:
    """What the engine makes of a capture.

    ``background`` (height, width) is true where the picture shows none of the model, ``regions`` (height, width) are
    the faces of a picture that is repainted. Both are None where the mode has none.
    """

    mode: str
    background: NDArray[np.bool_] | None
    regions: Labels | None


@dataclass(frozen=True)
class Comparison:
    """A variant of a capture against the capture as it is: both modes, and the part of the pixels that agree."""

    capture: str
    variant: str
    before: str
    after: str
    agreement: float

    @property
    def is_same(self) -> bool:
        """Whether the verdict is the same."""
        return self.before == self.after and self.agreement >= SAME


def main() -> None:
    """Prints a line for each capture: the mode, and what each variant agrees with, in per cent of the pixels."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folders", nargs="*", type=Path, default=[COMMITTED])
    options.add_argument("--only", default="", help="a regular expression of names of captures")
    options.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="captures at the same time")
    chosen = options.parse_args()
    os.environ |= {"VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    # What has a dot in its name is a guide of a drawn capture.
    files = [file for folder in chosen.folders for file in sorted(folder.glob("*.png")) if "." not in file.stem]
    files = [file for file in files if re.search(chosen.only, file.stem)]
    found: list[Comparison] = []
    with ProcessPoolExecutor(chosen.jobs, multiprocessing.get_context("spawn")) as pool:
        for comparisons in pool.map(compare_file, files):
            found += comparisons
            print(line_of(comparisons), flush=True)
    print(f"{sum(each.is_same for each in found)} of {len(found)} verdicts are the same.")


def line_of(comparisons: list[Comparison]) -> str:
    """Returns what the variants of one capture agree with; ✗ marks another verdict, before it the other mode."""
    first, parts = comparisons[0], []
    for each in comparisons:
        mode = "" if each.after == each.before else f"{each.after} "
        parts.append(f"{each.variant}: {mode}{each.agreement:.1%}{'' if each.is_same else ' ✗'}")
    return f"{first.capture} ({first.before}): {', '.join(parts)}"


def compare_file(file: Path) -> list[Comparison]:
    """Compares the variants of the capture in a ``file``."""
    with Image.open(file) as picture:
        return compare_variants(file.stem, picture.convert("RGB"))


def compare_variants(name: str, picture: Image.Image) -> list[Comparison]:
    """Judges a ``picture`` in RGB and each of its variants (photorealistic, standard quality)."""
    plain = judge(as_png(picture))
    found = []
    for variant, data in variants(picture).items():
        other = judge(data)
        found.append(Comparison(name, variant, plain.mode, other.mode, agreement(plain, other)))
    return found


def variants(picture: Image.Image) -> dict[str, bytes]:
    """Returns the files of the same view, compressed and scaled."""
    found = {f"JPEG {quality}": as_jpeg(picture, quality) for quality in QUALITIES}
    for scale in SCALES:
        size = (round(picture.width * scale), round(picture.height * scale))
        filtering = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
        found[f"{scale:.0%}"] = as_png(picture.resize(size, filtering))
    return found


def judge(data: bytes) -> Verdict:
    """Renders a capture, and finds out which background and which regions were used."""
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.images import crop_to_aspect, decode_layered
    from renderiq.engines.preview import PreviewEngine
    from renderiq.engines.preview.capture import find_background_of, read_capture, surroundings_of
    from renderiq.engines.preview.segment.regions import BACKGROUND
    from renderiq.styles import registry

    request = EngineRequest(data, registry().newest()[0], Quality.STANDARD, AspectRatio.WIDE, seed=1)
    report: Any = PreviewEngine().render(request, lambda _: None, lambda: False).report
    mode = str(report.mode.value)
    decoded, _ = decode_layered(data)
    cropped = crop_to_aspect(decoded, request.size)
    capture = read_capture(cropped, None, surroundings=surroundings_of(decoded, cropped.size))
    if mode == "repainted" and capture.scene is not None:
        return Verdict(mode, capture.scene.label == BACKGROUND, capture.scene.label)
    background = find_background_of(capture) if mode == "mixed" else None
    return Verdict(mode, None if background is None else background.opacity < 0.5, None)


def agreement(first: Verdict, second: Verdict) -> float:
    """Returns the part of the pixels, 0 to 1, that both verdicts see alike."""
    if first.regions is not None and second.regions is not None:
        return min(_matched(first.regions, second.regions), _matched(second.regions, first.regions))
    if first.background is None or second.background is None:
        return float(first.background is second.background)
    return float((first.background == _resized(second.background, first.background)).mean())


def _matched(regions: Labels, others: Labels) -> float:
    """Returns the part of the pixels of ``regions`` in the one of the ``others`` that each has most pixels in."""
    other = _resized(others, regions)
    count = int(other.max()) + 1
    pairs = regions.astype(np.int64) * count + other
    table = np.bincount(pairs.ravel(), minlength=(int(regions.max()) + 1) * count).reshape(-1, count)
    return float(table.max(axis=1).sum() / table.sum())


def _resized(plane: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Returns ``plane`` at the size of ``like``, each pixel the nearest one."""
    height, width = like.shape
    rows = ((np.arange(height) + 0.5) * plane.shape[0] / height).astype(np.intp)
    columns = ((np.arange(width) + 0.5) * plane.shape[1] / width).astype(np.intp)
    resized: NDArray[Any] = plane[rows[:, None], columns]
    return resized


def as_png(picture: Image.Image) -> bytes:
    """Returns the picture as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """Returns the picture as a JPEG file of a ``quality`` from 1 to 100, with chroma at half the resolution."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


if __name__ == "__main__":
    main()
