"""Renders over the API's handlers, and render workers that use an engine of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from renderiq.domain.renders import Order
from renderiq.domain.retention import Retention
from renderiq.engines import Engine
from renderiq.errors import ApiError
from renderiq.platform import Client
from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.services.renders import Capture
from renderiq.settings import settings
from tests.support import pictures, wiring
from tests.support.accounts import User
from tests.support.aws import AwsEnvironment
from tests.support.clock import LEASE
from tests.support.forms import multipart
from tests.support.http import Response, call
from tests.support.orders import order

CAPTURE: Final = pictures.png()
_SMALL_CAPTURE: Final = pictures.png(64, 64)


def post_render(
    user: User,
    fields: Mapping[str, str] | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Requests a render of ``CAPTURE`` in standard quality, as a multipart form with these fields and files."""
    body, kind = multipart({"quality": "standard", **(fields or {})}, files or {"uploadedImageData": CAPTURE})
    sent = {**user.headers, "content-type": kind, **(headers or {})}
    return call("renders", "POST", "/renders", body=body, headers=sent)


def request_render(user: User, idempotency_key: str | None = None, wanted: Order | None = None) -> str:
    """Requests a render from the service, without HTTP. Returns its id or the name of the error code."""
    now = datetime.now(UTC)
    try:
        render = wiring.render_service().create(
            user.user_id,
            wanted or order(),
            Capture(_SMALL_CAPTURE),
            idempotency_key=idempotency_key,
            client=Client(),
            retention=Retention(),
            now=now,
        )
    except ApiError as error:
        return error.code.name
    return render.render_id


def accept_render(aws: AwsEnvironment, user: User) -> RenderJob:
    """Requests a render and takes its message out of the queue, so that no worker gets it."""
    render_id = post_render(user).data["renderId"]
    aws.messages(settings().render_queue_url)
    return RenderJob(user.user_id, render_id)


def render_worker(
    engine: Engine, *, late: timedelta = timedelta(), monotonic: Callable[[], float] | None = None
) -> RenderWorker:
    """Returns a worker that renders everything with ``engine`` and whose clock is ``late``.

    Unless ``monotonic`` says otherwise, a second has gone by whenever the engine reports or asks for something.
    """
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=lambda _name: engine,
        style=wiring.style_registry().get,
        consents=wiring.consent_service(),
        clock=lambda: wiring.time_source()() + late,
        lease=LEASE,
        monotonic=monotonic or itertools.count().__next__,
    )
