"""Consents over the API: asked before something leaves, recorded, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from renderiq import consent_texts
from renderiq.consent_texts import newest_text
from renderiq.domain.consents import ConsentName
from renderiq.engines import EngineRequest, Output
from renderiq.queues import RenderJob
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render, render_worker
from tests.support.uploads import announce, complete, glb, left_of, send

AI, MODELS = ConsentName.THIRD_PARTY_AI, ConsentName.MODEL_UPLOAD
MODEL = {"purpose": "model", "contentType": "model/gltf-binary", "fileName": "house.glb"}


@pytest.fixture
def newer_text(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Version 2 of the text about AI services has to be asked anew."""
    first = newest_text(AI)
    changed = {**consent_texts.all_texts(), AI: (first, replace(first, version=2, asked_from=2))}
    monkeypatch.setattr(consent_texts, "all_texts", lambda: changed)
    monkeypatch.setattr("renderiq.services.consent_answers.all_texts", lambda: changed)
    yield
    monkeypatch.undo()


def show(user: User) -> dict[str, dict[str, object]]:
    listed = call("consents", "GET", "/consents", headers=user.headers).data["consents"]
    return {each["name"]: each for each in listed}


def answer(user: User, name: str, *, granted: object = True, version: object = 1) -> Response:
    body = {"version": version, "granted": granted}
    return call("consents_id", "POST", f"/consents/{name}", headers=user.headers, json=body)


class RecordingEngine:
    """Keeps its requests, as a service that received them would."""

    name = "bedrock"

    def __init__(self) -> None:
        self.requests: list[EngineRequest] = []

    def render(self, request: EngineRequest, *_: object) -> Output:
        self.requests.append(request)
        return Output(pictures.png(), "image/png", b"", 1, 1)


# ---------------------------------------------------------------- the texts and the answers


def test_nothing_is_agreed_to_at_first(user: User) -> None:
    shown = show(user)

    assert {name: each["granted"] for name, each in shown.items()} == {"model_upload": False, "third_party_ai": False}
    assert "answeredAt" not in shown["model_upload"]


def test_an_answer_is_shown_with_its_version_and_its_time(user: User) -> None:
    answered = answer(user, "third_party_ai").data

    assert show(user)["third_party_ai"] == answered
    assert (answered["granted"], answered["answeredVersion"]) == (True, 1)
    assert answered["answeredAt"]


def test_every_answer_is_recorded(user: User) -> None:
    for granted in (True, False, True):
        answer(user, "third_party_ai", granted=granted)

    record = wiring.consents().history(user.user_id)

    assert [(each.name, each.version, each.granted) for each in record] == [
        (AI, 1, True),
        (AI, 1, False),
        (AI, 1, True),
    ]


def test_the_same_answer_again_is_recorded_once(user: User) -> None:
    first, second = (answer(user, "model_upload").data for _ in range(2))

    assert first == second
    assert len(wiring.consents().history(user.user_id)) == 1


@pytest.mark.parametrize(
    ("name", "granted", "version", "code"),
    [
        ("cookies", True, 1, (404, "NOT_FOUND")),
        ("model_upload", True, 2, (400, "INVALID_INPUT")),
        ("model_upload", True, True, (400, "INVALID_INPUT")),
        ("model_upload", 1, 1, (400, "INVALID_INPUT")),
        ("model_upload", None, 1, (400, "MISSING_REQUIRED_FIELD")),
    ],
)
def test_an_answer_that_says_nothing_is_refused(
    user: User, name: str, granted: object, version: object, code: tuple[int, str]
) -> None:
    assert answer(user, name, granted=granted, version=version).code == code


def test_who_agrees_to_an_old_text_is_shown_the_new_one(user: User, newer_text: None) -> None:
    refused = answer(user, "third_party_ai", version=1)

    assert refused.code == (409, "RESOURCE_CONFLICT")
    assert refused.json["details"]["consent"]["version"] == 2


def test_an_old_text_can_be_withdrawn(user: User, newer_text: None) -> None:
    assert answer(user, "third_party_ai", version=1, granted=False).status == 200


def test_a_new_text_is_asked_anew(user: User, request: pytest.FixtureRequest) -> None:
    answer_consents(user, AI)
    before = show(user)[AI]["granted"]

    request.getfixturevalue("newer_text")

    after = show(user)[AI]
    assert (before, after["granted"], after["version"], after["answeredVersion"]) == (True, False, 2, 1)


def test_the_answers_of_another_user_do_not_count(aws: AwsEnvironment, user: User) -> None:
    answer_consents(create_user(aws))

    assert not any(each["granted"] for each in show(user).values())


# ---------------------------------------------------------------- orders


def test_an_order_to_an_ai_service_needs_the_consent(open_ai: None, aws: AwsEnvironment, user: User) -> None:
    refused = post_render(user, {"model": "bedrock"})

    assert refused.code == (403, "CONSENT_REQUIRED")
    shown = {name: show(user)[AI][name] for name in ("name", "version", "title", "text", "recipients")}
    assert refused.json["details"] == {"consent": shown}


def test_a_refused_order_stores_and_charges_nothing(open_ai: None, aws: AwsEnvironment, user: User) -> None:
    before = balance_of(user)

    post_render(user, {"model": "bedrock"})

    assert (balance_of(user), aws.items_of("RendersTable", user)) == (before, [])
    assert aws.objects(f"captures/{user.user_id}/") == []


def test_an_order_to_the_embedded_engine_needs_none(open_ai: None, user: User) -> None:
    assert post_render(user, {"model": "preview"}).status == 202


def test_the_next_order_after_a_withdrawal_is_refused(open_ai: None, user: User) -> None:
    answer_consents(user, AI)
    assert post_render(user, {"model": "bedrock"}).status == 202

    answer(user, "third_party_ai", granted=False)

    assert post_render(user, {"model": "bedrock"}).code == (403, "CONSENT_REQUIRED")


def test_a_repetition_needs_the_consent_too(open_ai: None, user: User) -> None:
    answer_consents(user, AI)
    render_id = post_render(user, {"model": "bedrock"}).data["renderId"]
    answer_consents(user, AI, granted=False)

    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=user.headers, json={})

    assert again.code == (403, "CONSENT_REQUIRED")


def test_a_render_that_waits_when_consent_is_withdrawn_is_not_sent_but_refunded(open_ai: None, user: User) -> None:
    answer_consents(user, AI)
    before = balance_of(user)
    job = RenderJob(user.user_id, post_render(user, {"model": "bedrock"}).data["renderId"])
    answer_consents(user, AI, granted=False)
    engine = RecordingEngine()

    render_worker(engine).work(job)

    shown = call("renders_id", "GET", f"/renders/{job.render_id}", headers=user.headers).data
    assert (shown["status"], shown["errorCode"]) == ("failed", "CONSENT_REQUIRED")
    assert (engine.requests, balance_of(user)) == ([], before)


# ---------------------------------------------------------------- uploads


def test_the_upload_of_a_model_needs_the_consent(aws: AwsEnvironment, user: User) -> None:
    refused = announce(user, b"", size=9, **MODEL)

    assert refused.code == (403, "CONSENT_REQUIRED")
    assert refused.json["details"]["consent"]["name"] == "model_upload"
    assert left_of(aws, user) == []


def test_the_upload_of_a_picture_needs_none(user: User) -> None:
    assert announce(user, pictures.png()).status == 201


def test_the_other_path_of_uploads_needs_the_consent_too(user: User) -> None:
    body = {"fileName": "house.glb", "contentType": "model/gltf-binary", "totalSize": 9}

    refused = call("uploads", "POST", "/uploads/resumable/init", headers=user.headers, json=body)

    assert refused.code == (403, "CONSENT_REQUIRED")


def test_an_open_upload_of_a_model_stops_at_a_withdrawal(aws: AwsEnvironment, user: User) -> None:
    answer_consents(user, MODELS)
    upload_id = announce(user, glb(), **MODEL).data["uploadId"]
    send(aws, user, upload_id, {1: glb()})
    answer_consents(user, MODELS, granted=False)

    path, parts = f"/uploads/{upload_id}/parts", {"partNumbers": [1]}
    signed = call("uploads_id_parts", "POST", path, headers=user.headers, json=parts)

    assert signed.code == complete(user, upload_id).code == (403, "CONSENT_REQUIRED")
