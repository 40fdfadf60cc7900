"""The contract and its interactive page, served as static files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from renderiq.errors import ApiError, ErrorCode
from renderiq.http.responses import Response

_FOLDER: Final = Path(__file__).parent
_SWAGGER: Final = "event_handler/openapi/swagger_ui"
"""Powertools ships Swagger UI."""
# The page runs only the scripts of this API, and sends requests only to this API.
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


_BRIEFLY: Final = "public, max-age=300"
# Swagger UI has 1.5 MB. The page names it with a hash of its content, so that another version has another address.
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    content_type: str
    from_powertools: bool = False


_CONTRACT: Final = _File("application/json")
_PAGE: Final = _File("text/html; charset=utf-8")
_ASSETS: Final = {
    "page.css": _File("text/css; charset=utf-8"),
    "page.js": _File("text/javascript; charset=utf-8"),
    "swagger-ui.min.css": _File("text/css; charset=utf-8", from_powertools=True),
    "swagger-ui-bundle.min.js": _File("text/javascript; charset=utf-8", from_powertools=True),
}


def serve_contract() -> Response:
    """Returns the contract as JSON."""
    return _response(_CONTRACT, _read("openapi.json", _CONTRACT))


def serve_page(*, demo_user: bool) -> Response:
    """Returns the page. With ``demo_user``, its example of signing in is the demo user of the local stack."""
    page = Template(_read("docs.html", _PAGE)).substitute(demo_user=str(demo_user).lower())
    return _response(_PAGE, _with_versions(page))


def _with_versions(page: str) -> str:
    """Returns the page with a hash of the content in the addresses of the files that Powertools ships."""
    for name, file in _ASSETS.items():
        if file.from_powertools:
            page = page.replace(f'"docs/{name}"', f'"docs/{name}?v={_hash(name, file)}"')
    return page


def _hash(name: str, file: _File) -> str:
    return hashlib.sha256(_read(name, file).encode()).hexdigest()[:12]


def serve_asset(name: str) -> Response:
    """Returns a script or style of the page. Raises ``NOT_FOUND``."""
    if name not in _ASSETS:
        raise ApiError(ErrorCode.NOT_FOUND)
    return _response(_ASSETS[name], _read(name, _ASSETS[name]))


def _read(name: str, file: _File) -> str:
    folder = _powertools() / _SWAGGER if file.from_powertools else _FOLDER
    return (folder / name).read_text(encoding="utf-8")


def _response(file: _File, body: str) -> Response:
    return Response(
        200,
        file.content_type,
        body,
        {
            "Cache-Control": _FOR_A_YEAR if file.from_powertools else _BRIEFLY,
            "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options": "nosniff",
        },
        compress=True,
    )


def _powertools() -> Path:
    spec = find_spec("aws_lambda_powertools")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("aws_lambda_powertools")
    return Path(spec.origin).parent
