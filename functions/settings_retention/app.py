"""/settings/retention: for how long captures, 3D models and renders are kept."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Caller, Context, Session
from renderiq.http.dependencies.retention import RetentionBody, RetentionSettings
from renderiq.http.responses import Ok
from renderiq.models.retention import RetentionOut

app = create_app()


@app.get("/settings/retention", operation_id="getRetention")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: Caller, retention: RetentionSettings) -> Ok[RetentionOut]:
    """Get the retention.

    What is older is deleted within two days, and cannot be brought back. For an organization it is what holds for what
    you store there: its policy, and your own choice where the policy says nothing.
    """
    if caller.membership:
        return Ok(RetentionOut.of(retention.of_organization(caller.owner_id, caller.retention)))
    return Ok(RetentionOut.of(retention.get(caller.user_id)))


@app.put("/settings/retention", operation_id="updateRetention")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def update(caller: Session, body: RetentionBody, context: Context, retention: RetentionSettings) -> Ok[RetentionOut]:
    """Change the retention.

    It holds for everything that is stored from now on, and for what is stored already: a task applies it to that in the
    background, and ``isApplied`` tells when it is done. A shorter time therefore deletes what is older. A longer one
    keeps what has not been deleted by then. The times count from when something was stored. The retention of an
    organization is part of its policy.
    """
    caller.require_own()
    return Ok(RetentionOut.of(retention.change(caller.user_id, body.changes(), now=context.now)))


lambda_handler = entrypoint(app)
