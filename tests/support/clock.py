"""Time in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from tests.support import wiring
from tests.support.functions import handler

LEASE: Final = timedelta(minutes=6)
"""For how long a render worker of a test may hold a render."""


@contextmanager
def clock_at(moment: datetime, *functions: str) -> Iterator[None]:
    """Stops the clock of these functions at ``moment``."""
    apps = [handler(function).app for function in functions]
    for app in apps:
        app.dependency_overrides[wiring.time_source] = lambda: lambda: moment
    try:
        yield
    finally:
        for app in apps:
            del app.dependency_overrides[wiring.time_source]
