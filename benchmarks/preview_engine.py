"""Measures the preview engine, and for comparison Pillow and OpenCV, which only enlarge and grade the capture.

Run by `make benchmark`. Each measurement is made in a new process on one core, because peak memory is per process and
caches must be cold. The time is the best of three runs, because other processes can only increase it. Instructions are
counted by valgrind if it is installed; they do not depend on the load of the machine. The table is written to
docs/performance.md.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __package__ is None:  # this file is run by its path, in environments of its own
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.page import write_section

ROOT = Path(__file__).parents[1]
CAPTURE = ROOT / "tests" / "data" / "viewport_edges.png"
SIZES = {"standard": (1920, 1080), "high": (3840, 2160), "ultra": (3840, 2160)}
RUNS = [(tool, quality) for quality in SIZES for tool in ("engine", "Pillow", "OpenCV")]
TIME_BUDGETS = {"standard": 2.0, "high": 6.0, "ultra": 6.0}
"""Seconds of processor time."""
MEMORY_BUDGET = 1024
"""Megabytes."""
REPEATS = 3


def render_with_engine(data: bytes, quality: str) -> bytes:
    """Renders ``data`` with the preview engine; returns a PNG."""
    sys.path.insert(0, str(ROOT / "layers" / "common"))
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine
    from renderiq.styles import registry

    request = EngineRequest(data, registry().newest()[0], Quality(quality), AspectRatio.WIDE, seed=1)
    return PreviewEngine().render(request, lambda _: None, lambda: False).image


def grade_with_pillow(data: bytes, quality: str) -> bytes:
    """Enlarges ``data``, increases contrast and saturation, and sharpens it for ultra; returns a PNG.

    It also encodes a thumbnail, as the engine does.
    """
    from PIL import Image, ImageEnhance, ImageFilter

    picture = Image.open(io.BytesIO(data)).convert("RGB").resize(SIZES[quality], Image.Resampling.LANCZOS)
    picture = ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(1.1)).enhance(1.1)
    if quality == "ultra":
        picture = picture.filter(ImageFilter.UnsharpMask(2, 60, 1))
    file, small = io.BytesIO(), io.BytesIO()
    picture.save(file, "PNG", compress_level=2)
    picture.resize((512, 288)).save(small, "WEBP")
    return file.getvalue()


def grade_with_opencv(data: bytes, quality: str) -> bytes:
    """Does the same as ``grade_with_pillow``."""
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    picture = cv2.resize(picture, SIZES[quality], interpolation=cv2.INTER_LANCZOS4)
    picture = cv2.convertScaleAbs(picture, alpha=1.1, beta=-12)
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=1.1)
    picture = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    if quality == "ultra":
        picture = cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), 2), -0.6, 0)
    file = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 2])[1]
    cv2.imencode(".webp", cv2.resize(picture, (512, 288), interpolation=cv2.INTER_AREA))
    return bytes(file)


TOOLS: dict[str, Callable[[bytes, str], bytes]] = {
    "engine": render_with_engine,
    "Pillow": grade_with_pillow,
    "OpenCV": grade_with_opencv,
}


def measure(tool: str, quality: str) -> None:
    """Runs a tool once in this process; prints seconds of processor time, with imports, and peak megabytes as JSON."""
    data = CAPTURE.read_bytes()
    started = time.process_time()
    TOOLS[tool](data, quality)
    seconds = time.process_time() - started
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def measure_command(tool: str, quality: str) -> list[str]:
    """Returns the command that runs ``measure`` in a new process."""
    python = ROOT / (".venv-benchmark" if tool == "OpenCV" else ".venv") / "bin" / "python"
    return [str(python), __file__, "--measure", tool, quality]


def measure_repeatedly(tool: str, quality: str) -> tuple[float, float]:
    """Returns the least processor time of a few runs, in seconds, and the most memory, in megabytes."""
    runs = [json.loads(run_on_one_core(measure_command(tool, quality)).stdout.splitlines()[-1]) for _ in range(REPEATS)]
    return min(seconds for seconds, _ in runs), max(megabytes for _, megabytes in runs)


def run_on_one_core(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs a command on one core and returns its output."""
    environment = os.environ | {"VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment, preexec_fn=_use_one_core
    )


def count_instructions(tool: str, quality: str) -> int | None:
    """Returns the number of instructions of one run, or None if valgrind is not installed."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "out"
        counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={file}"]
        run_on_one_core([*counter, *measure_command(tool, quality)])
        found = re.search(r"^summary: (\d+)", file.read_text(), re.MULTILINE)
    return int(found.group(1)) if found else None


def main() -> None:
    """Measures all tools and sizes, and reports those of the engine that exceed a budget."""
    counting = "--fast" not in sys.argv
    if counting and shutil.which("valgrind") is None:
        print("→ Instructions are not counted, because valgrind is not installed (apt-get install valgrind).")
    rows, over = [], []
    for tool, quality in RUNS:
        seconds, megabytes = measure_repeatedly(tool, quality)
        width, height = SIZES[quality]
        count = count_instructions(tool, quality) if counting else None
        billions = "not counted" if count is None else f"{count / 1e9:.1f} G"
        per = seconds / (width * height / 1e6)
        output = f"{quality}, {width} x {height}"
        cells = (output, tool, f"{seconds:.2f} s", f"{per:.2f} s", f"{megabytes:.0f} MB", billions)
        rows.append(f"| {' | '.join(cells)} |")
        print(rows[-1], flush=True)
        if tool == "engine" and (seconds > TIME_BUDGETS[quality] or megabytes > MEMORY_BUDGET):
            over.append(f"{quality}: {seconds:.2f} s, {megabytes:.0f} MB")
        write_table(rows)
    if over:
        print(f"✗ Over budget ({TIME_BUDGETS}, {MEMORY_BUDGET} MB): {'; '.join(over)}")


def write_table(rows: list[str]) -> None:
    """Writes the table between its marks in docs/performance.md; the rest of the page is not changed."""
    head = [
        "| output | with | processor time | per megapixel | peak memory | instructions |",
        "|---|---|---|---|---|---|",
    ]
    about = (
        f"Measured by `make benchmark` on one core ({platform.machine()}, Python {platform.python_version()}), "
        "the best of three runs; imports, PNG and thumbnail included. Pillow and OpenCV only enlarge and grade the "
        "capture: that is a lower limit, not the same picture. Times vary with the machine's load; instructions do not."
    )
    write_section("preview engine", "Preview engine", "\n".join([about, "", *head, *rows]))


def _use_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], sys.argv[3])
    else:
        main()
