"""The table of a render's transitions agrees with the statuses, the events and the refunds."""

from __future__ import annotations

import pytest

from renderiq.domain.render_transitions import (
    CANCEL_PENDING,
    CANCEL_PROCESSING,
    TERMINATE_AS_CANCELLED,
    TERMINATE_AS_FAILED,
    TRANSITIONS,
    Lease,
    Transition,
    cancellation,
    termination,
)
from renderiq.domain.renders import Status


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


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_a_pending_render_has_no_lease_that_could_be_held(transition: Transition) -> None:
    assert transition.lease is Lease.NOT_HELD or transition.sources == (Status.PROCESSING,)


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_only_a_failure_by_the_sweeper_gives_way_to_a_cancellation(transition: Transition) -> None:
    assert transition.unless_cancellation_requested == (transition is TERMINATE_AS_FAILED)


def test_who_cancels_depends_on_the_lease() -> None:
    assert cancellation(has_lease=True) is CANCEL_PROCESSING
    assert cancellation(has_lease=False) is CANCEL_PENDING


def test_the_sweeper_cancels_what_the_user_wanted_cancelled() -> None:
    assert termination(cancel_requested=True) is TERMINATE_AS_CANCELLED
    assert termination(cancel_requested=False) is TERMINATE_AS_FAILED
