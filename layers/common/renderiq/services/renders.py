"""Asking for a render and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from renderiq import captures
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.renders import Order, Render, Status, fingerprint
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.platform import Client
from renderiq.queues import Queue, RenderJob
from renderiq.services.webhooks import check_url
from renderiq.stores.images import ImageStore, capture_key, depth_key, material_id_key
from renderiq.stores.renders import AlreadyAcceptedError, IdempotencyClaim, RenderStore

_SETTLING_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """Another picture of the same view, sent as ``field``."""

    field: str
    data: bytes
    declared_type: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """The picture to render from: its bytes, or a link to one that the user stored here earlier.

    ``depth`` and ``material_ids`` help engines that can use them.
    """

    data: bytes | None = None
    link: str | None = None
    declared_type: str | None = None
    depth: Layer | None = None
    material_ids: Layer | None = None


@dataclass(frozen=True, slots=True)
class RenderDesk:
    """Takes orders for renders."""

    renders: RenderStore
    images: ImageStore
    queue: Queue
    policy: AddressPolicy
    resolve: Resolve

    def request(
        self,
        user_id: str,
        order: Order,
        capture: Capture,
        *,
        idempotency_key: str | None,
        client: Client,
        now: datetime,
    ) -> Render:
        """Accepts a render: the capture is stored, the credits are debited, the worker is rung for.

        Raises what ``captures.check`` and ``RenderStore.add`` raise, ``INVALID_INPUT`` for a link or a callback that
        may not be used, and ``IDEMPOTENCY_KEY_REUSED``; then nothing is charged and nothing kept. A request that
        repeats an accepted one gets that one.
        """
        if order.callback_url:
            check_url(order.callback_url, "callback_url", policy=self.policy, resolve=self.resolve)
        image, content_type = self._picture(user_id, capture)
        layers = [layer for layer in (capture.depth, capture.material_ids) if layer]
        layer_types = [_layer_type(layer, image) for layer in layers]
        render_id = uuid7()
        render = Render(
            render_id=render_id,
            user_id=user_id,
            order=order,
            cost=order.cost,
            capture_key=capture_key(user_id, render_id),
            depth_key=depth_key(user_id, render_id) if capture.depth else None,
            material_id_key=material_id_key(user_id, render_id) if capture.material_ids else None,
            platform=client.platform,
            plugin_version=client.plugin_version,
            agent=client.agent,
            created_at=now,
        )
        extras = {layer.field: layer.data for layer in layers}
        claim = IdempotencyClaim(idempotency_key, fingerprint(order, image, extras)) if idempotency_key else None
        pictures = [(image, content_type), *zip(extras.values(), layer_types, strict=True)]
        for key, (data, kind) in zip(render.input_keys, pictures, strict=True):
            self.images.put(key, data, kind)
        try:
            self.renders.add(render, claim)
        except AlreadyAcceptedError as earlier:
            self._discard(render)
            if claim is None or earlier.fingerprint != claim.fingerprint:
                raise ApiError(ErrorCode.IDEMPOTENCY_KEY_REUSED) from earlier
            return self.renders.get(user_id, earlier.render_id)
        except ApiError:
            self._discard(render)
            raise
        self.queue.ring(RenderJob(user_id, render_id))
        return render

    def cancel(self, user_id: str, render_id: str, *, now: datetime) -> Render:
        """``cancelled`` and refunded where no worker has begun; else the worker is told to stop at its next stage.

        Raises ``NOT_FOUND``, or ``RESOURCE_CONFLICT`` when the render has ended.
        """
        # Between reading and writing a worker may begin, or give back: each write names the state that it needs.
        for _ in range(_SETTLING_TRIES):
            render = self.renders.get(user_id, render_id)
            if render.status.is_terminal:
                break
            changed = (
                self.renders.abandon(render, Status.CANCELLED, now=now)
                if render.status is Status.PENDING
                else self.renders.ask_to_cancel(render)
            )
            if changed:
                return changed
        raise ApiError(
            ErrorCode.RESOURCE_CONFLICT, f"The render is {render.status} and cannot be cancelled.", status=render.status
        )

    def _discard(self, render: Render) -> None:
        for key in render.input_keys:
            self.images.delete(key)

    def _picture(self, user_id: str, capture: Capture) -> tuple[bytes, str]:
        if capture.data is not None:
            return capture.data, captures.check(capture.data, declared=capture.declared_type)
        key = self.images.key_of(capture.link or "", owner=user_id)
        if key is None:
            raise invalid_field("imageUrl", "must be a link to a picture that you stored here")
        data = self.images.get(key, at_most=captures.MAX_STORED_BYTES)
        return data, captures.check(data, declared=None, at_most=captures.MAX_STORED_BYTES)


def _layer_type(layer: Layer, image: bytes) -> str:
    """Its content type. Raises as ``captures.check``, and ``INVALID_INPUT`` unless it has the pixels of ``image``."""
    try:
        kind = captures.check(layer.data, declared=layer.declared_type)
    except ApiError as error:
        problem = {"field": layer.field, "problem": error.message}
        raise ApiError(error.code, f"{layer.field}: {error.message}", **error.details, fields=[problem]) from error
    expected, actual = captures.size(image), captures.size(layer.data)
    if actual != expected:
        raise invalid_field(
            layer.field,
            f"has {actual[0]} x {actual[1]} pixels and must have the capture's {expected[0]} x {expected[1]}",
        )
    return kind
