"""The detector that watches the whole run finds what it is there for."""

from __future__ import annotations

import json

import pytest

from renderiq.domain.keys import generate_key
from renderiq.domain.webhooks import generate_secret
from tests.support.leaks import LeakDetector

SECRETS = {
    "a key": generate_key(),
    "a webhook's secret": generate_secret(),
    "an address": "ada@example.com",
    "a token": "eyJh.b-c_d.e",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize(
    "line", ["{}", "refused {}.", '{{"authorization": "Bearer {}"}}', "key={}&x=1", "({!r}, 3)", "{}: not allowed"]
)
def test_a_secret_is_found_wherever_it_stands_in_a_line(secret: str, line: str) -> None:
    detector = LeakDetector()
    detector.watch("before\n" + line.format(secret) + "\nafter")
    detector.keep(secret)

    assert len(detector.leaks()) == 1


def test_a_secret_is_found_in_a_trace_inside_of_json() -> None:
    detector = LeakDetector()
    detector.keep_from({"data": [{"key": SECRETS["a key"]}]})
    detector.watch(json.dumps({"exception": f"ValueError:\n{SECRETS['a key']}\n"}))

    assert detector.leaks()


def test_ids_and_masked_secrets_are_no_leak() -> None:
    detector = LeakDetector()
    detector.keep_from({"key": SECRETS["a key"], "secret": "whsec_****abcd", "id": "0f6d2f7e-aaaa"})
    detector.watch("0f6d2f7e-aaaa whsec_****abcd " + SECRETS["a key"][:12])

    assert detector.leaks() == []
