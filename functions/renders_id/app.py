"""/renders/{renderId}: read a render, cancel it."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.renders import RenderId, Renders
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderOut

POLL_INTERVAL_SECONDS = 2

app = create_app()


@app.get("/renders/<render_id>")
def show(caller: CanReadRenders, render_id: RenderId, context: Context, renders: Renders) -> Ok[RenderOut]:
    render = renders.get(caller.user_id, render_id)
    headers = {} if render.status.is_terminal else {"Retry-After": str(POLL_INTERVAL_SECONDS)}
    return Ok(RenderOut.of(render, link=renders.link, now=context.now), headers=headers)


@app.delete("/renders/<render_id>")
def cancel(
    caller: CanCreateRenders, render_id: RenderId, context: Context, renders: Renders
) -> Ok[RenderOut] | Accepted[RenderOut]:
    render = renders.cancel(caller.user_id, render_id, now=context.now)
    answer = Ok if render.status.is_terminal else Accepted
    return answer(RenderOut.of(render, link=renders.link, now=context.now))


lambda_handler = entrypoint(app)
