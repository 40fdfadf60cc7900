"""Render queue: turns one accepted render into a picture."""

from renderiq.queues import RenderJob
from renderiq.services.rendering import RenderHeldError
from renderiq.workers.batches import entrypoint
from renderiq.workers.render import work

lambda_handler = entrypoint(RenderJob, work, held=(RenderHeldError,))
