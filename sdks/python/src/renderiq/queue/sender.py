"""A pass of the sender: it sends what waits and looks at what was ordered. A crash at any point repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from renderiq.api import Api
from renderiq.bodies import File, form_body, read_picture
from renderiq.errors import (
    AuthError,
    ConflictError,
    DiskError,
    InsufficientCreditsError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    RenderiqError,
)
from renderiq.files import disk_error, replacing
from renderiq.locks import try_file_lock
from renderiq.models import RenderAccepted, RenderOut
from renderiq.options import ALWAYS_UPLOADED, IMAGE_FIELDS, MAX_BYTES_IN_ORDER
from renderiq.queue.items import UNDER_WAY, UNSENT, Order, Pass, Paused, Reason, State, Upload, seconds_until_due
from renderiq.queue.store import OrderStore, SupersededError
from renderiq.retries import read_retry_after
from renderiq.uploads import LocalFile, Sending

_PARALLEL: Final = 4


class Sender:
    """Makes passes over the orders of a store. Of all processes on the store, one is the sender at a time."""

    def __init__(self, api: Api, store: OrderStore, *, parallel: int = _PARALLEL) -> None:
        self._api = api.without_retries()  # the queue has pauses of its own, which survive a crash
        self._store = store
        self._parallel = parallel

    def run_pass(self) -> Pass:
        """Does everything that is due. Raises ``DiskError`` if what has happened cannot be stored."""
        with try_file_lock(self._store.lock_path) as is_sender:
            if is_sender:
                self._send_all()
                self._look_at_all()
            return Pass(is_sender, seconds_until_due(self._store.active(), self._store.paused(), self._now()))

    def _send_all(self) -> None:
        for order in self._store.active():
            if order.state not in UNSENT:
                continue
            if self._store.paused() or not order.is_due(self._now()) or not self._attempt(order, self._send):
                return

    def _look_at_all(self) -> None:
        for order in self._store.active():
            paused = self._store.paused()
            if paused and paused.forbids_looking:
                return
            if order.state in UNDER_WAY and order.is_due(self._now()) and not self._attempt(order, self._look):
                return

    def _attempt(self, order: Order, work: Callable[[Order], None]) -> bool:
        """Works on an order. Returns False if those behind it have to wait."""
        try:
            try:
                work(order)
            except RenderiqError as error:
                return self._after_failure(self._store.get(order.id), error)
            except OSError as error:
                failure = disk_error(error)
                failure.retryable = not isinstance(error, FileNotFoundError)  # a picture that is gone stays so
                return self._after_failure(order, failure)
        except SupersededError:
            return False  # the next pass sees what has become of it, and keeps the order
        return True

    def _after_failure(self, order: Order, error: RenderiqError) -> bool:
        if isinstance(error, (AuthError, InsufficientCreditsError)):
            if order.is_cancelling and isinstance(error, InsufficientCreditsError):
                self._store.save(order.settled(State.CANCELLED))
                return True
            details = {name: value for name, value in error.details.items() if name.endswith("Credits")}
            paused = Paused(error.code, error.message, details)
            self._store.pause(paused, order.held(error))
            return False
        if error.retryable:
            now, chance = self._now(), self._api.clock.chance()
            self._store.save(order.failed_for_now(error, now=now, chance=chance))
            return False
        if order.is_cancelling:
            self._store.save(order.settled(State.CANCELLED))
        else:
            self._store.save(order.settled(State.FAILED, Reason(error.code, error.message)))
        return True

    # ------------------------------------------------------------ sending

    def _send(self, order: Order) -> None:
        paths = {name: self._store.picture(order, name) for name in order.pictures}
        separate = {name: path for name, path in paths.items() if name in ALWAYS_UPLOADED}
        if sum(path.stat().st_size for name, path in paths.items() if name not in separate) > MAX_BYTES_IN_ORDER:
            separate = paths
        self._order(self._uploaded(order, separate), paths)

    def _order(self, order: Order, paths: dict[str, Path]) -> None:
        fields, files = dict(order.fields), dict[str, File]()
        for name, path in paths.items():
            file_field, upload_field, _ = IMAGE_FIELDS[name]
            if name in order.uploads:
                fields[upload_field] = order.uploads[name].upload_id
            else:
                files[file_field] = read_picture(path, name)
        was_unsure = order.is_unsure
        order = replace(order, is_unsure=True)
        self._store.save(order)  # from now on, a crash leaves it unknown whether the server has the order
        try:
            answer = self._api.call("POST", "/renders", body=form_body(fields, files), key=order.key)
        except ConflictError as error:
            if error.code != "UPLOAD_INCOMPLETE":
                raise
            self._store.save(replace(_without_uploads(order), is_unsure=False))
            error.retryable = True
            raise
        except InsufficientCreditsError:
            self._store.save(replace(order, is_unsure=False))
            raise
        except RenderiqError as error:
            if not _may_have_been_accepted(error):
                self._store.save(replace(order, is_unsure=was_unsure))
            raise
        accepted = RenderAccepted.read(answer.data)
        order = order.accepted(accepted.render_id, accepted.estimated_time or 0, now=self._now())
        self._store.save(order)

    def _uploaded(self, order: Order, paths: dict[str, Path]) -> Order:
        """Uploads the pictures, each from where it was interrupted."""
        for name, path in paths.items():
            known = order.uploads.get(name, Upload())
            if known.is_ready:
                continue
            order = self._upload(replace(order, state=State.UPLOADING), name, path, known)
        return order

    def _upload(self, order: Order, name: str, path: Path, known: Upload) -> Order:
        self._store.save(order)
        file_field, _, purpose = IMAGE_FIELDS[name]
        key = f"{order.key}-{file_field}" + (f"-{known.tries}" if known.tries else "")
        sending = Sending(self._api, LocalFile.read(path), purpose, key, self._parallel)
        try:
            if known.upload_id:
                upload = sending.send_missing(sending.find(known.upload_id))
            else:
                begun = sending.begin()
                order = _with_upload(order, name, replace(known, upload_id=begun.upload_id))
                self._store.save(order)
                upload = sending.finish(begun)
            if upload.status == "failed":
                raise NotFoundError("UPLOAD_FAILED", upload.error or "The upload has failed.")
        except NotFoundError as error:  # it has ended or was deleted: another one is begun
            self._store.save(_with_upload(order, name, Upload(tries=known.tries + 1)))
            error.retryable = True
            raise
        order = _with_upload(order, name, replace(known, upload_id=upload.upload_id, is_ready=True))
        self._store.save(order)
        return order

    # ------------------------------------------------------------ looking

    def _look(self, order: Order) -> None:
        method = "DELETE" if order.is_cancelling else "GET"
        try:
            answer = self._api.call(method, f"/renders/{order.render_id}")
        except ConflictError:  # it has ended before it could be cancelled
            order = replace(order, is_cancelling=False).looked_at("", None, 0, now=self._now())
            self._store.save(order, cancellation_is_done=True)
            return
        render, was_cancelling = RenderOut.read(answer.data), order.is_cancelling
        order = replace(order, is_cancelling=False)
        if render.status == "completed":
            self._finish(order, render)
        elif render.status == "cancelled":
            self._store.save(order.settled(State.CANCELLED))
        elif render.status == "failed":
            reason = Reason(render.error_code or "RENDER_FAILED", render.error or "The render failed.")
            self._store.save(order.settled(State.FAILED, reason))
        else:
            retry_after = read_retry_after(answer.headers.get("retry-after"), self._now())
            under_way = sum(each.state in UNDER_WAY for each in self._store.active())
            order = order.looked_at(render.status or "", retry_after, under_way, now=self._now())
            self._store.save(order, cancellation_is_done=was_cancelling)

    def _finish(self, order: Order, render: RenderOut) -> None:
        order = replace(order, state=State.RENDERING)
        self._store.save(order, cancellation_is_done=True)  # it is too late for that
        path = self._store.result_path(order, f".{render.output_format or 'png'}")
        try:
            with replacing(path, part=f".{path.name}.part") as file:  # one sender at a time
                self._api.download(render.output_url or "", file)
        except DiskError:
            raise
        except RenderiqError as error:
            error.retryable = True  # a link ends after a day; the next look gets another one
            raise
        self._store.save(order.settled(State.DONE, result=str(path)))

    def _now(self) -> float:
        return self._api.clock.now()


def _may_have_been_accepted(error: RenderiqError) -> bool:
    """Returns whether the server may have taken the order of a request that failed so."""
    if isinstance(error, NetworkError):
        return error.was_sent
    return not isinstance(error, (AuthError, RateLimitedError))


def _with_upload(order: Order, name: str, upload: Upload) -> Order:
    return replace(order, uploads={**order.uploads, name: upload})


def _without_uploads(order: Order) -> Order:
    return replace(order, uploads={name: Upload(tries=each.tries + 1) for name, each in order.uploads.items()})
