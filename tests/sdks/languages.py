"""The SDKs that are here, each by the command that starts its conformance runner."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from sdks.conformance.driver import Runner
from tests.support.paths import ROOT

_PYENV: Final = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"


@dataclass(frozen=True)
class Language:
    """An SDK, whose tests start it with ``command``."""

    name: str
    command: str


def pythons() -> dict[str, str]:
    """The interpreters that the SDK for Python is tested on, by version: those that are installed, and this one."""
    found = {each: next(_PYENV.glob(f"{each}.*/bin/python"), None) for each in ("3.9", "3.11", "3.13")}
    return {version: str(path) for version, path in found.items() if path} or {"this": sys.executable}


def python_runner(interpreter: str) -> str:
    return f"{interpreter} {ROOT / 'sdks' / 'python' / 'tests' / 'conformance_runner.py'}"


def ruby_runner(*arguments: str) -> str:
    return shlex.join(["ruby", str(ROOT / "sdks" / "ruby" / "test" / "conformance_runner.rb"), *arguments])


def csharp_runner() -> str:
    """Returns the command of the runner for C#, which builds itself if it is stale."""
    return str(ROOT / "sdks" / "csharp" / "tests" / "conformance_runner")


TYPESCRIPT: Final = ROOT / "sdks" / "typescript" / ".build" / "conformance-runner.js"
TYPESCRIPT_RUNNER: Final = f"node {TYPESCRIPT}"
WITH_TYPESCRIPT: Final = pytest.mark.skipif(
    not (shutil.which("node") and TYPESCRIPT.exists()),
    reason="the SDK for TypeScript is not built: run `make sdk-typescript`, which needs npm",
)
WITH_RUBY: Final = pytest.mark.skipif(
    not shutil.which("ruby"), reason="Ruby is not installed: the SDK for Ruby is not tested"
)
WITH_MONO: Final = pytest.mark.skipif(
    not (shutil.which("mono") and shutil.which("mcs")), reason="Mono is not installed: the SDK for C# is not tested"
)
LANGUAGES: Final = (
    Language("python", python_runner(sys.executable)),
    pytest.param(Language("typescript", TYPESCRIPT_RUNNER), marks=WITH_TYPESCRIPT),
    pytest.param(Language("ruby", ruby_runner()), marks=WITH_RUBY),
    pytest.param(Language("csharp", csharp_runner()), marks=WITH_MONO),
)
"""Parameters of tests, each a language."""


class Client:
    """An SDK's runner on the running stack, in real time."""

    def __init__(self, command: str, url: str, directory: Path, *, offset: float = 0, **client: Any) -> None:
        self.runner = Runner(command, patience=600)
        self.do(
            "start", baseUrl=url, directory=str(directory), now=None, chance=0.5, offset=offset, client=client
        )  # fmt: skip

    def do(self, step: str, **arguments: Any) -> Any:
        """Returns the value of a step, and fails if the step did."""
        answer = self.runner.ask(step, arguments)
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def error(self, step: str, **arguments: Any) -> dict[str, Any]:
        """Returns the error of a step."""
        error: dict[str, Any] = self.runner.ask(step, arguments)["error"]
        return error

    def begin(self, step: str, **arguments: Any) -> None:
        """Begins a step."""
        self.runner.send(step, arguments)

    def event(self) -> dict[str, Any]:
        """Returns the next line that is an event."""
        while True:
            found: dict[str, Any] = json.loads(self.runner.line())
            if "event" in found:
                return found

    def end(self) -> Any:
        """Returns the value of the step that was begun."""
        answer = self.runner.answer()
        assert "error" not in answer, answer["error"]
        return answer["value"]


@contextmanager
def client(language: Language, url: str, directory: Path, **options: Any) -> Iterator[Client]:
    running = Client(language.command, url, directory, **options)
    try:
        yield running
    finally:
        running.runner.close()


def wait_until(seconds: float) -> None:
    """Waits until a moment of ``time.monotonic``."""
    time.sleep(max(0.0, seconds - time.monotonic()))
