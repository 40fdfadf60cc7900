"""Throws random scenes at the preview engine, without and with guides, and looks for crashes and for slow ones.

Run by `make random-scenes`. The same seed gives the same scenes.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import statistics
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]
Random = np.random.Generator

SIDES = (40, 1400)
MOST_FACES = 60
JPEG_SHARE, ALPHA_SHARE, NOISE_SHARE, MISFIT_SHARE = 0.4, 0.1, 0.15, 0.15
GUIDES = ("depth_image", "material_id_image", "normal_image")


@dataclass(frozen=True)
class Scene:
    """A capture, and its guides by the names of the request's fields, all as files."""

    capture: bytes
    guides: dict[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """What came of a scene: a mode and processor seconds, or an ``error``."""

    number: int
    with_guides: bool
    mode: str
    seconds: float
    error: str


def draw_scene(seed: int, number: int) -> Scene:
    """Draws a viewport with random background, faces, lines and noise; guides fit it, are of another view, or noise."""
    rng = np.random.default_rng((seed, number))
    width, height = (int(side) for side in rng.integers(*SIDES, 2))
    picture = Image.fromarray(_background(rng, width, height))
    depth, ids = Image.new("L", picture.size), Image.new("RGB", picture.size)
    normals = Image.new("RGB", picture.size)
    pens = [ImageDraw.Draw(each) for each in (picture, depth, ids, normals)]
    outline = (15, 15, 15) if rng.random() < 0.5 else None
    for face in range(int(rng.integers(0, MOST_FACES))):
        points = _face(rng, width, height)
        colour = _colour(rng)
        pens[0].polygon(points, fill=colour, outline=outline)
        pens[1].polygon(points, fill=int(rng.integers(1, 256)))
        pens[2].polygon(points, fill=(1 + face * 37 % 255, face * 91 % 256, face * 17 % 256))
        pens[3].polygon(points, fill=_colour(rng))
    for _ in range(int(rng.integers(0, 12))):
        ends = [(float(x), float(y)) for x, y in rng.uniform(-0.2, 1.2, (2, 2)) * (width, height)]
        pens[0].line(ends, fill=_colour(rng), width=int(rng.integers(1, 5)))
    if rng.random() < NOISE_SHARE:
        grain = rng.normal(0, rng.uniform(1, 40), (height, width, 3))
        picture = Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))
    if rng.random() < ALPHA_SHARE:
        picture.putalpha(depth.point(lambda level: 255 if level else 0))
    guides = {}
    for name, guide in zip(GUIDES, (depth, ids, normals), strict=True):
        if rng.random() < MISFIT_SHARE:
            guide = Image.fromarray(rng.integers(0, 256, np.asarray(guide).shape, np.uint8).astype(np.uint8))
        if rng.random() < 0.7:
            guides[name] = _file(guide)
    if not guides:
        guides[GUIDES[0]] = _file(depth)
    quality = int(rng.integers(30, 100)) if picture.mode == "RGB" and rng.random() < JPEG_SHARE else None
    return Scene(_file(picture, quality), guides)


def run_scene(seed: int, number: int, *, with_guides: bool) -> Outcome:
    """Renders a scene (photorealistic, standard quality)."""
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine
    from renderiq.styles import registry

    scene = draw_scene(seed, number)
    guides: dict[str, Any] = scene.guides if with_guides else {}
    style = registry().newest()[0]
    request = EngineRequest(scene.capture, style, Quality.STANDARD, AspectRatio.WIDE, seed=number, **guides)
    started = time.process_time()
    try:
        report = PreviewEngine().render(request, lambda _: None, lambda: False).report
    except Exception:
        return Outcome(number, with_guides, "-", time.process_time() - started, traceback.format_exc())
    mode = "-" if report is None else report.mode.value
    return Outcome(number, with_guides, mode, time.process_time() - started, "")


def summary(outcomes: list[Outcome]) -> str:
    """Returns what became of the scenes without guides and of those with them, by mode."""
    lines = []
    for with_guides in (False, True):
        chosen = [each for each in outcomes if each.with_guides is with_guides]
        if not chosen:
            continue
        crashes = sum(bool(each.error) for each in chosen)
        lines.append(f"{'with' if with_guides else 'without'} guides: {len(chosen)} scenes, {crashes} crashes")
        for mode in sorted({each.mode for each in chosen}):
            alike = [each for each in chosen if each.mode == mode]
            slowest, median = max(alike, key=lambda each: each.seconds), statistics.median(x.seconds for x in alike)
            lines.append(
                f"  {mode}: {len(alike)} scenes, median {median:.2f} s, slowest {slowest.seconds:.2f} s"
                f" (scene {slowest.number}), {slowest.seconds / median:.1f} times the median"
            )
    return "\n".join(lines)


def main() -> None:
    """Renders the scenes, prints each crash, and fails if there is one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenes", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="scenes at the same time")
    chosen = options.parse_args()
    os.environ |= {"VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(chosen.jobs, multiprocessing.get_context("spawn")) as pool:
        for with_guides in (False, True):
            futures = [
                pool.submit(run_scene, chosen.seed, number, with_guides=with_guides) for number in range(chosen.scenes)
            ]
            for future in futures:
                outcome = future.result()
                outcomes.append(outcome)
                if outcome.error:
                    print(f"✗ scene {outcome.number}\n{outcome.error}", flush=True)
            print(summary(outcomes[-chosen.scenes :]), flush=True)
    if any(each.error for each in outcomes):
        raise SystemExit("✗ A scene crashed.")


def _background(rng: Random, width: int, height: int) -> Pixels:
    """One colour, a vertical gradient, or a dark grid; with a ground below it or without."""
    pixels = np.empty((height, width, 3), np.uint8)
    kind = rng.integers(0, 4)
    top, foot = np.array(_colour(rng), np.float32), np.array(_colour(rng), np.float32)
    pixels[:] = top if kind else 255
    if kind == 1:
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        pixels[:] = (top + (foot - top) * share)[:, None]
    if kind == 2:
        pixels[:] = 57
        pixels[:: int(rng.integers(3, 60))] = 75
        pixels[:, :: int(rng.integers(3, 60))] = 75
    if rng.random() < 0.3:
        pixels[int(rng.integers(1, height)) :] = foot
    return pixels


def _face(rng: Random, width: int, height: int) -> list[tuple[float, float]]:
    """A polygon of three to six corners around a point that may be outside of the picture."""
    middle = rng.uniform(-0.1, 1.1, 2) * (width, height)
    reach = rng.uniform(0.002, 0.45) * max(width, height)
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
    radii = rng.uniform(0.2, 1, len(angles)) * reach
    corners = middle + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
    return [(float(x), float(y)) for x, y in corners]


def _colour(rng: Random) -> tuple[int, int, int]:
    """Any colour, or a grey."""
    red, green, blue = (int(each) for each in rng.integers(0, 256, 3))
    return (red, green, blue) if rng.random() < 0.6 else (red, red, red)


def _file(picture: Image.Image, quality: int | None = None) -> bytes:
    file = io.BytesIO()
    if quality is None:
        picture.save(file, "PNG")
    else:
        picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


if __name__ == "__main__":
    main()
