"""Callers in DynamoDB: how much of their minute they have spent, and which of their sessions were revoked.

PK principal   ``user#<id>``, ``ip#<address>`` or ``email#<hash>``
spent          units, only growing            ceiling   spent + one budget
c<bucket>      ceiling when the bucket began (domain/rate_limits.py)
validAfter     time: access tokens of sessions that were opened up to then are refused
revoked        set of ``<session id>@<Unix seconds when its last access token ends>``
expiresAt      TTL
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain import rate_limits
from renderiq.domain.rate_limits import BUDGET, RateLimitStatus, Window
from renderiq.stores.items import (
    ConditionFailedError,
    Item,
    conditional,
    from_attributes,
    persist,
    to_attributes,
    update_item,
)

_KEPT: Final = timedelta(hours=2)
_STALE_SWEPT_AT: Final = 26


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer of the front door's one write."""

    admitted: bool
    rate: RateLimitStatus
    revoked_sessions: frozenset[str]
    sessions_valid_after: datetime | None = None


class PrincipalStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def admit(self, principal: str, limit: int, now: datetime) -> Admission:
        """Counts one request of a caller who may make ``limit`` a minute.

        One conditional write; a second one when the caller has not been seen for hours.
        """
        while True:
            try:
                item, admitted = self._spend(principal, limit, now), True
            except ConditionFailedError as rejection:
                if "spent" in rejection.item:
                    item, admitted = rejection.item, False
                elif (opened := self._open(principal, limit, now)) is not None:
                    item, admitted = opened, True
                else:
                    continue  # another request opened it in between
            self._sweep(principal, item, now)
            return Admission(
                admitted=admitted,
                rate=rate_limits.status(_window(item), limit, now.timestamp(), admitted=admitted),
                revoked_sessions=frozenset(entry.partition("@")[0] for entry in item.get("revoked", ())),
                sessions_valid_after=from_iso(item["validAfter"]) if "validAfter" in item else None,
            )

    def revoke_session(self, user_id: str, session_id: str, *, until: datetime, now: datetime) -> None:
        """Has every access token of the session refused until ``until``, when the last of them ends."""
        answer = update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"principal": user_principal(user_id)}),
            UpdateExpression="ADD revoked :entry SET expiresAt = :expires",
            ExpressionAttributeValues=to_attributes(
                {":entry": {f"{session_id}@{int(until.timestamp())}"}, ":expires": _expiry(now)}
            ),
            ReturnValues="ALL_NEW",
        )
        entries = from_attributes(answer["Attributes"])["revoked"]
        over = {entry for entry in entries if int(entry.partition("@")[2]) <= now.timestamp()}
        if over:
            update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": user_principal(user_id)}),
                UpdateExpression="DELETE revoked :over",
                ExpressionAttributeValues=to_attributes({":over": over}),
            )

    def end_sessions(self, user_id: str, at: datetime) -> None:
        """Has the access tokens of every session that was opened up to ``at`` refused until they have expired."""
        persist(
            lambda: self._client.update_item(
                TableName=self._table,
                Key=to_attributes({"principal": user_principal(user_id)}),
                UpdateExpression="SET validAfter = :at, expiresAt = :expires",
                ExpressionAttributeValues=to_attributes({":at": to_iso(at), ":expires": _expiry(at)}),
            )
        )

    def ping(self) -> None:
        """Raises what boto3 raises when the table cannot be read."""
        self._client.get_item(TableName=self._table, Key=to_attributes({"principal": "health"}))

    def _spend(self, principal: str, limit: int, now: datetime) -> Item:
        live = rate_limits.live_buckets(now.timestamp())
        passed = range(live.start - len(live), live.start)
        within = " AND ".join(f"(attribute_not_exists({_name(b)}) OR spent < {_name(b)})" for b in live)
        current = _name(live[-1])
        with conditional():
            answer = update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": principal}),
                UpdateExpression=(
                    f"SET {current} = if_not_exists({current}, ceiling), expiresAt = :expires "
                    f"ADD spent :cost, ceiling :cost REMOVE {_names(passed)}"
                ),
                ConditionExpression=f"attribute_exists(spent) AND {within}",
                ExpressionAttributeValues=to_attributes({":cost": rate_limits.cost(limit), ":expires": _expiry(now)}),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return from_attributes(answer["Attributes"])

    def _open(self, principal: str, limit: int, now: datetime) -> Item | None:
        """Starts a caller's account with its first request; None if it was started meanwhile."""
        share = rate_limits.cost(limit)
        current = _name(rate_limits.bucket_of(now.timestamp()))
        try:
            with conditional():
                answer = update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes({"principal": principal}),
                    UpdateExpression=(
                        f"SET spent = :share, ceiling = :ceiling, {current} = :budget, expiresAt = :expires"
                    ),
                    ConditionExpression="attribute_not_exists(spent)",
                    ExpressionAttributeValues=to_attributes(
                        {":share": share, ":ceiling": BUDGET + share, ":budget": BUDGET, ":expires": _expiry(now)}
                    ),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError:
            return None
        return from_attributes(answer["Attributes"])

    def _sweep(self, principal: str, item: Item, now: datetime) -> None:
        """Removes what spells of activity with pauses between them leave behind: one call in dozens of spells."""
        oldest = rate_limits.live_buckets(now.timestamp()).start
        stale = [bucket for bucket in _window(item).ceilings if bucket < oldest]
        if len(stale) >= _STALE_SWEPT_AT:
            update_item(
                self._client,
                TableName=self._table,
                Key=to_attributes({"principal": principal}),
                UpdateExpression=f"REMOVE {_names(stale)}",
            )


def user_principal(user_id: str) -> str:
    return f"user#{user_id}"


def _name(bucket: int) -> str:
    return f"c{bucket}"


def _names(buckets: Iterable[int]) -> str:
    return ", ".join(_name(bucket) for bucket in buckets)


def _window(item: Item) -> Window:
    ceilings = {int(name[1:]): value for name, value in item.items() if name[0] == "c" and name[1:].isdigit()}
    return Window(item["spent"], ceilings)


def _expiry(now: datetime) -> int:
    return int((now + _KEPT).timestamp())
