"""The versions of a plugin that users may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class PluginRelease:
    """The ``newest`` version of a platform's plugin, the ``oldest`` that works with this API, and where to get it."""

    newest: str
    oldest: str
    download_url: str

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Reads ``{"newest", "oldest", "downloadUrl"}``. Raises KeyError or ValueError if it is not that."""
        newest, oldest, url = given["newest"], given["oldest"], given["downloadUrl"]
        if not all(isinstance(each, str) and each for each in (newest, oldest)):
            raise ValueError("versions must be text")
        if not isinstance(url, str) or not url.startswith("https://"):
            raise ValueError("downloadUrl must begin with https://")
        return cls(newest, oldest, url)
