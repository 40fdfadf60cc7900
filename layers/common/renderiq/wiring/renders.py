"""Renders."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from renderiq.services.renders import RenderService
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.callbacks import callback_secret
from renderiq.wiring.file_links import file_links
from renderiq.wiring.images import images
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.upload_store import uploads
from renderiq.wiring.waiting import waiter

if TYPE_CHECKING:
    from renderiq.services.consents import ConsentService
    from renderiq.services.event_publisher import EventPublisher


@cache
def render_service() -> RenderService:
    """Returns the service that creates, reads and cancels renders."""
    return RenderService(
        renders=renders(),
        images=images(),
        uploads=uploads(),
        links=file_links(),
        queue=render_queue(),
        publisher=_event_publisher,
        callback_secret=callback_secret,
        policy=address_policy(),
        resolve=name_resolver(),
        waiter=waiter(),
        consents=_consent_service,
    )


def _event_publisher() -> EventPublisher:
    # Not at the top: creating a render publishes nothing, and webhooks are a large part of the domain.
    from renderiq.wiring.events import event_publisher

    return event_publisher()


def _consent_service() -> ConsentService:
    # Not at the top: most requests need no consent.
    from renderiq.wiring.consents import consent_service

    return consent_service()
