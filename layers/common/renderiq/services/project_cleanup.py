"""Deleting a project with all its renders: at once for whoever looks, piece by piece behind that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from renderiq.domain.projects import DELETION_REDELIVERY_DELAY, INDEX_LAG, ProjectDeletion
from renderiq.domain.renders import Render, RenderFilters, Status
from renderiq.errors import ApiError
from renderiq.queues import CleanupJob, Queue
from renderiq.services.event_publisher import EventPublisher
from renderiq.stores.images import ImageStore, cover_key, keys_of_render
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore

logger = Logger()

# A render that had not begun may owe twenty webhooks: a request lives 15 s and a message's worker 60 s.
_PIECE: Final = 10
_PIECES_A_MESSAGE: Final = 10
_HEAD_START: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ProjectCleanup:
    """Removes what belongs to deleted projects. Every step may be cut off and repeated."""

    projects: ProjectStore
    renders: RenderStore
    images: ImageStore
    publisher: EventPublisher
    queue: Queue

    def delete(self, user_id: str, project_id: str, *, now: datetime) -> None:
        """The project is gone, and its first renders; a worker sees to the others. Raises ``NOT_FOUND``."""
        project = self.projects.get(user_id, project_id)
        deletion = self.projects.remove(project, due_at=now + _HEAD_START + DELETION_REDELIVERY_DELAY, now=now)
        self.queue.enqueue(CleanupJob(user_id, project_id), delay=_HEAD_START)
        if not project.render_count:
            return
        try:
            self._piece(deletion, None, now)
        except (BotoCoreError, ClientError, ApiError):
            logger.warning("the worker has to remove the first renders too", exc_info=True)

    def resume(self, job: CleanupJob, *, now: datetime) -> None:
        """Removes a bounded number of renders; rings again while any may be left."""
        deletion = self.projects.deletion(job.user_id, job.project_id)
        if deletion is None:
            return
        removed = kept = 0
        before = None
        for _ in range(_PIECES_A_MESSAGE):
            gone, found, before = self._piece(deletion, before, now)
            removed, kept = removed + gone, kept + found - gone
            if before is None:
                break
        if before and removed:
            self._ring_again(job, deletion, delay=timedelta(), now=now)
        elif before or kept or now < deletion.removed_at + INDEX_LAG:
            self._ring_again(job, deletion, delay=INDEX_LAG, now=now)
        else:
            self.images.delete(cover_key(deletion.user_id, deletion.project_id))
            self.projects.finish_deletion(deletion)

    def _ring_again(self, job: CleanupJob, deletion: ProjectDeletion, *, delay: timedelta, now: datetime) -> None:
        self.projects.postpone(deletion, due_at=now + delay + DELETION_REDELIVERY_DELAY)
        self.queue.enqueue(job, delay=delay)

    def _piece(self, deletion: ProjectDeletion, before: str | None, now: datetime) -> tuple[int, int, str | None]:
        """How many renders were removed, how many found, and where the next piece begins."""
        found, cursor = self.renders.page(
            deletion.user_id, limit=_PIECE, before=before, filters=RenderFilters(project_id=deletion.project_id)
        )
        ended = [render for render in (self._ended(render, now) for render in found) if render]
        if ended:
            # Pictures first: a record that is still there brings them up again.
            self.images.delete_all([key for render in ended for key in keys_of_render(render)])
            self.renders.remove(ended)
        return len(ended), len(found), cursor

    def _ended(self, render: Render, now: datetime) -> Render | None:
        """None for a render that a worker is at; it can be removed when that has ended."""
        ended: Render | None = render
        if render.status is Status.PENDING:
            ended = self.renders.abandon(render, Status.CANCELLED, now=now)
        if ended is None or not ended.status.is_terminal:
            return None
        self.publisher.publish(ended, now=now)
        return ended
