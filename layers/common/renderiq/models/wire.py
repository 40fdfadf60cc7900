"""Base classes and field types of all wire models."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from renderiq.clock import to_iso
from renderiq.ids import is_uuid

# What ToString() of a content control or of a toggle button returns, in lower case.
_MAX_CONTROL_TEXT = 256
_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_JSON_DEPTH = 32
_CONTROL = re.compile(r"(?:\w+\.)*\w*(?:item|button|box|label)(?::| content:)\s*(.*?)(?:\s+ischecked:\w+)?", re.DOTALL)


class WireModel(BaseModel):
    """A JSON object, in a request or a response: camelCase outside, snake_case inside. Unknown fields are ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,  # a function uses few of the models that it imports
    )

    def to_json(self) -> dict[str, Any]:
        """Returns the object as it is sent. Fields whose value is None are left out."""
        return self.model_dump(mode="json", exclude_none=True)


class SnakeModel(WireModel):
    """A JSON object whose names are snake_case outside too, as in OAuth."""

    model_config = ConfigDict(alias_generator=None)


def read_choice(value: Any) -> Any:
    """Reads the text of an enumeration: ``"High "`` is ``"high"``. Other values stay as they are.

    Plugins with a WPF window send the text of the selected control: ``System.Windows.Controls.ComboBoxItem: High``.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    control = _CONTROL.fullmatch(text) if len(text) <= _MAX_CONTROL_TEXT else None
    return control[1] if control else text


def find_json_problem(value: Any) -> str | None:
    """Returns what keeps a JSON value from being stored and sent again, or None if nothing does.

    The reasons are more than ``MAX_JSON_DEPTH`` levels of arrays and objects, half a surrogate pair in a text or in a
    name, which UTF-8 cannot encode, and a number that is too large for a float, which JSON cannot write.
    """
    pending = [(value, 1)]
    while pending:
        each, depth = pending.pop()
        if isinstance(each, str):
            if not each.isascii() and _SURROGATE.search(each):
                return "has half of a surrogate pair, which is not a character"
        elif isinstance(each, float):
            if not isfinite(each):
                return "has a number that is too large"
        elif isinstance(each, dict | list):
            if depth > MAX_JSON_DEPTH:
                return f"may have at most {MAX_JSON_DEPTH} levels of arrays and objects"
            if isinstance(each, dict):
                pending.extend((name, depth) for name in each)
            pending.extend((inner, depth + 1) for inner in (each.values() if isinstance(each, dict) else each))
    return None


def _check_uuid(text: str) -> str:
    text = text.strip().lower()
    if not is_uuid(text):
        raise ValueError("must be a UUID")
    return text


def _reject_epoch(value: Any) -> Any:
    if not isinstance(value, str | datetime) or (
        isinstance(value, str) and value.replace(".", "").lstrip("+-").isdigit()
    ):
        raise ValueError("must be a date and a time with a UTC offset")
    return value


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is outside the calendar") from error


def _check_printable(text: str) -> str:
    if any((ord(character) < 32 and character not in "\t\n\r") or ord(character) == 127 for character in text):
        raise ValueError("may not hold control characters")
    return text


def _reject_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _reject_number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value.strip() if isinstance(value, str) else value


Choice = BeforeValidator(read_choice)
"""For enumerations in a collection: capitals, blanks and the name of a control before the text do not matter."""
RejectBool = BeforeValidator(_reject_bool)
"""For numbers: ``true`` is not 1. The text of a number is accepted, because a form has no other values."""
RejectNumber = BeforeValidator(_reject_number)
"""For booleans: 1 is not ``true``. The text of a boolean is accepted, because a form has no other values."""
Timestamp = Annotated[
    datetime, PlainSerializer(to_iso, return_type=str), Field(json_schema_extra={"format": "date-time"})
]
"""A time, written as ISO 8601 in UTC."""
RejectEpoch = BeforeValidator(_reject_epoch)
"""For times: pydantic would also take a number of seconds since 1970, which the contract does not have."""
UtcTime = Annotated[AwareDatetime, RejectEpoch, AfterValidator(_to_utc)]
"""A time in a request, with any UTC offset, read as UTC."""
UuidText = Annotated[str, AfterValidator(_check_uuid), Field(json_schema_extra={"format": "uuid"})]
"""A UUID in any case, read as lower case."""
PrintableText = Annotated[
    str, AfterValidator(_check_printable), Field(json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"})
]
"""Text without control characters. Line breaks, tabs and every script and emoji are allowed."""
