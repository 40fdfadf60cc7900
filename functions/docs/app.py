"""/docs: the contract as an interactive page."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_page
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Response
from renderiq.wiring.base import configuration

app = create_app(allow_anonymous)


@app.get("/docs")
def show() -> Response:
    """Returns the page."""
    return serve_page(demo_user=bool(configuration().emulator_url))


lambda_handler = entrypoint(app)
