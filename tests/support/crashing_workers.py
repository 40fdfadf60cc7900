"""Render workers that crash: ``python -m tests.support.crashing_workers SEED CRASHES``, with a function's environment.

A worker is a process, forked so that the next one starts at once. It receives messages and renders with an engine that
only sleeps. The first CRASHES workers kill themselves with SIGKILL, each before or after a random call to AWS, which
they print. The next worker runs until the process group is killed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from renderiq.engines import (
    EngineRequest,
    Output,
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
)
from renderiq.queues import RenderJob, from_message
from renderiq.services.render_worker import RenderWorker
from renderiq.settings import settings
from renderiq.stores import aws
from tests.support import wiring

ROOT: Final = Path(__file__).resolve().parents[2]
LEASE: Final = timedelta(seconds=3)
CALLS_PER_RENDER: Final = 24
_STAGE_SECONDS: Final = 0.02


class SleepingEngine:
    """An engine that sleeps in stages. One seed in sixteen fails permanently, another fails with a retryable error."""

    name = "sleeping"

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """Return the input image."""
        for progress in (20, 40, 60, 80):
            time.sleep(_STAGE_SECONDS)
            on_progress(progress)
            if should_cancel():
                raise RenderCancelledError
        if request.seed % 16 == 1:
            raise PermanentEngineError("The engine declines this seed.")
        if request.seed % 16 == 2:
            raise RetryableEngineError("The engine is busy.")
        return Output(request.image, "image/png", request.image, *request.size)


def render_worker() -> RenderWorker:
    """The worker of the render queue, with the sleeping engine, short leases and no backoff."""
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=lambda _name: SleepingEngine(),
        style=wiring.style_registry().get,
        consents=wiring.consent_service(),
        clock=wiring.time_source(),
        lease=LEASE,
        backoff=(timedelta(0),),
    )


@contextmanager
def crashing_workers(log: Path, *, seed: int = 0, crashes: int = 0, **environment: str) -> Iterator[None]:
    """Run workers, one after the other, for the length of a ``with``. They append their output to ``log``."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "common")))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crashing_workers", str(seed), str(crashes)],
            env={**os.environ, "PYTHONPATH": path, "LOG_LEVEL": "CRITICAL", **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main(seed: int, crashes: int) -> None:
    """Fork the workers one after the other."""
    rng = random.Random(seed)
    for number in range(crashes + 1):
        point = (rng.randint(1, CALLS_PER_RENDER), rng.choice(("before", "after"))) if number < crashes else None
        worker = os.fork()
        if worker == 0:
            _run_worker(point)
        os.waitpid(worker, 0)


def _run_worker(point: tuple[int, str] | None) -> None:
    sqs, url, worker = aws.client("sqs"), settings().render_queue_url, render_worker()
    if point:
        for service in ("dynamodb", "s3", "sqs"):
            _CrashPoint(*point).register(aws.client(service))
    while True:
        try:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", ()):
                worker.work(from_message(RenderJob, message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        except Exception as error:  # the message stays in the queue, as on Lambda
            print(f"failed with {type(error).__name__}", flush=True)


class _CrashPoint:
    """Kills this process before or after its n-th call to AWS."""

    calls = 0

    def __init__(self, number: int, moment: str) -> None:
        self._number = number
        self._moment = moment

    def register(self, client: Any) -> None:
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)

    def _before(self, model: Any, **_: Any) -> None:
        if model.name != "ReceiveMessage":
            _CrashPoint.calls += 1
            self._crash_at("before", model.name)

    def _after(self, model: Any, **_: Any) -> None:
        if model.name != "ReceiveMessage":
            self._crash_at("after", model.name)

    def _crash_at(self, moment: str, operation: str) -> None:
        if _CrashPoint.calls == self._number and moment == self._moment:
            print(f"died {moment} {operation}, call {self._number}", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
