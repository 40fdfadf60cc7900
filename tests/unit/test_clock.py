"""Retry-After headers of receivers and engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from renderiq.clock import retry_after
from renderiq.engines.responses import parse_delay

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Fri, 01 May 2026 12:01:00 GMT", 60),
        ("Fri, 01 May 2026 12:01:00 -0000", 60),
        ("Fri, 01 May 2026 11:00:00 GMT", 0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("²", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_or_is_ignored(said: str, seconds: float | None) -> None:
    assert retry_after(said, NOW) == seconds


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("22s", 22), ("1.5s", 1.5), ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None), (7, None)],
)
def test_the_retry_delay_of_an_engine_is_read_from_its_own_format(said: object, seconds: float | None) -> None:
    assert parse_delay(said) == seconds
