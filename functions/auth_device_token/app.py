"""/auth/device/token: exchange an approved device code for tokens."""

from typing import Final

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.device_tokens import DeviceTokenBody, DeviceTokens
from renderiq.http.oauth import oauth_error_response
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Flat
from renderiq.models.device_codes import DeviceTokensOut

REQUESTS_PER_ADDRESS: Final = 600
"""A minute. Each plugin that waits for an approval makes twelve, and the users of an office share one address."""

app = create_app(RateLimitedByAddress(lambda _: REQUESTS_PER_ADDRESS), error_format=oauth_error_response)


@app.post("/auth/device/token", operation_id="exchangeDeviceCode")
@error_responses(
    ErrorCode.AUTHORIZATION_PENDING,
    ErrorCode.SLOW_DOWN,
    ErrorCode.ACCESS_DENIED,
    ErrorCode.EXPIRED_TOKEN,
    ErrorCode.INVALID_GRANT,
    ErrorCode.UNSUPPORTED_GRANT_TYPE,
)
def create(body: DeviceTokenBody, context: Context, tokens: DeviceTokens) -> Flat[DeviceTokensOut]:
    """Exchange a device code.

    The device access token request of RFC 8628, as JSON or as a form. Repeat it every ``interval`` seconds while
    ``error`` is ``authorization_pending``; after ``slow_down``, wait five seconds longer from then on. Errors have the
    RFC's names in ``error``. A code can be exchanged once.
    """
    return Flat(DeviceTokensOut.of(tokens.exchange(body.grant_type, body.device_code, now=context.now)))


lambda_handler = entrypoint(app)
