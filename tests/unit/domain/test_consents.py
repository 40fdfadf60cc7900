"""What counts as agreed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from renderiq.consent_texts import all_texts
from renderiq.domain.consent_needs import consent_for_engine, consent_for_upload
from renderiq.domain.consents import ConsentAnswer, ConsentName, ConsentText, is_granted
from renderiq.domain.precedence import effective
from renderiq.domain.uploads import Purpose

NOW = datetime(2026, 3, 14, tzinfo=UTC)
TEXT = ConsentText(ConsentName.THIRD_PARTY_AI, 3, 2, "Title", "Text", ("A company",))
YES = ConsentAnswer(ConsentName.THIRD_PARTY_AI, 3, True, NOW)
NO = replace(YES, granted=False)


@pytest.mark.parametrize(
    ("answer", "granted"),
    [(None, False), (NO, False), (YES, True), (replace(YES, version=2), True), (replace(YES, version=1), False)],
)
def test_only_a_yes_to_a_text_that_still_counts_is_a_consent(answer: ConsentAnswer | None, granted: bool) -> None:
    assert is_granted(TEXT, answer) is granted


@pytest.mark.parametrize("answer", [None, NO, YES])
@pytest.mark.parametrize("organization", [True, False])
def test_the_answer_of_an_organization_counts_over_the_users(answer: ConsentAnswer | None, organization: bool) -> None:
    assert is_granted(TEXT, answer, organization=organization) is organization


@pytest.mark.parametrize(
    ("organization", "user", "found"), [(7, 30, 7), (None, 30, 30), (None, None, 90), (0, 30, 0), (None, 0, 0)]
)
def test_the_organization_is_over_the_user_over_the_default(
    organization: int | None, user: int | None, found: int
) -> None:
    assert effective(organization, user, 90) == found


@pytest.mark.parametrize(
    ("engine", "consent"),
    [("preview", None), ("cycles", None), *((each, ConsentName.THIRD_PARTY_AI) for each in ("gemini", "bedrock", "x"))],
)
def test_every_engine_but_our_own_needs_a_consent(engine: str, consent: ConsentName | None) -> None:
    assert consent_for_engine(engine) is consent


@pytest.mark.parametrize("purpose", Purpose)
def test_only_models_need_a_consent_to_be_uploaded(purpose: Purpose) -> None:
    assert consent_for_upload(purpose) is (ConsentName.MODEL_UPLOAD if purpose is Purpose.MODEL else None)


@pytest.mark.parametrize("name", ConsentName)
def test_the_versions_of_a_text_are_numbered_and_say_something(name: ConsentName) -> None:
    versions = all_texts()[name]

    assert [each.version for each in versions] == list(range(1, len(versions) + 1))
    assert all(
        1 <= each.asked_from <= each.version and each.title and each.text and each.recipients for each in versions
    )
