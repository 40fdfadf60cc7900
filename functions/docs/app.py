"""/docs: the contract as an interactive page."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_page
from renderiq.http.guards import allow_anonymous
from renderiq.wiring.base import configuration

app = create_app(allow_anonymous)


@app.get("/docs")
def show() -> Response[str]:
    """Returns the page."""
    return serve_page(demo_user=bool(configuration().emulator_url))


lambda_handler = entrypoint(app)
