"""/openapi.json: the contract for tools."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import serve_contract
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Response

app = create_app(allow_anonymous)


@app.get("/openapi.json")
def show() -> Response:
    """Returns the contract."""
    return serve_contract()


lambda_handler = entrypoint(app)
