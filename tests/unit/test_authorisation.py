"""Who may do what: every operation of every app, with all credentials that can be wrong, and with others' ids."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import jwt
import pytest

from renderiq.domain.keys import Scope, generate_key
from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.tokens import RefreshToken, SigningKeys, issue_access_token
from tests.support import pictures, wiring
from tests.support.world import PASSWORD, ROOT, Answer, User, World, call, handler

PUBLIC, ANY, BEARER = "public", "any", "bearer"
IMAGE: Final = base64.b64encode(pictures.png()).decode()
HOOK: Final = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}


@dataclass(frozen=True)
class Owned:
    """A user, and the ids of what is theirs, by the names that paths have for them."""

    user: User
    ids: dict[str, str]
    capture: str


Body = Callable[[Owned], dict[str, Any]]


@dataclass(frozen=True)
class Operation:
    """``who``: ``PUBLIC``, ``ANY`` credentials, ``BEARER`` only, or a scope. ``ids``: what its path names."""

    who: str
    success: int = 200
    body: Body = field(default=lambda _: {})
    ids: tuple[str, ...] = ()


OPERATIONS: Final = {
    "POST /auth/signin": Operation(PUBLIC, body=lambda mine: {"email": mine.user.email, "password": PASSWORD}),
    "POST /auth/refresh": Operation(PUBLIC, body=lambda mine: {"refresh_token": mine.user.refresh_token}),
    "POST /auth/signout": Operation(BEARER),
    "GET /auth/sessions": Operation(BEARER),
    "DELETE /auth/sessions/<session_id>": Operation(BEARER, ids=("session_id",)),
    "POST /auth/password/forgot": Operation(PUBLIC, body=lambda mine: {"email": mine.user.email}),
    "POST /auth/password/reset": Operation(
        PUBLIC, body=lambda mine: {"email": mine.user.email, "code": "123456", "newPassword": "Correct-horse-2"}
    ),
    "GET /auth/me": Operation(ANY),
    "GET /credits": Operation(ANY),
    "GET /credits/transactions": Operation(ANY),
    "GET /health": Operation(PUBLIC),
    "GET /openapi.json": Operation(PUBLIC),
    "GET /docs": Operation(PUBLIC),
    "GET /docs/<part>": Operation(PUBLIC, ids=("part",)),
    "POST /renders": Operation(Scope.CREATE_RENDERS, 202, lambda _: {"uploadedImageData": IMAGE}),
    "GET /renders": Operation(Scope.READ_RENDERS),
    "GET /renders/<render_id>": Operation(Scope.READ_RENDERS, ids=("render_id",)),
    "DELETE /renders/<render_id>": Operation(Scope.CREATE_RENDERS, ids=("render_id",)),
    "POST /projects": Operation(Scope.CREATE_RENDERS, 201, lambda _: {"name": "Chalet"}),
    "GET /projects": Operation(Scope.READ_PROJECTS),
    "GET /projects/<project_id>": Operation(Scope.READ_PROJECTS, ids=("project_id",)),
    "PATCH /projects/<project_id>": Operation(BEARER, body=lambda _: {"name": "Barn"}, ids=("project_id",)),
    "DELETE /projects/<project_id>": Operation(BEARER, ids=("project_id",)),
    "GET /settings": Operation(ANY),
    "PUT /settings": Operation(BEARER, body=lambda _: {"preferences": {"theme": "dark"}}),
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
    "GET /webhooks/<webhook_id>/deliveries": Operation(Scope.WRITE_WEBHOOKS, ids=("webhook_id",)),
    "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver": Operation(
        Scope.WRITE_WEBHOOKS, 202, ids=("webhook_id", "delivery_id")
    ),
}


def routes() -> dict[str, str]:
    """Every operation that the apps really have, and the function that has it."""
    found: dict[str, str] = {}
    for folder in sorted(path.parent.name for path in ROOT.glob("functions/*/app.py")):
        app = getattr(handler(folder), "app", None)
        if app:
            found |= {f"{route.method} {route.path}": folder for route in app._static_routes + app._dynamic_routes}
    return found


FUNCTION_OF: Final = routes()
GUARDED: Final = {name: each for name, each in OPERATIONS.items() if each.who != PUBLIC}
PUBLICS: Final = {name: each for name, each in OPERATIONS.items() if each.who == PUBLIC}
SCOPED: Final = {name: each for name, each in OPERATIONS.items() if isinstance(each.who, Scope)}
_ADDRESSES = (f"198.51.{number // 250}.{number % 250 + 1}" for number in count())


def attempt(
    name: str, ids: dict[str, str], *, headers: dict[str, str], body: dict[str, Any] | None = None, **given: Any
) -> Answer:
    """Each comes from an address of its own, so that none waits for another."""
    method, path = name.split(" ")
    for parameter, value in ids.items():
        path = path.replace(f"<{parameter}>", value)
    return call(
        FUNCTION_OF[name],
        method,
        path,
        headers={"x-renderiq-platform": "sketchup", **headers},
        json=body if method in {"POST", "PUT", "PATCH"} else None,
        address=next(_ADDRESSES),
        **given,
    )


def owned(here: World) -> Owned:
    user = here.user(balance=100)
    project_id = here.add_project(user)
    asked = {"uploadedImageData": IMAGE, "projectId": project_id}
    render_id = call("renders", "POST", "/renders", json=asked, headers=user.headers).data["renderId"]
    hook = call("webhooks_register", "POST", "/webhooks/register", json=HOOK, headers=user.headers).data["webhookId"]
    sent = call("webhooks_id_test", "POST", f"/webhooks/{hook}/test", headers=user.headers).data["deliveryId"]
    stored, _ = wiring.key_service().create(user.user_id, "CI", frozenset(Scope), None, now=now())
    ids = {
        "render_id": render_id,
        "project_id": project_id,
        "webhook_id": hook,
        "delivery_id": sent,
        "key_id": stored.key_id,
        "session_id": RefreshToken.parse(user.refresh_token).session_id,
    }
    return Owned(user, ids, f"captures/{user.user_id}/{render_id}")


def now() -> datetime:
    return wiring.time_source()()


def key(user: User, *scopes: Scope, expires_at: datetime | None = None, made: datetime | None = None) -> str:
    _, secret = wiring.key_service().create(user.user_id, "key", frozenset(scopes), expires_at, now=made or now())
    return secret


@pytest.fixture
def mine(here: World) -> Owned:
    return owned(here)


@pytest.fixture(scope="module")
def somebody(here: World) -> Iterator[Owned]:
    """Whoever's credentials are worth nothing; what is theirs stays as it is."""
    made = owned(here)
    before = state_of(here, made)
    yield made
    assert state_of(here, made) == before


def state_of(here: World, owner: Owned) -> dict[str, Any]:
    """All that is kept of a user, but for the counting of requests."""
    user = owner.user
    keys = dict.fromkeys(("Accounts", "Ledger", "Projects", "Renders", "Webhooks"), ("userId", user.user_id))
    keys["Deliveries"] = ("target", owner.ids["webhook_id"])
    kept = {
        table: here.client("dynamodb").query(
            TableName=here.resources[f"{table}Table"].ref,
            KeyConditionExpression=f"{name} = :value",
            ExpressionAttributeValues=to_attributes({":value": value}),
        )["Items"]
        for table, (name, value) in keys.items()
    }
    return kept | {"Pictures": here.objects(f"captures/{user.user_id}/")}


# ---------------------------------------------------------------- the table


def test_every_operation_is_in_the_table_and_the_table_has_no_other() -> None:
    assert FUNCTION_OF.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_table_says_which_objects_a_path_names(name: str) -> None:
    assert name.count("<") == len(OPERATIONS[name].ids)
    assert all(f"<{each}>" in name for each in OPERATIONS[name].ids)


# ---------------------------------------------------------------- credentials that are worth nothing


def forged(user: User, *, secret: str, algorithm: str = "HS256", kid: str | None = None) -> str:
    """The user's own claims under another signature; ``kid`` is the right one unless it is given."""
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


WORTHLESS: Final[dict[str, tuple[Callable[[User], dict[str, str]], str]]] = {
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
    "a garbage key beside a good token": (lambda user: {"x-api-key": "garbage", **user.headers}, "INVALID_API_KEY"),
}


@pytest.fixture(scope="module")
def worthless(somebody: Owned) -> dict[str, dict[str, str]]:
    return {kind: make(somebody.user) for kind, (make, _) in WORTHLESS.items()}


@pytest.mark.parametrize("kind", WORTHLESS)
@pytest.mark.parametrize("name", GUARDED)
def test_such_credentials_are_refused(
    somebody: Owned, worthless: dict[str, dict[str, str]], name: str, kind: str
) -> None:
    answer = attempt(name, somebody.ids, headers=worthless[kind], body=OPERATIONS[name].body(somebody))

    assert answer.code == (401, WORTHLESS[kind][1])
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", GUARDED)
def test_a_stranger_is_told_to_sign_in_before_anything_about_the_request(here: World, name: str) -> None:
    nonsense = dict.fromkeys(OPERATIONS[name].ids, "no-id")

    assert attempt(name, nonsense, headers={}, body={"quality": 7}).code == (401, "AUTH_REQUIRED")


@pytest.mark.parametrize("kind", WORTHLESS)
@pytest.mark.parametrize("name", PUBLICS)
def test_what_is_public_asks_nobody_for_credentials(
    here: World, worthless: dict[str, dict[str, str]], name: str, kind: str
) -> None:
    user = here.user()
    body = OPERATIONS[name].body(Owned(user, {}, ""))

    assert attempt(name, {"part": "page.css"}, headers=worthless[kind], body=body).status == OPERATIONS[name].success


# ---------------------------------------------------------------- scopes


@dataclass
class Keyring:
    """One key of a user's for each choice of scopes: an account may have twenty."""

    owner: Owned
    made: dict[tuple[Scope, ...], str] = field(default_factory=dict)

    def holding(self, *scopes: Scope) -> dict[str, str]:
        if scopes not in self.made:
            self.made[scopes] = key(self.owner.user, *scopes)
        return {"x-api-key": self.made[scopes]}


@pytest.fixture(scope="module")
def keyring(here: World) -> Keyring:
    return Keyring(owned(here))


@pytest.mark.parametrize("name", SCOPED)
def test_a_key_with_every_scope_but_the_one_is_refused(keyring: Keyring, name: str) -> None:
    operation = OPERATIONS[name]
    headers = keyring.holding(*(scope for scope in Scope if scope != operation.who))

    answer = attempt(name, keyring.owner.ids, headers=headers, body=operation.body(keyring.owner))

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert answer.json["details"] == {"requiredScope": operation.who}


@pytest.mark.parametrize("scopes", [tuple(Scope), *((scope,) for scope in Scope)], ids="+".join)
@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.who == BEARER])
def test_what_needs_a_session_takes_no_key(keyring: Keyring, name: str, scopes: tuple[Scope, ...]) -> None:
    body = OPERATIONS[name].body(keyring.owner)

    answer = attempt(name, keyring.owner.ids, headers=keyring.holding(*scopes), body=body)

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")
    assert "details" not in answer.json


@pytest.mark.parametrize("name", SCOPED)
def test_a_key_with_the_one_scope_is_enough(mine: Owned, name: str) -> None:
    operation = OPERATIONS[name]
    headers = {"x-api-key": key(mine.user, Scope(operation.who))}

    assert attempt(name, mine.ids, headers=headers, body=operation.body(mine)).status == operation.success


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.who == ANY])
def test_a_key_of_any_scope_is_enough_where_any_will_do(here: World, name: str) -> None:
    user = here.user()

    statuses = {attempt(name, {}, headers={"x-api-key": key(user, scope)}).status for scope in Scope}

    assert statuses == {OPERATIONS[name].success}


@pytest.mark.parametrize("name", GUARDED)
def test_an_access_token_may_do_everything(mine: Owned, name: str) -> None:
    operation = OPERATIONS[name]

    assert attempt(name, mine.ids, headers=mine.user.headers, body=operation.body(mine)).status == operation.success


# ---------------------------------------------------------------- what is another user's


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.ids])
def test_what_is_anothers_is_not_found_and_stays_as_it_was(
    here: World, somebody: Owned, mine: Owned, name: str
) -> None:
    before, keys = state_of(here, somebody), wiring.keys().of_user(somebody.user.user_id)

    answer = attempt(name, somebody.ids, headers=mine.user.headers, body=OPERATIONS[name].body(mine))

    assert answer.code == (404, "NOT_FOUND")
    assert state_of(here, somebody) == before
    assert wiring.keys().of_user(somebody.user.user_id) == keys


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.ids])
def test_what_is_anothers_looks_like_what_never_was(somebody: Owned, mine: Owned, name: str) -> None:
    body = OPERATIONS[name].body(mine)
    nobodys = {each: uuid7() for each in somebody.ids}

    theirs = attempt(name, somebody.ids, headers=mine.user.headers, body=body).json
    none = attempt(name, nobodys, headers=mine.user.headers, body=body).json

    assert theirs | {"requestId": ""} == none | {"requestId": ""}


def test_a_delivery_of_another_is_not_found_under_an_endpoint_of_ones_own(
    here: World, somebody: Owned, mine: Owned
) -> None:
    name = "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver"
    before = state_of(here, somebody)

    answer = attempt(name, mine.ids | {"delivery_id": somebody.ids["delivery_id"]}, headers=mine.user.headers, body={})

    assert answer.code == (404, "NOT_FOUND")
    assert state_of(here, somebody) == before


def test_a_render_does_not_join_anothers_project(here: World, somebody: Owned, mine: Owned) -> None:
    before, own = state_of(here, somebody), state_of(here, mine)
    body = {"uploadedImageData": IMAGE, "projectId": somebody.ids["project_id"]}

    assert attempt("POST /renders", {}, headers=mine.user.headers, body=body).code == (404, "NOT_FOUND")
    assert state_of(here, somebody) == before
    assert state_of(here, mine) == own


def test_a_render_is_not_made_from_anothers_picture(here: World, somebody: Owned, mine: Owned) -> None:
    before, own = state_of(here, somebody), state_of(here, mine)
    body = {"imageUrl": wiring.images().link(somebody.capture)}

    assert attempt("POST /renders", {}, headers=mine.user.headers, body=body).code == (400, "INVALID_INPUT")
    assert state_of(here, somebody) == before
    assert state_of(here, mine) == own


def test_anothers_project_holds_no_renders_to_list(somebody: Owned, mine: Owned) -> None:
    query = {"projectId": somebody.ids["project_id"]}

    assert attempt("GET /renders", {}, headers=mine.user.headers, query=query).data["renders"] == []


@pytest.mark.parametrize(
    ("name", "cursor", "listed"),
    [
        ("GET /renders", "render_id", "renders"),
        ("GET /projects", "project_id", "projects"),
        ("GET /webhooks/<webhook_id>/deliveries", "delivery_id", "deliveries"),
    ],
)
def test_anothers_id_as_a_cursor_brings_up_nothing_of_theirs(
    here: World, somebody: Owned, name: str, cursor: str, listed: str
) -> None:
    mine = owned(here)

    page = attempt(name, mine.ids, headers=mine.user.headers, query={"cursor": somebody.ids[cursor]}).data

    assert page[listed] == []
