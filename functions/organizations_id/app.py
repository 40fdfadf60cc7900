"""/organizations/{organizationId}: read an organisation, change its name and policy, delete it."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.confirmation import confirm_identity
from renderiq.http.dependencies.account import DeletionBody
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.organization_changes import CanDeleteOrganization, OrganizationDeletions, RetentionTasks
from renderiq.http.dependencies.organizations import (
    CanChangeOrganization,
    InOrganization,
    OrganizationChangesBody,
    Organizations,
)
from renderiq.http.responses import Accepted, Ok
from renderiq.models.account import DeletionReceiptOut
from renderiq.models.organizations import OrganizationOut

app = create_app()


@app.get("/organizations/<organization_id>", operation_id="getOrganization")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: InOrganization) -> Ok[OrganizationOut]:
    """Get an organization."""
    return Ok(OrganizationOut.of(caller.membership.organization, caller.membership.role))


@app.patch("/organizations/<organization_id>", operation_id="updateOrganization")
@error_responses(ErrorCode.NOT_FOUND)
def update(
    caller: CanChangeOrganization,
    body: OrganizationChangesBody,
    context: Context,
    organizations: Organizations,
    retention: RetentionTasks,
) -> Ok[OrganizationOut]:
    """Change an organization.

    Owners and administrators change the name and the policy. A policy counts from the next request on. Another
    retention is applied in the background to what is stored already.
    """
    changed = organizations.change(
        caller.organization_id, body.changes(), caller.actor, retention=retention, now=context.now
    )
    return Ok(OrganizationOut.of(changed, caller.membership.role))


@app.delete("/organizations/<organization_id>", operation_id="deleteOrganization")
@error_responses(ErrorCode.INVALID_CREDENTIALS, ErrorCode.NOT_FOUND)
def delete(
    session: Session,
    caller: CanDeleteOrganization,
    body: DeletionBody,
    context: Context,
    deletions: OrganizationDeletions,
) -> Accepted[DeletionReceiptOut]:
    """Delete an organization.

    An owner deletes it with everything that its members share: renders, uploads, projects, styles, webhooks, keys,
    credits and all files. Nobody is a member of it from the next request on, and its keys are refused. The rest is done
    in the background. It cannot be undone. The accounts of the members stay, and the audit log is kept for its year.

    It needs the password of the caller, or a sign-in within the last ten minutes. Keep ``receiptId``: ``GET
    /account/deletions/{receiptId}`` tells how far the deletion is, and proves it afterwards.
    """
    confirm_identity(session, body.password, context, app.provide)
    return Accepted(DeletionReceiptOut.of(deletions.request(caller.organization_id, caller.actor, now=context.now)))


lambda_handler = entrypoint(app)
