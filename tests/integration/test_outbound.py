"""Receivers that misbehave cost a bounded time and a bounded number of bytes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from renderiq.addresses import AddressPolicy, ForbiddenAddressError
from renderiq.outbound import MAX_ANSWER, NoAnswerError, Outbound

LAPTOP = AddressPolicy(allow_loopback=True)
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def receiver(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Takes one connection, reads the request's head, and lets ``answer`` do what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def drip(connection: socket.socket) -> None:
    connection.sendall(OK + b"content-length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b".")
        time.sleep(0.1)


def drip_headers(connection: socket.socket) -> None:
    connection.sendall(OK)
    for number in range(1000):
        connection.sendall(f"x-{number}: y\r\n".encode())
        time.sleep(0.1)


def flood(connection: socket.socket) -> None:
    connection.sendall(OK + b"content-length: 1073741824\r\n\r\n")
    for _ in range(16384):
        connection.sendall(bytes(65536))


def hang(_: socket.socket) -> None:
    time.sleep(5)


@pytest.mark.parametrize("misbehave", [drip, drip_headers, hang])
def test_a_receiver_that_takes_its_time_is_given_up_at_the_deadline(misbehave: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with receiver(misbehave) as url, pytest.raises(NoAnswerError, match="no complete answer"):
        Outbound(LAPTOP, timeout=0.5).post(url, b"{}", {})

    assert time.monotonic() - began < 2


def test_of_an_endless_answer_only_the_beginning_is_read() -> None:
    with receiver(flood) as url:
        answer = Outbound(LAPTOP).post(url, b"{}", {})

    assert len(answer.body) == MAX_ANSWER


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"

    with receiver(lambda connection: connection.sendall(moved)) as url:
        answer = Outbound(LAPTOP).post(url, b"{}", {})

    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_a_closed_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

    with pytest.raises(NoAnswerError, match="connection failed"):
        Outbound(LAPTOP).post(url, b"{}", {})


def test_a_broken_connection_is_no_answer() -> None:
    with receiver(lambda connection: connection.close()) as url, pytest.raises(NoAnswerError):
        Outbound(LAPTOP).post(url, b"{}", {})


def test_what_is_not_tls_is_not_spoken_to() -> None:
    with receiver(lambda connection: connection.sendall(OK)) as url, pytest.raises(NoAnswerError, match="TLS"):
        Outbound(LAPTOP).post(url.replace("http", "https"), b"{}", {})


def test_a_name_is_resolved_once_and_the_checked_address_connected_to() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    with receiver(lambda connection: connection.sendall(OK + b"content-length: 0\r\n\r\n")) as url:
        outbound = Outbound(LAPTOP, resolve=lambda _host, _port: next(answers))
        assert outbound.post(url.replace("127.0.0.1", "localhost"), b"{}", {}).status == 200

    with pytest.raises(ForbiddenAddressError):
        outbound.post("https://hooks.example/", b"{}", {})
