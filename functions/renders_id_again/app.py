"""/renders/{renderId}/again: order a render once more."""

from renderiq.domain.scene_description import known_materials
from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, Context
from renderiq.http.dependencies.idempotency import IdempotencyKey
from renderiq.http.dependencies.public_url import PublicUrl
from renderiq.http.dependencies.renders import RenderId, Renders
from renderiq.http.dependencies.style_choice import Styles
from renderiq.http.dependencies.waiting import PreferredWait
from renderiq.http.model_names import find_model_again, price_of
from renderiq.http.paths import BASE_PATH
from renderiq.http.render_form import RepeatForm
from renderiq.http.responses import Accepted
from renderiq.models.renders import RenderAccepted, WarningOut

app = create_app()


@app.post("/renders/<render_id>/again", operation_id="repeatRender")
@error_responses(
    ErrorCode.INVALID_PROJECT_ID,
    ErrorCode.CONSENT_REQUIRED,
    ErrorCode.NOT_FOUND,
    ErrorCode.RESOURCE_CONFLICT,
    ErrorCode.INSUFFICIENT_CREDITS,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
)
def create(
    caller: CanCreateRenders,
    render_id: RenderId,
    form: RepeatForm,
    idempotency_key: IdempotencyKey,
    context: Context,
    wait: PreferredWait,
    renders: Renders,
    public_url: PublicUrl,
    styles: Styles,
) -> Accepted[RenderAccepted]:
    """Order a render once more.

    The capture and the images beside it are those of the earlier render, and so is everything that ``changes`` does
    not name, with the seed and the version of the style. ``null`` gives a field its default: ``{"changes": {"seed":
    null}}`` chooses another seed. The price is that of the new order. ``RESOURCE_CONFLICT`` means that the capture is
    no longer stored, which is so 30 days after the earlier render, or as your retention says.
    """
    earlier = renders.get(caller.owner_id, render_id)
    fields = form.changes.applied_to(earlier, subject=styles.subject(earlier.order))
    model, warnings = find_model_again(form.changes.model, earlier.order)
    if unknown := known_materials(fields.materials)[1]:
        warnings.append(WarningOut.of_unknown_materials(unknown))
    app.annotate(quality=fields.quality)
    caller.require_engine(model.engine)
    style = styles.choose(caller.owner_id, fields.style)
    order = fields.order(
        style,
        platform=context.client.platform,
        engine=model.engine,
        model=model.model_id,
        price=price_of(model.engine, fields.quality, has_model=earlier.model_key is not None),
    )
    created = renders.repeat(
        earlier,
        order,
        count=form.count,
        idempotency_key=idempotency_key,
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
        warnings=warnings,
    )
    return Accepted(accepted, headers=wait.headers)


lambda_handler = entrypoint(app)
