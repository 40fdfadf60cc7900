"""No URL reaches an address inside, however it is spelled or resolved."""

from __future__ import annotations

import pytest

from renderiq.addresses import AddressPolicy, ForbiddenAddressError
from renderiq.outbound import Outbound

PUBLIC = AddressPolicy()
LAPTOP = AddressPolicy(allow_loopback=True)

FORBIDDEN = {
    "plain http": "http://example.com/hook",
    "another scheme": "ftp://example.com/",
    "no scheme": "example.com/hook",
    "a file": "file:///etc/passwd",
    "credentials": "https://user:secret@example.com/",
    "an empty user": "https://@example.com/",
    "a low port": "https://example.com:22/",
    "port zero": "https://example.com:0/",
    "a port that is none": "https://example.com:99999/",
    "no host": "https:///hook",
    "loopback": "https://127.0.0.1/",
    "loopback by name": "https://localhost/",
    "loopback in decimal": "https://2130706433/",
    "loopback in octal": "https://0177.0.0.1/",
    "loopback in hex": "https://0x7f000001/",
    "loopback in hex parts": "https://0x7f.0.0.0x1/",
    "loopback in short": "https://127.1/",
    "loopback with a dot": "https://127.0.0.1./",
    "IPv6 loopback": "https://[::1]/",
    "mapped loopback": "https://[::ffff:127.0.0.1]/",
    "6to4 of a private address": "https://[2002:c0a8:0101::1]/",
    "NAT64 of loopback": "https://[64:ff9b::7f00:1]/",
    "the metadata service": "https://169.254.169.254/latest/meta-data/",
    "the IPv6 metadata service": "https://[fd00:ec2::254]/",
    "a private network": "https://10.1.2.3/",
    "another private network": "https://192.168.1.1/",
    "carrier-grade NAT": "https://100.64.0.1/",
    "multicast": "https://224.0.0.1/",
    "the unspecified address": "https://0.0.0.0/",
    "broadcast": "https://255.255.255.255/",
    "IPv6 link local": "https://[fe80::1]/",
    "IPv6 unique local": "https://[fd12:3456::1]/",
    "full-width digits": "https://\uff11\uff12\uff17.0.0.1/",
    "a name with a trailing dot": "https://localhost./",
    "a single label": "https://intranet/",
    "a backslash": "https://example.com\\@127.0.0.1/",
    "a line break": "https://example.com/\r\nHost: x",
    "too long": "https://example.com/" + "a" * 2048,
}


@pytest.mark.parametrize("url", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_such_a_url_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.parse(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook?a=b", "https://example.com:8443/", "https://1.1.1.1/", "https://xn--bcher-kva.example/"],
)
def test_a_public_url_is_taken(url: str) -> None:
    assert PUBLIC.parse(url).scheme == "https"


def test_a_laptop_may_call_itself() -> None:
    assert LAPTOP.parse("http://127.0.0.1:9000/hook").port == 9000


def test_a_laptop_may_call_no_other_inner_address() -> None:
    with pytest.raises(ForbiddenAddressError):
        LAPTOP.parse("http://192.168.1.1:9000/")


@pytest.mark.parametrize("addresses", [["93.184.216.34", "10.0.0.1"], ["::1"], ["169.254.169.254"], []])
def test_every_address_of_a_name_must_be_public(addresses: list[str]) -> None:
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.check(addresses)


def test_a_name_that_turns_inward_after_registration_is_not_connected_to() -> None:
    outbound = Outbound(PUBLIC, resolve=lambda _host, _port: ["127.0.0.1"])

    with pytest.raises(ForbiddenAddressError):
        outbound.post("https://rebinding.example/", b"{}", {})
