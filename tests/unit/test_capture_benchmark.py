"""The measures of the capture benchmark, and the figures that the engine must hold on captures."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.captures.__main__ import BASELINE, COMMITTED
from benchmarks.captures.catalogue import CAPTURES, Rgb
from benchmarks.captures.metrics import Measures, Pixels, measure
from benchmarks.captures.runs import Mode, run
from benchmarks.captures.truth import Maps, Truth

HEIGHT, WIDTH = 144, 256
SKY, LAWN, WALL, DOOR, ROOF = (150, 190, 230), (90, 130, 60), (225, 222, 214), (120, 70, 50), (150, 70, 60)


@pytest.fixture(scope="module")
def truth() -> Truth:
    """A wall with a door under a roof; sky and ground behind it."""
    objects = np.zeros((HEIGHT, WIDTH), np.int32)
    objects[60:120, 60:200] = 1
    objects[40:60, 50:210] = 2
    objects[85:120, 120:150] = 3
    return truth_of(objects)


def truth_of(objects: NDArray[np.int32]) -> Truth:
    borders = np.zeros(objects.shape, np.bool_)
    borders[:-1] |= objects[:-1] != objects[1:]
    borders[:, :-1] |= objects[:, :-1] != objects[:, 1:]
    depth = np.where(objects > 0, 200, 0).astype(np.uint8)
    normals = np.where((objects > 0)[..., None], np.array([128, 128, 255]), 0).astype(np.uint8)
    return Truth(objects, objects, borders, depth, normals, {"fov": 40.0})


@pytest.fixture(scope="module")
def capture(truth: Truth) -> Pixels:
    return painted(truth, backdrop=((214, 216, 220), (214, 216, 220)))


def painted(truth: Truth, backdrop: tuple[Rgb, Rgb], **colours: Rgb) -> Pixels:
    """The scene in flat colours on a backdrop of two colours, above and below the horizon."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:95], picture[95:] = backdrop
    for number, name, usual in ((1, "wall", WALL), (2, "roof", ROOF), (3, "door", DOOR)):
        picture[truth.objects == number] = colours.get(name, usual)
    return picture


def grass(seed: int = 1) -> NDArray[np.int16]:
    """Strong texture without any direction."""
    return np.random.default_rng(seed).integers(-45, 46, (HEIGHT, WIDTH, 1)).astype(np.int16)


def textured(picture: Pixels, where: NDArray[np.bool_]) -> Pixels:
    found = picture.copy()
    found[where] = np.clip(picture + grass(), 0, 255)[where]
    return found


def melted(picture: Pixels) -> Pixels:
    """Every pixel is moved by a smooth random distance of up to about 8 pixels."""
    noise = np.random.default_rng(2).integers(0, 256, (2, HEIGHT // 8, WIDTH // 8)).astype(np.uint8)
    rows, columns = np.indices((HEIGHT, WIDTH))
    moves = [np.asarray(Image.fromarray(each).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)) for each in noise]
    down, across = (np.round((each.astype(np.float64) - 128) / 12).astype(np.intp) for each in moves)
    moved: Pixels = picture[(rows + down).clip(0, HEIGHT - 1), (columns + across).clip(0, WIDTH - 1)]
    return moved


def known(value: float | None) -> float:
    assert value is not None
    return value


def test_an_enlarged_capture_scores_full_marks(truth: Truth, capture: Pixels) -> None:
    large = Image.fromarray(capture).resize((3 * WIDTH, 3 * HEIGHT), Image.Resampling.BICUBIC)

    found = measure(capture, np.asarray(large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)), truth)

    assert known(found.recall) > 0.99
    assert known(found.precision) > 0.99
    assert (found.background_iou, found.lost, found.melted) == (1, 0, 0)
    assert known(found.drift) < 0.5


def test_a_good_picture_scores_well(truth: Truth, capture: Pixels) -> None:
    picture = textured(painted(truth, (SKY, LAWN), wall=(240, 228, 208)), truth.background)

    found = measure(capture, picture, truth)

    assert known(found.recall) > 0.9
    assert known(found.background_iou) > 0.99
    assert (found.lost, found.melted) == (0, 0)


def test_a_blurred_picture_scores_low(truth: Truth, capture: Pixels) -> None:
    picture = np.asarray(Image.fromarray(capture).filter(ImageFilter.GaussianBlur(14)))

    found = measure(capture, picture, truth)

    assert known(found.recall) < 0.4
    assert found.melted > 0


def test_a_melted_picture_scores_low(truth: Truth, capture: Pixels) -> None:
    assert known(measure(capture, melted(capture), truth).recall) < 0.5


def test_texture_does_not_pass_for_borders(truth: Truth, capture: Pixels) -> None:
    everywhere = np.ones((HEIGHT, WIDTH), np.bool_)

    found = measure(capture, textured(np.full_like(capture, LAWN), everywhere), truth)

    assert known(found.recall) < 0.1
    assert found.melted == found.regions


def test_a_lawn_over_the_wall_is_a_lost_wall(truth: Truth, capture: Pixels) -> None:
    picture = textured(painted(truth, (SKY, LAWN), wall=LAWN), truth.background | (truth.objects == 1))

    found = measure(capture, picture, truth)

    assert found.lost == 1
    assert known(found.background_iou) < 0.85


def test_a_sky_over_half_of_the_wall_shrinks_the_background_score(truth: Truth, capture: Pixels) -> None:
    picture = painted(truth, (SKY, LAWN))
    picture[60:120, 60:112] = SKY

    assert known(measure(capture, picture, truth).background_iou) < 0.93


def test_a_grey_object_on_a_grey_backdrop_is_not_lost(truth: Truth) -> None:
    capture = painted(truth, ((200, 200, 200), (200, 200, 200)), wall=(208, 208, 208), roof=(190, 190, 190))

    found = measure(capture, capture, truth)

    assert (found.background_iou, found.lost) == (1, 0)


def test_a_blue_wall_that_pales_is_not_lost_in_a_blue_sky(truth: Truth) -> None:
    capture = painted(truth, ((255, 255, 255), (255, 255, 255)), wall=(90, 120, 215))

    found = measure(capture, painted(truth, (SKY, LAWN), wall=(158, 192, 240)), truth)

    assert known(found.background_iou) > 0.99
    assert found.lost == 0


def test_invented_joints_lower_precision(truth: Truth, capture: Pixels) -> None:
    picture = capture.copy()
    picture[64:118:6, 62:198] = (120, 120, 120)

    assert known(measure(capture, picture, truth).precision) < 0.8


def test_another_hue_is_drift_and_another_lightness_is_not(truth: Truth, capture: Pixels) -> None:
    grey = painted(truth, (SKY, LAWN), wall=(128, 126, 121))
    green = painted(truth, (SKY, LAWN), wall=(190, 235, 190))

    assert known(measure(capture, grey, truth).drift) < 4
    assert known(measure(capture, green, truth).drift) > 8


def test_a_lawn_on_a_part_of_the_wall_is_repainted(truth: Truth, capture: Pixels) -> None:
    picture = capture.copy()
    picture[60:120, 160:200] = LAWN

    assert known(measure(capture, picture, truth).repainted) > 0.1
    assert measure(capture, capture, truth).repainted == 0


def test_a_border_that_the_capture_hides_is_not_expected(truth: Truth) -> None:
    hidden = painted(truth, (SKY, LAWN), wall=WALL, door=WALL)

    assert known(measure(hidden, hidden, truth).recall) == 1


def test_borders_of_maps_are_objects_steps_and_creases() -> None:
    shape = (20, 30)
    depth = np.full(shape, 10, np.float32)
    depth[:, 20:] = 12
    normals = np.zeros((*shape, 3), np.float32)
    normals[..., 1] = -1
    normals[:12, 20:] = (0, 0, 1)
    rows, columns = np.indices(shape, np.float32)
    positions = np.stack([columns * 0.01, depth, -rows * 0.01], 2).astype(np.float32)
    maps = Maps(np.ones(shape, np.int32), np.ones(shape, np.int32), depth, normals, positions)

    borders = maps.borders()

    assert borders[:, 19].all()
    assert borders[11, 20:].all()
    assert not borders[:, :19].any()
    assert not maps.borders(creases=False)[11, 20:].any()


def test_a_truth_survives_its_files(truth: Truth, tmp_path: Any) -> None:
    truth.save(tmp_path / "scene")
    again = Truth.load(tmp_path / "scene")

    for name in ("objects", "materials", "borders", "depth", "normals"):
        assert np.array_equal(getattr(again, name), getattr(truth, name))
    assert again.camera == truth.camera


CASES = [(each["capture"], each["mode"], each["measures"]) for each in json.loads(BASELINE.read_text())]
TOLERANCES = {"recall": 0.02, "precision": 0.05, "details": 0.05, "background_iou": 0.01}
"""How far below its committed figure a measure may fall."""


@pytest.mark.long
@pytest.mark.parametrize(("name", "mode", "before"), CASES, ids=[f"{case[0]}, {case[1]}" for case in CASES])
def test_the_engine_is_no_worse_on_committed_captures(name: str, mode: str, before: Any, tmp_path: Any) -> None:
    """After an improvement: python -m benchmarks.captures --committed --baseline."""
    [capture] = [each for each in CAPTURES if each.name == name]

    now = run(capture, Mode(mode), COMMITTED, tmp_path).measures

    fell = {key: (before[key], getattr(now, key)) for key in TOLERANCES if worse(now, before, key)}
    assert fell == {}
    assert now.lost <= before["lost"]
    assert now.melted <= before["melted"]
    assert (now.drift or 0) <= (before["drift"] or 0) + 1
    assert (now.repainted or 0) <= (before["repainted"] or 0) + 0.02


def worse(now: Measures, before: dict[str, float | None], key: str) -> bool:
    was, found = before[key], getattr(now, key)
    return was is not None and (found is None or found < was - TOLERANCES[key])
