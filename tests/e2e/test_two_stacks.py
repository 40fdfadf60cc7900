"""Two stacks in one account and region: the second one neither fails on a name nor changes the first one."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from local.aws import client
from tests.e2e.test_deployment import MISSING
from tests.support.deployment import BUILD, Deployment, emulated_cloudformation

pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(MISSING), reason=MISSING)]


@pytest.fixture(scope="module")
def stacks() -> Iterator[tuple[Deployment, Deployment]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with emulated_cloudformation(port) as url:
        first, second = Deployment(url, "renderiq-first"), Deployment(url, "renderiq-second")
        first.deploy(BUILD)
        second.deploy(BUILD)
        yield first, second


def test_the_stacks_share_no_resource(stacks: tuple[Deployment, Deployment]) -> None:
    first, second = (stack.resources() for stack in stacks)

    assert first.keys() == second.keys()
    # The ids of a stage and of a group are their names, which are unique within their API and their user pool only.
    assert {name for name in first if first[name] == second[name]} == {"PluginApiApiGatewayDefaultStage", "Operators"}


def test_deleting_one_stack_leaves_the_other_as_it_was(stacks: tuple[Deployment, Deployment]) -> None:
    first, second = stacks
    before = first.resources()
    schedules = client("scheduler", first.endpoint_url)
    assert len(schedules.list_schedules()["Schedules"]) == 4

    second.delete()

    assert first.resources() == before
    assert len(schedules.list_schedules()["Schedules"]) == 2
    assert first.call("GET", "/health", params={"deep": "1"}).json()["status"] == "healthy"
