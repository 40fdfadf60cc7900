"""Translates the transitions of the domain to DynamoDB expressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renderiq.clock import to_iso
from renderiq.domain.render_transitions import Lease, Transition
from renderiq.domain.renders import Status
from renderiq.stores.items import Item, to_attributes


def expressions(
    transition: Transition,
    *,
    lease: str | None = None,
    now: datetime | None = None,
    pending_events: frozenset[str] | None = None,
    values: Mapping[str, Any],
    initial_values: Mapping[str, Any] | None = None,
    increments: Mapping[str, int] | None = None,
    resumed_values: Mapping[str, tuple[str, Any]] | None = None,
) -> dict[str, Any]:
    """Returns the expressions of the ``UpdateItem`` that makes a transition, and their names and values.

    ``lease`` is needed for a transition by the worker that holds it, and ``now`` for one that requires that no lease
    is held. ``pending_events`` are those that are not yet published: they replace the stored ones, which only the
    holder of the lease may do. ``values`` are set; those that are None are left out. ``initial_values`` are set if the
    attribute does not exist. ``increments`` are added. ``resumed_values`` maps an attribute to another whose value it
    takes, and to its value if there is no other.
    """
    changes = {name: value for name, value in values.items() if value is not None}
    initial, increments = initial_values or {}, increments or {}
    condition, bound = _condition(transition, lease, now)
    sets = ["#status = :status", *(f"{name} = :{name}" for name in changes)]
    sets += [f"{name} = if_not_exists({name}, :{name})" for name in initial]
    resumed = resumed_values or {}
    sets += [f"{name} = if_not_exists({other}, :{name})" for name, (other, _) in resumed.items()]
    adds = [f"{name} :{name}" for name in increments]
    bound |= {":status": transition.target}
    bound |= {f":{name}": value for name, value in {**changes, **initial, **increments}.items()}
    bound |= {f":{name}": value for name, (_, value) in resumed.items()}
    removes = ["leaseId", "leaseUntil"] if transition.target is not Status.PROCESSING else []
    events = {*(pending_events or ()), *([transition.event] if transition.event else [])}
    if events:
        bound[":events"] = events
        sets += ["owes = :events"] if pending_events is not None else []
        adds += ["owes :events"] if pending_events is None else []
    elif pending_events is not None:
        removes.append("owes")
    update = f"SET {', '.join(sets)}"
    update += f" ADD {', '.join(adds)}" if adds else ""
    update += f" REMOVE {', '.join(removes)}" if removes else ""
    return {
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": to_attributes(bound),
    }


def _condition(transition: Transition, lease: str | None, now: datetime | None) -> tuple[str, Item]:
    """Returns the condition under which the transition is allowed, and the values that it uses."""
    alternatives, values = [], Item()
    for source in transition.sources:
        values[f":from_{source}"] = source
        alternative = f"#status = :from_{source}"
        if source is Status.PROCESSING and transition.lease is Lease.HELD:
            alternative += " AND leaseId = :lease"
            values[":lease"] = lease
        elif source is Status.PROCESSING:
            alternative += " AND leaseUntil < :now"
            values[":now"] = to_iso(now) if now else None
        alternatives.append(f"({alternative})")
    condition = " OR ".join(alternatives)
    if transition.unless_cancellation_requested:
        condition = f"({condition}) AND attribute_not_exists(cancelRequested)"
    return condition, values
