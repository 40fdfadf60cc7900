"""Reads JSON, urlencoded and multipart bodies into one flat mapping of fields.

Multipart is parsed by python-multipart. Powertools' own parser has no limits, and splits the body at its boundary
even inside a file.
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
_IMAGE_FIELDS: Final = {"uploadedImageData", "depthImage", "materialIdImage", "image"}
"""Fields that may hold an image as base64 text. ``ImageField`` limits their size."""
_IMAGE_SIGNATURES: Final = (b"\x89PNG", b"\xff\xd8")
"""The first bytes of PNG and JPEG: an image part without file name and content type is recognised by them."""
_JSON_TYPES: Final = {"", "application/json", "text/json"}


@dataclass(slots=True)
class Fields:
    """The fields of a body by name: text or JSON ``values``, and the bytes of ``files``.

    If a name is repeated, the last value counts.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def read_fields(event: BaseProxyEvent, *, keep_empty: bool = False) -> Fields:
    """Reads a body according to its Content-Type. Without one it is read as JSON.

    Empty text and null count as absent, unless ``keep_empty``. Raises ``INVALID_INPUT`` if the body is not what its
    Content-Type says, and ``UNSUPPORTED_MEDIA_TYPE`` for a media type that is not accepted.
    """
    header = event.headers.get("content-type", "")
    media_type = header.partition(";")[0].strip().lower()
    raw = _decode_body(event)
    if media_type in _JSON_TYPES or media_type.endswith("+json"):
        fields = _parse_json(raw)
    elif media_type == "application/x-www-form-urlencoded":
        fields = _parse_urlencoded(raw)
    elif media_type == "multipart/form-data":
        fields = _parse_multipart(raw, header)
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
    """Returns ``MISSING_REQUIRED_FIELD`` if a required field is absent, else ``INVALID_INPUT``, naming the fields."""
    problems = [
        {"field": ".".join(map(str, each["loc"])) or "body", "problem": each["msg"].removeprefix("Value error, ")}
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


def _decode_body(event: BaseProxyEvent) -> bytes:
    body = event.body or ""
    if not event.is_base64_encoded:
        return body.encode("utf-8", "surrogatepass")
    try:
        return b64decode(body, validate=True)
    except binascii.Error as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body could not be decoded.") from error


def _parse_json(raw: bytes) -> Fields:
    try:
        value = json.loads(raw.decode("utf-8-sig")) if raw else {}
    except (ValueError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise ApiError(ErrorCode.INVALID_INPUT, "The body must be a JSON object.")
    return Fields(values=value)


def _parse_urlencoded(raw: bytes) -> Fields:
    try:
        # In a form that was not escaped, base64 text has spaces instead of plus signs. ImageField restores them.
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, max_num_fields=_MAX_PARTS, errors="strict", strict_parsing=bool(raw)
        )
    except ValueError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not a urlencoded form.") from error
    return Fields(values=dict(pairs))


def _parse_multipart(raw: bytes, header: str) -> Fields:
    from python_multipart.exceptions import FormParserError, MultipartParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(header)[1].get(b"boundary")
    if not boundary or len(boundary) > 70:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body has no usable boundary.")
    collector = _PartCollector()
    try:
        parser = MultipartParser(boundary, collector.callbacks())  # type: ignore[arg-type]  # its TypedDict lists more
        parser.write(raw)
        parser.finalize()
    except (FormParserError, MultipartParseError, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body is broken.") from error
    if not collector.ended:
        raise ApiError(ErrorCode.INVALID_INPUT, "The multipart body is cut off.")
    return collector.fields


class _PartCollector:
    """Collects the parts that the parser finds.

    A part is a file if it has a file name or the content type of an image or of binary data.
    """

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
            "on_header_field": lambda data, start, end: self._append("_name", data[start:end]),
            "on_header_value": lambda data, start, end: self._append("_value", data[start:end]),
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

    def _append(self, attribute: str, data: bytes) -> None:
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
        if is_file or (name in _IMAGE_FIELDS and self._data.startswith(_IMAGE_SIGNATURES)):
            self.fields.files[name] = bytes(self._data)
        elif name not in _IMAGE_FIELDS and len(self._data) > _MAX_FIELD:
            raise invalid_field(name, "is longer than 64 KB")
        else:
            self.fields.values[name] = self._data.decode()

    def _finish(self) -> None:
        self.ended = True
