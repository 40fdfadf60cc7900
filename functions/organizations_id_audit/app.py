"""/organizations/{organizationId}/audit: the audit log, as JSON or as JSON lines."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.organizations import AuditRange, CanReadAudit, Organizations
from renderiq.http.responses import JsonLines, Ok
from renderiq.models.organizations import AuditPage

app = create_app()


@app.get("/organizations/<organization_id>/audit", operation_id="listAuditEntries")
@error_responses(ErrorCode.NOT_FOUND)
def index(caller: CanReadAudit, query: AuditRange, organizations: Organizations) -> Ok[AuditPage] | JsonLines:
    """List the audit log, from new to old.

    Every change of people, keys, policy and credits has an entry, which is kept for a year. With ``format=jsonl`` the
    response has one JSON object per line, and the cursor of the next page is in ``X-Next-Cursor``. With both ``actor``
    and ``subject``, a page may be short or empty and have a cursor nevertheless.
    """
    entries, cursor = organizations.audit_page(
        caller.organization_id, limit=query.limit, before=query.cursor, filters=query.filters()
    )
    page = AuditPage.of(entries, cursor)
    return JsonLines(page.to_lines(), "audit.jsonl", cursor) if query.format == "jsonl" else Ok(page)


lambda_handler = entrypoint(app)
