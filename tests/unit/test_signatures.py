"""Receivers' own libraries verify our signatures, and refuse a message that differs in one byte."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks.webhooks
import svix.webhooks

from renderiq.domain.webhooks import Event, derive_callback_secret, generate_secret, signature_headers
from renderiq.ids import uuid7

BODY = json.dumps({"event": "render.completed", "data": {"error": "Größe 大きさ"}}, ensure_ascii=False).encode()
UNPADDED = base64.b64encode(b"sixteen bytes, 1").decode().rstrip("=")

# A receiver's secret as it was returned by the API, and as it is passed to its library.
SECRETS: dict[str, tuple[str, str | bytes]] = {
    "ours": ((ours := generate_secret()), ours),
    "ours without its prefix": (ours, ours.removeprefix("whsec_")),
    "of the user's callbacks": ((derived := derive_callback_secret("master", "user")), derived),
    "chosen, in base64": ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    "chosen, in base64 without padding": (f"whsec_{UNPADDED}", f"whsec_{UNPADDED}"),
    "chosen, as plain text": ("correct horse battery staple", b"correct horse battery staple"),
    "chosen, beyond ASCII": ("schlüssel-für-alle-plugins", "schlüssel-für-alle-plugins".encode()),
    "chosen, with a prefix but no base64": ("whsec_correct horse", b"whsec_correct horse"),
}

Verify = Callable[[str | bytes, bytes, dict[str, str]], object]


def standard(secret: str | bytes, body: bytes, headers: dict[str, str]) -> object:
    return standardwebhooks.webhooks.Webhook(secret).verify(body, headers)


def by_svix(secret: str | bytes, body: bytes, headers: dict[str, str]) -> object:
    svix.webhooks.Webhook(secret).verify(body, headers)
    return json.loads(body)


libraries = pytest.mark.parametrize("verify", [standard, by_svix], ids=["standardwebhooks", "svix"])
every_secret = pytest.mark.parametrize(("told", "given"), SECRETS.values(), ids=SECRETS.keys())
REFUSED = (standardwebhooks.webhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)


def signed(*secrets: str) -> dict[str, str]:
    return signature_headers(secrets, message_id=uuid7(), event=Event.RENDER_COMPLETED, at=datetime.now(UTC), body=BODY)


def changed(text: str, position: int) -> str:
    return text[:position] + ("1" if text[position] != "1" else "2") + text[position + 1 :]


@libraries
@every_secret
def test_receivers_libraries_verify_our_signatures(verify: Verify, told: str, given: str | bytes) -> None:
    assert verify(given, BODY, signed(told)) == json.loads(BODY)


@every_secret
def test_a_plugin_can_verify_the_body_with_the_characters_of_the_secret(told: str, given: Any) -> None:
    headers = signed(told)

    assert hmac.compare_digest(
        headers["X-Renderiq-Signature"], hmac.new(told.encode("utf-8"), BODY, hashlib.sha256).hexdigest()
    )
    assert headers["X-Renderiq-Timestamp"] == headers["webhook-timestamp"]


@libraries
def test_a_body_changed_in_any_byte_does_not_verify(verify: Verify) -> None:
    headers = signed(ours)

    for position in range(len(BODY)):
        forged = bytearray(BODY)
        forged[position] ^= 1
        try:
            forged.decode()
        except UnicodeDecodeError:  # which no library accepts
            continue
        with pytest.raises(REFUSED):
            verify(ours, bytes(forged), headers)


@libraries
@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_an_id_or_a_time_changed_in_any_character_does_not_verify(verify: Verify, header: str) -> None:
    headers = signed(ours)

    for position in range(len(headers[header])):
        with pytest.raises(REFUSED):
            verify(ours, BODY, {**headers, header: changed(headers[header], position)})


@libraries
def test_another_secret_does_not_verify(verify: Verify) -> None:
    with pytest.raises(REFUSED):
        verify(generate_secret(), BODY, signed(ours))


@libraries
@every_secret
def test_while_a_secret_rotates_the_old_and_the_new_verify(verify: Verify, told: str, given: str | bytes) -> None:
    new = generate_secret()
    headers = signed(new, told)

    assert verify(given, BODY, headers) == verify(new, BODY, headers) == json.loads(BODY)
