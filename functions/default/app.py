"""The default route: responds with NOT_FOUND, in the API's envelope, to a path that is not an endpoint."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.guards import allow_anonymous

app = create_app(allow_anonymous)

lambda_handler = entrypoint(app)
