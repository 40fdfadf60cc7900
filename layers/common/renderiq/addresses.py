"""Which URLs this service may call: the public internet over TLS, and no address inside."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 2048
# The last label begins with a letter: what ends in a number, resolvers read as an address (WHATWG URL, 3.5).
_HOST: Final = re.compile(r"((?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
_NAT64: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Host and port to every address the name has; raises OSError where it has none."""


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
        if not loopback and literal is None and not _HOST.fullmatch(host):
            raise ForbiddenAddressError("The URL must name a public host.")
        port = port if port is not None else (443 if parts.scheme == "https" else 80)
        if port != 443 and port < 1024 and not loopback:
            raise ForbiddenAddressError("The port must be 443, or 1024 and above.")
        if literal is not None:
            self.check([str(literal)])
        return Target(parts.scheme, host, port)

    def check(self, addresses: list[str]) -> None:
        """Raises ``ForbiddenAddressError`` unless there is an address and every one of them may be called."""
        if not addresses or not all(self._allows(ipaddress.ip_address(address)) for address in addresses):
            raise ForbiddenAddressError("The URL must name a public host.")

    def _allows(self, address: IpAddress) -> bool:
        if self.allow_loopback and address.is_loopback:
            return True
        return _is_public(address)


def resolve(host: str, port: int) -> list[str]:
    """Every address of the name, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one would reach through a translator or a tunnel."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
