"""The preview engine with guide images: what each of them adds, and that one of another view does no harm."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from renderiq.domain.renders import AspectRatio, EngineMode, Quality
from renderiq.domain.scene_description import Camera, Projection, SurfaceMaterial
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest, Output, RenderCancelledError
from renderiq.engines.preview import PreviewEngine, engine
from renderiq.engines.preview.classify.confidence import Doubt
from renderiq.engines.preview.deferred.agreement import measure_agreement
from renderiq.engines.preview.deferred.geometry import Geometry, read_geometry
from renderiq.engines.preview.deferred.guides import border_mask, read_depth, read_ids, read_normals
from renderiq.engines.preview.deferred.stage import has_own_ground, is_cut_away
from renderiq.engines.preview.deferred.view import known_up
from tests.support.styles import FIRST, PHOTOREALISTIC, STUDIO, name_of
from tests.unit.test_preview_engine import decode_pixels, encode_image

WIDTH, HEIGHT = 640, 360
FOCAL = 1.4
"""In picture heights."""
PITCH = np.radians(22)
NEAR, FAR = 6.0, 22.0
CAMERA = Camera(fov=float(np.degrees(2 * np.arctan(0.5 / FOCAL))), near=NEAR, far=FAR)
WALL, SIDE, ROOF, DOOR = (215, 205, 190), (150, 143, 132), (186, 92, 60), (122, 78, 40)
PAINTS = {WALL: (10, 200, 30), ROOF: (200, 40, 90), DOOR: (40, 60, 220)}
BACKDROP = (206, 212, 220)

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float64]


class Box:
    """A box with a door on a level ground, as a camera sees it that looks down by ``PITCH``.

    An open one is cut away: it shows its floor and the two walls behind it from within. ``plot`` is the width of the
    piece of ground that it may bring, over its own.
    """

    def __init__(self, *, is_open: bool = False, plot: float = 0.0) -> None:
        up = np.array([0, np.cos(PITCH), np.sin(PITCH)])
        back = np.array([0, -np.sin(PITCH), np.cos(PITCH)])
        right = np.array([1.0, 0, 0])
        turn = np.radians(35)
        front = back * np.cos(turn) - right * np.sin(turn)
        side = back * np.sin(turn) + right * np.cos(turn)
        centre = -back * 12 - up * 2.2
        x = (np.arange(WIDTH) + 0.5 - WIDTH / 2) / HEIGHT / FOCAL
        y = (HEIGHT / 2 - 0.5 - np.arange(HEIGHT)) / HEIGHT / FOCAL
        self._ray = np.stack([*np.meshgrid(x, y), np.full((HEIGHT, WIDTH), -1.0)], 2)
        self.distance = np.full((HEIGHT, WIDTH), np.inf)
        self.colours = np.full((HEIGHT, WIDTH, 3), BACKDROP, np.uint8)
        self.ids = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self.normals = np.zeros((HEIGHT, WIDTH, 3))
        if plot:
            self._add(centre - up * 2, up, side * 3 * plot, front * 2.5 * plot, ROOF, ROOF)
        if is_open:
            self._add(centre - front * 2.5, front, side * 3, up * 2, WALL, WALL)
            self._add(centre - side * 3, side, front * 2.5, up * 2, SIDE, WALL)
            self._add(centre - up * 2, up, side * 3, front * 2.5, ROOF, ROOF)
            return
        self._add(centre + front * 2.5, front, side * 3, up * 2, WALL, WALL)
        self._add(centre + side * 3, side, front * 2.5, up * 2, SIDE, WALL)
        self._add(centre + up * 2, up, side * 3, front * 2.5, ROOF, ROOF)
        self._add(centre + front * 2.5001 - up * 0.8, front, side * 0.6, up * 1.2, DOOR, DOOR)

    def _add(self, middle: Numbers, normal: Numbers, half: Numbers, tall: Numbers, colour: Any, paint: Any) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = (middle @ normal) / (self._ray @ normal)
        place = self._ray * distance[..., None] - middle
        inside = (np.abs(place @ half) <= half @ half) & (np.abs(place @ tall) <= tall @ tall)
        seen = inside & (distance > 0) & (distance < self.distance)
        self.distance[seen] = distance[seen]
        self.colours[seen], self.ids[seen], self.normals[seen] = colour, PAINTS[paint], normal

    @property
    def background(self) -> NDArray[np.bool_]:
        empty: NDArray[np.bool_] = np.isinf(self.distance)
        return empty

    @property
    def depth(self) -> Pixels:
        level = np.clip((FAR - self.distance) / (FAR - NEAR), 1 / 255, 1)
        return np.where(self.background, 0, np.round(level * 255)).astype(np.uint8)

    @property
    def normal_picture(self) -> Pixels:
        return np.where(self.background[..., None], 0, np.round((self.normals + 1) * 127.5)).astype(np.uint8)


@lru_cache
def box() -> Box:
    return Box()


def png(pixels: Pixels, kind: str = "PNG", **options: Any) -> bytes:
    return encode_image(Image.fromarray(pixels), kind, **options)


def guide_files() -> dict[str, bytes]:
    scene = box()
    return {
        "depth_image": png(scene.depth),
        "material_id_image": png(scene.ids),
        "normal_image": png(scene.normal_picture),
    }


def request_with(*guides: str, **changes: Any) -> EngineRequest:
    sent = {name: data for name, data in guide_files().items() if name in guides}
    return EngineRequest(
        **{
            "image": png(box().colours),
            "style": PHOTOREALISTIC,
            "quality": Quality.STANDARD,
            "aspect_ratio": AspectRatio.WIDE,
            "seed": 3,
            **sent,
            **changes,
        }
    )


@lru_cache
def render(request: EngineRequest) -> Output:
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def render_freshly(request: EngineRequest) -> Output:
    return PreviewEngine().render(request, lambda _: None, lambda: False)


def reasons(output: Output) -> tuple[str, ...]:
    assert output.report is not None
    return output.report.reasons


def geometry_of(*names: str, camera: Camera | None = CAMERA, scene: Box | None = None) -> Geometry:
    scene, size = scene or box(), (WIDTH, HEIGHT)
    guides = None
    for name, found in (
        ("depth", read_depth(Image.fromarray(scene.depth), size)),
        ("ids", read_ids(Image.fromarray(scene.ids), size, {})),
        ("normals", read_normals(Image.fromarray(scene.normal_picture), size)),
    ):
        if name in names:
            assert found is not None
            guides = found if guides is None else _both(guides, found)
    assert guides is not None
    return read_geometry(guides, camera, 1.0)


def _both(one: Any, two: Any) -> Any:
    empty = type(one)()
    fields = {
        name: getattr(two, name)
        for name in empty.__dataclass_fields__
        if getattr(one, name) is None and getattr(two, name) is not None
    }
    return replace(one, **fields)


def angle(one: Numbers, two: Any) -> float:
    return float(np.degrees(np.arccos(np.clip(np.dot(one, two), -1, 1))))


DEPTH, IDS, NORMALS = "depth_image", "material_id_image", "normal_image"
SUBSETS = [(DEPTH,), (IDS,), (NORMALS,), (DEPTH, IDS), (DEPTH, NORMALS), (IDS, NORMALS), (DEPTH, IDS, NORMALS)]


# ---------------------------------------------------------------- what each guide adds


@pytest.mark.parametrize("guides", [("depth",), ("depth", "ids"), ("depth", "normals")], ids="+".join)
def test_rooms_without_a_roof_are_told_from_houses(guides: tuple[str, ...]) -> None:
    assert is_cut_away(geometry_of(*guides, scene=Box(is_open=True)))
    assert not is_cut_away(geometry_of(*guides))


def test_a_model_on_a_wide_piece_of_ground_brings_its_own() -> None:
    assert has_own_ground(geometry_of("depth", "ids", scene=Box(plot=2)))


@pytest.mark.parametrize("scene", [Box(), Box(plot=1.2), Box(plot=20)], ids=["none", "a plinth", "up to the frame"])
def test_a_house_brings_no_ground_of_its_own(scene: Box) -> None:
    assert not has_own_ground(geometry_of("depth", "ids", scene=scene))


@pytest.mark.parametrize("guides", SUBSETS, ids=["+".join(each) for each in SUBSETS])
def test_any_subset_of_guides_is_repainted(guides: tuple[str, ...]) -> None:
    report = render(request_with(*guides)).report

    assert report is not None
    assert (report.mode, report.reasons) == (EngineMode.REPAINTED, ())
    assert report.confidence > 0.8


@pytest.mark.parametrize("guides", SUBSETS, ids=["+".join(each) for each in SUBSETS])
def test_the_contour_of_the_model_is_that_of_the_guides(guides: tuple[str, ...]) -> None:
    pixels = decode_pixels(render(request_with(*guides, style=STUDIO)))
    background = np.asarray(Image.fromarray(box().background).resize((1920, 1080), Image.Resampling.NEAREST))
    rows = np.flatnonzero((~background).any(axis=1))
    middle = (rows[0] + rows[-1]) // 2
    left = int(np.flatnonzero(~background[middle])[0])

    inner, outer = pixels[middle, left + 6], pixels[middle, left - 6]

    assert np.abs(inner - outer).max() > 12
    # A contour that is hardly seen gets a dark rim, three pixels wide in the capture, which has a third of the size.
    assert np.abs(pixels[middle, left - 12] - pixels[middle, left - 18]).max() < 8


def test_each_guide_changes_the_picture() -> None:
    pictures = {render(request_with(*guides)).image for guides in SUBSETS}

    assert len(pictures) == len(SUBSETS)


def test_depth_alone_tells_the_direction_of_the_faces() -> None:
    geometry = geometry_of("depth")
    assert geometry.normals is not None
    scene = box()
    error = [
        angle(geometry.normals[row, column].astype(np.float64), scene.normals[row, column])
        for row in range(40, HEIGHT, 24)
        for column in range(40, WIDTH, 24)
        if not scene.background[row, column]
    ]

    assert np.median(error) < 1.5


def test_depth_without_a_camera_finds_the_pitch() -> None:
    view = geometry_of("depth", "ids", camera=None).view

    assert view is not None
    assert abs(view.pitch - np.degrees(PITCH)) < 4


def test_the_upward_direction_of_the_camera_counts() -> None:
    camera = replace(CAMERA, position=(0, 0, 0), target=(0, -np.sin(PITCH), -np.cos(PITCH)), up=(0, 1, 0))

    up = known_up(camera)

    assert up is not None
    np.testing.assert_allclose(up, (0, np.cos(PITCH), np.sin(PITCH)), atol=1e-6)


def test_a_parallel_camera_sees_no_horizon() -> None:
    view = geometry_of("depth", camera=Camera(projection=Projection.PARALLEL)).view

    assert view is not None
    assert view.is_parallel
    assert abs(view.horizon) > 1


def test_normals_in_the_axes_of_the_scene_are_recognised() -> None:
    scene, size = box(), (WIDTH, HEIGHT)
    turn = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    turned = np.where(scene.background[..., None], 0, np.round((scene.normals @ turn.T + 1) * 127.5)).astype(np.uint8)
    depth, normals = read_depth(Image.fromarray(scene.depth), size), read_normals(Image.fromarray(turned), size)
    assert depth is not None
    assert normals is not None

    geometry = read_geometry(_both(depth, normals), CAMERA, 1.0)

    assert geometry.normals is not None
    seen = ~scene.background
    assert float((geometry.normals[seen] * scene.normals[seen]).sum(axis=1).mean()) > 0.98


def test_ids_part_faces_that_lie_in_one_plane() -> None:
    without, with_ids = geometry_of("depth"), geometry_of("depth", "ids")

    assert without.region.max() < with_ids.region.max()


def test_a_door_with_ragged_borders_stays_a_region() -> None:
    scene = Box()
    door = (scene.ids == PAINTS[DOOR]).all(axis=2)
    rng, paints = np.random.default_rng(5), np.array(list(PAINTS.values()), np.uint8)
    for shift in (-2, -1, 1, 2):  # near its upper and lower border, a pixel may be of any material
        ragged = (door != np.roll(door, shift, axis=0)) & ~scene.background
        scene.ids[ragged] = paints[rng.integers(0, len(paints), int(ragged.sum()))]

    region = geometry_of("depth", "ids", scene=scene).region

    assert np.bincount(region[door]).argmax() != np.bincount(region[~door & ~scene.background]).argmax()


def test_a_compressed_depth_is_as_good() -> None:
    report = render(request_with(IDS, depth_image=png(box().depth, "JPEG", quality=85))).report

    assert report is not None
    assert (report.mode, report.reasons) == (EngineMode.REPAINTED, ())


def test_compressed_ids_are_the_same_materials() -> None:
    exact = read_ids(Image.fromarray(box().ids), (WIDTH, HEIGHT), {})
    with Image.open(io.BytesIO(png(box().ids, "JPEG", quality=80))) as file:
        lossy = read_ids(file.convert("RGB"), (WIDTH, HEIGHT), {})

    assert exact is not None
    assert lossy is not None
    assert exact.ids is not None
    assert lossy.ids is not None
    pairs = np.unique(exact.ids * 100 + lossy.ids, return_counts=True)[1]
    assert lossy.ids.max() == exact.ids.max()
    assert np.sort(pairs)[-4:].sum() > 0.99 * exact.ids.size


def test_a_depth_whose_black_is_near_is_turned() -> None:
    inverted = read_depth(Image.fromarray(255 - box().depth), (WIDTH, HEIGHT))

    assert inverted is not None
    assert inverted.depth is not None
    np.testing.assert_array_equal(inverted.depth, box().depth)


# ---------------------------------------------------------------- materials by name


@pytest.mark.parametrize("material", list(SurfaceMaterial))
def test_every_material_can_be_named(material: SurfaceMaterial) -> None:
    named = request_with(DEPTH, IDS, camera=CAMERA, materials={"#0ac81e": material})
    plain = request_with(DEPTH, IDS, camera=CAMERA)

    output = render(named)

    assert output.report is not None
    assert output.report.mode is EngineMode.REPAINTED
    assert material is SurfaceMaterial.PLASTER or output.image != render(plain).image


def test_a_named_material_that_is_not_in_the_picture_changes_nothing() -> None:
    named = request_with(DEPTH, IDS, materials={"#ffffff": SurfaceMaterial.BRICK})

    assert render(named).image == render(request_with(DEPTH, IDS)).image


def test_a_pane_reflects_the_sky() -> None:
    glass = decode_pixels(render(request_with(DEPTH, IDS, materials={"#0ac81e": SurfaceMaterial.GLASS})))
    wall = decode_pixels(render(request_with(DEPTH, IDS, materials={"#0ac81e": SurfaceMaterial.PAINT})))
    rows, columns = np.nonzero((box().colours == WALL).all(axis=2))
    front = rows * 3 + 1, columns * 3 + 1

    assert (glass[front][..., 2] - glass[front][..., 0]).mean() > (wall[front][..., 2] - wall[front][..., 0]).mean() + 8


def test_thin_bars_before_a_pane_are_as_light_as_before_a_wall() -> None:
    scene = box()
    colours, ids = scene.colours.copy(), scene.ids.copy()
    front = (colours == WALL).all(axis=2)
    middle = int(np.median(np.nonzero(front)[1]))
    rows = np.flatnonzero(front[:, middle])[10:-10]
    colours[rows, middle], ids[rows, middle] = (150, 110, 60), PAINTS[DOOR]
    levels = []
    for material in (SurfaceMaterial.GLASS, SurfaceMaterial.PAINT):
        request = request_with(DEPTH, IDS, materials={"#0ac81e": material})
        request = replace(request, image=png(colours), material_id_image=png(ids))
        levels.append(decode_pixels(render_freshly(request))[rows * 3 + 1, middle * 3 + 1].mean())

    assert levels[0] > 0.85 * levels[1]


def test_a_face_does_not_shine_between_the_dashes_of_a_line() -> None:
    scene = box()
    colours = scene.colours.copy()
    front = (colours == WALL).all(axis=2)
    middle = int(np.median(np.nonzero(front)[1]))
    rows = np.flatnonzero(front[:, middle])[10:-10]
    dashes = rows[rows % 6 < 3]
    colours[dashes, middle] = 20
    gaps = rows[rows % 6 == 4] * 3 + 1

    pixels = decode_pixels(render_freshly(replace(request_with(DEPTH, IDS), image=png(colours))))

    face = np.median(pixels[gaps, middle * 3 + 40].mean(axis=1))
    assert np.median(pixels[gaps, middle * 3 + 1].mean(axis=1)) < face + 4
    assert np.median(pixels[dashes * 3 + 1, middle * 3 + 1].mean(axis=1)) < face - 20


def test_a_picture_from_guides_that_fails_the_check_is_made_of_the_captures_own_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "find_faults", lambda *_, **__: (Doubt.LOST_AREAS,))

    report = render_freshly(request_with(DEPTH, IDS)).report

    assert report is not None
    assert report.mode is EngineMode.MIXED
    assert "lost_areas" in report.reasons
    assert report.confidence < 0.7


# ---------------------------------------------------------------- guides that do not fit


def shifted(pixels: Pixels) -> Pixels:
    return np.roll(pixels, (14, 22), (0, 1))


def mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[::-1])


def noise(pixels: Pixels) -> Pixels:
    return np.random.default_rng(5).integers(0, 256, pixels.shape).astype(np.uint8)


def even(pixels: Pixels) -> Pixels:
    return np.full_like(pixels, 120)


def empty(pixels: Pixels) -> Pixels:
    return np.zeros_like(pixels)


def another_view(pixels: Pixels) -> Pixels:
    picture = Image.new("L" if pixels.ndim == 2 else "RGB", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    for number in range(6):
        shade = 60 + 30 * number
        colour: Any = shade if pixels.ndim == 2 else (shade, 255 - shade, 40 * number)
        pen.polygon([(40 + 90 * number, 40), (110 + 80 * number, 70), (70 + 90 * number, 330)], fill=colour)
    return np.asarray(picture)


SPOILED = [shifted, mirrored, noise, even, empty, another_view]
PICTURES = {DEPTH: "depth", IDS: "material_ids", NORMALS: "normals"}


@pytest.mark.parametrize("spoil", SPOILED, ids=[each.__name__ for each in SPOILED])
@pytest.mark.parametrize("guide", list(PICTURES))
def test_a_guide_of_something_else_changes_nothing(guide: str, spoil: Any) -> None:
    scene = box()
    pixels = {DEPTH: scene.depth, IDS: scene.ids, NORMALS: scene.normal_picture}[guide]
    plain = render(request_with())

    output = render(request_with(**{guide: png(spoil(pixels))}))

    assert output.image == plain.image
    assert [each for each in reasons(output) if each.startswith(PICTURES[guide])]


def test_the_other_guides_count_if_one_does_not_fit() -> None:
    output = render(request_with(IDS, depth_image=png(shifted(box().depth))))

    assert output.image == render(request_with(IDS)).image
    assert reasons(output) == ("depth_does_not_fit",)


def test_borders_that_are_moved_do_not_agree() -> None:
    border = border_mask(np.asarray(box().ids.astype(np.int32).sum(axis=2), np.int32))

    assert measure_agreement(box().colours, border) > 0.9
    assert measure_agreement(box().colours, np.roll(border, 12, 1)) == 0


# ---------------------------------------------------------------- what holds everywhere


def test_the_same_request_gives_the_same_bytes() -> None:
    request = request_with(DEPTH, IDS, NORMALS, camera=CAMERA, materials={"#0ac81e": SurfaceMaterial.BRICK})

    assert render_freshly(request).image == render_freshly(request).image


def test_another_seed_gives_another_texture() -> None:
    assert render(request_with(DEPTH, seed=4)).image != render(request_with(DEPTH)).image


@pytest.mark.parametrize("progress", [5, 20, 25, 32, 45, 52])
def test_every_stage_can_be_cancelled(progress: int) -> None:
    reported: list[int] = []

    with pytest.raises(RenderCancelledError):
        PreviewEngine().render(
            request_with(DEPTH, IDS, NORMALS), reported.append, lambda: bool(reported) and reported[-1] >= progress
        )

    assert reported[-1] == progress


@pytest.mark.parametrize("style", FIRST, ids=name_of)
@pytest.mark.parametrize("ratio", [AspectRatio.SQUARE, AspectRatio.TALL])
def test_every_style_and_proportion_is_rendered(style: StyleVersion, ratio: AspectRatio) -> None:
    output = render(request_with(DEPTH, IDS, style=style, aspect_ratio=ratio, camera=CAMERA))

    assert decode_pixels(output).shape[:2] == ratio.size(Quality.STANDARD)[::-1]
