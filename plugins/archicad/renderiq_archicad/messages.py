"""Reads the panel's requests and answers them: looked up by name, checked against the schema, done once. Pure."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from .schema import Schema

PROTOCOL: Final = 1
MAX_TO_HOST: Final = 65_536
_MAX_ID: Final = 2**31 - 1
_KEPT: Final = 2000
Handler = Callable[["dict[str, Any]"], "dict[str, Any]"]


class Refusal(Exception):  # noqa: N818 - it is an answer
    """What a handler answers in place of a result. ``message`` is a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Messages:
    """Answers requests with the ``handlers``."""

    def __init__(self, handlers: Mapping[str, Handler], schema: Schema, log: logging.Logger) -> None:
        self._handlers, self._schema, self._log = handlers, schema, log
        self._lock = threading.Lock()
        self._answers: dict[tuple[int, str], _Answer] = {}

    def answer(self, text: str) -> str | None:
        """Returns the answer to a message; None if it is dropped. The same message again gets the same answer."""
        if len(text.encode("utf-8", "surrogatepass")) > MAX_TO_HOST:
            return None
        request = _read(text)
        if request is None:
            return None
        number, method = request["id"], request["method"]
        with self._lock:
            if method == "hello":
                self._answers.clear()
            # Two pages count by themselves, so the number alone does not name a request.
            known = self._answers.get((number, text))
            mine = known is None
            if known is None:
                known = self._answers[number, text] = _Answer()
                while len(self._answers) > _KEPT:
                    self._answers.pop(next(iter(self._answers)))
        if not mine:
            known.ready.wait()
            return known.text
        try:
            known.text = json.dumps({"id": number, **self._outcome(method, request.get("params"))})
        finally:
            known.ready.set()
        return known.text

    def _outcome(self, method: str, params: object) -> dict[str, Any]:
        handler = self._handlers.get(method)
        if handler is None:
            return _error("UNKNOWN_METHOD", "The plugin does not know this request.")
        if not isinstance(params, dict) or self._schema.problem(params, f"#/$defs/params/$defs/{method}"):
            return _error("BAD_PARAMS", "The request does not fit.")
        try:
            return {"result": handler(params)}
        except Refusal as refusal:
            return _error(refusal.code, refusal.message)
        except Exception:  # the panel must get an answer
            self._log.exception("%s failed", method)
            return _error("INTERNAL", "The companion made a mistake. The log file says more.")


class _Answer:
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.text: str | None = None


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _read(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("method"), str):
        return None
    number = value.get("id")
    is_number = isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= _MAX_ID
    return value if is_number else None
