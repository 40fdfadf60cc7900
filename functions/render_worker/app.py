"""Render queue: turns one accepted render into a picture."""

from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderLeasedError
from renderiq.workers.batches import entrypoint
from renderiq.workers.render import work

lambda_handler = entrypoint(RenderJob, work, held=(RenderLeasedError,))
