"""Stats workers that crash: ``python -m tests.support.crashing_counters FILE SEED CRASHES``.

The environment is that of a function.

FILE has one event a line. A worker is a process, forked so that the next one starts at once. It handles the events one
after the other, and repeats one of which it reports failures. The first CRASHES workers kill themselves with SIGKILL,
each before or after a random transaction. The next one begins with the event that was being handled.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from multiprocessing import RawValue
from pathlib import Path
from typing import Any, Final

from renderiq.stores import aws
from renderiq.workers.streams import lambda_handler
from tests.support.functions import lambda_context

TRANSACTIONS_PER_LIFE: Final = 24


def main(file: Path, seed: int, crashes: int) -> None:
    """Forks the workers one after the other, until all events are handled."""
    rng, done, died = random.Random(seed), RawValue("i", 0), 0
    events = file.read_text(encoding="utf-8").splitlines()
    while done.value < len(events):
        point = (rng.randint(1, TRANSACTIONS_PER_LIFE), rng.choice(("before", "after"))) if died < crashes else None
        worker = os.fork()
        if worker == 0:
            _run_worker(events, done, point)
            os._exit(0)
        died += os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == -signal.SIGKILL
    print(died)


def _run_worker(events: list[str], done: Any, point: tuple[int, str] | None) -> None:
    aws.client.cache_clear()  # no connection of another process
    if point:
        _crash_at(*point)
    while done.value < len(events):
        event = json.loads(events[done.value])
        if not lambda_handler(event, lambda_context())["batchItemFailures"]:
            done.value += 1


def _crash_at(number: int, moment: str) -> None:
    made = {"before": 0, "after": 0}

    def count(when: str) -> None:
        made[when] += 1
        if made[when] == number and when == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    events = aws.client("dynamodb").meta.events
    events.register("before-call.dynamodb.TransactWriteItems", lambda **_: count("before"))
    events.register("after-call.dynamodb.TransactWriteItems", lambda **_: count("after"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
