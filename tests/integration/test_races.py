"""Concurrent requests: exactly the limit, exactly the credits, exactly one render."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.keys import MAX_ACTIVE, Scope
from renderiq.domain.renders import Quality, Status
from renderiq.errors import ApiError
from renderiq.ids import uuid7
from tests.support import wiring
from tests.support.accounts import balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clients import at_once
from tests.support.orders import order
from tests.support.renders import request_render

NOW = datetime(2026, 5, 1, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("limit", [50, 100])
@pytest.mark.usefixtures("aws")
def test_sixteen_concurrent_clients_get_exactly_the_rate_limit(limit: int) -> None:
    principal = f"user#{uuid7()}"

    admitted = at_once(
        16, lambda _: [wiring.principals().admit(principal, limit, NOW).admitted for _ in range(limit // 8)]
    )

    assert sum(map(sum, admitted)) == limit


@pytest.mark.usefixtures("aws")
def test_waiting_for_retry_after_is_enough() -> None:
    principal = f"user#{uuid7()}"
    for _ in range(30):
        wiring.principals().admit(principal, 30, NOW)

    refused = wiring.principals().admit(principal, 30, NOW)
    later = NOW + timedelta(seconds=refused.rate.retry_after)

    assert not refused.admitted
    assert not wiring.principals().admit(principal, 30, later - timedelta(seconds=1.01)).admitted
    assert wiring.principals().admit(principal, 30, later).admitted


def test_rate_limit_counters_of_former_minutes_are_removed(aws: AwsEnvironment) -> None:
    principal = f"user#{uuid7()}"
    for spell in range(120):
        wiring.principals().admit(principal, 30, NOW + timedelta(minutes=5 * spell))

    [item] = [item for item in aws.items("PrincipalsTable") if item["principal"] == principal]
    assert len(item) < 40


def test_of_forty_concurrent_requests_exactly_the_five_that_can_be_paid_succeed(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=50)

    outcomes = [outcome for each in at_once(8, lambda _: [request_render(user) for _ in range(5)]) for outcome in each]

    assert Counter(outcomes)["INSUFFICIENT_CREDITS"] == 35
    assert balance_of(user) == 0
    assert len(aws.items_of("RendersTable", user)) == 5
    assert len(aws.objects(f"captures/{user.user_id}")) == 5


def test_thirty_two_concurrent_requests_with_one_idempotency_key_create_one_render(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=1000)

    outcomes = at_once(32, lambda _: request_render(user, "key"))

    assert len(set(outcomes)) == 1
    assert balance_of(user) == 990


def test_two_bodies_with_one_idempotency_key_create_one_render(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=1000)
    orders = [order(), order(quality=Quality.ULTRA)]

    outcomes = at_once(32, lambda number: (number % 2, request_render(user, "key", orders[number % 2])))

    [render] = [item for item in aws.items_of("RendersTable", user) if "status" in item]
    won = 0 if render["cost"] == orders[0].cost else 1
    assert Counter(outcomes) == {(won, render["renderId"]): 16, (1 - won, "IDEMPOTENCY_KEY_REUSED"): 16}
    assert balance_of(user) == 1000 - render["cost"]
    assert aws.objects(f"captures/{user.user_id}/") == [f"captures/{user.user_id}/{render['renderId']}"]


def test_concurrent_cancellations_refund_once(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=10)
    render_id = request_render(user)

    def cancel(_: int) -> str:
        try:
            return wiring.render_service().cancel(user.user_id, render_id, now=datetime.now(UTC)).status
        except ApiError as error:
            return error.code.name

    assert Counter(at_once(12, cancel)) == {Status.CANCELLED: 1, "RESOURCE_CONFLICT": 11}
    assert balance_of(user) == 10


def test_exactly_one_of_many_workers_gets_the_lease(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=10)
    render_id, now = request_render(user), datetime.now(UTC)

    claims = at_once(
        12,
        lambda number: wiring.renders().claim(
            user.user_id, render_id, lease=str(number), until=now + timedelta(minutes=1), now=now
        ),
    )

    assert sum(claim is not None for claim in claims) == 1


def test_two_concurrent_refreshes_do_not_end_the_session(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    def again(_: int) -> bool:
        tokens = wiring.session_service().refresh(user.refresh_token, now=datetime.now(UTC))
        return tokens.refresh_token != user.refresh_token

    assert at_once(3, again) == [True, True, True]


def test_concurrent_requests_create_at_most_twenty_keys(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    def make(number: int) -> list[str]:
        outcomes = []
        for _ in range(4):
            try:
                wiring.key_service().create(
                    user.user_id,
                    f"key {number}",
                    frozenset({Scope.READ_RENDERS}),
                    None,
                    now=datetime.now(UTC),
                )
                outcomes.append("made")
            except ApiError as error:
                outcomes.append(error.code.name)
        return outcomes

    outcomes = Counter(outcome for each in at_once(8, make) for outcome in each)

    assert outcomes == {"made": MAX_ACTIVE, "QUOTA_EXCEEDED": 32 - MAX_ACTIVE}
    assert len(aws.items_of("ApiKeysTable", user)) == MAX_ACTIVE
