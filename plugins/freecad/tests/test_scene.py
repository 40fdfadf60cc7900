"""What is visible, against a strict double of a document."""

from __future__ import annotations

from double import Document, Thing
from renderiq_freecad.shared.glb import Mesh

from renderiq_freecad.scene import is_helper, meshes, visible


def found_in(thing: Thing) -> list[Mesh]:
    return [mesh for turn in meshes(Document(thing)) for mesh in turn]


def names(*things: Thing) -> list[str]:
    return [each.Name for each in visible(Document(*things))]


def test_what_is_hidden_is_not_seen() -> None:
    assert names(Thing("A"), Thing("B", visible=False)) == ["A"]


def test_what_is_in_a_hidden_part_is_not_seen() -> None:
    part = Thing("Part", "App::Part", visible=False)

    assert names(part, Thing("A", inside=part)) == []


def test_a_body_is_seen_in_place_of_its_features() -> None:
    body = Thing("Body", "PartDesign::Body")
    body.Shape = Thing("x").Shape

    assert names(body, Thing("Pad", "PartDesign::Pad", inside=body)) == ["Body"]


def test_sketches_and_datums_are_helpers() -> None:
    kinds = ("Sketcher::SketchObject", "PartDesign::Plane", "App::Origin", "Image::ImagePlane")

    assert all(is_helper(Thing("x", each)) for each in kinds)


def test_an_object_of_one_colour_is_one_mesh() -> None:
    [mesh] = found_in(Thing("Wall", label="Red brick"))

    assert (len(mesh.points), len(mesh.triangles), mesh.material.name) == (8, 4, "Red brick")


def test_faces_of_two_colours_are_two_meshes() -> None:
    found = found_in(Thing("Wall", colours=[(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)]))

    assert [each.material.colour for each in found] == [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)]


def test_an_object_in_a_part_is_where_the_part_is() -> None:
    [mesh] = found_in(Thing("Wall", moved=500.0))

    assert min(x for x, _, _ in mesh.points) == 500.0
