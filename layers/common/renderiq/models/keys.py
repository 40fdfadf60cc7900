"""Requests and responses of the API key endpoints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from renderiq.domain.keys import MAX_GRACE, ApiKey, Scope
from renderiq.models.paging import Limit, PageQuery
from renderiq.models.wire import Choice, PrintableText, RejectBool, Timestamp, UtcTime, WireModel


class KeyIn(WireModel):
    """An API key to create."""

    name: Annotated[PrintableText, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    scopes: frozenset[Annotated[Scope, Choice]] = Field(min_length=1)
    expires_at: UtcTime | None = Field(
        None, description="A future time with a UTC offset. Without it the key is valid until it is revoked."
    )


class RotateIn(WireModel):
    """How long the old key is still accepted, in seconds."""

    grace_period_seconds: Annotated[int, Field(ge=0, le=int(MAX_GRACE.total_seconds())), RejectBool] = 0

    @property
    def grace(self) -> timedelta:
        """How long the old key is still accepted."""
        return timedelta(seconds=self.grace_period_seconds)


class KeyOut(WireModel):
    """An API key without its secret. ``revokedAt`` is in the future during the grace period of a replaced key."""

    id: str
    name: str
    key_prefix: str
    scopes: list[Scope]
    created_at: Timestamp
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = None
    revoked_at: Timestamp | None = None
    is_active: bool

    @classmethod
    def of(cls, key: ApiKey, now: datetime) -> KeyOut:
        """Returns the response for a key."""
        return cls(**_public_fields(key, now))


class KeyCreated(KeyOut):
    """A new API key with its secret in ``key``. No other response contains the secret."""

    key: str

    @classmethod
    def with_secret(cls, key: ApiKey, secret: str, now: datetime) -> KeyCreated:
        """Returns the response for a new key with its plaintext secret."""
        return cls(key=secret, **_public_fields(key, now))


class KeyRevoked(WireModel):
    """The API key was revoked."""

    id: str
    is_active: Literal[False] = False


class KeyPageQuery(PageQuery):
    """A page of API keys. It is long, so that few clients need a second one."""

    limit: Limit = 100


class KeyPage(WireModel):
    """A page of API keys, from new to old. ``nextCursor`` is absent on the last page."""

    keys: list[KeyOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, keys: list[ApiKey], cursor: str | None, now: datetime) -> KeyPage:
        """Returns the page of these keys. ``cursor`` is None on the last page."""
        return cls(keys=[KeyOut.of(key, now) for key in keys], next_cursor=cursor)


def _public_fields(key: ApiKey, now: datetime) -> dict[str, object]:
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
