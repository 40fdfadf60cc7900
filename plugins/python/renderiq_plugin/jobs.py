"""What the plugin keeps on disk beside the queue: the captures of each order, its settings, and saved looks. Pure.

``jobs/<id>/`` has ``job.json``, the files that the host wrote, and the images made of them.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from .order import Look
from .stored import read_json, write_json

CAPTURE: Final = "capture.png"


@dataclass(frozen=True)
class Job:
    """One order as the plugin knows it. ``created`` are seconds since the Unix epoch.

    ``options`` are those of the SDK. ``raw`` is what the host wrote, empty if it wrote the images themselves.
    ``images`` maps the SDK's names of pictures to files in the job's folder. ``item`` is the order's id in the queue,
    empty as long as it is not queued. ``session`` names the running host that ordered it, which shows the result.
    ``place`` is what the host must know to put the result where it belongs, empty if it belongs nowhere. Such a result
    is brought there after a restart too, until ``is_delivered``.
    """

    id: str
    view: str
    look: Look
    options: dict[str, Any]
    session: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    item: str = ""
    problem: str = ""
    created: float = 0.0
    place: dict[str, Any] = field(default_factory=dict)
    is_delivered: bool = False


class Jobs:
    """The jobs and looks in ``directory``."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def folder(self, job_id: str) -> Path:
        """Returns the folder of a job."""
        return self.directory / "jobs" / job_id

    def new_folder(self) -> tuple[str, Path]:
        """Returns the id and the new folder of a job."""
        job_id = f"{int(time.time()):010d}-{uuid4().hex[:8]}"
        folder = self.folder(job_id)
        folder.mkdir(parents=True)
        return job_id, folder

    def save(self, job: Job) -> None:
        """Writes a job, whole or not at all."""
        write_json(self.folder(job.id) / "job.json", {**asdict(job), "look": asdict(job.look)})

    def all(self) -> list[Job]:
        """Returns the jobs from new to old. Damaged ones are left out."""
        root = self.directory / "jobs"
        names = sorted((each.name for each in root.glob("*") if each.is_dir()), reverse=True) if root.is_dir() else []
        return [job for name in names if (job := self.get(name))]

    def get(self, job_id: str) -> Job | None:
        """Returns a job, or None."""
        try:
            stored = read_json(self.folder(job_id) / "job.json")
            stored["look"] = Look.read(stored["look"])
            return Job(**{name: value for name, value in stored.items() if name in Job.__dataclass_fields__})
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def copy_images(
        self, job: Job, look: Look, options: dict[str, Any], session: str, place: dict[str, Any] | None = None
    ) -> Job:  # fmt: skip
        """Returns a new job with the captures of another one, for an order with other settings.

        Its result belongs where that of the other one does, if no ``place`` is given. Raises ``OSError``.
        """
        job_id, folder = self.new_folder()
        try:
            for name in job.images.values():
                shutil.copy2(self.folder(job.id) / name, folder / name)
        except OSError:
            self.remove(job_id)
            raise
        copy = replace(
            job, id=job_id, look=look, options=options, session=session, item="", problem="", created=time.time(),
            place=job.place if place is None else place, is_delivered=False,
        )  # fmt: skip
        self.save(copy)
        return copy

    def remove(self, job_id: str) -> None:
        """Removes a job and its captures. Its result stays."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    # ------------------------------------------------------------ looks

    def looks(self) -> dict[str, Look]:
        """Returns the saved looks by name."""
        try:
            return {name: Look.read(each) for name, each in read_json(self._looks_path).items()}
        except (ValueError, AttributeError, TypeError):
            return {}

    def save_look(self, name: str, look: Look | None) -> None:
        """Saves a look under a name; None removes it."""
        looks = {**self.looks(), name: look}
        write_json(self._looks_path, {each: asdict(found) for each, found in sorted(looks.items()) if found})

    @property
    def _looks_path(self) -> Path:
        return self.directory / "looks.json"
