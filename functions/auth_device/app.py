"""/auth/device: the page on which a user approves the code of a device."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Config, Context
from renderiq.http.dependencies.device_codes import DeviceCodes
from renderiq.http.dependencies.device_page import DevicePageBody, DevicePageCode
from renderiq.http.dependencies.sign_in import SignIn
from renderiq.http.device_page import answer_form, error_page, sign_in_page
from renderiq.http.rate_limiting import RateLimitedByAddress, limit_sign_ins
from renderiq.http.responses import Response
from renderiq.models.device_codes import DevicePageIn

app = create_app(RateLimitedByAddress(lambda settings: settings.sign_ins_per_address), error_format=error_page)


@app.get("/auth/device")
def show(query: DevicePageCode) -> Response:
    """Returns the page. ``user_code`` of the query is filled in."""
    return sign_in_page(DevicePageIn(user_code=query.user_code))


@app.post("/auth/device")
def create(form: DevicePageBody, context: Context, config: Config, codes: DeviceCodes, sign_in: SignIn) -> Response:
    """Reads a form of the page and returns the next one. Each code costs a sign-in of the account's limit."""
    if not form.decision:
        limit_sign_ins(form.email or "", config.sign_ins_per_email, context, app.provide)
    return answer_form(form, service=codes, sign_in=sign_in, now=context.now)


lambda_handler = entrypoint(app)
