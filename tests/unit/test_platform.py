"""The calling plugin is read from two headers."""

from __future__ import annotations

import pytest

from renderiq.platform import Platform, detect


@pytest.mark.parametrize(
    ("agent", "platform", "version"),
    [
        ("Renderiq-Plugin/SketchUp/1.0.0", Platform.SKETCHUP, "1.0.0"),
        ("Renderiq-SketchUp-Plugin/20240101", Platform.SKETCHUP, "20240101"),
        ("Mozilla/5.0 (Windows NT 10.0) Revit 2024 Renderiq", Platform.REVIT, None),
        ("Renderiq-Plugin/ARCHICAD/27.1-beta", Platform.ARCHICAD, "27.1-beta"),
        ("Rhinoceros", Platform.UNKNOWN, None),
        ("", Platform.UNKNOWN, None),
    ],
)
def test_the_user_agent_names_the_platform(agent: str, platform: Platform, version: str | None) -> None:
    client = detect({"user-agent": agent})

    assert (client.platform, client.plugin_version) == (platform, version)


def test_the_header_wins_over_the_user_agent_in_any_case() -> None:
    client = detect({"x-renderiq-platform": " BLENDER ", "user-agent": "Renderiq-Plugin/Revit/2.0"})

    assert client.platform is Platform.BLENDER


def test_an_unknown_platform_header_falls_back_to_the_user_agent() -> None:
    assert detect({"x-renderiq-platform": "maya", "user-agent": "Renderiq-Plugin/Revit/2.0"}).platform is Platform.REVIT


def test_a_user_agent_is_cut_to_256_characters() -> None:
    assert len(detect({"user-agent": "x" * 5000}).agent) == 256


@pytest.mark.parametrize("version", ["1.0\r\nx", "<b>", "9" * 33])
def test_a_malformed_version_is_ignored(version: str) -> None:
    assert detect({"x-renderiq-plugin-version": version}).plugin_version is None
