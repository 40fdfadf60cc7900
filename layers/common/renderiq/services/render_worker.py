"""The render worker: makes one attempt at a render."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from renderiq import metrics
from renderiq.clock import Clock
from renderiq.domain.consent_needs import consent_for_engine
from renderiq.domain.render_layers import LayerKind, RenderLayer
from renderiq.domain.renders import (
    LARGE_PATH_TRACER,
    MAX_ATTEMPTS,
    PATH_TRACER,
    REDELIVERY_DELAY,
    TRACED_PROGRESS,
    TRACED_QUALITY,
    OutputFormat,
    Render,
    RenderOutput,
    Structure,
)
from renderiq.domain.styles import SceneSetting, StyleVersion
from renderiq.domain.uploads import MAX_MODEL_BYTES, MAX_PICTURE_BYTES
from renderiq.engines import (
    Engine,
    EngineRequest,
    Output,
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
    TooLargeForWorkerError,
)
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.logs import logger
from renderiq.queues import MAX_DELAY, Queue, RenderJob
from renderiq.services.consents import ConsentService
from renderiq.services.event_publisher import EventPublisher
from renderiq.services.waiting_renders import try_start_waiting
from renderiq.stores.images import (
    ImageStore,
    ImageTooLargeError,
    ImageUnreadableError,
    layer_key,
    output_key,
    structure_depth_key,
    structure_key,
    thumbnail_key,
)
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

    ``engine`` returns the engine of a name, ``style`` the style of a ``styleId``. ``lease`` is longer than the timeout
    of the worker's function, so that a lease expires only if its worker has died. ``backoff`` has the delays between
    attempts. ``monotonic`` returns seconds of a clock that is never set back. ``serves`` returns whether this worker is
    the one with a name (``Render.worker``).
    """

    renders: RenderStore
    images: ImageStore
    publisher: EventPublisher
    queue: Queue
    engine: Callable[[str], Engine]
    style: Callable[[str], StyleVersion]
    consents: ConsentService
    clock: Clock
    lease: timedelta
    backoff: tuple[timedelta, ...] = BACKOFF
    monotonic: Callable[[], float] = time.monotonic
    serves: Callable[[str], bool] = lambda _worker: True

    def work(self, job: RenderJob) -> Render | None:
        """Makes one attempt at a step of a render. Returns the render: ended, or pending for another attempt or step.

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
                try_start_waiting(self.renders, self.queue, outcome)
            self.publisher.try_publish(outcome, now=self.clock())
        return outcome

    def _attempt(self, render: Render, lease: str) -> Render | None:
        if render.cancel_requested:
            return self.renders.cancel(render, lease=lease, now=self.clock())
        if render.attempts > MAX_ATTEMPTS:  # the worker of the last attempt has died
            return self._end_failed_attempt(render, lease, RetryableEngineError("no attempt is left"))
        if not self.serves(render.worker):  # a message that came twice, after the step that it was for
            return self._hand_over(render, lease, attempts=render.attempts - 1)
        try:
            made = self._run_engine(render, lease)
            if render.is_traced_first:
                return self._keep_structure(render, lease, self._store_structure(render, made))
            output = self._store(render, made)
            completed = self.renders.complete(render, lease=lease, output=output, now=self.clock())
            if completed and completed.retention is not render.retention:  # it was changed during the attempt
                for key in output.keys:
                    self.images.tag(key, completed.retention)
            return completed
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
        if render.model_key is None or render.structure is not None:
            return self._run_engine_with(render, lease, None)
        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            file = Path(folder) / "model"
            self._download_model(render.model_key, file)
            return self._run_engine_with(render, lease, file)

    def _download_model(self, key: str, file: Path) -> None:
        try:
            self.images.download(key, file, max_bytes=MAX_MODEL_BYTES)
        except ApiError as error:
            raise PermanentEngineError("The uploaded model is no longer there.") from error
        except (ImageTooLargeError, ImageUnreadableError) as error:
            sentence = f"The uploaded model is damaged, or unpacks to more than {MAX_MODEL_BYTES:,} bytes."
            raise PermanentEngineError(sentence, code=ErrorCode.UPLOAD_REJECTED.name) from error

    def _run_engine_with(self, render: Render, lease: str, model_file: Path | None) -> Output:
        order, own = render.order, render.order.own_style
        capture_key, *guide_keys = render.capture_key, render.depth_key, render.material_id_key, render.normal_key
        if render.structure:
            # Guides that were sent with the order belong to another view.
            capture_key, guide_keys = render.structure.picture_key, [render.structure.depth_key, None, None]
        try:
            image = self.images.get(capture_key, max_bytes=MAX_PICTURE_BYTES) if capture_key else b""
            depth, material_ids, normals = (
                self.images.get(key, max_bytes=MAX_PICTURE_BYTES) if key else None for key in guide_keys
            )
        except ApiError as error:
            raise PermanentEngineError("The uploaded image is no longer there.") from error
        except ImageTooLargeError as error:
            sentence = f"The uploaded image has, or unpacks to, more than {error.limit:,} bytes."
            raise PermanentEngineError(sentence, code=ErrorCode.UPLOAD_REJECTED.name) from error
        except ImageUnreadableError as error:
            sentence = "The uploaded image was announced as gzip and cannot be unpacked."
            raise PermanentEngineError(sentence, code=ErrorCode.UPLOAD_REJECTED.name) from error
        start = TRACED_PROGRESS if render.structure else 0
        end = TRACED_PROGRESS if render.is_traced_first else 100
        attempt = _Attempt(render, lease, self.renders, self.monotonic, start=start, end=end)
        request = EngineRequest(
            image=image,
            style=self.style(order.base_style_id),
            setting=own.setting if own else SceneSetting(),
            quality=order.quality,
            aspect_ratio=order.aspect_ratio,
            output_size=order.output_size,
            seed=order.seed,
            prompt=_joined(order.prompt, own.prompt) if own else order.prompt,
            negative_prompt=_joined(order.negative_prompt, own.negative_prompt) if own else order.negative_prompt,
            structure_strength=order.structure_strength,
            output_format=order.output_format,
            model=order.model,
            platform=render.platform,
            depth_image=depth,
            material_id_image=material_ids,
            normal_image=normals,
            camera=order.camera,
            materials=order.materials,
            model_file=model_file,
            sun=order.sun,
            layers=order.layers,
        )
        engine = order.engine
        if render.is_traced_first:
            engine = PATH_TRACER
            request = replace(
                request,
                quality=TRACED_QUALITY,
                output_size=order.traced_size if order.output_size else None,
                output_format=OutputFormat.PNG,
                layers=(LayerKind.DEPTH,),
            )
        self._require_consent(render, engine)
        return self.engine(engine).render(request, attempt.report, attempt.is_cancelled)

    def _store_structure(self, render: Render, made: Output) -> Structure:
        stored = Structure(
            structure_key(render.user_id, render.render_id), structure_depth_key(render.user_id, render.render_id)
        )
        self.images.put(stored.picture_key, made.image, made.content_type, retention=render.capture_retention)
        for layer in made.layers:
            self.images.put(stored.depth_key, layer.image, "image/png", retention=render.capture_retention)
        return stored

    def _keep_structure(self, render: Render, lease: str, structure: Structure) -> Render | None:
        handed = self._hand_over(render, lease, structure=structure)
        if handed and handed.capture_retention is not render.capture_retention:  # it was changed during the attempt
            for key in structure.keys:
                self.images.tag(key, handed.capture_retention)
        return handed

    def _require_consent(self, render: Render, engine: str) -> None:
        """Raises ``PermanentEngineError`` if the engine sends pictures out, and nobody agrees to that now.

        The user, or the organisation, is asked when the order comes. This is the last moment before anything is sent,
        in each attempt.
        The path tracer, which works for another engine first, sends nothing out.
        """
        needed = consent_for_engine(engine)
        if needed and not self.consents.is_granted(render.user_id, needed, member_id=render.created_by):
            raise PermanentEngineError(
                "The consent to AI services of third parties was withdrawn. Nothing was sent.",
                code=ErrorCode.CONSENT_REQUIRED.name,
            )

    def _store(self, render: Render, output: Output) -> RenderOutput:
        stored = RenderOutput(
            key=output_key(render.user_id, render.render_id, render.order.output_format.extension),
            thumbnail_key=thumbnail_key(render.user_id, render.render_id),
            width=output.width,
            height=output.height,
            engine_report=output.report,
            layers=tuple(
                RenderLayer(
                    each.kind,
                    layer_key(render.user_id, render.render_id, each.kind),
                    each.near,
                    each.far,
                    each.materials,
                )
                for each in output.layers
            ),
        )
        self.images.put(stored.key, output.image, output.content_type, retention=render.retention)
        self.images.put(stored.thumbnail_key, output.thumbnail, "image/webp", retention=render.retention)
        for layer, made in zip(stored.layers, output.layers, strict=True):
            self.images.put(layer.key, made.image, "image/png", retention=render.retention)
        return stored

    def _end_failed_attempt(
        self, render: Render, lease: str, error: RetryableEngineError | PermanentEngineError
    ) -> Render | None:
        """Fails the render or gives it back. It is cancelled instead if that was requested during the attempt."""
        if self.renders.get(render.user_id, render.render_id).cancel_requested:
            return self.renders.cancel(render, lease=lease, now=self.clock())
        if isinstance(error, TooLargeForWorkerError) and not render.is_large and self.queue.has(LARGE_PATH_TRACER):
            return self._hand_over(render, lease, is_large=True)
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
            self.queue.of(render.worker).enqueue(RenderJob(render.user_id, render.render_id), delay=delay)
        return released

    def _hand_over(
        self,
        render: Render,
        lease: str,
        *,
        structure: Structure | None = None,
        is_large: bool = False,
        attempts: int = 0,
    ) -> Render | None:
        """Gives the render to the worker of its next step. Returns None if the lease is lost."""
        handed = self.renders.hand_over(
            render, lease=lease, now=self.clock(), structure=structure, is_large=is_large, attempts=attempts
        )
        if handed:
            self.queue.of(handed.worker).enqueue(RenderJob(render.user_id, render.render_id))
        return handed

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


def _joined(text: str, addition: str) -> str:
    return ". ".join(each.rstrip(". ") for each in (text, addition) if each.strip())


class _Attempt:
    """Stores the progress of one attempt, and learns whether the attempt must stop.

    ``report`` and ``is_cancelled`` may be called as often as an engine likes. At most once per ``POLL_SECONDS`` they
    call DynamoDB: with a write if the progress has passed another tenth, otherwise with a read. The progress of the
    render goes from ``start`` to ``end``, in percent, while that of the engine goes from 0 to 100.
    """

    def __init__(
        self,
        render: Render,
        lease: str,
        renders: RenderStore,
        monotonic: Callable[[], float],
        *,
        start: int = 0,
        end: int = 100,
    ) -> None:
        self._start, self._end = start, end
        self._render = render
        self._lease = lease
        self._renders = renders
        self._monotonic = monotonic
        self._polled_at = monotonic()
        self._progress = self._stored = start
        self._is_cancelled = render.cancel_requested

    def report(self, progress: int) -> None:
        """Takes the progress, 0 to 100. Raises ``_LeaseLostError``."""
        # Only ``complete`` writes 100, after the output is stored.
        moved = self._start + progress * (self._end - self._start) // 100
        self._progress = min(max(moved, self._progress), 99)
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
