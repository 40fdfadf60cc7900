"""Every SDK passes every scenario, the scenarios are sound, and the driver notices what is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdks.conformance.bodies import read_fields
from sdks.conformance.driver import Driver
from sdks.conformance.matching import differences
from sdks.conformance.scenarios import Scenario, read_scenarios
from sdks.conformance.server import scripted_server
from sdks.conformance.table import README, with_table
from tests.sdks.languages import (
    TYPESCRIPT_RUNNER,
    WITH_RUBY,
    WITH_TYPESCRIPT,
    python_runner,
    pythons,
    ruby_runner,
)
from tests.support.chromium import CHROMIUM

FASTEST = "3.11"


def played(command: str, scenarios: list[Scenario], *, keeps_connections: bool = True) -> dict[str, list[str]]:
    """Returns the problems of the scenarios that did not pass."""
    with scripted_server(keeps_connections=keeps_connections) as server:
        driver = Driver(command, server)
        try:
            results = [driver.play(each) for each in scenarios]
        finally:
            driver.close()
    return {f"{each.scenario.group}: {each.scenario.name}": each.problems for each in results if each.problems}


def marks_of(version: str) -> list[pytest.MarkDecorator]:
    """``make sdks`` plays the version of this environment."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    marks = [] if version in (FASTEST, "this") else [pytest.mark.long]
    return [*marks, pytest.mark.played_by_make_sdks] if version in (own, "this") else marks


@pytest.mark.parametrize("version", [pytest.param(each, marks=marks_of(each)) for each in pythons()])
def test_the_sdk_for_python_passes_every_scenario(version: str) -> None:
    assert played(python_runner(pythons()[version]), read_scenarios()) == {}


@WITH_RUBY
@pytest.mark.long
def test_the_sdk_for_ruby_passes_every_scenario_in_a_host_with_one_thread() -> None:
    assert played(ruby_runner("--host"), read_scenarios()) == {}


@pytest.mark.played_by_make_sdks
@WITH_TYPESCRIPT
def test_the_sdk_for_typescript_passes_every_scenario() -> None:
    assert played(TYPESCRIPT_RUNNER, read_scenarios()) == {}


NOT_IN_A_PAGE = {
    # A page cannot name itself in these headers.
    "the host is named in three headers",
    "AutoCAD is written as its maker writes it",
    "ArchiCAD is written as plugins always wrote it",
    "without a platform the SDK names its own version",
    "the SDK names itself, its language and the system",
    # A page is not told the status of a redirect: it is no answer.
    "a redirect of the API to another origin gets no credentials",
    # A page is not told whether there was a connection.
    "an order that could not be sent at all can be edited",
}


@pytest.mark.long
@WITH_TYPESCRIPT
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_sdk_for_typescript_passes_the_scenarios_in_chromium(tmp_path: Path) -> None:
    """But not those of two processes, and of a killed one: tabs and killed browsers have tests of their own."""
    scenarios = [
        each
        for each in read_scenarios()
        if each.name not in NOT_IN_A_PAGE and not has_two_processes(each) and not kills_a_process(each)
    ]

    assert len(scenarios) > 230
    assert played(chromium_runner(tmp_path / "profile"), scenarios, keeps_connections=False) == {}


def has_two_processes(scenario: Scenario) -> bool:
    steps = [each for step in scenario.steps for each in step.get("together", [step])]
    return any(each.get("process", "a") != "a" for each in steps)


def kills_a_process(scenario: Scenario) -> bool:
    """Chromium outlives its runner by a moment, and may send what the killed process would not."""
    answers = [answer for each in scenario.server.values() for answer in each]
    return any(each.get("fault") == "kill" for each in answers) or any(
        each.get("do") in ("kill", "restart") for each in scenario.steps
    )


def chromium_runner(profile: Path) -> str:
    return f"{sys.executable} -m tests.sdks.chromium_runner {profile}"


def test_there_are_at_least_120_scenarios_with_names_of_their_own() -> None:
    names = [each.name for each in read_scenarios()]

    assert len(names) == len(set(names)) >= 120


def test_the_table_of_scenarios_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")

    assert with_table(text) == text


@pytest.mark.parametrize("path", sorted(README.parent.glob("*/conformance.json")), ids=lambda path: path.parent.name)
def test_the_report_of_a_language_has_every_scenario(path: Path) -> None:
    report = json.loads(path.read_text(encoding="utf-8"))

    assert list(report) == [f"{each.group}: {each.name}" for each in read_scenarios()]
    assert all(report.values())


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 2),
        (1, True),
        (True, 1),
        ("a", None),
        ({"a": 1}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        ([1], [1, 1]),
        ([], None),
        ("$any", None),
        ("$absent", 1),
        ({"$match": "^a$"}, "ab"),
        ({"$last": 2}, [2, 1]),
        ({"$length": 1}, []),
        ({"$file": 1}, "/no/such/file"),
        (["$a", "$a"], [1, 2]),
        (["$a", "$b"], [1, 1]),
    ],
)
def test_a_difference_is_noticed(expected: Any, actual: Any) -> None:
    assert list(differences(expected, actual, {}))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1.0000001),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, '{"a": 1}'),
        (7, "7"),
        ("$absent", None),
        (["$a", "$a", "$b"], [1, 1, 2]),
        ({"$last": 2}, [1, 2]),
    ],
)
def test_what_agrees_is_no_difference(expected: Any, actual: Any) -> None:
    assert list(differences(expected, actual, {})) == []


def test_a_form_and_json_have_the_same_fields() -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="style"\r\n\r\nsoft\r\n--b--\r\n'

    assert read_fields("multipart/form-data; boundary=b", form) == read_fields("application/json", b'{"style": "soft"}')


GET = {"GET /credits": [{"json": {"success": True, "data": {"balance": 90}}}]}
RUNNER = """
import json, sys, urllib.request
for line in sys.stdin:
    step = json.loads(line)
    if step["do"] == "start":
        base = step["args"]["baseUrl"]
    {extra}
    print(json.dumps({{"id": step["id"], "value": {value}, "sleeps": {sleeps}}}), flush=True)
"""


@pytest.fixture
def runner(tmp_path: Path) -> Callable[..., str]:
    def write(value: str = "None", sleeps: str = "[]", extra: str = "pass") -> str:
        path = tmp_path / "runner.py"
        path.write_text(RUNNER.format(value=value, sleeps=sleeps, extra=extra))
        return f"{sys.executable} {path}"

    return write


def scenario(**fields: Any) -> Scenario:
    return Scenario(**{"group": "g", "name": "n", "steps": [{"do": "credits.get"}], **fields})


def test_a_request_that_was_not_sent_is_noticed(runner: Any) -> None:
    [problems] = played(runner(), [scenario(server=GET, requests=["GET /credits"])]).values()

    assert problems == ["the requests were [] instead of ['GET /credits']"]


def test_a_request_that_was_not_scripted_is_noticed(runner: Any) -> None:
    send = "(lambda: urllib.request.urlopen(base + '/x'))() if step['do'] != 'start' else None"

    [problems] = played(runner(extra=f"try: {send}\n    except Exception: pass"), [scenario()]).values()

    assert problems == ["unexpected requests: GET /x"]


def test_a_wrong_value_is_noticed(runner: Any) -> None:
    steps = [{"do": "x", "value": {"balance": 90}}]

    [problems] = played(runner(value="{'balance': 91}"), [scenario(steps=steps)]).values()

    assert problems == ["step 1 (x): value.balance is 91 instead of 90"]


def test_a_wrong_pause_is_noticed(runner: Any) -> None:
    [problems] = played(runner(sleeps="[0.5, 2]"), [scenario(steps=[{"do": "x", "sleeps": [0.5, 1]}])]).values()

    assert problems == ["step 1 (x): sleeps[1] is 2 instead of 1"]


def test_an_error_that_did_not_come_is_noticed(runner: Any) -> None:
    [problems] = played(runner(), [scenario(steps=[{"do": "x", "error": {"kind": "auth"}}])]).values()

    assert problems == ["step 1 (x): the error is null instead of an object"]


def test_a_runner_that_ends_is_noticed(runner: Any) -> None:
    [problems] = played(runner(extra="if step['do'] == 'x': sys.exit()"), [scenario(steps=[{"do": "x"}])]).values()

    assert problems == ["the runner's process has ended"]


def test_a_scenario_after_a_failed_one_is_played(runner: Any) -> None:
    wrong, right = scenario(steps=[{"do": "x", "value": 1}]), scenario(name="right", steps=[{"do": "x"}])

    assert list(played(runner(), [wrong, right])) == ["g: n"]
