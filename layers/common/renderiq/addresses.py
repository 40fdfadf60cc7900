"""Which URLs of users this service may call: only https to public addresses, to prevent SSRF."""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

MAX_URL: Final = 2048
RESOLVE_SECONDS: Final = 5.0
_MAX_NAME: Final = 253
# The last label begins with a letter: resolvers read a name that ends in a number as an address (WHATWG URL, 3.5).
_HOST: Final = re.compile(r"((?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
# Names that are only resolved within a network or a cloud (RFC 6761, 6762, 8375; ICANN's .internal).
_INTERNAL_SUFFIXES: Final = (".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# Special networks for which ``is_global`` is True in some versions of Python.
_SPECIAL_NETWORKS: Final = tuple(
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
"""Takes host and port, and returns every address of the host. Raises OSError if there is none."""

_NOT_PUBLIC: Final = "The URL must name a public host."
_UNREADABLE: Final = "The URL cannot be read."
_FORBIDDEN_CHARACTERS: Final = "The URL has characters that do not belong in one; encode them."


class ForbiddenAddressError(Exception):
    """The URL may not be called. The message is for the user; it says nothing about internal addresses."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a URL that decide where a connection goes."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Decides which URLs and addresses may be called.

    ``allow_loopback`` allows http to 127.0.0.0/8 and ::1 too; it is for the local stack.
    """

    allow_loopback: bool = False

    def parse(self, url: str) -> Target:
        """Returns the target of a URL. Raises ``ForbiddenAddressError`` if no address would make it acceptable."""
        if len(url) > MAX_URL:
            raise ForbiddenAddressError(f"The URL is longer than {MAX_URL} characters.")
        if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise ForbiddenAddressError(_FORBIDDEN_CHARACTERS)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ForbiddenAddressError(_UNREADABLE) from error
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
        """Raises ``ForbiddenAddressError`` if there is no address, or one of them may not be called."""
        if not addresses or not all(self._allows(ipaddress.ip_address(address)) for address in addresses):
            raise ForbiddenAddressError(_NOT_PUBLIC)

    def _allows(self, address: IpAddress) -> bool:
        if self.allow_loopback and address.is_loopback:
            return True
        return _is_public(address)


def to_ascii(url: str) -> str:
    """Returns a URL with its host in Punycode and all other characters outside ASCII percent-encoded (RFC 3987, 3.1).

    Hosts are mapped as browsers do (UTS 46). Raises ``ForbiddenAddressError`` if the host is not a valid name.
    """
    if url.isascii():
        return url
    if not url.isprintable():
        raise ForbiddenAddressError(_FORBIDDEN_CHARACTERS)
    import idna  # loaded here because nearly all URLs are in ASCII

    try:
        parts = urlsplit(url)
        credentials, at, host_and_port = parts.netloc.rpartition("@")
        host, colon, port = host_and_port.partition(":")
        if not host.isascii():
            host = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
        others = (quote(part, safe=string.printable) for part in parts[2:])
        return urlunsplit((parts.scheme, f"{credentials}{at}{host}{colon}{port}", *others))
    except ValueError as error:
        raise ForbiddenAddressError(_UNREADABLE) from error


def resolve(host: str, port: int) -> list[str]:
    """Returns every address of the host by the system's resolver, without a time limit. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def resolve_within(seconds: float, resolve: Resolve, host: str, port: int) -> list[str]:
    """Returns what ``resolve`` returns. Raises TimeoutError, which is an OSError, after ``seconds``.

    A look-up cannot be interrupted. One that takes too long goes on in its thread, and its result is ignored.
    """
    outcomes: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            outcomes.put(resolve(host, port))
        except Exception as error:  # is raised again in the calling thread
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
    return len(host) <= _MAX_NAME and _HOST.fullmatch(host) is not None and not host.endswith(_INTERNAL_SUFFIXES)


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
        and not any(address in network for network in _SPECIAL_NETWORKS)
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Returns the IPv4 address in an IPv4-mapped or a NAT64 address, or None."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
