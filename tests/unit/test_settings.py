"""A function with invalid configuration fails before its first response."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from renderiq.ids import is_uuid, uuid7
from renderiq.settings import SettingsError, settings
from tests.support.aws import AwsEnvironment


@pytest.fixture
def environment(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def test_a_missing_variable_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("RENDERS_TABLE")
    environment.delenv("IMAGES_BUCKET")

    with pytest.raises(SettingsError, match="RENDERS_TABLE"):
        _ = settings().renders_table
    with pytest.raises(SettingsError, match="IMAGES_BUCKET"):
        _ = settings().images_bucket


def test_a_variable_that_a_function_does_not_use_may_be_missing(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("RENDERS_TABLE")

    assert settings().images_bucket


@pytest.mark.parametrize(
    ("name", "value"),
    [("WELCOME_CREDITS", "many"), ("ALLOW_LOOPBACK_URLS", "perhaps"), ("RATE_LIMITS", "[1]"), ("MODELS", "{")],
)
def test_a_malformed_value_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        getattr(settings(), name.lower())


def test_ids_sort_by_their_time_of_creation() -> None:
    made = [uuid7() for _ in range(2000)]

    assert all(is_uuid(each) and each[14] == "7" and each[19] in "89ab" for each in made)
    assert [each[:13] for each in made] == sorted(each[:13] for each in made)
    assert len(set(made)) == len(made)
