"""The contract and the page to try it on, as files that are served as they are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from aws_lambda_powertools.event_handler import Response

from renderiq.errors import ApiError, ErrorCode

_HERE: Final = Path(__file__).parent
_SWAGGER: Final = "event_handler/openapi/swagger_ui"
"""Powertools brings Swagger UI along."""
# The page runs no script but these files, and asks nobody but this API.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class _File:
    kind: str
    seconds: int
    from_powertools: bool = False


_FILES: Final = {
    "openapi.json": _File("application/json", 300),
    "docs.html": _File("text/html; charset=utf-8", 300),
}
_PARTS: Final = {
    "page.css": _File("text/css; charset=utf-8", 300),
    "page.js": _File("text/javascript; charset=utf-8", 300),
    "swagger-ui.min.css": _File("text/css; charset=utf-8", 86_400, from_powertools=True),
    "swagger-ui-bundle.min.js": _File("text/javascript; charset=utf-8", 86_400, from_powertools=True),
}


def served(name: str) -> Response[str]:
    """One of the documents. Raises KeyError for another name."""
    return _answer(name, _FILES[name])


def part_of_page(name: str) -> Response[str]:
    """A script or style of the page. Raises ``NOT_FOUND``."""
    if name not in _PARTS:
        raise ApiError(ErrorCode.NOT_FOUND)
    return _answer(name, _PARTS[name])


def _answer(name: str, file: _File) -> Response[str]:
    folder = _powertools() / _SWAGGER if file.from_powertools else _HERE
    return Response(
        200,
        file.kind,
        (folder / name).read_text(encoding="utf-8"),
        {
            "Cache-Control": f"public, max-age={file.seconds}",
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
        },
        compress=True,
    )


def _powertools() -> Path:
    spec = find_spec("aws_lambda_powertools")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("aws_lambda_powertools")
    return Path(spec.origin).parent
