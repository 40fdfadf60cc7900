"""Integration tests run against emulated AWS that is safe under threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.emulator import Emulator
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    with Emulator() as emulator, aws_environment(emulator.url) as environment:
        yield environment


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A new user with the welcome credits."""
    return create_user(aws)
