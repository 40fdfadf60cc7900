"""Path tracer: renders the image of one accepted render of a 3D model, in a container that has Blender."""

from renderiq.queues import RenderJob
from renderiq.services.render_worker import RenderLeasedError
from renderiq.workers.batches import entrypoint
from renderiq.workers.path_tracer import work

lambda_handler = entrypoint(RenderJob, work, held=(RenderLeasedError,))
