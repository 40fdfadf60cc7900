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
EMPTY: Final = {"description": "As good as not sent.", "const": ""}
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
            bare = schemas[body.model.__name__]
            form: Schema = _without_nulls(_with_pictures(bare, body, {"format": "binary"}))
            _each_property(form, _left_empty)
            schemas[form_name(body)] = form
            schemas[body.model.__name__] = _with_pictures(bare, body, {"contentEncoding": "base64"})
    _describe(schemas)
    return {**schemas, "Absent": ABSENT, "Failure": FAILURE}


def form_name(body: Body) -> str:
    """The schema of a body as a form, where pictures may be files and nothing can be null."""
    return f"{body.model.__name__}Form"


def query_parameters(model: type[WireModel]) -> list[tuple[str, Schema]]:
    """Names and schemas of a query string's parameters; an empty value counts as absent."""
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    _plain(schema)
    _each_property(schema, _asked)
    definitions = schema.get("$defs", {})
    return [(name, _inlined(each, definitions)) for name, each in schema["properties"].items()]


def _inlined(part: Any, definitions: dict[str, Schema]) -> Any:
    """With the schemas that only a query string needs in the places where they are meant."""
    if isinstance(part, list):
        return [_inlined(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix(_REF)
    rest = {
        key: _inlined(value, definitions) for key, value in part.items() if key != "$ref" or name not in definitions
    }
    return {**definitions[name], **rest} if name in definitions else rest


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


def _asked(schema: Schema, required: bool) -> Schema:
    """In a query, what is empty is absent."""
    return _or(EMPTY, _given(schema, required))


def _or(other: Schema, schema: Schema) -> Schema:
    notes: Schema = {name: schema[name] for name in ("default", "description") if name in schema}
    value = {name: each for name, each in schema.items() if name not in notes}
    return {"anyOf": [*value.get("anyOf", [value]), other], **notes}


def _as_it_is(schema: Schema, _required: bool) -> Schema:
    return schema


def _forgiven(schema: Schema, required: bool) -> Schema:
    """In most bodies, what need not be sent may be sent empty."""
    return schema if required else _or(ref("Absent"), _without_null(schema))


def _without_null(schema: Schema) -> Schema:
    """The schema of the values other than None."""
    rest = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if not kinds:
        return rest
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def _without_nulls(part: Any) -> Any:
    """As a form has it: text that says null is text."""
    if isinstance(part, list):
        return [_without_nulls(each) for each in part if each != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    return EMPTY if part == ref("Absent") else {name: _without_nulls(each) for name, each in part.items()}


def _left_empty(schema: Schema, required: bool) -> Schema:
    """Lets pages that fill in forms begin with an empty field rather than with an id of their own making."""
    return schema if required or "default" in schema else {**schema, "default": ""}


def _with_pictures(schema: Schema, body: Body, kind: Schema) -> Schema:
    file: Schema = {"type": "string", "description": "PNG or JPEG.", **kind}
    removed: Schema = {"description": "Takes it away.", "anyOf": [{"const": ""}, {"type": "null"}]}
    pictures = {each.name: _or(removed if each.removable else ref("Absent"), file) for each in body.pictures}
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
