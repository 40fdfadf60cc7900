"""Keeps every secret that tests make and every line that is logged, and finds the one in the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_SECRET_FIELDS: Final = frozenset(
    {"key", "secret", "access_token", "refresh_token", "callbackSecret", "password", "email", "prompt"}
    | {"uploadedImageData", "image"}
)
_SHORTEST: Final = 8
_BETWEEN_WORDS: Final = re.compile(r"[^A-Za-z0-9_.+/@-]+")
_ESCAPES: Final = re.compile(r"\\[nrt]")


class LeakDetector:
    """Linear in what is logged: lines are compared word by word, and of a secret its longest word counts."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._words: dict[str, str] = {}

    def keep(self, *secrets: str) -> None:
        """These may not be in any line, before or after. What has spaces in it is prose and not told from others'."""
        for secret in secrets:
            if len(secret) >= _SHORTEST and not re.search(r"\s|\*", secret):
                self._secrets.add(max(_words(secret), key=len, default=""))

    def keep_from(self, body: Any) -> None:
        """The secrets among a JSON body's fields, at any depth."""
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
        for line in logged.splitlines():
            for word in _words(line):
                if len(word) >= _SHORTEST:
                    self._words.setdefault(word, line[:160])

    def leaks(self) -> list[str]:
        """The beginnings of the lines that hold a secret."""
        return sorted({self._words[secret] for secret in self._secrets if secret and secret in self._words})


def _words(text: str) -> list[str]:
    return [word.strip(".-") for word in _BETWEEN_WORDS.split(_ESCAPES.sub(" ", text))]


THIS_RUN: Final = LeakDetector()
