"""/consents: what a user or an organisation is asked to agree to."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Caller
from renderiq.http.dependencies.consents import Consents
from renderiq.http.responses import Ok
from renderiq.models.consents import ConsentList, ConsentOut

app = create_app()


@app.get("/consents", operation_id="listConsents")
def index(caller: Caller, consents: Consents) -> Ok[ConsentList]:
    """List consents.

    Each has the text that a plugin shows, and the user's last answer. A consent is needed only for what its text is
    about; the error ``CONSENT_REQUIRED`` tells which. For an organization, its answer counts over the member's own.
    """
    found = consents.list(caller.owner_id, member_id=caller.created_by)
    return Ok(ConsentList(consents=[ConsentOut.of(each) for each in found]))


lambda_handler = entrypoint(app)
