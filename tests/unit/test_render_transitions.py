"""The table of a render's transitions agrees with the statuses, the events and the refunds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from renderiq.domain.render_transitions import CLAIM, TRANSITIONS, Transition
from renderiq.domain.renders import Status
from renderiq.stores.renders.transitions import expressions


@pytest.mark.parametrize("status", Status)
def test_a_status_is_terminal_if_no_transition_starts_from_it(status: Status) -> None:
    assert status.is_terminal == (not any(status in transition.sources for transition in TRANSITIONS))


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_credits_are_returned_exactly_if_a_render_ends_without_output(transition: Transition) -> None:
    assert transition.refunds == (transition.target in {Status.FAILED, Status.CANCELLED})


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_the_event_is_that_of_the_new_status(transition: Transition) -> None:
    expected = None if transition.target is Status.PENDING else f"render.{transition.target}"

    assert transition.event == expected


def test_a_render_can_be_claimed_if_it_is_pending_or_its_lease_has_expired() -> None:
    request = expressions(CLAIM, now=datetime(2026, 5, 1, tzinfo=UTC), values={})

    assert request["ConditionExpression"] == (
        "(#status = :from_pending) OR (#status = :from_processing AND leaseUntil < :now)"
    )
