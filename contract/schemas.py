"""JSON schemas of the wire models, as clients see them: optional fields are absent, not null."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contract.docstrings import to_markdown
from contract.routes import RequestBody
from renderiq.errors import ErrorCode
from renderiq.http.image_fields import ImageField
from renderiq.models.wire import WireModel

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
ABSENT: Final = {"description": "Counts as absent.", "enum": ["", None]}
EMPTY: Final = {"description": "Counts as absent.", "const": ""}
FAILURE: Final[Schema] = {
    "type": "object",
    "description": "An error. `retryable` tells whether the same request may succeed later.",
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "A sentence for a person."},
        "errorCode": {"type": "string", "enum": [code.name for code in ErrorCode]},
        "details": {"type": "object"},
        "requestId": {"type": "string"},
        "retryable": {"type": "boolean"},
        "requiredCredits": {"type": "integer", "description": "Only with `INSUFFICIENT_CREDITS`."},
        "availableCredits": {"type": "integer", "description": "Only with `INSUFFICIENT_CREDITS`."},
    },
    "required": ["success", "error", "errorCode", "requestId", "retryable"],
}


def ref(name: str) -> Schema:
    """Returns a reference to a schema of the components."""
    return {"$ref": _REF + name}


def components(bodies: Iterable[RequestBody], response_models: Iterable[type[WireModel]]) -> dict[str, Schema]:
    """Returns every schema that the bodies and the responses need, by name."""
    bodies = list(bodies)
    read: list[tuple[type[WireModel], JsonSchemaMode]] = [(body.model, "validation") for body in bodies]
    written: list[tuple[type[WireModel], JsonSchemaMode]] = [(model, "serialization") for model in response_models]
    _, definitions = models_json_schema([*read, *written], ref_template=_REF + "{model}")
    schemas: dict[str, Schema] = definitions["$defs"]
    by_name = {body.model.__name__: body for body in bodies}
    for name, schema in schemas.items():
        _simplify(schema)
        if name not in by_name:
            _map_properties(schema, _omit_null)
        elif not by_name[name].keep_empty:
            _map_properties(schema, _allow_absent)
    for body in bodies:
        if body.image_fields:
            schema = schemas[body.model.__name__]
            form: Schema = _without_nulls(_add_image_fields(schema, body.image_fields, {"format": "binary"}))
            _map_properties(form, _default_to_empty)
            schemas[form_name(body)] = form
            schemas[body.model.__name__] = _add_image_fields(schema, body.image_fields, {"contentEncoding": "base64"})
    return {**schemas, "Absent": ABSENT, "Failure": FAILURE}


def form_name(body: RequestBody) -> str:
    """Returns the name of the schema of a body that is sent as a form: images may be files, nothing can be null."""
    return f"{body.model.__name__}Form"


def query_parameters(model: type[WireModel]) -> list[tuple[str, Schema]]:
    """Returns the names and schemas of the parameters of a query string. An empty value counts as absent."""
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    _simplify(schema)
    _map_properties(schema, lambda each, required: _any_of(_omit_null(each, required), EMPTY))
    definitions = schema.get("$defs", {})
    return [(name, _inline(each, definitions)) for name, each in schema["properties"].items()]


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
    """Removes titles, which repeat names, and uniqueItems, because the API accepts repeated items of a set."""
    if isinstance(schema, list):
        for each in schema:
            _simplify(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if schema.get("uniqueItems") is True:
        del schema["uniqueItems"]
    if isinstance(schema.get("description"), str):
        schema["description"] = to_markdown(schema["description"])
    for each in schema.values():
        _simplify(each)


def _map_properties(schema: Schema, change: Callable[[Schema, bool], Schema]) -> None:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    for name, each in properties.items():
        properties[name] = change(each, name in required)


def _omit_null(schema: Schema, required: bool) -> Schema:
    """For responses and queries: an optional field without a value is absent, not null."""
    return schema if required or schema.get("default", ...) is not None else _without_null(schema)


def _allow_absent(schema: Schema, required: bool) -> Schema:
    """For most bodies: an optional field may be sent empty or null."""
    return schema if required else _any_of(_without_null(schema), ref("Absent"))


def _default_to_empty(schema: Schema, required: bool) -> Schema:
    """For forms: Swagger UI fills in an empty text, and not an example such as a random UUID."""
    return schema if required or "default" in schema else {**schema, "default": ""}


def _any_of(schema: Schema, alternative: Schema) -> Schema:
    annotations: Schema = {name: schema[name] for name in ("default", "description") if name in schema}
    value = {name: each for name, each in schema.items() if name not in annotations}
    return {"anyOf": [*value.get("anyOf", [value]), alternative], **annotations}


def _without_null(schema: Schema) -> Schema:
    """Returns the schema of the values other than null."""
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    types = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if not types:
        return rest
    return {**types[0], **rest} if len(types) == 1 else {"anyOf": types, **rest}


def _without_nulls(part: Any) -> Any:
    """Returns the schema of a form, which can hold no null."""
    if isinstance(part, list):
        return [_without_nulls(each) for each in part if each != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    return EMPTY if part == ref("Absent") else {name: _without_nulls(each) for name, each in part.items()}


def _add_image_fields(schema: Schema, image_fields: Iterable[ImageField], encoding: Schema) -> Schema:
    images: Schema = {}
    alternatives = []
    for each in image_fields:
        image: Schema = {"type": "string", "description": each.description, **encoding}
        removal: Schema = {"description": "Removes the image.", "anyOf": [{"const": ""}, {"type": "null"}]}
        images[each.name] = _any_of(image, removal if each.removable else ref("Absent"))
        if each.required_unless:
            alternatives = [{"required": [each.name]}, {"required": [each.required_unless]}]
    changed = {**schema, "properties": {**images, **schema["properties"]}}
    return {**changed, "anyOf": alternatives} if alternatives else changed
