"""Writing renders to DynamoDB.

A change of status is conditional on the status from which it starts. One that ends a render without output returns its
credits in the same transaction.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from renderiq.clock import to_iso
from renderiq.domain.credits import LedgerEntry, LedgerEntryType, Slots, Spender, is_member
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.recovery import DueRender
from renderiq.domain.render_transitions import (
    CLAIM,
    COMPLETE,
    FAIL,
    HAND_OVER,
    RELEASE,
    Transition,
    cancellation,
    termination,
)
from renderiq.domain.renders import REDELIVERY_DELAY, TRACED_PROGRESS, Render, RenderOutput, Status, Structure
from renderiq.domain.retention import Retention
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.ids import uuid7
from renderiq.stores import projects
from renderiq.stores.accounts import AccountStore
from renderiq.stores.due_index import due_attributes
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    batch_write,
    conditional,
    from_attributes,
    to_attributes,
    transact,
    try_transact,
    update_item,
)
from renderiq.stores.memberships import spending_action
from renderiq.stores.renders.items import from_item, key, output_item, record_end, structure_item, to_item
from renderiq.stores.renders.reads import WAITING, RenderReader
from renderiq.stores.renders.transitions import expressions

_MAX_ATTEMPTS: Final = 20


class InsufficientCreditsError(Exception):
    """The account has only ``available`` credits; or, if it ``is_capped``, that much is left of a member's cap."""

    def __init__(self, available: int, *, is_capped: bool = False) -> None:
        super().__init__(f"{available} credits")
        self.available = available
        self.is_capped = is_capped


class _SlotsChangedError(Exception):
    """Whether an order has to wait has changed since it was decided."""


class RenderStore(RenderReader):
    """Reads and writes renders."""

    def __init__(
        self, client: Any, *, renders: str, projects: str, accounts: AccountStore, organizations: str = ""
    ) -> None:
        super().__init__(client, renders=renders)
        self._projects = projects
        self._accounts = accounts
        self._organizations = organizations

    def add(
        self,
        renders: Sequence[Render],
        claim: IdempotencyClaim | None,
        *,
        uses: Sequence[Action] = (),
        spender: Spender | None = None,
    ) -> list[Render]:
        """Debits the account, stores the renders, counts them on their project and claims the idempotency key.

        All of it is one transaction, with ``uses``: the actions of ``UploadStore.count_use``. The renders are of one
        order; the key is claimed by the first. For an organisation, the cost is also added to what the ``spender`` has
        spent. Raises ``InsufficientCreditsError``, ``AlreadyAcceptedError``, ``NOT_FOUND`` if the user has no such
        project or an upload is not there any more, ``INSUFFICIENT_PERMISSIONS`` if the member has left, or
        ``INVALID_TOKEN`` if the account is closed or gone.

        Returns the renders. Those of an organisation that has no free slots for them wait. Whether there are free slots
        is a condition of the transaction, so that it is repeated if that has changed meanwhile.
        """
        slots = Slots.TAKE if spender else None
        for attempt in range(_MAX_ATTEMPTS):
            waiting = [replace(each, waits=slots is Slots.WAIT) for each in renders]
            try:
                return self._add(waiting, claim, uses, spender, slots, token=uuid7() if attempt else None)
            except _SlotsChangedError:
                slots = Slots.TAKE if slots is Slots.WAIT else Slots.WAIT
                time.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311 (jitter)
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def _add(
        self,
        renders: Sequence[Render],
        claim: IdempotencyClaim | None,
        uses: Sequence[Action],
        spender: Spender | None,
        slots: Slots | None,
        *,
        token: str | None,
    ) -> list[Render]:
        """Makes the transaction of ``add``. Raises also ``_SlotsChangedError``."""
        first = renders[0]
        actions: list[Action] = self._accounts.ledger_actions(*map(_debit, renders), slots=slots)
        actions += [self._put(render) for render in renders]
        actions += [self._put_waiting(render) for render in renders if render.waits]
        project_at = claim_at = member_at = None
        if spender and spender.is_member:
            member_at = len(actions)
            actions.append(
                spending_action(self._organizations, _debit(first), spender, sum(render.cost for render in renders))
            )
        if first.order.project_id:
            project_at = len(actions)
            actions.append(projects.count_renders(self._projects, first.user_id, first.order.project_id, len(renders)))
        if claim:
            claim_at = len(actions)
            actions.append(
                claim_action(
                    self._table,
                    {"userId": first.user_id, "renderId": f"idem#{claim.key}"},
                    claim,
                    claimed_by=first.render_id,
                    key_attribute="renderId",
                    now=first.created_at,
                )
            )
        uses_at = range(len(actions), len(actions) + len(uses))
        actions += uses
        try:
            transact(self._client, actions, token=token or first.render_id)
        except TransactionRejectedError as rejection:
            if claim_at in rejection.rejected:
                raise AlreadyAcceptedError.of(rejection.rejected[claim_at]) from rejection
            if project_at in rejection.rejected:
                raise not_found("project") from rejection
            if rejection.rejected.keys() & set(uses_at):
                raise not_found("upload") from rejection
            if member_at in rejection.rejected and spender:
                raise _refusal(rejection.rejected[member_at], spender, first.created_at) from rejection
            account = rejection.rejected.get(0)
            if account is None:  # the account would have paid: a render or a ledger entry of this id exists already
                raise
            if not account or "closedAt" in account:
                raise ApiError(ErrorCode.INVALID_TOKEN, "The account was deleted.") from rejection
            balance = account["balance"]
            if slots and balance >= sum(render.cost for render in renders):
                raise _SlotsChangedError from rejection
            raise InsufficientCreditsError(balance) from rejection
        except (BotoCoreError, ClientError):
            # The transaction may have succeeded and only its response be lost. A paid render must not be rejected.
            if not self._find(first.user_id, first.render_id):
                raise
        return list(renders)

    def start_next(self, organization_id: str) -> Render | None:
        """Gives a free slot of an organisation to the render that has waited longest, and returns it.

        Returns None if no slot is free or no render waits.
        """
        for _ in range(_MAX_ATTEMPTS):
            render_id = self.waiting_id(organization_id)
            if render_id is None:
                return None
            update = {
                "TableName": self._table,
                "Key": key(organization_id, render_id),
                "UpdateExpression": "REMOVE waits",
                "ConditionExpression": "#status = :pending AND attribute_exists(waits)",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": to_attributes({":pending": Status.PENDING}),
            }
            actions = [
                self._accounts.start_action(organization_id),
                {"Update": update},
                self._delete_waiting(organization_id, render_id),
            ]
            try:
                transact(self._client, actions, token=uuid7())
            except TransactionRejectedError as rejection:
                if 0 in rejection.rejected:
                    return None
                continue  # another process has started it, or it was cancelled
            return self.get(organization_id, render_id)
        return None

    def claim(self, user_id: str, render_id: str, *, lease: str, until: datetime, now: datetime) -> Render | None:
        """Gives a worker the lease of the render until ``until``, and counts an attempt.

        Returns None if another worker holds the lease or the render has ended.
        """
        try:
            return self._change(
                user_id,
                render_id,
                expressions(
                    CLAIM,
                    now=now,
                    values={"leaseId": lease, "leaseUntil": to_iso(until), "dueAt": to_iso(until)},
                    resumed_values={"progress": ("startProgress", 0)},
                    initial_values={"startedAt": to_iso(now)},
                    increments={"attempts": 1},
                ),
            )
        except ConditionFailedError as rejection:
            # boto3 repeats a request whose response was lost. Then this worker has the lease and its attempt counts.
            return from_item(rejection.item) if rejection.item.get("leaseId") == lease else None

    def report_progress(self, render: Render, *, lease: str, progress: int) -> Render | None:
        """Writes the progress, 0 to 100. Returns the render, or None if the lease is lost.

        The returned render tells whether its cancellation was requested.
        """
        return self._update(
            render,
            "SET progress = :progress",
            "#status = :processing AND leaseId = :lease",
            {":progress": progress, ":processing": Status.PROCESSING, ":lease": lease},
        )

    def release(self, render: Render, *, lease: str, due_at: datetime) -> Render | None:
        """Gives the render back for another attempt, and its lease up. Returns None if the lease is lost.

        The sweeper sends its message again at ``due_at``.
        """
        values = {
            "dueAt": to_iso(due_at),
            # The pause before the next attempt is planned, so it does not count as a delay to raise an alarm for.
            "owedSince": to_iso(due_at - REDELIVERY_DELAY),
            "progress": 0,
        }
        return self._make_transition(render, RELEASE, lease, values)

    def hand_over(
        self,
        render: Render,
        *,
        lease: str,
        now: datetime,
        structure: Structure | None = None,
        is_large: bool = False,
        attempts: int = 0,
    ) -> Render | None:
        """Gives the render to another worker. Returns None if the lease is lost.

        ``attempts`` are those that the other worker has made. ``structure`` is what the path tracer made for the
        render's engine. ``is_large`` says that its model is too large for a Lambda function.
        """
        values = {
            "structure": structure_item(structure) if structure else None,
            "startProgress": TRACED_PROGRESS if structure else None,
            "isLarge": True if is_large else None,
            "attempts": attempts,
            "progress": TRACED_PROGRESS if structure or render.structure else 0,
            "dueAt": to_iso(now + REDELIVERY_DELAY),
            "owedSince": to_iso(now),
        }
        return self._make_transition(render, HAND_OVER, lease, values)

    def complete(self, render: Render, *, lease: str, output: RenderOutput, now: datetime) -> Render | None:
        """Ends the render as ``completed``. Returns it as it is then, None if the lease is lost or the render is gone.

        The slot of an organisation is free then, in the same transaction.
        """
        values = {
            "picture": output_item(output),
            "completedAt": to_iso(now),
            "dueAt": to_iso(now),
            "progress": 100,
        }
        if render.created_by is None:
            return self._make_transition(render, COMPLETE, lease, values)
        update = {
            "TableName": self._table,
            "Key": key(render.user_id, render.render_id),
            **expressions(COMPLETE, lease=lease, pending_events=render.pending_events, values=values),
        }
        try:
            actions = [{"Update": update}, self._accounts.slots_action(render.user_id, 1)]
            transact(self._client, actions, token=uuid7())
        except TransactionRejectedError:
            return None
        # A transaction does not return what it has written, and the retention may be another one meanwhile.
        item = self._find(render.user_id, render.render_id)
        return from_item(item) if item else None

    def fail(self, render: Render, *, lease: str, error: str, error_code: str, now: datetime) -> Render | None:
        """Ends the render as ``failed`` and returns its credits. Returns None if the lease is lost.

        ``error`` is a sentence for the user.
        """
        return self._end(render, FAIL, lease, now=now, error=error, error_code=error_code)

    def cancel(self, render: Render, *, lease: str | None = None, now: datetime) -> Render | None:
        """Ends the render as ``cancelled`` and returns its credits.

        With a lease, returns None if the lease is lost. Without one, only a pending render can be cancelled; returns
        None if it is not pending any more.
        """
        return self._end(render, cancellation(has_lease=lease is not None), lease, now=now)

    def terminate(self, render: DueRender, *, error: str, error_code: str, now: datetime) -> bool:
        """Ends a render that no worker holds, and returns its credits.

        The render is ``cancelled`` if ``render`` says that cancellation was requested, and otherwise ``failed`` with
        the error. Returns False if a worker holds it, if it has ended, or if cancellation was requested after
        ``render`` was read.
        """
        transition = termination(cancel_requested=render.cancel_requested)
        failed = transition.target is Status.FAILED
        return self._write_end(
            _refund(render, now),
            transition,
            render,
            lease=None,
            pending_events=None,
            error=error if failed else None,
            error_code=error_code if failed else None,
        )

    def request_cancellation(self, render: Render) -> Render | None:
        """Asks the worker to stop, which it does within seconds. Returns None if the render is not ``processing``."""
        return self._update(
            render,
            "SET cancelRequested = :yes",
            "#status = :processing",
            {":yes": True, ":processing": Status.PROCESSING},
        )

    def set_retention(self, render: Render, retention: Retention, *, now: datetime) -> Render | None:
        """Changes how long the images and the record are kept. Returns the render as it is now, None if it is gone."""
        end = record_end(retention.renders, render.created_at, now)
        values = {":captures": retention.captures, ":renders": retention.renders, ":end": end}
        last = "SET captureRetention = :captures, retention = :renders"
        try:
            return self._change(
                render.user_id,
                render.render_id,
                {
                    "UpdateExpression": f"{last}, expiresAt = :end" if end else f"{last} REMOVE expiresAt",
                    "ConditionExpression": "attribute_exists(renderId)",
                    "ExpressionAttributeValues": to_attributes(values),
                },
            )
        except ConditionFailedError:
            return None

    def mark_published(self, render: Render) -> None:
        """Removes the pending events that ``render``, which has ended, has. The render then leaves the due index."""
        if not render.pending_events:
            return
        self._update(
            render,
            "DELETE owes :published REMOVE dueAt, dueShard",
            "#status = :status",
            {":published": set(render.pending_events), ":status": render.status},
        )

    def remove(self, renders: Sequence[Render]) -> None:
        """Deletes at most 25 records. The renders must have ended and their events be published.

        Raises ``SERVICE_UNAVAILABLE`` if DynamoDB did not delete all of them.
        """
        keys = [key(render.user_id, render.render_id) for render in renders]
        batch_write(self._client, self._table, [{"DeleteRequest": {"Key": each}} for each in keys])

    def _put(self, render: Render) -> Action:
        due = due_attributes(render.render_id, render.created_at + REDELIVERY_DELAY)
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(to_item(render) | due),
                "ConditionExpression": "attribute_not_exists(renderId)",
            }
        }

    def _put_waiting(self, render: Render) -> Action:
        item = {"userId": render.user_id, "renderId": f"{WAITING}{render.render_id}"}
        return {"Put": {"TableName": self._table, "Item": to_attributes(item)}}

    def _delete_waiting(self, organization_id: str, render_id: str) -> Action:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": key(organization_id, f"{WAITING}{render_id}"),
                "ConditionExpression": "attribute_exists(renderId)",
            }
        }

    def _end(
        self,
        render: Render,
        transition: Transition,
        lease: str | None,
        *,
        now: datetime,
        error: str | None = None,
        error_code: str | None = None,
    ) -> Render | None:
        refund = _refund(render, now)
        pending = render.pending_events if lease else None
        if not self._write_end(
            refund, transition, render, lease=lease, pending_events=pending, error=error, error_code=error_code
        ):
            return None
        # A transaction does not return the item.
        events: set[str] = {transition.event} if transition.event else set()
        return replace(
            render,
            status=transition.target,
            completed_at=now,
            error=error,
            error_code=error_code,
            pending_events=render.pending_events | events,
            waits=False,
        )

    def _write_end(
        self,
        refund: LedgerEntry,
        transition: Transition,
        render: Render | DueRender,
        *,
        lease: str | None,
        pending_events: frozenset[str] | None,
        error: str | None,
        error_code: str | None,
    ) -> bool:
        """Makes the transition and books the refund in one transaction. Returns False if it is not allowed."""
        ended_at = to_iso(refund.at)
        values = {"completedAt": ended_at, "dueAt": ended_at, "errorMessage": error, "errorCode": error_code}
        update = {
            "TableName": self._table,
            "Key": key(refund.user_id, str(refund.render_id)),
            **expressions(transition, lease=lease, now=refund.at, pending_events=pending_events, values=values),
        }
        credits_back = self._refund_actions(refund, waits=render.waits) if transition.refunds else []
        if render.created_by:
            exists = "exists" if render.waits else "not_exists"
            update["UpdateExpression"] += ", waits"  # ``expressions`` ends with what an ended render has no more
            condition = update["ConditionExpression"]
            # DynamoDB rejects parentheses that are not needed.
            condition = f"({condition})" if " OR " in condition else condition
            update["ConditionExpression"] = f"{condition} AND attribute_{exists}(waits)"
        if render.waits:
            credits_back.append(self._delete_waiting(refund.user_id, str(refund.render_id)))
        return try_transact(self._client, [{"Update": update}, *credits_back], token=refund.entry_id)

    def _refund_actions(self, refund: LedgerEntry, *, waits: bool) -> list[Action]:
        slots = (Slots.LEAVE if waits else Slots.FREE) if refund.created_by else None
        actions = self._accounts.ledger_actions(refund, slots=slots)
        if is_member(refund.created_by):
            actions.append(spending_action(self._organizations, refund, None, -refund.amount))
        return actions

    def _make_transition(self, render: Render, transition: Transition, lease: str, values: Item) -> Render | None:
        try:
            changes = expressions(transition, lease=lease, pending_events=render.pending_events, values=values)
            return self._change(render.user_id, render.render_id, changes)
        except ConditionFailedError:
            return None

    def _update(self, render: Render, update: str, condition: str, values: Item) -> Render | None:
        try:
            return self._change(
                render.user_id,
                render.render_id,
                {
                    "UpdateExpression": update,
                    "ConditionExpression": condition,
                    "ExpressionAttributeNames": {"#status": "status"},
                    "ExpressionAttributeValues": to_attributes(values),
                },
            )
        except ConditionFailedError:
            return None

    def _change(self, user_id: str, render_id: str, changes: dict[str, Any]) -> Render:
        """Raises ``ConditionFailedError`` with the item that was found."""
        with conditional():
            response = update_item(
                self._client,
                TableName=self._table,
                Key=key(user_id, render_id),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **changes,
            )
        return from_item(from_attributes(response["Attributes"]))


def _debit(render: Render) -> LedgerEntry:
    return LedgerEntry(
        uuid7(),
        render.user_id,
        LedgerEntryType.DEBIT,
        -render.cost,
        render.created_at,
        render.render_id,
        render.created_by,
    )


def _refund(render: Render | DueRender, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        uuid7(), render.user_id, LedgerEntryType.REFUND, render.cost, now, render.render_id, render.created_by
    )


def _refusal(member: Item, spender: Spender, now: datetime) -> Exception:
    """Returns why a member may not spend: the membership has ended, or too little is left of the cap."""
    if "role" not in member or spender.monthly_cap is None:
        return ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, "You are not a member of this organization.")
    left = spender.monthly_cap - member.get(f"spent_{now:%Y%m}", 0)
    return InsufficientCreditsError(max(0, left), is_capped=True)
