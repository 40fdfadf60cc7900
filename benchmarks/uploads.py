"""What the most expensive uploads cost `captures.check`, and what they cost Pillow alone.

Run by `PYTHONPATH=layers/common:. python -m benchmarks.uploads`. Each upload is decoded in a fresh process. Its memory
is what the peak of the process grows by. The table goes to docs/performance.md.
"""

from __future__ import annotations

import io
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from renderiq import captures
from renderiq.errors import ApiError
from tests.support.costly_images import UPLOADS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
START, END = "<!-- uploads: start -->", "<!-- uploads: end -->"
LIMIT_SECONDS = 300


def check(data: bytes) -> str:
    """Returns what the API answers to an upload."""
    try:
        captures.check(data, declared=None)
    except ApiError as error:
        return f"refused: {error.message.split('. ')[0].removeprefix('The image ').rstrip('.')}"
    return "taken"


def pillow(data: bytes) -> str:
    """Pillow with a limit of pixels, and bombs as errors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if picture.width * picture.height > 40_000_000:
                return "refused"
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return "refused"
    return "taken"


TOOLS: dict[str, Callable[[bytes], str]] = {"check": check, "pillow": pillow}


def peak_megabytes() -> int:
    """Returns the peak memory of this process."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def measure_here(tool: str, file: Path) -> str:
    """Measures one upload in this process, and returns the figures as text."""
    Image.preinit()
    data = file.read_bytes()
    before, began = peak_megabytes(), time.process_time()
    verdict = TOOLS[tool](data)
    return f"{time.process_time() - began:.2f}|{peak_megabytes() - before}|{verdict}"


def measure(tool: str, file: Path) -> tuple[str, str, str]:
    """Measures one upload in a process of its own."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'layers' / 'common'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "benchmarks.uploads", tool, str(file)]
    try:
        ran = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=LIMIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"> {LIMIT_SECONDS}", "?", "?"
    seconds, megabytes, verdict = ran.stdout.strip().split("|")
    return seconds, megabytes, verdict


def table() -> str:
    """Measures every upload, and returns the table."""
    rows = [
        f"Measured on one core ({platform.machine()}, Python {platform.python_version()}); processor time.",
        "",
        "| upload | size | Pillow alone | memory | `captures.check` | memory | result |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "upload"
        for name, make in UPLOADS.items():
            file.write_bytes(make())
            alone, memory, _ = measure("pillow", file)
            seconds, megabytes, verdict = measure("check", file)
            size = file.stat().st_size / 1e6
            rows.append(
                f"| {name} | {size:.1f} MB | {alone} s | {memory} MB | {seconds} s | {megabytes} MB | {verdict} |"
            )
            print(rows[-1], flush=True)
    return "\n".join(rows)


def main() -> None:
    """Writes the table into docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure_here(sys.argv[1], Path(sys.argv[2])))
    else:
        main()
