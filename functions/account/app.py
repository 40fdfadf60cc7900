"""/account: delete an account."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.confirmation import confirm_identity
from renderiq.http.dependencies.account import DeletionBody, Deletions
from renderiq.http.dependencies.actors import Acting
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.responses import Accepted
from renderiq.models.account import DeletionReceiptOut

app = create_app()


@app.delete("/account", operation_id="deleteAccount")
@error_responses(ErrorCode.INVALID_CREDENTIALS, ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def delete(
    caller: Session, body: DeletionBody, context: Context, actor: Acting, deletions: Deletions
) -> Accepted[DeletionReceiptOut]:
    """Delete your account.

    Every session ends and every API key is refused at once, and no order is accepted any more. Renders that wait are
    cancelled. Then everything is deleted in the background: renders, uploads, projects, styles, webhooks, keys,
    consents, the ledger, figures, and all files. It cannot be undone.

    Your memberships end, and what belongs to an organization stays with it. An organization that has no other member is
    deleted too. ``RESOURCE_CONFLICT`` means that you are the last owner of one that has others.

    It needs the password, or a sign-in within the last ten minutes. Keep ``receiptId``: ``GET
    /account/deletions/{receiptId}`` tells how far the deletion is, and proves it afterwards.
    """
    caller.require_own()
    confirm_identity(caller, body.password, context, app.provide)
    return Accepted(DeletionReceiptOut.of(deletions.request(actor, now=context.now)))


lambda_handler = entrypoint(app)
