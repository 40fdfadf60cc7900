"""The local stack of end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stack import Stack
from local.users import DEMO_USER
from tests.support.leaks import THIS_RUN


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Ends with its module: its containers poll their queues as long as it runs, beside all other tests."""
    with Stack() as stack:
        THIS_RUN.keep(DEMO_USER.email, DEMO_USER.password)
        yield stack
        THIS_RUN.watch(stack.log.read_text(encoding="utf-8", errors="replace"))
