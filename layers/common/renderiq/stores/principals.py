"""Callers in DynamoDB: the state of their rate limit, and their revoked sessions.

PK principal   ``user#<id>``, ``ip#<address>``, ``email#<hash>`` or ``organization#<id>``
spent          units, only growing            ceiling   spent + one budget
c<bucket>      ceiling when the bucket began (domain/rate_limits.py)
validAfter     time: access tokens of sessions that were opened up to then are refused
revoked        set of ``<session id>@<Unix seconds when its last access token ends>``
retention      map: for how long captures, models and renders of the user are kept, if it is not the default
closedAt       time: the account is being deleted, so every request is refused
keptUntil      Unix seconds: what ``expiresAt`` is instead, for a record that has something to remember
expiresAt      TTL
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain import rate_limits
from renderiq.domain.rate_limits import BUDGET, RateLimitStatus, Window
from renderiq.domain.retention import DEFAULT_RETENTION, Retention
from renderiq.stores.items import ConditionFailedError, Item, conditional, from_attributes, to_attributes, update_item

_TTL: Final = timedelta(hours=2)
_MAX_STALE_BUCKETS: Final = 26
_EXPIRY: Final = "expiresAt = if_not_exists(keptUntil, :expires)"
_NEVER: Final = int(datetime(2500, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Admission:
    """The result of counting a request."""

    admitted: bool
    rate: RateLimitStatus
    revoked_sessions: frozenset[str]
    sessions_valid_after: datetime | None = None
    retention: Retention = DEFAULT_RETENTION
    is_closed: bool = False


class PrincipalStore:
    """Counts requests and remembers revoked sessions."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def admit(self, principal: str, limit: int, now: datetime) -> Admission:
        """Counts one request of a caller who may make ``limit`` requests a minute.

        It takes one conditional write, and a second one for a caller without a record.
        """
        while True:
            try:
                item, admitted = self._spend(principal, limit, now), True
            except ConditionFailedError as rejection:
                if "spent" in rejection.item:
                    item, admitted = rejection.item, False
                elif (created := self._create(principal, limit, now)) is not None:
                    item, admitted = created, True
                else:
                    continue  # another request created the record in between
            self._remove_stale_buckets(principal, item, now)
            revoked, valid_after = ended_sessions(item)
            return Admission(
                admitted=admitted,
                rate=rate_limits.status(_window(item), limit, now.timestamp(), admitted=admitted),
                revoked_sessions=revoked,
                sessions_valid_after=valid_after,
                retention=Retention.of(item.get("retention", {})),
                is_closed="closedAt" in item,
            )

    def revoke_session(self, user_id: str, session_id: str, *, until: datetime, now: datetime) -> None:
        """Rejects all access tokens of a session. ``until`` is when the last of them expires."""
        response = update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"principal": user_principal(user_id)}),
            UpdateExpression=f"ADD revoked :entry SET {_EXPIRY}",
            ExpressionAttributeValues=to_attributes(
                {":entry": {f"{session_id}@{int(until.timestamp())}"}, ":expires": _expiry(now)}
            ),
            ReturnValues="ALL_NEW",
        )
        entries = from_attributes(response["Attributes"])["revoked"]
        expired = {entry for entry in entries if int(entry.partition("@")[2]) <= now.timestamp()}
        if expired:
            update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": user_principal(user_id)}),
                UpdateExpression="DELETE revoked :expired",
                ExpressionAttributeValues=to_attributes({":expired": expired}),
            )

    def end_sessions(self, user_id: str, at: datetime) -> None:
        """Rejects the access tokens of every session that was opened up to ``at``, until they have expired."""
        update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"principal": user_principal(user_id)}),
            UpdateExpression=f"SET validAfter = :at, {_EXPIRY}",
            ExpressionAttributeValues=to_attributes({":at": to_iso(at), ":expires": _expiry(at)}),
        )

    def set_retention(self, user_id: str, retention: Retention, *, now: datetime) -> bool:
        """Makes every request from now on see the retention. Returns False if they did not until now."""
        update, values = "SET expiresAt = :end REMOVE retention, keptUntil", Item({":end": _expiry(now)})
        if retention != DEFAULT_RETENTION:
            update = "SET retention = :texts, keptUntil = :end, expiresAt = :end"
            values = {":texts": retention.to_texts(), ":end": _NEVER}
        try:
            with conditional():
                response = update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes({"principal": user_principal(user_id)}),
                    UpdateExpression=update,
                    ConditionExpression="attribute_not_exists(closedAt)",
                    ExpressionAttributeValues=to_attributes(values),
                    ReturnValues="ALL_OLD",
                )
        except ConditionFailedError:  # nothing is stored any more
            return True
        before = from_attributes(response.get("Attributes", {})).get("retention", {})
        return Retention.of(before) == retention

    def close(self, user_id: str, *, now: datetime) -> bool:
        """Makes every request from now on be refused, with whatever credentials. Returns False if none was until now.

        The record is kept until it is deleted.
        """
        response = update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"principal": user_principal(user_id)}),
            UpdateExpression="SET closedAt = :now, validAfter = :now, keptUntil = :end, expiresAt = :end",
            ExpressionAttributeValues=to_attributes({":now": to_iso(now), ":end": _NEVER}),
            ReturnValues="ALL_OLD",
        )
        return "closedAt" in response.get("Attributes", {})

    def ping(self) -> None:
        """Raises the errors of boto3 if the table cannot be read."""
        self._client.get_item(TableName=self._table, Key=to_attributes({"principal": "health"}))

    def _spend(self, principal: str, limit: int, now: datetime) -> Item:
        live = rate_limits.live_buckets(now.timestamp())
        expired = range(live.start - len(live), live.start)
        within = " AND ".join(f"(attribute_not_exists({_name(b)}) OR spent < {_name(b)})" for b in live)
        current = _name(live[-1])
        with conditional():
            response = update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": principal}),
                UpdateExpression=(
                    f"SET {current} = if_not_exists({current}, ceiling), {_EXPIRY} "
                    f"ADD spent :cost, ceiling :cost REMOVE {_names(expired)}"
                ),
                ConditionExpression=f"attribute_exists(spent) AND {within}",
                ExpressionAttributeValues=to_attributes({":cost": rate_limits.cost(limit), ":expires": _expiry(now)}),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return from_attributes(response["Attributes"])

    def _create(self, principal: str, limit: int, now: datetime) -> Item | None:
        """Creates a caller's record and counts the first request. Returns None if there is a record already."""
        cost = rate_limits.cost(limit)
        current = _name(rate_limits.bucket_of(now.timestamp()))
        try:
            with conditional():
                response = update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes({"principal": principal}),
                    UpdateExpression=(f"SET spent = :cost, ceiling = :ceiling, {current} = :budget, {_EXPIRY}"),
                    ConditionExpression="attribute_not_exists(spent)",
                    ExpressionAttributeValues=to_attributes(
                        {":cost": cost, ":ceiling": BUDGET + cost, ":budget": BUDGET, ":expires": _expiry(now)}
                    ),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError:
            return None
        return from_attributes(response["Attributes"])

    def _remove_stale_buckets(self, principal: str, item: Item, now: datetime) -> None:
        """Removes buckets that are no longer in the window, if there are many.

        Each request removes the buckets that leave the window soon before it; those before a longer pause stay.
        """
        oldest = rate_limits.live_buckets(now.timestamp()).start
        stale = [bucket for bucket in _window(item).ceilings if bucket < oldest]
        if len(stale) >= _MAX_STALE_BUCKETS:
            update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": principal}),
                UpdateExpression=f"REMOVE {_names(stale)}",
            )


def user_principal(user_id: str) -> str:
    """Returns the key of a signed-in user."""
    return f"user#{user_id}"


def organization_principal(organization_id: str) -> str:
    """Returns the key of an organisation, for all its members and keys together."""
    return f"organization#{organization_id}"


def ended_sessions(item: Item) -> tuple[frozenset[str], datetime | None]:
    """Returns the sessions that the item of a user has as revoked, and the time up to which all sessions are."""
    revoked = frozenset(entry.partition("@")[0] for entry in item.get("revoked", ()))
    return revoked, from_iso(item["validAfter"]) if "validAfter" in item else None


def _name(bucket: int) -> str:
    return f"c{bucket}"


def _names(buckets: Iterable[int]) -> str:
    return ", ".join(_name(bucket) for bucket in buckets)


def _window(item: Item) -> Window:
    ceilings = {int(name[1:]): value for name, value in item.items() if name[0] == "c" and name[1:].isdigit()}
    return Window(item["spent"], ceilings)


def _expiry(now: datetime) -> int:
    return int((now + _TTL).timestamp())
