"""The render worker: makes one attempt at a render."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from renderiq import metrics
from renderiq.clock import Clock
from renderiq.domain.renders import MAX_ATTEMPTS, REDELIVERY_DELAY, Render, RenderOutput
from renderiq.domain.uploads import MAX_PICTURE_BYTES
from renderiq.engines import (
    Engine,
    EngineRequest,
    Output,
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
)
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.logs import logger
from renderiq.queues import MAX_DELAY, Queue, RenderJob
from renderiq.services.event_publisher import EventPublisher
from renderiq.stores.images import ImageStore, ImageTooLargeError, ImageUnreadableError, output_key, thumbnail_key
from renderiq.stores.renders import RenderStore

POLL_SECONDS: Final = 1.0
"""How often an attempt stores its progress and looks for a cancellation."""
BACKOFF: Final = (timedelta(seconds=5), timedelta(seconds=30))


class RenderLeasedError(Exception):
    """Another worker holds the lease. The message must be received again, in case that worker has died."""


class _LeaseLostError(Exception):
    """Another worker has taken the render over, so the output of this one is discarded."""


@dataclass(frozen=True, slots=True)
class RenderWorker:
    """Makes attempts at renders.

    ``engine`` returns the engine of a name. ``lease`` is longer than the timeout of the worker's function, so that a
    lease expires only if its worker has died. ``backoff`` has the delays between attempts. ``monotonic`` returns
    seconds of a clock that is never set back.
    """

    renders: RenderStore
    images: ImageStore
    publisher: EventPublisher
    queue: Queue
    engine: Callable[[str], Engine]
    clock: Clock
    lease: timedelta
    backoff: tuple[timedelta, ...] = BACKOFF
    monotonic: Callable[[], float] = time.monotonic

    def work(self, job: RenderJob) -> Render | None:
        """Makes one attempt at a render. Returns the render: ended, or pending for another attempt.

        Returns None if the render has ended already, was deleted, or was taken over by another worker. Raises
        ``RenderLeasedError`` if another worker holds it.
        """
        lease, now = uuid7(), self.clock()
        render = self.renders.claim(job.user_id, job.render_id, lease=lease, until=now + self.lease, now=now)
        if render is None:
            self._publish_ended(job)
            return None
        logger.append_keys(platform=render.platform, pluginVersion=render.plugin_version)
        render = self.publisher.try_publish(render, now=self.clock())
        try:
            outcome = self._attempt(render, lease)
        except _LeaseLostError:
            return None
        if outcome is not None:
            if outcome.status.is_terminal:
                metrics.render_ended(outcome)
            self.publisher.try_publish(outcome, now=self.clock())
        return outcome

    def _attempt(self, render: Render, lease: str) -> Render | None:
        if render.cancel_requested:
            return self.renders.cancel(render, lease=lease, now=self.clock())
        if render.attempts > MAX_ATTEMPTS:  # the worker of the last attempt has died
            return self._end_failed_attempt(render, lease, RetryableEngineError("no attempt is left"))
        try:
            output = self._store(render, self._run_engine(render, lease))
            return self.renders.complete(render, lease=lease, output=output, now=self.clock())
        except RenderCancelledError:
            return self.renders.cancel(render, lease=lease, now=self.clock())
        except (RetryableEngineError, PermanentEngineError) as error:
            return self._end_failed_attempt(render, lease, error)
        except _LeaseLostError:
            raise
        except Exception:
            logger.exception("the attempt failed with an unexpected error")
            return self._end_failed_attempt(render, lease, RetryableEngineError("unexpected"))

    def _run_engine(self, render: Render, lease: str) -> Output:
        order = render.order
        try:
            image = self.images.get(render.capture_key, max_bytes=MAX_PICTURE_BYTES)
            depth, material_ids, normals = (
                self.images.get(key, max_bytes=MAX_PICTURE_BYTES) if key else None
                for key in (render.depth_key, render.material_id_key, render.normal_key)
            )
        except ApiError as error:
            raise PermanentEngineError("The uploaded image is no longer there.") from error
        except ImageTooLargeError as error:
            sentence = f"The uploaded image has, or unpacks to, more than {error.limit:,} bytes."
            raise PermanentEngineError(sentence, code=ErrorCode.UPLOAD_REJECTED.name) from error
        except ImageUnreadableError as error:
            sentence = "The uploaded image was announced as gzip and cannot be unpacked."
            raise PermanentEngineError(sentence, code=ErrorCode.UPLOAD_REJECTED.name) from error
        attempt = _Attempt(render, lease, self.renders, self.monotonic)
        request = EngineRequest(
            image=image,
            style=order.style,
            quality=order.quality,
            aspect_ratio=order.aspect_ratio,
            output_size=order.output_size,
            seed=order.seed,
            prompt=order.prompt,
            negative_prompt=order.negative_prompt,
            structure_strength=order.structure_strength,
            output_format=order.output_format,
            model=order.model,
            platform=render.platform,
            depth_image=depth,
            material_id_image=material_ids,
            normal_image=normals,
            camera=order.camera,
            materials=order.materials,
        )
        return self.engine(order.engine).render(request, attempt.report, attempt.is_cancelled)

    def _store(self, render: Render, output: Output) -> RenderOutput:
        stored = RenderOutput(
            key=output_key(render.user_id, render.render_id, render.order.output_format.extension),
            thumbnail_key=thumbnail_key(render.user_id, render.render_id),
            width=output.width,
            height=output.height,
            engine_report=output.report,
        )
        self.images.put(stored.key, output.image, output.content_type)
        self.images.put(stored.thumbnail_key, output.thumbnail, "image/webp")
        return stored

    def _end_failed_attempt(
        self, render: Render, lease: str, error: RetryableEngineError | PermanentEngineError
    ) -> Render | None:
        """Fails the render or gives it back. It is cancelled instead if that was requested during the attempt."""
        if self.renders.get(render.user_id, render.render_id).cancel_requested:
            return self.renders.cancel(render, lease=lease, now=self.clock())
        if isinstance(error, PermanentEngineError):
            return self._fail(render, lease, str(error), error.code)
        if render.attempts >= MAX_ATTEMPTS:
            reason = f"The engine was tried {MAX_ATTEMPTS} times."
            return self._fail(render, lease, reason, ErrorCode.RENDER_FAILED.name)
        return self._release(render, lease, error)

    def _release(self, render: Render, lease: str, error: RetryableEngineError) -> Render | None:
        delay = self._delay(render.attempts, error.retry_after)
        released = self.renders.release(render, lease=lease, due_at=self.clock() + delay + REDELIVERY_DELAY)
        if released:
            self.queue.enqueue(RenderJob(render.user_id, render.render_id), delay=delay)
        return released

    def _fail(self, render: Render, lease: str, reason: str, code: str) -> Render | None:
        return self.renders.fail(render, lease=lease, error=reason, error_code=code, now=self.clock())

    def _delay(self, attempts: int, retry_after: float | None) -> timedelta:
        planned = self.backoff[min(attempts, len(self.backoff)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311 (jitter)
        return min(max(planned, timedelta(seconds=retry_after or 0)), MAX_DELAY)

    def _publish_ended(self, job: RenderJob) -> None:
        """Publishes the events of an ended render: the worker that ended it may have died before it published them."""
        try:
            render = self.renders.get(job.user_id, job.render_id)
        except ApiError:  # the render was deleted
            return
        if not render.status.is_terminal:
            raise RenderLeasedError(job.render_id)
        self.publisher.publish(render, now=self.clock())


class _Attempt:
    """Stores the progress of one attempt, and learns whether the attempt must stop.

    ``report`` and ``is_cancelled`` may be called as often as an engine likes. At most once per ``POLL_SECONDS`` they
    call DynamoDB: with a write if the progress has passed another tenth, otherwise with a read.
    """

    def __init__(self, render: Render, lease: str, renders: RenderStore, monotonic: Callable[[], float]) -> None:
        self._render = render
        self._lease = lease
        self._renders = renders
        self._monotonic = monotonic
        self._polled_at = monotonic()
        self._progress = self._stored = 0
        self._is_cancelled = render.cancel_requested

    def report(self, progress: int) -> None:
        """Takes the progress, 0 to 100. Raises ``_LeaseLostError``."""
        # Only ``complete`` writes 100, after the output is stored.
        self._progress = min(max(progress, self._progress), 99)
        self._poll()

    def is_cancelled(self) -> bool:
        """Returns whether the user has asked for cancellation. Raises ``_LeaseLostError``."""
        self._poll()
        return self._is_cancelled

    def _poll(self) -> None:
        now = self._monotonic()
        if now - self._polled_at < POLL_SECONDS:
            return
        self._polled_at = now
        if self._progress // 10 > self._stored // 10:
            self._stored = self._progress
            render = self._renders.report_progress(self._render, lease=self._lease, progress=self._progress)
        else:
            render = self._renders.with_lease(self._render, lease=self._lease)
        if render is None:
            raise _LeaseLostError
        self._is_cancelled = render.cancel_requested
