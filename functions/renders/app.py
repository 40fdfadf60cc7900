"""/renders: ask for a render, list renders."""

from renderiq.http.api import BASE_PATH, create_app, entrypoint
from renderiq.http.dependencies import (
    CanCreateRenders,
    CanReadRenders,
    Desk,
    Images,
    PublicOrigin,
    RenderPageQuery,
    Renders,
    ThisVisit,
)
from renderiq.http.render_form import RenderForm
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderAccepted, RenderPage
from renderiq.wiring import callback_secret

app = create_app()


@app.post("/renders")
def create(
    caller: CanCreateRenders, form: RenderForm, visit: ThisVisit, desk: Desk, origin: PublicOrigin
) -> Accepted[RenderAccepted]:
    app.note(quality=form.asked.quality)
    render = desk.request(
        caller.user_id,
        form.asked.order(platform=visit.client.platform, engine=form.model.engine, model=form.model.model_id),
        form.capture,
        idempotency_key=form.idempotency_key,
        client=visit.client,
        now=visit.now,
    )
    app.note(renderId=render.render_id)
    accepted = RenderAccepted.of(
        render,
        status_url=f"{origin}{BASE_PATH}/renders/{render.render_id}",
        callback_secret=callback_secret(caller.user_id) if render.order.callback_url else None,
    )
    return Accepted(accepted)


@app.get("/renders")
def index(
    caller: CanReadRenders, query: RenderPageQuery, visit: ThisVisit, renders: Renders, images: Images
) -> Ok[RenderPage]:
    found, cursor = renders.page(caller.user_id, limit=query.limit, before=query.cursor, filters=query.filters())
    return Ok(RenderPage.of(found, cursor, link=images.link, now=visit.now))


lambda_handler = entrypoint(app)
