"""Creating, reading and cancelling renders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from renderiq import captures, metrics
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.renders import Order, Render, RenderFilters, Status, fingerprint
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.platform import Client
from renderiq.queues import Queue, RenderJob
from renderiq.services.file_links import FileLinks
from renderiq.services.url_checks import check_url
from renderiq.services.waiting import Waiter
from renderiq.stores.idempotency import AlreadyAcceptedError
from renderiq.stores.images import (
    ImageStore,
    ImageTooLargeError,
    capture_key,
    depth_key,
    is_image_of,
    material_id_key,
    normal_key,
)
from renderiq.stores.renders import InsufficientCreditsError, RenderStore

if TYPE_CHECKING:
    from renderiq.services.event_publisher import EventPublisher

_MAX_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class GuideImage:
    """A further image of the same view, sent as form field ``field``: depth, material ids or normals."""

    field: str
    data: bytes
    declared_type: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """The viewport capture to render from: its bytes, or a link to an image that the user stored here earlier.

    ``depth``, ``material_ids`` and ``normals`` are guides for the engines that can use them.
    """

    data: bytes | None = None
    link: str | None = None
    declared_type: str | None = None
    depth: GuideImage | None = None
    material_ids: GuideImage | None = None
    normals: GuideImage | None = None
    is_stored: bool = False
    """Whether the images were stored here already. They may be larger than those of a request then."""

    @property
    def guides(self) -> list[GuideImage]:
        """The guides that were sent, in the order of ``Render.input_keys``."""
        return [guide for guide in (self.depth, self.material_ids, self.normals) if guide]


@dataclass(frozen=True, slots=True)
class RenderService:
    """Creates, reads and cancels the renders of a user.

    ``callback_secret`` returns the secret that signs the callbacks of a user. ``publisher`` returns the publisher of
    events, which only a cancellation needs.
    """

    renders: RenderStore
    images: ImageStore
    links: FileLinks
    queue: Queue
    publisher: Callable[[], EventPublisher]
    callback_secret: Callable[[str], str]
    policy: AddressPolicy
    resolve: Resolve
    waiter: Waiter

    def create(
        self,
        user_id: str,
        order: Order,
        capture: Capture,
        *,
        idempotency_key: str | None,
        client: Client,
        now: datetime,
    ) -> Render:
        """Creates one render, as ``create_all`` does."""
        return self.create_all(
            user_id, order, capture, count=1, idempotency_key=idempotency_key, client=client, now=now
        )[0]

    def create_all(
        self,
        user_id: str,
        order: Order,
        capture: Capture,
        *,
        count: int,
        idempotency_key: str | None,
        client: Client,
        now: datetime,
    ) -> list[Render]:
        """Fits the order to the capture, stores both, debits the credits, and enqueues the jobs of ``count`` renders.

        The renders differ in their seed. They are accepted together or not at all. A repeated request with the same
        idempotency key returns the renders of the first one. Raises the errors of ``captures.check``,
        ``INSUFFICIENT_CREDITS``, ``NOT_FOUND`` for a project, ``INVALID_INPUT`` for a link or a callback URL that may
        not be used, ``SERVICE_UNAVAILABLE`` if its host cannot be looked up now, and ``IDEMPOTENCY_KEY_REUSED``.
        Nothing is charged or stored if an error is raised.
        """
        if order.callback_url:
            url = check_url(order.callback_url, "callback_url", policy=self.policy, resolve=self.resolve)
            order = replace(order, callback_url=url)
        image, content_type = self._read_capture(user_id, capture)
        order = order.fitted_to(captures.size(image))
        guide_types = [_guide_type(guide, image) for guide in capture.guides]
        render_ids = sorted(uuid7() for _ in range(count))
        renders = [
            Render(
                render_id=render_id,
                user_id=user_id,
                order=variant,
                cost=variant.cost,
                capture_key=capture_key(user_id, render_id),
                depth_key=depth_key(user_id, render_id) if capture.depth else None,
                material_id_key=material_id_key(user_id, render_id) if capture.material_ids else None,
                normal_key=normal_key(user_id, render_id) if capture.normals else None,
                platform=client.platform,
                plugin_version=client.plugin_version,
                agent=client.agent,
                created_at=now,
                batch=tuple(render_ids) if count > 1 else (),
            )
            for render_id, variant in zip(render_ids, order.variants(count), strict=True)
        ]
        guide_bytes = {guide.field: guide.data for guide in capture.guides}
        asked = fingerprint(order, image, guide_bytes, count=count)
        claim = IdempotencyClaim(idempotency_key, asked) if idempotency_key else None
        inputs = [(image, content_type), *zip(guide_bytes.values(), guide_types, strict=True)]
        # Each render has copies of its own, because each is deleted by itself.
        for render in renders:
            for key, (data, input_type) in zip(render.input_keys, inputs, strict=True):
                self.images.put(key, data, input_type)
        try:
            self.renders.add(renders, claim)
        except AlreadyAcceptedError as earlier:
            self._delete_inputs(renders)
            return self._accepted_before(user_id, earlier.check(claim))
        except InsufficientCreditsError as error:
            self._delete_inputs(renders)
            cost = sum(render.cost for render in renders)
            raise ApiError(
                ErrorCode.INSUFFICIENT_CREDITS,
                f"{'This render costs' if count == 1 else f'These {count} renders cost'} {cost} credits "
                f"and you have {error.available}.",
                requiredCredits=cost,
                availableCredits=error.available,
            ) from error
        except ApiError:
            self._delete_inputs(renders)
            raise
        for render in renders:
            metrics.render_requested(render)
            self.queue.enqueue(RenderJob(user_id, render.render_id))
        return renders

    def repeat(
        self,
        earlier: Render,
        order: Order,
        *,
        count: int,
        idempotency_key: str | None,
        client: Client,
        now: datetime,
    ) -> list[Render]:
        """Creates renders of an order from the stored images of an earlier render, as ``create_all`` does.

        Raises also ``RESOURCE_CONFLICT`` if the capture is no longer stored.
        """
        guide_keys = {
            "depthImage": earlier.depth_key,
            "materialIdImage": earlier.material_id_key,
            "normalImage": earlier.normal_key,
        }
        try:
            depth, material_ids, normals = (
                GuideImage(field, self._fetch(key)) if key else None for field, key in guide_keys.items()
            )
            image = self._fetch(earlier.capture_key)
        except ApiError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT, "The capture of this render is no longer stored. Send it again."
            ) from error
        return self.create_all(
            earlier.user_id,
            order,
            Capture(image, depth=depth, material_ids=material_ids, normals=normals, is_stored=True),
            count=count,
            idempotency_key=idempotency_key,
            client=client,
            now=now,
        )

    def get(self, user_id: str, render_id: str) -> Render:
        """Raises ``NOT_FOUND``, also for a render of another user."""
        return self.renders.get(user_id, render_id)

    def wait_for_change(self, render: Render, *, seconds: int, since: datetime) -> Render:
        """Returns the render as soon as it has another status than ``render``, or as it is ``seconds`` after ``since``.

        A render that has ended is returned at once. It is read at most once a second.
        """
        return self.waiter.wait(
            lambda: self.renders.get(render.user_id, render.render_id),
            first=render,
            is_news=lambda found: found.status.is_terminal or found.status is not render.status,
            seconds=seconds,
            since=since,
        )

    def page(
        self, user_id: str, *, limit: int, before: str | None, filters: RenderFilters
    ) -> tuple[list[Render], str | None]:
        """Returns renders, newest first, and the cursor of the next page, which is None on the last page."""
        return self.renders.page(user_id, limit=limit, before=before, filters=filters)

    def link(self, key: str) -> str:
        """Returns a temporary URL of an image."""
        return self.links.link(key)

    def cancel(self, user_id: str, render_id: str, *, now: datetime) -> Render:
        """Cancels and refunds a render that no worker has started; asks the worker to stop otherwise.

        Returns the render: ``cancelled``, or ``processing`` until its worker stops. Raises ``NOT_FOUND``, and
        ``RESOURCE_CONFLICT`` if the render has ended.
        """
        cancelled = self._cancel(user_id, render_id, now)
        if cancelled.status.is_terminal:
            metrics.render_ended(cancelled)
            self.publisher().try_publish(cancelled, now=now)
        return cancelled

    def _cancel(self, user_id: str, render_id: str, now: datetime) -> Render:
        # A worker may claim or release the render between our read and our write. Each write names the state it needs.
        for _ in range(_MAX_ATTEMPTS):
            render = self.renders.get(user_id, render_id)
            if render.status.is_terminal:
                break
            changed = (
                self.renders.cancel(render, now=now)
                if render.status is Status.PENDING
                else self.renders.request_cancellation(render)
            )
            if changed:
                return changed
        raise ApiError(
            ErrorCode.RESOURCE_CONFLICT, f"The render is {render.status} and cannot be cancelled.", status=render.status
        )

    def _accepted_before(self, user_id: str, render_id: str) -> list[Render]:
        """Returns the renders of the order whose first render this is."""
        first = self.renders.get(user_id, render_id)
        return [first, *(self.renders.get(user_id, each) for each in first.batch[1:])]

    def _delete_inputs(self, renders: list[Render]) -> None:
        for render in renders:
            for key in render.input_keys:
                self.images.delete(key)

    def _read_capture(self, user_id: str, capture: Capture) -> tuple[bytes, str]:
        """Returns the bytes of the capture and their content type."""
        if capture.data is not None and not capture.is_stored:
            return capture.data, captures.check(capture.data, declared=capture.declared_type)
        data = capture.data
        if data is None:
            link = capture.link or ""
            key = self.links.key_of(link) or self.images.key_of(link)
            if key is None or not is_image_of(key, user_id):
                raise invalid_field("imageUrl", "must be a link to a picture that you stored here")
            data = self._fetch(key)
        # A render may have been stored as WebP.
        content_type = captures.check(
            data, declared=None, max_bytes=captures.MAX_STORED_BYTES, accepted=captures.STORED
        )
        return data, content_type

    def _fetch(self, key: str) -> bytes:
        """Returns the bytes of a stored image. Raises ``NOT_FOUND`` and ``PAYLOAD_TOO_LARGE``."""
        try:
            return self.images.get(key, max_bytes=captures.MAX_STORED_BYTES)
        except ImageTooLargeError as error:
            raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"The image is larger than {error.limit:,} bytes.") from error


def _guide_type(guide: GuideImage, image: bytes) -> str:
    """Returns the content type of a guide.

    Raises the errors of ``captures.check``, and ``INVALID_INPUT`` if its size is not that of ``image``.
    """
    try:
        content_type = captures.check(guide.data, declared=guide.declared_type)
    except ApiError as error:
        problem = {"field": guide.field, "problem": error.message}
        raise ApiError(error.code, f"{guide.field}: {error.message}", **error.details, fields=[problem]) from error
    expected, actual = captures.size(image), captures.size(guide.data)
    if actual != expected:
        raise invalid_field(
            guide.field,
            f"has {actual[0]} x {actual[1]} pixels and must have the capture's {expected[0]} x {expected[1]}",
        )
    return content_type
