"""``count``: several renders of one order, accepted together and refunded one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from renderiq.domain.reconciliation import discrepancies
from renderiq.domain.renders import MAX_SEED
from renderiq.settings import settings
from tests.support import wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render


def order(user: User, count: int, key: str | None = None, **fields: str) -> Response:
    headers = {"idempotency-key": key} if key else {}
    return post_render(user, {"count": str(count), **fields}, headers=headers)


def show(user: User, render_id: str) -> Response:
    return call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers)


def test_an_order_for_three_has_three_renders_with_seeds_in_a_row(user: User) -> None:
    data = order(user, 3, seed="41").data

    assert [each["seed"] for each in data["renders"]] == [41, 42, 43]
    assert data["renderId"] == data["renders"][0]["renderId"]
    assert [show(user, each["renderId"]).data["seed"] for each in data["renders"]] == [41, 42, 43]


def test_seeds_go_on_from_zero(user: User) -> None:
    assert [each["seed"] for each in order(user, 2, seed=str(MAX_SEED)).data["renders"]] == [MAX_SEED, 0]


def test_each_render_names_all_of_its_order(user: User) -> None:
    ids = [each["renderId"] for each in order(user, 2).data["renders"]]

    assert [show(user, each).data["batch"] for each in ids] == [ids, ids]


def test_a_single_render_names_no_others(user: User) -> None:
    data = order(user, 1).data

    assert "renders" not in data
    assert "batch" not in show(user, data["renderId"]).data


def test_they_are_priced_together(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=17)

    data = order(user, 3, quality="standard").data

    assert (data["creditsCost"], balance_of(user)) == (15, 2)
    assert sorted(each["amount"] for each in aws.items_of("LedgerTable", user))[:3] == [-5, -5, -5]


def test_all_are_accepted_or_none(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=14)

    answer = order(user, 3, quality="standard")

    assert answer.code == (402, "INSUFFICIENT_CREDITS")
    assert (answer.json["requiredCredits"], answer.json["availableCredits"]) == (15, 14)
    assert (aws.items_of("RendersTable", user), aws.objects(f"captures/{user.user_id}/")) == ([], [])
    assert balance_of(user) == 14


def test_each_is_refunded_by_itself(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=15)
    first, second, third = (each["renderId"] for each in order(user, 3, quality="standard").data["renders"])

    call("renders_id", "DELETE", f"/renders/{second}", headers=user.headers)

    assert balance_of(user) == 5
    assert [show(user, each).data["status"] for each in (first, second, third)] == ["pending", "cancelled", "pending"]


def test_the_account_is_consistent_after_each_refund(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    for each in order(user, 4, quality="standard").data["renders"][:2]:
        call("renders_id", "DELETE", f"/renders/{each['renderId']}", headers=user.headers)

    now = datetime.now(UTC)
    assert discrepancies(wiring.reconciliation_service().records(user.user_id, now), now) == []


def test_a_repeated_request_returns_all_renders_of_the_first(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=15)

    first, second = (order(user, 3, key="k", quality="standard") for _ in range(2))

    assert first.data["renders"] == second.data["renders"]
    assert (balance_of(user), len(aws.objects(f"captures/{user.user_id}/"))) == (0, 3)


def test_another_count_is_another_request(user: User) -> None:
    order(user, 2, key="k")

    assert order(user, 3, key="k").code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_project_counts_all_of_them(user: User) -> None:
    project_id = add_project(user)

    order(user, 3, projectId=project_id)

    shown = call("projects_id", "GET", f"/projects/{project_id}", headers=user.headers).data
    assert shown["renderCount"] == 3


def test_each_has_a_job_and_a_capture_of_its_own(aws: AwsEnvironment, user: User) -> None:
    aws.messages(settings().render_queue_url)

    ids = [each["renderId"] for each in order(user, 2).data["renders"]]

    assert [each["renderId"] for each in aws.messages(settings().render_queue_url)] == ids
    assert aws.objects(f"captures/{user.user_id}/") == [f"captures/{user.user_id}/{each}" for each in ids]


@pytest.mark.parametrize("count", ["0", "5", "-1", "1.5", "two"])
def test_any_other_number_is_refused(user: User, count: str) -> None:
    answer = post_render(user, {"count": count})

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "count"


def test_an_estimate_is_for_all_of_them(user: User) -> None:
    answer = call(
        "renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={"quality": "high", "count": 4}
    )

    assert answer.data["creditsCost"] == 40
