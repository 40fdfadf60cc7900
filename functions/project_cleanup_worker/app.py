"""Project cleanup worker: deletes the renders of a deleted project."""

from renderiq.queues import CleanupJob
from renderiq.workers.batches import entrypoint
from renderiq.workers.cleanup import work

lambda_handler = entrypoint(CleanupJob, work)
