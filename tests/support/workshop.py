"""Render workers that die: ``python -m tests.support.workshop SEED DEATHS``, with a function's environment.

A worker is a process, forked so that the next one is there at once. It takes messages and works them with an engine
that sleeps. The first DEATHS workers kill themselves, each before or after a call to AWS that chance has chosen; a line
on standard output says which. The one after them lives until it is ended from outside, with its whole process group.
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
CALLS_OF_A_RENDER: Final = 24
_STAGE_SECONDS: Final = 0.02


class SleepingEngine:
    """Takes its time in stages. Of sixteen seeds it declines one and has passing trouble with another."""

    name = "sleeping"

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
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


def worker() -> RenderWorker:
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=lambda _name: SleepingEngine(),
        clock=wiring.time_source(),
        lease=LEASE,
        backoff=(timedelta(0),),
    )


@contextmanager
def workshop(log: Path, *, seed: int = 0, deaths: int = 0, **environment: str) -> Iterator[None]:
    """Workers for the length of a ``with``; ``log`` gets what they say."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "common")))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.workshop", str(seed), str(deaths)],
            env={**os.environ, "PYTHONPATH": path, "POWERTOOLS_LOG_LEVEL": "CRITICAL", **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main(seed: int, deaths: int) -> None:
    rng = random.Random(seed)
    for number in range(deaths + 1):
        point = (rng.randint(1, CALLS_OF_A_RENDER), rng.choice(("before", "after"))) if number < deaths else None
        worker = os.fork()
        if worker == 0:
            _work(point)
        os.waitpid(worker, 0)


def _work(point: tuple[int, str] | None) -> None:
    sqs, url, at_work = aws.client("sqs"), settings().render_queue_url, worker()
    if point:
        for service in ("dynamodb", "s3", "sqs"):
            _Doom(*point).threaten(aws.client(service))
    while True:
        try:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", ()):
                at_work.work(from_message(RenderJob, message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        except Exception as error:  # the message stays, as on Lambda
            print(f"trouble {type(error).__name__}", flush=True)


class _Doom:
    """Ends this process at its n-th call to AWS."""

    made = 0

    def __init__(self, number: int, moment: str) -> None:
        self._number = number
        self._moment = moment

    def threaten(self, client: Any) -> None:
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)

    def _before(self, model: Any, **_: Any) -> None:
        if model.name != "ReceiveMessage":
            _Doom.made += 1
            self._strike("before", model.name)

    def _after(self, model: Any, **_: Any) -> None:
        if model.name != "ReceiveMessage":
            self._strike("after", model.name)

    def _strike(self, moment: str, operation: str) -> None:
        if _Doom.made == self._number and moment == self._moment:
            print(f"died {moment} {operation}, call {self._number}", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
