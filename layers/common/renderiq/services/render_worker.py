"""What a render worker does with one job."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aws_lambda_powertools import Logger

from renderiq.captures import MAX_STORED_BYTES
from renderiq.clock import Clock
from renderiq.domain.renders import MAX_ATTEMPTS, REDELIVERY_DELAY, Render, RenderOutput, Status
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
from renderiq.queues import MAX_DELAY, Queue, RenderJob
from renderiq.services.event_publisher import EventPublisher
from renderiq.stores.images import ImageStore, output_key, thumbnail_key
from renderiq.stores.renders import RenderStore

logger = Logger()

BACKOFF: Final = (timedelta(seconds=5), timedelta(seconds=30))


class RenderLeasedError(Exception):
    """Another worker may be at it: the message has to come again, in case that one is dead."""


class _LeaseLostError(Exception):
    """A newer worker has the render; whatever this one made is worth nothing."""


@dataclass(frozen=True, slots=True)
class RenderWorker:
    """A worker's tools. ``engine`` gives the engine of a name.

    ``lease`` is longer than a worker can live, so that one that has run out means a dead worker. ``backoff`` are the
    delays between attempts.
    """

    renders: RenderStore
    images: ImageStore
    publisher: EventPublisher
    queue: Queue
    engine: Callable[[str], Engine]
    clock: Clock
    lease: timedelta
    backoff: tuple[timedelta, ...] = BACKOFF

    def work(self, job: RenderJob) -> Render | None:
        """Renders one job to an end, or gives it back for another attempt.

        None where there was nothing to do: the render has ended, or was taken over. Raises ``RenderLeasedError``.
        """
        lease, now = uuid7(), self.clock()
        render = self.renders.claim(job.user_id, job.render_id, lease=lease, until=now + self.lease, now=now)
        if render is None:
            self._finish_telling(job)
            return None
        logger.append_keys(platform=render.platform, pluginVersion=render.plugin_version)
        self.publisher.try_publish(render, now=self.clock())
        try:
            outcome = self._attempt(render, lease)
        except _LeaseLostError:
            return None
        if outcome is not None:
            self.publisher.try_publish(outcome, now=self.clock())
        return outcome

    def _attempt(self, render: Render, lease: str) -> Render | None:
        if render.cancel_requested:
            return self.renders.abandon(render, Status.CANCELLED, lease=lease, now=self.clock())
        if render.attempts > MAX_ATTEMPTS:  # whoever made the last attempt died of it
            return self._without_picture(render, lease, RetryableEngineError("no attempt is left"))
        try:
            output = self._run_engine(render, lease)
            picture = self._store(render, output)
            return self.renders.complete(render, lease=lease, picture=picture, now=self.clock())
        except RenderCancelledError:
            return self.renders.abandon(render, Status.CANCELLED, lease=lease, now=self.clock())
        except (RetryableEngineError, PermanentEngineError) as trouble:
            return self._without_picture(render, lease, trouble)
        except _LeaseLostError:
            raise
        except Exception:
            logger.exception("the attempt failed for no foreseen reason")
            return self._without_picture(render, lease, RetryableEngineError("unforeseen"))

    def _run_engine(self, render: Render, lease: str) -> Output:
        order = render.order
        try:
            image = self.images.get(render.capture_key, at_most=MAX_STORED_BYTES)
            depth, material_ids = (
                self.images.get(key, at_most=MAX_STORED_BYTES) if key else None
                for key in (render.depth_key, render.material_id_key)
            )
        except ApiError as error:
            raise PermanentEngineError("The uploaded image is no longer there.") from error
        progress = _Progress(render, lease, self.renders)
        progress.report(1)
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
        )
        return self.engine(order.engine).render(request, progress.report, lambda: progress.cancelled)

    def _store(self, render: Render, output: Output) -> RenderOutput:
        picture = RenderOutput(
            key=output_key(render.user_id, render.render_id, render.order.output_format.extension),
            thumbnail_key=thumbnail_key(render.user_id, render.render_id),
            width=output.width,
            height=output.height,
        )
        self.images.put(picture.key, output.image, output.content_type)
        self.images.put(picture.thumbnail_key, output.thumbnail, "image/webp")
        return picture

    def _without_picture(
        self, render: Render, lease: str, trouble: RetryableEngineError | PermanentEngineError
    ) -> Render | None:
        """What becomes of a failed attempt. Whoever asked to cancel meanwhile gets that, and no failure."""
        if self.renders.get(render.user_id, render.render_id).cancel_requested:
            return self.renders.abandon(render, Status.CANCELLED, lease=lease, now=self.clock())
        if isinstance(trouble, PermanentEngineError):
            return self._fail(render, lease, str(trouble), trouble.code)
        if render.attempts >= MAX_ATTEMPTS:
            reason = f"The engine was tried {MAX_ATTEMPTS} times."
            return self._fail(render, lease, reason, ErrorCode.RENDER_FAILED.name)
        return self._give_back(render, lease, trouble)

    def _give_back(self, render: Render, lease: str, trouble: RetryableEngineError) -> Render | None:
        delay = self._delay(render.attempts, trouble.retry_after)
        released = self.renders.release(render, lease=lease, due_at=self.clock() + delay + REDELIVERY_DELAY)
        if released:
            self.queue.enqueue(RenderJob(render.user_id, render.render_id), delay=delay)
        return released

    def _fail(self, render: Render, lease: str, reason: str, code: str) -> Render | None:
        return self.renders.abandon(render, Status.FAILED, lease=lease, error=reason, error_code=code, now=self.clock())

    def _delay(self, attempts: int, retry_after: float | None) -> timedelta:
        planned = self.backoff[min(attempts, len(self.backoff)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311 (jitter)
        return min(max(planned, timedelta(seconds=retry_after or 0)), MAX_DELAY)

    def _finish_telling(self, job: RenderJob) -> None:
        """A worker may have died between ending a render and telling of it; its message comes again."""
        try:
            render = self.renders.get(job.user_id, job.render_id)
        except ApiError:  # deleted since
            return
        if not render.status.is_terminal:
            raise RenderLeasedError(job.render_id)
        self.publisher.publish(render, now=self.clock())


class _Progress:
    """Writes progress down as stages pass; the same write brings news of a cancellation or a lost lease."""

    def __init__(self, render: Render, lease: str, renders: RenderStore) -> None:
        self._render = render
        self._lease = lease
        self._renders = renders
        self._reported = 0
        self.cancelled = render.cancel_requested

    def report(self, progress: int) -> None:
        # 100 is the completing write's to say, once the picture is stored.
        progress = min(progress, 99)
        if progress <= self._reported:
            return
        self._reported = progress
        render = self._renders.report_progress(self._render, lease=self._lease, progress=progress)
        if render is None:
            raise _LeaseLostError
        self.cancelled = render.cancel_requested
