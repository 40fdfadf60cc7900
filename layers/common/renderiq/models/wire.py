"""What every wire model shares."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from renderiq.clock import to_iso
from renderiq.ids import is_uuid

Moment = Annotated[datetime, PlainSerializer(to_iso, return_type=str), Field(json_schema_extra={"format": "date-time"})]


class WireModel(BaseModel):
    """A JSON body, in or out: camelCase outside, snake_case inside. Unknown fields are ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, frozen=True, allow_inf_nan=False
    )

    def to_json(self) -> dict[str, Any]:
        """What goes on the wire; absent values are left out."""
        return self.model_dump(mode="json", exclude_none=True)


class SnakeModel(WireModel):
    """The token fields of the auth endpoints, snake_case as in OAuth."""

    model_config = ConfigDict(alias_generator=None)


def _uuid(text: str) -> str:
    if not is_uuid(text.lower()):
        raise ValueError("must be a UUID")
    return text.lower()


def _printable(text: str) -> str:
    if any((ord(character) < 32 and character not in "\t\n\r") or ord(character) == 127 for character in text):
        raise ValueError("may not hold control characters")
    return text


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


Flag = Annotated[bool, BeforeValidator(_no_number)]
"""True or false, or their text, because a form has no others."""
Number = BeforeValidator(_no_truth)
"""Beside a numeric type: a number or its text, because a form has no others; true is not 1."""
UuidText = Annotated[str, AfterValidator(_uuid), Field(json_schema_extra={"format": "uuid"})]
Printable = Annotated[
    str, AfterValidator(_printable), Field(json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"})
]
"""Text without control characters; line breaks, tabs and every script and emoji are welcome."""
