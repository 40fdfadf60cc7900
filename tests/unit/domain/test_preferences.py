"""Preferences: merging changes, and their size in JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.preferences import MAX_BYTES, Preferences, to_text

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_change_replaces_its_keys_and_removes_those_that_are_null() -> None:
    stored = Preferences("u", NOW, NOW, {"a": 1, "b": 2, "c": 3}, version=4)
    later = NOW + timedelta(seconds=1)

    merged = stored.merged({"b": 5, "c": None, "d": 6, "e": False, "f": 0}, later)

    assert merged == Preferences("u", NOW, later, {"a": 1, "b": 5, "d": 6, "e": False, "f": 0}, version=5)
    assert stored.values == {"a": 1, "b": 2, "c": 3}


def test_new_preferences_have_version_zero() -> None:
    assert Preferences("u", NOW, NOW) == Preferences("u", NOW, NOW, {}, version=0)


def test_json_is_compact_and_not_escaped() -> None:
    assert to_text({"a": [1, "ü"], "b": None}) == '{"a":[1,"ü"],"b":null}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud83d"])
def test_values_outside_of_json_or_utf_8_raise_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        to_text({"a": value})


def test_the_limit_is_sixteen_kilobytes() -> None:
    assert MAX_BYTES == 16_384


def test_preferences_can_be_members_of_sets() -> None:
    assert len({Preferences("u", NOW, NOW, {"a": 1}), Preferences("u", NOW, NOW, {"a": 1})}) == 1
