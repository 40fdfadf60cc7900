"""Integration tests run against emulated AWS that is safe under threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.emulator import Emulator
from tests.support.world import World, world


@pytest.fixture(scope="module")
def here() -> Iterator[World]:
    with Emulator() as emulator, world(emulator.url) as made:
        yield made
