"""Makes orders out of published views: copies, ratio, guides, and the model for the path tracer. Pure."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, Final

from .archicad import Archicad
from .json_api import ArchicadError
from .messages import Refusal
from .shared.frame import chosen_ratio, crop
from .shared.jobs import Job
from .shared.order import Look
from .shared.service import Service
from .views import View, camera_name
from .watcher import FileGoneError, Published, copy_whole

_IDS: Final = "ids.png"
_MODEL: Final = "model.ifc"


def framed(width: int, height: int, choice: str, ratios: list[str]) -> tuple[str, dict[str, float]]:
    """Returns the ratio of an order, and the crop that the server makes, in parts of the picture."""
    name, ratio = chosen_ratio(choice, width, height, ratios)
    inner = crop(width, height, ratio)
    return name, {
        "x": inner.x / width, "y": inner.y / height, "width": inner.width / width, "height": inner.height / height,
    }  # fmt: skip


class Orders:
    """Turns views into jobs of a service."""

    def __init__(self, service: Service, archicad: Archicad, log: logging.Logger) -> None:
        self._service, self._archicad, self._log = service, archicad, log

    def add(self, view: View, look: Look, aspect_ratio: str, *, guides: bool, model: Published | str | None) -> str:
        """Stores an order and returns its id. ``model`` is an IFC file, or ``archicad`` to have it saved as one.

        Raises ``Refusal`` if the view is gone or the disk is full.
        """
        kind = view.file.kind
        job_id, folder = self._service.jobs.new_folder()
        image = f"capture{kind.suffix}"
        images = {"image": image}
        options: dict[str, Any] = {**look.options(), "aspect_ratio": aspect_ratio}
        raw: dict[str, Any] = {}
        try:
            copy_whole(view.file, folder / image)
            if model is not None:
                options["camera"] = {"cameraName": camera_name(view.file.name)}
                raw = {"image": image, "model": model if isinstance(model, str) else "", "files": [image, _MODEL]}
                if not isinstance(model, str):
                    copy_whole(model, folder / _MODEL)
                    images["model_file"] = _MODEL
                    raw = {}
            elif view.ids and guides:
                copy_whole(view.ids, folder / _IDS)
                images["material_id_image"] = _IDS
        except OSError as error:
            self._service.jobs.remove(job_id)
            raise refusal_of(error) from None
        job = Job(
            job_id, view.file.name, look, options, self._service.session, raw, {} if raw else images,
            created=time.time(),
        )  # fmt: skip
        self._service.jobs.save(job)
        self._service.submit(job)
        return job_id

    def develop(self, folder: Path, raw: dict[str, Any], max_materials: int) -> tuple[dict[str, str], dict[str, Any]]:
        """Has ArchiCAD save the model of an order, in a thread of the service. Raises ``ArchicadError``."""
        del max_materials  # the path tracer reads the materials of the model
        target = folder / _MODEL
        target.unlink(missing_ok=True)  # of an export that was broken off
        self._archicad.export_ifc(target)
        return {"image": str(raw["image"]), "model_file": _MODEL}, {}


def refusal_of(error: OSError) -> Refusal:
    """Returns what the panel is told of an error of the disk."""
    if isinstance(error, FileGoneError):
        return Refusal("FILE_MISSING", str(error))
    if error.errno == 28 or getattr(error, "winerror", 0) == 112:
        return Refusal("DISK_FULL", "The disk is full. Free some space and try again.")
    return Refusal("CAPTURE_FAILED", f"The file cannot be read or copied: {error.strerror or error}.")


def refusal_of_archicad(error: ArchicadError) -> Refusal:
    """Returns what the panel is told when ArchiCAD refuses."""
    return Refusal("CAPTURE_FAILED", error.message)
