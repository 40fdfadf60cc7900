"""/auth/refresh: exchange a refresh token for the next pair of tokens."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.sessions import RefreshBody, Sessions
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut

app = create_app(RateLimitedByAddress())


@app.post("/auth/refresh", operation_id="refreshTokens")
@error_responses(ErrorCode.REFRESH_FAILED)
def create(body: RefreshBody, context: Context, sessions: Sessions) -> Flat[TokensOut]:
    """Refresh the access token.

    The response contains a new refresh token, which replaces the one in the request. The replaced token is accepted
    for 60 more seconds, in case the response was lost or another window uses it. Its use after that ends the session.
    """
    return Flat(TokensOut.of(sessions.refresh(body.refresh_token, now=context.now)))


lambda_handler = entrypoint(app)
