"""The contract has only what client generators understand, and the names that a person would give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract.document import document

CONTRACT = document()
VERBS = (
    "accept|answer|cancel|complete|create|delete|end|estimate|exchange|finalize|forgot|get|list|on|poll|redeliver|refresh|register"
    "|repeat|request|reset|revoke|rotate|sign|start|test|update"
)


def parts(part: Any = CONTRACT) -> Iterator[dict[str, Any]]:
    """Every object of the document, except the examples."""
    if isinstance(part, list):
        for each in part:
            yield from parts(each)
    if isinstance(part, dict):
        yield part
        for name, each in part.items():
            if name not in ("example", "examples"):
                yield from parts(each)


def operations() -> Iterator[dict[str, Any]]:
    yield from (part for part in parts() if "responses" in part and "summary" in part)


def test_every_operation_has_an_id_and_says_who_may_call_it() -> None:
    found = list(operations())

    assert len(found) > 35, "with webhooks and the callback"
    assert all({"operationId", "security", "tags", "description"} <= each.keys() for each in found)


def test_an_operation_is_named_as_a_method() -> None:
    names = [each["operationId"] for each in operations()]

    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(rf"(?:{VERBS})(?:[A-Z][a-z]+)+", name)] == []
    assert {"createRender", "cancelRender", "getRender", "listRenders", "listWebhookDeliveries", "signIn"} <= {*names}


def test_no_schema_has_alternatives_or_constants() -> None:
    assert [part for part in parts() if {"anyOf", "oneOf", "allOf", "const", "propertyNames"} & part.keys()] == []


def test_no_schema_has_the_name_of_a_class_that_clients_need() -> None:
    """A class of that name hides the language's own: a client in Ruby could not read a time any more."""
    builtin = {"Array", "Date", "DateTime", "Error", "File", "Hash", "List", "Map", "Object", "Set", "String", "Time"}

    assert not builtin & {*CONTRACT["components"]["schemas"]}


def test_no_schema_has_an_empty_default() -> None:
    assert [part for part in parts() if part.get("default", ...) in (None, "", {})] == []


def test_patterns_are_plain() -> None:
    patterns = [part["pattern"] for part in parts() if isinstance(part.get("pattern"), str)]

    assert patterns
    assert [pattern for pattern in patterns if re.search(r"\(\?[^:]", pattern)] == []


def test_there_is_one_schema_of_errors() -> None:
    schemas = {
        str(part["schema"])
        for response in CONTRACT["components"]["responses"].values()
        for part in response["content"].values()
    }

    assert schemas == {"{'$ref': '#/components/schemas/ErrorResponse'}"}


def test_every_body_and_response_has_a_name() -> None:
    media = [each for part in parts() for each in part.get("content", {}).items()]

    assert all(each["schema"].keys() == {"$ref"} for name, each in media if not name.startswith("image/"))


def test_a_capture_is_sent_as_a_file() -> None:
    body = CONTRACT["paths"]["/renders"]["post"]["requestBody"]["content"]
    fields = CONTRACT["components"]["schemas"]["RenderIn"]["properties"]

    assert list(body) == ["multipart/form-data"]
    assert fields["uploadedImageData"]["format"] == "binary"


def test_every_section_is_described() -> None:
    described = {tag["name"] for tag in CONTRACT["tags"]}

    assert {tag for each in operations() for tag in each["tags"]} <= described
