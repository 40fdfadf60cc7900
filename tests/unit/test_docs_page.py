"""The interactive page: its own scripts only, and the demo user where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.users import DEMO_USER
from renderiq.settings import settings
from tests.support.aws import AwsEnvironment
from tests.support.http import call


@pytest.fixture
def emulator(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A local stack, whose functions know an emulator."""
    monkeypatch.setenv("EMULATOR_URL", "http://127.0.0.1:4566")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_page_of_a_local_stack_knows_the_demo_user(emulator: None) -> None:
    assert 'data-demo-user="true"' in call("docs", "GET", "/docs").body


def test_the_page_of_a_deployed_stack_knows_no_user(aws: AwsEnvironment) -> None:
    assert 'data-demo-user="false"' in call("docs", "GET", "/docs").body


def test_the_demo_user_of_the_page_is_that_of_the_local_stack() -> None:
    script = call("docs_id", "GET", "/docs/page.js").body

    assert f'{{ email: "{DEMO_USER.email}", password: "{DEMO_USER.password}" }}' in script
