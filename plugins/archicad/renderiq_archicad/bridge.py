"""The panel's methods. Pure."""

from __future__ import annotations

import locale
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import VERSION
from .captures import framed
from .messages import PROTOCOL, Handler, Refusal
from .sdk.errors import StateError
from .sdk.queue.items import SETTLED, State
from .shared.jobs import Job
from .shared.order import Look
from .shared.ordering import is_path_traced, offer_for, refusal, roll
from .shared.snapshot import Entry
from .shown import look_of

if TYPE_CHECKING:
    from .companion import Companion

PLACES: Final = ["folder", "image"]
_CLOSE: Final = 0.02
"""How much a crop may differ from that of the server, in parts of the picture."""


class Bridge:
    """What the panel may ask of a companion."""

    def __init__(self, companion: Companion) -> None:
        self._companion = companion
        self.handlers: dict[str, Handler] = {
            "hello": self._hello, "refresh": self._refresh, "signIn": self._sign_in,
            "cancelSignIn": self._cancel_sign_in, "signOut": self._sign_out, "openPage": self._open_page,
            "capture": self._capture, "setCrop": self._set_crop, "estimate": self._estimate, "order": self._order,
            "cancel": self._cancel, "retry": self._retry, "remove": self._remove, "edit": self._edit,
            "again": self._again, "resume": self._resume, "pictures": self._pictures, "place": self._place,
            "openFile": self._open_file, "openLog": self._open_log, "setLook": self._set_look,
            "saveLook": self._save_look, "deleteLook": self._delete_look, "setSettings": self._set_settings,
            "answerConsents": self._answer_consents,
        }  # fmt: skip

    # ------------------------------------------------------------ session

    def _hello(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        companion = self._companion
        companion.reset_soon()
        return {
            "protocol": PROTOCOL,
            "host": {"name": "archicad", "title": "ArchiCAD", "version": companion.archicad_state.version},
            "plugin": VERSION,
            "locale": (locale.getlocale()[0] or "en").replace("_", "-"),
            "features": {
                "depth": False, "materialIds": True, "normals": False, "model": companion.can_model(), "batch": True,
                "crop": False, "openFile": True, "placeResult": PLACES,
            },
        }  # fmt: skip

    def _refresh(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._companion.reset_soon()
        return {}

    def _sign_in(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._needs_network()
        self._companion.service.sign_in()
        return {}

    def _cancel_sign_in(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._companion.service.cancel_sign_in()
        return {}

    def _sign_out(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._companion.service.sign_out()
        return {}

    def _open_page(self, params: dict[str, Any]) -> dict[str, Any]:
        found = self._companion.service.snapshot
        page = {"signIn": found.device.complete_url if found.device else "", "download": found.download_url}
        address = page[params["page"]]
        if not address.startswith(("https://", "http://")):
            raise Refusal("NOT_FOUND", "There is no such page now.")
        webbrowser.open(address)
        return {}

    # ------------------------------------------------------------ captures

    def _capture(self, params: dict[str, Any]) -> dict[str, Any]:
        self._companion.capture(params["aspectRatio"])
        return {}

    def _set_crop(self, params: dict[str, Any]) -> dict[str, Any]:
        captured = self._companion.captured
        if captured is None or captured.id != params["captureId"]:
            raise Refusal("NOT_FOUND", "This capture is gone. Capture again.")
        kind = captured.view.file.kind
        name, inner = framed(kind.width, kind.height, params["aspectRatio"], self._companion.ratios())
        if any(abs(inner[side] - params["crop"][side]) > _CLOSE for side in inner):
            raise Refusal("NOT_SUPPORTED", "The middle of the view is rendered. Publish another view for another part.")
        self._companion.frame(name, inner)
        return {}

    # ------------------------------------------------------------ orders

    def _estimate(self, params: dict[str, Any]) -> dict[str, Any]:
        found = offer_for(self._companion.service.snapshot, self._companion.look(params["look"]), params["count"])
        return {"cost": found.cost, "left": found.left, "sufficient": found.is_affordable}

    def _order(self, params: dict[str, Any]) -> dict[str, Any]:
        companion, look = self._companion, self._companion.look(params["look"])
        if "views" in params:
            known = {each.file.id: each for each in companion.views()}
            if any(each not in known for each in params["views"]):
                raise Refusal("NOT_FOUND", "A view is not there any more. Publish it again.")
            views = [known[each] for each in params["views"]]
        else:
            captured = companion.captured
            if captured is None or captured.id != params["captureId"]:
                raise Refusal("NOT_FOUND", "This capture is gone. Capture again.")
            views = [captured.view]
        self._may_order(look, len(views))
        model = None
        if is_path_traced(companion.service.snapshot, look):
            if len(views) > 1:
                raise Refusal(
                    "NOT_SUPPORTED", "The path tracer renders the model from a view that it finds. Order one view."
                )
            model = companion.model_source()
        elif len(views) > 1 and look.seed is None:
            look = Look(**{**look.__dict__, "seed": roll()})
        ids = []
        for view in views:
            choice = params["look"]["aspectRatio"] if "views" in params else companion.chosen_ratio(params)
            ratio, _ = framed(view.file.kind.width, view.file.kind.height, choice, companion.ratios())
            ids.append(companion.orders.add(view, look, ratio, guides=companion.settings.sends_guides, model=model))
        return {"ids": ids}

    def _cancel(self, params: dict[str, Any]) -> dict[str, Any]:
        self._companion.service.cancel(self._entry(params["id"]).job)
        return {}

    def _retry(self, params: dict[str, Any]) -> dict[str, Any]:
        entry = self._entry(params["id"])
        if entry.state not in (State.FAILED, State.CANCELLED):
            raise Refusal("NOT_SETTLED", "Only an order that has failed or was cancelled can be tried again.")
        self._companion.service.retry(entry.job)
        return {}

    def _remove(self, params: dict[str, Any]) -> dict[str, Any]:
        entry = self._entry(params["id"])
        if entry.state not in SETTLED:
            raise Refusal("NOT_SETTLED", "The order has not ended. Cancel it first.")
        self._companion.service.remove(entry.job)
        return {}

    def _edit(self, params: dict[str, Any]) -> dict[str, Any]:
        entry, look = self._entry(params["id"]), self._companion.look(params["look"])
        job = self._job(entry.job)
        if ("model_file" in job.images or bool(job.raw)) != is_path_traced(self._companion.service.snapshot, look):
            raise Refusal("NOT_SUPPORTED", "The path tracer needs a model, and the other engines a view. Order anew.")
        try:
            self._companion.service.edit(entry.job, look, self._ratio(job, params["look"]["aspectRatio"]))
        except StateError as error:
            raise Refusal(error.code, error.message) from None
        return {}

    def _again(self, params: dict[str, Any]) -> dict[str, Any]:
        companion, look = self._companion, self._companion.look(params["look"])
        job = self._job(self._entry(params["id"]).job)
        self._may_order(look)
        if not job.images or not companion.shown.capture_file(job).is_file():
            raise Refusal("FILE_MISSING", "The capture of this order is gone. Capture the view again.")
        if ("model_file" in job.images) != is_path_traced(companion.service.snapshot, look):
            raise Refusal("NOT_SUPPORTED", "The path tracer needs a model, and the other engines a view. Order anew.")
        kept = {name: value for name, value in job.options.items() if name not in Look.__dataclass_fields__}
        options = {**kept, **look.options(), **self._ratio(job, params["look"]["aspectRatio"])}
        copy = companion.service.jobs.copy_images(job, look, options, companion.service.session)
        companion.service.submit(copy)
        return {"ids": [copy.id]}

    def _resume(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._companion.service.resume()
        return {}

    # ------------------------------------------------------------ results

    def _pictures(self, params: dict[str, Any]) -> dict[str, Any]:
        entry = self._entry(params["id"])
        after = self._companion.address(self._result(entry))
        if after is None:
            raise Refusal("FILE_MISSING", "The picture is gone.")
        before = self._companion.address(self._companion.shown.capture_file(self._job(entry.job)))
        return {"before": before, "after": after}

    def _place(self, params: dict[str, Any]) -> dict[str, Any]:
        entry, target = self._entry(params["id"]), params["target"]
        if target not in PLACES:
            raise Refusal("NOT_SUPPORTED", "A result can be a file beside the view, or be opened.")
        self._result(entry)
        if target == "folder":
            self._companion.place(entry)
        else:
            self._open(lambda: self._companion.open_file(self._result(entry)))
        return {}

    def _open_file(self, params: dict[str, Any]) -> dict[str, Any]:
        path = self._result(self._entry(params["id"]))
        self._open(lambda: self._companion.open_file(path))
        return {}

    def _open_log(self, params: dict[str, Any]) -> dict[str, Any]:
        del params
        self._open(lambda: self._companion.open_file(self._companion.log_path))
        return {}

    # ------------------------------------------------------------ choices

    def _set_look(self, params: dict[str, Any]) -> dict[str, Any]:
        self._companion.keep_look(params["look"])
        return {}

    def _save_look(self, params: dict[str, Any]) -> dict[str, Any]:
        self._companion.service.save_look(params["name"], look_of(params["look"]))
        return {}

    def _delete_look(self, params: dict[str, Any]) -> dict[str, Any]:
        self._companion.service.save_look(params["name"], None)
        return {}

    def _set_settings(self, params: dict[str, Any]) -> dict[str, Any]:
        names = {
            "language": "language", "theme": "theme", "sendGuides": "sends_guides", "placeWhenDone": "places_when_done",
        }  # fmt: skip
        given = params["settings"]
        self._companion.change_settings({names[name]: given[name] for name in names if name in given})
        return {}

    def _answer_consents(self, params: dict[str, Any]) -> dict[str, Any]:
        self._needs_network()
        answers = [(each["name"], each["version"], each["granted"]) for each in params["answers"]]
        self._companion.service.answer_consents(answers)
        return {}

    # ------------------------------------------------------------ helpers

    def _needs_network(self) -> None:
        if not self._companion.service.snapshot.is_online:
            raise Refusal("HOST_OFFLINE", "The companion is offline. Switch it online in its settings.")

    def _may_order(self, look: Look, count: int = 1) -> None:
        found = self._companion.service.snapshot
        if sentence := refusal(found, look, count):
            raise Refusal("PLUGIN_TOO_OLD" if found.is_too_old else "INSUFFICIENT_CREDITS", sentence)

    def _entry(self, job_id: str) -> Entry:
        for entry in self._companion.service.snapshot.entries:
            if entry.job == job_id:
                return entry
        raise Refusal("NOT_FOUND", "This order is gone.")

    def _job(self, job_id: str) -> Job:
        job = self._companion.service.job(job_id)
        if job is None:
            raise Refusal("NOT_FOUND", "This order is gone.")
        return job

    def _ratio(self, job: Job, choice: str) -> dict[str, str]:
        size = self._companion.size_of(self._companion.shown.capture_file(job))
        return {"aspect_ratio": framed(*size, choice, self._companion.ratios())[0]} if size else {}

    @staticmethod
    def _result(entry: Entry) -> Path:
        if entry.state != State.DONE or not entry.result:
            raise Refusal("NOT_FOUND", "This order has no picture yet.")
        path = Path(entry.result)
        if not path.is_file():
            raise Refusal("FILE_MISSING", "The picture is gone from the folder of results.")
        return path

    @staticmethod
    def _open(work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            raise Refusal("NOT_SUPPORTED", f"The system has no program for it: {error.strerror or error}.") from None
