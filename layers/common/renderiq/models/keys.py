"""Bodies of the key endpoints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from renderiq.domain.keys import MAX_GRACE, ApiKey, Scope
from renderiq.models.wire import Moment, Number, Printable, WireModel


class KeyIn(WireModel):
    """A key to make. Without ``expiresAt`` it lasts until it is revoked."""

    name: Annotated[Printable, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    scopes: frozenset[Scope] = Field(min_length=1)
    expires_at: AwareDatetime | None = None


class RotateIn(WireModel):
    """How long the old key is still accepted, in seconds."""

    grace_period_seconds: Annotated[int, Field(ge=0, le=int(MAX_GRACE.total_seconds())), Number] = 0

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_period_seconds)


class KeyOut(WireModel):
    """A key without itself. ``revokedAt`` may lie ahead while a rotated key lives out its grace period."""

    id: str
    name: str
    key_prefix: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None = None
    last_used_at: Moment | None = None
    revoked_at: Moment | None = None
    is_active: bool

    @classmethod
    def of(cls, key: ApiKey, now: datetime) -> KeyOut:
        return cls(**_shown(key, now))


class KeyCreated(KeyOut):
    """The only answer that shows the key."""

    key: str

    @classmethod
    def with_secret(cls, key: ApiKey, secret: str, now: datetime) -> KeyCreated:
        return cls(key=secret, **_shown(key, now))


class KeyRevoked(WireModel):
    id: str
    is_active: Literal[False] = False


class KeyList(WireModel):
    keys: list[KeyOut]

    @classmethod
    def of(cls, keys: list[ApiKey], now: datetime) -> KeyList:
        return cls(keys=[KeyOut.of(key, now) for key in keys])


def _shown(key: ApiKey, now: datetime) -> dict[str, object]:
    return {
        "id": key.key_id,
        "name": key.name,
        "key_prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
        "is_active": key.rejection(now) is None,
    }
