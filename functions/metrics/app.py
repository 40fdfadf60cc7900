"""/metrics: the figures of everybody for Prometheus."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanReadMetrics, Context
from renderiq.http.dependencies.metrics import AcceptsOpenMetrics, Figures
from renderiq.http.exposition import exposition
from renderiq.http.responses import Response

app = create_app()


@app.get("/metrics")
def show(_caller: CanReadMetrics, openmetrics: AcceptsOpenMetrics, context: Context, figures: Figures) -> Response:
    """Returns all metrics as OpenMetrics 1.0, or in the older text format for clients that do not accept that."""
    return exposition(figures.overview(context.now), openmetrics=openmetrics)


lambda_handler = entrypoint(app)
