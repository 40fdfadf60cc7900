"""The contract as pages to read: docs/api.md and docs/errors.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from renderiq.errors import ErrorCode

Schema = dict[str, Any]

_MADE: Final = "<!-- Made by `make contract` out of the code. Change the code. -->\n"
_ON_RECORDS: Final = "on a render's record"
# Codes that no request is answered with: they stand in `errorCode` of what went wrong later.
_RECORDED: Final = {
    ErrorCode.RENDER_FAILED: _ON_RECORDS,
    ErrorCode.CONTENT_BLOCKED: _ON_RECORDS,
    ErrorCode.METHOD_NOT_ALLOWED: "any path, for a method that it does not take",
}


def api_page(document: Schema) -> str:
    """Every operation, with who may call it, what it takes and what it answers."""
    return "\n".join(_api(document)).rstrip() + "\n"


def errors_page(document: Schema) -> str:
    """The catalogue, with the operations that answer each code."""
    where: dict[str, list[str]] = {}
    count = 0
    for operation_key, operation in _operations(document):
        count += 1
        for name in _codes(document, operation):
            where.setdefault(name, []).append(operation_key)
    lines = [
        _MADE,
        "# Errors",
        "",
        "A failed request is answered with this, whatever went wrong:",
        "",
        "```json",
        json.dumps(document["components"]["examples"]["INSUFFICIENT_CREDITS"]["value"], indent=2),
        "```",
        "",
        "Switch on `errorCode`; a code is public and permanent, a sentence may change. `retryable` tells whether the "
        "same request may succeed later; `Retry-After` when, where that is known. Tell us the `requestId` when you ask "
        "us about an answer: it is in our log.",
        "",
        "| code | status | again? | means | answered by |",
        "|---|---|---|---|---|",
    ]
    for code in ErrorCode:
        found = where.get(code.name, [])
        by = "every operation" if len(found) == count else ", ".join(f"`{each}`" for each in found)
        if len(found) > 8 and len(found) < count:
            by = f"{len(found)} operations"
        lines.append(
            f"| `{code.name}` | {code.status.value} | {'yes' if code.retryable else 'no'} | {code.sentence} "
            f"| {by or _RECORDED.get(code, 'none at present')} |"
        )
    return "\n".join(lines) + "\n"


def _api(document: Schema) -> Iterator[str]:
    yield _MADE
    yield f"# {document['info']['title']} {document['info']['version']}"
    yield ""
    base = document["servers"][0]["url"]
    yield f"Below `{base}`. The same as OpenAPI: `openapi.yaml`, or `{base}/openapi.json` of a running API;"
    yield f"`{base}/docs` there is a page to try it on."
    yield ""
    yield document["info"]["description"]
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    for tag, text in tags.items():
        yield f"## {tag}"
        yield ""
        yield text
        yield ""
        for key, operation in _operations(document):
            if operation["tags"] == [tag]:
                yield from _section(document, key, operation)
    yield "## Events"
    yield ""
    yield next(iter(document["webhooks"].values()))["post"]["description"]
    yield ""
    yield "| header | |"
    yield "|---|---|"
    for parameter in next(iter(document["webhooks"].values()))["post"]["parameters"]:
        yield f"| `{parameter['name']}` | {parameter['description']} |"
    yield ""
    for event, each in document["webhooks"].items():
        yield f"`{event}`"
        yield ""
        yield from _json(each["post"]["requestBody"]["content"]["application/json"]["example"])


def _section(document: Schema, key: str, operation: Schema) -> Iterator[str]:
    yield f"### {key}"
    yield ""
    yield f"{operation['summary']}. {_callers(operation)}"
    yield ""
    if "description" in operation:
        yield operation["description"]
        yield ""
    parameters = [each for each in operation["parameters"] if each.get("in") in ("query", "header")]
    if parameters:
        yield "| parameter | | |"
        yield "|---|---|---|"
        for each in parameters:
            yield f"| `{each['name']}` | {_kind(document, each['schema'])} | {each.get('description', '')} |"
        yield ""
    if "requestBody" in operation:
        yield from _taken(document, operation["requestBody"])
    for status, answer in operation["responses"].items():
        if int(status) < 400:
            yield f"**{status}** {answer['description']}"
            yield ""
            yield from _json(answer["content"]["application/json"]["example"])
    yield "Errors: " + ", ".join(f"`{code}`" for code in _codes(document, operation)) + "."
    yield ""


def _taken(document: Schema, body: Schema) -> Iterator[str]:
    kinds = list(body["content"])
    schema = document["components"]["schemas"][_name(body["content"]["application/json"]["schema"])]
    yield f"Body: {', '.join(f'`{kind}`' for kind in kinds)}."
    yield ""
    if schema["properties"]:
        yield "| field | | |"
        yield "|---|---|---|"
    for name, each in schema["properties"].items():
        shown = f"`{name}`" + (" *" if name in schema.get("required", []) else "")
        yield f"| {shown} | {_kind(document, each)} | {each.get('description', '')} |"
    yield ""
    if schema.get("required"):
        yield "\\* required."
        yield ""
    yield from _json(body["content"]["application/json"]["example"])


def _callers(operation: Schema) -> str:
    if not operation["security"]:
        return "Anybody may call it."
    keys = [each["apiKey"] for each in operation["security"] if "apiKey" in each]
    if not keys:
        return "Takes an access token; no API key."
    return (
        f"Takes an access token, or an API key with `{keys[0][0]}`."
        if keys[0]
        else "Takes an access token or any API key."
    )


def _kind(document: Schema, schema: Schema) -> str:
    """The type in few words: `integer, 1 to 100, default 20`."""
    schema = _resolved(document, schema)
    alternatives = [each for each in schema.get("anyOf", []) if _name(each) != "Absent" and each.get("const") != ""]
    if alternatives:
        inner = " or ".join(dict.fromkeys(_kind(document, each) for each in alternatives))
        return inner + _default(schema)
    if "enum" in schema:
        return " ".join(f"`{each}`" for each in schema["enum"] if each) + _default(schema)
    if "const" in schema:
        return f"`{schema['const']}`"
    kind: str = schema.get("type", "any")
    if kind == "array":
        kind = f"array of {_kind(document, schema['items'])}"
    if schema.get("format") in ("uuid", "date-time", "binary"):
        kind = {"uuid": "UUID", "date-time": "time", "binary": "file"}[schema["format"]]
    if "minimum" in schema and "maximum" in schema:
        kind += f", {schema['minimum']:,} to {schema['maximum']:,}"
    if "maxLength" in schema:
        kind += f", at most {schema['maxLength']:,} characters"
    return kind + _default(schema)


def _default(schema: Schema) -> str:
    default = schema.get("default")
    return f", default `{default}`" if default not in (None, "", {}, False) else ""


def _resolved(document: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found = document["components"]["schemas"][_name(schema)]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _codes(document: Schema, operation: Schema) -> list[str]:
    return [
        code
        for status, answer in operation["responses"].items()
        if int(status) >= HTTPStatus.BAD_REQUEST
        for code in _component(document, answer)["content"]["application/json"]["examples"]
    ]


def _component(document: Schema, reference: Schema) -> Schema:
    _, _, kind, name = reference["$ref"].split("/")
    found: Schema = document["components"][kind][name]
    return found


def _json(example: Any) -> Iterator[str]:
    yield "```json"
    yield json.dumps(example, indent=2, ensure_ascii=False)
    yield "```"
    yield ""
