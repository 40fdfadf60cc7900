"""Parameters of the endpoints that read styles: the registry, and the style that the path names."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from renderiq.domain.styles import StyleName, StyleVersion
from renderiq.errors import not_found
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.styles import StyleRegistry, UnknownStyleError
from renderiq.wiring.style_registry import style_registry


def style_name(request: Request) -> StyleName:
    """Returns the style that the path names. Raises ``NOT_FOUND`` for text that cannot name one."""
    asked = StyleName.parse(unquote(request.path_parameters["style_id"]).lower())
    if asked is None:
        raise not_found("style")
    return asked


def find_version(registry: StyleRegistry, asked: StyleName) -> StyleVersion:
    """Returns a version of the registry. Raises ``NOT_FOUND``."""
    try:
        return registry.get(asked)
    except UnknownStyleError as error:
        raise not_found("style") from error


Registry = Annotated[StyleRegistry, Depends(style_registry)]
Asked = Annotated[StyleName, Depends(style_name)]
