"""/account: delete an account."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.account import DeletionBody, Deletions
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import Config, Context, Session
from renderiq.http.rate_limiting import limit_sign_ins
from renderiq.http.responses import Accepted
from renderiq.models.account import DeletionReceiptOut

app = create_app()


@app.delete("/account", operation_id="deleteAccount")
@error_responses(ErrorCode.INVALID_CREDENTIALS, ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def delete(
    caller: Session, body: DeletionBody, context: Context, config: Config, accounts: Accounts, deletions: Deletions
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
    email = accounts.get(caller.user_id, context.now).email
    if body.password is not None:
        limit_sign_ins(email.strip().lower(), config.sign_ins_per_email, context, app.provide)
    receipt = deletions.request(
        caller.user_id,
        caller.session_id,
        email=email,
        password=body.password,
        address=context.address,
        now=context.now,
    )
    return Accepted(DeletionReceiptOut.of(receipt))


lambda_handler = entrypoint(app)
