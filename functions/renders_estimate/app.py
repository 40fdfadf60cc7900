"""/renders/estimate: what a render would cost."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import CanCreateRenders, Context
from renderiq.http.dependencies.estimates import EstimateBody
from renderiq.http.model_names import find_model
from renderiq.http.responses import Ok
from renderiq.models.renders import EstimateOut

app = create_app()


@app.post("/renders/estimate", operation_id="estimateRender")
@error_responses(ErrorCode.NOT_FOUND)
def create(caller: CanCreateRenders, body: EstimateBody, context: Context, accounts: Accounts) -> Ok[EstimateOut]:
    """Estimate a render.

    Takes the fields of an order, without the images, and returns its price, its usual time and whether the balance
    suffices. Nothing is stored or charged. Without an ``aspectRatio`` the time is that of 16:9.
    """
    model, _ = find_model(body.model)
    order = body.order(platform=context.client.platform, engine=model.engine, model=model.model_id)
    return Ok(EstimateOut.of(order, count=body.count, balance=accounts.get(caller.user_id, context.now).balance))


lambda_handler = entrypoint(app)
