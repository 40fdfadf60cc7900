"""The dashboard: a page with scripts of this API only. It asks for what it shows with the user's own tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from renderiq.errors import ApiError, ErrorCode
from renderiq.http.responses import Response

_FOLDER: Final = Path(__file__).parent / "assets"
_PAGE: Final = "dashboard.html"
_TYPES: Final = {
    "dashboard.css": "text/css; charset=utf-8",
    "dashboard.js": "text/javascript; charset=utf-8",
    "charts.js": "text/javascript; charset=utf-8",
}
_AWS: Final = "https://*.amazonaws.com"


def serve_dashboard(*, emulator_url: str) -> Response:
    """Returns the page. Links to pictures lead to S3, or to ``emulator_url`` if it is not empty."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors 'none'; img-src 'self' data: {emulator_url or _AWS}"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return _response(_PAGE, "text/html; charset=utf-8", headers)


def serve_dashboard_part(name: str) -> Response:
    """Returns a script or the style sheet of the page. Raises ``NOT_FOUND``."""
    if name not in _TYPES:
        raise ApiError(ErrorCode.NOT_FOUND)
    return _response(name, _TYPES[name], {})


def _response(name: str, content_type: str, headers: dict[str, str]) -> Response:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    common = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(200, content_type, text, {**common, **headers}, compress=True)
