"""/renders: create a render, list renders."""

from renderiq.http.api import BASE_PATH, create_app, entrypoint
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.origin import PublicOrigin
from renderiq.http.dependencies.renders import RenderPageQuery, Renders
from renderiq.http.render_form import RenderForm
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderAccepted, RenderPage

app = create_app()


@app.post("/renders")
def create(
    caller: CanCreateRenders, form: RenderForm, context: Context, renders: Renders, origin: PublicOrigin
) -> Accepted[RenderAccepted]:
    app.annotate(quality=form.asked.quality)
    order = form.asked.order(platform=context.client.platform, engine=form.model.engine, model=form.model.model_id)
    render = renders.create(
        caller.user_id,
        order,
        form.capture,
        idempotency_key=form.idempotency_key,
        client=context.client,
        now=context.now,
    )
    app.annotate(renderId=render.render_id)
    accepted = RenderAccepted.of(
        render,
        status_url=f"{origin}{BASE_PATH}/renders/{render.render_id}",
        callback_secret=renders.callback_secret(caller.user_id) if order.callback_url else None,
    )
    return Accepted(accepted)


@app.get("/renders")
def index(caller: CanReadRenders, query: RenderPageQuery, context: Context, renders: Renders) -> Ok[RenderPage]:
    page, cursor = renders.page(caller.user_id, limit=query.limit, before=query.cursor, filters=query.filters())
    return Ok(RenderPage.of(page, cursor, link=renders.link, now=context.now))


lambda_handler = entrypoint(app)
