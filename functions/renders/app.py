"""/renders: create a render, list renders."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.public_url import PublicUrl
from renderiq.http.dependencies.renders import RenderPageQuery, Renders
from renderiq.http.dependencies.style_choice import Styles
from renderiq.http.dependencies.waiting import PreferredWait
from renderiq.http.model_names import price_of
from renderiq.http.paths import BASE_PATH
from renderiq.http.render_form import RenderForm
from renderiq.http.responses import Accepted, Ok
from renderiq.models.renders import RenderAccepted, RenderPage

app = create_app()


@app.post("/renders", operation_id="createRender")
@error_responses(
    ErrorCode.INVALID_PROJECT_ID,
    ErrorCode.CONSENT_REQUIRED,
    ErrorCode.NOT_FOUND,
    ErrorCode.INSUFFICIENT_CREDITS,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
    ErrorCode.UPLOAD_INCOMPLETE,
    ErrorCode.UPLOAD_REJECTED,
)
def create(
    caller: CanCreateRenders,
    form: RenderForm,
    context: Context,
    wait: PreferredWait,
    renders: Renders,
    public_url: PublicUrl,
    styles: Styles,
) -> Accepted[RenderAccepted]:
    """Create a render.

    Send the viewport capture as a file, or as base64 text with or without a ``data:`` prefix. It must be a PNG or JPEG
    of 64 pixels a side to 40 megapixels; all images of a request together may have 4.4 MB. A larger one, up to 100 MB,
    is sent by ``POST /uploads`` first, and ``uploadId`` names it. ``imageUrl`` can name an image of yours that this API
    stores: an upload, or the output of a render. The same fields are accepted as JSON and as a
    urlencoded form, with the images as base64 text.

    A render costs 5 credits in ``standard`` quality, 10 in ``high`` and 15 in ``ultra``. The credits are refunded if
    the render fails or is cancelled. A request that is rejected costs nothing.

    If ``aspectRatio`` is absent, the output has the supported ratio that is nearest to the capture's. ``source`` keeps
    the capture's own, up to 8 to 1.

    A ``model`` of an AI service of a third party needs the consent ``third_party_ai``. Without it the response is
    ``CONSENT_REQUIRED``, and ``details.consent`` has the text to show.

    A ``model`` that this API does not know is no error: its own choice renders, and ``warnings`` says so.

    ``style`` names a style of ``GET /styles`` or one of yours. ``photorealistic`` is its newest version;
    ``photorealistic@1`` is that version, which renders the same for good. The render tells its ``styleId``.

    With ``count``, up to 4 renders of different seeds are ordered together: all are accepted or none, and each is
    refunded by itself.

    A request that is repeated with its ``Idempotency-Key`` within 30 days returns the same render. A different request
    with the same key is rejected.

    With ``Prefer: wait=20`` the response comes when the status of the (first) render changes, after 20 seconds at the
    latest.
    """
    app.annotate(quality=form.body.quality)
    style = styles.choose(caller.owner_id, form.body.style)
    caller.require_engine(form.model.engine)
    order = form.body.order(
        style,
        platform=context.client.platform,
        engine=form.model.engine,
        model=form.model.model_id,
        price=price_of(form.model.engine, form.body.quality, has_model=form.body.model_upload_id is not None),
    )
    created = renders.create_all(
        caller.owner_id,
        order,
        form.capture,
        count=form.body.count,
        idempotency_key=form.idempotency_key,
        client=context.client,
        retention=caller.retention,
        now=context.now,
        spender=caller.spender,
    )
    app.annotate(renderId=created[0].render_id)
    created[0] = renders.wait_for_change(created[0], seconds=wait.seconds, since=context.now)
    accepted = RenderAccepted.of(
        created,
        url=lambda render_id: f"{public_url}{BASE_PATH}/renders/{render_id}",
        callback_secret=renders.callback_secret(caller.owner_id) if order.callback_url else None,
        warnings=form.warnings,
    )
    return Accepted(accepted, headers=wait.headers)


@app.get("/renders", operation_id="listRenders")
def index(caller: CanReadRenders, query: RenderPageQuery, context: Context, renders: Renders) -> Ok[RenderPage]:
    """List renders, from new to old.

    With a filter, a page may be short or empty and have a `nextCursor` nevertheless: there may be more behind it.
    """
    page, cursor = renders.page(caller.owner_id, limit=query.limit, before=query.cursor, filters=query.filters())
    return Ok(RenderPage.of(page, cursor, link=renders.link, now=context.now))


lambda_handler = entrypoint(app)
