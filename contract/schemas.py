"""JSON schemas of the wire models, as a client meets them rather than as pydantic keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contract.routes import Body
from contract.words import FIELDS
from renderiq.errors import ErrorCode
from renderiq.models.wire import WireModel

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
ABSENT: Final = {"description": "As good as not sent.", "enum": ["", None]}
FAILURE: Final[Schema] = {
    "type": "object",
    "description": "Why it did not happen. `retryable`: the same request may succeed later.",
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "A sentence for a person."},
        "errorCode": {"type": "string", "enum": [code.name for code in ErrorCode]},
        "details": {"type": "object"},
        "requestId": {"type": "string"},
        "retryable": {"type": "boolean"},
        "requiredCredits": {"type": "integer", "description": "With `INSUFFICIENT_CREDITS` only."},
        "availableCredits": {"type": "integer", "description": "With `INSUFFICIENT_CREDITS` only."},
    },
    "required": ["success", "error", "errorCode", "requestId", "retryable"],
}


def ref(name: str) -> Schema:
    return {"$ref": _REF + name}


def components(bodies: Iterable[Body], answers: Iterable[type[WireModel]]) -> dict[str, Schema]:
    """Every schema that bodies and answers need, by name. Raises ValueError for words about no field."""
    bodies, answers = list(bodies), list(answers)
    taken: list[tuple[type[WireModel], JsonSchemaMode]] = [(body.model, "validation") for body in bodies]
    given: list[tuple[type[WireModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    _, definitions = models_json_schema([*taken, *given], ref_template=_REF + "{model}")
    schemas: dict[str, Schema] = definitions["$defs"]
    forgiving = {body.model.__name__: not body.keeps_empty for body in bodies}
    for name, schema in schemas.items():
        _plain(schema)
        if name in forgiving:
            _each_property(schema, _forgiven if forgiving[name] else _as_it_is)
        else:
            _each_property(schema, _given)
    for body in bodies:
        if body.pictures:
            schemas[form_name(body)] = _with_pictures(schemas[body.model.__name__], body, {"format": "binary"})
            schemas[body.model.__name__] = _with_pictures(
                schemas[body.model.__name__], body, {"contentEncoding": "base64"}
            )
    _describe(schemas)
    return {**schemas, "Absent": ABSENT, "Failure": FAILURE}


def form_name(body: Body) -> str:
    """The schema of a body as a multipart form, where its pictures may be files."""
    return f"{body.model.__name__}Form"


def query_parameters(model: type[WireModel]) -> list[tuple[str, Schema]]:
    """Names and schemas of a query string's parameters; an empty value counts as absent."""
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    _plain(schema)
    _each_property(schema, _given)
    definitions = schema.get("$defs", {})
    return [(name, _inlined(each, definitions)) for name, each in schema["properties"].items()]


def _inlined(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    if "$ref" not in schema:
        return schema
    found = definitions[schema["$ref"].removeprefix(_REF)]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}


def _plain(schema: Any) -> None:
    """Drops what says nothing to a client: titles, and the uniqueness of sets, which are made of any list."""
    if isinstance(schema, list):
        for each in schema:
            _plain(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if schema.get("uniqueItems") is True:
        del schema["uniqueItems"]
    if isinstance(schema.get("description"), str):
        schema["description"] = schema["description"].replace("``", "`")
    for each in schema.values():
        _plain(each)


def _each_property(schema: Schema, change: Callable[[Schema, bool], Schema]) -> None:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    for name, each in properties.items():
        properties[name] = change(each, name in required)


def _given(schema: Schema, required: bool) -> Schema:
    """In an answer and in a query, None is not null but absent."""
    return schema if required or schema.get("default", ...) is not None else _without_null(schema)


def _as_it_is(schema: Schema, _required: bool) -> Schema:
    return schema


def _forgiven(schema: Schema, required: bool) -> Schema:
    """In most bodies, what need not be sent may be sent empty."""
    if required:
        return schema
    value = _without_null(schema)
    notes: Schema = {name: value.pop(name) for name in ("default", "description") if name in value}
    return {"anyOf": [*value.get("anyOf", [value]), ref("Absent")], **notes}


def _without_null(schema: Schema) -> Schema:
    """The schema of the values other than None."""
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if not kinds:
        return rest
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def _with_pictures(schema: Schema, body: Body, kind: Schema) -> Schema:
    text = {"type": "string", "description": "PNG or JPEG.", **kind}
    pictures = {
        picture.name: {"anyOf": [text, {"enum": ["", None], "description": "Takes it away."}]}
        if picture.removable
        else text
        for picture in body.pictures
    }
    changed = {**schema, "properties": {**pictures, **schema["properties"]}}
    for each in body.pictures:
        if each.unless:
            changed["anyOf"] = [{"required": [each.name]}, {"required": [each.unless]}]
    return changed


def _describe(schemas: dict[str, Schema]) -> None:
    for model, fields in FIELDS.items():
        for field, text in fields.items():
            homes = [each for each in (schemas.get(model), schemas.get(f"{model}Form")) if each]
            if not homes or field not in homes[0]["properties"]:
                raise ValueError(f"contract/words.py describes {model}.{field}, which is not there")
            for home in homes:
                home["properties"][field] = {**home["properties"][field], "description": text}
