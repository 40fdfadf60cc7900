"""Slugs of projects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain import projects
from renderiq.domain.projects import Project, slug_candidates, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Haus Müller (2)", "haus-muller-2"),
        ("別荘", "biezhuang"),
        ("Straße nach Łódź", "strasse-nach-lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Diyarbakır Evi, İzmir", "diyarbakir-evi-izmir"),  # noqa: RUF001 (letters that look alike are tested)
        ("Đà Nẵng", "da-nang"),
        ("Þingvellir", "thingvellir"),
        ("Вилла у моря", "villa-u-morya"),  # noqa: RUF001 (as above)
        ("Βίλα Αθήνα", "vila-athina"),
        ("２號樓", "2haolou"),
        ("\u200b", "project"),
        ("a" * 120, "a" * 60),
        ("--", "project"),
        (f"{'a' * 59} b", "a" * 59),
    ],
)
def test_a_slug_is_derived_from_the_name(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_slug_candidates_add_the_last_digits_of_the_id() -> None:
    assert slug_candidates("Villa", "01a2045f-da96-7a5e-ab86-15a988b167dd") == (
        "villa",
        "villa-b167dd",
        "villa-15a988b167dd",
    )


def test_the_limits_of_projects_are_as_documented() -> None:
    assert (projects.MAX_PROJECTS, projects.MAX_NAME, projects.MAX_DESCRIPTION) == (1000, 120, 2000)
    assert (timedelta(minutes=1), timedelta(minutes=10)) == (projects.INDEX_LAG, projects.DELETION_REDELIVERY_DELAY)


def test_a_new_project_has_no_renders_and_no_cover() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    project = Project("p", "u", "Villa", "villa", "", "revit", now, now)

    assert (project.render_count, project.cover_key, project.plugin_version, project.agent) == (0, None, None, "")
