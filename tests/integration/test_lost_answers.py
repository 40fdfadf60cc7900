"""Answers that get lost after the write took effect: boto3 asks again, and nothing is done twice or half."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import BotoCoreError

from admin.reconcile import reconcile
from local.emulator import Emulator
from local.faults import Call, Fault, Plan, Proxy, no_faults, proxy
from renderiq.domain.renders import RenderOutput, Status
from renderiq.http.api import to_api_error
from tests.support import wiring
from tests.support.orders import ask as service_ask
from tests.support.world import User, World, reconciliation_service, world


@pytest.fixture(scope="module")
def way() -> Iterator[Proxy]:
    with Emulator() as emulator, proxy(emulator.url) as made:
        yield made


@pytest.fixture(scope="module")
def here(way: Proxy) -> Iterator[World]:
    with world(way.url) as made:
        yield made


@pytest.fixture
def lose(way: Proxy) -> Iterator[Callable[[str, int], None]]:
    """Loses the next ``number`` answers to an operation of DynamoDB's."""

    def begin(operation: str, number: int) -> None:
        way.plan = losing(operation, number)

    yield begin
    way.plan = no_faults


def losing(operation: str, number: int) -> Plan:
    left = [number]

    def plan(call: Call) -> Fault | None:
        if call.service != "dynamodb" or operation not in {call.operation, ""} or left[0] == 0:
            return None
        left[0] -= 1
        return Fault.RESPONSE_LOST

    return plan


def ask(user: User, key: str | None = None) -> str:
    """The render's id, or the code that the client sees."""
    try:
        return service_ask(user, key)
    except Exception as error:
        return to_api_error(error).code.name


def renders(here: World, user: User) -> list[str]:
    return [each["renderId"] for each in here.items_of("RendersTable", user) if "status" in each]


def agree() -> bool:
    return reconcile(reconciliation_service()) == 0


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("key", [None, "key"])
def test_an_accepted_render_is_reported_as_accepted(
    here: World, lose: Callable[[str, int], None], lost: int, key: str | None
) -> None:
    user = here.user()
    lose("TransactWriteItems", lost)

    render_id = ask(user, key)

    assert renders(here, user) == [render_id]
    assert here.balance(user) == 90
    assert len(here.objects(f"captures/{user.user_id}")) == 1
    assert agree()


def test_who_repeats_an_unanswered_request_gets_the_render_that_it_made(
    here: World, lose: Callable[[str, int], None]
) -> None:
    user = here.user()
    lose("", 4)

    first, second = ask(user, "key"), ask(user, "key")

    assert first == "SERVICE_UNAVAILABLE"
    assert renders(here, user) == [second]
    assert here.balance(user) == 90


@pytest.mark.parametrize("lost", [1, 2])
def test_a_refund_is_made_once(here: World, lose: Callable[[str, int], None], lost: int) -> None:
    user = here.user()
    render_id = ask(user)
    lose("TransactWriteItems", lost)

    with nullcontext() if lost == 1 else pytest.raises(BotoCoreError):
        wiring.render_service().cancel(user.user_id, render_id, now=datetime.now(UTC))

    assert wiring.renders().get(user.user_id, render_id).status is Status.CANCELLED
    assert here.balance(user) == 100
    assert agree()


def test_a_claim_counts_one_attempt(here: World, lose: Callable[[str, int], None]) -> None:
    user, now = here.user(), datetime.now(UTC)
    render_id = ask(user)
    lose("UpdateItem", 1)

    claimed = wiring.renders().claim(user.user_id, render_id, lease="mine", until=now + timedelta(minutes=1), now=now)

    assert claimed is not None
    assert claimed.attempts == 1


def test_a_completion_stands(here: World, lose: Callable[[str, int], None]) -> None:
    user, now = here.user(), datetime.now(UTC)
    render_id = ask(user)
    render = wiring.renders().claim(user.user_id, render_id, lease="mine", until=now + timedelta(minutes=1), now=now)
    assert render
    lose("UpdateItem", 1)

    wiring.renders().complete(render, lease="mine", output=RenderOutput("a", "b", 1, 1), now=now)

    assert wiring.renders().get(user.user_id, render_id).status is Status.COMPLETED
    assert wiring.renders().due_index.get(user.user_id, render_id) is not None  # the sweeper tells of it
    assert agree()


def test_an_account_is_opened_once(here: World, lose: Callable[[str, int], None]) -> None:
    lose("TransactWriteItems", 1)

    user = here.user()

    assert here.balance(user) == 100
    assert [entry["amount"] for entry in here.items_of("LedgerTable", user)] == [100]
