"""The shared service, with what the panel asks of it beyond the panels of other hosts. Pure."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from .sdk import RenderiqError
from .sdk.errors import NetworkError
from .sdk.models import CapabilitiesOut
from .sdk.queue.items import Item, Paused, State
from .shared.jobs import Job
from .shared.order import Look
from .shared.prices import Prices
from .shared.service import Service
from .shared.snapshot import Consent, Model

_FRESH: Final = 300.0
_AGAIN: Final = 5.0


class OrderService(Service):
    """The service of one server, with raw offers, edits and answers to consents.

    ``offer`` is what ``GET /capabilities`` and ``GET /styles`` said last, kept for the time without a network.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.problem_code, self.code_shown = "", 0.0
        super().__init__(*arguments, **options)
        self._offer_path = self.directory / "offer.json"
        self.offer: dict[str, Any] = _read_json(self._offer_path)
        self.is_unreachable = False
        self._due_offer = 0.0
        self._use_stored_prices()

    def _use_stored_prices(self) -> None:
        try:
            read = CapabilitiesOut.read(self.offer["capabilities"])
            models = tuple(Model(each.name, bool(each.is_default), tuple(each.inputs)) for each in read.models)
            self._update(prices=Prices.of(read), models=models, ratios=tuple(read.aspect_ratios))
        except (KeyError, TypeError, AttributeError, ValueError):  # none yet, or of another version
            return

    def items(self) -> dict[str, Item]:
        """Returns the orders of the queue by their ids."""
        return {each.id: each for each in self.client.queue.list()}

    def all_jobs(self) -> dict[str, Job]:
        """Returns the jobs by their ids."""
        with self._lock:
            return dict(self._jobs)

    def paused(self) -> Paused | None:
        """Returns why nothing is sent, or None."""
        return self.client.queue.paused

    def read_offer_when_due(self) -> None:
        """Has prices and styles read again if they are old, sooner while the server cannot be reached."""
        if self.snapshot.is_online and time.monotonic() >= self._due_offer:
            self._due_offer = time.monotonic() + _FRESH
            self._run("panel-offer", self._read_panel_offer)

    def _read_panel_offer(self) -> None:
        try:
            call = self.client.api.call
            offer = {name: call("GET", f"/{name}", signed_in=False).data for name in ("capabilities", "styles")}
        except RenderiqError as error:
            self.is_unreachable = isinstance(error, NetworkError)
            self._due_offer = time.monotonic() + _AGAIN
            return
        if self.is_unreachable:
            self.client.queue.wake()
        self.is_unreachable = False
        if offer != self.offer:
            self.offer = offer
            _write_json(self._offer_path, offer)

    def edit(self, job_id: str, look: Look, more: dict[str, Any]) -> bool:
        """Changes an order that was not accepted, and sends it again. Returns False if it cannot be changed."""
        job = self.all_jobs().get(job_id)
        item = self.items().get(job.item) if job else None
        if job is None or item is None or not item.is_editable:
            return False
        cleared = dict.fromkeys(("prompt", "negative_prompt", "style", "model", "seed"))
        options = {**look.options(), **more}
        self.client.queue.edit(item.id, **{**cleared, **options})
        kept = {name: value for name, value in job.options.items() if name not in Look.__dataclass_fields__}
        self._keep(replace(job, look=look, options={**kept, **options}))
        return True

    def answer_consents(self, answers: list[dict[str, Any]]) -> None:
        """Sends the answers to the server, and tries again what was refused without the consent."""
        asked = {each.name: each for each in self.snapshot.consents}

        def work() -> None:
            for answer in answers:
                body = {"version": answer["version"], "granted": answer["granted"]}
                self.client.api.call("POST", f"/consents/{answer['name']}", json=body)
                self._log.info("%s %s", "agreed to" if answer["granted"] else "declined", answer["name"])
            answered = {answer["name"] for answer in answers}
            left: tuple[Consent, ...] = tuple(each for name, each in asked.items() if name not in answered)
            self._update(consents=left)
            if all(answer["granted"] for answer in answers):
                for entry in self.snapshot.entries:
                    if entry.code == "CONSENT_REQUIRED":
                        self.retry(entry.job)

        self._run("consent", work)

    def is_refused(self, item: Item) -> bool:
        """Whether the server has refused an order, so that it can be edited."""
        return item.state == State.FAILED and item.is_editable and not item.render_id

    def _update(self, **values: Any) -> None:
        if values.get("device") is not None:
            self.code_shown = time.time()
        if values.get("problem") == "":
            self.problem_code = ""
        super()._update(**values)

    def _report(self, error: Exception) -> None:
        self.problem_code = str(getattr(error, "code", "")) or "INTERNAL"
        super()._report(error)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    os.replace(part, path)
