"""Request bodies of every kind that plugins send, as one flat mapping of fields.

Multipart is parsed by python-multipart: Powertools' own parser has no limits and splits on boundaries anywhere.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from pydantic import ValidationError

from renderiq.errors import ApiError, ErrorCode, invalid_field

_MAX_PARTS: Final = 64
_MAX_FIELD: Final = 64 * 1024
_PICTURES: Final = {"uploadedImageData", "depthImage", "materialIdImage", "image"}
"""Fields that may hold a whole picture as base64 text; whoever reads them bounds them."""
_RAW: Final = (b"\x89PNG", b"\xff\xd8")
"""A part that begins so is a picture, though it names neither a file nor a type."""
_JSON_KINDS: Final = {"", "application/json", "text/json"}


@dataclass(slots=True)
class Fields:
    """What a body held: text or JSON ``values`` by name, and raw ``files``. Of a repeated name the last one counts."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def read_fields(event: BaseProxyEvent, *, keep_empty: bool = False) -> Fields:
    """Reads JSON, urlencoded or multipart, by the Content-Type. Unless kept, empty text and null count as absent.

    Raises ``INVALID_INPUT`` for a body that is not what it says, ``UNSUPPORTED_MEDIA_TYPE`` for another kind.
    """
    header = event.headers.get("content-type", "")
    kind = header.partition(";")[0].strip().lower()
    raw = _raw_body(event)
    if kind in _JSON_KINDS or kind.endswith("+json"):
        fields = _json(raw)
    elif kind == "application/x-www-form-urlencoded":
        fields = _urlencoded(raw)
    elif kind == "multipart/form-data":
        fields = _multipart(raw, header)
    else:
        raise ApiError(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "Send application/json, multipart/form-data or application/x-www-form-urlencoded.",
        )
    if keep_empty:
        return fields
    fields.values = {name: value for name, value in fields.values.items() if value is not None and value != ""}
    return fields


def validation_error(error: ValidationError) -> ApiError:
    """The model's complaint as the catalogue has it: absent fields before wrong ones."""
    problems = [
        {"field": ".".join(map(str, each["loc"])) or "body", "problem": _sentence(each)}
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    missing = [
        problem
        for problem, each in zip(problems, error.errors(include_url=False), strict=True)
        if each["type"] == "missing"
    ]
    if missing:
        names = ", ".join(problem["field"] for problem in missing)
        return ApiError(ErrorCode.MISSING_REQUIRED_FIELD, f"Required: {names}.", fields=missing)
    first = problems[0]
    return ApiError(ErrorCode.INVALID_INPUT, f"{first['field']}: {first['problem']}", fields=problems)


def _sentence(problem: Any) -> str:
    text: str = problem["msg"]
    return text.removeprefix("Value error, ")


def _raw_body(event: BaseProxyEvent) -> bytes:
    body = event.body or ""
    if not event.is_base64_encoded:
        return body.encode("utf-8", "surrogatepass")
    try:
        return b64decode(body, validate=True)
    except binascii.Error as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body could not be decoded.") from error


def _json(raw: bytes) -> Fields:
    try:
        value = json.loads(raw.decode("utf-8-sig")) if raw else {}
    except (ValueError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise ApiError(ErrorCode.INVALID_INPUT, "The body must be a JSON object.")
    return Fields(values=value)


def _urlencoded(raw: bytes) -> Fields:
    try:
        # base64 in an unescaped form arrives with spaces for its plus signs; the image reader puts them back
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, max_num_fields=_MAX_PARTS, errors="strict", strict_parsing=bool(raw)
        )
    except ValueError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not a urlencoded form.") from error
    return Fields(values=dict(pairs))


def _multipart(raw: bytes, header: str) -> Fields:
    from python_multipart.exceptions import FormParserError, MultipartParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(header)[1].get(b"boundary")
    if not boundary or len(boundary) > 70:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body has no usable boundary.")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # its TypedDict lists more
        parser.write(raw)
        parser.finalize()
    except (FormParserError, MultipartParseError, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body is broken.") from error
    if not parts.ended:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body is cut off.")
    return parts.fields


class _Parts:
    """Collects parts as the parser meets them. A part with a file name or a content type of its own is a file."""

    def __init__(self) -> None:
        self.fields = Fields()
        self.ended = False
        self._count = 0
        self._name = b""
        self._value = b""
        self._headers: dict[str, bytes] = {}
        self._data = bytearray()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._grow("_name", data[start:end]),
            "on_header_value": lambda data, start, end: self._grow("_value", data[start:end]),
            "on_header_end": self._header_end,
            "on_part_data": lambda data, start, end: self._data.extend(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MAX_PARTS:
            raise ApiError(ErrorCode.INVALID_INPUT, f"A form may have at most {_MAX_PARTS} parts.")
        self._headers, self._data = {}, bytearray()

    def _grow(self, attribute: str, data: bytes) -> None:
        setattr(self, attribute, getattr(self, attribute) + data)

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        if b"name" not in options:
            raise ApiError(ErrorCode.INVALID_INPUT, "A part of the form has no name.")
        name = options[b"name"].decode()
        part_type = self._headers.get("content-type", b"").lower()
        is_file = b"filename" in options or part_type.startswith((b"image/", b"application/octet-stream"))
        if is_file or (name in _PICTURES and self._data.startswith(_RAW)):
            self.fields.files[name] = bytes(self._data)
        elif name not in _PICTURES and len(self._data) > _MAX_FIELD:
            raise invalid_field(name, "is longer than 64 KB")
        else:
            self.fields.values[name] = self._data.decode()

    def _finish(self) -> None:
        self.ended = True
