"""/renders/estimate: what a render would cost."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import CanCreateRenders, Context
from renderiq.http.dependencies.estimates import EstimateBody, Estimates
from renderiq.http.dependencies.style_choice import Styles
from renderiq.http.model_names import find_model, find_model_for, price_of
from renderiq.http.project_ids import check_project_id
from renderiq.http.responses import Ok
from renderiq.models.renders import EstimateOut

app = create_app()


@app.post("/renders/estimate", operation_id="estimateRender")
@error_responses(ErrorCode.INVALID_PROJECT_ID, ErrorCode.NOT_FOUND)
def create(
    caller: CanCreateRenders,
    body: EstimateBody,
    context: Context,
    accounts: Accounts,
    styles: Styles,
    estimates: Estimates,
) -> Ok[EstimateOut]:
    """Estimate a render.

    Takes the fields of an order, without the images, and returns its price, its usual time and whether the balance
    suffices. Nothing is stored or charged. Without an ``aspectRatio`` the time is that of 16:9. With
    ``modelUploadId`` the time is that of the model: of a GLB the triangles count, of other formats the size.
    """
    check_project_id(body)
    model, _ = find_model_for(body) if body.model_upload_id else find_model(body.model)
    style = styles.choose(caller.owner_id, body.style)
    order = body.order(
        style,
        platform=context.client.platform,
        engine=model.engine,
        model=model.model_id,
        price=price_of(model.engine, body.quality, has_model=body.model_upload_id is not None),
    )
    order = estimates.with_model(caller.owner_id, order, body.model_upload_id)
    balance = caller.available(accounts.get(caller.owner_id, context.now).balance)
    return Ok(EstimateOut.of(order, count=body.count, balance=balance))


lambda_handler = entrypoint(app)
