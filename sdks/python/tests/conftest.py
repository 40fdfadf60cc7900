"""A scripted server for the tests of the command line and of asyncio."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # for the scripted server; this package is found first

from sdks.conformance.scenarios import FOLDER, expand_answers  # noqa: E402
from sdks.conformance.server import Script, scripted_server  # noqa: E402

Serve = Callable[[dict[str, list[dict[str, Any]]]], Script]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Gives a function that starts a server with the answers of a scenario."""
    with scripted_server() as server:
        numbers = iter(range(1, 1000))

        def start(answers: dict[str, list[dict[str, Any]]]) -> Script:
            return server.load(next(numbers), expand_answers(answers, FOLDER), {"dir": str(tmp_path)})

        yield start
