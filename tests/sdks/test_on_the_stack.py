"""Each SDK against the running local stack: every way to sign in, large files, waiting, webhooks, cancelling."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from local.receiver import receiving
from local.stack import Stack
from local.users import DEMO_USER
from tests.sdks.languages import LANGUAGES, Client, Language, client
from tests.support.paths import ROOT

VIEW: Final = str(ROOT / "tests" / "data" / "viewport_clean.png")
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    limits = json.dumps({"unknown": 1000, "blender": 1000})
    with Stack(parameters={"SignInsPerEmail": "1000", "SignInsPerAddress": "1000", "RateLimits": limits}) as running:
        yield running


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture
def sdk(stack: Stack, language: Language, tmp_path: Path) -> Iterator[Client]:
    """A client that has signed in with a password."""
    with client(language, stack.url, tmp_path, session=True, platform="blender", pluginVersion="1.2.3") as running:
        running.do("auth.signIn", email=DEMO_USER.email, password=DEMO_USER.password)
        yield running


def balance(sdk: Client) -> int:
    return int(sdk.do("credits.get")["balance"])


def test_signs_in_with_a_password(sdk: Client) -> None:
    assert balance(sdk) > 0


def test_signs_in_with_an_api_key(stack: Stack, language: Language, sdk: Client, tmp_path: Path) -> None:
    token = sdk.do("session.get")["accessToken"]
    body = {"name": "Tests", "scopes": ["renders:create", "renders:read"]}
    key = httpx.post(f"{stack.url}/keys", json=body, headers={"authorization": f"Bearer {token}"}).json()["data"]["key"]

    with client(language, stack.url, tmp_path / "key", apiKey=key) as with_key:
        assert with_key.do("renders.estimate", options={"quality": "standard"})["sufficient"] is True


def test_signs_in_by_a_code_in_the_browser(stack: Stack, language: Language, tmp_path: Path) -> None:
    with client(language, stack.url, tmp_path, session=True) as plugin, httpx.Client(timeout=30) as browser:
        plugin.begin("auth.device")
        shown = plugin.event()
        address, code = shown["url"].split("?user_code=")
        fields = {"user_code": code, "email": DEMO_USER.email, "password": DEMO_USER.password}
        page = browser.post(address, data=fields).text
        approval = re.search(r'name="approval" value="([^"]+)"', page)
        assert approval
        browser.post(address, data={"approval": approval[1], "decision": "approve"})

        assert plugin.end()["email"] == DEMO_USER.email
        assert balance(plugin) > 0


def test_renders_from_a_file_and_downloads_the_picture(sdk: Client, tmp_path: Path) -> None:
    order = sdk.do("renders.create", image=VIEW, options={"style": "dramatic", "quality": "standard"})

    render = sdk.do("renders.wait", renderId=order["renderId"], timeout=180)
    path = sdk.do("renders.download", renderId=order["renderId"], path=str(tmp_path / "out.png"))

    assert (render["status"], render["platform"]) == ("completed", "blender")
    with Image.open(path) as picture:
        assert picture.size == (render["width"], render["height"])


def test_renders_from_an_upload_of_60_megabytes(sdk: Client, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.frombytes("RGB", (5000, 4000), os.urandom(60_000_000)).save(large, compress_level=0)

    order = sdk.do("renders.create", image=str(large), options={"quality": "standard"})

    assert large.stat().st_size > 60_000_000
    assert sdk.do("renders.wait", renderId=order["renderId"], timeout=300)["status"] == "completed"


def test_the_same_large_file_is_sent_once(sdk: Client, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.frombytes("RGB", (1500, 1000), os.urandom(4_500_000)).save(large, compress_level=0)

    first, again = (sdk.do("uploads.send", path=str(large), purpose="capture") for _ in range(2))

    assert (again["uploadId"], again["progress"]) == (first["uploadId"], [large.stat().st_size])


def test_hears_of_a_render_at_a_poll_endpoint(sdk: Client) -> None:
    webhook = sdk.do("webhooks.register", events=["render.completed"])
    sdk.do("renders.create", image=VIEW, options={"quality": "standard"})

    polled = sdk.do("webhooks.poll", webhookId=webhook["webhookId"], take=1)

    assert len(polled["events"]) == 1
    assert polled["cursor"]


def test_verifies_the_webhook_of_a_render(sdk: Client) -> None:
    with receiving() as receiver:
        webhook = sdk.do("webhooks.register", url=receiver.url, events=["render.completed"])
        order = sdk.do("renders.create", image=VIEW, options={"quality": "standard"})
        received = receiver.arrivals.get(timeout=120)
    message = {"body": received.body.decode(), "headers": dict(received.headers), "secret": webhook["secret"]}

    event = sdk.do("webhooks.verify", **message)
    forged = sdk.error("webhooks.verify", **{**message, "body": message["body"].replace("completed", "cancelled")})

    assert event["data"]["renderId"] == order["renderId"]
    assert forged["code"] == "BAD_SIGNATURE"


def test_lists_styles(stack: Stack, sdk: Client) -> None:
    if httpx.get(f"{stack.url}/styles").status_code == 404:
        pytest.skip("this API has no list of styles")
    assert sdk.do("styles.list")["styles"][0]["name"] == "photorealistic"


def test_a_cancelled_render_is_refunded(sdk: Client) -> None:
    before = balance(sdk)
    orders = [sdk.do("renders.create", image=VIEW, options={"quality": "standard"})["renderId"] for _ in range(4)]

    cancelled = sdk.do("renders.cancel", renderId=orders[-1])["status"]
    for each in orders[:-1]:
        sdk.do("renders.wait", renderId=each, timeout=180)
    last = sdk.error("renders.wait", renderId=orders[-1], timeout=60)

    assert cancelled in ("cancelled", "processing")
    assert (last["code"], before - balance(sdk)) == ("RENDER_CANCELLED", 15)


def test_orders_a_render_again_with_changes(sdk: Client) -> None:
    first = sdk.do("renders.create", image=VIEW, options={"quality": "standard", "style": "soft", "seed": 7})[
        "renderId"
    ]

    second = sdk.do("renders.again", renderId=first, changes={"style": "studio"})["renderId"]

    render: dict[str, Any] = sdk.do("renders.get", renderId=second)
    assert (render["style"], render["seed"]) == ("studio", 7)


def test_a_queued_order_is_done(sdk: Client, tmp_path: Path) -> None:
    sdk.do("queue.add", image=VIEW, options={"quality": "standard"})

    sdk.do("queue.drain")

    [item] = sdk.do("queue.list")
    assert item["state"] == "done"
    with Image.open(item["result"]) as picture:
        assert picture.size == (1920, 1080)
