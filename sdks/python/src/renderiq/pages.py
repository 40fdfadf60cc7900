"""Lists that come in pages. A page is requested when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from renderiq.api import Api
from renderiq.wire import Model

M = TypeVar("M", bound=Model)


def pages(api: Api, path: str, field: str, model: type[M], query: Mapping[str, Any]) -> Iterator[M]:
    """Yields all items. ``field`` has those of a page."""
    cursor = query.get("cursor")
    while True:
        data = api.call("GET", path, query={**query, "cursor": cursor}).data or {}
        for each in data.get(field) or []:
            yield model.read(each)
        cursor = data.get("nextCursor")
        if not cursor:
            return
