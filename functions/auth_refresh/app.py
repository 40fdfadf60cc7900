"""/auth/refresh: exchanges a refresh token for the next pair of tokens."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.sessions import RefreshBody, Sessions
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut

app = create_app(RateLimitedByAddress())


@app.post("/auth/refresh")
def create(body: RefreshBody, context: Context, sessions: Sessions) -> Flat[TokensOut]:
    return Flat(TokensOut.of(sessions.refresh(body.refresh_token, now=context.now)))


lambda_handler = entrypoint(app)
