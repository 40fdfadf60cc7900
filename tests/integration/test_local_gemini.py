"""`make dev` with a Gemini key stores it in the emulated Secrets Manager, and the render worker uses it."""

from __future__ import annotations

import time

import httpx

from local.aws import client
from local.emulator import Emulator
from local.provisioners import put_secret
from local.stack import Stack
from local.users import DEMO_USER
from tests.support import pictures
from tests.support.ai_services import AiServices, gemini_picture

PICTURE = pictures.png(1376, 768)


def order(http: httpx.Client) -> httpx.Response:
    return http.post(
        "/renders",
        data={"quality": "standard", "model": "gemini"},
        files={"uploadedImageData": ("capture.png", PICTURE, "image/png")},
    )


def test_a_key_of_ones_own_opens_gemini() -> None:
    with (
        AiServices(gemini_picture(PICTURE)) as services,
        Stack(parameters={"GeminiUrl": services.url}, gemini_key="my-own-key") as stack,
        httpx.Client(base_url=stack.url, timeout=30) as http,
    ):
        signed_in = http.post("/auth/signin", json={"email": DEMO_USER.email, "password": DEMO_USER.password}).json()
        http.headers["authorization"] = f"Bearer {signed_in['access_token']}"
        refused = order(http).json()
        text = refused["details"]["consent"]
        http.post(f"/consents/{text['name']}", json={"version": text["version"], "granted": True}).raise_for_status()
        asked = order(http).json()["data"]
        render = asked
        until = time.monotonic() + 60
        while render["status"] in ("pending", "processing") and time.monotonic() < until:
            time.sleep(0.2)
            render = http.get(f"/renders/{asked['renderId']}").json()["data"]

    assert refused["errorCode"] == "CONSENT_REQUIRED"
    assert (render["status"], render["engine"]) == ("completed", "gemini")
    assert services.calls[0].headers["x-goog-api-key"] == "my-own-key"


def test_a_new_key_takes_the_place_of_the_last_one() -> None:
    with Emulator() as emulator:
        first = put_secret("a-key", "old", emulator.url)
        second = put_secret("a-key", "new", emulator.url)
        kept = client("secretsmanager", emulator.url).get_secret_value(SecretId=second)["SecretString"]

    assert (first, kept) == (second, "new")
