"""The contract describes the code. tests/support/contract.py validates the responses of all other tests against it."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from contract.docstrings import summary_and_description
from contract.document import document
from contract.files import files
from contract.routes import operations
from renderiq.errors import ErrorCode
from tests.support.accounts import create_user
from tests.support.aws import AwsEnvironment
from tests.support.contract import validate_response
from tests.support.http import call
from tests.support.paths import CAPTURE, ROOT

FILES = files()
CONTRACT = json.loads(FILES["layers/common/renderiq/http/assets/openapi.json"])


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_code_says(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == FILES[name], "run `make contract`"


def test_every_route_is_in_the_contract() -> None:
    described = {f"{method.upper()} {path}" for path, methods in CONTRACT["paths"].items() for method in methods}

    assert described == {operation.key for operation in operations()}


def test_a_route_without_a_docstring_is_noticed() -> None:
    def show() -> None: ...

    with pytest.raises(ValueError, match="show has no docstring"):
        summary_and_description(show)


def test_a_docstring_is_summary_and_description() -> None:
    def show() -> None:
        """Get it.

        ``deep`` calls
        the stores.

        Nothing else.
        """

    assert summary_and_description(show) == ("Get it", "`deep` calls the stores.\n\nNothing else.")


def test_operation_ids_are_unique() -> None:
    ids = [each["operationId"] for methods in CONTRACT["paths"].values() for each in methods.values()]

    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere() -> None:
    def lead(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                found: Any = CONTRACT
                for step in part["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for each in part.values():
                lead(each)
        elif isinstance(part, list):
            for each in part:
                lead(each)

    lead(CONTRACT)


def examples() -> list[Any]:
    found = []
    for path, methods in CONTRACT["paths"].items():
        for method, operation in methods.items():
            answers = {status: each for status, each in operation["responses"].items() if "content" in each}
            parts = {"body": operation["requestBody"]} if "requestBody" in operation else {}
            for name, part in {**parts, **answers}.items():
                for kind, media in part["content"].items():
                    if not kind.startswith("image/"):
                        found.append(pytest.param(media, id=f"{method} {path} {name} {kind}"))
    return found


@pytest.mark.parametrize("media", examples())
def test_the_example_is_what_its_schema_says(media: dict[str, Any]) -> None:
    schema = {**media["schema"], "components": CONTRACT["components"]}
    example = media["example"]
    if "uploadedImageData" in json.dumps(
        schema["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    ):
        example = {"uploadedImageData": "iVBORw0KGgo=", **example}

    Draft202012Validator(schema).validate(example)


def test_every_code_is_explained() -> None:
    page = FILES["docs/errors.md"]

    assert all(f"`{code.name}` | {code.status.value}" in page for code in ErrorCode)


def test_an_answer_that_nobody_described_is_noticed() -> None:
    with pytest.raises(AssertionError, match="responds with 418"):
        validate_response("GET", "/credits", 418, {}, "{}")


def test_a_field_that_nobody_described_is_noticed() -> None:
    body = {
        "success": True,
        "data": {"balance": 1, "totalEarned": 1, "totalSpent": 0, "monthlyEarned": 1, "monthlySpent": 0, "secret": 1},
    }
    with pytest.raises(ValidationError, match="secret"):
        validate_response("GET", "/credits", 200, {"Content-Type": "application/json"}, json.dumps(body))


def test_the_contract_is_served() -> None:
    answer = call("openapi_json", "GET", "/openapi.json")

    assert (answer.status, answer.json) == (200, json.loads(json.dumps(document())))


def test_the_page_names_only_what_is_served(aws: AwsEnvironment) -> None:
    page = call("docs", "GET", "/docs")
    parts = [part.partition('"')[0].partition("?")[0] for part in page.body.split('="docs/')[1:]]

    answers = {part: call("docs_id", "GET", f"/docs/{part}").status for part in parts}

    assert page.headers["Content-Type"].startswith("text/html")
    assert answers == dict.fromkeys(["swagger-ui.min.css", "page.css", "swagger-ui-bundle.min.js", "page.js"], 200)


def test_the_page_may_run_nothing_but_its_own_scripts(aws: AwsEnvironment) -> None:
    page = call("docs", "GET", "/docs")

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.body


def test_what_is_large_is_sent_compressed() -> None:
    answer = call("docs_id", "GET", "/docs/swagger-ui-bundle.min.js", headers={"accept-encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 700_000
    assert b"swagger" in gzip.decompress(b64decode(answer.body))[:200_000].lower()


@pytest.mark.parametrize("part", ["..%2Fopenapi.json", "__init__.py", "openapi.json", "page.js.map"])
def test_nothing_else_is_served_beside_the_page(part: str) -> None:
    assert call("docs_id", "GET", f"/docs/{part}").code == (404, "NOT_FOUND")


@pytest.mark.parametrize("event", ["render.cancelled", "webhook.test"])
def test_an_event_is_as_described(aws: AwsEnvironment, event: str) -> None:
    user = create_user(aws)
    hook = {"url": "http://127.0.0.1:9/hook", "events": ["render.cancelled"]}
    webhook = call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=hook).data["webhookId"]
    if event == "webhook.test":
        call("webhooks_id_test", "POST", f"/webhooks/{webhook}/test", headers=user.headers)
    else:
        asked = {"uploadedImageData": b64encode(CAPTURE.read_bytes()).decode()}
        render = call("renders", "POST", "/renders", headers=user.headers, json=asked).data["renderId"]
        call("renders_id", "DELETE", f"/renders/{render}", headers=user.headers)

    (sent,) = [json.loads(item["body"]) for item in aws.items_of("DeliveriesTable", user)]

    strict = {
        "components": CONTRACT["components"],
        "$ref": "#/components/schemas/EventOut",
        "properties": {"data": {"$ref": "#/components/schemas/EventDataOut", "unevaluatedProperties": False}},
        "unevaluatedProperties": False,
    }
    assert sent["event"] == event
    Draft202012Validator(strict).validate(sent)
