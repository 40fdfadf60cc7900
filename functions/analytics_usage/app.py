"""/analytics/usage: figures by hour or by day, as JSON or as a table."""

from renderiq.domain.access import Permission
from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanReadRenders, Context
from renderiq.http.dependencies.usage import AcceptsCsv, Figures, UsageRange
from renderiq.http.responses import Csv, Ok
from renderiq.models.usage import UsageOut, Whose

app = create_app()


@app.get("/analytics/usage", operation_id="getUsage")
def show(
    caller: CanReadRenders, query: UsageRange, csv: AcceptsCsv, context: Context, figures: Figures
) -> Ok[UsageOut] | Csv:
    """Get figures by hour or by day.

    Renders, credits, deliveries and uploads of the caller, or of everybody for an operator. They follow a change within
    seconds. Periods are those of UTC. Hours are kept for 90 days, days for two years.

    With ``format=csv``, or if the client accepts ``text/csv``, the response is a table.
    """
    if query.whose is Whose.EVERYBODY:
        caller.require(Permission.READ_METRICS)
    user_id = caller.owner_id if query.whose is Whose.OWN else None
    usage = UsageOut.of(
        figures.usage(user_id, query.bucket, query.begin, query.end, now=context.now),
        query.group_by,
        counts_users=user_id is None,
    )
    return Csv(usage.to_csv(), "usage.csv") if csv or query.format == "csv" else Ok(usage)


lambda_handler = entrypoint(app)
