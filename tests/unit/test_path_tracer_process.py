"""The process of Blender: progress, refusals, limits, and its end within a second. A script stands in for Blender."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from renderiq.engines import (
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
    TooLargeForWorkerError,
)
from renderiq.engines.cycles import process
from renderiq.engines.cycles.process import Finished
from renderiq.engines.cycles.scene import RenderLimits

LIMITS = RenderLimits(seconds=20, memory=4 << 30)


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], str]:
    def make(code: str) -> str:
        script = tmp_path / "script.py"
        script.write_text(f"import os, sys, time, subprocess\n{code}\n")
        stand_in = tmp_path / "python"
        stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$@"\n')
        stand_in.chmod(0o755)
        return str(stand_in)

    return make


def run(
    python: str,
    folder: Path,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
    should_cancel: Callable[[], bool] = lambda: False,
    limits: RenderLimits = LIMITS,
) -> Finished:
    return process.run(python, folder, limits, on_progress, should_cancel)


def test_progress_and_facts_are_what_the_process_prints(tmp_path: Path, python: Callable[[str], str]) -> None:
    seen: list[int] = []
    finished = run(
        python('print("progress 40"); print("noise"); print(\'fact {"rooms": 2}\')'), tmp_path, on_progress=seen.append
    )

    assert 40 in seen
    assert finished.facts == {"rooms": 2}


def test_progress_never_goes_back(tmp_path: Path, python: Callable[[str], str]) -> None:
    seen: list[int] = []
    code = 'for n in (10, 50, 20): print("progress", n, flush=True); time.sleep(0.3)'
    run(python(code), tmp_path, on_progress=seen.append)

    assert seen == sorted(seen)


def test_a_refusal_has_its_code_and_sentence(tmp_path: Path, python: Callable[[str], str]) -> None:
    with pytest.raises(PermanentEngineError, match="Too many") as caught:
        run(python('print("refused MODEL_TOO_LARGE Too many triangles."); sys.exit(3)'), tmp_path)

    assert caught.value.code == "MODEL_TOO_LARGE"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] if Path("/proc").exists() else "R"
    return state != "Z"


HANGING = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("pids", "w").write(f"{os.getpid()} {child.pid}")
print("progress 20", flush=True)
time.sleep(60)
"""


def pids(folder: Path) -> list[int]:
    return [int(each) for each in (folder / "pids").read_text().split()]


def test_a_cancelled_render_ends_within_a_second_with_all_that_it_started(
    tmp_path: Path, python: Callable[[str], str]
) -> None:
    asked: list[float] = []

    def should_cancel() -> bool:
        if (tmp_path / "pids").exists() and (tmp_path / "pids").stat().st_size:
            asked.append(time.monotonic())
            return True
        return False

    with pytest.raises(RenderCancelledError):
        run(python(HANGING), tmp_path, should_cancel=should_cancel)
    assert time.monotonic() - asked[0] < 1
    time.sleep(0.1)
    assert not any(is_alive(pid) for pid in pids(tmp_path))


class LeaseLostError(Exception):
    pass


def test_a_lost_lease_ends_the_process(tmp_path: Path, python: Callable[[str], str]) -> None:
    def on_progress(percent: int) -> None:
        if percent >= 20:
            raise LeaseLostError

    with pytest.raises(LeaseLostError):
        run(python(HANGING), tmp_path, on_progress=on_progress)
    time.sleep(0.1)
    assert not any(is_alive(pid) for pid in pids(tmp_path))


def test_a_render_that_takes_too_long_ends_with_a_sentence(tmp_path: Path, python: Callable[[str], str]) -> None:
    with pytest.raises(PermanentEngineError, match="after 1 seconds") as caught:
        run(python(HANGING), tmp_path, limits=RenderLimits(seconds=1, memory=4 << 30))

    assert caught.value.code == "MODEL_TOO_LARGE"


def test_a_process_that_dies_of_the_model_is_not_tried_again(tmp_path: Path, python: Callable[[str], str]) -> None:
    with pytest.raises(PermanentEngineError) as caught:
        run(python('print("progress 1", flush=True); os.kill(os.getpid(), 11)'), tmp_path)

    assert caught.value.code == "MODEL_UNREADABLE"


def test_a_process_that_dies_later_is_tried_again(tmp_path: Path, python: Callable[[str], str]) -> None:
    with pytest.raises(RetryableEngineError):
        run(python('print("progress 50", flush=True); os.kill(os.getpid(), 11)'), tmp_path)


def test_memory_has_a_limit(tmp_path: Path, python: Callable[[str], str]) -> None:
    # The limit is set right after the start.
    code = (
        'time.sleep(0.5); print("progress 30", flush=True); held = bytearray(2 << 30); held[::4096] = b"x" * (1 << 19)'
    )
    with pytest.raises(PermanentEngineError) as caught:
        run(python(code), tmp_path, limits=RenderLimits(seconds=20, memory=1 << 30))

    assert caught.value.code == "MODEL_TOO_LARGE"


def test_files_have_a_limit(tmp_path: Path, python: Callable[[str], str]) -> None:
    code = 'time.sleep(0.5); open("large", "wb").write(bytes(3 << 20))'
    with pytest.raises((PermanentEngineError, RetryableEngineError)):
        run(python(code), tmp_path, limits=RenderLimits(seconds=20, memory=4 << 30, file_size=1 << 20))

    assert (tmp_path / "large").stat().st_size <= 1 << 20


def test_the_process_gets_no_credentials(
    tmp_path: Path, python: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    run(python('open("names", "w").write(" ".join(os.environ))'), tmp_path)

    assert not [name for name in (tmp_path / "names").read_text().split() if name.startswith("AWS")]


def test_the_process_finds_the_libraries_of_lambdas_python(
    tmp_path: Path, python: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/var/lang/lib")
    code = "import json; print('fact', json.dumps({'path': os.environ.get('LD_LIBRARY_PATH')}))"

    assert run(python(code), tmp_path).facts == {"path": "/var/lang/lib"}


def test_the_process_has_no_credentials(
    tmp_path: Path, python: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    code = "import json; print('fact', json.dumps({'secret': os.environ.get('AWS_SECRET_ACCESS_KEY')}))"

    assert run(python(code), tmp_path).facts == {"secret": None}


def test_a_render_that_takes_too_long_may_be_tried_by_a_larger_worker(
    tmp_path: Path, python: Callable[[str], str]
) -> None:
    with pytest.raises(TooLargeForWorkerError):
        run(python("time.sleep(30)"), tmp_path, limits=replace(LIMITS, seconds=1))


def test_a_render_that_needs_too_much_memory_may_be_tried_by_a_larger_worker(
    tmp_path: Path, python: Callable[[str], str]
) -> None:
    with pytest.raises(TooLargeForWorkerError):
        run(python('print("std::bad_alloc"); sys.exit(134)'), tmp_path)
