"""/docs: the contract, as a page to try it on."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import served
from renderiq.http.guards import open_door

app = create_app(open_door)


@app.get("/docs")
def show() -> Response[str]:
    return served("docs.html")


lambda_handler = entrypoint(app)
