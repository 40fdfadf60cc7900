"""Records the secrets that tests make and the lines that are logged, and finds secrets in those lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

_SECRET_FIELDS: Final = frozenset(
    {"key", "secret", "access_token", "refresh_token", "callbackSecret", "password", "email", "prompt"}
    | {"uploadedImageData", "image"}
)
_SHORTEST: Final = 8
_BETWEEN_WORDS: Final = re.compile(r"[^A-Za-z0-9_.+/@-]+")
_ESCAPES: Final = re.compile(r"\\[nrt]")


class Export(TypedDict):
    secrets: list[str]
    words: dict[str, str]


class LeakDetector:
    """Compares logged lines with secrets word by word, so that the cost grows linearly with the log.

    A secret of several words is represented by its longest word.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._words: dict[str, str] = {}

    def keep(self, *secrets: str) -> None:
        """Declares secrets, which may not be in any line, logged earlier or later.

        Ignores texts with spaces (prose, which other lines may share), masked secrets and those under 8 characters.
        """
        for secret in secrets:
            if len(secret) >= _SHORTEST and not re.search(r"\s|\*", secret):
                self._secrets.add(max(_words(secret), key=len, default=""))

    def keep_from(self, body: Any) -> None:
        """Declares the secrets among the fields of a JSON body, at any depth."""
        match body:
            case Mapping():
                for name, value in body.items():
                    if name in _SECRET_FIELDS and isinstance(value, str):
                        self.keep(value)
                    self.keep_from(value)
            case list():
                for each in body:
                    self.keep_from(each)

    def watch(self, logged: str) -> None:
        """Records text that was logged or printed."""
        for line in logged.splitlines():
            for word in _words(line):
                if len(word) >= _SHORTEST:
                    self._words.setdefault(word, line[:160])

    def leaks(self) -> list[str]:
        """Returns the beginnings of the lines that hold a secret."""
        return sorted({self._words[secret] for secret in self._secrets if secret and secret in self._words})

    def export(self) -> Export:
        """Returns what was recorded, in types that pytest-xdist can send from a worker to its controller."""
        return {"secrets": sorted(self._secrets), "words": self._words}

    def merge(self, export: Export) -> None:
        """Adds what the detector of another process recorded."""
        self._secrets.update(export["secrets"])
        self._words = {**export["words"], **self._words}


def _words(text: str) -> list[str]:
    return [word.strip(".-") for word in _BETWEEN_WORDS.split(_ESCAPES.sub(" ", text))]


THIS_RUN: Final = LeakDetector()
