"""`make organization`, `make plan`, `make grant`, and what `make reconcile` says about organisations."""

from __future__ import annotations

import re

import pytest

from admin.organizations import create_organization, grant_credits, set_plan
from admin.reconcile import reconcile, reconciliation_service
from admin.targets import TargetError
from renderiq.domain.audit import AuditFilters
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.accounts import User, add_to_user_pool, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import call
from tests.support.organizations import Office, create_office, pool_of
from tests.support.renders import post_render


@pytest.fixture
def office(aws: AwsEnvironment) -> Office:
    return create_office(aws)


def newest_entry(office: Office) -> tuple[str, str, object]:
    [entry], _ = wiring.audit().page(office.organization_id, limit=1, before=None, filters=AuditFilters())
    return entry.actor, entry.action, entry.after


def test_an_operator_creates_an_organisation_that_a_user_owns(aws: AwsEnvironment, user: User) -> None:
    said: list[str] = []

    assert create_organization(aws.target, user.email, "Atelier Nord", said.append) == 0

    [listed] = call("organizations", "GET", "/organizations", headers=user.headers).data["organizations"]
    assert (listed["name"], listed["role"]) == ("Atelier Nord", "owner")
    assert said == [f"organization {listed['organizationId']} (Atelier Nord) is owned by {user.email}"]


def test_an_owner_does_not_get_a_second_organisation(aws: AwsEnvironment, office: Office) -> None:
    said: list[str] = []

    assert create_organization(aws.target, office.owner.email, "Second", said.append) == 1
    assert said == [f"✗ {office.owner.email}: You own an organization already."]


def test_a_user_who_has_never_signed_in_owns_nothing(aws: AwsEnvironment) -> None:
    add_to_user_pool(aws, "never@example.com")

    assert create_organization(aws.target, "never@example.com", "Atelier", lambda _: None) == 1


def test_a_plan_sets_the_limits_and_single_limits_replace_them(aws: AwsEnvironment, office: Office) -> None:
    said: list[str] = []

    assert set_plan(aws.target, office.organization_id, "team", {"members": 60}, said.append) == 0

    limits = office.membership().organization.limits
    assert (limits.requests_per_minute, limits.renders_at_once, limits.members) == (1200, 16, 60)
    assert newest_entry(office)[:2] == ("operator", "plan.changed")
    assert wiring.accounts().get(office.organization_id, wiring.time_source()()).free_slots == 16


def test_an_unknown_plan_is_refused(aws: AwsEnvironment, office: Office) -> None:
    with pytest.raises(TargetError, match="choose among starter, team, enterprise"):
        set_plan(aws.target, office.organization_id, "gold", {})


def test_a_grant_is_in_the_pool_the_ledger_and_the_audit_log(aws: AwsEnvironment, office: Office) -> None:
    said: list[str] = []

    assert grant_credits(aws.target, office.organization_id, 500, " Order 4711 ", said.append) == 0

    page = call("credits_transactions", "GET", "/credits/transactions", headers=office.headers).data["transactions"]
    assert [(each["amount"], each["reason"]) for each in page] == [(500, "Order 4711")]
    assert pool_of(office) == 500
    assert newest_entry(office) == ("operator", "credits.granted", {"credits": 500, "reason": "Order 4711"})
    assert said[0].endswith("(Order 4711); the balance is 500")


def test_a_grant_to_a_user_is_in_their_balance(aws: AwsEnvironment, user: User) -> None:
    before = balance_of(user)

    assert grant_credits(aws.target, user.email, 7, "Sorry", lambda _: None) == 0
    assert balance_of(user) == before + 7


def test_a_grant_to_an_unknown_organisation_books_nothing(aws: AwsEnvironment) -> None:
    unknown = "01a20462-1f3c-7a52-8b0d-4c6e9f2a7d31"

    assert grant_credits(aws.target, unknown, 5, "why", lambda _: None) == 1
    assert [each for each in aws.items("LedgerTable") if each["userId"] == unknown] == []


@pytest.mark.parametrize(("amount", "reason"), [(0, "why"), (-5, "why"), (5, " ")])
def test_a_grant_needs_credits_and_a_reason(aws: AwsEnvironment, user: User, amount: int, reason: str) -> None:
    with pytest.raises(TargetError):
        grant_credits(aws.target, user.email, amount, reason)


def reconciled(aws: AwsEnvironment, office: Office) -> list[str]:
    """Returns what the command says about one organisation."""
    said: list[str] = []
    reconcile(reconciliation_service(aws.target), said.append)
    return [re.sub(r"^✗ (organization )?\S+: ", "", each) for each in said if office.organization_id in each]


@pytest.mark.parametrize(
    ("table", "item", "attribute", "expected"),
    [
        ("organizations", "member", "spent", "has spent 6, and by the ledger 5"),
        ("organizations", "organization", "members", "the number of members is 2, and by the members 1"),
        ("organizations", "organization", "owners", "the number of owners is 2, and by the members 1"),
        ("accounts", "", "freeSlots", "the number of free slots is 4, and by the renders 3"),
        ("accounts", "", "waitingRenders", "the number of waiting renders is 1, and by the renders 0"),
    ],
)
def test_reconcile_finds_what_disagrees(
    aws: AwsEnvironment, office: Office, table: str, item: str, attribute: str, expected: str
) -> None:
    grant_credits(aws.target, office.organization_id, 100, "why", lambda _: None)
    assert post_render(office.owner, headers=office.headers).status == 202
    assert reconciled(aws, office) == []
    keys = {"userId": office.organization_id}
    if table == "organizations":
        name = f"member#{office.owner.user_id}" if item == "member" else item
        keys = {"organizationId": office.organization_id, "item": name}
    aws.client("dynamodb").update_item(
        TableName=getattr(settings(), f"{table}_table"),
        Key=to_attributes(keys),
        UpdateExpression="ADD #attribute :one",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues=to_attributes({":one": 1}),
    )

    [found] = reconciled(aws, office)

    assert found.endswith(expected)


def test_reconcile_counts_members_and_renders_that_wait(aws: AwsEnvironment, office: Office) -> None:
    grant_credits(aws.target, office.organization_id, 1000, "why", lambda _: None)
    gone = office.join(create_user(aws))
    for _ in range(6):
        assert post_render(gone, headers=office.acting(gone)).status == 202
    office.remove(gone)

    assert reconciled(aws, office) == []
