"""A short run of the fuzzing; `make fuzz` is the long one."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.long


def test_no_generated_case_of_the_contract_breaks_the_api() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--max-examples=5", "--seed=20"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'common'}"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    (cases,) = re.findall(r"^  (\d+) generated", run.stdout, re.MULTILINE)
    assert int(cases) > 1_000
