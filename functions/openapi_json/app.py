"""/openapi.json: the contract, for tools."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import served
from renderiq.http.guards import open_door

app = create_app(open_door)


@app.get("/openapi.json")
def show() -> Response[str]:
    return served("openapi.json")


lambda_handler = entrypoint(app)
