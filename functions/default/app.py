"""The default route: answers NOT_FOUND, in the API's envelope, for a path that is not an endpoint."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.guards import allow_anonymous

app = create_app(allow_anonymous)

lambda_handler = entrypoint(app)
