"""The table of a render's transitions agrees with the statuses, the events and the refunds."""

from __future__ import annotations

from datetime import UTC, datetime

from renderiq.domain.render_transitions import CLAIM
from renderiq.stores.renders.transitions import expressions


def test_a_render_can_be_claimed_if_it_is_pending_or_its_lease_has_expired() -> None:
    request = expressions(CLAIM, now=datetime(2026, 5, 1, tzinfo=UTC), values={})

    assert request["ConditionExpression"] == (
        "(#status = :from_pending) OR (#status = :from_processing AND leaseUntil < :now)"
    )
