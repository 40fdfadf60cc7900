"""``client.queue``: what a program does with the queue."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from renderiq.api import Api
from renderiq.bodies import Picture, read_picture
from renderiq.errors import StateError
from renderiq.options import read_pictures, wire_options
from renderiq.queue.items import SETTLED, UNSENT, Item, Order, Pass, Paused, Reason, State
from renderiq.queue.sender import Sender
from renderiq.queue.store import OrderStore, name_of_picture
from renderiq.queue.worker import Worker

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from renderiq.models import RenderOptions

_OTHER_SENDER_SECONDS: Final = 1.0
"""How long a process waits that is not the sender."""


class Queue:
    """Orders on disk, which are sent when the server can be reached. Several processes may share ``directory``."""

    def __init__(self, api: Api, directory: Path, *, parallel: int) -> None:
        self._api = api
        self._store = OrderStore(directory)
        self._sender = Sender(api, self._store, parallel=parallel)
        self._worker = Worker(self.run_pass, self.wake, api.base_url)

    def add(
        self,
        image: Picture,
        *,
        depth_image: Picture | None = None,
        material_id_image: Picture | None = None,
        normal_image: Picture | None = None,
        model_file: Picture | None = None,
        output: str | os.PathLike[str] | None = None,
        **options: Unpack[RenderOptions],
    ) -> Item:
        """Stores an order and returns at once, online or not.

        The pictures, and ``model_file``, a 3D model for the path tracer, are copied. The result goes to ``output``, or
        into the queue's folder ``results``. Raises ``DiskError`` if the disk is full; nothing is stored then.
        """
        files = read_pictures(image, depth_image, material_id_image, normal_image)
        if model_file is not None:
            files["model_file"] = read_picture(model_file, "model_file")
        files = {name: replace(file, name=name_of_picture(name, file)) for name, file in files.items()}
        order = Order(
            number=0,
            id=str(uuid4()),
            key=str(uuid4()),
            state=State.WAITING,
            fields={name: value for name, value in wire_options(options).items() if value is not None},
            pictures={name: file.name for name, file in files.items()},
            output=str(Path(output).absolute()) if output else None,
            due=self._now(),
        )
        item = self._item(self._store.add(order, files))
        self._worker.notify()
        return item

    def list(self) -> list[Item]:
        """Returns all orders, in the order they were added."""
        return [self._item(order) for order in self._store.all()]

    def get(self, item_id: str) -> Item:
        """Returns an order. Raises ``StateError``."""
        return self._item(self._store.get(item_id))

    @property
    def paused(self) -> Paused | None:
        """Why nothing is sent: too few credits, or nobody is signed in. None if the queue is not paused."""
        return self._store.paused()

    def resume(self) -> None:
        """Goes on after a pause."""
        self._store.resume(self._now())
        self._worker.notify()

    def wake(self) -> None:
        """Tries at once what failed temporarily. Call it when the network is back."""
        self._store.wake(self._now())
        self._worker.notify()

    def edit(self, item_id: str, **options: Unpack[RenderOptions]) -> Item:
        """Changes an order that the server has not accepted, and sends it as a new one. Raises ``StateError``."""
        with self._store.changing(item_id) as change:
            if not change.order.is_editable:
                raise StateError("NOT_EDITABLE", "The order was sent already, so it cannot be changed any more.")
            fields = {**change.order.fields, **wire_options(options)}
            fields = {name: value for name, value in fields.items() if value is not None}
            change.order = change.order.renewed(str(uuid4()), fields, now=self._now())
        self._worker.notify()
        return self.get(item_id)

    def retry(self, item_id: str) -> Item:
        """Sends an order that has failed or was cancelled again, as a new one. Raises ``StateError``."""
        with self._store.changing(item_id) as change:
            if change.order.state not in (State.FAILED, State.CANCELLED):
                raise StateError("NOT_SETTLED", "Only an order that has failed or was cancelled can be tried again.")
            change.order = change.order.renewed(str(uuid4()), change.order.fields, now=self._now())
        self._worker.notify()
        return self.get(item_id)

    def cancel(self, item_id: str) -> Item:
        """Cancels an order: at once if it was never sent, and else as soon as the server can be asked.

        Its credits are returned unless its render has completed meanwhile; then it is done. An order that has ended
        stays as it is.
        """
        with self._store.changing(item_id) as change:
            order = change.order
            if order.state in UNSENT and not order.is_unsure:
                change.order = order.settled(State.CANCELLED)
            elif order.state not in SETTLED:
                reason = Reason("CANCELLING", "The order will be cancelled.")
                change.order = replace(order, is_cancelling=True, reason=reason, due=self._now(), is_temporary=False)
        self._worker.notify()
        return self.get(item_id)

    def remove(self, item_id: str) -> None:
        """Forgets an order that has ended. Its result stays. Raises ``StateError``."""
        if self._store.get(item_id).state not in SETTLED:
            raise StateError("NOT_SETTLED", "The order has not ended. Cancel it first.")
        self._store.remove(item_id)

    def run_pass(self) -> Pass:
        """Does once everything that is due. ``start`` does that in the background."""
        return self._sender.run_pass()

    def drain(self) -> Pass:
        """Makes passes until nothing is to come by itself: everything has ended, or the queue is paused."""
        while True:
            done = self.run_pass()
            pause = done.next if done.sender or done.next is None else max(done.next, _OTHER_SENDER_SECONDS)
            if pause is None:
                return done
            self._api.clock.sleep(pause)

    def start(self) -> None:
        """Makes passes in a thread of its own, until ``stop``."""
        self._store.remove_orphans()
        self._worker.start()

    def stop(self) -> None:
        """Ends the thread after the request that it is waiting for."""
        self._worker.stop()

    def _item(self, order: Order) -> Item:
        return Item.of(order, self._now())

    def _now(self) -> float:
        return self._api.clock.now()
