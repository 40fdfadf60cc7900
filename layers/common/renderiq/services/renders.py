"""Creating, reading and cancelling renders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from renderiq import captures, metrics
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.access import Check, anybody
from renderiq.domain.consent_needs import consent_for_engine
from renderiq.domain.credits import Spender
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.path_tracing import needs_large_worker
from renderiq.domain.renders import (
    LARGE_PATH_TRACER,
    PATH_TRACER,
    TRACED_FIRST,
    AspectRatio,
    Order,
    Render,
    RenderFilters,
    Status,
    fingerprint,
)
from renderiq.domain.retention import Retention
from renderiq.domain.uploads import Purpose, Upload, UploadStatus, is_upload_key, upload_id_of
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.platform import Client
from renderiq.queues import Queue, RenderJob
from renderiq.services.file_links import FileLinks
from renderiq.services.url_checks import check_url
from renderiq.services.waiting import Waiter
from renderiq.services.waiting_renders import start_waiting, try_start_waiting
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
from renderiq.stores.uploads import UploadStore

if TYPE_CHECKING:
    from renderiq.services.consents import ConsentService
    from renderiq.services.event_publisher import EventPublisher

_MAX_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class GuideImage:
    """A further image of the same view, sent as form field ``field``: depth, material ids or normals.

    It is given by its bytes, or by the id of an upload for ``purpose``.
    """

    field: str
    purpose: Purpose
    data: bytes = b""
    declared_type: str | None = None
    upload_id: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """The viewport capture to render from.

    It is given by its bytes, by the id of an upload, or by a link to an image that the user stored here earlier. With
    the upload of a 3D model, ``model_upload_id``, there may be none.
    ``depth``, ``material_ids`` and ``normals`` are guides for the engines that can use them.
    """

    data: bytes | None = None
    link: str | None = None
    declared_type: str | None = None
    upload_id: str | None = None
    depth: GuideImage | None = None
    material_ids: GuideImage | None = None
    normals: GuideImage | None = None
    model_upload_id: str | None = None
    is_stored: bool = False
    """Whether the images were stored here already. They may be larger than those of a request then."""

    @property
    def is_missing(self) -> bool:
        """Whether there is none."""
        return self.data is None and self.link is None and self.upload_id is None

    @property
    def guides(self) -> list[GuideImage]:
        """The guides that were sent, in the order of ``Render.input_keys``."""
        return [guide for guide in (self.depth, self.material_ids, self.normals) if guide]


@dataclass(frozen=True, slots=True)
class _Input:
    """An image of a render: bytes to be stored for it, or an upload, which is stored already.

    ``size`` is ``(width, height)`` of the upright image.
    """

    size: tuple[int, int]
    data: bytes = b""
    content_type: str = ""
    upload: Upload | None = None

    @property
    def identity(self) -> bytes:
        """What distinguishes the image from others in the fingerprint of a request."""
        return f"upload {self.upload.upload_id}".encode() if self.upload else self.data

    def key(self, own: str) -> str:
        """Returns where the image is in S3. ``own`` is its key if it is stored for this render."""
        return self.upload.key if self.upload else own


@dataclass(frozen=True, slots=True)
class RenderService:
    """Creates, reads and cancels the renders of a user.

    ``callback_secret`` returns the secret that signs the callbacks of a user. ``publisher`` returns the publisher of
    events, which only a cancellation needs, ``consents`` the service that only some engines need.
    """

    renders: RenderStore
    images: ImageStore
    uploads: UploadStore
    links: FileLinks
    queue: Queue
    publisher: Callable[[], EventPublisher]
    callback_secret: Callable[[str], str]
    policy: AddressPolicy
    resolve: Resolve
    waiter: Waiter
    consents: Callable[[], ConsentService]

    def create(
        self,
        user_id: str,
        order: Order,
        capture: Capture,
        *,
        idempotency_key: str | None,
        client: Client,
        retention: Retention,
        now: datetime,
        spender: Spender | None = None,
    ) -> Render:
        """Creates one render, as ``create_all`` does."""
        return self.create_all(
            user_id,
            order,
            capture,
            count=1,
            idempotency_key=idempotency_key,
            client=client,
            retention=retention,
            now=now,
            spender=spender,
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
        retention: Retention,
        now: datetime,
        spender: Spender | None = None,
    ) -> list[Render]:
        """Fits the order to the capture, stores both, debits the credits, and enqueues the jobs of ``count`` renders.

        The renders differ in their seed. They are accepted together or not at all. A repeated request with the same
        idempotency key returns the renders of the first one. For an organisation, which then is ``user_id``,
        ``spender`` orders. Raises ``CONSENT_REQUIRED``, the errors of ``captures.check``, ``INSUFFICIENT_CREDITS``,
        also for a spender whose cap is reached, ``INSUFFICIENT_PERMISSIONS`` for one who is no member any more,
        ``NOT_FOUND`` for a project or an upload, ``UPLOAD_INCOMPLETE`` and ``UPLOAD_REJECTED``, ``INVALID_INPUT`` for a
        link or a callback URL that may not be used, ``SERVICE_UNAVAILABLE`` if its host cannot be looked up now, and
        ``IDEMPOTENCY_KEY_REUSED``. Nothing is charged or stored if an error is raised.
        """
        # First: without consent, nothing of the order is read or stored.
        if needed := consent_for_engine(order.engine):
            self.consents().require(user_id, needed, member_id=spender.created_by if spender else None)
        if order.callback_url:
            url = check_url(order.callback_url, "callback_url", policy=self.policy, resolve=self.resolve)
            order = replace(order, callback_url=url)
        if capture.model_upload_id is None and order.engine == PATH_TRACER:
            raise invalid_field("model", f"the model {PATH_TRACER} renders 3D models, and only those")
        if capture.model_upload_id is not None and order.engine not in {PATH_TRACER, *TRACED_FIRST}:
            raise invalid_field("model", f"renders pictures only; a 3D model is rendered by {PATH_TRACER}")
        if order.layers and order.engine != PATH_TRACER:
            raise invalid_field("layers", f"are made by the model {PATH_TRACER} only")
        model = self._read_model(user_id, capture.model_upload_id) if capture.model_upload_id else None
        if model and model.upload:
            order = replace(order, triangles=model.upload.likely_triangles)
        view = None if model and capture.is_missing else self._read_capture(user_id, capture)
        order = order.fitted_to(view.size if view else AspectRatio.WIDE.size(order.quality))
        traced = order.size if order.engine == PATH_TRACER else order.traced_size
        is_large = needs_large_worker(*traced, order.triangles or 0) and self.queue.has(LARGE_PATH_TRACER)
        guides = {guide.field: self._read_guide(user_id, guide, view.size) for guide in capture.guides} if view else {}
        depth, material_ids, normals = (
            guides[guide.field] if guide and view else None
            for guide in (capture.depth, capture.material_ids, capture.normals)
        )
        render_ids = sorted(uuid7() for _ in range(count))
        renders = [
            Render(
                render_id=render_id,
                user_id=user_id,
                order=variant,
                cost=variant.cost,
                capture_key=view.key(capture_key(user_id, render_id)) if view else "",
                depth_key=depth.key(depth_key(user_id, render_id)) if depth else None,
                material_id_key=material_ids.key(material_id_key(user_id, render_id)) if material_ids else None,
                normal_key=normals.key(normal_key(user_id, render_id)) if normals else None,
                model_key=model.upload.key if model and model.upload else None,
                platform=client.platform,
                plugin_version=client.plugin_version,
                agent=client.agent,
                created_at=now,
                batch=tuple(render_ids) if count > 1 else (),
                is_large=is_large,
                capture_retention=retention.captures,
                retention=retention.renders,
                created_by=spender.created_by if spender else None,
            )
            for render_id, variant in zip(render_ids, order.variants(count), strict=True)
        ]
        identities = {field: guide.identity for field, guide in guides.items()}
        if model:
            identities["modelUploadId"] = model.identity
        asked = fingerprint(order, view.identity if view else b"", identities, count=count)
        claim = IdempotencyClaim(idempotency_key, asked) if idempotency_key else None
        inputs = [each for each in (view, *guides.values(), model) if each]
        uploads = {each.upload.upload_id: each.upload for each in inputs if each.upload}
        # Each render has copies of its own, because each is deleted by itself. An upload may serve any number.
        for render in renders:
            for key, each in zip(render.input_keys, inputs, strict=True):
                if not each.upload:
                    self.images.put(key, each.data, each.content_type, retention=retention.captures)
        try:
            renders = self.renders.add(
                renders, claim, uses=[self.uploads.count_use(each) for each in uploads.values()], spender=spender
            )
        except AlreadyAcceptedError as earlier:
            self._delete_inputs(renders)
            return self._accepted_before(user_id, earlier.check(claim))
        except InsufficientCreditsError as error:
            self._delete_inputs(renders)
            cost = sum(render.cost for render in renders)
            left = "is left of what you may spend this month" if error.is_capped else "you have"
            raise ApiError(
                ErrorCode.INSUFFICIENT_CREDITS,
                f"{'This render costs' if count == 1 else f'These {count} renders cost'} {cost} credits and "
                + (f"{error.available} {left}." if error.is_capped else f"{left} {error.available}."),
                requiredCredits=cost,
                availableCredits=error.available,
            ) from error
        except ApiError:
            self._delete_inputs(renders)
            raise
        for render in renders:
            metrics.render_requested(render)
            if not render.waits:
                self.queue.of(render.worker).enqueue(RenderJob(user_id, render.render_id))
        if renders[0].waits:
            # Fewer slots may be free than the order has renders, or who freed the last one was interrupted.
            started = {each.render_id: each for each in start_waiting(self.renders, self.queue, user_id)}
            renders = [started.get(each.render_id, each) for each in renders]
        return renders

    def repeat(
        self,
        earlier: Render,
        order: Order,
        *,
        count: int,
        idempotency_key: str | None,
        client: Client,
        retention: Retention,
        now: datetime,
        spender: Spender | None = None,
    ) -> list[Render]:
        """Creates renders of an order from the stored images of an earlier render, as ``create_all`` does.

        Raises also ``RESOURCE_CONFLICT`` if the capture is no longer stored.
        """
        try:
            depth, material_ids, normals = (
                self._stored_guide(earlier.user_id, field, purpose, key)
                for field, purpose, key in (
                    ("depthImage", Purpose.DEPTH, earlier.depth_key),
                    ("materialIdImage", Purpose.MATERIAL_ID, earlier.material_id_key),
                    ("normalImage", Purpose.NORMAL, earlier.normal_key),
                )
            )
            upload_id = upload_id_of(earlier.capture_key, earlier.user_id)
            image = self._fetch(earlier.capture_key) if earlier.capture_key and not upload_id else None
            model_id = upload_id_of(earlier.model_key, earlier.user_id) if earlier.model_key else None
            for each in filter(None, (upload_id, model_id)):
                self.uploads.get(earlier.user_id, each)
        except ApiError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT,
                "The capture or the model of this render is no longer stored. Send it again.",
            ) from error
        return self.create_all(
            earlier.user_id,
            order,
            Capture(
                image,
                upload_id=upload_id,
                depth=depth,
                material_ids=material_ids,
                normals=normals,
                model_upload_id=model_id,
                is_stored=True,
            ),
            count=count,
            idempotency_key=idempotency_key,
            client=client,
            retention=retention,
            now=now,
            spender=spender,
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

    def cancel(self, user_id: str, render_id: str, *, now: datetime, check: Check = anybody) -> Render:
        """Cancels and refunds a render that no worker has started; asks the worker to stop otherwise.

        Returns the render: ``cancelled``, or ``processing`` until its worker stops. Raises ``NOT_FOUND``, the error of
        ``check`` about who has ordered it, and ``RESOURCE_CONFLICT`` if the render has ended.
        """
        cancelled = self._cancel(user_id, render_id, now, check)
        if cancelled.status.is_terminal:
            metrics.render_ended(cancelled)
            self.publisher().try_publish(cancelled, now=now)
            try_start_waiting(self.renders, self.queue, cancelled)
        return cancelled

    def _cancel(self, user_id: str, render_id: str, now: datetime, check: Check) -> Render:
        # A worker may claim or release the render between our read and our write. Each write names the state it needs.
        for _ in range(_MAX_ATTEMPTS):
            render = self.renders.get(user_id, render_id)
            check(render.created_by)
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
                if not is_upload_key(key):
                    self.images.delete(key)

    def _read_capture(self, user_id: str, capture: Capture) -> _Input:
        if capture.upload_id:
            return self._read_upload(user_id, capture.upload_id, Purpose.CAPTURE, "uploadId")
        if capture.data is not None and not capture.is_stored:
            content_type = captures.check(capture.data, declared=capture.declared_type)
            return _Input(captures.size(capture.data), capture.data, content_type)
        data = capture.data
        if data is None:
            link = capture.link or ""
            key = self.links.key_of(link) or self.images.key_of(link)
            if key is not None and (upload_id := upload_id_of(key, user_id)):
                return self._read_upload(user_id, upload_id, Purpose.CAPTURE, "imageUrl")
            if key is None or not is_image_of(key, user_id):
                raise invalid_field("imageUrl", "must be a link to a picture that you stored here")
            data = self._fetch(key)
        # A render may have been stored as WebP.
        content_type = captures.check(
            data, declared=None, max_bytes=captures.MAX_STORED_BYTES, accepted=captures.STORED
        )
        return _Input(captures.size(data), data, content_type)

    def _stored_guide(self, user_id: str, field: str, purpose: Purpose, key: str | None) -> GuideImage | None:
        """Returns a guide of an earlier render. Raises ``NOT_FOUND`` if it is no longer stored."""
        if key is None:
            return None
        upload_id = upload_id_of(key, user_id)
        if upload_id is None:
            return GuideImage(field, purpose, self._fetch(key))
        self.uploads.get(user_id, upload_id)
        return GuideImage(f"{purpose}UploadId", purpose, upload_id=upload_id)

    def _fetch(self, key: str) -> bytes:
        """Returns the bytes of a stored image. Raises ``NOT_FOUND`` and ``PAYLOAD_TOO_LARGE``."""
        try:
            return self.images.get(key, max_bytes=captures.MAX_STORED_BYTES)
        except ImageTooLargeError as error:
            raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"The image is larger than {error.limit:,} bytes.") from error

    def _read_guide(self, user_id: str, guide: GuideImage, expected: tuple[int, int]) -> _Input:
        """Raises the errors of ``captures.check``, and ``INVALID_INPUT`` if its size is not ``expected``."""
        if guide.upload_id:
            found = self._read_upload(user_id, guide.upload_id, guide.purpose, guide.field)
        else:
            try:
                content_type = captures.check(guide.data, declared=guide.declared_type)
            except ApiError as error:
                problem = {"field": guide.field, "problem": error.message}
                raise ApiError(
                    error.code, f"{guide.field}: {error.message}", **error.details, fields=[problem]
                ) from error
            found = _Input(captures.size(guide.data), guide.data, content_type)
        if found.size != expected:
            raise invalid_field(
                guide.field,
                f"has {found.size[0]} x {found.size[1]} pixels and must have the capture's "
                f"{expected[0]} x {expected[1]}",
            )
        return found

    def _read_model(self, user_id: str, upload_id: str) -> _Input:
        return self._read_upload(user_id, upload_id, Purpose.MODEL, "modelUploadId")

    def _read_upload(self, user_id: str, upload_id: str, purpose: Purpose, field: str) -> _Input:
        """Returns an upload without reading its file: the worker decodes it.

        Raises ``NOT_FOUND``, ``UPLOAD_INCOMPLETE``, ``UPLOAD_REJECTED``, and ``INVALID_INPUT`` for another purpose.
        """
        upload = self.uploads.get(user_id, upload_id)
        if upload.status is UploadStatus.OPEN:
            raise ApiError(ErrorCode.UPLOAD_INCOMPLETE, "The upload is not complete. Complete it first.")
        if upload.status is UploadStatus.FAILED:
            raise ApiError(ErrorCode.UPLOAD_REJECTED, upload.problem, uploadId=upload_id)
        size = (0, 0) if purpose is Purpose.MODEL else upload.picture_size
        if upload.spec.purpose is not purpose or size is None:
            raise invalid_field(field, f"names an upload for {upload.spec.purpose}, and must name one for {purpose}")
        return _Input(size, upload=upload)
