"""Brings each result to its place once: by the host that ordered it, or by another one after that has ended. Pure."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from renderiq.locks import file_lock

from .jobs import Job, Jobs
from .names import safe_name


class Deliveries:
    """``session`` names this host. ``has_ended`` says of another one whether it runs no more."""

    def __init__(self, jobs: Jobs, session: str, has_ended: Callable[[str], bool]) -> None:
        self._jobs, self._session, self._has_ended = jobs, session, has_ended

    def taken(self, job: Job, *, is_new: bool) -> Job | None:
        """Returns the job if this host is the one to show its result, which is done; else None.

        ``is_new``: it was seen before, when it was not done. An order that has a place is taken if it was not brought
        there yet, and is this host's then; an order without one is taken only by the host that has seen it come.
        """
        if not job.place:
            return job if is_new and job.session == self._session else None
        if job.is_delivered or (job.session != self._session and not self._has_ended(job.session)):
            return None
        with file_lock(self._jobs.directory / "deliveries.lock"):
            stored = self._jobs.get(job.id)  # another host may have changed it
            if stored is None or stored.is_delivered:
                return None
            if stored.session != self._session:
                if not self._has_ended(stored.session):
                    return None
                stored = replace(stored, session=self._session)
                self._jobs.save(stored)
            return stored


def copy_beside(result: Path, models: list[Path], view: str, created: float, job_id: str) -> Path | None:
    """Copies a result beside the first of the models whose folder is there. Returns the copy, or None without one.

    ``created`` are seconds since the Unix epoch. The same order has the same name each time. Raises ``OSError``.
    """
    model = next((each for each in models if each.name and each.parent.is_dir()), None)
    if model is None:
        return None
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(created))
    parts = [model.stem, safe_name(view), stamp, job_id[-8:]]
    target = model.parent / f"{'-'.join(each for each in parts if each)}{result.suffix}"
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(result, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
