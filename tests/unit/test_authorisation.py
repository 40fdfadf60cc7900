"""Authorisation of every operation: with each kind of invalid credentials, each scope, and ids of another user."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import jwt
import pytest
from moto import mock_aws

from renderiq.domain.access import Role
from renderiq.domain.consents import ConsentName
from renderiq.domain.device_codes import GRANT_TYPE
from renderiq.domain.keys import USER_SCOPES, Scope, generate_key
from renderiq.domain.organizations import Actor, Invitation
from renderiq.domain.styles import StyleChanges
from renderiq.ids import uuid7
from renderiq.platform import Platform
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.tokens import RefreshToken, SigningKeys, issue_access_token
from tests.support import pictures, wiring
from tests.support.accounts import PASSWORD, User, add_project, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.functions import handler
from tests.support.http import Response, call
from tests.support.paths import ROOT
from tests.support.uploads import announce, left_of, send
from tests.support.webhooks import register_webhook, send_test_event

pytestmark = pytest.mark.usefixtures("without_waiting")

PUBLIC, ANY, BEARER, ROLE = "public", "any", "bearer", "role"
IMAGE: Final = base64.b64encode(pictures.png()).decode()
FILE: Final = {"fileName": "view.png", "contentType": "image/png"}
STYLE: Final = {"title": "Evenings", "base": "golden-hour@1"}
HOOK: Final = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}


@dataclass(frozen=True)
class Owner:
    """A user and the ids of their objects, by the names of path parameters."""

    user: User
    ids: Mapping[str, str]

    @property
    def capture(self) -> str:
        return f"captures/{self.user.user_id}/{self.ids['render_id']}"


class Ids(Mapping[str, str]):
    """Ids of a user's objects. Each object is created when its id is first asked for: most tests need one or none."""

    def __init__(self, aws: AwsEnvironment, user: User) -> None:
        self._aws = aws
        self._user = user
        self._found: dict[str, str] = {}
        self._create: Final[dict[str, Callable[[], str]]] = {
            "project_id": lambda: add_project(user),
            "render_id": self._render,
            "webhook_id": lambda: str(register_webhook(user)["webhookId"]),
            "delivery_id": lambda: send_test_event(user, self["webhook_id"]),
            "key_id": lambda: (
                wiring.key_service().create(user.user_id, "CI", frozenset(Scope), None, now=now())[0].key_id
            ),
            "upload_id": self._upload,
            "style_id": lambda: (
                wiring.own_style_service().create(user.user_id, StyleChanges("A", "golden-hour"), now=now()).style_id
            ),
            "consent_name": lambda: ConsentName.THIRD_PARTY_AI.value,
            "organization_id": lambda: (
                wiring.organization_service()
                .create(user.user_id, "Atelier", Actor(user.user_id), now=now())
                .organization.organization_id
            ),
            "user_id": lambda: self._member(create_user(aws)),
            "invitation_id": lambda: self._invitation(f"{uuid7()}@example.com")[0].invitation_id,
            "session_id": lambda: RefreshToken.parse(user.refresh_token).session_id,
        }

    def __getitem__(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = self._create[name]()
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._create)

    def __len__(self) -> int:
        return len(self._create)

    def _invitation(self, email: str) -> tuple[Invitation, str]:
        by = wiring.organizations().find(self["organization_id"], self._user.user_id, now())
        assert by is not None
        return wiring.organization_service().invite(by, email, Role.MEMBER, Actor(self._user.user_id), now=now())

    def _member(self, user: User) -> str:
        _, token = self._invitation(user.email)
        wiring.organization_service().accept(user.user_id, token, Actor(user.user_id), now=now())
        return user.user_id

    def _upload(self) -> str:
        data = pictures.png()
        upload_id = str(announce(self._user, data).data["uploadId"])
        send(self._aws, self._user, upload_id, {1: data})
        return upload_id

    def _render(self) -> str:
        asked = {"uploadedImageData": IMAGE, "projectId": self["project_id"]}
        return str(call("renders", "POST", "/renders", json=asked, headers=self._user.headers).data["renderId"])


Body = Callable[[Owner], dict[str, Any]]


@dataclass(frozen=True)
class Operation:
    """``who``: ``PUBLIC``, ``ANY`` credentials, ``BEARER`` only, a scope, or a ``ROLE`` in the path's organisation.

    ``ids``: what its path names. ``test_organization_access.py`` has the operations of each role.
    """

    who: str
    success: int = 200
    body: Body = field(default=lambda _: {})
    ids: tuple[str, ...] = ()


def device_code() -> str:
    return wiring.device_code_service().issue(platform="sketchup", address="198.51.100.1", now=now()).user_code


def credentials(mine: Owner) -> dict[str, str]:
    return {"email": mine.user.email, "password": PASSWORD}


OPERATIONS: Final = {
    "POST /auth/signin": Operation(PUBLIC, body=lambda caller: {"email": caller.user.email, "password": PASSWORD}),
    "GET /auth/device": Operation(PUBLIC),
    "POST /auth/device": Operation(PUBLIC, body=lambda mine: {"user_code": device_code(), **credentials(mine)}),
    "POST /auth/device/code": Operation(PUBLIC),
    "POST /auth/device/token": Operation(PUBLIC, 400, lambda _: {"grant_type": GRANT_TYPE, "device_code": "unknown"}),
    "POST /auth/refresh": Operation(PUBLIC, body=lambda caller: {"refresh_token": caller.user.refresh_token}),
    "POST /auth/signout": Operation(BEARER),
    "GET /auth/sessions": Operation(BEARER),
    "DELETE /auth/sessions/<session_id>": Operation(BEARER, ids=("session_id",)),
    "POST /auth/password/forgot": Operation(PUBLIC, body=lambda mine: {"email": mine.user.email}),
    "POST /auth/password/reset": Operation(
        PUBLIC, body=lambda mine: {"email": mine.user.email, "code": "123456", "newPassword": "Correct-horse-2"}
    ),
    "GET /auth/me": Operation(ANY),
    "GET /analytics/usage": Operation(Scope.READ_RENDERS),
    "GET /metrics": Operation(Scope.READ_METRICS),
    "GET /credits": Operation(ANY),
    "GET /credits/transactions": Operation(ANY),
    "GET /health": Operation(PUBLIC),
    "GET /capabilities": Operation(PUBLIC),
    "GET /openapi.json": Operation(PUBLIC),
    "GET /dashboard": Operation(PUBLIC),
    "GET /dashboard/<part>": Operation(PUBLIC, ids=("part",)),
    "GET /docs": Operation(PUBLIC),
    "GET /docs/<part>": Operation(PUBLIC, ids=("part",)),
    "GET /files/<token>/<name>": Operation(PUBLIC, 302, ids=("token", "name")),
    "POST /renders": Operation(Scope.CREATE_RENDERS, 202, lambda _: {"uploadedImageData": IMAGE}),
    "POST /renders/estimate": Operation(Scope.CREATE_RENDERS, body=lambda _: {"quality": "high"}),
    "GET /renders": Operation(Scope.READ_RENDERS),
    "GET /renders/<render_id>": Operation(Scope.READ_RENDERS, ids=("render_id",)),
    "DELETE /renders/<render_id>": Operation(Scope.CREATE_RENDERS, ids=("render_id",)),
    "POST /renders/<render_id>/again": Operation(
        Scope.CREATE_RENDERS, 202, lambda _: {"changes": {"style": "soft"}}, ids=("render_id",)
    ),
    "GET /styles": Operation(PUBLIC),
    "POST /styles": Operation(Scope.CREATE_RENDERS, 201, lambda _: STYLE),
    "GET /styles/mine": Operation(Scope.READ_RENDERS),
    "GET /styles/<style_id>": Operation(PUBLIC, ids=("style_id",)),
    "GET /styles/<style_id>/cover": Operation(PUBLIC, ids=("style_id",)),
    "PUT /styles/<style_id>": Operation(BEARER, body=lambda _: STYLE, ids=("style_id",)),
    "DELETE /styles/<style_id>": Operation(BEARER, ids=("style_id",)),
    "POST /projects": Operation(Scope.CREATE_RENDERS, 201, lambda _: {"name": "Chalet"}),
    "GET /projects": Operation(Scope.READ_PROJECTS),
    "GET /projects/<project_id>": Operation(Scope.READ_PROJECTS, ids=("project_id",)),
    "PATCH /projects/<project_id>": Operation(BEARER, body=lambda _: {"name": "Barn"}, ids=("project_id",)),
    "DELETE /projects/<project_id>": Operation(BEARER, ids=("project_id",)),
    "POST /uploads": Operation(Scope.CREATE_RENDERS, 201, lambda _: {**FILE, "size": 9, "purpose": "capture"}),
    "GET /uploads": Operation(Scope.READ_RENDERS),
    "GET /uploads/<upload_id>": Operation(Scope.READ_RENDERS, ids=("upload_id",)),
    "DELETE /uploads/<upload_id>": Operation(Scope.CREATE_RENDERS, ids=("upload_id",)),
    "POST /uploads/<upload_id>/parts": Operation(
        Scope.CREATE_RENDERS, body=lambda _: {"partNumbers": [1]}, ids=("upload_id",)
    ),
    "POST /uploads/<upload_id>/complete": Operation(Scope.CREATE_RENDERS, ids=("upload_id",)),
    "POST /uploads/resumable/init": Operation(Scope.CREATE_RENDERS, 201, lambda _: {**FILE, "totalSize": 9}),
    "GET /uploads/resumable/<upload_id>/status": Operation(Scope.READ_RENDERS, ids=("upload_id",)),
    "POST /uploads/resumable/<upload_id>/finalize": Operation(Scope.CREATE_RENDERS, ids=("upload_id",)),
    "DELETE /account": Operation(BEARER, 202),
    "POST /account/export": Operation(BEARER, 202),
    "GET /account/export": Operation(BEARER),
    "GET /account/deletions/<receipt_id>": Operation(PUBLIC, ids=("receipt_id",)),
    "GET /consents": Operation(ANY),
    "POST /consents/<consent_name>": Operation(
        BEARER, body=lambda _: {"version": 1, "granted": True}, ids=("consent_name",)
    ),
    "GET /settings": Operation(ANY),
    "GET /settings/retention": Operation(ANY),
    "PUT /settings/retention": Operation(BEARER, body=lambda _: {"captures": "7d"}),
    "PUT /settings": Operation(BEARER, body=lambda _: {"preferences": {"theme": "dark"}}),
    "POST /organizations": Operation(BEARER, 201, lambda _: {"name": "Atelier"}),
    "GET /organizations": Operation(BEARER),
    "GET /organizations/<organization_id>": Operation(ROLE, ids=("organization_id",)),
    "PATCH /organizations/<organization_id>": Operation(
        ROLE, body=lambda _: {"name": "Studio"}, ids=("organization_id",)
    ),
    "DELETE /organizations/<organization_id>": Operation(ROLE, 202, ids=("organization_id",)),
    "GET /organizations/<organization_id>/members": Operation(ROLE, ids=("organization_id",)),
    "PATCH /organizations/<organization_id>/members/<user_id>": Operation(
        ROLE, body=lambda _: {"role": "admin"}, ids=("organization_id", "user_id")
    ),
    "DELETE /organizations/<organization_id>/members/<user_id>": Operation(ROLE, ids=("organization_id", "user_id")),
    "POST /organizations/<organization_id>/invitations": Operation(
        ROLE, 201, lambda _: {"email": f"{uuid7()}@example.com"}, ids=("organization_id",)
    ),
    "GET /organizations/<organization_id>/invitations": Operation(ROLE, ids=("organization_id",)),
    "DELETE /organizations/<organization_id>/invitations/<invitation_id>": Operation(
        ROLE, ids=("organization_id", "invitation_id")
    ),
    "GET /organizations/<organization_id>/audit": Operation(ROLE, ids=("organization_id",)),
    # The token is of no invitation: who may ask learns that.
    "POST /invitations/accept": Operation(BEARER, 404, lambda _: {"token": "unknown"}),
    "POST /keys": Operation(BEARER, 201, lambda _: {"name": "CI", "scopes": ["renders:read"]}),
    "GET /keys": Operation(BEARER),
    "DELETE /keys/<key_id>": Operation(BEARER, ids=("key_id",)),
    "POST /keys/<key_id>/rotate": Operation(BEARER, 201, ids=("key_id",)),
    "POST /webhooks/register": Operation(Scope.WRITE_WEBHOOKS, 201, lambda _: HOOK),
    "GET /webhooks": Operation(Scope.WRITE_WEBHOOKS),
    "GET /webhooks/<webhook_id>": Operation(Scope.WRITE_WEBHOOKS, ids=("webhook_id",)),
    "PATCH /webhooks/<webhook_id>": Operation(
        Scope.WRITE_WEBHOOKS, body=lambda _: {"description": "new"}, ids=("webhook_id",)
    ),
    "DELETE /webhooks/<webhook_id>": Operation(Scope.WRITE_WEBHOOKS, ids=("webhook_id",)),
    "POST /webhooks/<webhook_id>/test": Operation(Scope.WRITE_WEBHOOKS, 202, ids=("webhook_id",)),
    "POST /webhooks/<webhook_id>/rotate-secret": Operation(Scope.WRITE_WEBHOOKS, ids=("webhook_id",)),
    # The table's webhook has a URL, so a caller who is admitted learns that it cannot be polled.
    "GET /webhooks/<webhook_id>/poll": Operation(Scope.WRITE_WEBHOOKS, 409, ids=("webhook_id",)),
    "GET /webhooks/<webhook_id>/deliveries": Operation(Scope.WRITE_WEBHOOKS, ids=("webhook_id",)),
    "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver": Operation(
        Scope.WRITE_WEBHOOKS, 202, ids=("webhook_id", "delivery_id")
    ),
}


def routes() -> dict[str, str]:
    """Returns every operation of every app with the name of its function."""
    found: dict[str, str] = {}
    for folder in sorted(path.parent.name for path in ROOT.glob("functions/*/app.py")):
        app = getattr(handler(folder), "app", None)
        if app:
            found |= {f"{route.method} {route.path}": folder for route in app.routes}
    return found


FUNCTION_OF: Final = routes()
GUARDED: Final = {name: each for name, each in OPERATIONS.items() if each.who != PUBLIC}
PUBLICS: Final = {name: each for name, each in OPERATIONS.items() if each.who == PUBLIC}
SCOPED: Final = {name: each for name, each in OPERATIONS.items() if isinstance(each.who, Scope)}
_ADDRESSES = (f"198.51.{number // 250}.{number % 250 + 1}" for number in count())


def attempt(
    name: str, ids: Mapping[str, str], *, headers: dict[str, str], body: dict[str, Any] | None = None, **given: Any
) -> Response:
    """Sends a request from an IP address of its own, so that no rate limit is shared."""
    method, path = name.split(" ")
    for parameter in re.findall(r"<(\w+)>", path):
        path = path.replace(f"<{parameter}>", ids.get(parameter, f"<{parameter}>"))
    return call(
        FUNCTION_OF[name],
        method,
        path,
        headers={"x-renderiq-platform": "sketchup", **headers},
        json=body if method in {"POST", "PUT", "PATCH"} else None,
        address=next(_ADDRESSES),
        **given,
    )


def create_owner(aws: AwsEnvironment) -> Owner:
    user = create_user(aws, balance=100)
    return Owner(user, Ids(aws, user))


def now() -> datetime:
    return wiring.time_source()()


def key(user: User, *scopes: Scope, expires_at: datetime | None = None, made: datetime | None = None) -> str:
    _, secret = wiring.key_service().create(user.user_id, "key", frozenset(scopes), expires_at, now=made or now())
    return secret


@pytest.fixture
def caller(aws: AwsEnvironment) -> Owner:
    return create_owner(aws)


@pytest.fixture(scope="module")
def other_user(aws: AwsEnvironment) -> Iterator[Owner]:
    """Another user, whose objects no test may change."""
    made = create_owner(aws)
    dict(made.ids)  # creates every object
    before = state_of(aws, made)
    yield made
    assert state_of(aws, made) == before


def state_of(aws: AwsEnvironment, owner: Owner) -> dict[str, Any]:
    """Returns everything that is stored of a user except for rate limits."""
    user = owner.user
    keys = dict.fromkeys(
        ("Accounts", "Consents", "Ledger", "Projects", "Renders", "Styles", "Uploads", "Webhooks"),
        ("userId", user.user_id),
    )
    keys["Deliveries"] = ("target", owner.ids["webhook_id"])
    keys["Organizations"] = ("organizationId", owner.ids["organization_id"])
    keys["Audit"] = ("organizationId", owner.ids["organization_id"])
    kept = {
        table: aws.client("dynamodb").query(
            TableName=aws.resources[f"{table}Table"].ref,
            KeyConditionExpression=f"{name} = :value",
            ExpressionAttributeValues=to_attributes({":value": value}),
        )["Items"]
        for table, (name, value) in keys.items()
    }
    return kept | {"Pictures": aws.objects(f"captures/{user.user_id}/"), "Files": left_of(aws, user)}


# ---------------------------------------------------------------- the table


def test_every_operation_is_in_the_table_and_the_table_has_no_other() -> None:
    assert FUNCTION_OF.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_table_names_the_ids_of_each_path(name: str) -> None:
    assert name.count("<") == len(OPERATIONS[name].ids)
    assert all(f"<{each}>" in name for each in OPERATIONS[name].ids)


# ---------------------------------------------------------------- credentials that are worth nothing


def forged(user: User, *, secret: str, algorithm: str = "HS256", kid: str | None = None) -> str:
    """Returns the user's claims with another signature. ``kid`` defaults to the right one."""
    claims = jwt.decode(user.access_token, options={"verify_signature": False})
    kid = kid or jwt.get_unverified_header(user.access_token)["kid"]
    return jwt.encode(claims, secret, algorithm, headers={"kid": kid})


def signing_keys() -> SigningKeys:
    return wiring.secrets().signing_keys(settings().token_secret_id)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def expired_token(user: User) -> dict[str, str]:
    hours_ago = now() - timedelta(hours=2)
    return bearer(issue_access_token(user.user_id, uuid7(), keys=signing_keys(), now=hours_ago))


def signed_out(user: User) -> dict[str, str]:
    session = uuid7()
    wiring.session_service().revoke(user.user_id, session, now=now())
    return bearer(issue_access_token(user.user_id, session, keys=signing_keys(), now=now()))


def revoked_key(user: User) -> dict[str, str]:
    stored, secret = wiring.key_service().create(user.user_id, "gone", frozenset(Scope), None, now=now())
    wiring.keys().revoke(user.user_id, stored.key_id, now())
    return {"x-api-key": secret}


def expired_key(user: User) -> dict[str, str]:
    made = now() - timedelta(hours=1)
    return {"x-api-key": key(user, *Scope, expires_at=made + timedelta(minutes=1), made=made)}


INVALID_CREDENTIALS: Final[dict[str, tuple[Callable[[User], dict[str, str]], str]]] = {
    "nothing": (lambda _: {}, "AUTH_REQUIRED"),
    "no bearer token": (lambda _: {"authorization": "Basic dXNlcjpwYXNz"}, "INVALID_TOKEN"),
    "a garbage token": (lambda _: bearer("eyJ.garbage.token"), "INVALID_TOKEN"),
    "a token that has expired": (expired_token, "TOKEN_EXPIRED"),
    "an unsigned token": (lambda user: bearer(forged(user, secret="", algorithm="none")), "INVALID_TOKEN"),
    "a token signed with another secret": (lambda user: bearer(forged(user, secret="x" * 64)), "INVALID_TOKEN"),
    "a token of an unknown key": (lambda user: bearer(forged(user, secret="x" * 64, kid=uuid7())), "INVALID_TOKEN"),
    "a token whose claims were changed": (
        lambda user: bearer(user.access_token.replace(".", ".eyJzdWIiOiJ4In0", 1)),
        "INVALID_TOKEN",
    ),
    "a refresh token": (lambda user: bearer(user.refresh_token), "INVALID_TOKEN"),
    "a session that was signed out": (signed_out, "INVALID_TOKEN"),
    "a garbage key": (lambda _: {"x-api-key": "rk_live_garbage"}, "INVALID_API_KEY"),
    "a key that was never made": (lambda _: {"x-api-key": generate_key()}, "INVALID_API_KEY"),
    "a key that was revoked": (revoked_key, "API_KEY_REVOKED"),
    "a key that has expired": (expired_key, "API_KEY_EXPIRED"),
}


@pytest.fixture(scope="module")
def invalid_credentials(other_user: Owner) -> dict[str, dict[str, str]]:
    return {kind: make(other_user.user) for kind, (make, _) in INVALID_CREDENTIALS.items()}


@pytest.mark.parametrize("kind", INVALID_CREDENTIALS)
@pytest.mark.parametrize("name", GUARDED)
def test_invalid_credentials_are_refused(
    other_user: Owner, invalid_credentials: dict[str, dict[str, str]], name: str, kind: str
) -> None:
    answer = attempt(name, other_user.ids, headers=invalid_credentials[kind], body=OPERATIONS[name].body(other_user))

    assert answer.code == (401, INVALID_CREDENTIALS[kind][1])
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", GUARDED)
def test_an_anonymous_caller_is_refused_before_the_request_is_validated(aws: AwsEnvironment, name: str) -> None:
    nonsense = dict.fromkeys(OPERATIONS[name].ids, "no-id")

    assert attempt(name, nonsense, headers={}, body={"quality": 7}).code == (401, "AUTH_REQUIRED")


def receipt_of_a_deletion(aws: AwsEnvironment) -> str:
    receipt_id = uuid7()
    assert wiring.deletions().begin(create_user(aws).user_id, receipt_id, due_at=now(), now=now())
    return receipt_id


@pytest.mark.parametrize("kind", INVALID_CREDENTIALS)
@pytest.mark.parametrize("name", PUBLICS)
def test_a_public_operation_ignores_credentials(
    aws: AwsEnvironment, invalid_credentials: dict[str, dict[str, str]], name: str, kind: str
) -> None:
    user = create_user(aws)
    body = OPERATIONS[name].body(Owner(user, {}))

    *_, token, file_name = wiring.file_links().link("renders/ada/villa/output.png").split("/")
    part = "dashboard.css" if "dashboard" in name else "page.css"
    ids = {"part": part, "token": token, "name": file_name, "style_id": "golden-hour@1"}
    if "receipt_id" in OPERATIONS[name].ids:
        ids["receipt_id"] = receipt_of_a_deletion(aws)

    assert attempt(name, ids, headers=invalid_credentials[kind], body=body).status == OPERATIONS[name].success


# ---------------------------------------------------------------- scopes


@dataclass
class Keyring:
    """Keys of one user, one for each combination of scopes: an account may have at most twenty."""

    owner: Owner
    made: dict[tuple[Scope, ...], str] = field(default_factory=dict)

    def holding(self, *scopes: Scope) -> dict[str, str]:
        if scopes not in self.made:
            self.made[scopes] = key(self.owner.user, *scopes)
        return {"x-api-key": self.made[scopes]}


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """An environment with rate limits that the keyring does not reach."""
    unlimited = json.dumps(dict.fromkeys(Platform, 1_000_000))
    with mock_aws(), aws_environment(None, RateLimits=unlimited) as environment:
        yield environment


@pytest.fixture(scope="module")
def keyring(aws: AwsEnvironment) -> Keyring:
    return Keyring(create_owner(aws))


@pytest.mark.parametrize("name", SCOPED)
def test_a_key_without_the_required_scope_is_refused(keyring: Keyring, name: str) -> None:
    operation = OPERATIONS[name]
    headers = keyring.holding(*(scope for scope in Scope if scope != operation.who))

    answer = attempt(name, keyring.owner.ids, headers=headers, body=operation.body(keyring.owner))

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert answer.json["details"] == {"requiredScope": operation.who}


@pytest.mark.parametrize("scopes", [tuple(Scope), *((scope,) for scope in Scope)], ids="+".join)
@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.who == BEARER])
def test_an_operation_that_needs_a_session_refuses_every_key(
    keyring: Keyring, name: str, scopes: tuple[Scope, ...]
) -> None:
    body = OPERATIONS[name].body(keyring.owner)

    answer = attempt(name, keyring.owner.ids, headers=keyring.holding(*scopes), body=body)

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert "details" not in answer.json


@pytest.mark.parametrize("name", SCOPED)
def test_a_key_with_only_the_required_scope_is_admitted(caller: Owner, name: str) -> None:
    operation = OPERATIONS[name]
    headers = {"x-api-key": key(caller.user, Scope(operation.who))}

    assert attempt(name, caller.ids, headers=headers, body=operation.body(caller)).status == operation.success


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.who == ANY])
def test_a_key_of_any_scope_is_admitted_if_no_scope_is_required(aws: AwsEnvironment, name: str) -> None:
    user = create_user(aws)

    statuses = {attempt(name, {}, headers={"x-api-key": key(user, scope)}).status for scope in Scope}

    assert statuses == {OPERATIONS[name].success}


FOR_OPERATORS: Final = [name for name, each in OPERATIONS.items() if each.who == Scope.READ_METRICS]


@pytest.mark.parametrize("name", [name for name in GUARDED if name not in FOR_OPERATORS])
def test_an_access_token_is_admitted_everywhere_but_to_what_is_for_operators(caller: Owner, name: str) -> None:
    operation = OPERATIONS[name]

    assert (
        attempt(name, caller.ids, headers=caller.user.headers, body=operation.body(caller)).status == operation.success
    )


@pytest.mark.parametrize("name", FOR_OPERATORS)
def test_what_is_for_operators_refuses_the_access_token_of_a_user(caller: Owner, name: str) -> None:
    assert attempt(name, {}, headers=caller.user.headers).code == (403, "INSUFFICIENT_PERMISSIONS")


@pytest.mark.parametrize("name", GUARDED)
def test_the_access_token_of_an_operator_is_admitted_everywhere(aws: AwsEnvironment, name: str) -> None:
    user = create_user(aws, balance=100, operator=True)
    mine, operation = Owner(user, Ids(aws, user)), OPERATIONS[name]

    assert attempt(name, mine.ids, headers=user.headers, body=operation.body(mine)).status == operation.success


def test_the_figures_of_everybody_need_the_scope_of_operators(aws: AwsEnvironment, caller: Owner) -> None:
    """Every other combination of credentials is refused, and the refusal names the scope."""
    operator, everybody = create_user(aws, operator=True), {"whose": "everybody"}
    refused = (caller.user.headers, {"x-api-key": key(caller.user, *(Scope(each) for each in USER_SCOPES))})
    admitted = (operator.headers, {"x-api-key": key(operator, Scope.READ_RENDERS, Scope.READ_METRICS)})

    for headers in refused:
        answer = attempt("GET /analytics/usage", {}, headers=headers, query=everybody)
        assert (answer.code[0], answer.json["details"]) == (403, {"requiredScope": "metrics:read"})
    for headers in admitted:
        assert attempt("GET /analytics/usage", {}, headers=headers, query=everybody).status == 200


def test_only_operators_create_keys_that_read_the_metrics(aws: AwsEnvironment, caller: Owner) -> None:
    body = {"name": "prometheus", "scopes": ["metrics:read"]}
    operator = create_user(aws, operator=True)

    answer = attempt("POST /keys", {}, headers=caller.user.headers, body=body)

    assert (answer.code, answer.json["details"]) == (
        (403, "INSUFFICIENT_PERMISSIONS"),
        {"requiredScope": "metrics:read"},
    )
    assert attempt("POST /keys", {}, headers=operator.headers, body=body).status == 201


# ---------------------------------------------------------------- what is another user's


OF_AN_OWNER: Final = [
    name for name, each in OPERATIONS.items() if each.ids and each.who != PUBLIC and each.ids != ("consent_name",)
]
"""Operations whose path names something of one user. A consent has the same name for all, a receipt names nobody."""


@pytest.mark.parametrize("name", OF_AN_OWNER)
def test_an_object_of_another_user_is_not_found_and_does_not_change(
    aws: AwsEnvironment, other_user: Owner, caller: Owner, name: str
) -> None:
    before, keys = state_of(aws, other_user), list(wiring.keys().of_user(other_user.user.user_id))

    answer = attempt(name, other_user.ids, headers=caller.user.headers, body=OPERATIONS[name].body(caller))

    assert answer.code == (404, "NOT_FOUND")
    assert state_of(aws, other_user) == before
    assert list(wiring.keys().of_user(other_user.user.user_id)) == keys


@pytest.mark.parametrize("name", OF_AN_OWNER)
def test_an_object_of_another_user_is_answered_like_an_unknown_id(other_user: Owner, caller: Owner, name: str) -> None:
    body = OPERATIONS[name].body(caller)
    unknown = {each: uuid7() for each in other_user.ids}

    theirs = attempt(name, other_user.ids, headers=caller.user.headers, body=body).json
    none = attempt(name, unknown, headers=caller.user.headers, body=body).json

    assert theirs | {"requestId": ""} == none | {"requestId": ""}


def test_a_delivery_of_another_user_is_not_found_under_the_callers_own_webhook(
    aws: AwsEnvironment, other_user: Owner, caller: Owner
) -> None:
    name = "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver"
    before = state_of(aws, other_user)

    answer = attempt(
        name, {**caller.ids, "delivery_id": other_user.ids["delivery_id"]}, headers=caller.user.headers, body={}
    )

    assert answer.code == (404, "NOT_FOUND")
    assert state_of(aws, other_user) == before


def test_a_render_cannot_be_added_to_a_project_of_another_user(
    aws: AwsEnvironment, other_user: Owner, caller: Owner
) -> None:
    before, own = state_of(aws, other_user), state_of(aws, caller)
    body = {"uploadedImageData": IMAGE, "projectId": other_user.ids["project_id"]}

    assert attempt("POST /renders", {}, headers=caller.user.headers, body=body).code == (404, "NOT_FOUND")
    assert state_of(aws, other_user) == before
    assert state_of(aws, caller) == own


def test_a_render_cannot_use_a_picture_of_another_user(aws: AwsEnvironment, other_user: Owner, caller: Owner) -> None:
    before, own = state_of(aws, other_user), state_of(aws, caller)
    body = {"imageUrl": wiring.images().link(other_user.capture)}

    assert attempt("POST /renders", {}, headers=caller.user.headers, body=body).code == (400, "INVALID_INPUT")
    assert state_of(aws, other_user) == before
    assert state_of(aws, caller) == own


def test_listing_by_a_project_of_another_user_gives_no_renders(other_user: Owner, caller: Owner) -> None:
    query = {"projectId": other_user.ids["project_id"]}

    assert attempt("GET /renders", {}, headers=caller.user.headers, query=query).data["renders"] == []


@pytest.mark.parametrize(
    ("name", "cursor", "listed"),
    [
        ("GET /renders", "render_id", "renders"),
        ("GET /projects", "project_id", "projects"),
        ("GET /uploads", "upload_id", "uploads"),
        ("GET /webhooks/<webhook_id>/deliveries", "delivery_id", "deliveries"),
    ],
)
def test_an_id_of_another_user_as_a_cursor_lists_nothing_of_that_user(
    aws: AwsEnvironment, other_user: Owner, name: str, cursor: str, listed: str
) -> None:
    caller = create_owner(aws)

    page = attempt(name, caller.ids, headers=caller.user.headers, query={"cursor": other_user.ids[cursor]}).data

    assert page[listed] == []
