"""Errors and states as sentences for a person, each with what to do next. Pure."""

from __future__ import annotations

from typing import Any, Final

_NEXT: Final = {
    "AUTH_REQUIRED": "Sign in below; what is queued goes on then.",
    "INVALID_TOKEN": "Sign in again; what is queued goes on then.",
    "TOKEN_EXPIRED": "Sign in again; what is queued goes on then.",
    "INSUFFICIENT_CREDITS": "Buy credits or choose a lower quality, then press Resume.",
    "NETWORK_ERROR": "Your orders are kept and are sent when the server can be reached.",
    "TIMED_OUT": "Your orders are kept and are sent when the server can be reached.",
    "BAD_ANSWER": "Open a page in the browser to see whether this network wants a sign-in.",
    "ACCESS_DENIED": "Press Sign in to start again.",
    "EXPIRED_TOKEN": "Press Sign in to get another code.",
    "CONSENT_REQUIRED": "Press Read and decide; nothing is sent before you agree.",
    "MODEL_TOO_LARGE": "Hide what the view does not show, or use coarser meshes, and order again.",
    "MODEL_UNREADABLE": "Check the model for broken meshes, and order again.",
    "DISK_FULL": "Free some space and try again. Nothing was charged.",
    "RATE_LIMIT_EXCEEDED": "Wait a minute. Your orders are kept.",
    "QUOTA_EXCEEDED": "Delete uploads or ask for a larger quota.",
    "SERVICE_UNAVAILABLE": "Your orders are kept and are sent when the server is back.",
}
STATES: Final = {
    "preparing": "Preparing",
    "waiting": "Waiting",
    "uploading": "Uploading",
    "ordered": "In line",
    "rendering": "Rendering",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled, credits returned",
}


def sentence(code: str, message: str) -> str:
    """Returns the sentence of an error, and what to do next."""
    text = message.strip() or "Something went wrong."
    if text[-1] not in ".!?":
        text += "."
    return f"{text} {_NEXT[code]}" if code in _NEXT else text


def sentence_of(error: BaseException) -> str:
    """Returns the sentence of an exception. One that nobody foresaw is named, and the log has the rest."""
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    if isinstance(code, str) and isinstance(message, str):
        fields = getattr(error, "fields", None) or []
        details = "; ".join(f"{each.get('field')} {each.get('problem')}" for each in fields if isinstance(each, dict))
        return sentence(code, f"{message.rstrip('.')}: {details}" if details else message)
    return f"{str(error).rstrip('.') or type(error).__name__}. The log file says more."


def state_words(state: str, reason: str, seconds: float | None) -> str:
    """Returns the state of an order in words."""
    words = STATES.get(state, state.capitalize())
    if state in ("waiting", "uploading") and reason and seconds:
        return f"{words}, next try in {max(1, round(seconds))} s"
    return words


def is_older(version: str, other: str) -> bool:
    """Returns whether a version such as ``1.2.0`` is older than another one. Text that is no number counts as 0."""
    return _numbers(version) < _numbers(other)


def _numbers(version: str) -> tuple[int, ...]:
    parts: list[Any] = version.split("+")[0].split("-")[0].split(".")
    numbers = [int(each) if each.isdigit() else 0 for each in parts]
    return tuple([*numbers, 0, 0, 0][:3])
