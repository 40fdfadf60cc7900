"""/invitations/accept: become a member of an organisation."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.actors import Acting
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.organizations import AcceptBody, Organizations
from renderiq.http.responses import Ok
from renderiq.models.organizations import OrganizationOut

app = create_app()


@app.post("/invitations/accept", operation_id="acceptInvitation")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS, ErrorCode.QUOTA_EXCEEDED)
def accept(
    caller: Session, body: AcceptBody, context: Context, actor: Acting, organizations: Organizations
) -> Ok[OrganizationOut]:
    """Accept an invitation.

    The account must have the e-mail address that was invited. An unknown, used, expired or foreign token is
    ``NOT_FOUND``. Who accepts once more gets the same response.
    """
    joined = organizations.accept(caller.user_id, body.token, actor, now=context.now)
    return Ok(OrganizationOut.of(joined.organization, joined.role))


lambda_handler = entrypoint(app)
