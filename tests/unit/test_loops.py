"""Chains of messages that workers send to their own queue: they are longer than Lambda's limit, and they end."""

from __future__ import annotations

import heapq
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, cast

import pytest

from local.cloudformation import load
from renderiq.addresses import AddressPolicy
from renderiq.domain.projects import ProjectDeletion
from renderiq.domain.renders import Render, Status
from renderiq.domain.webhooks import MAX_IN_FLIGHT, Attempt, Delivery, DeliveryState, Event, Webhook
from renderiq.ids import uuid7
from renderiq.outbound import GuardedTransport, Outbound, Response
from renderiq.queues import AnyJob, CleanupJob, DeliveryJob, Queue
from renderiq.services.delivery_worker import DeliveryWorker
from renderiq.services.event_publisher import EventPublisher
from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.images import ImageStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.webhooks import Slot, WebhookBusyError, WebhookStore
from tests.support.orders import order
from tests.support.paths import ROOT
from tests.support.transformed import transformed

START: Final = datetime(2026, 3, 14, 9, tzinfo=UTC)
LAMBDA_LIMIT: Final = 16
"""Invocations in a chain after which Lambda stops a function that does not allow recursive loops."""
DELIVERIES: Final = 300
RENDERS: Final = 5_000


class Simulation:
    """A clock, and what happens when. One thread runs at a time, so that a run depends on the seed only."""

    def __init__(self) -> None:
        self.now = START
        self._order = count()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._idle = threading.Event()

    def after(self, delay: timedelta, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + delay, next(self._order), action))

    def sleep(self, duration: timedelta) -> None:
        """Called by an action: the other actions run until it is ``duration`` later."""
        awake = threading.Event()
        self.after(duration, awake.set)
        self._idle.set()
        awake.wait()

    def run(self) -> None:
        """Returns when nothing is left to happen."""
        while self._events:
            self.now, _, action = heapq.heappop(self._events)
            self._idle.clear()
            if isinstance(getattr(action, "__self__", None), threading.Event):
                action()
            else:
                threading.Thread(target=self._act, args=(action,), daemon=True).start()
            assert self._idle.wait(timeout=60)

    def _act(self, action: Callable[[], None]) -> None:
        try:
            action()
        finally:
            self._idle.set()


class SimulatedQueue(Queue):
    """Invokes a worker when a message becomes visible, and counts the invocations of each chain."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(lambda: None, "")
        self._simulation = simulation
        self.work: Callable[[Any], object] = lambda _: None
        self.invocations: Counter[AnyJob] = Counter()

    def enqueue(self, job: AnyJob, *, delay: timedelta = timedelta()) -> bool:
        self._simulation.after(timedelta(seconds=int(delay.total_seconds())), lambda: self._invoke(job))
        return True

    def _invoke(self, job: AnyJob) -> None:
        self.invocations[job] += 1
        self.work(job)


@pytest.mark.parametrize(
    "function", ["WebhookDeliveryWorkerFunction", "ProjectCleanupWorkerFunction", "AccountWorkerFunction"]
)
def test_lambda_lets_a_worker_enqueue_to_its_own_queue(function: str) -> None:
    assert transformed()["Resources"][function]["Properties"]["RecursiveLoop"] == "Allow"


def test_lambda_stops_the_loops_of_all_other_functions() -> None:
    functions = load(ROOT / "template.yaml")["Resources"]

    assert [name for name, each in functions.items() if "RecursiveLoop" in each.get("Properties", {})] == [
        "WebhookDeliveryWorkerFunction",
        "ProjectCleanupWorkerFunction",
        "AccountWorkerFunction",
    ]


# ---------------------------------------------------------------- deliveries


class SlowReceiver(Outbound):
    """Answers after 15 seconds of the simulation."""

    def __init__(self, simulation: Simulation, status: int) -> None:
        super().__init__(GuardedTransport(AddressPolicy()))
        self._simulation = simulation
        self._status = status
        self.received = 0

    def post(self, *_: Any) -> Response:
        self._simulation.sleep(timedelta(seconds=15))
        self.received += 1
        return Response(self._status, {}, b"")


class FakeDeliveries:
    """Deliveries in memory, with the conditions of ``DeliveryStore`` that end a chain."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        self.kept = {each.delivery_id: each for each in deliveries}
        self._leases: dict[str, str] = {}

    def claim(self, _: str, delivery_id: str, *, lease: str, now: datetime, **__: Any) -> Delivery | None:
        delivery = self.kept[delivery_id]
        due = delivery.next_attempt_at is not None and delivery.next_attempt_at <= now
        if delivery.state is not DeliveryState.PENDING or not due or delivery_id in self._leases:
            return None
        self._leases[delivery_id] = lease
        return delivery

    def release(self, delivery: Delivery, **_: Any) -> Delivery:
        del self._leases[delivery.delivery_id]
        return delivery

    def record_attempt(
        self,
        delivery: Delivery,
        _: Attempt,
        *,
        state: DeliveryState,
        next_at: datetime | None = None,
        **__: Any,
    ) -> Delivery:
        del self._leases[delivery.delivery_id]
        recorded = replace(delivery, state=state, tries=delivery.tries + 1, next_attempt_at=next_at)
        self.kept[delivery.delivery_id] = recorded
        return recorded


class FakeWebhooks:
    """One webhook with its slots."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self._used = 0

    def acquire_slot(self, *_: str, **__: Any) -> tuple[Slot, Webhook]:
        if self._used == MAX_IN_FLIGHT:
            raise WebhookBusyError
        self._used += 1
        return Slot("", "", "slot1", ""), self._webhook

    def record_result(self, *_: Any, **__: Any) -> None:
        self._used -= 1


def deliver(number: int, status: int) -> tuple[SimulatedQueue, SlowReceiver, datetime, list[Delivery]]:
    """Sends ``number`` deliveries to one slow webhook. Returns when every chain of messages has ended."""
    simulation = Simulation()
    queue, receiver = SimulatedQueue(simulation), SlowReceiver(simulation, status)
    webhook = Webhook(
        uuid7(), uuid7(), "https://receiver.example/", frozenset({Event.RENDER_COMPLETED}), "whsec_MTIzNDU2Nzg=", START
    )
    deliveries = FakeDeliveries(
        [
            Delivery(
                webhook.webhook_id,
                uuid7(),
                webhook.user_id,
                Event.RENDER_COMPLETED,
                "{}",
                START,
                None,
                next_attempt_at=START,
            )
            for _ in range(number)
        ]
    )
    worker = DeliveryWorker(
        deliveries=cast(DeliveryStore, deliveries),
        webhooks=cast(WebhookStore, FakeWebhooks(webhook)),
        queue=queue,
        outbound=receiver,
        callback_secret=lambda _: "",
        clock=lambda: simulation.now,
        chance=random.Random(7).random,
    )
    queue.work = worker.work
    for delivery_id in deliveries.kept:
        queue.enqueue(DeliveryJob(webhook.webhook_id, delivery_id))
    simulation.run()
    return queue, receiver, simulation.now, list(deliveries.kept.values())


def test_three_hundred_deliveries_to_a_slow_webhook_all_arrive() -> None:
    queue, receiver, end, deliveries = deliver(DELIVERIES, 200)

    assert {each.state for each in deliveries} == {DeliveryState.SUCCEEDED}
    assert receiver.received == len(deliveries) == DELIVERIES
    assert max(queue.invocations.values()) > LAMBDA_LIMIT  # or the template would not have to allow it
    assert max(queue.invocations.values()) < 100
    assert end - START < timedelta(minutes=45)  # three at a time take 25 minutes at least


def test_deliveries_that_always_fail_leave_the_queue_to_the_due_index() -> None:
    queue, _, _, deliveries = deliver(DELIVERIES, 500)

    # The third retry is 30 minutes away. SQS delays at most 15, so the sweeper enqueues it and begins a new chain.
    assert {each.tries for each in deliveries} == {3}
    assert LAMBDA_LIMIT < max(queue.invocations.values()) < 300


# ---------------------------------------------------------------- clean-up


class FakeProjects:
    """One deleted project. ``finished`` when its clean-up has ended."""

    def __init__(self, deletion: ProjectDeletion) -> None:
        self._deletion: ProjectDeletion | None = deletion

    @property
    def finished(self) -> bool:
        return self._deletion is None

    def deletion(self, *_: str) -> ProjectDeletion | None:
        return self._deletion

    def reschedule_deletion(self, *_: Any, **__: Any) -> None:
        assert self._deletion

    def finish_deletion(self, _: ProjectDeletion) -> None:
        self._deletion = None


class FakeRenders:
    """The renders of the deleted project, newest first in pages."""

    def __init__(self, renders: list[Render]) -> None:
        self.kept = {render.render_id: render for render in renders}

    def page(self, _: str, *, limit: int, before: str | None, **__: Any) -> tuple[list[Render], str | None]:
        following = sorted((id_ for id_ in self.kept if before is None or id_ < before), reverse=True)
        shown = [self.kept[id_] for id_ in following[:limit]]
        return shown, shown[-1].render_id if len(following) > limit else None

    def cancel(self, render: Render, **_: Any) -> Render:
        return replace(render, status=Status.CANCELLED)

    def remove(self, renders: list[Render]) -> None:
        for render in renders:
            del self.kept[render.render_id]


class NoImages:
    def delete_all(self, _: list[str]) -> None:
        pass

    def delete(self, _: str) -> None:
        pass


class NoEvents:
    def publish(self, *_: Any, **__: Any) -> None:
        pass


def test_five_thousand_renders_of_a_deleted_project_are_removed() -> None:
    project_id, user_id = uuid7(), uuid7()
    template = Render(uuid7(), user_id, order(), 5, "captures/a", "revit", START, status=Status.COMPLETED)
    renders = FakeRenders([replace(template, render_id=uuid7()) for _ in range(RENDERS)])
    processed = [replace(each, status=Status.PROCESSING) for each in list(renders.kept.values())[::500]]
    renders.kept |= {each.render_id: each for each in processed}
    projects = FakeProjects(ProjectDeletion(user_id, project_id, START))
    simulation = Simulation()
    queue = SimulatedQueue(simulation)
    cleanup = ProjectCleanup(
        cast(ProjectStore, projects),
        cast(RenderStore, renders),
        cast(ImageStore, NoImages()),
        cast(EventPublisher, NoEvents()),
        queue,
    )
    queue.work = lambda job: cleanup.resume(job, now=simulation.now)
    for number, each in enumerate(processed):  # their workers are busy for up to ten minutes more
        simulation.after(
            timedelta(minutes=number + 1),
            lambda each=each: renders.kept.update({each.render_id: replace(each, status=Status.FAILED)}),  # type: ignore[misc]
        )
    job = CleanupJob(user_id, project_id)

    queue.enqueue(job)
    simulation.run()

    assert renders.kept == {}
    assert projects.finished
    assert LAMBDA_LIMIT < queue.invocations[job] < 80
