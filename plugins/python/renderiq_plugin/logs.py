"""The log file that support may ask for. What looks like a secret is taken out before it is written. Pure."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

_BYTES: Final = 512 * 1024
_SECRETS: Final = (
    (re.compile(r"rk_(live|test)_[A-Za-z0-9_-]+"), r"rk_\1_…"),
    (re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+"), r"\1…"),
    (re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?"), "…"),
    (
        re.compile(
            r"(?i)((?:password|secret|token|device_code|api[_-]?key|authorization)[\"']?\s*[:=]\s*[\"']?)[^\s\"',}]+"
        ),
        r"\1…",
    ),
    (re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']+"), r"\1?…"),  # signed links
    (re.compile(r"(?i)[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}"), "(e-mail)"),
)


def without_secrets(text: str) -> str:
    """Returns a text without keys, tokens, passwords, the queries of links, and e-mail addresses."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def open_log(path: Path, name: str) -> logging.Logger:
    """Returns the plugin's logger of that name, which writes to ``path`` and to two older files beside it."""
    log = logging.getLogger(name)
    close_log(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=2, encoding="utf-8", delay=True)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


def close_log(log: logging.Logger) -> None:
    """Closes the log's files."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
