"""/account/export: everything that is stored of an account or an organisation, as ZIP files."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.account_export import Exports
from renderiq.http.dependencies.actors import ForOrganization
from renderiq.http.dependencies.base import CanExport, Context
from renderiq.http.responses import Accepted, Ok
from renderiq.models.account import AccountExportOut

app = create_app()


@app.post("/account/export", operation_id="startAccountExport")
def create(caller: CanExport, context: Context, exports: Exports, actor: ForOrganization) -> Accepted[AccountExportOut]:
    """Export your account.

    All records and files are written into ZIP files in the background. One export is prepared at a time; a request
    meanwhile returns that one. For an organization, which an owner may export, it has everything that members share,
    with the members and the audit log, which says who has asked for it.
    """
    state = exports.request(caller.owner_id, organization_actor=actor, now=context.now)
    return Accepted(AccountExportOut.of(state, link=exports.link))


@app.get("/account/export", operation_id="getAccountExport")
def show(caller: CanExport, context: Context, exports: Exports) -> Ok[AccountExportOut]:
    """Get the last export.

    A large account has several ZIP files of about 500 MB, each of which opens by itself. They are deleted after 7 days.
    """
    return Ok(AccountExportOut.of(exports.newest(caller.owner_id, now=context.now), link=exports.link))


lambda_handler = entrypoint(app)
