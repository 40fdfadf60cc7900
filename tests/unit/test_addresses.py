"""Which addresses may be called. tests/unit/test_hostile_urls.py has the URLs that may not."""

from __future__ import annotations

import socket
import threading

import pytest

from renderiq.addresses import AddressPolicy, ForbiddenAddressError, resolve_within

PUBLIC = AddressPolicy()
LAPTOP = AddressPolicy(allow_loopback=True)


def test_a_url_of_more_than_2048_characters_is_refused() -> None:
    with pytest.raises(ForbiddenAddressError, match="longer than 2048"):
        PUBLIC.parse("https://example.com/" + "a" * 2048)


def test_loopback_is_allowed_on_a_laptop() -> None:
    assert LAPTOP.parse("http://127.0.0.1:9000/hook").port == 9000


def test_other_private_addresses_are_forbidden_on_a_laptop() -> None:
    with pytest.raises(ForbiddenAddressError):
        LAPTOP.parse("http://192.168.1.1:9000/")


@pytest.mark.parametrize("addresses", [["93.184.216.34", "10.0.0.1"], ["::1"], ["169.254.169.254"], []])
def test_every_address_of_a_name_must_be_public(addresses: list[str]) -> None:
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.check(addresses)


def test_a_name_that_takes_too_long_to_resolve_has_no_address() -> None:
    released = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        released.wait(10)
        return ["93.184.216.34"]

    with pytest.raises(OSError, match="in time"):
        resolve_within(0.05, hang, "slow.example", 443)
    released.set()


def test_an_error_of_the_name_resolution_is_raised_to_the_caller() -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(socket.gaierror, match="not known"):
        resolve_within(5, fail, "nobody.example", 443)
