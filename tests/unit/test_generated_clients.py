"""Clients that generators make of the contract are tested when the contract changes."""

from __future__ import annotations

from tests.clients.tested import TESTED, digest


def test_the_clients_were_tested_with_this_contract() -> None:
    assert TESTED.read_text("utf-8").strip() == digest(), (
        "openapi.yaml or the tests of the clients have changed: run `make clients`, which takes a quarter of an hour"
    )
