"""Misbehaving receivers cost a bounded time and a bounded number of bytes."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from renderiq.addresses import AddressPolicy, ForbiddenAddressError
from renderiq.outbound import MAX_RESPONSE_BYTES, GuardedTransport, NoResponseError, Outbound
from tests.support import receivers
from tests.support.receivers import Authority, Behaviour, answering, fine, receiver

LAPTOP = AddressPolicy(allow_loopback=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.mark.parametrize("misbehave", [receivers.drip, receivers.drip_headers, receivers.hang])
def test_a_slow_response_times_out_at_the_deadline(misbehave: Behaviour) -> None:
    began = time.monotonic()
    with receiver(misbehave) as there, pytest.raises(NoResponseError, match=r"within 0\.5 s"):
        Outbound(GuardedTransport(LAPTOP, timeout=0.5)).post(there.url, b"{}", {})

    assert time.monotonic() - began < 5


def test_a_receiver_that_reads_slowly_times_out_at_the_deadline() -> None:
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NoResponseError, match="no complete answer"):
            Outbound(GuardedTransport(LAPTOP, timeout=0.5)).post(url, bytes(50_000_000), {})

    assert time.monotonic() - began < 5


def test_an_endless_tls_handshake_times_out_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NoResponseError, match="no complete answer"):
            Outbound(GuardedTransport(LAPTOP, timeout=0.5)).post(url, b"{}", {})


def test_a_slow_name_resolution_times_out_at_the_deadline() -> None:
    released = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        released.wait(30)
        return ["127.0.0.1"]

    began = time.monotonic()
    with pytest.raises(NoResponseError, match="no complete answer"):
        Outbound(GuardedTransport(LAPTOP, resolve=hang, timeout=0.5)).post("https://slow.example/", b"{}", {})
    released.set()

    assert time.monotonic() - began < 5


def test_only_the_beginning_of_a_gigabyte_is_read() -> None:
    with receiver(receivers.flood) as there:
        answer = Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {})

        assert len(answer.body) == MAX_RESPONSE_BYTES
        assert there.connections[0].sent < 50_000_000  # no more than the kernel buffers


@pytest.mark.parametrize(
    "endless", [receivers.continue_for_ever, receivers.headers_for_ever, receivers.chunks_for_ever]
)
def test_an_endless_response_is_closed_after_some_hundred_kilobytes(endless: Behaviour) -> None:
    with receiver(endless) as there:
        try:
            body = Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {}).body
        except NoResponseError as error:
            assert "broke off" in str(error)  # noqa: PT017 (either is right: it depends on the kind)
        else:
            assert len(body) == MAX_RESPONSE_BYTES
        assert there.connections[0].sent < 50_000_000


def test_a_compressed_response_is_not_decompressed() -> None:
    bomb = gzip.compress(bytes(10_000_000))

    with receiver(answering(200, bomb, content_encoding="gzip")) as there:
        answer = Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {})

        assert answer.body == bomb[:MAX_RESPONSE_BYTES]
        assert there.connections[0].header("accept-encoding") == "identity"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with receiver(fine) as inside, receiver(answering(302, location=inside.url)) as there:
        answer = Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {})

        assert (answer.status, answer.headers["location"]) == (302, inside.url)
        assert (there.accepted, inside.accepted) == (1, 0)


def test_a_closed_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

    with pytest.raises(NoResponseError, match="connection failed"):
        Outbound(GuardedTransport(LAPTOP)).post(url, b"{}", {})


@pytest.mark.parametrize(
    "misbehave",
    [
        receivers.reset,
        receivers.reset_in_the_answer,
        receivers.leave_in_the_answer,
        receivers.talk_nonsense,
        receivers.leave,
    ],
    ids=["reset", "reset in the answer", "leave in the answer", "talk nonsense", "leave"],
)
def test_a_broken_response_is_no_answer(misbehave: Behaviour) -> None:
    with receiver(misbehave) as there, pytest.raises(NoResponseError, match="the connection broke off"):
        Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {})


def test_a_receiver_without_tls_is_sent_no_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            stream, _ = server.accept()
            with stream:
                stream.recv(65536)
                stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NoResponseError, match="TLS"):
            Outbound(GuardedTransport(LAPTOP)).post(url, b"{}", {})


def test_a_certificate_is_verified_for_the_host_name_and_not_for_the_address(authority: Authority) -> None:
    outbound = Outbound(
        GuardedTransport(LAPTOP, resolve=lambda _host, _port: ["127.0.0.1"], ssl_context=authority.trusted)
    )

    with receiver(fine, tls=authority.server("receiver.example")) as there:
        answer = outbound.post(f"https://receiver.example:{there.port}/hook", b"{}", {})

        assert answer.status == 200
        assert there.connections[0].header("host") == f"receiver.example:{there.port}"


@pytest.mark.parametrize("fault", ["self-signed", "expired", "another name", "another authority"])
def test_a_receiver_with_an_invalid_certificate_is_sent_no_request(
    authority: Authority, fault: str, tmp_path: Path
) -> None:
    tls = {
        "self-signed": lambda: authority.self_signed("receiver.example"),
        "expired": lambda: authority.server("receiver.example", days=-1),
        "another name": lambda: authority.server("else.example"),
        "another authority": lambda: Authority(tmp_path).server("receiver.example"),
    }[fault]()
    outbound = Outbound(
        GuardedTransport(LAPTOP, resolve=lambda _host, _port: ["127.0.0.1"], ssl_context=authority.trusted)
    )

    with receiver(fine, tls=tls) as there:
        with pytest.raises(NoResponseError, match="TLS could not be established"):
            outbound.post(f"https://receiver.example:{there.port}/hook", b"{}", {})

        assert there.connections == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    with receiver(fine, tls=authority.server("127.0.0.1")) as there, pytest.raises(NoResponseError, match="TLS"):
        Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {})


def test_a_proxy_in_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering(502)) as proxy, receiver(fine) as there:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)

        assert Outbound(GuardedTransport(LAPTOP)).post(there.url, b"{}", {}).status == 200
        assert proxy.accepted == 0
    assert "HTTP_PROXY" in os.environ


def test_cookies_are_not_kept() -> None:
    with receiver(answering(200, set_cookie="session=1")) as there:
        outbound = Outbound(GuardedTransport(LAPTOP))
        for _ in range(2):
            outbound.post(there.url, b"{}", {})

        assert [line for each in there.connections for line in each.head if line.lower().startswith("cookie")] == []


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    with receiver(fine) as there:
        outbound = Outbound(GuardedTransport(LAPTOP, resolve=lambda _host, _port: next(answers)))
        assert outbound.post(there.url.replace("127.0.0.1", "localhost"), b"{}", {}).status == 200

    with pytest.raises(ForbiddenAddressError):
        outbound.post("https://hooks.example/", b"{}", {})


def test_the_next_address_of_a_name_is_tried_if_one_does_not_answer() -> None:
    with receiver(fine) as there:
        outbound = Outbound(GuardedTransport(LAPTOP, resolve=lambda _host, _port: ["::1", "127.0.0.1"]))

        assert outbound.post(there.url.replace("127.0.0.1", "localhost"), b"{}", {}).status == 200
