"""Render worker: renders the image of one accepted render."""

from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderLeasedError
from renderiq.workers.batches import entrypoint
from renderiq.workers.render import work

lambda_handler = entrypoint(RenderJob, work, held=(RenderLeasedError,))
