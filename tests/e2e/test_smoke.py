"""`make smoke` passes on a working stack, and says what is wrong with a broken one."""

from __future__ import annotations

import pytest

from admin.smoke import SmokeError, smoke
from local.receiver import receiving
from local.stack import Stack
from local.users import DEMO_USER


def test_a_working_stack_passes_without_a_receiver(stack: Stack) -> None:
    lines: list[str] = []

    smoke(stack.url, DEMO_USER.email, DEMO_USER.password, say=lines.append)

    assert [line.split()[0] for line in lines] == ["health:", "signed", "rendered", "webhook"]
    assert lines[-1].endswith("answered 405")


def test_a_working_stack_passes_with_a_receiver(stack: Stack) -> None:
    lines: list[str] = []
    with receiving() as receiver:
        smoke(stack.url, DEMO_USER.email, DEMO_USER.password, webhook_url=receiver.url, say=lines.append)

    assert receiver.arrivals.qsize() == 1
    assert lines[-1].endswith("answered 200")


def test_a_wrong_password_fails(stack: Stack) -> None:
    with pytest.raises(SmokeError, match="/auth/signin answered 401"):
        smoke(stack.url, "nobody@example.com", "Wrong-password-1")


def test_an_api_that_is_not_there_fails() -> None:
    with pytest.raises(SmokeError, match="GET /health"):
        smoke("http://127.0.0.1:9/api/plugins", DEMO_USER.email, DEMO_USER.password)
