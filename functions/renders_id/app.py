"""/renders/{renderId}: read a render, cancel it."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.renders import RenderId, Renders
from renderiq.http.dependencies.waiting import PreferredWait
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderOut

POLL_INTERVAL_SECONDS = 2

app = create_app()


@app.get("/renders/<render_id>", operation_id="getRender")
@error_responses(ErrorCode.NOT_FOUND)
def show(
    caller: CanReadRenders, render_id: RenderId, context: Context, wait: PreferredWait, renders: Renders
) -> Ok[RenderOut]:
    """Get a render.

    While it is pending or processing, ``Retry-After`` tells when to ask again. ``outputUrl`` is valid until
    ``outputUrlExpiresAt``; later responses contain a new one. With ``Prefer: wait=20`` the response comes when the
    status changes, after 20 seconds at the latest; at once if the render has ended.
    """
    render = renders.get(caller.owner_id, render_id)
    render = renders.wait_for_change(render, seconds=wait.seconds, since=context.now)
    headers = {} if render.status.is_terminal else {"Retry-After": str(POLL_INTERVAL_SECONDS)}
    shown = RenderOut.of(render, link=renders.link, now=context.now, has_layers=True)
    return Ok(shown, headers={**headers, **wait.headers})


@app.delete("/renders/<render_id>", operation_id="cancelRender")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def cancel(
    caller: CanCreateRenders, render_id: RenderId, context: Context, renders: Renders
) -> Ok[RenderOut] | Accepted[RenderOut]:
    """Cancel a render.

    A render that has not started is cancelled and its credits are refunded (200). If a worker has started it, the
    worker is asked to stop (202). The record of the render is kept.
    """
    render = renders.cancel(caller.owner_id, render_id, now=context.now, check=caller.check_may_change)
    response = Ok if render.status.is_terminal else Accepted
    return response(RenderOut.of(render, link=renders.link, now=context.now))


lambda_handler = entrypoint(app)
