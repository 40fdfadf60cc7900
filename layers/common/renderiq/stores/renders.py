"""Renders in DynamoDB.

PK userId   SK renderId (UUIDv7: newest last), or ``idem#<key>`` with a TTL
GSI project  projectId, renderId
GSI due      dueShard, dueAt     sparse: only what is owed work or an announcement

A state change names the state that it starts from; one that ends a render moves its credits in the same transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from renderiq import metrics
from renderiq.clock import from_iso, to_iso
from renderiq.domain.credits import LedgerEntry, LedgerEntryType
from renderiq.domain.reconciliation import RenderCharge
from renderiq.domain.recovery import DueRender, QuarantinedRecord
from renderiq.domain.renders import (
    IDEMPOTENCY_KEY_TTL,
    REDELIVERY_DELAY,
    AspectRatio,
    Order,
    OutputFormat,
    Quality,
    Render,
    RenderFilters,
    RenderOutput,
    Status,
    Style,
)
from renderiq.domain.webhooks import EVENT_OF_STATUS
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores import due_index as due
from renderiq.stores import projects
from renderiq.stores.accounts import AccountStore
from renderiq.stores.items import (
    AFTER_IDS,
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)

_MAX_PAGES: Final = 10
_THROTTLE_PAUSES: Final = (0.1, 0.3, 0.9)


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """One ``Idempotency-Key`` and what was asked for with it."""

    key: str
    fingerprint: str


class AlreadyAcceptedError(Exception):
    """The idempotency key belongs to an earlier request, ``render_id``, which asked for ``fingerprint``."""

    def __init__(self, render_id: str, fingerprint: str) -> None:
        super().__init__(render_id)
        self.render_id = render_id
        self.fingerprint = fingerprint


class RenderStore:
    def __init__(self, client: Any, *, renders: str, projects: str, accounts: AccountStore) -> None:
        self._client = client
        self._table = renders
        self._projects = projects
        self._accounts = accounts

    def add(self, render: Render, claim: IdempotencyClaim | None) -> None:
        """Debits, stores, counts on the project and claims the key, all or nothing.

        Raises ``INSUFFICIENT_CREDITS``, ``NOT_FOUND`` for a project that is not the user's, or
        ``AlreadyAcceptedError``.
        """
        debit = LedgerEntry(
            uuid7(), render.user_id, LedgerEntryType.DEBIT, -render.cost, render.created_at, render.render_id
        )
        put = {
            "TableName": self._table,
            "Item": to_attributes(_to_item(render) | _due(render.render_id, render.created_at + REDELIVERY_DELAY)),
            "ConditionExpression": "attribute_not_exists(renderId)",
        }
        actions: list[Action] = [*self._accounts.ledger_actions(debit), {"Put": put}]
        project_at = claim_at = None
        if render.order.project_id:
            project_at = len(actions)
            actions.append(projects.count_render(self._projects, render.user_id, render.order.project_id))
        if claim:
            claim_at = len(actions)
            actions.append(self._claim_key(render, claim))
        try:
            transact(self._client, actions, token=render.render_id)
        except TransactionRejectedError as rejection:
            if claim_at in rejection.rejected:
                earlier = rejection.rejected[claim_at]
                raise AlreadyAcceptedError(earlier["claimedBy"], earlier["fingerprint"]) from rejection
            if project_at in rejection.rejected:
                raise ApiError(ErrorCode.NOT_FOUND, "There is no such project.") from rejection
            available = rejection.rejected.get(0, {}).get("balance", 0)
            raise ApiError(
                ErrorCode.INSUFFICIENT_CREDITS,
                f"This render costs {render.cost} credits and you have {available}.",
                requiredCredits=render.cost,
                availableCredits=available,
            ) from rejection
        except (BotoCoreError, ClientError):
            # Only the answer may be lost. What was charged for must not be reported as refused.
            if not self._find(render.user_id, render.render_id):
                raise
        metrics.render_requested(render)

    def get(self, user_id: str, render_id: str) -> Render:
        """Another user's render is ``NOT_FOUND``: ids are not an oracle."""
        item = self._find(user_id, render_id)
        if not item:
            raise ApiError(ErrorCode.NOT_FOUND, "There is no such render.")
        return _from_item(item)

    def page(
        self, user_id: str, *, limit: int, before: str | None, filters: RenderFilters
    ) -> tuple[list[Render], str | None]:
        """Newest first, and the render id to continue ``before``, None at the end.

        A filter that matches little may end a page early with a cursor: a page reads a bounded part of the table.
        """
        found: list[Render] = []
        for _ in range(_MAX_PAGES):
            answer = self._client.query(**self._query(user_id, limit, before, filters))
            found += [_from_item(from_attributes(item)) for item in answer["Items"]]
            last = answer.get("LastEvaluatedKey")
            before = from_attributes(last)["renderId"] if last else None
            if len(found) > limit:
                return found[:limit], found[limit - 1].render_id
            if before is None:
                return found, None
        return found, before

    def claim(self, user_id: str, render_id: str, *, lease: str, until: datetime, now: datetime) -> Render | None:
        """Takes the render for one worker until ``until``; None where another holds it or it has ended."""
        try:
            return self._change(
                user_id,
                render_id,
                "SET #status = :processing, leaseId = :lease, leaseUntil = :until, dueAt = :until, "
                "startedAt = if_not_exists(startedAt, :now), progress = :zero ADD attempts :one, owes :event",
                "#status = :pending OR (#status = :processing AND leaseUntil < :now)",
                {
                    ":processing": Status.PROCESSING,
                    ":pending": Status.PENDING,
                    ":lease": lease,
                    ":until": to_iso(until),
                    ":now": to_iso(now),
                    ":zero": 0,
                    ":one": 1,
                    ":event": {EVENT_OF_STATUS[Status.PROCESSING]},
                },
            )
        except ConditionFailedError as rejection:
            # After a lost answer boto3 asks again: the lease is ours already, and the attempt counted.
            return _from_item(rejection.item) if rejection.item.get("leaseId") == lease else None

    def report_progress(self, render: Render, *, lease: str, progress: int) -> Render | None:
        """Writes the progress and reads whether cancellation was asked for; None where the lease is lost."""
        return self._update(
            render.user_id,
            render.render_id,
            "SET progress = :progress",
            "#status = :processing AND leaseId = :lease",
            {":progress": progress, ":processing": Status.PROCESSING, ":lease": lease},
        )

    def release(self, render: Render, *, lease: str, due_at: datetime) -> Render | None:
        """Back to ``pending`` for another attempt, to be rung for at ``due_at``; None where the lease is lost."""
        return self._update(
            render.user_id,
            render.render_id,
            "SET #status = :pending, dueAt = :due, owedSince = :since, progress = :zero REMOVE leaseId, leaseUntil",
            "#status = :processing AND leaseId = :lease",
            {
                ":pending": Status.PENDING,
                ":processing": Status.PROCESSING,
                ":lease": lease,
                ":due": to_iso(due_at),
                # It waits by intention until its message rings: none of that is a delay to alarm for.
                ":since": to_iso(due_at - REDELIVERY_DELAY),
                ":zero": 0,
            },
        )

    def complete(self, render: Render, *, lease: str, picture: RenderOutput, now: datetime) -> Render | None:
        """``completed`` with its picture; None where the lease is lost."""
        completed = self._update(
            render.user_id,
            render.render_id,
            "SET #status = :completed, picture = :picture, completedAt = :now, dueAt = :now, progress = :all "
            "ADD owes :event REMOVE leaseId, leaseUntil",
            "#status = :processing AND leaseId = :lease",
            {
                ":completed": Status.COMPLETED,
                ":processing": Status.PROCESSING,
                ":lease": lease,
                ":picture": {
                    "key": picture.key,
                    "thumbnailKey": picture.thumbnail_key,
                    "width": picture.width,
                    "height": picture.height,
                },
                ":now": to_iso(now),
                ":all": 100,
                ":event": {EVENT_OF_STATUS[Status.COMPLETED]},
            },
        )
        if completed:
            metrics.render_ended(completed)
        return completed

    def abandon(
        self,
        render: Render,
        status: Status,
        *,
        now: datetime,
        lease: str | None = None,
        error: str | None = None,
        error_code: str | None = None,
    ) -> Render | None:
        """Ends the render as ``failed`` or ``cancelled`` and returns its credits, in one transaction.

        With a lease: only while that worker holds it. Without: only while nobody has begun. None where neither holds.
        """
        values: Item = {":from": Status.PROCESSING if lease else Status.PENDING}
        condition = "#status = :from"
        if lease:
            condition += " AND leaseId = :lease"
            values[":lease"] = lease
        refund = LedgerEntry(uuid7(), render.user_id, LedgerEntryType.REFUND, render.cost, now, render.render_id)
        if not self._end(refund, status, condition, values, error=error, error_code=error_code):
            return None
        ended = replace(
            render,
            status=status,
            completed_at=now,
            error=error,
            error_code=error_code,
            pending_events=render.pending_events | {EVENT_OF_STATUS[status]},
        )
        metrics.render_ended(ended)
        return ended

    def charges(self, user_id: str) -> Iterator[RenderCharge]:
        """What every render of a user cost, and what became of it."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND renderId < :end",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":end": AFTER_IDS}),
            ProjectionExpression="renderId, #status, cost",
            ExpressionAttributeNames={"#status": "status"},
            ConsistentRead=True,
        )
        return (_bill(from_attributes(item)) for page in pages for item in page["Items"])

    def overdue(self, now: datetime) -> Iterator[tuple[str, str]]:
        """User id and render id of what is owed work or an announcement, oldest first."""
        return ((item["userId"], item["renderId"]) for item in due.overdue(self._client, self._table, now))

    def due_item(self, user_id: str, render_id: str) -> DueRender | None:
        """None where the render is gone, or nothing of it is owed any more."""
        item = self._find(user_id, render_id)
        if "dueAt" not in item:
            return None
        created_at, lease_until = from_iso(item["createdAt"]), _moment(item, "leaseUntil")
        return DueRender(
            user_id=user_id,
            render_id=render_id,
            status=Status(item["status"]),
            attempts=_whole(item, "attempts"),
            cost=_whole(item, "cost"),
            created_at=created_at,
            due_at=from_iso(item["dueAt"]),
            since=_moment(item, "completedAt") or lease_until or _moment(item, "owedSince") or created_at,
            lease_until=lease_until,
            cancel_requested=item.get("cancelRequested", False),
        )

    def reschedule(self, render: DueRender, *, until: datetime) -> bool:
        """False where another was quicker, and the render is theirs to see to."""
        return due.postpone(
            self._client, self._table, _key(render.user_id, render.render_id), seen=render.due_at, until=until
        )

    def stop_publishing(self, render: DueRender) -> None:
        """Takes an ended render out of the due index. What it pending_events stays written: its message has it told yet."""
        due.drop(self._client, self._table, _key(render.user_id, render.render_id), seen=render.due_at)

    def quarantine(self, user_id: str, render_id: str, *, due_by: datetime, now: datetime) -> bool:
        """Takes a render that nobody can read out of the due index; False where it was not due by ``due_by``.

        No credits move: what it cost and whether that is to be returned is in the record.
        """
        return due.quarantine(self._client, self._table, _key(user_id, render_id), due_by=due_by, now=now)

    def aside(self) -> Iterator[QuarantinedRecord]:
        """What was set aside, of all users."""
        found = due.aside(self._client, self._table)
        return (QuarantinedRecord("render", item["userId"], item["renderId"], item["setAsideAt"]) for item in found)

    def terminate(self, render: DueRender, *, error: str, error_code: str, now: datetime) -> bool:
        """Ends a render that no worker holds and returns its credits, in one transaction. False where one does.

        It is ``cancelled`` if that was asked for, else ``failed`` with the error. False also where cancellation was
        asked for since ``render`` was read: read it again.
        """
        cancelled = render.cancel_requested
        free = "(#status = :pending OR (#status = :processing AND leaseUntil < :now))"
        refund = LedgerEntry(uuid7(), render.user_id, LedgerEntryType.REFUND, render.cost, now, render.render_id)
        ended = self._end(
            refund,
            Status.CANCELLED if cancelled else Status.FAILED,
            free if cancelled else f"{free} AND attribute_not_exists(cancelRequested)",
            {":pending": Status.PENDING, ":processing": Status.PROCESSING},
            error=None if cancelled else error,
            error_code=None if cancelled else error_code,
        )
        if ended:
            metrics.render_ended(self.get(render.user_id, render.render_id))
        return ended

    def request_cancellation(self, render: Render) -> Render | None:
        """Tells the worker to stop at its next stage; None where none is at work."""
        return self._update(
            render.user_id,
            render.render_id,
            "SET cancelRequested = :yes",
            "#status = :processing",
            {":yes": True, ":processing": Status.PROCESSING},
        )

    def mark_published(self, render: Render) -> None:
        """Strikes off what was announced; an ended render that pending_events nothing leaves the due index."""
        if not render.pending_events:
            return
        ended = render.status.is_terminal
        self._update(
            render.user_id,
            render.render_id,
            "DELETE owes :told" + (" REMOVE dueAt, dueShard" if ended else ""),
            "#status = :status",
            {":told": set(render.pending_events), ":status": render.status},
        )

    def remove(self, renders: Sequence[Render]) -> None:
        """Deletes at most 25 records for good. They must have ended: nothing is refunded or announced here."""
        left: Any = {
            self._table: [{"DeleteRequest": {"Key": _key(render.user_id, render.render_id)}} for render in renders]
        }
        for pause in (*_THROTTLE_PAUSES, None):
            left = self._client.batch_write_item(RequestItems=left).get("UnprocessedItems")
            if not left:
                return
            if pause:
                time.sleep(pause)
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, "Some renders could not be deleted yet.")

    def ping(self) -> None:
        """Raises what boto3 raises when the table cannot be read."""
        self._client.get_item(TableName=self._table, Key=_key("health", "health"))

    def _find(self, user_id: str, render_id: str) -> Item:
        """Empty where there is none."""
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id, render_id), ConsistentRead=True)
        return from_attributes(answer.get("Item", {}))

    def _end(
        self,
        refund: LedgerEntry,
        status: Status,
        condition: str,
        values: Item,
        *,
        error: str | None,
        error_code: str | None,
    ) -> bool:
        """Ends the render of ``refund`` with it, all or nothing; False where ``condition`` does not hold."""
        changes = "SET #status = :to, completedAt = :now, dueAt = :now"
        values = values | {":to": status, ":now": to_iso(refund.at), ":event": {EVENT_OF_STATUS[status]}}
        if error:
            changes += ", errorMessage = :error, errorCode = :code"
            values |= {":error": error, ":code": error_code}
        ending = {
            "Update": {
                "TableName": self._table,
                "Key": _key(refund.user_id, str(refund.render_id)),
                "UpdateExpression": f"{changes} ADD owes :event REMOVE leaseId, leaseUntil",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": to_attributes(values),
            }
        }
        try:
            transact(self._client, [ending, *self._accounts.ledger_actions(refund)], token=refund.entry_id)
        except TransactionRejectedError:
            return False
        return True

    def _update(self, user_id: str, render_id: str, update: str, condition: str, values: Item) -> Render | None:
        try:
            return self._change(user_id, render_id, update, condition, values)
        except ConditionFailedError:
            return None

    def _change(self, user_id: str, render_id: str, update: str, condition: str, values: Item) -> Render:
        """As ``_update``, but raises ``ConditionFailedError`` with what it found."""
        with conditional():
            answer = update_item(
                self._client,
                TableName=self._table,
                Key=_key(user_id, render_id),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"} if "#status" in update + condition else {},
                ExpressionAttributeValues=to_attributes(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return _from_item(from_attributes(answer["Attributes"]))

    def _claim_key(self, render: Render, claim: IdempotencyClaim) -> Action:
        item = {
            "userId": render.user_id,
            "renderId": f"idem#{claim.key}",
            "claimedBy": render.render_id,
            "fingerprint": claim.fingerprint,
            "expiresAt": int((render.created_at + IDEMPOTENCY_KEY_TTL).timestamp()),
        }
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(renderId) OR expiresAt < :now",
                "ExpressionAttributeValues": to_attributes({":now": int(render.created_at.timestamp())}),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _query(self, user_id: str, limit: int, before: str | None, filters: RenderFilters) -> dict[str, Any]:
        values: Item = {":user": user_id, ":before": before or AFTER_IDS}
        conditions = []
        query: dict[str, Any] = {"TableName": self._table, "ScanIndexForward": False, "Limit": limit + 1}
        names = {}
        if filters.project_id:
            query["IndexName"] = "project"
            query["KeyConditionExpression"] = "projectId = :project AND renderId < :before"
            values[":project"] = filters.project_id
            conditions.append("userId = :user")
        else:
            query["KeyConditionExpression"] = "userId = :user AND renderId < :before"
        if filters.status:
            conditions.append("#status = :status")
            names["#status"] = "status"
            values[":status"] = filters.status
        if filters.platform:
            conditions.append("platform = :platform")
            values[":platform"] = filters.platform
        if conditions:
            query["FilterExpression"] = " AND ".join(conditions)
        if names:
            query["ExpressionAttributeNames"] = names
        return query | {"ExpressionAttributeValues": to_attributes(values)}


def _key(user_id: str, render_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "renderId": render_id})


def _due(render_id: str, due_at: datetime) -> Item:
    return {"dueShard": due.shard_of(render_id), "dueAt": to_iso(due_at)}


def _to_item(render: Render) -> Item:
    order = render.order
    return {
        "userId": render.user_id,
        "renderId": render.render_id,
        "projectId": order.project_id,
        "status": render.status,
        "progress": render.progress,
        "attempts": render.attempts,
        "cost": render.cost,
        "captureKey": render.capture_key,
        "depthKey": render.depth_key,
        "materialIdKey": render.material_id_key,
        "platform": render.platform,
        "pluginVersion": render.plugin_version,
        "agent": render.agent,
        "createdAt": to_iso(render.created_at),
        "order": {
            "style": order.style,
            "quality": order.quality,
            "aspectRatio": order.aspect_ratio,
            "prompt": order.prompt,
            "negativePrompt": order.negative_prompt,
            "seed": order.seed,
            "structureStrength": order.structure_strength,
            "outputFormat": order.output_format,
            "engine": order.engine,
            "model": order.model,
            "callbackUrl": order.callback_url,
            # As text: DynamoDB knows fewer numbers than JSON.
            "metadata": json.dumps(order.metadata),
        },
    }


def _from_item(item: Item) -> Render:
    order = item["order"]
    picture = item.get("picture")
    return Render(
        render_id=item["renderId"],
        user_id=item["userId"],
        order=Order(
            style=Style(order["style"]),
            quality=Quality(order["quality"]),
            aspect_ratio=AspectRatio(order["aspectRatio"]),
            prompt=order["prompt"],
            negative_prompt=order["negativePrompt"],
            seed=order["seed"],
            structure_strength=order["structureStrength"],
            output_format=OutputFormat(order["outputFormat"]),
            engine=order["engine"],
            model=order.get("model", ""),
            project_id=item.get("projectId"),
            callback_url=order["callbackUrl"],
            metadata=json.loads(order["metadata"]),
        ),
        cost=item["cost"],
        capture_key=item["captureKey"],
        platform=item["platform"],
        plugin_version=item.get("pluginVersion"),
        agent=item.get("agent", ""),
        created_at=from_iso(item["createdAt"]),
        status=Status(item["status"]),
        progress=item["progress"],
        attempts=item["attempts"],
        started_at=_moment(item, "startedAt"),
        completed_at=_moment(item, "completedAt"),
        picture=RenderOutput(picture["key"], picture["thumbnailKey"], picture["width"], picture["height"])
        if picture
        else None,
        error=item.get("errorMessage"),
        error_code=item.get("errorCode"),
        cancel_requested=item.get("cancelRequested", False),
        pending_events=frozenset(item.get("owes", ())),
        depth_key=item.get("depthKey"),
        material_id_key=item.get("materialIdKey"),
    )


def _whole(item: Item, name: str) -> int:
    number = item[name]
    if not isinstance(number, int):
        raise TypeError(f"{name} is no whole number")
    return number


def _bill(item: Item) -> RenderCharge:
    """The books must be read to their end: a record that is not understood is said to be so."""
    try:
        return RenderCharge(item["renderId"], Status(item["status"]), _whole(item, "cost"))
    except (KeyError, TypeError, ValueError):
        return RenderCharge(item["renderId"], None, None)


def _moment(item: Item, name: str) -> datetime | None:
    return from_iso(item[name]) if name in item else None
