"""/docs/{part}: the scripts and styles of the page."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.assets import part_of_page
from renderiq.http.guards import open_door

app = create_app(open_door)


@app.get("/docs/<part>")
def show(part: str) -> Response[str]:
    return part_of_page(part)


lambda_handler = entrypoint(app)
