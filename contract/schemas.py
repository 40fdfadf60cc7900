"""JSON schemas of the wire models, as clients see them: optional fields are absent, not null or empty."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contract.docstrings import to_markdown
from contract.responses import AnyModel, schema_model
from contract.routes import RequestBody, SuccessResponse
from renderiq.errors import ErrorCode
from renderiq.http.image_fields import ImageField
from renderiq.models.wire import WireModel

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
_ID_SUFFIXES: Final = ("id", "cursor")
"""Ids are UUIDs, and the cursor of a page is the id of its last item."""
_ERROR_CODE: Final[Schema] = {
    "type": "string",
    "description": "The code of an error. Codes are public and permanent.",
    "enum": [code.name for code in ErrorCode],
}
_ERROR_RESPONSE: Final[Schema] = {
    "type": "object",
    "description": "An error. `retryable` tells whether the same request may succeed later.",
    "properties": {
        "success": {"type": "boolean", "description": "Always false."},
        "error": {
            "type": "string",
            "description": "A sentence for a person; for `/auth/device/…` the name that OAuth gives the error.",
        },
        "error_description": {"type": "string", "description": "The sentence, only for `/auth/device/…`."},
        "errorCode": {"$ref": _REF + "ErrorCode"},
        "details": {"type": "object", "additionalProperties": True},
        "requestId": {"type": "string"},
        "retryable": {"type": "boolean"},
        "requiredCredits": {"type": "integer", "description": "Only with `INSUFFICIENT_CREDITS`."},
        "availableCredits": {"type": "integer", "description": "Only with `INSUFFICIENT_CREDITS`."},
    },
    "required": ["success", "error", "errorCode", "requestId", "retryable"],
}


CSV_TABLE: Final = "CsvTable"
"""The name of the schema of a table."""
JSON_LINES: Final = "JsonLines"
"""The name of the schema of JSON lines."""


def ref(name: str) -> Schema:
    """Returns a reference to a schema of the components."""
    return {"$ref": _REF + name}


def components(
    bodies: Iterable[RequestBody], responses: Iterable[SuccessResponse], further_models: Iterable[AnyModel]
) -> dict[str, Schema]:
    """Returns every schema that the bodies, the responses and the further models need, by name."""
    bodies, responses = list(bodies), list(responses)
    read: list[tuple[type[WireModel], JsonSchemaMode]] = [(body.model, "validation") for body in bodies]
    models = [schema_model(each) for each in (*(each.model for each in responses), *further_models)]
    written: list[tuple[type[WireModel], JsonSchemaMode]] = [(model, "serialization") for model in models]
    _, definitions = models_json_schema([*read, *written], ref_template=_REF + "{model}")
    schemas: dict[str, Schema] = definitions["$defs"]
    for schema in schemas.values():
        _simplify(schema)
    for body in bodies:
        _describe_defaults(schemas[body.model.__name__])
        if body.image_fields:
            schema = schemas[body.model.__name__]
            schemas[body.model.__name__] = _add_image_fields(schema, body.image_fields, {"contentEncoding": "base64"})
            schemas[form_name(body)] = _add_image_fields(schema, body.image_fields, {"format": "binary"})
    envelopes = {response_name(each): _envelope(each) for each in responses if each.enveloped}
    table = {"type": "string", "description": "A table (RFC 4180) with the names of its columns in the first line."}
    lines = {"type": "string", "description": "One JSON object per line."}
    texts = {CSV_TABLE: table, JSON_LINES: lines}
    return {**schemas, **envelopes, **texts, "ErrorCode": _ERROR_CODE, "ErrorResponse": _ERROR_RESPONSE}


def form_name(body: RequestBody) -> str:
    """Returns the name of the schema of a body that is sent as a form, with the images as files."""
    return body.model.__name__ if body.form_only else f"{body.model.__name__}Form"


def response_name(response: SuccessResponse) -> str:
    """Returns the name of the schema of a response: of the envelope if there is one, else of the model."""
    name = response.model.__name__
    return f"{name.removesuffix('Out')}Response" if response.enveloped else name


def query_parameters(model: type[WireModel]) -> list[tuple[str, Schema]]:
    """Returns the names and schemas of the parameters of a query string."""
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    _simplify(schema)
    definitions = schema.get("$defs", {})
    return [(name, _inline(each, definitions)) for name, each in schema["properties"].items()]


def _envelope(response: SuccessResponse) -> Schema:
    return {
        "type": "object",
        "properties": {
            "success": {"type": "boolean", "description": "Always true."},
            "data": ref(response.model.__name__),
        },
        "required": ["success", "data"],
    }


def _inline(part: Any, definitions: dict[str, Schema]) -> Any:
    """Replaces references to the definitions by the definitions."""
    if isinstance(part, list):
        return [_inline(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix(_REF)
    rest = {key: _inline(value, definitions) for key, value in part.items() if key != "$ref" or name not in definitions}
    return {**definitions[name], **rest} if name in definitions else rest


def _simplify(schema: Any) -> None:
    """Changes a schema of Pydantic to what client generators understand.

    The contract is stricter than the server, which also accepts null and empty text for an absent field, and repeated
    items of a set.
    """
    if isinstance(schema, list):
        for each in schema:
            _simplify(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):  # It repeats the name.
        del schema["title"]
    if schema.get("uniqueItems") is True:
        del schema["uniqueItems"]
    if schema.get("default", ...) in (None, "", {}):
        del schema["default"]
    if isinstance(schema.get("description"), str):
        schema["description"] = to_markdown(schema["description"])
    if isinstance(schema.get("const"), bool):
        value = schema.pop("const")
        schema |= {"type": "boolean", "description": schema.get("description", f"Always {str(value).lower()}.")}
        schema.pop("default", None)
    elif "const" in schema:
        schema["enum"] = [schema.pop("const")]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        required = schema.get("required", [])
        for name, each in properties.items():
            properties[name] = _without_null(each, may_be_null=name in required)
            is_text = properties[name].get("type") == "string" and "pattern" not in properties[name]
            if name.lower().endswith(_ID_SUFFIXES) and is_text:
                properties[name]["format"] = "uuid"
    for each in schema.values():
        _simplify(each)


def _describe_defaults(schema: Schema) -> None:
    """Tells the defaults of a request in words: generators make fields with a default required, or send it."""
    for each in schema["properties"].values():
        if "default" in each:
            default = json.dumps(each.pop("default")).strip('"')
            each["description"] = f"{each.get('description', '')} If absent: `{default}`.".strip()


def _without_null(schema: Schema, *, may_be_null: bool) -> Schema:
    """Returns the schema of a property without the alternative null, or with null as a second type."""
    types = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(types) != 1 or len(schema["anyOf"]) != 2:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**types[0], **({"type": [types[0]["type"], "null"]} if may_be_null else {}), **rest}


def _add_image_fields(schema: Schema, image_fields: Iterable[ImageField], encoding: Schema) -> Schema:
    images: Schema = {}
    for each in image_fields:
        description = each.description
        if each.required_unless:
            others = " or ".join(f"`{name}`" for name in each.required_unless)
            description += f" Required unless {others} is sent."
        if each.removable:
            description += " An empty value removes the image."
        images[each.name] = {"type": "string", "description": description, **encoding}
    return {**schema, "properties": {**images, **schema["properties"]}}
