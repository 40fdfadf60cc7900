"""Requests to receivers over a network of the test's own, without sockets."""

from __future__ import annotations

from typing import Any, Final

import httpcore
import pytest

from renderiq.addresses import AddressPolicy, Target
from renderiq.outbound import ForbiddenAddressError, GuardedTransport, NoResponseError, Outbound

URL: Final = "http://localhost:8080/hook"
ANSWER: Final = b"HTTP/1.1 204 No Content\r\nX-Receiver: 7\r\n\r\n"
ADDRESS, OTHER_ADDRESS = "127.0.0.1", "127.0.0.2"


class Connection:
    """A socket that takes ``portion`` bytes at a time, or fails."""

    def __init__(self, *, portion: int = 1 << 20, problem: OSError | None = None) -> None:
        self.sent = b""
        self._portion = portion
        self._problem = problem

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def send(self, data: bytes) -> int:
        if self._problem:
            raise self._problem
        self.sent += data[: self._portion]
        return min(len(data), self._portion)


class Stream(httpcore.NetworkStream):
    def __init__(self, connection: Connection, answer: bytes) -> None:
        self._connection = connection
        self._answer = answer

    def read(self, max_bytes: int, *_: Any, **__: Any) -> bytes:
        data, self._answer = self._answer[:max_bytes], self._answer[max_bytes:]
        return data

    def get_extra_info(self, info: str) -> Any:
        return self._connection if info == "socket" else None

    def close(self) -> None:
        pass


class Network(httpcore.NetworkBackend):
    """Connects to every address but those of ``silent``, over ``connection``."""

    def __init__(self, connection: Connection | None = None, *, answer: bytes = ANSWER, silent: str = "") -> None:
        self.connection = connection or Connection()
        self.connected: list[str] = []
        self._answer = answer
        self._silent = silent

    def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.connected.append(host)
        if host == self._silent:
            raise httpcore.ConnectTimeout
        return Stream(self.connection, self._answer)


def outbound(network: Network, *addresses: str, timeout: float = 5.0) -> Outbound:
    found = list(addresses or (ADDRESS,))
    return Outbound(
        GuardedTransport(
            AddressPolicy(allow_loopback=True), resolve=lambda _host, _port: found, timeout=timeout, backend=network
        )
    )


def post(network: Network, *addresses: str, url: str = URL, timeout: float = 5.0) -> tuple[int, str | None]:
    response = outbound(network, *addresses, timeout=timeout).post(url, b'{"event": "test"}', {})
    return response.status, response.headers.get("x-receiver")


def test_a_request_is_answered() -> None:
    network = Network()

    assert post(network) == (204, "7")
    assert network.connected == [ADDRESS]
    assert network.connection.sent.endswith(b'\r\n\r\n{"event": "test"}')


def test_a_request_that_the_network_takes_in_portions_is_sent_completely() -> None:
    whole, portions = Network(), Network(Connection(portion=3))

    assert (post(whole), post(portions)) == ((204, "7"), (204, "7"))
    assert portions.connection.sent == whole.connection.sent


def test_the_next_address_is_tried_if_one_does_not_respond() -> None:
    network = Network(silent=ADDRESS)

    assert post(network, ADDRESS, OTHER_ADDRESS) == (204, "7")
    assert network.connected == [ADDRESS, OTHER_ADDRESS]


def test_the_last_address_that_does_not_respond_is_no_answer() -> None:
    with pytest.raises(NoResponseError, match="no complete answer"):
        post(Network(silent=ADDRESS))


def test_a_receiver_that_answers_before_it_has_read_everything_is_heard() -> None:
    assert post(Network(Connection(problem=BrokenPipeError("broken pipe")))) == (204, "7")


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (BrokenPipeError("broken pipe"), "the connection broke off"),
        (TimeoutError("timed out"), "no complete answer within 5 s"),
    ],
)
def test_a_request_that_cannot_be_written_has_no_answer(problem: OSError, reason: str) -> None:
    with pytest.raises(NoResponseError, match=reason):
        post(Network(Connection(problem=problem), answer=b""))


def test_after_the_deadline_nothing_is_sent() -> None:
    network = Network()

    with pytest.raises(NoResponseError, match="no complete answer within 0 s"):
        post(network, timeout=0)
    assert network.connected == []


def test_an_answer_that_breaks_off_is_none() -> None:
    with pytest.raises(NoResponseError, match="the connection broke off"):
        post(Network(answer=ANSWER[:20]))


def test_a_name_that_does_not_resolve_is_no_answer() -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise OSError("unknown name")

    transport = GuardedTransport(AddressPolicy(), resolve=fail, backend=Network())
    with pytest.raises(NoResponseError, match="connection failed"):
        Outbound(transport).post("https://receiver.example/", b"", {})


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_an_address_that_is_not_public_is_not_called(address: str) -> None:
    network = Network()
    transport = GuardedTransport(AddressPolicy(), resolve=lambda _host, _port: [address], backend=network)

    with pytest.raises(ForbiddenAddressError):
        Outbound(transport).post("https://receiver.example/", b"", {})
    assert network.connected == []


class Lenient(AddressPolicy):
    """Accepts every URL."""

    def parse(self, _url: str) -> Target:
        return Target("https", "receiver.example", 443)


def test_a_url_that_httpx_cannot_read_is_refused_even_if_the_policy_accepts_it() -> None:
    transport = GuardedTransport(Lenient(), backend=Network())

    with pytest.raises(ForbiddenAddressError, match="cannot be read"):
        Outbound(transport).post(f"https://receiver.example/{'a' * 70_000}", b"", {})
