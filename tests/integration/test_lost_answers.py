"""Responses of DynamoDB that are lost after the write: boto3 repeats the request, and each write takes effect once."""

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
from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.renders import request_render as request_by_service
from tests.support.wiring import reconciliation_service


@pytest.fixture(scope="module")
def fault_proxy() -> Iterator[Proxy]:
    with Emulator() as emulator, proxy(emulator.url) as made:
        yield made


@pytest.fixture(scope="module")
def aws(fault_proxy: Proxy) -> Iterator[AwsEnvironment]:
    with aws_environment(fault_proxy.url) as made:
        yield made


@pytest.fixture
def lose(fault_proxy: Proxy) -> Iterator[Callable[[str, int], None]]:
    """Drops the next ``number`` responses to an operation of DynamoDB."""

    def begin(operation: str, number: int) -> None:
        fault_proxy.plan = losing(operation, number)

    yield begin
    fault_proxy.plan = no_faults


def losing(operation: str, number: int) -> Plan:
    left = [number]

    def plan(call: Call) -> Fault | None:
        if call.service != "dynamodb" or operation not in {call.operation, ""} or left[0] == 0:
            return None
        left[0] -= 1
        return Fault.RESPONSE_LOST

    return plan


def request_render(user: User, key: str | None = None) -> str:
    """Returns the render's id or the error code."""
    try:
        return request_by_service(user, key)
    except Exception as error:
        return to_api_error(error).code.name


def renders(aws: AwsEnvironment, user: User) -> list[str]:
    return [each["renderId"] for each in aws.items_of("RendersTable", user) if "status" in each]


def agree() -> bool:
    return reconcile(reconciliation_service()) == 0


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("key", [None, "key"])
def test_a_render_is_reported_as_accepted_although_a_response_was_lost(
    aws: AwsEnvironment, lose: Callable[[str, int], None], lost: int, key: str | None
) -> None:
    user = create_user(aws)
    lose("TransactWriteItems", lost)

    render_id = request_render(user, key)

    assert renders(aws, user) == [render_id]
    assert balance_of(user) == 90
    assert len(aws.objects(f"captures/{user.user_id}")) == 1
    assert agree()


def test_repeating_an_unanswered_request_returns_the_render_that_it_created(
    aws: AwsEnvironment, lose: Callable[[str, int], None]
) -> None:
    user = create_user(aws)
    lose("", 4)

    first, second = request_render(user, "key"), request_render(user, "key")

    assert first == "SERVICE_UNAVAILABLE"
    assert renders(aws, user) == [second]
    assert balance_of(user) == 90


@pytest.mark.parametrize("lost", [1, 2])
def test_a_refund_whose_response_was_lost_is_made_once(
    aws: AwsEnvironment, lose: Callable[[str, int], None], lost: int
) -> None:
    user = create_user(aws)
    render_id = request_render(user)
    lose("TransactWriteItems", lost)

    with nullcontext() if lost == 1 else pytest.raises(BotoCoreError):
        wiring.render_service().cancel(user.user_id, render_id, now=datetime.now(UTC))

    assert wiring.renders().get(user.user_id, render_id).status is Status.CANCELLED
    assert balance_of(user) == 100
    assert agree()


def test_a_claim_whose_response_was_lost_counts_one_attempt(
    aws: AwsEnvironment, lose: Callable[[str, int], None]
) -> None:
    user, now = create_user(aws), datetime.now(UTC)
    render_id = request_render(user)
    lose("UpdateItem", 1)

    claimed = wiring.renders().claim(user.user_id, render_id, lease="mine", until=now + timedelta(minutes=1), now=now)

    assert claimed is not None
    assert claimed.attempts == 1


def test_a_completion_whose_response_was_lost_is_kept(aws: AwsEnvironment, lose: Callable[[str, int], None]) -> None:
    user, now = create_user(aws), datetime.now(UTC)
    render_id = request_render(user)
    render = wiring.renders().claim(user.user_id, render_id, lease="mine", until=now + timedelta(minutes=1), now=now)
    assert render
    lose("UpdateItem", 1)

    wiring.renders().complete(render, lease="mine", output=RenderOutput("a", "b", 1, 1), now=now)

    assert wiring.renders().get(user.user_id, render_id).status is Status.COMPLETED
    assert wiring.renders().due_index.get(user.user_id, render_id) is not None  # the sweeper publishes its event
    assert agree()


def test_an_account_is_created_once_if_the_response_was_lost(
    aws: AwsEnvironment, lose: Callable[[str, int], None]
) -> None:
    lose("TransactWriteItems", 1)

    user = create_user(aws)

    assert balance_of(user) == 100
    assert [entry["amount"] for entry in aws.items_of("LedgerTable", user)] == [100]
