"""A plugin's side of the network: everything that may wait runs here in threads, and the host reads a snapshot. Pure.

No method that the host's main thread calls touches the network or waits for a thread.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import webbrowser
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from renderiq import RenderiqError
from renderiq.client import Renderiq
from renderiq.clock import Clock
from renderiq.errors import AuthError, NetworkError, StateError
from renderiq.queue.items import State
from renderiq.tokens import default_token_store
from renderiq.transport import Transport

from .account import Account
from .catalogue import Catalogue
from .deliveries import Deliveries
from .entries import entry_of, job_of
from .jobs import CAPTURE, Job, Jobs
from .names import safe_name
from .order import Look
from .sentences import sentence, sentence_of
from .snapshot import Board, Entry, Snapshot
from .workers import LOOP, Workers

_TICK: Final = 0.5
_FRESH: Final = 300.0
"""Seconds for which styles, prices and limits are kept."""
_BALANCE_FRESH: Final = 60.0
_RETRY: Final = 15.0
_KEPT_JOBS: Final = 200
_CLEARED: Final = ("prompt", "negative_prompt", "style", "model", "seed")
"""Options that a look without them takes away."""
Develop = Callable[[Path, "dict[str, Any]", int], "tuple[dict[str, str], dict[str, Any]]"]
"""Takes a job's folder, its ``raw`` and the most materials; returns ``Job.images`` and more options of the order."""


class Service:
    """Works for one server.

    ``platform`` is the API's name of the host, and ``session`` names the running host. ``open_url`` shows a page in the
    browser. ``develop`` makes the images of an order from the files that the host wrote; without one the jobs that are
    submitted have their images. ``results`` is the folder of finished renders. ``has_ended`` says of a session whether
    its host runs no more: then the results that have a place are this host's.
    """

    def __init__(
        self,
        base_url: str,
        root: Path,
        *,
        platform: str,
        version: str,
        session: str,
        log: logging.Logger,
        develop: Develop | None = None,
        results: Path | None = None,
        has_ended: Callable[[str], bool] = lambda _session: False,
        open_url: Callable[[str], object] = webbrowser.open,
        api_key: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.directory = root / _folder_name(base_url)  # tokens and orders of one server never reach another one
        self.jobs = Jobs(self.directory)
        self.results = results or self.directory / "results"
        self._platform, self._version, self._log = platform, version, log
        self.open_url = open_url
        self._develop = develop
        self.session = session
        self._deliveries = Deliveries(self.jobs, session, has_ended)
        self._transport = transport
        self._base_url = base_url
        self._api_key = api_key or os.environ.get("RENDERIQ_API_KEY") or None
        self._tokens = default_token_store(self.directory, base_url)
        self.client = self._new_client()
        self.board = Board()
        self._update = self.board.update
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._done: deque[Entry] = deque()
        self._known: dict[str, str] = {}
        self._changed, self._stopping = threading.Event(), threading.Event()
        self._workers = Workers(self._report, self._changed.set)
        self._run = self._workers.run
        self._due: dict[str, float] = {}
        self._is_sending = False
        self._catalogue = Catalogue(
            self.client.api, platform, version, covers=root / "covers", directory=self.directory
        )
        self._account = Account(
            self.client, self._new_client, self.board, self._workers, log, open_url=lambda url: self.open_url(url),
            signed_in=self._resume, agreed=self._send_refused,
        )  # fmt: skip

    @property
    def snapshot(self) -> Snapshot:
        """All that a panel shows."""
        return self.board.snapshot

    @property
    def capabilities(self) -> dict[str, Any] | None:
        """The last answer of ``GET /capabilities`` as it came, also without a network; None if there was none."""
        return self._catalogue.capabilities

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Begins to work, offline until ``set_online``."""
        self._run(LOOP, self._loop)

    def stop(self) -> None:
        """Ends the work after the requests under way. Does not wait; what is queued stays on disk."""
        self._stopping.set()
        self._changed.set()
        self.cancel_sign_in()

    def set_online(self, is_online: bool) -> None:
        """Says whether the network may be used. Offline, orders are queued and nothing is sent."""
        if is_online != self.snapshot.is_online:
            self._log.info("online" if is_online else "offline: nothing is sent")
            self._update(is_online=is_online)
            self._due.clear()
            self._changed.set()

    def take_done(self) -> list[Entry]:
        """Returns the orders that were done since the last call, if this host is the one to show them."""
        taken = []
        while self._done:
            taken.append(self._done.popleft())
        return taken

    def busy(self) -> bool:
        """Whether a thread other than the loop works."""
        return self._workers.is_busy()

    # ------------------------------------------------------------ orders

    def submit(self, job: Job) -> None:
        """Takes an order whose files the host has written. The job must have been saved."""
        with self._lock:
            self._jobs[job.id] = job
        self._log.info("captured %s as %s", job.id, ", ".join(job.raw.get("files") or job.images.values()))
        self._changed.set()

    def job(self, job_id: str) -> Job | None:
        """Returns an order, or None."""
        with self._lock:
            return self._jobs.get(job_id)

    def delivered(self, job_id: str) -> None:
        """Says that a result is in its place. A result without this is taken again after a restart. Any thread."""
        if job := self.job(job_id):
            self._keep(replace(job, is_delivered=True))

    def again(self, job_id: str, look: Look, place: dict[str, Any] | None = None) -> bool:
        """Orders from the captures of an earlier order with other settings, in a thread.

        Returns False if that order is unknown, or has not the captures that ``look`` needs. If their files are gone,
        the snapshot's ``problem`` says so. The result belongs where the earlier one does, if no ``place`` is given.
        """
        job = self._jobs.get(job_id)
        if job is None or not job.images:
            return False
        needs_model = look.is_path_traced
        if needs_model != ("model_file" in job.images):
            return False
        kept = {name: value for name, value in job.options.items() if name not in Look.__dataclass_fields__}
        options = {**kept, **look.options()}

        def work() -> None:  # a model may have hundreds of megabytes
            self.submit(self.jobs.copy_images(job, look, options, self.session, place))

        self._run(f"again {job_id} {time.monotonic_ns()}", work)
        return True

    def edit(self, job_id: str, look: Look, more: Mapping[str, Any]) -> None:
        """Gives an order another look and ``more`` options, and sends it again.

        Raises ``StateError`` if the server has accepted it, or if it is not queued yet.
        """
        job = self._jobs.get(job_id)
        if job is None or not job.item:
            raise StateError("NOT_EDITABLE", "The order is still being made, so it cannot be changed yet.")
        options = {**look.options(), **more}
        self.client.queue.edit(job.item, **{**dict.fromkeys(_CLEARED), **options})
        kept = {name: value for name, value in job.options.items() if name not in Look.__dataclass_fields__}
        self._keep(replace(job, look=look, options={**kept, **options}))
        self._changed.set()

    def cancel(self, job_id: str) -> None:
        """Cancels an order; its credits are returned."""
        self._with_item("cancel", job_id, lambda item: self.client.queue.cancel(item))

    def retry(self, job_id: str) -> None:
        """Sends an order that failed or was cancelled again."""
        job = self._jobs.get(job_id)
        if job and not job.item:
            self._keep(replace(job, problem=""))
            self._changed.set()
        else:
            self._with_item("retry", job_id, lambda item: self.client.queue.retry(item))

    def remove(self, job_id: str) -> None:
        """Forgets an order that has ended, and its captures. Its result stays."""

        def work() -> None:
            job = self._jobs.get(job_id)
            if job and job.item:
                with suppress(RenderiqError):
                    self.client.queue.remove(job.item)
            with self._lock:
                self._jobs.pop(job_id, None)
            self.jobs.remove(job_id)

        self._run(f"remove {job_id}", work)

    def resume(self) -> None:
        """Goes on after a pause, and tries at once what waits."""

        def work() -> None:
            self._resume()
            self.client.queue.wake()
            self._update(problem="", problem_code="")

        self._run("resume", work)

    def _resume(self) -> None:
        self.client.queue.resume()
        self._due.clear()

    # ------------------------------------------------------------ account

    def sign_in(self) -> None:
        """Opens the page of a sign-in code in the browser, and waits for its approval."""
        self._account.sign_in()

    def cancel_sign_in(self) -> None:
        """Gives a sign-in up."""
        self._account.cancel_sign_in()

    def sign_out(self) -> None:
        """Ends the session, here also if the server cannot be reached."""
        self._account.sign_out()

    def agree(self, names: list[str]) -> None:
        """Tells the server that the user agrees, and sends what was refused without it."""
        self.answer_consents([(each.name, each.version, True) for each in self.snapshot.consents if each.name in names])

    def answer_consents(self, answers: list[tuple[str, str, bool]]) -> None:
        """Tells the server each name, the version that the user has read, and whether the user agrees.

        If the user agrees to all of them, what was refused without a consent is sent again.
        """
        self._account.answer_consents(answers)

    def _send_refused(self) -> None:
        for entry in self.snapshot.entries:
            if entry.code == "CONSENT_REQUIRED" and (job := self._jobs.get(entry.job)):
                self.client.queue.retry(job.item)

    def save_look(self, name: str, look: Look | None) -> None:
        """Saves a look, or removes it if there is none."""
        self.jobs.save_look(name, look)
        self._update(looks=tuple(self.jobs.looks()))

    # ------------------------------------------------------------ the loop

    def _loop(self) -> None:
        with self._lock:
            self._jobs = {job.id: job for job in reversed(self.jobs.all())} | self._jobs
        self._update(looks=tuple(self.jobs.looks()), **self._catalogue.stored())
        is_first = True
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                self._pass()
                if is_first:
                    self._remove_old()
                    is_first = False
            except Exception as error:  # the next pass may succeed, and the panel must live
                self._report(error)
            self._changed.wait(_TICK)
        self.client.queue.stop()  # here and in no other thread, since a pass may be starting it

    def _pass(self) -> None:
        for job in list(self._jobs.values()):
            is_lost = job.session != self.session and time.time() - job.created > 600
            if not job.item and not job.problem and (job.session == self.session or is_lost):
                self._run(f"prepare {job.id}", partial(self._prepare, job))
        tokens = None if self._api_key else self._tokens.load()
        signed_in = bool(self._api_key or tokens)
        self._update(is_signed_in=signed_in, email=tokens.email if tokens else "")
        self._send_or_not()
        self._list()
        if self.snapshot.is_online:
            self._when_due("offer", _FRESH, self._read_offer)
            if signed_in:
                self._when_due("balance", _BALANCE_FRESH, self._read_balance)

    def _remove_old(self) -> None:
        """Forgets what has ended, beyond the newest orders. Results stay."""
        for entry in self.snapshot.entries[_KEPT_JOBS:]:
            if entry.is_settled:
                self.remove(entry.job)

    def _send_or_not(self) -> None:
        """Starts and stops the thread of the queue. Stopping waits for a request, which this thread may do."""
        wants = self.snapshot.is_online and self.snapshot.is_signed_in
        if wants and not self._is_sending:
            self.client.queue.start()
            self.client.queue.wake()
        elif not wants and self._is_sending:
            self.client.queue.stop()
        self._is_sending = wants

    def _prepare(self, job: Job) -> None:
        """Makes the images of an order and queues it. A crash in between is made good at the next start."""
        folder = self.jobs.folder(job.id)
        try:
            if job.raw and not job.images:
                if self._develop is None:
                    raise ValueError("The order has no images")
                images, found = self._develop(folder, job.raw, self.snapshot.max_materials)
                job = replace(job, images=images, options={**job.options, **found}, raw={})
                self._keep(job)
            queued = next((each for each in self.client.queue.list() if job_of(each) == job.id), None)
            if queued is None:
                pictures: dict[str, Any] = {name: folder / file for name, file in job.images.items()}
                options = {**job.options, "metadata": {"job": job.id, "view": job.view}}
                queued = self.client.queue.add(**pictures, output=self._result_path(job), **options)
            self._keep(replace(job, item=queued.id))
            self._log.info("queued %s", job.id)
        except Exception as error:
            self._log.exception("order %s could not be queued", job.id)
            self._keep(replace(job, problem=sentence_of(error)))
        self._changed.set()

    def _list(self) -> None:
        items = {each.id: each for each in self.client.queue.list()}
        entries = []
        with self._lock:
            jobs = list(self._jobs.values())
        for job in reversed(jobs):
            capture = self.jobs.folder(job.id) / CAPTURE
            entry = entry_of(job, items.get(job.item), str(capture), is_mine=job.session == self.session)
            before = self._known.get(job.id)
            if before != entry.state:
                self._known[job.id] = entry.state
                if before is not None:
                    self._log.info("%s is %s %s", job.id, entry.state, entry.code)
                    self._due.pop("balance", None)
                if entry.state == State.DONE and (taken := self._deliveries.taken(job, is_new=before is not None)):
                    self._keep(taken)
                    entry = replace(entry, is_mine=True)
                    self._done.append(entry)
                if entry.code == "CONSENT_REQUIRED" and self.snapshot.is_online:
                    self._account.read_consents()
            entries.append(entry)
        paused = self.client.queue.paused
        self._update(
            entries=tuple(entries),
            paused=sentence(paused.code, paused.message) if paused else "",
            paused_code=paused.code if paused else "",
        )

    # ------------------------------------------------------------ what the server offers

    def _read_offer(self) -> None:
        self._update(**self._catalogue.offer())
        self._catalogue.read_styles(
            self.snapshot.is_signed_in,
            lambda styles: self._update(styles=styles),
            lambda: self.snapshot.is_online and not self._stopping.is_set(),
        )

    def _read_balance(self) -> None:
        self._update(balance=self.client.credits.get().balance)

    # ------------------------------------------------------------ threads

    def _when_due(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        if self._due.get(name, 0.0) > time.monotonic():
            return
        self._due[name] = time.monotonic() + seconds

        def guarded() -> None:
            try:
                work()
            except Exception as error:
                self._due[name] = time.monotonic() + _RETRY
                if isinstance(error, NetworkError):
                    self._update(is_unreachable=True)
                raise
            if self.snapshot.is_unreachable:
                self.client.queue.wake()  # or it would wait for its next try
            self._update(problem="", problem_code="", is_unreachable=False)

        self._run(name, guarded)

    def _with_item(self, name: str, job_id: str, work: Callable[[str], object]) -> None:
        job = self._jobs.get(job_id)
        if job and job.item:
            item = job.item

            def call() -> None:
                work(item)

            self._run(f"{name} {job_id}", call)

    def _report(self, error: Exception) -> None:
        if isinstance(error, RenderiqError):
            self._log.warning("%s %s (request %s)", error.code, error.message, error.request_id)
            if isinstance(error, AuthError) and error.code == "AUTH_REQUIRED":
                return  # the panel shows that nobody is signed in
        else:
            self._log.error("unexpected", exc_info=error)
        self._update(problem=sentence_of(error), problem_code=str(getattr(error, "code", "")) or "INTERNAL")

    def _keep(self, job: Job) -> None:
        with self._lock:
            if job.id in self._jobs:
                self._jobs[job.id] = job
                self.jobs.save(job)

    def _result_path(self, job: Job) -> Path:
        view = safe_name(job.view)[:40] or "view"
        return self.results / f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(job.created))}-{view}-{job.id[-8:]}.png"

    def _new_client(self, clock: Clock | None = None) -> Renderiq:
        return Renderiq(
            self._api_key, base_url=self._base_url, platform=self._platform, plugin_version=self._version,
            directory=self.directory, token_store=self._tokens, clock=clock, transport=self._transport,
        )  # fmt: skip


def _folder_name(base_url: str) -> str:
    parts = urlsplit(base_url)
    return safe_name(parts.netloc + parts.path) or "server"
