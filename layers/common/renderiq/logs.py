"""One JSON line per log record, with the keys of the current request or job.

The lines are those of Powertools for AWS Lambda, field by field. Its logger costs as much of a cold start as a bare
handler, and most of a warm request (ADR 18).
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any, Final

from renderiq.settings import runtime_variable, settings

SERVICE: Final = "renderiq-plugins"
_FACTS: Final = "facts"


class JsonFormatter(logging.Formatter):
    """Formats a record as one line. ``keys`` are in every line; a value of None is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, Any] = {}

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as JSON: its own fields, then ``keys``, then the facts of this record."""
        line: dict[str, Any] = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": _timestamp(record),
            "service": SERVICE,
            **self.keys,
            **getattr(record, _FACTS, {}),
        }
        if record.exc_info and record.exc_info[0]:
            line |= self._describe(record.exc_info)
        trace = runtime_variable("_X_AMZN_TRACE_ID")
        if trace:
            line["xray_trace_id"] = trace.partition(";")[0].replace("Root=", "")
        line = {name: value for name, value in line.items() if value is not None}
        return json.dumps(line, default=str, separators=(",", ":"), ensure_ascii=False)

    def _describe(self, exc_info: Any) -> dict[str, Any]:
        kind, error, trace = exc_info
        return {
            "exception": self.formatException(exc_info),
            "exception_name": kind.__name__,
            "exception_notes": getattr(error, "__notes__", None),
            "stack_trace": {
                "type": kind.__name__,
                "value": error,
                "module": kind.__module__,
                "frames": [
                    {"file": frame.filename, "line": frame.lineno, "function": frame.name, "statement": frame.line}
                    for frame in traceback.extract_tb(trace)
                ],
            },
        }


class Logger:
    """Writes log lines to standard output. All modules share one logger and its keys."""

    def __init__(self) -> None:
        self.formatter = JsonFormatter()
        self._logger = logging.getLogger(SERVICE)
        self._logger.setLevel(settings().log_level)
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(self.formatter)
        self._logger.addHandler(handler)
        for other in logging.root.handlers:  # Lambda's own would write every line a second time
            other.addFilter(lambda record: record.name != SERVICE)

    def add_handler(self, handler: logging.Handler) -> None:
        """Adds a handler that gets every record too."""
        self._logger.addHandler(handler)

    def set_correlation_id(self, value: str) -> None:
        """Sets the id that joins the lines of one request or job."""
        self.formatter.keys["correlation_id"] = value

    def append_keys(self, **keys: Any) -> None:
        """Adds keys to every following line, until ``clear_keys``. A key that is None is left out."""
        self.formatter.keys |= keys

    def clear_keys(self) -> None:
        """Removes the correlation id and all keys."""
        self.formatter.keys.clear()

    def info(self, message: str, *, extra: Mapping[str, Any] | None = None) -> None:
        """Writes a line of level INFO with the facts of ``extra``."""
        self._write(logging.INFO, message, extra, None)

    def warning(self, message: str, *, extra: Mapping[str, Any] | None = None, exc_info: Any = None) -> None:
        """Writes a line of level WARNING. ``exc_info`` is an exception, or True for the one that is being handled."""
        self._write(logging.WARNING, message, extra, exc_info)

    def error(self, message: str, *, extra: Mapping[str, Any] | None = None, exc_info: Any = None) -> None:
        """Writes a line of level ERROR. ``exc_info`` is as in ``warning``."""
        self._write(logging.ERROR, message, extra, exc_info)

    def exception(self, message: str, *, extra: Mapping[str, Any] | None = None) -> None:
        """Writes a line of level ERROR with the exception that is being handled."""
        self._write(logging.ERROR, message, extra, True)

    def _write(self, level: int, message: str, facts: Mapping[str, Any] | None, exc_info: Any) -> None:
        facts = facts or {}
        # stacklevel: the location is that of the caller of info, warning, error or exception.
        self._logger.log(level, message, exc_info=exc_info, extra={**facts, _FACTS: facts}, stacklevel=3)


def _timestamp(record: logging.LogRecord) -> str:
    at = time.localtime(record.created)
    return time.strftime(f"%Y-%m-%d %H:%M:%S,{int(record.msecs):03d}%z", at)


logger: Final = Logger()
"""The logger of this container."""
