"""Every operation, by every kind of person around an organisation, on their own, shared and foreign objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import pytest
from moto import mock_aws

from renderiq.domain.access import ACCESS, Permission, Role, is_allowed, lowest_role
from renderiq.domain.keys import Scope
from renderiq.domain.organizations import Actor
from renderiq.ids import uuid7
from renderiq.platform import Platform
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.http import call
from tests.support.organizations import HEADER, Office, create_office, grant, now
from tests.support.uploads import announce, send
from tests.support.webhooks import register_webhook, send_test_event
from tests.unit.test_authorisation import OPERATIONS, PUBLIC, Operation, Owner, attempt

MEMBERS: Final = ("owner", "admin", "member")
OTHERS: Final = ("invited", "removed", "stranger")
TARGETS: Final = ("own", "shared", "foreign")
IMAGE: Final = {"uploadedImageData": None, "quality": "standard"}


class Rule(Enum):
    """Who may do an operation for an organisation."""

    MEMBERS = auto()
    """Every member, whoever has made the object."""
    MAKER = auto()
    """Who has made the object; owners and administrators in any case."""
    LEAD = auto()
    """Owners and administrators."""
    PERSONAL = auto()
    """It is about the user, and the organisation does not matter."""
    OWNERS = auto()
    """Owners only."""
    ALONE = auto()
    """It is about the user, and refused if the header names an organisation."""
    OPERATORS = auto()
    """No member at all."""


RULES: Final = {
    Rule.PERSONAL: {
        "POST /auth/signout",
        "GET /auth/sessions",
        "DELETE /auth/sessions/<session_id>",
        "GET /auth/me",
        "GET /settings",
        "PUT /settings",
        "POST /organizations",
        "GET /organizations",
        "POST /invitations/accept",
    },
    Rule.MEMBERS: {
        "GET /analytics/usage",
        "GET /credits",
        "GET /credits/transactions",
        "POST /renders",
        "POST /renders/estimate",
        "GET /renders",
        "GET /renders/<render_id>",
        "POST /renders/<render_id>/again",
        "POST /styles",
        "GET /styles/mine",
        "POST /projects",
        "GET /projects",
        "GET /projects/<project_id>",
        "PATCH /projects/<project_id>",
        "POST /uploads",
        "GET /uploads",
        "GET /uploads/<upload_id>",
        "POST /uploads/<upload_id>/parts",
        "POST /uploads/<upload_id>/complete",
        "POST /uploads/resumable/init",
        "GET /uploads/resumable/<upload_id>/status",
        "POST /uploads/resumable/<upload_id>/finalize",
        "GET /webhooks",
        "GET /webhooks/<webhook_id>",
        "GET /webhooks/<webhook_id>/poll",
        "GET /webhooks/<webhook_id>/deliveries",
        "GET /consents",
        "GET /settings/retention",
        "GET /organizations/<organization_id>",
        "GET /organizations/<organization_id>/members",
    },
    Rule.MAKER: {
        "DELETE /renders/<render_id>",
        "PUT /styles/<style_id>",
        "DELETE /styles/<style_id>",
        "DELETE /projects/<project_id>",
        "DELETE /uploads/<upload_id>",
        # One's own membership is one's own.
        "DELETE /organizations/<organization_id>/members/<user_id>",
    },
    Rule.LEAD: {
        "POST /keys",
        "GET /keys",
        "DELETE /keys/<key_id>",
        "POST /keys/<key_id>/rotate",
        "POST /webhooks/register",
        "PATCH /webhooks/<webhook_id>",
        "DELETE /webhooks/<webhook_id>",
        "POST /webhooks/<webhook_id>/test",
        "POST /webhooks/<webhook_id>/rotate-secret",
        "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver",
        "POST /consents/<consent_name>",
        "PATCH /organizations/<organization_id>",
        "PATCH /organizations/<organization_id>/members/<user_id>",
        "POST /organizations/<organization_id>/invitations",
        "GET /organizations/<organization_id>/invitations",
        "DELETE /organizations/<organization_id>/invitations/<invitation_id>",
        "GET /organizations/<organization_id>/audit",
    },
    Rule.OWNERS: {
        "POST /account/export",
        "GET /account/export",
        "DELETE /organizations/<organization_id>",
    },
    Rule.ALONE: {"DELETE /account", "PUT /settings/retention"},
    Rule.OPERATORS: {"GET /metrics"},
}
RULE_OF: Final = {name: rule for rule, names in RULES.items() for name in names}
GUARDED: Final = {name: each for name, each in OPERATIONS.items() if each.who != PUBLIC}


@dataclass(frozen=True)
class Acting:
    """A user who acts for an organisation: what they make is the organisation's."""

    office: Office
    user: User

    @property
    def user_id(self) -> str:
        return self.office.organization_id

    @property
    def headers(self) -> dict[str, str]:
        return self.office.acting(self.user)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """An environment with rate limits that this module does not reach."""
    unlimited = json.dumps(dict.fromkeys(Platform, 1_000_000))
    with mock_aws(), aws_environment(None, RateLimits=unlimited) as environment:
        yield environment


def new_office(aws: AwsEnvironment) -> Office:
    office = create_office(aws)
    wiring.organization_service().set_plan(
        office.organization_id, Actor("operator"), plan="enterprise", limits={}, now=now()
    )
    grant(office, 1_000_000)
    return office


@dataclass
class World:
    """Organisations with one person of each kind whom no test changes.

    An organisation may have 20 webhooks, open uploads and keys. So each operation on these has an organisation of its
    own.
    """

    aws: AwsEnvironment
    offices: dict[str, tuple[Office, dict[str, User]]]
    other: Office
    others: Objects

    def foreign(self, operation: Operation) -> dict[str, str]:
        """Returns objects of another organisation, which no test may change."""
        return self.others.of(operation)

    def of(self, name: str) -> tuple[Office, dict[str, User]]:
        few = {"webhook_id", "upload_id", "key_id"} & {*OPERATIONS[name].ids} or "POST /webhooks" in name
        place = name if few or name in {"POST /uploads", "POST /uploads/resumable/init", "POST /keys"} else ""
        if name.startswith("DELETE /organizations/<organization_id>") and name.endswith("<organization_id>"):
            self.offices.pop(place := name, None)  # the one before was deleted
        if place not in self.offices:
            office = new_office(self.aws)
            people = {kind: person(self.aws, office, kind) for kind in (*MEMBERS, *OTHERS)}
            self.offices[place] = office, people | {"colleague": office.join(create_user(self.aws))}
        return self.offices[place]


@pytest.fixture(scope="module")
def world(aws: AwsEnvironment) -> World:
    other = new_office(aws)
    return World(aws, {}, other, Objects(aws, other, other.owner))


class Objects:
    """Makes what a path names, when it is first asked for."""

    def __init__(self, aws: AwsEnvironment, office: Office, maker: User) -> None:
        self._aws = aws
        self._office = office
        self._maker = Acting(office, maker)
        self._owner = Acting(office, office.owner)
        self._found: dict[str, str] = {}
        self._make: Final[dict[str, Callable[[], str]]] = {
            "project_id": self._project,
            "render_id": self._render,
            "style_id": self._style,
            "upload_id": self._upload,
            "webhook_id": lambda: str(register_webhook(self._owner)["webhookId"]),  # type: ignore[arg-type]  # has headers
            "delivery_id": lambda: send_test_event(self._owner, self["webhook_id"]),  # type: ignore[arg-type]  # has headers
            "key_id": self._key,
            "consent_name": lambda: "third_party_ai",
            "organization_id": lambda: office.organization_id,
            "user_id": lambda: maker.user_id,
            "invitation_id": lambda: office.invite(f"{uuid7()}@example.com")[0].invitation_id,
        }

    def __getitem__(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = self._make[name]()
        return self._found[name]

    def of(self, operation: Operation) -> dict[str, str]:
        return {name: self[name] for name in operation.ids}

    def _key(self) -> str:
        body = {"name": "CI", "scopes": ["renders:read"]}
        found = call("keys", "POST", "/keys", headers=self._owner.headers, json=body).data["id"]
        return str(found)

    def _project(self) -> str:
        body = {"name": uuid7()}
        return str(call("projects", "POST", "/projects", headers=self._maker.headers, json=body).data["id"])

    def _render(self) -> str:
        return str(attempt("POST /renders", {}, headers=self._maker.headers, body=render_body()).data["renderId"])

    def _style(self) -> str:
        body = {"title": "Evenings", "base": "golden-hour@1"}
        return str(call("styles", "POST", "/styles", headers=self._maker.headers, json=body).data["styleId"])

    def _upload(self) -> str:
        data = pictures.png()
        upload_id = str(announce(self._maker, data).data["uploadId"])  # type: ignore[arg-type]  # has headers
        send(self._aws, self._maker, upload_id, {1: data})  # type: ignore[arg-type]  # has a user id
        return upload_id


def render_body() -> dict[str, Any]:
    return {**OPERATIONS["POST /renders"].body(None), "quality": "standard"}  # type: ignore[arg-type]  # it reads nothing


def person(aws: AwsEnvironment, office: Office, kind: str) -> User:
    """Returns a new user of a kind. An owner is one beside the organisation's first."""
    user = create_user(aws)
    if kind in MEMBERS:
        return office.join(user, Role(kind))
    if kind == "removed":
        office.join(user)
        office.remove(user)
    if kind == "invited":
        office.invite(user.email)
    return user


def changes_the_caller(name: str) -> bool:
    """Whether an operation may end the session or the membership of its caller, or make the caller an owner."""
    return "user_id" in name or "/auth/" in name or name == "POST /organizations"


def expected(name: str, kind: str, target: str) -> tuple[int, str | None]:
    """Returns the status, and the error code if it is an error."""
    operation, rule = OPERATIONS[name], RULE_OF[name]
    refused, unknown = (403, "INSUFFICIENT_PERMISSIONS"), (404, "NOT_FOUND")
    in_path = "<organization_id>" in name
    if kind in OTHERS:
        return unknown if in_path else refused
    if rule is Rule.OPERATORS:
        return refused
    if rule is Rule.ALONE:
        return 400, "INVALID_INPUT"
    if name == "POST /organizations" and kind == "owner":
        return 409, "ALREADY_EXISTS"
    if in_path and target == "foreign":
        return unknown
    if rule is Rule.OWNERS and kind != "owner":
        return refused
    leads = kind in {"owner", "admin"}
    if (rule is Rule.LEAD or (rule is Rule.MAKER and in_path and target != "own")) and not leads:
        return refused
    if target == "foreign":
        return unknown
    if rule is Rule.MAKER and target == "shared" and not leads:
        return refused
    if rule is Rule.PERSONAL and operation.ids and target == "shared":
        return unknown
    codes = {409: "RESOURCE_CONFLICT", 404: "NOT_FOUND"}
    return operation.success, codes.get(operation.success)


CASES: Final = [
    (name, kind, target)
    for name, operation in GUARDED.items()
    for kind in (*MEMBERS, *OTHERS)
    for target in (TARGETS if operation.ids and operation.ids != ("consent_name",) else TARGETS[:1])
]


def test_every_operation_has_exactly_one_rule() -> None:
    assert sorted(RULE_OF) == sorted(GUARDED)
    assert sum(map(len, RULES.values())) == len(GUARDED)


@pytest.mark.parametrize(("name", "kind", "target"), CASES)
def test_a_person_may_do_what_the_rule_says(
    aws: AwsEnvironment, world: World, name: str, kind: str, target: str
) -> None:
    operation, (office, people) = OPERATIONS[name], world.of(name)
    caller = person(aws, office, kind) if changes_the_caller(name) else people[kind]
    if operation.ids == ("session_id",):
        whose = {"own": caller, "shared": people["colleague"], "foreign": world.other.owner}[target]
        ids = {"session_id": session_of(whose)}
    else:
        ids = (
            world.foreign(operation)
            if target == "foreign"
            else objects(aws, office, caller, kind, target, name).of(operation)
        )
    headers = caller.headers if "<organization_id>" in name else office.acting(caller)

    answer = attempt(name, ids, headers=headers, body=operation.body(Owner(caller, ids)))

    code = answer.json.get("errorCode") if answer.status >= 400 else None
    assert (answer.status, code) == expected(name, kind, target), answer.body


def session_of(user: User) -> str:
    from renderiq.tokens import RefreshToken

    return RefreshToken.parse(user.refresh_token).session_id


def objects(aws: AwsEnvironment, office: Office, caller: User, kind: str, target: str, name: str) -> Objects:
    """Returns the caller's own objects, or those of a colleague.

    Who is no member has nothing of their own in the organisation, so it is the owner's then.
    """
    if target == "own":
        return Objects(aws, office, caller if kind in MEMBERS else office.owner)
    colleague = office.join(create_user(aws)) if "<user_id>" in name else None
    return Objects(aws, office, colleague or office.owner)


@pytest.mark.parametrize("name", [name for name in GUARDED if "<organization_id>" not in name])
def test_a_header_is_not_trusted_for_who_is_no_member(world: World, name: str) -> None:
    """Neither is one that names an organisation that does not exist: the responses are the same."""
    office, people = world.of("GET /projects")
    answers = [
        attempt(
            name,
            dict.fromkeys(OPERATIONS[name].ids, uuid7()),
            headers={**people["stranger"].headers, HEADER: organization_id},
            body={},
        ).json
        for organization_id in (office.organization_id, uuid7())
    ]

    assert answers[0] | {"requestId": ""} == answers[1] | {"requestId": ""}


# ---------------------------------------------------------------- the table itself


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_in_the_table(permission: Permission) -> None:
    assert permission in ACCESS


@pytest.mark.parametrize("permission", Permission)
def test_a_higher_role_has_every_permission_of_a_lower_one(permission: Permission) -> None:
    having = [is_allowed(permission, role=role, scopes=frozenset()) for role in (Role.MEMBER, Role.ADMIN, Role.OWNER)]

    assert having == sorted(having)


@pytest.mark.parametrize("permission", Permission)
def test_a_key_needs_exactly_the_scope_of_the_table(permission: Permission) -> None:
    scope = ACCESS[permission].scope

    assert [each for each in Scope if is_allowed(permission, role=None, scopes=frozenset({each}))] == (
        [scope] if scope else []
    )


def test_the_lowest_role_is_the_one_with_the_fewest_rights() -> None:
    assert lowest_role(Permission.READ_RENDERS) is Role.MEMBER
    assert lowest_role(Permission.MANAGE_OWNERS) is Role.OWNER
    assert lowest_role(Permission.READ_METRICS) is None
