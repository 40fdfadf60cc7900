"""/health: whether the API works; with ?deep=1 also the services behind it."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.health import Health, IsDeep
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Flat
from renderiq.models.health import HealthOut
from renderiq.services.health import HealthReport

app = create_app(allow_anonymous)


@app.get("/health", operation_id="getHealth")
def show(deep: IsDeep, context: Context, health: Health) -> Flat[HealthOut]:
    """Check the health of the API.

    With ``deep=1`` the API calls its stores and queues, at most every 10 seconds. Without it their state is
    ``unchecked``.
    """
    report = health.check(context.now) if deep else HealthReport()
    return Flat(HealthOut.of(report, context.client, context.now))


lambda_handler = entrypoint(app)
