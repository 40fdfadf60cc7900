"""GET /credits/transactions: all ledger entries of the caller, newest first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render


def request_render(user: User) -> str:
    return str(post_render(user).data["renderId"])


def index(user: User, **query: Any) -> Response:
    return call("credits_transactions", "GET", "/credits/transactions", headers=user.headers, query=query)


def test_a_render_and_its_refund_are_two_ledger_entries(user: User) -> None:
    render_id = request_render(user)
    call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)

    refund, debit, grant = index(user).data["transactions"]

    assert (refund["type"], refund["amount"], refund["renderId"]) == ("refund", 5, render_id)
    assert (debit["type"], debit["amount"], debit["renderId"]) == ("debit", -5, render_id)
    assert (grant["type"], grant["amount"]) == ("grant", 100)
    assert "renderId" not in grant
    assert set(grant) == {"id", "type", "amount", "createdAt"}


def test_the_sum_of_the_ledger_is_the_balance(aws: AwsEnvironment, user: User) -> None:
    for _ in range(3):
        request_render(user)

    assert sum(each["amount"] for each in index(user).data["transactions"]) == balance_of(user) == 85


@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_pages_have_no_gap_and_no_duplicate(user: User, limit: int) -> None:
    for _ in range(3):
        request_render(user)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = index(user, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += [each["id"] for each in page.data["transactions"]]
        cursor = page.data.get("nextCursor")
        if cursor is None:
            break

    assert len(seen) == 4
    assert seen == sorted(set(seen), reverse=True)


def test_the_ledger_shows_only_the_users_own_entries(aws: AwsEnvironment, user: User) -> None:
    request_render(create_user(aws))

    assert len(index(user).data["transactions"]) == 1


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"cursor": "first"}])
def test_a_wrong_query_names_the_parameter(user: User, query: dict[str, Any]) -> None:
    answer = index(user, **query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] in query
