"""Deleting a project with all its renders: the project at once, its renders in batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from renderiq import metrics
from renderiq.domain.access import Check, anybody
from renderiq.domain.projects import DELETION_REDELIVERY_DELAY, INDEX_LAG, ProjectDeletion
from renderiq.domain.renders import Render, RenderFilters, Status
from renderiq.errors import ApiError
from renderiq.logs import logger
from renderiq.queues import CleanupJob, Queue
from renderiq.services.event_publisher import EventPublisher
from renderiq.stores.images import ImageStore, cover_key, keys_of_render
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore

# A pending render may have twenty deliveries. A request may take 15 s, and the worker 60 s.
_BATCH_SIZE: Final = 10
_MAX_BATCHES_PER_JOB: Final = 10
# The request deletes the first batch itself, and the worker starts after that.
_FIRST_JOB_DELAY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ProjectCleanup:
    """Deletes projects with their renders and images. Every step can be interrupted and repeated."""

    projects: ProjectStore
    renders: RenderStore
    images: ImageStore
    publisher: EventPublisher
    queue: Queue

    def delete(self, user_id: str, project_id: str, *, now: datetime, check: Check = anybody) -> None:
        """Deletes the project and its first renders, and enqueues a job for the others.

        Raises ``NOT_FOUND``, and the error of ``check`` about who has made it.
        """
        project = self.projects.get(user_id, project_id)
        check(project.created_by)
        deletion = self.projects.remove(project, due_at=now + _FIRST_JOB_DELAY + DELETION_REDELIVERY_DELAY, now=now)
        self.queue.enqueue(CleanupJob(user_id, project_id), delay=_FIRST_JOB_DELAY)
        if not project.render_count:
            return
        try:
            self._delete_batch(deletion, None, now)
        except (BotoCoreError, ClientError, ApiError):
            logger.warning("the first renders could not be deleted; the worker deletes them", exc_info=True)

    def resume(self, job: CleanupJob, *, now: datetime) -> None:
        """Deletes a bounded number of renders, and enqueues the job again if some may be left."""
        deletion = self.projects.deletion(job.user_id, job.project_id)
        if deletion is None:
            return
        deleted = skipped = 0
        before = None
        for _ in range(_MAX_BATCHES_PER_JOB):
            deleted_here, found, before = self._delete_batch(deletion, before, now)
            deleted, skipped = deleted + deleted_here, skipped + found - deleted_here
            if before is None:
                break
        if before and deleted:
            self._enqueue_again(job, deletion, delay=timedelta(), now=now)
        elif before or skipped or now < deletion.removed_at + INDEX_LAG:
            self._enqueue_again(job, deletion, delay=INDEX_LAG, now=now)
        else:
            self.images.delete(cover_key(deletion.user_id, deletion.project_id))
            self.projects.finish_deletion(deletion)

    def _enqueue_again(self, job: CleanupJob, deletion: ProjectDeletion, *, delay: timedelta, now: datetime) -> None:
        self.projects.reschedule_deletion(deletion, due_at=now + delay + DELETION_REDELIVERY_DELAY)
        self.queue.enqueue(job, delay=delay)

    def _delete_batch(
        self, deletion: ProjectDeletion, before: str | None, now: datetime
    ) -> tuple[int, int, str | None]:
        """Returns how many renders were deleted and how many found, and the cursor of the next batch."""
        found, cursor = self.renders.page(
            deletion.user_id, limit=_BATCH_SIZE, before=before, filters=RenderFilters(project_id=deletion.project_id)
        )
        ended = [render for render in (self._end(render, now) for render in found) if render]
        if ended:
            # Images first: as long as the records exist, an interrupted deletion finds the images again.
            self.images.delete_all([key for render in ended for key in keys_of_render(render)])
            self.renders.remove(ended)
        return len(ended), len(found), cursor

    def _end(self, render: Render, now: datetime) -> Render | None:
        """Cancels a pending render and publishes its events. Returns the ended render, or None if a worker holds it."""
        ended: Render | None = render
        if render.status is Status.PENDING:
            ended = self.renders.cancel(render, now=now)
            if ended:
                metrics.render_ended(ended)
        if ended is None or not ended.status.is_terminal:
            return None
        self.publisher.publish(ended, now=now)
        return ended
