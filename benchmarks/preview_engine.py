"""How long the embedded engine takes and how much memory it needs, on one core.

python benchmarks/preview_engine.py [CAPTURE.png]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CAPTURE = ROOT / "tests" / "data" / "viewport_edges.png"
STAGES = {
    5: "decode, crop",
    20: "understand",
    35: "matte",
    42: "shadows",
    52: "sky, ground",
    88: "light, develop",
    92: "enhance",
    98: "encode",
    100: "thumbnail",
}


def measure(quality: str, capture: Path) -> None:
    """Renders once, in this process, and prints what it took."""
    from renderiq.domain.renders import AspectRatio, Quality, Style
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine

    request = EngineRequest(capture.read_bytes(), Style.PHOTOREALISTIC, Quality(quality), AspectRatio.WIDE, seed=1)
    marks: list[tuple[int, float]] = []
    started = time.perf_counter()
    output = PreviewEngine().render(
        request, lambda percent: marks.append((percent, time.perf_counter() - started)), lambda: False
    )
    total = time.perf_counter() - started
    megapixels = output.width * output.height / 1e6
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{output.width} x {output.height} {quality}: {total:.2f} s, {total / megapixels:.2f} s/MP, {megabytes:.0f} MB"
    )
    before = 0.0
    for end, stage in STAGES.items():
        reached = max((at for percent, at in marks if percent <= end), default=before)
        print(f"  {stage:<16} {reached - before:5.2f} s")
        before = reached


def main() -> None:
    """A fresh process for each size, pinned to one core: peak memory is per process, and caches start cold."""
    capture = Path(sys.argv[1]) if len(sys.argv) > 1 else CAPTURE
    path = os.pathsep.join([str(ROOT / "layers" / "common"), os.environ.get("PYTHONPATH", "")])
    for quality in ("standard", "high", "ultra"):
        command = [sys.executable, __file__, "--measure", quality, str(capture)]
        subprocess.run(
            command,
            check=True,
            env=os.environ | {"PYTHONPATH": path, "VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1"},
            preexec_fn=_stay_on_one_core,
        )


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
