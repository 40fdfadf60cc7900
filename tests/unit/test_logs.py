"""A log line and a figure have the fields that they had when Powertools for AWS Lambda wrote them, in that order.

tests/data/log_lines.json was recorded then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from renderiq.logs import logger
from renderiq.queues import CleanupJob
from renderiq.workers.batches import entrypoint
from tests.support import pictures, wiring
from tests.support.accounts import User
from tests.support.aws import AwsEnvironment
from tests.support.forms import multipart
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import call_unchecked as call
from tests.support.paths import ROOT

RECORDED: dict[str, list[dict[str, Any]]] = json.loads((ROOT / "tests/data/log_lines.json").read_text())
PLUGIN = {"x-renderiq-platform": "sketchup", "x-renderiq-plugin-version": "1.2.3"}
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
VARYING = {
    *("location", "timestamp", "correlation_id", "correlationId", "milliseconds", "Timestamp", "Latency"),
    *("userId", "renderId", "messageId", "frames", "exception"),
}
"""Fields whose values differ between two runs. Their types are compared."""
Act = Callable[[User], object]


class BrokenAccounts:
    def get(self, *_: Any) -> None:
        raise ZeroDivisionError('détail {"a": 1}')


def fail_unexpectedly(user: User) -> None:
    app = handler("credits").app
    app.dependency_overrides[wiring.account_service] = BrokenAccounts
    try:
        call("credits", "GET", "/credits", headers=user.headers)
    finally:
        app.dependency_overrides.clear()


def render(user: User) -> None:
    body, kind = multipart({"style": "photorealistic", "quality": "standard"}, {"uploadedImageData": pictures.png()})
    call("renders", "POST", "/renders", body=body, headers={**user.headers, **PLUGIN, "content-type": kind})


def succeed(_job: CleanupJob) -> None: ...


def fail(_job: CleanupJob) -> None:
    raise ValueError("no")


def work(job: Callable[[CleanupJob], None]) -> Act:
    return lambda _: entrypoint(CleanupJob, job)(sqs_event(CleanupJob("someone", "a-project")), lambda_context())


ACTS: dict[str, Act] = {
    "an anonymous request": lambda _: call("health", "GET", "/health", headers=PLUGIN),
    "a request of a user": lambda user: call("credits", "GET", "/credits", headers={**user.headers, **PLUGIN}),
    "a rejected request": lambda _: call("credits", "GET", "/credits"),
    "an accepted render": render,
    "an unexpected error": fail_unexpectedly,
    "a job": work(succeed),
    "a job that failed": work(fail),
    "a sweep": lambda _: handler("sweeper")({}, lambda_context()),
}


def comparable(value: Any, name: str = "") -> Any:
    """Returns a line as a list of its fields in order, with types for the values that vary."""
    if isinstance(value, dict):
        return [(name, comparable(each, name)) for name, each in value.items()]
    if isinstance(value, list) and name not in VARYING:
        return [comparable(each) for each in value]
    return type(value).__name__ if name in VARYING else value


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("name", RECORDED)
def test_lines_have_the_recorded_fields(
    name: str,
    user: User,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    logger.clear_keys()
    lines: list[str] = []
    # Each line is formatted when it is written, because later lines have other keys.
    monkeypatch.setattr(caplog.handler, "emit", lambda record: lines.append(logger.formatter.format(record)))
    capsys.readouterr()

    ACTS[name](user)

    figures = [line for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    written = [json.loads(line) for line in lines + figures]
    expected = sorted(RECORDED[name], key=lambda line: "_aws" in line)
    assert [comparable(line) for line in written] == [comparable(line) for line in expected]


def test_a_line_is_compact_json_in_utf_8(aws: AwsEnvironment, user: User, caplog: pytest.LogCaptureFixture) -> None:
    fail_unexpectedly(user)

    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    text = logger.formatter.format(line)
    assert "détail" in text
    assert "\n" not in text
    assert '": ' not in text.replace('\\"a\\": 1', "")
