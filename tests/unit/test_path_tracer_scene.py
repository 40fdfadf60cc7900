"""The path tracer's pure rules: light, sun, surfaces by name, views, and the description that goes to Blender."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from renderiq.domain.path_tracing import SAMPLES, processor_seconds, seconds_to_wait
from renderiq.domain.renders import AspectRatio, Quality
from renderiq.domain.scene_description import Camera, Projection, Sun
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest
from renderiq.engines.cycles.engine import camera_of, describe, saturated
from renderiq.engines.cycles.light import light_of, sun_at, under_sun
from renderiq.engines.cycles.scene import CameraSpec, ModelKind, RenderLimits, Rooms, SceneDescription, Sky, StyleLight
from renderiq.engines.cycles.surfaces import library, linear, luminance, named, surface_of, tinted
from renderiq.engines.cycles.views import (
    SENSOR,
    Bounds,
    Hit,
    LevelView,
    Point,
    exterior,
    ground_gap,
    interior,
    lamps,
    may_be_terrain,
    near_plane,
    rooms,
)
from renderiq.styles import registry
from tests.support.styles import DRAMATIC, PHOTOREALISTIC, STUDIO

LANGUAGES = {"en", "de", "fr", "es", "it", "pt"}
REQUEST = EngineRequest(
    image=b"", style=DRAMATIC, quality=Quality.HIGH, aspect_ratio=AspectRatio.WIDE, seed=7, model_file=Path("m")
)


def description(request: EngineRequest = REQUEST) -> SceneDescription:
    return describe(request, "model.glb", ModelKind.GLB, RenderLimits())


def test_a_description_survives_json() -> None:
    given = replace(
        description(),
        camera=CameraSpec(position=(1.0, 2.0, 3.0), target=(0.0, 0.0, 0.0), view=Rooms.INTERIOR, shift=(0.0, 0.1)),
        sun=Sun(120.0, 30.0),
    )

    assert SceneDescription.from_json(given.to_json()) == given


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model": 1}'])
def test_what_is_no_description_is_not_read(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        SceneDescription.from_json(text)


def test_a_request_decides_size_samples_and_seed() -> None:
    made = description()

    assert (made.width, made.height, made.samples, made.seed) == (3840, 2160, SAMPLES[Quality.HIGH], 7)


def test_ultra_has_four_times_the_samples_of_high() -> None:
    assert SAMPLES[Quality.ULTRA] == 4 * SAMPLES[Quality.HIGH]


@pytest.mark.parametrize("style", registry().all_versions(), ids=lambda style: style.style_id)
def test_every_style_has_a_light(style: StyleVersion) -> None:
    light = light_of(style)

    assert light.key == style.light.get("key", StyleLight().key)
    assert light.look in {f"AgX - {contrast} Contrast" for contrast in ("Low", "Base", "Medium High", "High")}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A house at night", lambda light: light.sky is Sky.NIGHT and light.lamps > 0),
        ("A house at sunset", lambda light: light.sky is Sky.CLEAR and light.sun_elevation < 10),
        ("A house at noon", lambda light: light.sun_elevation > 50),
        ("An overcast day", lambda light: light.sky is Sky.OVERCAST),
        ("A house in winter", lambda light: light.ground == "snow"),
        ("A house on a beach", lambda light: light.ground == "sand"),
    ],
)
def test_the_prompt_changes_the_light(prompt: str, expected: Callable[[StyleLight], bool]) -> None:
    request = replace(REQUEST, style=PHOTOREALISTIC, prompt=prompt)

    assert expected(description(request).light)


def test_a_sun_below_the_horizon_is_night() -> None:
    assert under_sun(light_of(PHOTOREALISTIC), Sun(0, -10)).sky is Sky.NIGHT


@pytest.mark.parametrize("style", [PHOTOREALISTIC, STUDIO])
def test_a_night_keeps_the_contrast_and_the_colours_of_its_style(style: StyleVersion) -> None:
    day, night = light_of(style), light_of(style, time="night")

    assert (night.look, night.saturation, night.clay) == (day.look, day.saturation, day.clay)


def test_the_moon_shines_from_where_the_sun_of_the_style_does() -> None:
    day, night = light_of(PHOTOREALISTIC), light_of(PHOTOREALISTIC, time="night")

    assert night.sun_side == day.sun_side
    assert 25 <= night.sun_elevation <= 50


def test_a_bright_style_has_a_brighter_night() -> None:
    assert light_of(STUDIO, time="night").key > light_of(PHOTOREALISTIC, time="night").key


def test_saturation_moves_colours_from_grey() -> None:
    pixels = np.array([[[200, 100, 100], [90, 90, 90]]], np.uint8)

    assert saturated(pixels, 1) is pixels
    assert saturated(pixels, 0).tolist() == [[[121, 121, 121], [90, 90, 90]]]
    assert saturated(pixels, 1.2)[0, 0, 0] > 200


def test_a_sun_is_not_seen_in_a_studio() -> None:
    assert under_sun(light_of(STUDIO), Sun(0, 20)) == light_of(STUDIO)


@pytest.mark.parametrize(
    ("latitude", "longitude", "moment", "azimuth", "elevation"),
    [
        # At noon it stands 90° - latitude + declination high.
        (51.48, 0.0, datetime(2024, 6, 20, 12, 2, tzinfo=UTC), 180.0, 61.96),
        (-33.87, 151.21, datetime(2024, 3, 20, 2, 2, tzinfo=UTC), 0.0, 56.2),
        # Sunrise in Berlin on the shortest day.
        (52.52, 13.405, datetime(2024, 12, 21, 7, 15, tzinfo=UTC), 129.0, -0.83),
    ],
)
def test_the_sun_follows_from_place_and_date(
    latitude: float, longitude: float, moment: datetime, azimuth: float, elevation: float
) -> None:
    sun = sun_at(latitude, longitude, moment)

    assert sun.elevation == pytest.approx(elevation, abs=1.0)
    assert abs((sun.azimuth - azimuth + 180) % 360 - 180) < 2.0


def test_the_north_of_the_model_turns_the_sun() -> None:
    noon = datetime(2024, 6, 20, 12, 2, tzinfo=UTC)

    assert sun_at(51.48, 0.0, noon, north=90).azimuth == pytest.approx(270, abs=1.5)


def test_a_camera_name_can_ask_for_a_room() -> None:
    assert camera_of(Camera(name="interior")).view is Rooms.INTERIOR


def test_a_camera_is_taken_as_it_is() -> None:
    given = Camera(35, Projection.PARALLEL, (1.0, 2.0, 3.0), (0.0, 0.0, 0.0), lens=24.0, shift=(0.0, 0.2))

    assert camera_of(given) == CameraSpec(
        (1.0, 2.0, 3.0), (0.0, 0.0, 0.0), fov=35, lens=24, parallel=True, shift=(0, 0.2)
    )


@pytest.mark.parametrize(
    ("size", "triangles", "measured"),
    [((1920, 1080), 45_330, 86), ((1920, 1080), 25_154, 117), ((3840, 2160), 45_330, 370)],
)
def test_the_time_is_about_what_was_measured(size: tuple[int, int], triangles: int, measured: float) -> None:
    assert processor_seconds(*size, SAMPLES["standard"], triangles) == pytest.approx(measured, rel=0.2)


@pytest.mark.parametrize("quality", Quality)
def test_every_quality_fits_into_the_time_of_the_worker(quality: Quality) -> None:
    assert 10 < seconds_to_wait(*AspectRatio.WIDE.size(quality), quality) < 840 / 2


def test_more_samples_take_longer() -> None:
    assert processor_seconds(1920, 1080, 64) > 2 * processor_seconds(1920, 1080, 24)


def test_a_lawn_wider_than_the_house_is_what_it_stands_on() -> None:
    house, lawn = Bounds((-5, -4, -0.3), (5, 4, 6)), Bounds((-20, -20, -1), (20, 20, 1.5))

    assert may_be_terrain(lawn, house)


def test_a_green_roof_is_no_terrain() -> None:
    house, roof = Bounds((-5, -4, -0.3), (5, 4, 6)), Bounds((-5, -4, 6), (5, 4, 6.2))

    assert not may_be_terrain(roof, house)


def test_a_flower_bed_is_no_terrain() -> None:
    house, bed = Bounds((-5, -4, -0.3), (5, 4, 6)), Bounds((6, 0, 0), (8, 1, 0.3))

    assert not may_be_terrain(bed, house)


# ---------------------------------------------------------------- surfaces


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        ("Brick, Common", "brick"),
        ("Ziegelmauerwerk", "brick"),
        ("Brique rouge", "brick"),
        ("Ladrillo visto", "brick"),
        ("Mattoni a vista", "brick"),
        ("Tijolo maciço", "brick"),
        ("Stahlbeton C25/30", "concrete"),
        ("Béton banché", "concrete"),
        ("Hormigón armado", "concrete"),
        ("Calcestruzzo", "concrete"),
        ("Betão", "concrete"),
        ("Eichenholz", "timber"),
        ("Chêne massif", "timber"),
        ("Wood - Teak", "timber"),
        ("Legno di rovere", "timber"),
        ("Isolierverglasung", "glass"),
        ("Vidrio templado", "glass"),
        ("Dachziegel rot", "roof_tile"),
        ("Tuiles canal", "roof_tile"),
        ("Telhas cerâmicas", "roof_tile"),
        ("Ziegel", "roof_tile"),
        ("Hochlochziegel", "brick"),
        ("Außenputz weiß", "plaster"),
        ("Intonaco esterno", "plaster"),
        ("Site - Grass", "grass"),
        ("Rasenfläche", "grass"),
        ("Concrete Masonry Units", "blockwork"),
        ("Titanzink Stehfalz", "metal_roof"),
        ("Metal - Steel - 345 MPa", "metal"),
        ("Fabric_Blue.001", "fabric"),
        ("Door - Frame/Mullion", None),
        ("Default", None),
        ("", None),
    ],
)
def test_a_name_in_six_languages_says_the_surface(name: str, surface: str | None) -> None:
    assert named(name) == surface


def test_every_surface_has_words_in_six_languages() -> None:
    import json

    import renderiq.engines.cycles.surfaces as module

    given = json.loads(Path(module.__file__).with_name("surfaces.json").read_text("utf-8"))
    for name, entry in given.items():
        assert name == "backdrop" or set(entry["words"]) == LANGUAGES


def test_no_word_means_two_surfaces_in_one_language() -> None:
    import json

    import renderiq.engines.cycles.surfaces as module

    given = json.loads(Path(module.__file__).with_name("surfaces.json").read_text("utf-8"))
    for language in LANGUAGES:
        words = [word for entry in given.values() for word in entry["words"].get(language, [])]
        assert sorted(words) == sorted(set(words))


def test_what_is_transparent_is_glass() -> None:
    assert surface_of("Panel 7", (0.5, 0.6, 0.7), alpha=0.3).name == "glass"


def test_what_is_green_is_leaves() -> None:
    assert surface_of("Material 3", (0.2, 0.5, 0.1)).name == "foliage"


@pytest.mark.parametrize(
    ("part", "surface"),
    [
        ("IfcRoof", "roof_tile"),
        ("IfcSlab", "concrete"),
        ("IfcSlab ROOF", "roof_tile"),
        ("IfcWall", "plaster"),
        ("Mesh 1", "paint"),
    ],
)
def test_a_nameless_material_follows_from_its_part(part: str, surface: str) -> None:
    assert surface_of("", (0.7, 0.7, 0.7), part=part).name == surface


@pytest.mark.parametrize(("part", "surface"), [("IfcSlab ROOF", "roof_tile"), ("IfcWallStandardCase", "brick")])
def test_a_word_for_tiles_and_bricks_follows_from_its_part(part: str, surface: str) -> None:
    assert surface_of("Ziegel", (0.7, 0.3, 0.2), part=part).name == surface


def test_a_roof_in_a_signal_colour_is_not_much_brighter_than_a_roof() -> None:
    own = linear("#8a4430")
    red, green, blue = tinted(own, linear("#ff8080"), mode=library()["roof_tile"].colour)

    assert luminance((red, green, blue)) < 2 * luminance(own)
    assert red > 2 * green


def test_plaster_keeps_the_colour_of_the_file() -> None:
    yellow = linear("#e0c060")

    assert tinted(linear("#e6e2d8"), yellow, mode=library()["plaster"].colour) == pytest.approx(yellow, abs=0.01)


def test_grass_keeps_the_colour_of_the_library() -> None:
    own = linear("#27370f")

    assert tinted(own, (0.0, 1.0, 0.0), mode=library()["grass"].colour) == own


def test_no_surface_is_pure_white_or_black() -> None:
    assert tinted((0.5, 0.5, 0.5), (1.0, 1.0, 1.0), mode="file") == (0.85, 0.85, 0.85)
    assert tinted((0.5, 0.5, 0.5), (0.0, 0.0, 0.0), mode="file") == (0.02, 0.02, 0.02)


# ---------------------------------------------------------------- views


def test_a_camera_sees_from_two_centimetres_on_and_nearer_where_the_model_is_small() -> None:
    sides = (10.0, 2.0, 0.03, 0.003)

    found = [near_plane(Bounds((0, 0, 0), (side, side, side))) for side in sides]

    assert found[:2] == [0.02, 0.02]
    assert found[2:] == pytest.approx([0.00052, 0.000052], rel=0.01)


def test_the_ground_is_close_under_a_small_model() -> None:
    found = [ground_gap(Bounds((0, 0, 0), (side, side, side))) for side in (10.0, 3.0, 0.03)]

    assert found == pytest.approx([0.012, 0.012, 0.000156], rel=0.01)


HOUSE = Bounds((-5.0, -4.0, 0.0), (5.0, 4.0, 6.0))


def in_picture(point: Point, view: LevelView, aspect: float) -> bool:
    dx, dy, dz = (point[axis] - view.position[axis] for axis in range(3))
    depth = dx * math.sin(view.yaw) + dy * math.cos(view.yaw)
    across = (dx * math.cos(view.yaw) - dy * math.sin(view.yaw)) / depth
    half = SENSOR / 2 / view.lens
    width, height = (half, half / aspect) if aspect >= 1 else (half * aspect, half)
    return depth > 0 and abs(across) <= width and abs(dz / depth - view.shift * 2 * half) <= height


@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
@pytest.mark.parametrize(
    "bounds",
    [HOUSE, Bounds((0, 0, 0), (40, 12, 90)), Bounds((-1, -1, 0), (1, 1, 0.5))],
    ids=["house", "tower", "chair"],
)
def test_a_found_view_shows_the_whole_building(bounds: Bounds, aspect: float) -> None:
    view = exterior(bounds, bounds.low[2], aspect)

    assert all(in_picture(corner, view, aspect) for corner in bounds.corners)


def test_a_found_view_of_a_house_is_at_eye_height() -> None:
    assert exterior(HOUSE, 0.0, 16 / 9).position[2] == pytest.approx(1.6)


def room_cast(origin: Point, direction: Point, distance: float) -> Hit | None:
    """A room of 6 by 4 by 2.5 metres around (3, 2), with walls of no thickness."""
    best: Hit | None = None
    for axis, places in enumerate(((0.0, 6.0), (0.0, 4.0), (0.0, 2.5))):
        for place in places:
            if abs(direction[axis]) < 1e-9:
                continue
            far = (place - origin[axis]) / direction[axis]
            at = [origin[other] + far * direction[other] for other in range(3)]
            sides = ((0.0, 6.0), (0.0, 4.0), (0.0, 2.5))
            within = all(sides[other][0] - 1e-6 <= at[other] <= sides[other][1] + 1e-6 for other in range(3))
            if 1e-4 < far < min(distance, best.distance if best else 1e9) and within:
                best = Hit(far, (0.0, 0.0, 1.0), f"{axis} {place}")
    return best


def wall_cast(origin: Point, direction: Point, distance: float) -> Hit | None:
    """The same room, whose surfaces face inwards."""
    hit = room_cast(origin, direction, distance)
    if hit is None:
        return None
    axis, place = int(hit.thing[0]), float(hit.thing[2:])
    sign = 1.0 if place == 0 else -1.0
    normal = (sign * (axis == 0), sign * (axis == 1), sign * (axis == 2))
    return replace(hit, normal=normal)


ROOM = Bounds((0.0, 0.0, 0.0), (6.0, 4.0, 2.5))


def test_a_room_is_found_between_floor_and_ceiling() -> None:
    found = rooms(ROOM, room_cast)

    assert found
    assert {round(each.floor[2], 2) for each in found} == {0.0}
    assert {round(each.height, 1) for each in found} == {2.5}


def test_nothing_is_a_room_under_the_open_sky() -> None:
    assert rooms(ROOM, lambda *_: None) == []


def test_a_view_of_a_room_stands_in_it() -> None:
    view = interior(rooms(ROOM, room_cast), 16 / 9, room_cast)

    assert view is not None
    assert all(0 < view.position[axis] < (6, 4, 2.5)[axis] for axis in range(3))


def test_a_view_of_a_room_does_not_face_one_wall_only() -> None:
    def panelled(origin: Point, direction: Point, distance: float) -> Hit | None:
        """The room, one of whose long walls is made of 24 panels, which are no reason to look at nothing else."""
        hit = wall_cast(origin, direction, distance)
        if hit is None or hit.thing != "1 0.0":
            return hit
        return replace(hit, thing=f"panel {int(4 * (origin[0] + hit.distance * direction[0]))}")

    view = interior(rooms(ROOM, panelled), 16 / 9, panelled)
    assert view is not None
    angles = [view.yaw + math.radians(side) for side in range(-40, 41, 10)]
    seen = [panelled(view.position, (math.sin(angle), math.cos(angle), 0.0), 60.0) for angle in angles]

    assert sum(hit is not None and hit.thing.startswith("panel") for hit in seen) <= 6


def test_lamps_hang_apart_under_the_ceiling() -> None:
    places = [place for place, _ in lamps(rooms(ROOM, room_cast))]

    assert all(1.5 < place[2] < 2.5 for place in places)
    assert all(math.dist(a, b) > 2.2 for a in places for b in places if a is not b)
