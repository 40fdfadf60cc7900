"""/auth/device/code: begin to sign in a device."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.device_codes import DeviceCodeBody, DeviceCodes
from renderiq.http.dependencies.public_url import PublicUrl
from renderiq.http.oauth import oauth_error_response
from renderiq.http.paths import BASE_PATH
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Flat
from renderiq.models.device_codes import DeviceCodeOut

app = create_app(
    RateLimitedByAddress(lambda settings: settings.sign_ins_per_address), error_format=oauth_error_response
)


@app.post("/auth/device/code", operation_id="requestDeviceCode")
def create(_: DeviceCodeBody, context: Context, codes: DeviceCodes, public_url: PublicUrl) -> Flat[DeviceCodeOut]:
    """Request a device code.

    The device authorization request of RFC 8628, as JSON or as a form, for a plugin that does not want to ask for a
    password. Show the user the code and the address, or open ``verification_uri_complete`` in a browser. The user signs
    in there and approves the code within ten minutes.
    """
    issued = codes.issue(platform=context.client.platform, address=context.address, now=context.now)
    return Flat(DeviceCodeOut.of(issued, page=f"{public_url}{BASE_PATH}/auth/device"))


lambda_handler = entrypoint(app)
