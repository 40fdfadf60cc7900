"""Broken and hostile images: each is rendered or refused with a code, in bounded memory and time, and never crashes.

The corpus is generated from a seed. The processes that decode it have a limit of address space.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from renderiq.errors import ErrorCode
from tests.support.hostile_images import corpus

ROOT = Path(__file__).parents[2]
WORKERS = 3
MEGABYTES = 700
"""Peak resident memory of a worker: the libraries, and a picture of 40 megapixels unpacked more than once."""


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    """``rendered`` or the error code, by the name of the image."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common")])
    environment = os.environ | {"PYTHONPATH": path, "VIPS_CONCURRENCY": "1"}
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.hostile_images", str(worker), str(WORKERS)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker in range(WORKERS)
    ]
    found: dict[str, str] = {}
    for worker in workers:
        out, _ = worker.communicate(timeout=300)
        for line in out.splitlines():
            found |= json.loads(line)
    return found


def test_the_corpus_has_at_least_two_hundred_images() -> None:
    assert len(corpus()) >= 200


@pytest.mark.parametrize("name", corpus())
def test_a_hostile_image_is_rendered_or_refused(name: str, verdicts: dict[str, str]) -> None:
    assert verdicts.get(name, "crashed") in {"rendered", *(code.name for code in ErrorCode)} - {"INTERNAL_ERROR"}


@pytest.mark.parametrize(
    "name", ["bomb of one colour", "width of 2 billion", "44 megapixels", "a GIF", "an SVG", "empty", "PNG cut at 10 %"]
)
def test_an_image_that_is_no_capture_is_refused(name: str, verdicts: dict[str, str]) -> None:
    assert verdicts[name] in {"INVALID_INPUT", "UNSUPPORTED_MEDIA_TYPE"}


@pytest.mark.parametrize(
    "name",
    ["16-bit grey", "palette with transparency", "CMYK JPEG", "progressive JPEG", "interlaced PNG", "APNG", "MPO",
     "grey with alpha", "1-bit", "grey with tRNS", "broken iCCP", "gAMA of zero", "EXIF rotated", "broken EXIF"],
)  # fmt: skip
def test_an_unusual_but_complete_image_is_rendered(name: str, verdicts: dict[str, str]) -> None:
    assert verdicts[name] == "rendered"


def test_no_image_takes_much_memory(verdicts: dict[str, str]) -> None:
    assert max(int(peak) for name, peak in verdicts.items() if name.startswith("peak ")) < MEGABYTES
