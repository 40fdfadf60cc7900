"""Organisations: their members, invitations, policy and audit log, and requests that act for one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from renderiq.domain.access import Role
from renderiq.domain.organizations import INVITATION_TTL, Actor
from renderiq.errors import ApiError
from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.tokens import RefreshToken
from tests.support import wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.organizations import HEADER, Office, create_office, now, pool_of
from tests.support.renders import post_render


@pytest.fixture
def office(aws: AwsEnvironment) -> Office:
    """An organisation with 100 credits."""
    return create_office(aws, credits_=100)


@pytest.fixture
def member(aws: AwsEnvironment, office: Office) -> User:
    return office.join(create_user(aws))


def invite(office: Office, by: User, email: str, role: str = "member") -> Response:
    path = f"/organizations/{office.organization_id}/invitations"
    return call("organizations_id_invitations", "POST", path, headers=by.headers, json={"email": email, "role": role})


def accept(user: User, token: str) -> Response:
    return call("invitations_accept", "POST", "/invitations/accept", headers=user.headers, json={"token": token})


def change(office: Office, by: User, user: User, **changes: object) -> Response:
    path = f"/organizations/{office.organization_id}/members/{user.user_id}"
    return call("organizations_id_members_id", "PATCH", path, headers=by.headers, json=changes)


def remove(office: Office, by: User, user: User) -> Response:
    path = f"/organizations/{office.organization_id}/members/{user.user_id}"
    return call("organizations_id_members_id", "DELETE", path, headers=by.headers)


def audit(office: Office, **query: object) -> Response:
    path = f"/organizations/{office.organization_id}/audit"
    return call("organizations_id_audit", "GET", path, headers=office.owner.headers, query=query)


def members(office: Office) -> dict[str, str]:
    path = f"/organizations/{office.organization_id}/members"
    found = call("organizations_id_members", "GET", path, headers=office.owner.headers).data["members"]
    return {each["userId"]: each["role"] for each in found}


# ---------------------------------------------------------------- organisations


def test_who_creates_an_organisation_owns_it(aws: AwsEnvironment, user: User) -> None:
    made = call("organizations", "POST", "/organizations", headers=user.headers, json={"name": " Atelier Nord "})

    assert made.status == 201
    assert (made.data["name"], made.data["role"], made.data["members"]) == ("Atelier Nord", "owner", 1)


def test_a_user_owns_at_most_one(aws: AwsEnvironment, office: Office) -> None:
    again = call("organizations", "POST", "/organizations", headers=office.owner.headers, json={"name": "Second"})

    assert again.code == (409, "ALREADY_EXISTS")


def test_a_user_is_a_member_of_several(aws: AwsEnvironment, user: User) -> None:
    offices = [create_office(aws) for _ in range(3)]
    for each in offices:
        each.join(user)

    found = call("organizations", "GET", "/organizations", headers=user.headers).data["organizations"]

    assert [(each["organizationId"], each["role"]) for each in found] == [
        (each.organization_id, "member") for each in offices
    ]


def test_a_policy_replaces_the_earlier_one(office: Office) -> None:
    path = f"/organizations/{office.organization_id}"
    for policy in ({"engines": ["preview"], "maxKeyDays": 30}, {"keyNetworks": ["203.0.113.9/24"]}):
        changed = call("organizations_id", "PATCH", path, headers=office.owner.headers, json={"policy": policy})

    assert changed.data["policy"] == {"keyNetworks": ["203.0.113.0/24"]}
    assert call("organizations_id", "GET", path, headers=office.owner.headers).data["policy"] == changed.data["policy"]


def test_a_policy_lowers_a_limit_and_cannot_raise_it(office: Office) -> None:
    office.set_policy(requestsPerMinute=60, rendersAtOnce=1000)
    path = f"/organizations/{office.organization_id}"

    limits = call("organizations_id", "GET", path, headers=office.owner.headers).data["limits"]

    assert (limits["requestsPerMinute"], limits["rendersAtOnce"]) == (60, 4)


def test_a_network_that_is_none_is_refused(office: Office) -> None:
    path, body = f"/organizations/{office.organization_id}", {"policy": {"keyNetworks": ["203.0.113.0/33"]}}

    assert call("organizations_id", "PATCH", path, headers=office.owner.headers, json=body).code == (
        400,
        "INVALID_INPUT",
    )


# ---------------------------------------------------------------- members and invitations


def test_an_invited_account_becomes_a_member(aws: AwsEnvironment, office: Office, user: User) -> None:
    token = invite(office, office.owner, user.email.upper(), "admin").data["token"]

    assert accept(user, token).data["role"] == "admin"
    assert members(office) == {office.owner.user_id: "owner", user.user_id: "admin"}


def test_accepting_once_more_gives_the_same_answer(office: Office, user: User) -> None:
    token = invite(office, office.owner, user.email).data["token"]

    assert accept(user, token).data == accept(user, token).data
    assert office.membership().organization.members == 2


def test_another_account_cannot_accept(aws: AwsEnvironment, office: Office, user: User) -> None:
    token = invite(office, office.owner, user.email).data["token"]

    assert accept(create_user(aws), token).code == (404, "NOT_FOUND")


def test_a_token_with_another_secret_is_not_found(office: Office, user: User) -> None:
    token = invite(office, office.owner, user.email).data["token"]

    assert accept(user, token[:-4] + "AAAA").code == (404, "NOT_FOUND")


def test_an_invitation_that_was_withdrawn_cannot_be_accepted(office: Office, user: User) -> None:
    made = invite(office, office.owner, user.email).data
    path = f"/organizations/{office.organization_id}/invitations/{made['invitationId']}"

    gone = call("organizations_id_invitations_id", "DELETE", path, headers=office.owner.headers)

    assert gone.status == 200
    assert accept(user, made["token"]).code == (404, "NOT_FOUND")


def test_an_invitation_ends_after_two_weeks(office: Office, user: User) -> None:
    _, token = office.invite(user.email)
    service, late = wiring.organization_service(), now() + INVITATION_TTL

    with pytest.raises(ApiError, match="no such invitation"):
        service.accept(user.user_id, token, Actor(user.user_id), now=late)


def test_a_member_is_not_invited_again(office: Office, member: User) -> None:
    assert invite(office, office.owner, member.email).code == (409, "ALREADY_EXISTS")


def test_open_invitations_are_listed_without_tokens(office: Office, user: User) -> None:
    made = invite(office, office.owner, user.email).data
    path = f"/organizations/{office.organization_id}/invitations"

    [listed] = call("organizations_id_invitations", "GET", path, headers=office.owner.headers).data["invitations"]

    assert listed == {name: value for name, value in made.items() if name != "token"}


def test_an_organisation_has_no_more_members_than_its_limit(aws: AwsEnvironment, office: Office) -> None:
    for _ in range(9):
        office.join(create_user(aws))
    late = create_user(aws)

    refused = accept(late, office.invite(late.email)[1])

    assert refused.code == (429, "QUOTA_EXCEEDED")
    assert office.membership().organization.members == 10


def test_the_last_owner_can_neither_leave_nor_step_back(office: Office, member: User) -> None:
    assert remove(office, office.owner, office.owner).code == (409, "RESOURCE_CONFLICT")
    assert change(office, office.owner, office.owner, role="member").code == (409, "RESOURCE_CONFLICT")


def test_an_owner_leaves_after_making_another_one(aws: AwsEnvironment, office: Office, member: User) -> None:
    assert change(office, office.owner, member, role="owner").data["role"] == "owner"
    assert remove(office, office.owner, office.owner).status == 200

    own = call("organizations", "POST", "/organizations", headers=office.owner.headers, json={"name": "New"})
    assert own.status == 201


def test_an_owner_of_another_organisation_cannot_become_owner(aws: AwsEnvironment, office: Office) -> None:
    busy = office.join(create_office(aws).owner)

    assert change(office, office.owner, busy, role="owner").code == (409, "ALREADY_EXISTS")


def test_an_administrator_cannot_make_or_remove_owners(aws: AwsEnvironment, office: Office) -> None:
    admin = office.join(create_user(aws), Role.ADMIN)

    for answer in (
        change(office, admin, admin, role="owner"),
        change(office, admin, office.owner, role="member"),
        remove(office, admin, office.owner),
        invite(office, admin, "x@example.com", "owner"),
    ):
        assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
        assert answer.json["details"] == {"requiredRole": "owner"}


def test_a_member_leaves_and_is_then_a_stranger(office: Office, member: User) -> None:
    assert remove(office, member, member).status == 200

    path = f"/organizations/{office.organization_id}"
    assert call("organizations_id", "GET", path, headers=member.headers).code == (404, "NOT_FOUND")
    assert office.membership().organization.members == 1


def test_who_comes_back_has_spent_what_they_had_spent(aws: AwsEnvironment, office: Office, member: User) -> None:
    assert post_render(member, headers=office.acting(member)).status == 202
    office.remove(member)
    office.join(member)

    assert office.membership(member).member.spent == 5  # type: ignore[union-attr]  # a member


# ---------------------------------------------------------------- the header


def test_the_header_of_a_stranger_is_refused_like_that_of_an_unknown_organisation(
    aws: AwsEnvironment, office: Office
) -> None:
    stranger = create_user(aws)
    answers = [
        call("projects", "GET", "/projects", headers={**stranger.headers, HEADER: each})
        for each in (office.organization_id, uuid7())
    ]

    assert [each.code for each in answers] == [(403, "INSUFFICIENT_PERMISSIONS")] * 2
    assert answers[0].json["error"] == answers[1].json["error"]


def test_a_header_that_is_no_id_is_refused(user: User) -> None:
    assert call("projects", "GET", "/projects", headers={**user.headers, HEADER: "atelier"}).code == (
        400,
        "INVALID_INPUT",
    )


def test_a_stranger_does_not_use_up_the_limit_of_an_organisation(aws: AwsEnvironment, office: Office) -> None:
    def left() -> int:
        return int(call("projects", "GET", "/projects", headers=office.headers).headers["X-RateLimit-Remaining"])

    before = left()
    stranger = create_user(aws)
    for _ in range(3):
        call("projects", "GET", "/projects", headers={**stranger.headers, HEADER: office.organization_id})

    assert left() == before - 1


def test_a_session_that_was_signed_out_does_not_act_for_an_organisation(office: Office, member: User) -> None:
    session = RefreshToken.parse(member.refresh_token).session_id
    wiring.session_service().revoke(member.user_id, session, now=now())

    assert call("projects", "GET", "/projects", headers=office.acting(member)).code == (401, "INVALID_TOKEN")


def test_all_sessions_of_a_member_end_for_the_organisation_too(office: Office, member: User) -> None:
    wiring.session_service().end_all(member.user_id, now=now() + timedelta(seconds=1))

    assert call("projects", "GET", "/projects", headers=office.acting(member)).code == (401, "INVALID_TOKEN")


def test_what_a_member_makes_is_seen_by_all_members_and_not_among_their_own(office: Office, member: User) -> None:
    made = call("projects", "POST", "/projects", headers=office.acting(member), json={"name": "Chalet"}).data["id"]

    shared = call("projects", "GET", "/projects", headers=office.headers).data["projects"]
    own = call("projects", "GET", "/projects", headers=member.headers).data["projects"]

    assert ([each["id"] for each in shared], own) == ([made], [])


def test_a_project_of_a_user_is_not_found_in_the_organisation(office: Office) -> None:
    own = add_project(office.owner)

    assert call("projects_id", "GET", f"/projects/{own}", headers=office.headers).code == (404, "NOT_FOUND")


def test_the_headers_tell_of_the_limit_of_the_organisation(office: Office) -> None:
    answer = call("projects", "GET", "/projects", headers=office.headers)

    assert answer.headers["RateLimit-Policy"] == '"organization";q=300;w=60'
    assert answer.headers["X-RateLimit-Limit"] == "300"


def test_an_organisation_over_its_limit_is_refused_and_its_member_alone_is_not(office: Office, member: User) -> None:
    office.set_policy(requestsPerMinute=2)
    answers = [call("projects", "GET", "/projects", headers=office.acting(member)) for _ in range(3)]

    assert [each.status for each in answers] == [200, 200, 429]
    assert answers[2].headers["RateLimit"].startswith('"organization";r=0')
    assert call("projects", "GET", "/projects", headers=member.headers).status == 200


def test_members_do_not_share_idempotency_keys(office: Office, member: User) -> None:
    one, two = (
        post_render(user, headers={**office.acting(user), "idempotency-key": "k"}) for user in (office.owner, member)
    )

    assert one.data["renderId"] != two.data["renderId"]


# ---------------------------------------------------------------- the pool


def test_an_order_is_paid_from_the_pool(aws: AwsEnvironment, office: Office, member: User) -> None:
    before = balance_of(member)

    assert post_render(member, headers=office.acting(member)).status == 202
    assert (pool_of(office), balance_of(member)) == (95, before)


def test_a_refund_goes_to_the_pool_and_to_the_member(aws: AwsEnvironment, office: Office, member: User) -> None:
    render_id = post_render(member, headers=office.acting(member)).data["renderId"]

    cancelled = call("renders_id", "DELETE", f"/renders/{render_id}", headers=office.acting(member))

    assert cancelled.data["status"] == "cancelled"
    assert pool_of(office) == 100
    assert office.membership(member).member.spent == 0  # type: ignore[union-attr]  # a member


def test_a_cap_refuses_what_would_exceed_it_and_tells_what_is_left(office: Office, member: User) -> None:
    office.set_policy(memberMonthlyCredits=8)
    headers = office.acting(member)
    assert post_render(member, headers=headers).status == 202

    refused = post_render(member, headers=headers)

    assert refused.code == (402, "INSUFFICIENT_CREDITS")
    assert (refused.json["requiredCredits"], refused.json["availableCredits"]) == (5, 3)
    assert pool_of(office) == 95
    assert post_render(office.owner, headers=office.headers).status == 202


def test_a_cap_of_a_members_own_counts_instead_of_the_policys(office: Office, member: User) -> None:
    office.set_policy(memberMonthlyCredits=8)
    change(office, office.owner, member, monthlyCredits=4)
    assert post_render(member, headers=office.acting(member)).code == (402, "INSUFFICIENT_CREDITS")

    change(office, office.owner, member, monthlyCredits=None)
    assert post_render(member, headers=office.acting(member)).status == 202


def test_an_estimate_knows_the_cap(office: Office, member: User) -> None:
    office.set_policy(memberMonthlyCredits=4)
    body = {"quality": "standard"}

    estimate = call("renders_estimate", "POST", "/renders/estimate", headers=office.acting(member), json=body).data

    assert (estimate["balance"], estimate["sufficient"]) == (4, False)


def test_credits_tell_of_the_pool_and_of_the_member(office: Office, member: User) -> None:
    office.set_policy(memberMonthlyCredits=50)
    post_render(member, headers=office.acting(member))

    found = call("credits", "GET", "/credits", headers=office.acting(member)).data

    assert (found["balance"], found["member"]) == (95, {"spentThisMonth": 5, "monthlyCredits": 50})


def test_a_member_sees_their_own_part_of_the_ledger_and_the_owner_all(office: Office, member: User) -> None:
    for user in (member, office.owner):
        post_render(user, headers=office.acting(user))

    def ledger(user: User, **query: str) -> list[tuple[str, str | None]]:
        page = call("credits_transactions", "GET", "/credits/transactions", headers=office.acting(user), query=query)
        return [(each["type"], each.get("memberId")) for each in page.data["transactions"]]

    mine, owners = ("debit", member.user_id), ("debit", office.owner.user_id)
    assert ledger(member) == ledger(member, memberId=office.owner.user_id) == [mine]
    assert ledger(office.owner) == [owners, mine, ("grant", None)]
    assert ledger(office.owner, memberId=member.user_id) == [mine]


def test_an_engine_that_the_policy_does_not_name_is_refused(office: Office) -> None:
    office.set_policy(engines=["gemini"])

    refused = post_render(office.owner, headers=office.headers)

    assert refused.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert refused.json["details"] == {"engine": "preview", "allowedEngines": ["gemini"]}
    assert pool_of(office) == 100


# ---------------------------------------------------------------- keys


def create_key(office: Office, *scopes: str, **fields: object) -> Response:
    body = {"name": "CI", "scopes": list(scopes), **fields}
    return call("keys", "POST", "/keys", headers=office.headers, json=body)


def test_a_key_of_an_organisation_survives_its_maker(aws: AwsEnvironment, office: Office, member: User) -> None:
    change(office, office.owner, member, role="admin")
    body = {"name": "CI", "scopes": ["renders:create", "projects:read"]}
    key = call("keys", "POST", "/keys", headers=office.acting(member), json=body).data["key"]
    office.remove(member)

    assert call("projects", "GET", "/projects", headers={"x-api-key": key}).status == 200


def test_an_order_by_a_key_is_paid_from_the_pool_and_names_the_key(office: Office) -> None:
    made = create_key(office, "renders:create").data

    assert post_render(office.owner, headers={"authorization": "", "x-api-key": made["key"]}).status == 202
    [debit, _] = wiring.accounts().entries(office.organization_id, limit=10, before=None)[0]
    assert (pool_of(office), debit.created_by) == (95, f"key#{made['id']}")


def test_keys_of_an_organisation_are_not_among_the_users(office: Office) -> None:
    made = create_key(office, "renders:read").data

    listed = call("keys", "GET", "/keys", headers=office.headers).data["keys"]

    assert [each["id"] for each in listed] == [made["id"]]
    assert call("keys", "GET", "/keys", headers=office.owner.headers).data["keys"] == []


def test_a_key_with_the_scope_reads_the_organisation(office: Office) -> None:
    headers = {"x-api-key": create_key(office, "org:read").data["key"]}
    path = f"/organizations/{office.organization_id}"

    assert "role" not in call("organizations_id", "GET", path, headers=headers).data
    assert call("organizations_id_audit", "GET", f"{path}/audit", headers=headers).code == (
        403,
        "INSUFFICIENT_PERMISSIONS",
    )


def test_a_key_administers_members_but_no_owners(aws: AwsEnvironment, office: Office, member: User) -> None:
    headers = {"x-api-key": create_key(office, "org:admin").data["key"]}
    path = f"/organizations/{office.organization_id}/members/{member.user_id}"

    promoted = call("organizations_id_members_id", "PATCH", path, headers=headers, json={"role": "admin"})
    owning = call("organizations_id_members_id", "PATCH", path, headers=headers, json={"role": "owner"})

    assert (promoted.status, owning.code) == (200, (403, "INSUFFICIENT_PERMISSIONS"))


def test_a_key_of_one_organisation_finds_no_other(aws: AwsEnvironment, office: Office) -> None:
    headers = {"x-api-key": create_key(create_office(aws), "org:read").data["key"]}
    path = f"/organizations/{office.organization_id}"

    assert call("organizations_id", "GET", path, headers=headers).code == (404, "NOT_FOUND")
    named = {**headers, HEADER: office.organization_id}
    assert call("credits", "GET", "/credits", headers=named).code == (403, "INSUFFICIENT_PERMISSIONS")


def test_a_key_of_a_user_does_not_act_for_an_organisation(office: Office) -> None:
    body = {"name": "CI", "scopes": ["projects:read"]}
    key = call("keys", "POST", "/keys", headers=office.owner.headers, json=body).data["key"]

    answer = call("projects", "GET", "/projects", headers={"x-api-key": key, HEADER: office.organization_id})

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")


@pytest.mark.parametrize("scope", ["org:read", "org:admin"])
def test_a_user_cannot_give_a_key_of_their_own_a_scope_of_organisations(user: User, scope: str) -> None:
    body = {"name": "CI", "scopes": [scope]}

    assert call("keys", "POST", "/keys", headers=user.headers, json=body).json["details"] == {"requiredScope": scope}


@pytest.mark.parametrize(
    ("address", "status"),
    [("203.0.113.9", 200), ("::ffff:203.0.113.9", 200), ("2001:db8::1", 200), ("198.51.100.9", 403)],
)
def test_a_key_is_accepted_from_the_networks_of_the_policy(office: Office, address: str, status: int) -> None:
    key = create_key(office, "projects:read").data["key"]
    office.set_policy(keyNetworks=["203.0.113.0/24", "2001:db8::/32"])

    # A header does not change the address.
    headers = {"x-api-key": key, "x-forwarded-for": "203.0.113.9"}

    assert call("projects", "GET", "/projects", headers=headers, address=address).status == status


def test_a_key_is_not_valid_for_longer_than_the_policy_allows(office: Office) -> None:
    unlimited = create_key(office, "renders:read").data["id"]
    office.set_policy(maxKeyDays=30)

    def lasting(days: int) -> Response:
        return create_key(office, "renders:read", expiresAt=(now() + timedelta(days=days)).isoformat())

    assert lasting(29).status == 201
    assert lasting(31).code == create_key(office, "renders:read").code == (400, "INVALID_INPUT")
    rotated = call("keys_id_rotate", "POST", f"/keys/{unlimited}/rotate", headers=office.headers, json={})
    assert rotated.code == (400, "INVALID_INPUT")


# ---------------------------------------------------------------- the audit log


def test_every_change_is_in_the_audit_log(aws: AwsEnvironment, office: Office, user: User) -> None:
    organization = f"/organizations/{office.organization_id}"
    token = invite(office, office.owner, user.email).data["token"]
    accept(user, token)
    change(office, office.owner, user, role="admin")
    remove(office, user, user)
    withdrawn = invite(office, office.owner, "x@example.com").data["invitationId"]
    path = f"{organization}/invitations/{withdrawn}"
    call("organizations_id_invitations_id", "DELETE", path, headers=office.owner.headers)
    for body in ({"name": "Studio"}, {"policy": {"engines": ["preview"]}}):
        call("organizations_id", "PATCH", organization, headers=office.owner.headers, json=body)
    key = create_key(office, "renders:read").data["id"]
    key = call("keys_id_rotate", "POST", f"/keys/{key}/rotate", headers=office.headers, json={}).data["id"]
    call("keys_id", "DELETE", f"/keys/{key}", headers=office.headers)

    entries = audit(office).data["entries"]

    assert [each["action"] for each in entries[::-1]] == [
        "organization.created",
        "member.invited",
        "member.joined",
        "member.changed",
        "member.left",
        "member.invited",
        "invitation.withdrawn",
        "organization.renamed",
        "policy.changed",
        "key.created",
        "key.rotated",
        "key.revoked",
    ]
    changed = next(each for each in entries if each["action"] == "member.changed")
    assert (changed["actor"], changed["address"]) == (office.owner.user_id, "203.0.113.7")
    assert (changed["before"]["role"], changed["after"]["role"]) == ("member", "admin")
    assert token not in json.dumps(entries)


def test_entries_are_found_by_actor_subject_and_time(aws: AwsEnvironment, office: Office, member: User) -> None:
    change(office, office.owner, member, monthlyCredits=7)
    subject = f"member#{member.user_id}"

    def actions(**query: object) -> list[str]:
        return [each["action"] for each in audit(office, **query).data["entries"]]

    assert actions(actor=member.user_id) == ["member.joined"]
    assert actions(subject=subject) == ["member.changed", "member.joined"]
    assert actions(subject=subject, actor=office.owner.user_id) == ["member.changed"]
    assert actions(until=(now() - timedelta(hours=1)).isoformat()) == []
    assert len(actions(since=(now() - timedelta(hours=1)).isoformat())) == 4


def test_the_audit_log_is_read_page_by_page(office: Office) -> None:
    for name in "abc":
        path = f"/organizations/{office.organization_id}"
        call("organizations_id", "PATCH", path, headers=office.owner.headers, json={"name": name})
    seen, cursor = [], None
    since = (now() - timedelta(hours=1)).isoformat()
    while True:
        page = audit(office, limit=1, since=since, **({"cursor": cursor} if cursor else {})).data
        seen += [each["id"] for each in page["entries"]]
        cursor = page.get("nextCursor")
        if cursor is None:
            break

    assert seen == [each["id"] for each in audit(office).data["entries"]]


def test_the_audit_log_is_exported_as_lines(office: Office) -> None:
    office.set_policy(maxKeyDays=5)

    answer = audit(office, format="jsonl", limit=1)

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    [line] = answer.body.splitlines()
    entry = json.loads(line)
    assert (entry["action"], entry["after"]) == ("policy.changed", {"maxKeyDays": 5})
    rest = audit(office, format="jsonl", cursor=answer.headers["X-Next-Cursor"])
    assert [json.loads(each)["action"] for each in rest.body.splitlines()] == ["organization.created"]
    assert "X-Next-Cursor" not in rest.headers


def test_an_entry_is_kept_for_a_year(aws: AwsEnvironment, office: Office) -> None:
    [item] = [each for each in aws.items("AuditTable") if each["organizationId"] == office.organization_id]

    assert timedelta(days=364) < timedelta(seconds=item["expiresAt"] - now().timestamp()) <= timedelta(days=365)


def test_no_code_of_the_layer_names_the_audit_table_but_its_store(aws: AwsEnvironment) -> None:
    """The store has no operation that changes or deletes an entry."""
    made = [name for name in dir(wiring.audit()) if not name.startswith("_")]

    assert made == ["add_action", "page"]
    assert settings().audit_table


# ---------------------------------------------------------------- renders at the same time


def test_a_render_over_the_limit_is_accepted_and_says_that_it_waits(office: Office) -> None:
    office.set_policy(rendersAtOnce=1)
    first, second = (post_render(office.owner, headers=office.headers).data for _ in range(2))

    def shown(render_id: str) -> tuple[str, bool | None]:
        data = call("renders_id", "GET", f"/renders/{render_id}", headers=office.headers).data
        return data["status"], data.get("waiting")

    assert ("waiting" in first, second["waiting"]) == (False, True)
    assert (shown(first["renderId"]), shown(second["renderId"])) == (("pending", None), ("pending", True))

    call("renders_id", "DELETE", f"/renders/{first['renderId']}", headers=office.headers)

    assert shown(second["renderId"]) == ("pending", None)


def test_a_render_that_waits_has_no_message_before_it_starts(aws: AwsEnvironment, office: Office) -> None:
    office.set_policy(rendersAtOnce=1)
    aws.messages(settings().render_queue_url)
    first, second = (post_render(office.owner, headers=office.headers).data["renderId"] for _ in range(2))
    assert [each["renderId"] for each in aws.messages(settings().render_queue_url)] == [first]

    call("renders_id", "DELETE", f"/renders/{first}", headers=office.headers)

    assert [each["renderId"] for each in aws.messages(settings().render_queue_url)] == [second]


def test_a_render_that_waits_is_cancelled_and_refunded(aws: AwsEnvironment, office: Office) -> None:
    office.set_policy(rendersAtOnce=1)
    _, second = (post_render(office.owner, headers=office.headers).data["renderId"] for _ in range(2))

    call("renders_id", "DELETE", f"/renders/{second}", headers=office.headers)

    assert pool_of(office) == 95
    assert not [each for each in aws.items_of("RendersTable", office) if each["renderId"].startswith("waiting#")]


def test_a_user_alone_has_no_limit_of_renders_at_the_same_time(user: User) -> None:
    assert all("waiting" not in post_render(user).data for _ in range(6))
