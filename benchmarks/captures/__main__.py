"""Measures the preview engine on captures of known scenes. Run by `make benchmark-captures`.

Captures are drawn once, with Blender in the environment .venv-captures, and kept in .captures/ until the code that
draws them changes. ``--committed`` needs neither Blender nor models: it measures the captures in this repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from benchmarks.captures import report
from benchmarks.captures.catalogue import CAPTURES, HERE, MODELS, ROOT, Capture
from benchmarks.captures.dense import measure_dense
from benchmarks.captures.runs import CONTROLS, Mode, Result, run

CACHE = ROOT / ".captures"
COMMITTED = HERE / "committed"
BASELINE = COMMITTED / "baseline.json"
PAGE = ROOT / "docs" / "captures.md"
DRAWN_BY = ("catalogue.py", "display_styles.py", "draw.py", "scenes.py", "truth.py")


def main() -> None:
    """Draws what is missing, measures the chosen captures, and writes tables and contact sheets."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="a regular expression of names of captures")
    options.add_argument("--limit", type=int, help="at most this many captures")
    options.add_argument("--committed", action="store_true", help="the captures in this repository, without Blender")
    options.add_argument("--keep", action="store_true", help="copy the drawn captures into this repository")
    options.add_argument("--baseline", action="store_true", help="with --committed: write what the tests hold")
    options.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="pictures at the same time")
    chosen = options.parse_args()
    wanted = [each for each in CAPTURES if re.search(chosen.only, each.name)]
    if chosen.committed or chosen.keep:
        wanted = [each for each in wanted if each.committed]
    wanted = wanted[: chosen.limit]
    folder = COMMITTED if chosen.committed else draw(wanted)
    wanted = [each for each in wanted if (folder / each.file).exists()]
    if chosen.keep:
        keep(wanted, folder)
        return
    outputs = CACHE / "outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    results = measure(wanted, folder, outputs, chosen.jobs)
    print(report.tables(results))
    report.write_json(results, CACHE / "results.json")
    for mode in (each for each in Mode if each not in CONTROLS):
        sheet = CACHE / f"{mode.value.replace(' ', '-').replace(',', '')}.png"
        report.contact_sheet(wanted, mode, folder, outputs, sheet)
        print(f"→ {sheet.relative_to(ROOT)}")
    if chosen.committed and chosen.baseline:
        write_baseline(results)
    if not (chosen.committed or chosen.only or chosen.limit):
        PAGE.write_text(report.page(results, measure_dense()), encoding="utf-8")
        print(f"→ {PAGE.relative_to(ROOT)}")


def draw(captures: list[Capture]) -> Path:
    """Draws what is not in the cache yet, and returns the folder. Captures of absent models are left out."""
    code = b"".join((HERE / name).read_bytes() for name in DRAWN_BY)
    folder = CACHE / hashlib.sha256(code).hexdigest()[:12]
    absent = sorted({each.view.model for each in captures if not MODELS[each.view.model].exists()})
    if absent:
        print(f"→ left out, because there is no such model on this machine: {', '.join(absent)}")
    names = [each.name for each in captures if each.view.model not in absent and not (folder / each.file).exists()]
    if names:
        python = ROOT / ".venv-captures" / "bin" / "python"
        command = [str(python), "-m", "benchmarks.captures.draw", str(folder), *names]
        log = CACHE / "draw.log"
        CACHE.mkdir(exist_ok=True)
        with log.open("w") as errors:
            # Blender complains about the missing display on its standard error output, once per render.
            done = subprocess.run(command, cwd=ROOT, stderr=errors, check=False)
        if done.returncode:
            raise SystemExit(f"✗ Blender stopped while drawing; see {log.relative_to(ROOT)}.")
    return folder


def keep(captures: list[Capture], folder: Path) -> None:
    """Copies drawn captures and their truth from ``folder`` into this repository."""
    COMMITTED.mkdir(exist_ok=True)
    for capture in captures:
        for file in (
            capture.file,
            *(f"{capture.name}.{kind}" for kind in ("truth.png", "depth.png", "normals.png", "camera.json")),
        ):
            shutil.copy(folder / file, COMMITTED / file)
    size = sum(file.stat().st_size for file in COMMITTED.iterdir())
    print(f"→ {len(captures)} captures, {size / 1e6:.2f} MB in {COMMITTED.relative_to(ROOT)}")


def measure(captures: list[Capture], folder: Path, outputs: Path, jobs: int) -> list[Result]:
    """Every capture in every mode, each in a fresh process, so that its peak memory is its own.

    All modes of a capture follow each other, so that a machine that becomes slower is slower for all of them. The
    controls take the committed captures only. Each result is also appended to a file as soon as it is there.
    """
    runs = [(capture, mode) for mode in Mode for capture in captures if mode not in CONTROLS or capture.committed]
    os.environ |= {"VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    context = multiprocessing.get_context("spawn")
    found: dict[tuple[str, str], Result] = {}
    log = CACHE / "results.jsonl"
    log.write_text("", encoding="utf-8")
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool, log.open("a", encoding="utf-8") as file:
        by_capture = sorted(runs, key=lambda each: captures.index(each[0]))
        futures = [pool.submit(run, capture, mode, folder, outputs) for capture, mode in by_capture]
        for future in as_completed(futures):
            result = future.result()
            found[result.capture, result.mode] = result
            print(json.dumps(result.as_json()), file=file, flush=True)
            print(f"measured: {result.capture}, {result.mode} ({len(found)} of {len(runs)})", flush=True)
    return [found[capture.name, mode.value] for capture, mode in runs]


def write_baseline(results: list[Result]) -> None:
    """Writes what the tests hold: the measures without guides, with two guides and with all of them."""
    kept = [
        {"capture": each.capture, "mode": each.mode} | {"measures": vars(each.measures)}
        for each in results
        if each.mode in (Mode.PLAIN, Mode.GUIDES, Mode.EVERYTHING)
    ]
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"→ {BASELINE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
