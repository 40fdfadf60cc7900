"""The page on which a user approves the code of a device. It has no script, and works without a mouse.

The first form asks for the code and the user's credentials, the second one for the decision. Nothing is kept between
them but a signed token in the second form, so there is no cookie that another site could use.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Final

from renderiq.domain.device_codes import DeviceGrant, read_user_code, show_user_code
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.responses import Response
from renderiq.models.device_codes import DevicePageIn
from renderiq.platform import Platform
from renderiq.services.device_codes import DeviceCodeService
from renderiq.services.sessions import SignInService

_NAMES: Final = {
    Platform.SKETCHUP: "SketchUp",
    Platform.REVIT: "Revit",
    Platform.AUTOCAD: "AutoCAD",
    Platform.RHINO: "Rhino",
    Platform.ARCHICAD: "Archicad",
    Platform.BLENDER: "Blender",
    Platform.FREECAD: "FreeCAD",
}
_SHOWN_ON_THE_FORM: Final = {ErrorCode.INVALID_INPUT, ErrorCode.INVALID_CREDENTIALS, ErrorCode.AUTH_FAILED}
_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 (the challenge's name)


def sign_in_page(form: DevicePageIn, error: ApiError | None = None) -> Response:
    """Returns the first form with what was typed, except for passwords, and what is wrong with it."""
    code = read_user_code(form.user_code)
    typed = show_user_code(code) if code else form.user_code
    needs_password = error is not None and error.details.get("challenge") == _NEW_PASSWORD
    focus = ' autofocus aria-describedby="problem"' if error else " autofocus"
    code_is_wrong = error is not None and "user_code" in _wrong_fields(error)
    wanted = "code" if code_is_wrong or not typed else "password" if form.email else "email"
    body = f"""
<h1>Sign in a plugin</h1>
<p>Your plugin shows a code. Enter it here, and sign in.</p>
{_alert(_sentence(error)) if error else ""}
<form method="post" action="device" autocomplete="on">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" value="{escape(typed)}" required maxlength="20" autocomplete="off"
 autocapitalize="characters" spellcheck="false"{focus if wanted == "code" else ""}>
<p class="hint">Eight letters, such as WDJB-MJHT.</p>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" value="{escape(form.email or "")}" required autocomplete="username"
{focus if wanted == "email" else ""}>
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"
{focus if wanted == "password" else ""}>
{_CHOICE_FIELD if needs_password else ""}
<button type="submit">Continue</button>
</form>"""
    return _page("Sign in a plugin", body, error.code.status if error else HTTPStatus.OK)


_CHOICE_FIELD: Final = """<label for="new_password">New password</label>
<input id="new_password" name="new_password" type="password" required minlength="12" autocomplete="new-password">
<p class="hint">At least 12 characters, with a capital, a small letter and a digit.</p>"""


def answer_form(form: DevicePageIn, *, service: DeviceCodeService, sign_in: SignInService, now: datetime) -> Response:
    """Returns the page that follows a form: the decision, its confirmation, or the first form with what is wrong."""
    try:
        if form.decision:
            service.decide(form.approval, approve=form.decision == "approve", now=now)
            return _result_page(approved=form.decision == "approve")
        account = sign_in.authenticate(form.email or "", form.password, form.new_password, now=now)
        grant, token = service.review(account.user_id, form.user_code, now=now)
    except ApiError as error:
        if error.code not in _SHOWN_ON_THE_FORM:
            raise
        return sign_in_page(form, error)
    return _decision_page(form, grant, token, email=account.email, now=now)


def error_page(error: ApiError, request_id: str) -> Response:
    """Returns the page of an error that is not about the form, such as too many requests."""
    body = f"""
<h1>That did not work</h1>
{_alert(_sentence(error))}
<p><a href="device">Enter the code again</a></p>
<p class="hint">Request {escape(request_id)}</p>"""
    response = _page("That did not work", body, error.code.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _decision_page(form: DevicePageIn, grant: DeviceGrant, token: str, *, email: str, now: datetime) -> Response:
    code = show_user_code(read_user_code(form.user_code) or "")
    try:
        plugin = f"the plugin for {_NAMES[Platform(grant.platform)]}"
    except (KeyError, ValueError):
        plugin = "a program"
    minutes = int((now - grant.created_at).total_seconds() // 60)
    asked = "just now" if minutes == 0 else f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    body = f"""
<h1>Let {plugin} sign in as you?</h1>
<p>Approve this only if you have just asked for it yourself, and your plugin shows the same code.</p>
<dl>
<dt>Code</dt><dd class="code">{escape(code)}</dd>
<dt>Asked</dt><dd>{asked}, from the address {escape(grant.address)}</dd>
<dt>You are</dt><dd>{escape(email)}</dd>
</dl>
<form method="post" action="device">
<input type="hidden" name="approval" value="{escape(token)}">
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="deny" class="other">Deny</button>
</form>"""
    return _page("Approve a plugin", body)


def _result_page(*, approved: bool) -> Response:
    if approved:
        body = """
<h1 class="good">Approved</h1>
<p role="status">Your plugin signs in within a few seconds. You can close this page.</p>
<p class="hint">In the plugin's list of sessions you can end it at any time.</p>"""
    else:
        body = """
<h1>Denied</h1>
<p role="status">Nobody was signed in. You can close this page.</p>"""
    return _page("Approved" if approved else "Denied", body)


def _sentence(error: ApiError) -> str:
    if "user_code" in _wrong_fields(error):
        return "This code is wrong, was used, or has expired. Ask your plugin for another one."
    challenge = error.details.get("challenge")
    if challenge == _NEW_PASSWORD:
        return "Your password is a temporary one. Choose a new one below."
    if challenge:
        return f"Your account needs another step to sign in ({challenge})."
    return error.message


def _wrong_fields(error: ApiError) -> set[str]:
    return {each["field"] for each in error.details.get("fields", [])}


def _alert(text: str) -> str:
    return f'<p role="alert" id="problem">{escape(text)}</p>'


@cache
def _style() -> tuple[str, str]:
    """Returns the style sheet, and its hash for the Content-Security-Policy."""
    css = (Path(__file__).parent / "assets" / "device.css").read_text(encoding="utf-8")
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _page(title: str, body: str, status: int = HTTPStatus.OK) -> Response:
    css, css_hash = _style()
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Renderiq</title>
<style>{css}</style>
</head>
<body>
<main>{body}
</main>
</body>
</html>
"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{css_hash}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(int(status), "text/html; charset=utf-8", page, headers)
