"""Sign-in of a plugin by a code that the user approves in a browser (RFC 8628)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest

from renderiq.domain.device_codes import (
    DEVICE_CODE_TTL,
    GRANT_TYPE,
    Approval,
    generate_user_code,
    hash_user_code,
    read_approval,
    read_user_code,
    sign_approval,
)
from tests.support import wiring
from tests.support.accounts import PASSWORD, User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call, call_unchecked

START = datetime.now(UTC).replace(microsecond=0)
FORM = {"content-type": "application/x-www-form-urlencoded"}
_ADDRESSES = (f"192.0.2.{number}" for number in count(1))


@dataclass
class Device:
    """A plugin that signs in. ``now`` is its time, and that of the API when it asks."""

    codes: dict[str, Any]
    now: datetime = START

    def ask(self, *, after: float = 5, **changes: str) -> Response:
        self.now += timedelta(seconds=after)
        body = {"grant_type": GRANT_TYPE, "device_code": self.codes["device_code"], **changes}
        with clock_at(self.now, "auth_device_token"):
            return call("auth_device_token", "POST", "/auth/device/token", json=body)


@pytest.fixture
def address() -> str:
    """An IP address that no other test uses."""
    return next(_ADDRESSES)


@pytest.fixture
def device(aws: AwsEnvironment, address: str) -> Device:
    with clock_at(START, "auth_device_code"):
        answer = call(
            "auth_device_code",
            "POST",
            "/auth/device/code",
            json={"client_id": "renderiq-sketchup"},
            headers={"x-renderiq-platform": "sketchup"},
            address=address,
        )
    assert answer.status == 200
    return Device(answer.json)


def page(fields: dict[str, str] | None, address: str, *, at: datetime = START, **query: str) -> Response:
    """Sends a form of the page, or requests the page without one."""
    with clock_at(at, "auth_device"):
        if fields is None:
            return call_unchecked("auth_device", "GET", "/auth/device", query=query, address=address)
        return call_unchecked(
            "auth_device", "POST", "/auth/device", headers=FORM, body=urlencode(fields).encode(), address=address
        )


def sign_in(user: User, code: str, address: str, **more: Any) -> Response:
    return page({"user_code": code, "email": user.email, "password": PASSWORD}, address, **more)


def decide(user: User, device: Device, address: str, decision: str = "approve") -> Response:
    review = sign_in(user, device.codes["user_code"], address)
    assert review.status == 200
    return page({"approval": hidden(review), "decision": decision}, address)


def hidden(review: Response) -> str:
    found = re.search(r'name="approval" value="([^"]+)"', review.body)
    assert found
    return found[1]


def error(answer: Response) -> tuple[int, str]:
    return answer.status, answer.json["error"]


# ---------------------------------------------------------------- the codes


def test_the_response_has_the_names_of_the_rfc(device: Device) -> None:
    codes = device.codes

    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", codes["user_code"])
    assert codes["verification_uri"] == "https://api.example.com/api/plugins/auth/device"
    assert codes["verification_uri_complete"] == f"{codes['verification_uri']}?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)


def test_a_form_is_read_as_json_is(aws: AwsEnvironment, address: str) -> None:
    answer = call(
        "auth_device_code", "POST", "/auth/device/code", headers=FORM, body=b"client_id=x&scope=openid", address=address
    )

    assert answer.status == 200


def test_the_codes_are_not_stored(aws: AwsEnvironment, device: Device) -> None:
    stored = json.dumps(aws.items("DeviceCodesTable"), default=str)

    assert device.codes["device_code"] not in stored
    assert device.codes["user_code"].replace("-", "") not in stored


def test_a_user_code_is_hashed_with_a_secret() -> None:
    code = generate_user_code()

    assert hash_user_code(code, secret="one") != hash_user_code(code, secret="other")


@pytest.mark.parametrize("typed", ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-M-J-H-T"])
def test_a_user_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert read_user_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize("typed", ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ÄÖÜßÄÖÜß"])
def test_other_text_is_no_user_code(typed: str) -> None:
    assert read_user_code(typed) is None


# ---------------------------------------------------------------- the exchange


def test_an_approved_device_is_signed_in(user: User, device: Device, address: str) -> None:
    decide(user, device, address)

    tokens = device.ask().json

    assert (tokens["token_type"], tokens["expires_in"], tokens["user"]["id"]) == ("Bearer", 3600, user.user_id)
    me = call("auth_me", "GET", "/auth/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert me.json["user"]["email"] == user.email


def test_a_form_is_exchanged_as_json_is(user: User, device: Device, address: str) -> None:
    decide(user, device, address)
    body = urlencode({"grant_type": GRANT_TYPE, "device_code": device.codes["device_code"], "client_id": "x"})

    with clock_at(START + timedelta(seconds=5), "auth_device_token"):
        answer = call("auth_device_token", "POST", "/auth/device/token", headers=FORM, body=body.encode())

    assert answer.status == 200


def test_until_the_user_decides_the_authorization_is_pending(device: Device) -> None:
    assert [error(device.ask()) for _ in range(3)] == [(400, "authorization_pending")] * 3


def test_who_asks_too_early_must_slow_down(device: Device) -> None:
    answers = [error(device.ask(after=seconds)) for seconds in (5, 2, 7, 15)]

    # After each slow_down the interval is five seconds longer: 10, then 15.
    assert answers == [
        (400, each) for each in ("authorization_pending", "slow_down", "slow_down", "authorization_pending")
    ]


def test_a_device_that_slows_down_is_answered(device: Device) -> None:
    device.ask()

    assert error(device.ask(after=1)) == (400, "slow_down")
    assert error(device.ask(after=10)) == (400, "authorization_pending")


def test_a_second_of_unevenness_is_forgiven(device: Device) -> None:
    device.ask()

    assert error(device.ask(after=4.1)) == (400, "authorization_pending")


def test_a_denied_device_learns_it(user: User, device: Device, address: str) -> None:
    assert "Denied" in decide(user, device, address, "deny").body

    assert error(device.ask()) == (400, "access_denied")


def test_after_ten_minutes_the_code_has_expired(user: User, device: Device, address: str) -> None:
    decide(user, device, address)

    assert error(device.ask(after=DEVICE_CODE_TTL.total_seconds())) == (400, "expired_token")


def test_a_code_is_exchanged_once(user: User, device: Device, address: str) -> None:
    decide(user, device, address)
    device.ask()

    assert error(device.ask()) == (400, "invalid_grant")


def test_a_guessed_device_code_is_no_grant(device: Device) -> None:
    assert error(device.ask(device_code="guessed")) == (400, "invalid_grant")


def test_another_grant_is_not_supported(device: Device) -> None:
    assert error(device.ask(grant_type="password")) == (400, "unsupported_grant_type")


def test_an_absent_field_is_an_invalid_request(aws: AwsEnvironment) -> None:
    answer = call("auth_device_token", "POST", "/auth/device/token", json={"grant_type": GRANT_TYPE})

    assert error(answer) == (400, "invalid_request")
    assert answer.json["error_description"] == "Required: device_code."
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_new_password_ends_what_was_approved_before(user: User, device: Device, address: str) -> None:
    decide(user, device, address)
    wiring.session_service().end_all(user.user_id, now=START + timedelta(seconds=1))

    assert error(device.ask()) == (400, "invalid_grant")


# ---------------------------------------------------------------- the session


def test_the_session_is_listed_and_revoked_as_any_other(user: User, device: Device, address: str) -> None:
    decide(user, device, address)
    tokens = device.ask(after=0).json
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    listed = call("auth_sessions", "GET", "/auth/sessions", headers=headers).data["sessions"]
    (mine,) = [each for each in listed if each["current"]]

    ended = call("auth_sessions_id", "DELETE", f"/auth/sessions/{mine['id']}", headers=user.headers)

    assert (mine["platform"], ended.status) == ("sketchup", 200)
    assert call("auth_me", "GET", "/auth/me", headers=headers).code == (401, "INVALID_TOKEN")
    refresh = call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refresh.code == (401, "REFRESH_FAILED")


# ---------------------------------------------------------------- the page


def test_the_page_has_a_strict_policy_and_no_script(aws: AwsEnvironment, address: str) -> None:
    shown = page(None, address)

    policy = shown.headers["Content-Security-Policy"]
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in shown.body + policy
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_every_field_has_a_label(aws: AwsEnvironment, address: str) -> None:
    body = page(None, address).body

    assert re.findall(r'<label for="(\w+)"', body) == re.findall(r'<input id="(\w+)"', body)


def test_the_code_of_the_address_is_filled_in(aws: AwsEnvironment, address: str) -> None:
    assert 'value="WDJB-MJHT"' in page(None, address, user_code="wdjbmjht").body


def test_what_was_typed_is_escaped(aws: AwsEnvironment, address: str) -> None:
    body = page(None, address, user_code='"><script>x()</script>').body

    assert "<script" not in body
    assert "&quot;&gt;&lt;script&gt;" in body


def test_the_user_sees_who_asks(user: User, device: Device, address: str) -> None:
    body = sign_in(user, device.codes["user_code"].lower(), address, at=START + timedelta(minutes=2)).body

    assert "the plugin for SketchUp" in body
    assert device.codes["user_code"] in body
    assert f"2 minutes ago, from the address {address}" in body
    assert user.email in body


def test_passwords_are_not_sent_back(user: User, address: str) -> None:
    body = sign_in(user, "WDJB-MJHT", address).body

    assert PASSWORD not in body
    assert user.email in body


@pytest.mark.parametrize("code", ["BBBB-BBBB", "hello", ""])
def test_a_wrong_code_is_told(user: User, address: str, code: str) -> None:
    answer = sign_in(user, code, address)

    assert answer.status == 400
    assert "This code is wrong, was used, or has expired." in answer.body


def test_an_expired_code_cannot_be_approved(user: User, device: Device, address: str) -> None:
    answer = sign_in(user, device.codes["user_code"], address, at=START + DEVICE_CODE_TTL)

    assert answer.status == 400


def test_a_wrong_password_approves_nothing(user: User, device: Device, address: str) -> None:
    fields = {"user_code": device.codes["user_code"], "email": user.email, "password": "Wrong-horse-1"}

    answer = page(fields, address)

    assert answer.status == 401
    assert "approval" not in answer.body
    assert f'value="{device.codes["user_code"]}"' in answer.body


def test_a_code_is_decided_once(user: User, device: Device, address: str) -> None:
    review = sign_in(user, device.codes["user_code"], address)
    page({"approval": hidden(review), "decision": "deny"}, address)

    again = page({"approval": hidden(review), "decision": "approve"}, address)

    assert again.status == 400
    assert error(device.ask()) == (400, "access_denied")


def test_an_approval_cannot_be_forged(aws: AwsEnvironment, device: Device, address: str) -> None:
    forged = sign_approval(Approval("somebody", "0" * 64, START + timedelta(minutes=5)), secret="guessed")

    answer = page({"approval": forged, "decision": "approve"}, address)

    assert answer.status == 400
    assert error(device.ask()) == (400, "authorization_pending")


@pytest.mark.parametrize("token", ["", ".", "x.y", "é.é"])
def test_nonsense_is_no_approval(token: str) -> None:
    assert read_approval(token, secrets_by_id={"a": "secret"}, now=START) is None


def test_an_approval_expires_after_five_minutes(user: User, device: Device, address: str) -> None:
    review = sign_in(user, device.codes["user_code"], address)

    late = page({"approval": hidden(review), "decision": "approve"}, address, at=START + timedelta(minutes=5))

    assert late.status == 400


def test_guessing_is_limited_by_account(user: User, device: Device) -> None:
    answers = [sign_in(user, "BBBB-BBBB", next(_ADDRESSES)).status for _ in range(6)]

    assert answers == [400] * 5 + [429]


def test_guessing_is_limited_by_address(aws: AwsEnvironment, address: str) -> None:
    answers = [page({"user_code": "BBBB-BBBB", "email": f"{n}@example.com"}, address).status for n in range(31)]

    assert set(answers[:30]) <= {400, 401}
    assert answers[30] == 429


def test_codes_are_limited_by_address(aws: AwsEnvironment, address: str) -> None:
    def ask() -> Response:
        return call("auth_device_code", "POST", "/auth/device/code", json={}, address=address)

    answers = [ask() for _ in range(31)]

    assert error(answers[30]) == (429, "temporarily_unavailable")
    assert int(answers[30].headers["Retry-After"]) > 0


def test_too_many_requests_are_answered_with_a_page(user: User) -> None:
    for _ in range(5):
        sign_in(user, "BBBB-BBBB", next(_ADDRESSES))

    answer = sign_in(user, "BBBB-BBBB", next(_ADDRESSES))

    assert (answer.status, answer.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert 'role="alert"' in answer.body
    assert int(answer.headers["Retry-After"]) > 0


def test_codes_are_deleted_after_an_hour_and_ten_minutes(aws: AwsEnvironment, device: Device) -> None:
    kept = START + DEVICE_CODE_TTL + timedelta(hours=1)

    assert int(kept.timestamp()) in {item["expiresAt"] for item in aws.items("DeviceCodesTable")}


def test_another_user_does_not_decide_for_the_first(
    aws: AwsEnvironment, user: User, device: Device, address: str
) -> None:
    decide(create_user(aws), device, address)

    assert device.ask().json["user"]["id"] != user.user_id
