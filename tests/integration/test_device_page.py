"""Two windows, one account: a plugin waits for its code while the user approves it in Chromium, by keyboard only."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from local.stack import Stack
from local.users import DEMO_USER
from renderiq.domain.device_codes import GRANT_TYPE
from tests.support.chromium import CHROMIUM, Browser, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

SHOTS: Final = os.environ.get("SCREENSHOTS")
"""A folder for pictures of the page, to be looked at."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    limits = {"SignInsPerEmail": "100", "SignInsPerAddress": "100", "RateLimits": json.dumps({"unknown": 1000})}
    with Stack(parameters=limits) as running:
        yield running


@pytest.fixture
def window() -> Iterator[Browser]:
    with browser() as window:
        yield window


@pytest.fixture
def plugin(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, headers={"x-renderiq-platform": "rhino"}, timeout=30) as plugin:
        yield plugin


def request_code(plugin: httpx.Client) -> dict[str, Any]:
    codes: dict[str, Any] = plugin.post("/auth/device/code").json()
    return codes


def ask(plugin: httpx.Client, codes: dict[str, Any]) -> httpx.Response:
    return plugin.post("/auth/device/token", data={"grant_type": GRANT_TYPE, "device_code": codes["device_code"]})


def sign_in(window: Browser, codes: dict[str, Any]) -> None:
    """Opens the page with the code, and signs in with the keyboard. The e-mail address has the focus."""
    window.open(codes["verification_uri_complete"])
    window.wait_for("document.activeElement.id === 'email'")
    assert window.evaluate("document.querySelector('#user_code').value") == codes["user_code"]
    window.type(DEMO_USER.email)
    window.press("Tab")
    window.type(DEMO_USER.password)
    picture(window, "1-sign-in")
    window.press("Enter")
    window.wait_for("document.body.innerText.includes('sign in as you?')")


def picture(window: Browser, name: str) -> None:
    if SHOTS:
        for scheme in ("light", "dark"):
            window.screenshot(Path(SHOTS) / f"{name}-{scheme}.png", dark=scheme == "dark")


def test_a_code_is_approved_while_the_plugin_asks(plugin: httpx.Client, window: Browser) -> None:
    codes = request_code(plugin)
    pending = ask(plugin, codes)
    too_early = ask(plugin, codes)

    sign_in(window, codes)
    picture(window, "2-decision")
    assert "the plugin for Rhino" in window.text
    assert codes["user_code"] in window.text
    window.press("Tab")  # no button has the focus at first, so that nobody approves by an Enter too many
    window.press("Enter")
    window.wait_for("document.querySelector('h1').innerText === 'Approved'")
    picture(window, "3-approved")

    assert (pending.status_code, pending.json()["error"]) == (400, "authorization_pending")
    assert (too_early.status_code, too_early.json()["error"]) == (400, "slow_down")
    time.sleep(10)  # the interval after slow_down
    tokens = ask(plugin, codes).json()
    assert tokens["user"]["email"] == DEMO_USER.email
    assert ask(plugin, codes).json()["error"] == "invalid_grant"
    assert window.violations == []

    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    password = {"email": DEMO_USER.email, "password": DEMO_USER.password}
    other = {"authorization": f"Bearer {plugin.post('/auth/signin', json=password).json()['access_token']}"}
    sessions = plugin.get("/auth/sessions", headers=headers).json()["data"]["sessions"]
    (mine,) = [each["id"] for each in sessions if each["current"]]
    assert plugin.delete(f"/auth/sessions/{mine}", headers=other).status_code == 200
    assert plugin.get("/auth/me", headers=headers).status_code == 401
    assert plugin.get("/auth/me", headers=other).status_code == 200


def test_a_code_is_denied_with_the_keyboard(plugin: httpx.Client, window: Browser) -> None:
    codes = request_code(plugin)

    sign_in(window, codes)
    window.press("Tab")
    window.press("Tab")
    window.press("Enter")
    window.wait_for("document.querySelector('h1').innerText === 'Denied'")

    assert ask(plugin, codes).json()["error"] == "access_denied"


def test_a_wrong_code_is_told_on_the_page(stack: Stack, window: Browser) -> None:
    window.open(f"{stack.url}/auth/device")
    window.wait_for("document.activeElement.id === 'user_code'")
    for text in ("bbbb bbbb", DEMO_USER.email, DEMO_USER.password):
        window.type(text)
        window.press("Tab")
    window.press("Enter")  # Continue has the focus

    window.wait_for("document.querySelector('[role=alert]') !== null")
    assert "This code is wrong" in window.text
    window.wait_for("document.activeElement.id === 'user_code'")
    picture(window, "4-wrong-code")
    assert window.evaluate("document.querySelector('#password').value") == ""
