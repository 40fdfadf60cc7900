"""Every address that is no endpoint: a stranger gets the same envelope there."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.guards import open_door

app = create_app(open_door)

lambda_handler = entrypoint(app)
