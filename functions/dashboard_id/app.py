"""/dashboard/{part}: the scripts and the style sheet of the dashboard."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dashboard import serve_dashboard_part
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Response

app = create_app(allow_anonymous)


@app.get("/dashboard/<part>")
def show(part: str) -> Response:
    """Returns a script or the style sheet."""
    return serve_dashboard_part(part)


lambda_handler = entrypoint(app)
