"""The panel's protocol: its own vectors, played against the host's side."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from renderiq_archicad.changes import Events, change_between
from renderiq_archicad.messages import MAX_TO_HOST, Messages, Refusal
from renderiq_archicad.schema import Schema

PROTOCOL = Path(__file__).resolve().parents[2] / "panel" / "protocol"
SCHEMA = Schema(json.loads((PROTOCOL / "schema.json").read_text("utf-8")))
VECTORS = json.loads((PROTOCOL / "vectors.json").read_text("utf-8"))
TO_HOST = [each for each in VECTORS["messages"] if each["direction"] == "toHost"]
TO_PANEL = [each for each in VECTORS["messages"] if each["direction"] == "toPanel"]
METHODS = list(json.loads((PROTOCOL / "schema.json").read_text("utf-8"))["$defs"]["params"]["$defs"])


class Host:
    """Answers each method with nothing, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        handlers = {name: self._handler(name) for name in METHODS}
        self.messages = Messages(handlers, SCHEMA, logging.getLogger("test"))

    def _handler(self, name: str) -> Any:
        def handle(params: dict[str, Any]) -> dict[str, Any]:
            self.asked.append(name)
            return {}

        return handle

    def ask(self, message: Any) -> dict[str, Any] | None:
        answer = self.messages.answer(message if isinstance(message, str) else json.dumps(message))
        return None if answer is None else dict(json.loads(answer))


def _text(vector: dict[str, Any]) -> str:
    return str(vector["text"]) if "text" in vector else json.dumps(vector["message"])


@pytest.mark.parametrize("vector", TO_HOST, ids=lambda each: each["name"])
def test_a_message_to_the_host_is_taken_refused_or_dropped_as_the_vector_says(vector: dict[str, Any]) -> None:
    answer = Host().ask(_text(vector))

    if vector.get("dropped"):
        assert answer is None
    elif vector["valid"]:
        assert answer is not None
        assert answer["result"] == {}
    else:
        assert answer is not None
        assert answer["error"]["code"] == vector["error"]


@pytest.mark.parametrize("vector", TO_PANEL, ids=lambda each: each["name"])
def test_the_schema_is_understood_as_the_vectors_of_the_panel_say(vector: dict[str, Any]) -> None:
    try:
        message = json.loads(_text(vector))
    except ValueError:
        assert not vector["valid"]
        return
    problem = SCHEMA.problem(message, "#/$defs/toPanel")
    if not problem and "method" in vector and "result" in message:
        problem = SCHEMA.problem(message["result"], f"#/$defs/results/$defs/{vector['method']}")

    assert (problem == "") == vector["valid"], problem


@pytest.mark.parametrize("pair", VECTORS["changes"], ids=lambda each: str(each.get("name", "")))
def test_the_change_between_two_states_is_that_of_the_vector(pair: dict[str, Any]) -> None:
    assert change_between(pair["before"], pair["after"]) == pair["change"]


def test_a_word_of_the_schema_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ValueError, match="not known here"):
        Schema({"format": "date"}).problem("x", "#")


def test_the_same_message_again_gets_the_same_answer_and_does_nothing() -> None:
    host = Host()
    message = {"id": 4, "method": "resume", "params": {}}

    assert host.ask(message) == host.ask(message)
    assert host.asked == ["resume"]


def test_hello_starts_anew_so_that_numbers_may_come_again() -> None:
    host = Host()
    host.ask({"id": 4, "method": "resume", "params": {}})
    host.ask({"id": 1, "method": "hello", "params": {"protocol": 1, "panel": "x"}})
    host.ask({"id": 4, "method": "resume", "params": {}})

    assert host.asked == ["resume", "hello", "resume"]


def test_two_pages_with_the_same_numbers_do_not_get_the_answers_of_each_other() -> None:
    host = Host()
    host.ask({"id": 4, "method": "resume", "params": {}})
    host.ask({"id": 4, "method": "cancel", "params": {"id": "j"}})

    assert host.asked == ["resume", "cancel"]


def test_a_message_that_is_too_large_is_dropped() -> None:
    padded = json.dumps({"id": 1, "method": "resume", "params": {"x": "ü" * (MAX_TO_HOST // 2)}}, ensure_ascii=False)

    assert Host().ask(padded) is None


def test_a_fault_of_the_companion_is_an_answer_too() -> None:
    def fails(params: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    log = logging.getLogger("test.fault")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    answer = Messages({"resume": fails}, SCHEMA, log).answer('{"id": 1, "method": "resume", "params": {}}')

    assert answer is not None
    assert json.loads(answer)["error"]["code"] == "INTERNAL"
    assert "secret" not in answer


def test_a_refusal_is_answered_with_its_code() -> None:
    def refuses(params: dict[str, Any]) -> dict[str, Any]:
        raise Refusal("NOT_FOUND", "Gone.")

    answer = Messages({"resume": refuses}, SCHEMA, logging.getLogger("test")).answer(
        '{"id": 1, "method": "resume", "params": {}}'
    )

    assert answer is not None
    assert json.loads(answer) == {"id": 1, "error": {"code": "NOT_FOUND", "message": "Gone."}}


# ------------------------------------------------------------ events


def test_before_a_page_is_there_nothing_is_sent() -> None:
    events = Events()
    events.publish({"network": "online"})

    assert events.after(0, 0) == ([], 0)


def test_a_page_gets_everything_and_then_what_changed() -> None:
    events = Events()
    events.reset({"network": "online", "queue": [], "history": []})
    events.publish({"network": "unreachable", "queue": [], "history": []})
    (first, second), last = events.after(0, 0)

    assert first["data"]["reset"] is True
    assert second["data"] == {"revision": first["data"]["revision"] + 1, "set": {"network": "unreachable"}}
    assert events.after(last, 0) == ([], last)


def test_a_state_that_did_not_change_is_not_sent_again() -> None:
    events = Events()
    events.reset({"network": "online"})
    events.publish({"network": "online"})

    assert len(events.after(0, 0)[0]) == 1
