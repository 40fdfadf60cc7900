"""The main job over HTTP, as plugins do it: sign in, upload captures, fetch pictures, receive webhooks."""

from __future__ import annotations

import base64
import io
import statistics
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from standardwebhooks.webhooks import Webhook

from local.receiver import receiving
from local.stack import Stack
from local.users import DEMO_USER, User, ensure_user
from tests.support.leaks import THIS_RUN

DATA = Path(__file__).resolve().parents[1] / "data"
CLEAN = (DATA / "viewport_clean.png").read_bytes()
TEXT = base64.b64encode(CLEAN).decode()
STYLES = ("photorealistic", "dramatic", "soft", "studio", "natural")
PATIENCE = 120.0


def signed_in(stack: Stack, name: str) -> httpx.Client:
    """Returns an HTTP client of a new user of SketchUp, who has made no requests in this minute."""
    user = User(f"{name}@example.com", "Correct-horse-1", name)
    ensure_user(user, stack.resources["UserPool"].ref, stack.emulator.url)
    tokens = httpx.post(f"{stack.url}/auth/signin", json={"email": user.email, "password": user.password}).json()
    THIS_RUN.keep(user.email, user.password)
    THIS_RUN.keep_from(tokens)
    headers = {"authorization": f"Bearer {tokens['access_token']}", "x-renderiq-platform": "sketchup"}
    return httpx.Client(base_url=stack.url, timeout=30, headers=headers)


@pytest.fixture(scope="module")
def plugin(stack: Stack) -> Iterator[httpx.Client]:
    with signed_in(stack, "architect") as client:
        yield client


def finished(plugin: httpx.Client, render_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = plugin.get(f"/renders/{render_id}")
        if answer.status_code == 200 and answer.json()["data"]["status"] not in {"pending", "processing"}:
            return dict(answer.json()["data"])
        time.sleep(float(answer.headers["retry-after"]))
    raise AssertionError(f"render {render_id} did not end within {PATIENCE} s")


def picture(render: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(httpx.get(render["outputUrl"], follow_redirects=True).raise_for_status().content))


def forms() -> dict[str, dict[str, Any]]:
    lines = "\r\n".join(textwrap.wrap(TEXT, 76))
    bare = (
        b"--b\r\nContent-Disposition: form-data; name=quality\r\n\r\nstandard\r\n"
        b"--b\r\nContent-Disposition: form-data; name=style\r\n\r\ndramatic\r\n"
        b"--b\r\nContent-Disposition: form-data; name=uploadedImageData; filename=a.png\r\n\r\n"
        + CLEAN
        + b"\r\n--b--\r\n"
    )
    fields = {"quality": "standard"}
    return {
        "a multipart file": {"data": fields, "files": {"uploadedImageData": ("a.png", CLEAN, "image/png")}},
        "bare names, a quoted boundary": {
            "content": bare,
            "headers": {"content-type": 'multipart/form-data; boundary="b"'},
        },
        "base64 with line breaks": {"data": {**fields, "style": "soft", "uploadedImageData": lines}},
        "a data URL": {"data": {**fields, "style": "studio", "uploadedImageData": f"data:image/png;base64,{TEXT}"}},
        "JSON": {"json": {**fields, "style": "natural", "uploadedImageData": TEXT}},
    }


def test_every_form_of_upload_gives_a_picture_of_the_right_size(plugin: httpx.Client) -> None:
    accepted = [plugin.post("/renders", **form) for form in forms().values()]
    assert [answer.status_code for answer in accepted] == [202] * 5

    renders = [finished(plugin, answer.json()["data"]["renderId"]) for answer in accepted]

    assert [render["status"] for render in renders] == ["completed"] * 5
    assert sorted(render["style"] for render in renders) == sorted(STYLES)
    assert {picture(render).size for render in renders} == {(1920, 1080)}


def test_the_webhook_and_the_callback_receive_messages_that_they_can_verify(plugin: httpx.Client) -> None:
    with receiving() as hook, receiving() as callback:
        secret = plugin.post("/webhooks/register", json={"url": hook.url, "events": ["render.completed"]}).json()[
            "data"
        ]["secret"]
        accepted = plugin.post(
            "/renders",
            data={"quality": "standard", "aspectRatio": "1:1", "callback_url": callback.url},
            files={"uploadedImageData": CLEAN},
        ).json()["data"]
        finished(plugin, accepted["renderId"])
        started = callback.arrivals.get(timeout=PATIENCE)
        arrived = [hook.arrivals.get(timeout=PATIENCE), callback.arrivals.get(timeout=PATIENCE)]

    THIS_RUN.keep(secret, accepted["callbackSecret"])
    assert (
        Webhook(accepted["callbackSecret"]).verify(started.body, dict(started.headers))["event"] == "render.processing"
    )
    for message, key in zip(arrived, (secret, accepted["callbackSecret"]), strict=True):
        told = Webhook(key).verify(message.body, dict(message.headers))
        assert (told["event"], told["data"]["renderId"]) == ("render.completed", accepted["renderId"])
        assert httpx.get(told["data"]["outputUrl"], follow_redirects=True).status_code == 200


def test_a_wrong_password_takes_as_long_as_an_unknown_address(stack: Stack) -> None:
    def seconds(email: str) -> float:
        began = time.perf_counter()
        answer = httpx.post(f"{stack.url}/auth/signin", json={"email": email, "password": "Wrong-password-1"})
        assert answer.json()["errorCode"] in {"INVALID_CREDENTIALS", "RATE_LIMIT_EXCEEDED"}
        return time.perf_counter() - began

    known = statistics.median(seconds(DEMO_USER.email) for _ in range(4))
    unknown = statistics.median(seconds(f"nobody{n}@example.com") for n in range(4))

    # Generous limits: on real Cognito, a hash that is computed for only one of the two takes tens of times longer.
    assert 0.2 < known / unknown < 5


def test_sixteen_clients_get_exactly_the_limit_whatever_platform_they_name(stack: Stack) -> None:
    with signed_in(stack, "busy") as busy:

        def hammer(number: int) -> list[httpx.Response]:
            platform = "sketchup" if number % 2 else "blender"
            return [busy.get("/credits", headers={"x-renderiq-platform": platform}) for _ in range(9)]

        with ThreadPoolExecutor(16) as pool:
            answers = [answer for each in pool.map(hammer, range(16)) for answer in each]

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (100, 44)
    assert all(f"x-ratelimit-{name}" in a.headers for a in answers for name in ("limit", "remaining", "reset"))
    assert all("ratelimit" in answer.headers and "ratelimit-policy" in answer.headers for answer in answers)
    assert all(0 < int(answer.headers["retry-after"]) <= 65 for answer in answers if answer.status_code == 429)


def test_too_large_a_request_is_refused_with_413(plugin: httpx.Client) -> None:
    five = plugin.post("/renders", files={"uploadedImageData": CLEAN + b"\0" * 5_000_000})

    assert five.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "NOT_FOUND"), ("PUT", "/health", 405, "METHOD_NOT_ALLOWED")],
)
def test_an_unknown_route_is_answered_in_the_envelope(
    stack: Stack, method: str, path: str, status: int, code: str
) -> None:
    answer = httpx.request(method, stack.url + path)

    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)


def test_a_preflight_request_is_answered(stack: Stack) -> None:
    answer = httpx.options(
        f"{stack.url}/renders",
        headers={"origin": "https://app.example", "access-control-request-method": "POST"},
    )

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
