"""The queue of each SDK: orders survive outages, kills, a wrong clock and a full disk, and each is paid once."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from PIL import Image

from local.stack import Stack
from sdks.conformance.driver import RunnerError
from tests.sdks.accounts import Account
from tests.sdks.languages import LANGUAGES, Client, Language, client
from tests.sdks.outages import Network, SmallDisk, Weather, network, small_disk
from tests.support.paths import ROOT

VIEW: Final = str(ROOT / "tests" / "data" / "viewport_clean.png")
ORDERS: Final = int(os.environ.get("QUEUED_ORDERS", "10"))
KILLS: Final = int(os.environ.get("QUEUE_KILLS", "4"))
MOST_SECONDS: Final = 1500.0
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(parameters={"RateLimits": json.dumps({"unknown": 600, "blender": 600})}) as running:
        yield running


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture
def account(stack: Stack) -> Iterator[Account]:
    account = Account(stack, f"{uuid4().hex}@example.com")
    yield account
    account.close()


class Office:
    """Somebody's machine: its process is killed and started again."""

    def __init__(self, language: Language, net: Network, directory: Path, key: str) -> None:
        self._options = {"apiKey": key, "platform": "blender", "timeout": 20}
        self._language = language
        self._net = net
        self._directory = directory
        self.offset = 0.0
        self.kills = 0
        self.process = self._started()

    def kill(self) -> None:
        self.process.runner.kill()
        self.process.runner.close()
        self.kills += 1
        self.process = self._started()

    def work(self, seconds: float) -> None:
        """Works as long as that, and is killed in the middle of it."""
        until = time.monotonic() + seconds
        self.process.runner.send("queue.wake", {})
        self.process.runner.answer()
        while time.monotonic() < until:
            self.process.runner.send("queue.tick", {})
            if time.monotonic() + 0.2 < until:
                self._answer_until(until)
        self.kill()

    def work_on(self, seconds: float) -> bool:
        """Works as long as that without a kill. Returns whether everything has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.process.runner.ask("queue.wake", {})
            done = self.process.runner.ask("queue.tick", {})
            if "error" not in done and done["value"]["next"] is None:
                return True
            pause = 0.5 if "error" in done else min(done["value"]["next"], 1.0)
            time.sleep(pause)
        return False

    def _answer_until(self, until: float) -> None:
        """Waits for the answer of a pass, unless the time is over before."""
        while time.monotonic() < until:
            if self.process.runner.has_answer():
                self.process.runner.answer()
                return
            time.sleep(0.01)

    def _started(self) -> Client:
        return Client(self._language.command, self._net.url, self._directory, offset=self.offset, **self._options)

    def close(self) -> None:
        self.process.runner.kill()
        self.process.runner.close()


def test_orders_of_an_outage_are_each_rendered_paid_and_downloaded_once(
    stack: Stack, language: Language, account: Account, tmp_path: Path
) -> None:
    chance = random.Random(5)
    weathers = [Weather.DOWN, Weather.RESETTING, Weather.BUSY, Weather.LOSING, Weather.LOSING]
    with network(stack.url) as net, small_disk(tmp_path / "disk", 400) as disk:
        office = Office(language, net, tmp_path / "disk", account.key())
        net.become(Weather.DOWN)
        for number in range(ORDERS):
            office.process.do("queue.add", image=VIEW, options={"quality": "standard", "prompt": f"order {number:03}"})

        for number in range(KILLS - 1):
            net.become(weathers[number * len(weathers) // (KILLS - 1)])
            if number == KILLS // 2:
                office.offset = -3600.0
            office.work(chance.uniform(0.3, 4.0))
        net.become(Weather.FINE)
        office.work(chance.uniform(2.0, 6.0))
        _work_on_a_full_disk(office, disk)
        is_over = office.work_on(MOST_SECONDS)
        items = office.process.do("queue.list")
        office.close()

        assert is_over
        assert office.kills == KILLS
        assert {item["state"] for item in items} == {"done"}
        pictures = [item["result"] for item in items]
        assert len(set(pictures)) == ORDERS
        for each in pictures:
            with Image.open(each) as picture:
                picture.load()
        assert not list((tmp_path / "disk").rglob("*.part"))
    renders = account.renders()
    assert [each["prompt"] for each in renders] == [f"order {number:03}" for number in range(ORDERS)]
    assert [each["renderId"] for each in renders] == [item["renderId"] for item in items]
    assert account.debits() == ORDERS
    assert net.seen[Weather.LOSING] > 0


def _work_on_a_full_disk(office: Office, disk: SmallDisk | None) -> None:
    if disk is None:
        return
    before = office.process.do("queue.list")
    disk.fill()
    office.work_on(4.0)
    refused = office.process.error("queue.add", image=VIEW, options={})
    assert (refused["kind"], refused["code"]) == ("disk", "DISK_FULL")
    disk.free()
    assert len(office.process.do("queue.list")) == len(before)


def test_two_processes_on_one_queue_send_each_order_once(
    stack: Stack, language: Language, account: Account, tmp_path: Path
) -> None:
    options = {"apiKey": account.key(), "platform": "blender"}
    with (
        client(language, stack.url, tmp_path, **options) as one,
        client(language, stack.url, tmp_path, **options) as other,
    ):
        for number in range(10):
            adder = (one, other)[number % 2]
            adder.do("queue.add", image=VIEW, options={"quality": "standard", "prompt": f"order {number}"})
        for each in (one, other):
            each.begin("queue.drain")
        for each in (one, other):
            each.end()
        items = one.do("queue.list")

    assert [item["state"] for item in items] == ["done"] * 10
    assert [each["prompt"] for each in account.renders()] == [f"order {number}" for number in range(10)]
    assert account.debits() == 10


def test_a_runner_that_is_killed_says_so(language: Language, tmp_path: Path) -> None:
    running = Client(language.command, "http://127.0.0.1:1", tmp_path, apiKey="rk_live_EXAMPLE")
    running.runner.kill()

    with pytest.raises(RunnerError):
        running.runner.ask("queue.list", {})
    running.runner.close()
