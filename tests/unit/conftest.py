"""Unit tests know no sockets: AWS is moto, in this process and on this thread."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ["MOTO_ACCOUNT_ID"] = "000000000000"  # as in the local stack's names; moto reads it when imported

from moto import mock_aws

from tests.support.world import World, world


@pytest.fixture(scope="module")
def here() -> Iterator[World]:
    with mock_aws(), world(None) as made:
        yield made
