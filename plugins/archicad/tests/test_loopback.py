"""Who may talk to the panel's server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from files import png

from renderiq_archicad.changes import Events
from renderiq_archicad.loopback import HEADER, PanelServer, Pictures
from renderiq_archicad.messages import MAX_TO_HOST


class Server:
    """A server with a page, and a client that says what it likes."""

    def __init__(self) -> None:
        self.events, self.pictures, self.asked = Events(), Pictures(), list[str]()
        self.settings: dict[str, Any] = {"folder": "/views"}
        self.panel = PanelServer(
            b"<p>page", b"<p>settings", self.events, self.pictures, self._answer, lambda: self.settings, self._write
        )
        self.panel.start()

    def _answer(self, text: str) -> str | None:
        self.asked.append(text)
        return '{"id": 1, "result": {}}'

    def _write(self, values: dict[str, Any]) -> str:
        if "folder" not in values:
            return "There is no such setting."
        self.settings = values
        return ""

    def send(
        self, method: str, path: str, body: bytes | None = None, *, secret: str | None = "own", **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        port = int(self.panel.authority.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): each for name, each in headers.items()}}
        if secret is not None:
            sent[HEADER] = self.panel.secret if secret == "own" else secret
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.panel.stop()


def test_the_page_needs_no_secret_and_has_none(server: Server) -> None:
    status, body, headers = server.send("GET", "/", secret=None)

    assert (status, body, headers["Cache-Control"]) == (200, b"<p>page", "no-store")
    assert server.panel.secret.encode() not in body


def test_the_secret_is_long_and_of_safe_letters(server: Server) -> None:
    assert len(server.panel.secret) >= 43
    assert set(server.panel.secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_two_sessions_have_two_secrets(server: Server) -> None:
    other = Server()
    other.panel.stop()

    assert other.panel.secret != server.panel.secret


def test_a_message_with_the_secret_is_answered(server: Server) -> None:
    own = f"http://{server.panel.authority}"
    status, body, headers = server.send("POST", "/messages", b'{"id": 1}', Origin=own)

    assert (status, json.loads(body)) == (200, {"id": 1, "result": {}})
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("secret", [None, "", "x" * 43, "ü" * 43])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/messages"), ("GET", "/events?after=0"), ("GET", "/settings.json"), ("POST", "/settings.json")],
)
def test_without_the_secret_nothing_is_told_or_done(server: Server, secret: str | None, method: str, path: str) -> None:
    given = secret.encode().decode("latin-1") if secret else secret

    assert server.send(method, path, b"{}" if method == "POST" else None, secret=given)[0] == 403
    assert server.asked == []
    assert server.settings == {"folder": "/views"}


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1", "http://localhost:1"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/messages"), ("GET", "/pictures/x")])
def test_another_origin_is_refused_also_with_the_secret(server: Server, origin: str, method: str, path: str) -> None:
    assert server.send(method, path, b"{}" if method == "POST" else None, Origin=origin)[0] == 403
    assert server.asked == []


@pytest.mark.parametrize("name", ["rebound.example", "localhost", "127.0.0.1", "[::1]"])
def test_a_name_that_was_made_to_point_here_is_refused(server: Server, name: str) -> None:
    port = server.panel.authority.rpartition(":")[2]
    for host in {name, f"{name}:{port}"} - {server.panel.authority}:
        assert server.send("GET", "/", Host=host)[0] == 403
        assert server.send("POST", "/messages", b"{}", Host=host)[0] == 403
    assert server.asked == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content_Type": "text/plain"}, b"{}", 415),
        ({}, b"x" * (MAX_TO_HOST + 1), 413),
        ({"Content_Length": "many"}, None, 411),
        ({"Content_Length": "-1"}, None, 413),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    server: Server, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    assert server.send("POST", "/messages", body, **headers)[0] == status
    assert server.asked == []


def test_other_paths_are_not_found(server: Server) -> None:
    assert server.send("GET", "/../etc/passwd")[0] == 404
    assert server.send("POST", "/other", b"{}")[0] == 404


def test_a_picture_is_served_under_a_name_that_cannot_be_guessed(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    address = server.pictures.url(path)

    assert address is not None
    assert len(address) >= len("/pictures/") + 22
    status, body, headers = server.send("GET", address, secret=None)
    assert (status, body, headers["Content-Type"]) == (200, png(), "image/png")


def test_what_is_no_picture_is_not_served(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("password")
    address = server.pictures.url(path)

    assert address is not None
    assert server.send("GET", address)[0] == 404


def test_a_picture_that_is_gone_is_not_found(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    address = server.pictures.url(path)
    path.unlink()

    assert address is not None
    assert server.send("GET", address)[0] == 404
    assert server.pictures.url(path) is None


def test_events_that_are_there_come_at_once(server: Server) -> None:
    server.events.notice("Hello.")
    status, body, _ = server.send("GET", "/events?after=0")
    answer = json.loads(body)

    assert (status, answer["next"], answer["events"][0]["data"]["message"]) == (200, 1, "Hello.")


def test_who_waits_for_events_gets_the_next_one(server: Server) -> None:
    answers: list[tuple[int, bytes, dict[str, str]]] = []
    waiting = threading.Thread(target=lambda: answers.append(server.send("GET", "/events?after=0")))
    waiting.start()
    server.events.notice("Now.")
    waiting.join(60)

    assert json.loads(answers[0][1])["events"][0]["data"]["message"] == "Now."


def test_who_waits_for_events_is_told_when_the_host_has_ended(server: Server) -> None:
    answers: list[tuple[int, bytes, dict[str, str]]] = []
    waiting = threading.Thread(target=lambda: answers.append(server.send("GET", "/events?after=0")))
    waiting.start()
    server.events.end()
    waiting.join(60)

    assert answers[0][0] == 410


def test_the_own_settings_are_read_and_changed(server: Server) -> None:
    assert json.loads(server.send("GET", "/settings.json")[1]) == {"folder": "/views"}
    assert server.send("POST", "/settings.json", b'{"folder": "/other"}')[0] == 200
    assert server.settings == {"folder": "/other"}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no json"])
def test_settings_that_do_not_fit_are_refused_with_a_sentence(server: Server, body: bytes) -> None:
    status, answer, _ = server.send("POST", "/settings.json", body)

    assert status == 400
    assert json.loads(answer)["problem"]
