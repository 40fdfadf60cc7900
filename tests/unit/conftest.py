"""Unit tests open no sockets: AWS is moto, in this process and on this thread."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ["MOTO_ACCOUNT_ID"] = "000000000000"  # as in the local stack's names; moto reads it when imported

from moto import mock_aws

from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.world import World


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    with mock_aws(), aws_environment(None) as environment:
        yield environment


@pytest.fixture(scope="module")
def here(aws: AwsEnvironment) -> World:
    """The former name of ``aws``."""
    return World(aws.resources)


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A new user with the welcome credits."""
    return create_user(aws)
