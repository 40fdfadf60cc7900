"""Reads JSON, urlencoded and multipart bodies into one flat mapping of fields, and validates them against a model."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

from pydantic import AliasChoices, BaseModel, ValidationError

from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.charsets import UndecodableTextError, decode_text
from renderiq.http.request import Request
from renderiq.models.wire import find_json_problem

if TYPE_CHECKING:
    from renderiq.http.multipart import Part

Model = TypeVar("Model", bound=BaseModel)

_MAX_FIELDS: Final = 64
_IMAGE_FIELDS: Final = {"uploadedImageData", "depthImage", "materialIdImage", "normalImage", "image"}
"""Fields that may hold an image as base64 text. ``ImageField`` limits their size."""
_JSON_TYPES: Final = {"", "application/json", "text/json"}


@dataclass(slots=True)
class Fields:
    """The fields of a body by name: text or JSON ``values``, and the bytes of ``files``.

    If a name is repeated, the last value counts. ``undecodable`` says which fields of a form are not text, and why.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    undecodable: dict[str, str] = field(default_factory=dict)


def read_fields(request: Request, *, keep_empty: bool = False) -> Fields:
    """Reads a body according to its Content-Type. Without one it is read as JSON.

    Empty text and null count as absent, unless ``keep_empty``. Raises ``INVALID_INPUT`` if the body is not what its
    Content-Type says, and ``UNSUPPORTED_MEDIA_TYPE`` for a media type that is not accepted.
    """
    header = request.headers.get("content-type", "")
    media_type = header.partition(";")[0].strip().lower()
    raw = _decode_body(request)
    # API Gateway has decoded a body that is not base64 already. It is UTF-8 then, whatever the header says.
    charset = _charset(header) if request.is_base64 else ""
    if media_type in _JSON_TYPES or media_type.endswith("+json"):
        fields = _parse_json(raw, charset)
    elif media_type == "application/x-www-form-urlencoded":
        fields = _parse_urlencoded(raw, charset)
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


def validate(model: type[Model], fields: Fields) -> Model:
    """Returns the model of the fields. Raises ``INVALID_INPUT`` or ``MISSING_REQUIRED_FIELD``, naming the fields."""
    for name in fields.values.keys() & _field_names(model):
        problem = fields.undecodable.get(name) or find_json_problem(fields.values[name])
        if problem:
            raise invalid_field(name, problem)
    try:
        return model.model_validate(fields.values)
    except ValidationError as error:
        raise validation_error(error) from error


@cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    names: set[str] = set()
    for name, field_info in model.model_fields.items():
        alias = field_info.validation_alias
        names |= {name, field_info.alias or name}
        names |= {str(choice) for choice in alias.choices} if isinstance(alias, AliasChoices) else set()
    return frozenset(names)


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


def _decode_body(request: Request) -> bytes:
    body = request.body
    if not request.is_base64:
        return body.encode("utf-8", "surrogatepass")
    try:
        return b64decode(body, validate=True)
    except binascii.Error as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body could not be decoded.") from error


def _charset(header: str) -> str:
    if "charset" not in header.lower():
        return ""
    from renderiq.http.multipart import header_parameters

    return header_parameters(header).get("charset", "")


def _parse_json(raw: bytes, charset: str) -> Fields:
    try:
        # Without a charset, json finds out which encoding of Unicode it is.
        text = decode_text(raw, charset) if charset else raw
        value = json.loads(text) if text else {}
    except ValueError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not JSON.") from error
    except RecursionError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body has too many levels of arrays and objects.") from error
    if not isinstance(value, dict):
        raise ApiError(ErrorCode.INVALID_INPUT, "The body must be a JSON object.")
    return Fields(values=value)


def _parse_urlencoded(raw: bytes, charset: str) -> Fields:
    fields = Fields()
    try:
        # In a form that was not escaped, base64 text has spaces instead of plus signs. ImageField restores them.
        pairs = parse_qsl(
            raw.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=_MAX_FIELDS,
            encoding="latin-1",  # maps each character to one byte
            strict_parsing=bool(raw),
        )
        names = [decode_text(name.encode("latin-1"), charset) for name, _ in pairs]
    except ValueError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, "The body is not a urlencoded form.") from error
    for name, (_, text) in zip(names, pairs, strict=True):
        value = text.encode("latin-1")
        try:
            fields.values[name] = decode_text(value, charset)
        except UndecodableTextError as error:
            fields.values[name], fields.undecodable[name] = value, str(error)
    return fields


def _parse_multipart(raw: bytes, header: str) -> Fields:
    from renderiq.http.multipart import MultipartError, PartError, parse_multipart

    try:
        parts = parse_multipart(raw, header)
    except MultipartError as error:
        raise ApiError(ErrorCode.INVALID_INPUT, str(error)) from error
    except PartError as error:
        raise invalid_field(error.name, str(error)) from error
    fields = Fields()
    # RFC 7578, section 4.6: a field of this name has the encoding of parts that name none.
    charset = next((part.data.decode("latin-1") for part in parts if part.name == "_charset_"), "")
    for part in parts:
        _add_part(fields, part, charset)
    return fields


def _add_part(fields: Fields, part: Part, charset: str) -> None:
    """Adds the value of a part to the fields.

    An image is a file unless its part looks like text. Every other field is text, also if its part has a file name or
    the type of binary data, as parts from ``curl -F name=@file`` and from a browser's Blob have. What cannot be decoded
    stays bytes, which models reject by name and which is ignored in a field that no model has.
    """
    is_file = part.filename is not None or _is_binary(part)
    if is_file and not part.data and not part.filename:  # what browsers send if no file was chosen
        return
    is_image = part.name in _IMAGE_FIELDS
    if not (is_image and is_file):
        try:
            fields.values[part.name] = decode_text(part.data, part.charset or charset)
        except UndecodableTextError as error:
            if not is_image:
                fields.values[part.name] = part.data
                fields.undecodable[part.name] = str(error)
                return
        else:
            fields.files.pop(part.name, None)
            return
    fields.files[part.name] = part.data
    fields.values.pop(part.name, None)


def _is_binary(part: Part) -> bool:
    return part.media_type.startswith("image/") or part.media_type == "application/octet-stream"
