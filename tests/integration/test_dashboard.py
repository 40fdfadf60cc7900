"""The dashboard in Chromium: figures move, a user sees only its own, by keyboard, accessible, with a strict policy."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from local.aws import client
from local.stack import Stack
from local.users import DEMO_USER, OPERATOR, User, ensure_user
from renderiq.clock import to_iso
from renderiq.domain.renders import Render, Status
from renderiq.ids import uuid7
from renderiq.stores.items import to_attributes
from renderiq.stores.renders.items import to_item
from tests.support.chromium import CHROMIUM, Browser, browser
from tests.support.orders import order
from tests.support.paths import ROOT

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

AXE: Final = ROOT / "tests" / "uppy" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS: Final = os.environ.get("SCREENSHOTS")
"""A folder for pictures of the page, to be looked at."""
NEWCOMER: Final = User("newcomer@example.com", "Renderiq-newcomer-1", "Newcomer")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    limits = {"SignInsPerEmail": "100", "SignInsPerAddress": "100", "RateLimits": json.dumps({"unknown": 1000})}
    with Stack(parameters=limits) as running:
        ensure_user(NEWCOMER, running.resources["UserPool"].ref, running.emulator.url)
        yield running


@pytest.fixture
def window() -> Iterator[Browser]:
    with browser() as window:
        yield window


@contextmanager
def plugin(stack: Stack, user: User) -> Iterator[httpx.Client]:
    """A client with the user's session."""
    with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as http:
        tokens = http.post("/auth/signin", json={"email": user.email, "password": user.password}).json()
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        yield http


@pytest.fixture(scope="module")
def demo_user_id(stack: Stack) -> str:
    """The id of the demo user, who has 10,000 renders of 28 days, a picture, a webhook and a key."""
    with plugin(stack, DEMO_USER) as http:
        user_id = str(http.get("/auth/me").json()["user"]["id"])
        _store_renders(stack, user_id, 10_000)
        files = {"uploadedImageData": (ROOT / "tests" / "data" / "viewport_clean.png").read_bytes()}
        order = {"quality": "standard", "style": "dramatic"}
        render = http.post("/renders", files=files, data=order).json()["data"]["renderId"]
        webhook = {"url": "http://127.0.0.1:9/hook", "events": ["render.completed"]}
        http.post("/webhooks/register", json=webhook).raise_for_status()
        http.post("/keys", json={"name": "CI of the office", "scopes": ["renders:read"]}).raise_for_status()
        until = time.monotonic() + 60
        while http.get(f"/renders/{render}").json()["data"]["status"] != "completed":
            assert time.monotonic() < until
            time.sleep(0.5)
        while http.get("/analytics/usage").json()["data"]["total"]["completed"] < 9_000:
            assert time.monotonic() < until + 120
            time.sleep(1)
    return user_id


def _store_renders(stack: Stack, user_id: str, number: int) -> None:
    """Stores renders that have ended, most of them in office hours. Their changes reach the figures by the stream."""
    dynamodb, table, now = (
        client("dynamodb", stack.emulator.url),
        stack.resources["RendersTable"].ref,
        datetime.now(UTC),
    )
    platforms = ("sketchup", "sketchup", "rhino", "revit", "blender")
    for begin in range(0, number, 25):
        puts = []
        for each in range(begin, begin + 25):
            # Renders of one hour follow one another, as in a real stream.
            hours = each * 28 * 9 // number
            ordered = now - timedelta(days=hours // 9, hours=hours % 9, minutes=each % 50, seconds=30)
            status = "failed" if each % 29 == 0 else "cancelled" if each % 31 == 0 else "completed"
            puts.append(_ended(user_id, ordered, status, platforms[each % 5], 2 + each % 17 + (each % 7) ** 2 / 4))
        dynamodb.batch_write_item(
            RequestItems={table: [{"PutRequest": {"Item": to_attributes(item)}} for item in puts]}
        )


def _ended(user_id: str, ordered: datetime, status: str, platform: str, seconds: float) -> dict[str, Any]:
    style_id = ("dramatic@1", "soft@1", "natural@1")[ordered.minute % 3]
    wanted = replace(order(), style_id=style_id, engine="preview", project_id=None)
    render_id = f"00{uuid7()[2:]}"  # older than those that were really ordered
    render = Render(render_id, user_id, wanted, 5, "captures/none", platform, ordered, "1.4.2", status=Status(status))
    end = {"completedAt": to_iso(ordered + timedelta(seconds=seconds))}
    error = {"errorCode": "RENDER_FAILED", "errorMessage": "No."} if status == "failed" else {}
    return to_item(render) | end | error


def sign_in(window: Browser, stack: Stack, user: User) -> None:
    """Signs in with the keyboard only."""
    window.open(f"{stack.url}/dashboard")
    window.evaluate("document.querySelector('#email').focus()")
    window.type(user.email)
    window.press("Tab")
    window.type(user.password)
    window.press("Enter")
    window.wait_for("document.querySelectorAll('#tiles dd').length > 5")
    window.wait_for("document.querySelector('#keys').childNodes.length > 0")


def tile(window: Browser, name: str) -> str:
    """Returns the value of a tile."""
    find = f"[...document.querySelectorAll('#tiles dt')].find(each => each.innerText === {json.dumps(name)})"
    return str(window.evaluate(f"{find}.nextElementSibling.innerText"))


def picture(window: Browser, name: str, *, height: int = 1700) -> None:
    if SHOTS:
        for scheme in ("light", "dark"):
            window.screenshot(Path(SHOTS) / f"{name}-{scheme}.png", dark=scheme == "dark", width=1100, height=height)


def accessibility(window: Browser) -> list[Any]:
    """Returns what axe-core finds, in light and in dark colours."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: run `make .node-uppy`")
    found: list[Any] = []
    window.evaluate(AXE.read_text(encoding="utf-8"))
    for dark in (False, True):
        window.prefer(dark=dark)
        window.evaluate("axe.run().then(found => window.found = found.violations); window.found = undefined")
        window.wait_for("window.found !== undefined", seconds=60)
        found += window.evaluate("window.found.map(each => [each.id, each.nodes.map(node => node.html).slice(0, 3)])")
    return found


def test_a_new_user_sees_an_empty_page(stack: Stack, window: Browser) -> None:
    sign_in(window, stack, NEWCOMER)

    assert tile(window, "Completed") == "0"
    assert tile(window, "Success") == "\u2013"
    for text in (
        "You have no renders yet.",
        "You have no webhooks.",
        "You have no API keys.",
        "No renders in this time.",
    ):
        assert text in window.text
    picture(window, "empty", height=1500)
    assert accessibility(window) == []
    assert window.violations == []


def test_a_user_with_ten_thousand_renders_sees_its_own(stack: Stack, window: Browser, demo_user_id: str) -> None:
    sign_in(window, stack, DEMO_USER)
    select(window, "range", "day")
    window.wait_for("document.querySelectorAll('#renders img').length > 0")
    window.evaluate("document.querySelector('#renders').scrollIntoView()")  # pictures are loaded when they are seen
    window.wait_for("document.querySelector('#renders img').naturalWidth > 0")
    window.evaluate("scrollTo(0, 0)")

    assert int(tile(window, "Ordered").replace(",", "")) == 10_001
    assert "sketchup" in window.text
    assert "CI of the office" in window.text
    window.evaluate("document.querySelector('#webhooks details').open = true")
    window.wait_for("document.querySelector('#webhooks table') !== null")
    assert "Everybody" not in window.text
    picture(window, "user")
    assert accessibility(window) == []
    assert window.violations == []


def select(window: Browser, name: str, value: str) -> None:
    """Chooses a value and waits until the page shows it."""
    window.evaluate("document.querySelector('#updated').textContent = ''")
    window.evaluate(
        f"(() => {{ const each = document.querySelector('#{name}'); each.value = '{value}';"
        " each.dispatchEvent(new Event('change')); })()"
    )
    window.wait_for("document.querySelector('#updated').textContent !== ''")


def test_figures_move_while_the_page_is_open(stack: Stack, window: Browser) -> None:
    sign_in(window, stack, NEWCOMER)
    before = int(tile(window, "Completed"))
    with plugin(stack, NEWCOMER) as http:
        user_id = str(http.get("/auth/me").json()["user"]["id"])
    now = datetime.now(UTC) - timedelta(seconds=10)
    item = _ended(user_id, now, "completed", "rhino", 4)
    client("dynamodb", stack.emulator.url).put_item(
        TableName=stack.resources["RendersTable"].ref, Item=to_attributes(item)
    )

    window.wait_for(f"document.querySelectorAll('#tiles dd')[1].innerText === '{before + 1}'", seconds=20)


def test_nothing_of_another_user_is_on_the_page(stack: Stack, window: Browser, demo_user_id: str) -> None:
    """A user signs out and another one signs in, in the same window."""
    sign_in(window, stack, DEMO_USER)
    assert "CI of the office" in window.text
    window.evaluate("document.querySelector('#sign-out').click()")
    window.wait_for("document.querySelector('#content').hidden")

    everything = window.evaluate("document.documentElement.outerHTML")
    assert not [
        each for each in ("CI of the office", "127.0.0.1:9/hook", "sketchup", demo_user_id) if each in everything
    ]

    window.evaluate("document.querySelector('#email').value = ''")
    sign_in(window, stack, NEWCOMER)
    everything = window.evaluate("document.documentElement.outerHTML")
    assert not [
        each for each in ("CI of the office", "127.0.0.1:9/hook", "sketchup", demo_user_id) if each in everything
    ]


def test_an_operator_sees_everybody_and_what_waits(stack: Stack, window: Browser, demo_user_id: str) -> None:
    stack.invoke("SweeperFunction", {})
    sign_in(window, stack, OPERATOR)
    select(window, "range", "day")
    window.wait_for("document.querySelectorAll('#gauges dd').length > 6")

    assert int(tile(window, "Ordered").replace(",", "")) >= 10_001
    assert "Nothing needs attention." in window.text
    assert "project cleanup dead letters" in window.text
    picture(window, "operator")
    assert accessibility(window) == []
    assert window.violations == []


def test_a_wrong_password_is_told_on_the_page(stack: Stack, window: Browser) -> None:
    window.open(f"{stack.url}/dashboard")
    window.evaluate("document.querySelector('#email').focus()")
    window.type(DEMO_USER.email)
    window.press("Tab")
    window.type("Wrong-password-1")
    window.press("Enter")

    window.wait_for("!document.querySelector('#problem').hidden")
    assert "Wrong" in window.text or "wrong" in window.text


def test_the_policy_of_the_page_allows_no_inline_code(stack: Stack) -> None:
    page = httpx.get(f"{stack.url}/dashboard")
    policy = dict(each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";"))

    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", page.text)
