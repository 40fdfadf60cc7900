"""/renders/{renderId}: how a render stands; take it back."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import (
    Announcing,
    CanCreateRenders,
    CanReadRenders,
    Desk,
    Images,
    RenderId,
    Renders,
    ThisVisit,
)
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderOut

POLL_AGAIN_SECONDS = 2

app = create_app()


@app.get("/renders/<render_id>")
def show(
    caller: CanReadRenders, render_id: RenderId, visit: ThisVisit, renders: Renders, images: Images
) -> Ok[RenderOut]:
    render = renders.get(caller.user_id, render_id)
    waiting = {} if render.status.is_terminal else {"Retry-After": str(POLL_AGAIN_SECONDS)}
    return Ok(RenderOut.of(render, link=images.link, now=visit.now), headers=waiting)


@app.delete("/renders/<render_id>")
def cancel(
    caller: CanCreateRenders, render_id: RenderId, visit: ThisVisit, desk: Desk, herald: Announcing, images: Images
) -> Ok[RenderOut] | Accepted[RenderOut]:
    render = desk.cancel(caller.user_id, render_id, now=visit.now)
    if not render.status.is_terminal:
        return Accepted(RenderOut.of(render, link=images.link, now=visit.now))
    herald.tell(render, now=visit.now)
    return Ok(RenderOut.of(render, link=images.link, now=visit.now))


lambda_handler = entrypoint(app)
