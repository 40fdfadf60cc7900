"""Which addresses may be called. tests/unit/test_hostile_urls.py has the URLs that may not."""

from __future__ import annotations

import socket
import threading

import pytest

from renderiq.addresses import AddressPolicy, ForbiddenAddressError, resolve_within, to_ascii

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


@pytest.mark.parametrize(
    ("url", "in_ascii"),
    [
        ("https://büro.example/hook", "https://xn--bro-hoa.example/hook"),
        ("https://BÜRO.example:8443/", "https://xn--bro-hoa.example:8443/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://example.com/pläne?büro=a%2Fb&x=1#ä", "https://example.com/pl%C3%A4ne?b%C3%BCro=a%2Fb&x=1#%C3%A4"),
        ("https://example.com/a?b=c%20d", "https://example.com/a?b=c%20d"),
    ],
)
def test_a_url_in_unicode_is_written_in_ascii(url: str, in_ascii: str) -> None:
    assert to_ascii(url) == in_ascii


@pytest.mark.parametrize(
    "url",
    [
        "https://\u200bbüro.example/",
        "https://büro_.example/",
        "https://-büro.example/",
        "https://ü\uff0fexample/",
        "https://bü\tro.example/",
        "https://büro.example/\ud800",
    ],
)
def test_a_host_in_unicode_that_is_no_name_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        to_ascii(url)


@pytest.mark.parametrize(
    "host",
    [
        "１２７。０。０。１",  # noqa: RUF001 (letters that look alike are tested)
        "①②⑦.0.0.1",
        "ｌｏｃａｌｈｏｓｔ",  # noqa: RUF001 (as above)
        "metadata。google。internal",
    ],
)
def test_a_private_host_in_other_letters_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.parse(to_ascii(f"https://{host}/"))


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
