"""/renders/{renderId}: how a render stands; take it back."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

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
from renderiq.http.responses import ok
from renderiq.models.renders import RenderOut

POLL_AGAIN_SECONDS = 2

app = create_app()


@app.get("/renders/<render_id>")
def show(
    caller: CanReadRenders, render_id: RenderId, visit: ThisVisit, renders: Renders, images: Images
) -> Response[str]:
    render = renders.get(caller.user_id, render_id)
    waiting = {} if render.status.is_terminal else {"Retry-After": str(POLL_AGAIN_SECONDS)}
    return ok(RenderOut.of(render, link=images.link, now=visit.now), headers=waiting)


@app.delete("/renders/<render_id>")
def cancel(
    caller: CanCreateRenders, render_id: RenderId, visit: ThisVisit, desk: Desk, herald: Announcing, images: Images
) -> Response[str]:
    render = desk.cancel(caller.user_id, render_id, now=visit.now)
    if render.status.is_terminal:
        herald.tell(render, now=visit.now)
    status = HTTPStatus.OK if render.status.is_terminal else HTTPStatus.ACCEPTED
    return ok(RenderOut.of(render, link=images.link, now=visit.now), status=status)


lambda_handler = entrypoint(app)
