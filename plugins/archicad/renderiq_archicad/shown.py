"""What the panel shows, out of what the companion knows, in the words of the panel's protocol. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .sdk.queue.items import SETTLED, State
from .settings import Settings
from .shared.jobs import Job
from .shared.order import Look
from .shared.ordering import offer_for
from .shared.service import Service
from .shared.snapshot import Entry, Snapshot
from .views import View

_MAX_QUEUE: Final = 500
_MAX_HISTORY: Final = 200
_MAX_STYLES: Final = 300
_MAX_VIEWS: Final = 1000
_CODE_SECONDS: Final = 600
DEFAULT_LOOK: Final = {
    "style": "", "prompt": "", "negativePrompt": "", "quality": "", "model": "", "aspectRatio": "nearest",
    "structureStrength": 0.7, "seed": None,
}  # fmt: skip


@dataclass(frozen=True)
class Captured:
    """The view that the panel shows, and the crop of it that the server will make."""

    id: str
    view: View
    copy: Path
    aspect_ratio: str
    crop: dict[str, float]


def look_of(wire: dict[str, Any]) -> Look:
    """Returns the choices of the panel as the service takes them."""
    seed = wire["seed"]
    return Look(
        wire["style"], wire["prompt"], wire["negativePrompt"], wire["quality"], wire["model"],
        float(wire["structureStrength"]), None if seed is None else int(seed),
    )  # fmt: skip


def wire_look(look: Look, aspect_ratio: str) -> dict[str, Any]:
    """Returns choices in the words of the panel."""
    return {
        "style": look.style, "prompt": look.prompt, "negativePrompt": look.negative_prompt, "quality": look.quality,
        "model": look.model, "aspectRatio": aspect_ratio, "structureStrength": look.structure_strength,
        "seed": look.seed,
    }  # fmt: skip


class Shown:
    """Makes the panel's state. ``url`` gives a file an address, or None if it is gone."""

    def __init__(self, service: Service, url: Callable[[Path], str | None], log_path: Path) -> None:
        self._service, self._url, self._log_path = service, url, log_path

    def state(self, settings: Settings, views: list[View], captured: Captured | None) -> dict[str, Any]:
        """Returns the whole state."""
        found = self._service.snapshot
        queue, history = [], []
        for entry in found.entries:
            job = self._service.job(entry.job)
            if job is None:
                continue
            if entry.state == State.DONE:
                history.append(self._done(found, entry, job))
            else:
                queue.append(self._queued(found, entry, job))
        return {
            "network": self._network(found),
            "account": self._account(found),
            "release": {"version": found.update, "tooOld": found.is_too_old} if found.update else None,
            "problem": {"code": found.problem_code or "INTERNAL", "message": found.problem[:2000]}
            if found.problem and not found.is_unreachable  # the network says it already
            else None,
            "paused": {"code": found.paused_code, "message": found.paused[:2000]} if found.paused else None,
            "capabilities": self._capabilities(),
            "styles": self._styles(found),
            "capture": self._capture(captured),
            "views": [{"id": each.file.id, "name": each.file.name[:256]} for each in views[:_MAX_VIEWS]],
            "look": settings.look or DEFAULT_LOOK,
            "looks": [
                {"name": name, "look": wire_look(look, "nearest")}
                for name, look in list(self._service.jobs.looks().items())[:100]
            ],
            "settings": settings.wire(),
            "consents": [
                {
                    "name": each.name,
                    "version": int(each.version),
                    "title": each.title[:300],
                    "text": each.text[:8000],
                    "recipients": [name[:200] for name in each.recipients[:30]],
                }
                for each in found.consents
                if each.version.isdigit() and each.text
            ],
            "log": {"path": str(self._log_path)},
            "queue": sorted(queue, key=_age)[-_MAX_QUEUE:],
            "history": sorted(history, key=_age, reverse=True)[:_MAX_HISTORY],
        }

    def capture_file(self, job: Job) -> Path:
        """Returns the file of a job's capture."""
        return self._service.jobs.folder(job.id) / (job.images.get("image") or str(job.raw.get("image", "")) or "none")

    def _network(self, found: Snapshot) -> str:
        if not found.is_online:
            return "hostOffline"
        return "unreachable" if found.is_unreachable else "online"

    def _account(self, found: Snapshot) -> dict[str, Any]:
        if found.is_signing_in:
            code = found.device
            ends = _time(found.device_since + _CODE_SECONDS) if code else None
            return {
                "status": "signingIn",
                "userCode": code.user_code if code else None,
                "verificationUrl": code.url if code else None,
                "expiresAt": ends,
            }
        if not found.is_signed_in:
            return {"status": "signedOut"}
        return {"status": "signedIn", "email": found.email or None, "balance": found.balance}

    def _capabilities(self) -> dict[str, Any] | None:
        read = self._service.capabilities
        names = ("qualities", "models", "aspectRatios", "styleCategories", "limits")
        return {name: read[name] for name in names if name in read} if read else None

    def _styles(self, found: Snapshot) -> list[dict[str, Any]]:
        return [
            {
                "styleId": each.style_id, "title": each.title, "category": each.category_name,
                "description": each.description, "tags": list(each.tags),
                "cover": self._address(Path(each.cover)) if each.cover else None,
            }
            for each in found.styles[:_MAX_STYLES]
        ]  # fmt: skip

    def _capture(self, captured: Captured | None) -> dict[str, Any] | None:
        picture = self._address(captured.copy) if captured else None
        if captured is None or picture is None:
            return None
        kind = captured.view.file.kind
        return {
            "id": captured.id, "view": captured.view.file.name[:256], "picture": picture, "width": kind.width,
            "height": kind.height, "aspectRatio": captured.aspect_ratio, "crop": captured.crop,
            "guides": captured.view.guides,
        }  # fmt: skip

    def _queued(self, found: Snapshot, entry: Entry, job: Job) -> dict[str, Any]:
        cost = _price(found, entry.look)
        is_refunded = entry.state == State.CANCELLED and entry.was_accepted
        due = None if entry.next is None or entry.state in SETTLED else _time(5 * round((time.time() + entry.next) / 5))
        return {
            "id": entry.job, "view": entry.view[:256], "state": entry.state, "createdAt": _time(entry.created),
            "look": _entry_look(job), "progress": None,
            "reason": {"code": entry.code or "INTERNAL", "message": entry.reason[:2000]} if entry.reason else None,
            "nextTry": due if entry.reason else None, "cost": cost, "refunded": cost if is_refunded else None,
            "refused": entry.is_refused,
        }  # fmt: skip

    def _done(self, found: Snapshot, entry: Entry, job: Job) -> dict[str, Any]:
        before = self.capture_file(job)
        return {
            "id": entry.job, "view": entry.view[:256], "createdAt": _time(entry.created), "look": _entry_look(job),
            "cost": _price(found, entry.look), "before": self._address(before),
            "after": self._address(Path(entry.result)) if entry.result else None, "canRepeat": before.is_file(),
        }  # fmt: skip

    def _address(self, path: Path | None) -> str | None:
        return self._url(path) if path else None


def _entry_look(job: Job) -> dict[str, Any]:
    return wire_look(job.look, str(job.options.get("aspect_ratio", "source")))


def _price(found: Snapshot, look: Look) -> int | None:
    return offer_for(found, look).cost


def _age(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["createdAt"], entry["id"]


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
