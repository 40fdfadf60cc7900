"""Signing in a device: its codes, the user's approval, and the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from renderiq.domain.device_codes import (
    APPROVAL_TTL,
    GRANT_TYPE,
    Approval,
    DeviceCodeStatus,
    DeviceGrant,
    generate_device_code,
    generate_user_code,
    hash_device_code,
    hash_user_code,
    read_approval,
    read_user_code,
    sign_approval,
)
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.services.sessions import IssuedTokens, SessionService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.device_codes import DeviceCodeStore
from renderiq.tokens import SigningKeys

_MAX_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class IssuedCodes:
    """The codes of a sign-in. The device keeps its own and shows the other."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class DeviceCodeService:
    """Issues and checks device codes. ``signing_keys`` returns the keys that sign access tokens."""

    codes: DeviceCodeStore
    signing_keys: Callable[[], SigningKeys]

    def issue(self, *, platform: str, address: str, now: datetime) -> IssuedCodes:
        """Begins the sign-in of a device. Raises ``SERVICE_UNAVAILABLE`` if no free user code was found."""
        keys = self.signing_keys()
        for _ in range(_MAX_ATTEMPTS):
            issued = IssuedCodes(generate_device_code(), generate_user_code())
            grant = DeviceGrant(hash_device_code(issued.device_code), platform, address, now)
            user_code_hash = hash_user_code(issued.user_code, secret=keys.secrets[keys.current])
            if self.codes.add(grant, user_code_hash=user_code_hash):
                return issued
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=2)

    def review(self, user_id: str, typed_code: str, *, now: datetime) -> tuple[DeviceGrant, str]:
        """Returns the sign-in with this user code, and the token with which the user can decide about it.

        Raises ``INVALID_INPUT`` if no sign-in with this code waits for a decision.
        """
        code = read_user_code(typed_code)
        hashes = [hash_user_code(code, secret=each) for each in self.signing_keys().secrets.values()] if code else []
        grant = next((found for each in hashes if (found := self.codes.find(each))), None)
        if grant is None or not grant.is_open(now):
            raise invalid_field("user_code", "is wrong or has expired")
        keys = self.signing_keys()
        approval = Approval(user_id, grant.device_hash, now + APPROVAL_TTL)
        return grant, sign_approval(approval, secret=keys.secrets[keys.current])

    def decide(self, token: str, *, approve: bool, now: datetime) -> None:
        """Approves or denies the sign-in that the token names. Raises ``INVALID_INPUT`` if it cannot be decided."""
        approval = read_approval(token, secrets_by_id=self.signing_keys().secrets, now=now)
        status = DeviceCodeStatus.APPROVED if approve else DeviceCodeStatus.DENIED
        if approval is None or not self.codes.decide(approval.device_hash, status, user_id=approval.user_id, now=now):
            raise invalid_field("user_code", "has expired or was used already")


@dataclass(frozen=True, slots=True)
class DeviceTokenService:
    """Exchanges approved device codes for sessions."""

    codes: DeviceCodeStore
    accounts: AccountStore
    sessions: SessionService

    def exchange(self, grant_type: str, device_code: str, *, now: datetime) -> IssuedTokens:
        """Returns the tokens of a new session. A code can be exchanged once.

        Raises ``UNSUPPORTED_GRANT_TYPE``, ``INVALID_GRANT``, ``EXPIRED_TOKEN``, ``SLOW_DOWN``,
        ``AUTHORIZATION_PENDING`` and ``ACCESS_DENIED`` (RFC 8628, section 3.5).
        """
        if grant_type != GRANT_TYPE:
            raise ApiError(ErrorCode.UNSUPPORTED_GRANT_TYPE)
        device_hash = hash_device_code(device_code)
        grant = self.codes.poll(device_hash, now=now)
        if grant is None:
            raise ApiError(ErrorCode.INVALID_GRANT)
        if now >= grant.expires_at:
            raise ApiError(ErrorCode.EXPIRED_TOKEN)
        if grant.is_too_early(now):
            self.codes.slow_down(device_hash)
            raise ApiError(ErrorCode.SLOW_DOWN)
        if grant.status is DeviceCodeStatus.PENDING:
            raise ApiError(ErrorCode.AUTHORIZATION_PENDING)
        if grant.status is DeviceCodeStatus.DENIED:
            raise ApiError(ErrorCode.ACCESS_DENIED)
        account = self.accounts.find(grant.user_id or "", now)
        ended = account and account.sessions_valid_after
        # A user who has set a new password since has ended what was approved with the old one.
        is_stale = bool(ended and grant.decided_at and grant.decided_at <= ended)
        if account is None or is_stale or not self.codes.consume(device_hash):
            raise ApiError(ErrorCode.INVALID_GRANT)
        return self.sessions.open(account, platform=grant.platform, now=now)
