"""Shadow casters, and the projection of their shadows on the ground and on walls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from renderiq.domain.styles import StyleVersion
from renderiq.engines.preview.classify.surfaces import Surfaces, classify_surfaces
from renderiq.engines.preview.look.styles import look_of
from renderiq.engines.preview.segment.scene import Scene, segment_capture
from renderiq.engines.preview.shade.coverage_map import group_crown_facets
from renderiq.engines.preview.shade.shadow_casters import ShadowCaster, find_shadow_casters
from renderiq.engines.preview.shade.shadow_maps import compute_shadow_maps
from renderiq.engines.preview.shade.shadow_projection import Sun, project_shadows
from tests.support.styles import FIRST

SIZE = 400, 300
HORIZON = 120
AFTERNOON = Sun.beside(SIZE, HORIZON, 0.4, from_left=True)
GREY = (200, 198, 190)
DARKER = (140, 138, 132)

Levels = np.ndarray[Any, np.dtype[np.uint8]]


def slab(left: int, top: int, right: int, bottom: int, *, receives_shadows: bool) -> ShadowCaster:
    """Returns a vertical slab that stands on the row ``bottom``."""
    foot = np.full(SIZE[0], float(bottom))
    mask = np.ones((bottom - top, right - left), np.bool_)
    return ShadowCaster(
        left, top, mask, np.arange(SIZE[0], dtype=np.float64), foot, foot, receives_shadows=receives_shadows
    )


POST = slab(60, 130, 80, 240, receives_shadows=False)
WALL_BEHIND = slab(150, 60, 350, 225, receives_shadows=True)
WALL_IN_FRONT = slab(150, 60, 350, 280, receives_shadows=True)


def project(*casters: ShadowCaster, sun: Sun = AFTERNOON) -> tuple[Levels, Levels]:
    ground, walls = project_shadows(list(casters), sun, SIZE)
    return ground, walls


def test_a_shadow_begins_at_the_foot_and_points_away_from_the_sun() -> None:
    ground, _ = project(POST)

    assert ground[238, 90] >= 128
    assert not ground[:, :58].any()


def test_a_sun_on_the_right_casts_shadows_to_the_left() -> None:
    ground, _ = project(POST, sun=Sun.beside(SIZE, HORIZON, 0.4, from_left=False))

    assert ground[238, 50] >= 128
    assert not ground[:, 84:].any()


def test_a_shadow_falls_on_the_wall_behind_its_caster() -> None:
    _, walls = project(POST, WALL_BEHIND)

    assert walls[60:225, 150:350].any()


def test_the_shadow_on_a_wall_continues_the_shadow_on_the_ground() -> None:
    ground, walls = project(POST, WALL_BEHIND)

    on_foot = np.flatnonzero(walls[224] > 128)
    beneath = np.flatnonzero(ground[225] > 128)
    assert abs(on_foot.mean() - beneath.mean()) < 10
    assert set(on_foot) & set(beneath)


def test_the_ground_behind_a_wall_gets_no_shadow() -> None:
    both, _ = project(POST, WALL_BEHIND)
    wall_alone, _ = project(WALL_BEHIND)

    assert np.array_equal(both[:223], wall_alone[:223])


def test_a_shadow_that_passes_over_a_wall_falls_behind_it() -> None:
    low = slab(150, 215, 350, 225, receives_shadows=True)

    over, _ = project(POST, low)
    wall_alone, _ = project(low)

    assert (over[:223].astype(int) - wall_alone[:223]).max() == 255


def test_no_shadow_falls_on_a_wall_in_front_of_its_caster() -> None:
    _, walls = project(POST, WALL_IN_FRONT)

    assert not walls.any()


def test_a_caster_does_not_shade_itself() -> None:
    _, walls = project(WALL_BEHIND)

    assert not walls.any()


def test_a_shadow_stays_within_its_wall() -> None:
    _, walls = project(POST, WALL_BEHIND)

    outside = walls.copy()
    outside[60:225, 150:350] = 0
    assert not outside.any()


def test_a_higher_sun_makes_a_lower_shadow_on_a_wall() -> None:
    def height(sun: Sun) -> int:
        rows = np.flatnonzero(project(POST, WALL_BEHIND, sun=sun)[1].any(axis=1))
        return int(225 - rows[0])

    low, high = (height(Sun.beside(SIZE, HORIZON, each, from_left=True)) for each in (0.15, 0.3))

    assert high < low


def segment_two_houses() -> tuple[Scene, Surfaces]:
    """Returns a near house and a far house, which touch each other in the picture."""
    picture = Image.new("RGB", (960, 540), (226, 230, 240))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((420, 180, 700, 330), fill=GREY)
    brush.rectangle((200, 140, 420, 420), fill=(214, 208, 186))
    brush.rectangle((420, 200, 480, 400), fill=DARKER)
    scene = segment_capture(np.asarray(picture))
    assert scene is not None
    return scene, classify_surfaces(scene)


def test_a_projecting_roof_is_not_separated_from_its_wall() -> None:
    picture = Image.new("RGB", (960, 540), (226, 230, 240))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((300, 270, 599, 449), fill=GREY)
    brush.rectangle((280, 190, 619, 269), fill=(190, 60, 50))
    scene = segment_capture(np.asarray(picture))
    assert scene is not None
    surfaces = classify_surfaces(scene)

    (house,) = find_shadow_casters(scene, surfaces, group_crown_facets(scene, surfaces))

    assert house.foot_y[house.left + 100] == 450


@pytest.mark.parametrize("style", [style for style in FIRST if look_of(style).outdoors])
def test_shadows_are_the_same_each_time(style: StyleVersion) -> None:
    scene, surfaces = segment_two_houses()
    group = group_crown_facets(scene, surfaces)

    one, other = (compute_shadow_maps(scene, surfaces, group, look_of(style)) for _ in range(2))

    assert np.array_equal(one.ground, other.ground)
    assert np.array_equal(one.facade, other.facade)
    assert np.array_equal(one.ambient_occlusion, other.ambient_occlusion)
