"""Which URLs this service may call: the public internet over TLS, and no address inside."""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 2048
RESOLVE_SECONDS: Final = 5.0
_MAX_NAME: Final = 253
# The last label begins with a letter: what ends in a number, resolvers read as an address (WHATWG URL, 3.5).
_HOST: Final = re.compile(r"((?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
# Names that only mean something inside a network or a cloud (RFC 6761, 6762, 8375; ICANN's .internal).
_INNER_NAMES: Final = (".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# What ``is_global`` says yes to in one Python or another, and no receiver of ours lives at.
_NOT_FOR_US: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments, with Oracle's old metadata service
            "192.88.99.0/24",  # relays of 6to4
            "168.63.129.16/32",  # Azure's own services, seen from inside
            "2001::/23",  # protocol assignments, with Teredo
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Host and port to every address the name has; raises OSError where it has none."""


_NOT_PUBLIC: Final = "The URL must name a public host."


class ForbiddenAddressError(Exception):
    """The URL may not be called. The message is for the user and tells nothing of what an address answered."""


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """``allow_loopback``: http to 127.0.0.0/8 and ::1 too, for a laptop."""

    allow_loopback: bool = False

    def parse(self, url: str) -> Target:
        """Raises ``ForbiddenAddressError`` for what no address could make right."""
        if len(url) > MAX_URL:
            raise ForbiddenAddressError(f"The URL is longer than {MAX_URL} characters.")
        if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise ForbiddenAddressError("The URL has characters that do not belong in one; encode them.")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ForbiddenAddressError("The URL cannot be read.") from error
        host = (parts.hostname or "").lower()
        if parts.username is not None or parts.password is not None or "@" in parts.netloc:
            raise ForbiddenAddressError("The URL may not hold credentials.")
        literal = _literal(host)
        loopback = self.allow_loopback and (host == "localhost" or (literal is not None and literal.is_loopback))
        if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
            raise ForbiddenAddressError("The URL must begin with https://.")
        if not loopback and literal is None and not _is_public_name(host):
            raise ForbiddenAddressError(_NOT_PUBLIC)
        port = port if port is not None else (443 if parts.scheme == "https" else 80)
        if port != 443 and port < 1024 and not loopback:
            raise ForbiddenAddressError("The port must be 443, or 1024 and above.")
        if literal is not None:
            self.check([str(literal)])
        return Target(parts.scheme, host, port)

    def check(self, addresses: list[str]) -> None:
        """Raises ``ForbiddenAddressError`` unless there is an address and every one of them may be called."""
        if not addresses or not all(self._allows(ipaddress.ip_address(address)) for address in addresses):
            raise ForbiddenAddressError(_NOT_PUBLIC)

    def _allows(self, address: IpAddress) -> bool:
        if self.allow_loopback and address.is_loopback:
            return True
        return _is_public(address)


def resolve(host: str, port: int) -> list[str]:
    """Every address of the name, as the system resolves it. How long that takes is the system's own affair."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def resolve_within(seconds: float, resolve: Resolve, host: str, port: int) -> list[str]:
    """As ``resolve``, but raises TimeoutError (an OSError) after ``seconds``.

    A look-up cannot be interrupted, so one that takes too long is left to its thread, which ends with it.
    """
    outcomes: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            outcomes.put(resolve(host, port))
        except Exception as error:  # whatever it is, it belongs to whoever waits
            outcomes.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        outcome = outcomes.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError("the name did not resolve in time") from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public_name(host: str) -> bool:
    return len(host) <= _MAX_NAME and _HOST.fullmatch(host) is not None and not host.endswith(_INNER_NAMES)


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        inner = _embedded(address)
        if inner is not None:
            return _is_public(inner)
        if address not in _GLOBAL_UNICAST:
            return False
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved)
        and not any(address in network for network in _NOT_FOR_US)
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is meant by a mapped one, or by what a resolver beside a NAT64 makes of a public one."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
