"""The queue while somebody uses it: changes during a pass, files that vanish, and the thread in the background."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from renderiq import DiskError, NetworkError, Renderiq, StateError
from renderiq.clock import Clock
from renderiq.queue import Item, State
from renderiq.transport import Request, Response


class FakeApi:
    """The API without a network. ``during`` is called while a request is under way."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.during: Callable[[str], None] = lambda name: None
        self.is_away = False

    def send(self, request: Request, *, timeout: float, file: IO[bytes] | None = None) -> Response:
        name = f"{request.method} {request.url.partition('.test')[2]}"
        self.requests.append(name)
        self.during(name)
        if self.is_away:
            raise NetworkError("NETWORK_ERROR", "No network.", was_sent=False)
        if name == "GET /picture":
            assert file
            file.write(b"picture")
            return Response(200, {})
        status = "cancelled" if request.method == "DELETE" else "completed"
        data = {"renderId": "r1", "status": status, "outputUrl": "http://api.test/picture", "estimatedTime": 0}
        return Response(200, {}, json.dumps({"success": True, "data": data}).encode())


class MovedClock(Clock):
    """Moves by sleeping."""

    def __init__(self) -> None:
        self.time = 1_773_480_413.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def client(api: FakeApi, tmp_path: Path) -> Renderiq:
    return Renderiq("rk", base_url="http://api.test", directory=tmp_path, transport=api, clock=MovedClock())


def add(client: Renderiq, **options: Any) -> Item:
    return client.queue.add(b"\x89PNG and more", **options)


def test_an_order_is_done(client: Renderiq) -> None:
    item = add(client, style="soft")

    client.queue.drain()

    found = client.queue.get(item.id)
    assert (found.state, Path(found.result or "").read_bytes()) == (State.DONE, b"picture")


def test_the_result_goes_where_it_was_wanted(client: Renderiq, tmp_path: Path) -> None:
    add(client, output=tmp_path / "here" / "out.png")

    client.queue.drain()

    assert (tmp_path / "here" / "out.png").read_bytes() == b"picture"


def test_an_order_that_is_cancelled_while_it_is_sent_is_cancelled_at_the_server(api: FakeApi, client: Renderiq) -> None:
    item = add(client)
    api.during = lambda name: void(client.queue.cancel(item.id)) if name == "POST /renders" else None

    client.queue.drain()

    assert client.queue.get(item.id).state == State.CANCELLED
    assert api.requests == ["POST /renders", "DELETE /renders/r1"]


def test_an_order_that_is_cancelled_while_it_is_looked_at_ends_as_its_render(api: FakeApi, client: Renderiq) -> None:
    item = add(client)
    api.during = lambda name: void(client.queue.cancel(item.id)) if name == "GET /renders/r1" else None

    client.queue.drain()

    assert client.queue.get(item.id).state == State.DONE


def test_an_order_cannot_be_edited_while_it_is_sent(api: FakeApi, client: Renderiq) -> None:
    item, refusals = add(client, style="soft"), []

    def edit(name: str) -> None:
        if name == "POST /renders":
            with pytest.raises(StateError) as caught:
                client.queue.edit(item.id, style="studio")
            refusals.append(caught.value.code)

    api.during = edit
    client.queue.drain()

    assert refusals == ["NOT_EDITABLE"]


def test_an_order_that_was_edited_before_it_is_sent_is_sent_as_edited(api: FakeApi, client: Renderiq) -> None:
    first, second = add(client), add(client, style="soft")
    edited: list[Item] = []

    def edit_the_next(_name: str) -> None:
        if not edited:
            edited.append(client.queue.edit(second.id, style="studio"))

    api.during = edit_the_next
    client.queue.drain()

    assert [client.queue.get(each.id).state for each in (first, second)] == [State.DONE, State.DONE]
    assert client.queue.get(second.id).options["style"] == "studio"
    assert api.requests.count("POST /renders") == 2


def test_an_order_whose_picture_is_gone_is_set_aside(client: Renderiq, tmp_path: Path) -> None:
    gone, there = add(client), add(client)
    shutil.rmtree(tmp_path / "queue-python" / "orders" / gone.id)

    client.queue.drain()

    found = client.queue.get(gone.id)
    assert found.reason
    assert (found.state, found.reason.code) == (State.FAILED, "DISK_ERROR")
    assert client.queue.get(there.id).state == State.DONE


def test_an_order_that_cannot_be_stored_leaves_nothing_behind(client: Renderiq, tmp_path: Path) -> None:
    add(client)
    (tmp_path / "queue-python" / "queue.db").write_bytes(b"no database, but something that is long enough to be read")

    with pytest.raises(DiskError):
        add(client)

    assert len(list((tmp_path / "queue-python" / "orders").iterdir())) == 1


def test_pictures_of_an_order_that_was_never_stored_are_removed_later(client: Renderiq, tmp_path: Path) -> None:
    add(client)
    orphan = tmp_path / "queue-python" / "orders" / "orphan"
    orphan.mkdir()
    os.utime(orphan, (0, 0))

    client.queue.start()
    client.queue.stop()

    assert not orphan.exists()


def test_a_thread_sends_what_is_added(api: FakeApi, tmp_path: Path) -> None:
    client = Renderiq("rk", base_url="http://api.test", directory=tmp_path, transport=api)
    client.queue.start()
    try:
        item = add(client)
        until = time.monotonic() + 20
        while client.queue.get(item.id).state != State.DONE and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        client.queue.stop()

    assert client.queue.get(item.id).state == State.DONE


def test_an_order_survives_in_a_file_of_sqlite(client: Renderiq, tmp_path: Path) -> None:
    item = add(client, style="soft")

    with sqlite3.connect(tmp_path / "queue-python" / "queue.db") as database:
        rows = database.execute("SELECT id, state FROM orders").fetchall()
    database.close()

    assert rows == [(item.id, "waiting")]


def test_an_outage_is_waited_out(api: FakeApi, client: Renderiq) -> None:
    item = add(client)
    api.is_away = True
    for _ in range(12):
        client.api.clock.sleep(client.queue.run_pass().next or 0)
    api.is_away = False

    client.queue.drain()

    assert client.queue.get(item.id).state == State.DONE


def void(_value: object) -> None:
    """Takes a value that nobody needs."""


class ModelApi(FakeApi):
    """Also takes an upload of one part."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[bytes] = []

    def send(self, request: Request, *, timeout: float, file: IO[bytes] | None = None) -> Response:
        name = request.url.partition(".test")[2]
        if not name.startswith(("/uploads", "/part")):
            if name == "/renders" and request.method == "POST":
                self.orders.append(request.body or b"")
            return super().send(request, timeout=timeout, file=file)
        self.requests.append(f"{request.method} {name}")
        part = {"partNumber": 1, "size": 8, "url": "http://api.test/part", "received": False}
        status = "ready" if name.endswith("/complete") else "open"
        data = {"uploadId": "u1", "status": status, "partSize": 8, "parts": [part]}
        return Response(200, {}, json.dumps({"success": True, "data": data}).encode())


def test_a_model_is_uploaded_however_small_it_is(tmp_path: Path) -> None:
    api = ModelApi()
    client = Renderiq("rk", base_url="http://api.test", directory=tmp_path, transport=api, clock=MovedClock())

    client.queue.add(b"\x89PNG and more", model_file=b"glTFmore", model="cycles")
    client.queue.drain()

    assert (b'name="modelUploadId"\r\n\r\nu1\r\n' in api.orders[0], b"glTFmore" in api.orders[0]) == (True, False)


def test_a_picture_beside_a_model_stays_in_the_order(tmp_path: Path) -> None:
    api = ModelApi()
    client = Renderiq("rk", base_url="http://api.test", directory=tmp_path, transport=api, clock=MovedClock())

    client.queue.add(b"\x89PNG and more", model_file=b"glTFmore")
    client.queue.drain()

    assert (b"PNG and more" in api.orders[0], api.requests.count("POST /uploads")) == (True, 1)
