"""Names of materials that plugins send."""

from __future__ import annotations

import pytest

from renderiq.domain.scene_description import MAX_MATERIAL_NAME, MAX_MATERIALS, SurfaceMaterial, known_materials


@pytest.mark.parametrize("material", SurfaceMaterial)
def test_a_material_is_known_by_its_own_name(material: SurfaceMaterial) -> None:
    assert SurfaceMaterial.named(material.value) is material
    assert SurfaceMaterial.named(f"  {material.value.upper()} ") is material


@pytest.mark.parametrize(
    ("name", "material"),
    [
        ("Roof Tile", "roof_tiles"),
        ("roof-tiles", "roof_tiles"),
        ("stainless steel", None),
        ("Steel", "metal"),
        ("LAWN", "grass"),
        ("asphalt", "paving"),
        ("unobtainium", None),
        ("", None),
    ],
)
def test_a_name_or_a_synonym_is_known_in_any_case(name: str, material: str | None) -> None:
    assert SurfaceMaterial.named(name) == material


def test_known_and_unknown_names_are_told_apart() -> None:
    names = {"#aa0000": "brick", "#00aa00": "unobtainium", "#0000aa": "oak", "#00aaaa": "unobtainium"}

    assert known_materials(names) == ({"#aa0000": "brick", "#0000aa": "wood"}, ["unobtainium"])


def test_the_limits_of_materials() -> None:
    assert (MAX_MATERIALS, MAX_MATERIAL_NAME) == (256, 128)
