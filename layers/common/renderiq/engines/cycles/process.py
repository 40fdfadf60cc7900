"""Runs Blender in a process of its own, with limits, and ends it within a second when it must stop."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import renderiq
from renderiq.engines import (
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
    TooLargeForWorkerError,
)
from renderiq.engines.cycles.scene import OUT_OF_MEMORY, RenderLimits
from renderiq.logs import logger
from renderiq.settings import runtime_variable

POLL_SECONDS: Final = 0.2
_REFUSED: Final = 3
_LOADED: Final = 15
"""Progress at which the model has been read. A process that dies before has died of the model."""
_KEPT_LINES: Final = 20
_LONGEST_LINE: Final = 100_000
_MEMORY_WORDS: Final = ("bad_alloc", "MemoryError", "out of memory", "Cannot allocate memory", "Malloc returns null")


@dataclass(frozen=True, slots=True)
class Finished:
    """What the process told of a render that succeeded."""

    facts: dict[str, Any]


def run(
    python: str,
    folder: Path,
    limits: RenderLimits,
    on_progress: Callable[[int], None],
    should_cancel: Callable[[], bool],
) -> Finished:
    """Renders the scene of ``folder``, as ``renderiq.engines.cycles.blender`` does, with that Python.

    Raises ``RenderCancelledError``, ``PermanentEngineError`` for a model that cannot be rendered,
    ``TooLargeForWorkerError`` for one that cannot be rendered within ``limits``, and ``RetryableEngineError`` if the
    process died for another reason. Whatever a callback raises ends the process too.
    """
    process = _start(python, folder, limits)
    watch = _Watch(process, on_progress)
    try:
        deadline = time.monotonic() + limits.seconds
        while not watch.read():
            if should_cancel():
                raise RenderCancelledError
            if time.monotonic() > deadline:
                raise TooLargeForWorkerError(
                    f"The render was not ready after {limits.seconds} seconds. Order a lower quality, or export the "
                    "model with fewer details.",
                    code="MODEL_TOO_LARGE",
                )
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        raise RetryableEngineError("the process did not end") from None
    finally:
        _kill(process)
    return watch.outcome(process.returncode)


def _start(python: str, folder: Path, limits: RenderLimits) -> subprocess.Popen[str]:
    # Nothing of this process's environment: it holds credentials.
    environment = {
        "PYTHONPATH": str(Path(renderiq.__file__).parents[1]),
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
    }
    # Lambda's own Python finds its library only by this.
    if libraries := runtime_variable("LD_LIBRARY_PATH"):
        environment["LD_LIBRARY_PATH"] = libraries
    process = subprocess.Popen(  # noqa: S603 (our own Python)
        [python, "-m", "renderiq.engines.cycles.blender", str(folder)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds * (os.cpu_count() or 1)),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    ):
        try:
            resource.prlimit(process.pid, kind, (most, most))
        except ProcessLookupError:  # it has ended already; its output says why
            break
    return process


def _kill(process: subprocess.Popen[str]) -> None:
    """Ends the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


class _Watch:
    """Reads the lines of the process. They come through a thread, so that a silent process can be cancelled."""

    def __init__(self, process: subprocess.Popen[str], on_progress: Callable[[int], None]) -> None:
        self._on_progress = on_progress
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._progress = 0
        self._facts: dict[str, Any] = {}
        self._refusal: tuple[str, str] | None = None
        self._last: list[str] = []
        threading.Thread(target=self._pump, args=(process,), daemon=True).start()

    def _pump(self, process: subprocess.Popen[str]) -> None:
        with contextlib.suppress(ValueError):  # closed while it was read
            while process.stdout and (line := process.stdout.readline(_LONGEST_LINE)):
                self._lines.put(line)
        self._lines.put(None)

    def read(self) -> bool:
        """Handles what came, and reports the progress. Returns whether the process has closed its output."""
        ended = False
        try:
            line = self._lines.get(timeout=POLL_SECONDS)
            while line is not None:
                self._handle(line.strip())
                line = self._lines.get_nowait()
            ended = True
        except queue.Empty:
            pass
        self._on_progress(self._progress)
        return ended

    def _handle(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "progress" if rest.isdigit():
                self._progress = max(self._progress, min(int(rest), 99))
            case "fact":
                with contextlib.suppress(ValueError):
                    self._facts |= json.loads(rest)
            case "refused":
                code, _, sentence = rest.partition(" ")
                self._refusal = (code, sentence)
            case _:
                self._last = [*self._last[1 - _KEPT_LINES :], line[:500]]

    def outcome(self, status: int) -> Finished:
        """Returns what was told, or raises what the status of the ended process means."""
        if status == 0:
            return Finished(self._facts)
        if status == _REFUSED and self._refusal:
            code, sentence = self._refusal
            if sentence.startswith(OUT_OF_MEMORY):
                raise TooLargeForWorkerError(sentence, code=code)
            raise PermanentEngineError(sentence, code=code)
        logger.warning("the process of Blender ended", extra={"exitStatus": status, "lines": self._last})
        text = "\n".join(self._last)
        if status in {-signal.SIGXCPU, -signal.SIGXFSZ} or any(word in text for word in _MEMORY_WORDS):
            raise TooLargeForWorkerError(
                "The model needs more memory or time than a render has. Leave out what is not seen from the camera, "
                "or export with fewer details and smaller textures.",
                code="MODEL_TOO_LARGE",
            )
        if self._progress < _LOADED and status < 0:
            raise PermanentEngineError("The model is damaged: it cannot be read.", code="MODEL_UNREADABLE")
        raise RetryableEngineError(f"the process of Blender ended with status {status}")
