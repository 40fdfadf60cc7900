"""/docs/{part}: the scripts and styles of the page."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_asset
from renderiq.http.guards import allow_anonymous

app = create_app(allow_anonymous)


@app.get("/docs/<part>")
def show(part: str) -> Response[str]:
    """Returns a script or a style sheet."""
    return serve_asset(part)


lambda_handler = entrypoint(app)
