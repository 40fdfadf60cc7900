"""An order as a panel shows it: what the plugin knows of it, and what the queue says. Pure."""

from __future__ import annotations

from dataclasses import replace

from renderiq.queue.items import Item, State

from .jobs import Job
from .sentences import sentence
from .snapshot import PREPARING, Entry


def entry_of(job: Job, item: Item | None, capture: str, *, is_mine: bool) -> Entry:
    """Returns the entry of a job. ``item`` is its order in the queue, or None if it is not there."""
    entry = Entry(
        job.id, job.view, job.look, PREPARING, capture=capture, created=job.created, is_mine=is_mine,
    )  # fmt: skip
    if item is None:
        if not job.problem:
            return replace(entry, state=State.CANCELLED if job.item else PREPARING)
        return replace(entry, state=State.FAILED, reason=job.problem)
    code, reason = (item.reason.code, item.reason.message) if item.reason else ("", "")
    return replace(
        entry, state=item.state, code=code, reason=sentence(code, reason) if code else "",
        next=None if item.next is None else float(round(item.next)), result=item.result or "",
        was_accepted=item.render_id is not None,
        is_refused=item.state == State.FAILED and item.is_editable and not item.render_id,
    )  # fmt: skip


def job_of(item: Item) -> str:
    """Returns the id of the job of an order in the queue; empty if it has none."""
    metadata = item.options.get("metadata")
    return str(metadata.get("job", "")) if isinstance(metadata, dict) else ""
