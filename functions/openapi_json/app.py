"""/openapi.json: the contract for tools."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_contract
from renderiq.http.guards import allow_anonymous

app = create_app(allow_anonymous)


@app.get("/openapi.json")
def show() -> Response[str]:
    """Returns the contract."""
    return serve_contract()


lambda_handler = entrypoint(app)
