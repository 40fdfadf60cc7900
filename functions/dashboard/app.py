"""/dashboard: figures, renders, webhooks and keys of a user, and the state of the service for operators, as a page."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dashboard import serve_dashboard
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Response
from renderiq.wiring.base import configuration

app = create_app(allow_anonymous)


@app.get("/dashboard")
def show() -> Response:
    """Returns the page, which is the same for everybody. The user signs in on it."""
    return serve_dashboard(emulator_url=configuration().emulator_url)


lambda_handler = entrypoint(app)
