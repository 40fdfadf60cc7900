"""The SDK for TypeScript in Chromium, against the running stack: its queue survives what tabs and browsers do."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from local.stack import Stack
from tests.sdks.accounts import Account
from tests.sdks.outages import Network, Weather, network, small_disk
from tests.support.chromium import CHROMIUM, Browser, browser
from tests.support.paths import ROOT

SDK: Final = ROOT / "sdks" / "typescript"
ESBUILD: Final = SDK / "node_modules" / ".bin" / "esbuild"
VIEW: Final = ROOT / "tests" / "data" / "viewport_clean.png"
PAGE: Final = "<!doctype html><meta charset=utf-8><title>Plugin</title><script src=/sdk.js></script>"
WITHOUT_LOCKS: Final = "Object.defineProperty(navigator, 'locks', {value: undefined});"
DONE: Final = "window.isDone === true"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (SDK / "dist").exists(), reason="the SDK is not built: run `make sdk-typescript`"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    limits = json.dumps({"unknown": 2000, "blender": 2000})
    with Stack(parameters={"SignInsPerEmail": "1000", "SignInsPerAddress": "1000", "RateLimits": limits}) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the SDK, as a plugin has it: on another origin than the API."""
    bundle = tmp_path_factory.mktemp("site") / "sdk.js"
    entry = 'export * from "@renderiq/plugin"'
    options = ["--bundle", "--format=iife", "--global-name=renderiq", "--platform=browser", f"--outfile={bundle}"]
    subprocess.run([ESBUILD, *options], input=entry, text=True, cwd=SDK, check=True, capture_output=True)
    files = {
        "/": ("text/html", PAGE.encode()),
        "/sdk.js": ("text/javascript", bundle.read_bytes()),
        "/view.png": ("image/png", VIEW.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = files.get(self.path, ("text/plain", b""))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Prints nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def account(stack: Stack) -> Iterator[Account]:
    account = Account(stack, f"{uuid4().hex}@example.com")
    yield account
    account.close()


@pytest.fixture
def net(stack: Stack) -> Iterator[Network]:
    with network(stack.url) as running:
        yield running


@dataclass(frozen=True)
class Office:
    """Somebody's browser, whose page uses the SDK with an API key, over a network that can be away."""

    site: str
    net: Network
    profile: Path
    key: str

    @contextmanager
    def browser(self, before: str = "") -> Iterator[Browser]:
        """Opens the page in the browser, which is killed in the end."""
        with browser(self.profile) as tab:
            self.enter(tab, before)
            yield tab

    def enter(self, tab: Browser, before: str = "") -> None:
        """Opens the page in a tab."""
        tab.open(self.site)
        options = {"apiKey": self.key, "baseUrl": self.net.url, "platform": "blender"}
        tab.evaluate(f"{before}; client = new renderiq.Renderiq({json.dumps(options)})")

    @staticmethod
    def add(tab: Browser, *prompts: str) -> None:
        """Queues an order of the view for each prompt."""
        tab.result(
            f"""(async () => {{
                const view = await (await fetch("/view.png")).blob();
                for (const prompt of {json.dumps(prompts)}) {{
                    await client.queue.add(view, {{quality: "standard", prompt}});
                }}
            }})()"""
        )

    @staticmethod
    def begin_to_drain(tab: Browser) -> None:
        tab.evaluate("client.queue.drain().then(() => { isDone = true }, (error) => { problem = String(error) })")

    @staticmethod
    def items(tab: Browser) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = tab.result("client.queue.list()")
        return found

    @staticmethod
    def sizes_of_pictures(tab: Browser) -> list[list[int]]:
        """Returns width and height of each picture that the queue has, as the browser decodes it."""
        found: list[list[int]] = tab.result(
            """(async () => {
                const sizes = [];
                for (const {id} of await client.queue.list()) {
                    const {width, height} = await createImageBitmap(await client.queue.picture(id));
                    sizes.push([width, height]);
                }
                return sizes;
            })()"""
        )
        return found


@pytest.fixture
def office(site: str, net: Network, account: Account, tmp_path: Path) -> Office:
    return Office(site, net, tmp_path / "profile", account.key())


def test_a_page_orders_waits_and_gets_the_picture(office: Office) -> None:
    with office.browser() as tab:
        size = tab.result(
            """(async () => {
                const view = await (await fetch("/view.png")).blob();
                const order = await client.renders.create(view, {style: "dramatic", quality: "standard"});
                const render = await client.renders.wait(order.renderId);
                const {width, height} = await createImageBitmap(await client.renders.picture(render));
                return [width, height];
            })()"""
        )

    assert size == [1920, 1080]


def test_a_large_picture_is_uploaded_in_parts_with_its_checksums(office: Office) -> None:
    with office.browser() as tab:
        found = tab.result(
            """(async () => {
                const canvas = new OffscreenCanvas(2400, 1800);
                const context = canvas.getContext("2d");
                const pixels = context.createImageData(2400, 1800);
                for (let at = 0; at < pixels.data.length; at += 60_000) {
                    crypto.getRandomValues(pixels.data.subarray(at, at + 60_000));
                }
                for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
                context.putImageData(pixels, 0, 0);
                const blob = await canvas.convertToBlob({type: "image/png"});
                const progress = [];
                const onProgress = (arrived) => progress.push(arrived);
                const first = await client.uploads.send(blob, {onProgress});
                const order = await client.renders.create(blob, {quality: "standard"});
                const render = await client.renders.wait(order.renderId);
                return {size: blob.size, parts: first.partCount, progress, status: render.status};
            })()"""
        )

    assert found["size"] > 10_000_000
    assert found["parts"] > 1
    assert found["progress"] == sorted(found["progress"])
    assert found["progress"][-1] == found["size"]
    assert found["status"] == "completed"


def test_a_session_is_found_again_after_the_page_was_left(office: Office, account: Account, stack: Stack) -> None:
    start = f"client = new renderiq.Renderiq({json.dumps({'baseUrl': stack.url})})"
    with office.browser() as tab:
        tab.evaluate(start)
        tab.result(f"client.signIn.withPassword({json.dumps(account.user.email)}, {json.dumps(account.user.password)})")
        tab.open(office.site)
        tab.evaluate(start)
        assert tab.result("client.credits.get()")["balance"] > 0


def test_of_two_tabs_one_refreshes_the_tokens(office: Office, account: Account) -> None:
    start = f"""
        refreshes = 0;
        clock = {{ahead: 0, now: () => Date.now() / 1000 + clock.ahead, chance: Math.random}};
        counting = (url, request) => {{ refreshes += url.endsWith("/auth/refresh"); return fetch(url, request) }};
        client = new renderiq.Renderiq({{baseUrl: {json.dumps(office.net.url)}, clock, fetch: counting}})"""
    with office.browser() as tab:
        other = tab.another_tab()
        other.open(office.site)
        tab.evaluate(start)
        other.evaluate(start)
        tab.result(f"client.signIn.withPassword({json.dumps(account.user.email)}, {json.dumps(account.user.password)})")
        other.result("client.credits.get()")
        for each in (tab, other):
            each.evaluate("clock.ahead = 3590; client.credits.get().then(() => { isDone = true })")
        for each in (tab, other):
            each.wait_for(DONE)

        assert tab.evaluate("refreshes") + other.evaluate("refreshes") == 1


def test_orders_survive_a_closed_tab(office: Office, account: Account) -> None:
    office.net.become(Weather.DOWN)
    with office.browser() as tab:
        office.add(tab, "one", "two", "three")
        office.begin_to_drain(tab)
        another = tab.another_tab()
        tab.close_tab()
        office.net.become(Weather.FINE)
        office.enter(another)
        another.result("client.queue.wake()")
        office.begin_to_drain(another)
        another.wait_for(DONE, seconds=180)

        assert office.sizes_of_pictures(another) == [[1920, 1080]] * 3
    assert [each["prompt"] for each in account.renders()] == ["one", "two", "three"]
    assert account.debits() == 3


def test_orders_survive_a_browser_that_is_killed(office: Office, account: Account) -> None:
    chance = random.Random(3)
    prompts = [f"order {number}" for number in range(10)]
    with office.browser() as tab:
        office.add(tab, *prompts)
    for weather in (Weather.FINE, Weather.LOSING, Weather.RESETTING, Weather.BUSY, Weather.LOSING, Weather.FINE):
        office.net.become(weather)
        with office.browser() as tab:
            tab.result("client.queue.wake()")
            office.begin_to_drain(tab)
            time.sleep(chance.uniform(0.3, 3.0))
    with office.browser() as tab:
        tab.result("client.queue.wake()")
        office.begin_to_drain(tab)
        tab.wait_for(DONE, seconds=300)
        items = office.items(tab)

        assert office.sizes_of_pictures(tab) == [[1920, 1080]] * 10
    assert {item["state"] for item in items} == {"done"}
    assert [each["prompt"] for each in account.renders()] == prompts
    assert account.debits() == 10
    assert office.net.seen[Weather.LOSING] > 0


@pytest.mark.parametrize("before", ["", WITHOUT_LOCKS], ids=["with Web Locks", "without Web Locks"])
def test_two_tabs_send_each_order_once(office: Office, account: Account, before: str) -> None:
    with office.browser(before) as tab:
        other = tab.another_tab()
        office.enter(other, before)
        for number in range(8):
            office.add((tab, other)[number % 2], f"order {number}")
        for each in (tab, other):
            office.begin_to_drain(each)
        for each in (tab, other):
            each.wait_for(DONE, seconds=180)
        items = office.items(other)

    assert [item["state"] for item in items] == ["done"] * 8
    assert [each["prompt"] for each in account.renders()] == [f"order {number}" for number in range(8)]
    assert account.debits() == 8


def test_a_worker_in_the_background_sends_when_the_network_is_back(office: Office, account: Account) -> None:
    office.net.become(Weather.DOWN)
    with office.browser() as tab:
        tab.evaluate("client.queue.start()")
        office.add(tab, "one")
        until = time.monotonic() + 60
        while (reason := office.items(tab)[0]["reason"]) is None and time.monotonic() < until:
            time.sleep(0.2)
        office.net.become(Weather.FINE)
        tab.evaluate("dispatchEvent(new Event('online'))")
        until = time.monotonic() + 60
        while office.items(tab)[0]["state"] != "done" and time.monotonic() < until:
            time.sleep(0.2)
        state = office.items(tab)[0]["state"]
        tab.result("client.queue.stop()")

    assert (reason["code"], state, account.debits()) == ("NETWORK_ERROR", "done", 1)


def test_a_full_disk_is_an_error_and_leaves_the_queue_as_it_was(office: Office, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 200) as disk:
        if disk is None:
            pytest.skip("this user may not mount a disk")
        with replace(office, profile=disk.path / "profile").browser() as tab:
            office.add(tab, "one")
            disk.fill()
            add = "client.queue.add(new Uint8Array(3_000_000))"
            problem = tab.result(f"{add}.catch(({{kind, retryable}}) => ({{kind, retryable}}))")
            disk.free()
            before = office.items(tab)
            office.add(tab, "two")
            after = office.items(tab)

    assert problem == {"kind": "disk", "retryable": True}
    assert [item["options"]["prompt"] for item in before] == ["one"]
    assert [item["options"]["prompt"] for item in after] == ["one", "two"]


def test_a_canvas_can_be_ordered_by_its_data_url(office: Office) -> None:
    with office.browser() as tab:
        status = tab.result(
            """(async () => {
                const canvas = document.createElement("canvas");
                canvas.width = 640; canvas.height = 360;
                canvas.getContext("2d").fillRect(100, 100, 200, 100);
                const order = await client.renders.create(canvas.toDataURL(), {quality: "standard"});
                return (await client.renders.wait(order.renderId)).status;
            })()"""
        )
        problem = tab.result("client.renders.create('view.png').catch((error) => error.code)")

    assert (status, problem) == ("completed", "NO_FILES")
