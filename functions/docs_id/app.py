"""/docs/{part}: the scripts and styles of the page."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_asset
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Response

app = create_app(allow_anonymous)


@app.get("/docs/<part>")
def show(part: str) -> Response:
    """Returns a script or a style sheet."""
    return serve_asset(part)


lambda_handler = entrypoint(app)
