"""A secret that a user chose is one that receivers' libraries verify with as we return it, or it is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks.webhooks
import svix.webhooks

from renderiq.domain.webhooks import Event, signature_headers, standard_secret
from renderiq.ids import uuid7
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call

BODY = b'{"event": "render.completed"}'
KEY = bytes(range(200, 232))
STANDARD, URL_SAFE = base64.b64encode(KEY).decode(), base64.urlsafe_b64encode(KEY).decode()


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def register(user: User, secret: Any) -> Response:
    body = {"url": "http://127.0.0.1:9/", "events": ["render.completed"], "secret": secret}
    return call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)


def rotate(user: User, secret: Any) -> Response:
    webhook_id = register(user, None).data["webhookId"]
    path = f"/webhooks/{webhook_id}/rotate-secret"
    return call("webhooks_id_rotate_secret", "POST", path, headers=user.headers, json={"secret": secret})


def signed(answer: Response, user: User) -> dict[str, str]:
    webhook = wiring.webhooks().get(user.user_id, answer.data["webhookId"])
    return signature_headers([webhook.secret], message_id=uuid7(), event=Event.TEST, at=datetime.now(UTC), body=BODY)


def verify(secret: str | bytes, headers: dict[str, str]) -> None:
    standardwebhooks.webhooks.Webhook(secret).verify(BODY, headers)
    svix.webhooks.Webhook(secret).verify(BODY, headers)


ACCEPTED = {
    "base64": f"whsec_{STANDARD}",
    "base64 without padding": f"whsec_{STANDARD.rstrip('=')}",
    "the URL-safe alphabet": f"whsec_{URL_SAFE}",
    "the URL-safe alphabet without padding": f"whsec_{URL_SAFE.rstrip('=')}",
    "the example of the specification": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "24 bytes": f"whsec_{base64.b64encode(KEY[:24]).decode()}",
    "64 bytes": f"whsec_{base64.b64encode(KEY * 2).decode()}",
    "base64 without the prefix": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "the URL-safe alphabet without the prefix": "MfKQ9r8GKYqr-wjU_D8ILPZIo2LaLaSw",
    "hexadecimal": KEY.hex(),
    "plain text": "correct horse battery staple",
    "16 characters": "x" * 16,
    "256 characters": "x" * 256,
    "beyond ASCII": "schlüssel-für-alle-plugins",
    "another prefix": "sk_live_0123456789abcdef",
    "capitals": f"WHSEC_{STANDARD}",
}


@pytest.mark.parametrize("ask", [register, rotate])
@pytest.mark.parametrize("around", ["{}", "  {}\r\n"])
@pytest.mark.parametrize("secret", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_every_accepted_secret_verifies_as_it_is_returned(user: User, secret: str, around: str, ask: Any) -> None:
    answer = ask(user, around.format(secret))

    assert answer.status in (200, 201), answer.body
    headers = signed(answer, user)
    verify(answer.data["secret"], headers)
    older = hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
    assert headers["X-Renderiq-Signature"] == older


@pytest.mark.parametrize("secret", [ACCEPTED["base64"], ACCEPTED["base64 without the prefix"], ACCEPTED["hexadecimal"]])
def test_what_libraries_can_decode_verifies_as_it_was_chosen_too(user: User, secret: str) -> None:
    verify(secret, signed(register(user, secret), user))


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_",
        "whsec_correct horse battery staple",
        f"whsec_{base64.b64encode(KEY[:23]).decode()}",
        f"whsec_{base64.b64encode(KEY * 2 + b'x').decode()}",
        f"whsec_{STANDARD}!",
        f"whsec_{STANDARD[:-1]}===A",
        "whsec_schlüssel-für-alle-plugins-hier",
        f"whsec_whsec_{STANDARD}",
        "x" * 15,
        f"  {'x' * 15} ",
        "x" * 257,
        "x" * 16 + "\x00",
        7,
        ["x" * 16],
    ],
)
@pytest.mark.parametrize("ask", [register, rotate])
def test_another_secret_is_refused_by_name(user: User, secret: Any, ask: Any) -> None:
    answer = ask(user, secret)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "secret"


def test_a_returned_secret_is_its_own_standard_form() -> None:
    for secret in ACCEPTED.values():
        assert standard_secret(standard_secret(secret)) == standard_secret(secret)


def test_the_present_secret_cannot_follow_itself_in_another_notation(user: User) -> None:
    webhook_id = register(user, f"whsec_{STANDARD}").data["webhookId"]
    path = f"/webhooks/{webhook_id}/rotate-secret"
    body = {"secret": f" whsec_{STANDARD} "}

    answer = call("webhooks_id_rotate_secret", "POST", path, headers=user.headers, json=body)

    assert answer.code == (400, "INVALID_INPUT")
