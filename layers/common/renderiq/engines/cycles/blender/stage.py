"""Builds the scene of a description in Blender, measures its brightness, and renders it."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from renderiq.engines.cycles.blender import extent, grass, layers, load, materials, world
from renderiq.engines.cycles.scene import CameraSpec, Rooms, SceneDescription, Sky
from renderiq.engines.cycles.surfaces import named
from renderiq.engines.cycles.views import (
    SENSOR,
    Bounds,
    Cast,
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

_GROUND_ABOVE: Final = 0.6
"""A model whose lowest part is a foundation: its ground is at zero if that is above this part of what is below."""
_LAMPS_INSIDE: Final = 0.25
_LAMP_SIDE: Final = 35.0
"""Where a lamp stands before a model at night, degrees from the camera as seen from the model."""
_SEEN_OUTSIDE: Final = 0.35
"""How bright the outside is to the camera in a room, of what it is: a photographer would take a second picture."""
_HIGHEST_OVER_GRASS: Final = 9.0
"""Metres of the camera above the ground from which no blades are seen."""
_SMALLEST_ON_GRASS: Final = 3.0
"""Metres of the longest side below which a model does not stand between blades of grass."""
_MORE_INSIDE: Final = 2
"""The samples of a room, of those outside."""
_FIRST_CHECK: Final = 16
"""Cycles looks at the noise of pixels after so many samples, and after each so many more."""
_MEASURED_WIDTH: Final = 128
_SHOWN_STOPS: Final = 12.0
_NIGHT_STOPS: Final = 5.0
"""The most that a night is brightened, so that its sky stays dark."""
_SMALLEST: Final = 1e-5
"""Metres of the longest side of a model."""
_PROGRESS_LOADED: Final = 15
_PROGRESS_BUILT: Final = 22
_PROGRESS_MEASURED: Final = 30


def render(folder: Path, description: SceneDescription) -> dict[str, Any]:
    """Renders ``description`` into ``folder``. Returns facts of the model. Raises ``RefusedModelError``."""
    started = time.monotonic()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    bpy.context.preferences.system.use_online_access = False
    load.load(folder / description.model, description.kind, description.limits)
    cameras = {each.name: each for each in bpy.context.scene.objects if each.type == "CAMERA"}
    triangles = load.check(description.limits)
    load.clean()
    loaded = time.monotonic()
    print(f"progress {_PROGRESS_LOADED}", flush=True)
    stage = _Stage(description, cameras)
    stage.build()
    print(f"progress {_PROGRESS_BUILT}", flush=True)
    exposure = stage.expose()
    print(f"progress {_PROGRESS_MEASURED}", flush=True)
    built = time.monotonic()
    stage.render(folder)
    if description.layers:
        layers.write(folder, stage.surfaces)
    return {
        "triangles": triangles,
        "materials": stage.surfaces,
        "view": stage.view_found,
        "rooms": len(stage.rooms),
        "tufts": stage.tufts,
        "exposure": round(exposure, 2),
        "importSeconds": round(loaded - started, 2),
        "buildSeconds": round(built - loaded, 2),
        "renderSeconds": round(time.monotonic() - built, 2),
    }


class _Stage:
    def __init__(self, description: SceneDescription, cameras: dict[str, Any]) -> None:
        self.description = description
        self.scene = bpy.context.scene
        self.cameras = cameras
        self.surfaces: dict[str, str] = {}
        self.rooms: list[Any] = []
        self.view_found = ""
        self.offset: Point = (0.0, 0.0, 0.0)
        self.is_inside = False
        self.tufts = 0

    def build(self) -> None:
        """Gives the model surfaces, a ground, a camera and light."""
        light = self.description.light
        self.surfaces = materials.build_all(light.clay, load.parts())
        bounds = self._bounds()
        if max(bounds.size) < _SMALLEST:
            raise load.RefusedModelError("The model has no surfaces: nothing of it can be seen.")
        self.offset = load.recentre(bounds.centre)
        if any(self.offset):
            bounds = self._bounds()
        self.scene.view_layers[0].update()
        cast = self._caster()
        ground = self._ground_height(bounds, cast)
        self.rooms = rooms(bounds, cast)
        azimuth = self._place_camera(bounds, ground, cast)
        self.is_inside = self._is_inside(cast)
        seen = _SEEN_OUTSIDE if self.is_inside and light.sky is not Sky.NIGHT else 1.0
        world.build_sky(light, self._sun_azimuth(azimuth, cast), seen=seen)
        named_ground = "backdrop" if light.clay else light.ground
        is_studio = light.sky is Sky.STUDIO and not self.is_inside
        below = ground - ground_gap(bounds)
        world.add_ground(named_ground, below, bounds, seen=seen, is_studio=is_studio)
        if not (self.is_inside or light.clay or max(bounds.size) < _SMALLEST_ON_GRASS):
            self._grow(below, cast)
        # In a room, daylight from its windows is what is to be seen.
        share = _LAMPS_INSIDE if self.is_inside and light.sky is not Sky.NIGHT else 1.0
        if light.lamps:
            world.add_lamps(lamps(self.rooms), share * world.indoor_irradiance(light))
        if light.sky is Sky.NIGHT and not self.is_inside:
            side = math.radians(-_LAMP_SIDE if light.sun_side > 0 else _LAMP_SIDE)
            # A machine or an animal has hollows that look like rooms, but no windows.
            is_lit = bool(self.rooms) and "glass" in self.surfaces.values()
            world.add_street_lamp(bounds, ground, azimuth + math.pi - side, has_rooms=is_lit)

    # ------------------------------------------------------------ the model

    def _bounds(self) -> Bounds:
        """The box of the building: without terrain, trees and other surroundings, if anything is left then."""
        every, built = [], []
        for each in load.meshes():
            corners = [each.matrix_world @ Vector(corner) for corner in each.bound_box]
            box = Bounds.of([(corner.x, corner.y, corner.z) for corner in corners])
            every.append((each, box))
        everything = Bounds.of([corner for _, box in every for corner in (box.low, box.high)])
        for each, box in every:
            kinds = {self.surfaces.get(slot.material.name, "") for slot in each.material_slots if slot.material}
            is_ground = bool(kinds) and kinds <= extent.GROUNDS
            # A path, a terrace or a plate under the model: what stands on it is the building.
            is_slab = box.size[2] < 0.3 and box.high[2] < everything.low[2] + 0.5
            part = str(each.get("part", ""))
            is_plant = "foliage" in kinds or named(each.name) == "foliage"
            if not (is_ground or is_plant or is_slab or "Site" in part or "Geographic" in part):
                built.append((each, box))
        boxes = built if len(built) > 0.15 * len(every) else every
        whole = Bounds.of([corner for _, box in boxes for corner in (box.low, box.high)])
        return extent.bulk(whole, [each for each, _ in boxes], self.surfaces)

    def _ground_height(self, bounds: Bounds, cast: Cast) -> float:
        """Where the ground is: at the edge of the terrain, at zero for a model with a foundation, or under it."""
        edges = []
        for each in load.meshes():
            kinds = {self.surfaces.get(slot.material.name, "") for slot in each.material_slots if slot.material}
            box = Bounds.of(
                [(corner.x, corner.y, corner.z) for corner in (each.matrix_world @ Vector(c) for c in each.bound_box)]
            )
            is_ground = "Site" in str(each.get("part", "")) or kinds <= extent.GROUNDS
            if kinds and is_ground and may_be_terrain(box, bounds):
                edges.extend(extent.edge_heights(box, cast))
        low, height = bounds.low[2], bounds.size[2]
        if edges and float(np.median(edges)) > low - 0.5 * height:
            return float(np.median(edges))
        if self.description.kind.value == "ifc" and low < -0.05 and -low < height * _GROUND_ABOVE:
            return -0.05
        return low

    def _grow(self, ground: float, cast: Cast) -> None:
        """Lets blades grow on the ground before the camera, and on what is grass in the model."""
        camera, own = self.scene.camera, self.description.light.ground
        height = camera.matrix_world.translation.z
        if camera.data.type == "ORTHO" or not 0.2 < height - ground < _HIGHEST_OVER_GRASS:
            return
        grows = own in grass.HEIGHTS

        def height_at(x: float, y: float) -> float | None:
            hit = cast((x, y, height), (0.0, 0.0, -1.0), height - ground + 2.0)
            if hit is None or hit.distance > height - ground - 1e-3:  # it may be the ground itself
                return ground if grows else None
            return height - hit.distance if hit.surface in grass.HEIGHTS and abs(hit.normal[2]) > 0.8 else None

        name = own if grows else "grass"
        self.tufts = grass.grow(name, camera, self._half_angle(), height_at)

    def _half_angle(self) -> float:
        """Half the angle of the picture across, in radians, with a little more so that no edge is seen."""
        data = self.scene.camera.data
        return math.atan(data.sensor_width / 2 / data.lens * (1 + 2 * abs(data.shift_x))) + 0.06

    def _caster(self) -> Cast:
        depsgraph = bpy.context.evaluated_depsgraph_get()
        scene, surfaces = self.scene, self.surfaces

        def cast(origin: Point, direction: Point, distance: float) -> Hit | None:
            found, place, normal, index, thing, _ = scene.ray_cast(
                depsgraph, Vector(origin), Vector(direction), distance=distance
            )
            if not found:
                return None
            slot = 0
            if thing.type == "MESH" and index < len(thing.data.polygons):
                slot = thing.data.polygons[index].material_index
            material = thing.material_slots[slot].material if slot < len(thing.material_slots) else None
            surface = surfaces.get(material.name, "") if material else ""
            distance = (place - Vector(origin)).length
            return Hit(distance, tuple(normal), f"{thing.name} {slot}", surface == "glass", surface)

        return cast

    # ------------------------------------------------------------ the camera

    def _place_camera(self, bounds: Bounds, ground: float, cast: Cast) -> float:
        """Adds the camera. Returns where it looks, radians clockwise from +Y."""
        spec = self.description.camera
        data = bpy.data.cameras.new("view")
        camera = bpy.data.objects.new("view", data)
        self.scene.collection.objects.link(camera)
        self.scene.camera = camera
        data.sensor_width, data.sensor_fit = SENSOR, "AUTO"
        data.clip_start, data.clip_end = near_plane(bounds), 20_000
        aspect = self.description.width / self.description.height
        if spec.name in self.cameras and spec.name:
            source = self.cameras[spec.name]
            camera.matrix_world = source.matrix_world
            for name in ("type", "lens", "ortho_scale", "shift_x", "shift_y", "sensor_width", "sensor_fit"):
                setattr(data, name, getattr(source.data, name))
            self.view_found = f"camera {spec.name}"
        elif spec.position is not None:
            self._place_given(camera, spec, bounds, aspect)
            self.view_found = "given"
        else:
            self._place_found(camera, spec, bounds, ground, aspect, cast)
        self.scene.view_layers[0].update()
        ahead = camera.matrix_world.to_quaternion() @ Vector((0, 0, -1))
        return math.atan2(ahead.x, ahead.y)

    def _place_given(self, camera: Any, spec: CameraSpec, bounds: Bounds, aspect: float) -> None:
        position = Vector(_z_up(spec.position or (0, 0, 0))) + Vector(self.offset)
        target = Vector(_z_up(spec.target)) + Vector(self.offset) if spec.target else Vector(bounds.centre)
        ahead = target - position
        if ahead.length < 1e-6:
            ahead = Vector((0, 1, 0))
        camera.matrix_world = _looking(position, ahead, Vector(_z_up(spec.up)))
        data = camera.data
        if spec.fov is not None:
            half = math.tan(math.radians(spec.fov) / 2)  # of the height
            data.lens = SENSOR / 2 / (half * max(aspect, 1.0))
        elif spec.lens is not None:
            data.lens = spec.lens
        else:
            data.lens = 28.0
        data.shift_x, data.shift_y = spec.shift
        if spec.parallel:
            data.type = "ORTHO"
            data.ortho_scale = SENSOR / data.lens * ahead.length

    def _place_found(
        self, camera: Any, spec: CameraSpec, bounds: Bounds, ground: float, aspect: float, cast: Cast
    ) -> None:
        view: LevelView | None = None
        if spec.view is Rooms.INTERIOR:
            view = interior(self.rooms, aspect, cast)
            self.view_found = "interior"
        if view is None:
            view = exterior(bounds, ground, aspect, cast)
            self.view_found = "exterior"
        camera.matrix_world = _looking(Vector(view.position), Vector(view.direction), Vector((0, 0, 1)))
        camera.data.lens, camera.data.shift_y = spec.lens or view.lens, view.shift

    def _is_inside(self, cast: Cast) -> bool:
        """Whether the camera is in a room: something is above it, and around it."""
        place = tuple(self.scene.camera.matrix_world.translation)
        if self.scene.camera.data.type == "ORTHO" or cast(place, (0.0, 0.0, 1.0), 12.0) is None:
            return False
        around = [
            cast(place, (math.sin(math.tau * ray / 16), math.cos(math.tau * ray / 16), 0.0), 40.0) for ray in range(16)
        ]
        return sum(each is not None for each in around) >= 11

    def _sun_azimuth(self, ahead: float, cast: Cast) -> float:
        """Where the sun is. A style says only how far it is to the side: it stands where it lights more walls."""
        if self.description.sun is not None:
            return math.radians(self.description.sun.azimuth)
        side = math.radians(self.description.light.sun_side)
        place = tuple(self.scene.camera.matrix_world.translation)
        normals = [
            hit.normal
            for step in range(-12, 13)
            for rise in (0.0, 0.12, 0.25)
            if (hit := cast(place, _ray(ahead + step * 0.04, rise), 500.0)) and abs(hit.normal[2]) < 0.5
        ]
        return max(
            (ahead + math.pi - side, ahead + math.pi + side),
            key=lambda azimuth: sum(max(0.0, x * math.sin(azimuth) + y * math.cos(azimuth)) for x, y, _ in normals),
        )

    # ------------------------------------------------------------ the picture

    def expose(self) -> float:
        """Renders the scene very small and sets the exposure by what it shows. Returns it in stops."""
        self._settings(samples=12, noise=0.2)
        scene = self.scene
        width, height = self.description.width, self.description.height
        scene.render.resolution_x = _MEASURED_WIDTH
        scene.render.resolution_y = max(16, _MEASURED_WIDTH * height // width)
        file = Path.cwd() / "measured.exr"
        image = scene.render.image_settings
        image.file_format, image.color_mode, image.color_depth = "OPEN_EXR", "RGBA", "32"
        scene.render.film_transparent = not self.is_inside
        scene.render.filepath = str(file)
        bpy.ops.render.render(write_still=True)
        scene.render.film_transparent = False
        picture = bpy.data.images.load(str(file))
        pixels = np.array(picture.pixels[:], np.float32).reshape(-1, 4)
        bpy.data.images.remove(picture)
        file.unlink(missing_ok=True)
        # The view out of a window may burn, or the room would be dark.
        exposure = _exposure(pixels, self._key(), highlights=16.0 if self.is_inside else 5.0)
        if self.description.light.sky is Sky.NIGHT and not self.is_inside:
            exposure = min(exposure, _NIGHT_STOPS)
        scene.view_settings.exposure = exposure
        return exposure

    def _key(self) -> float:
        light = self.description.light
        if self.is_inside:
            return 0.16 if light.sky is Sky.NIGHT else max(light.key, 0.26)
        return light.key

    def _settings(self, *, samples: int, noise: float) -> Any:
        scene, description = self.scene, self.description
        scene.render.engine = "CYCLES"
        cycles = scene.cycles
        cycles.device = "CPU"
        cycles.samples, cycles.seed = samples, description.seed & 0x7FFFFFFF
        # Rooms have light from few directions: they need more samples, and what looks even after few need not be so.
        cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, noise / 2 if self.is_inside else noise
        cycles.adaptive_min_samples = min(_FIRST_CHECK, samples)
        cycles.use_denoising = True
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "ACCURATE"
        cycles.denoising_quality = "BALANCED"
        cycles.max_bounces, cycles.diffuse_bounces = 8, 4 if self.is_inside else 3
        cycles.glossy_bounces, cycles.transmission_bounces, cycles.transparent_max_bounces = 3, 4, 16
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 6.0
        cycles.blur_glossy = 0.5
        cycles.use_light_tree = True
        if hasattr(cycles, "use_guiding"):
            cycles.use_guiding = False
        render = scene.render
        render.threads_mode = "FIXED" if description.threads else "AUTO"
        if description.threads:
            render.threads = description.threads
        render.use_persistent_data = True
        render.use_compositing = render.use_sequencer = False
        render.resolution_percentage = 100
        render.use_motion_blur = False
        render.dither_intensity = 1.0
        view = scene.view_settings
        view.view_transform = "AgX"
        looks = {each.identifier for each in view.bl_rna.properties["look"].enum_items} or {description.light.look}
        try:
            view.look = description.light.look
        except TypeError:
            print(f"log look {description.light.look} is not among {sorted(looks)}", flush=True)
        return cycles

    def render(self, folder: Path) -> None:
        """Renders the picture into its file."""
        description, scene = self.description, self.scene
        samples = description.samples * (_MORE_INSIDE if self.is_inside else 1)
        self._settings(samples=samples, noise=description.noise)
        scene.render.resolution_x, scene.render.resolution_y = description.width, description.height
        image = scene.render.image_settings
        image.file_format, image.color_mode, image.color_depth, image.compression = "PNG", "RGB", "8", 15
        scene.render.filepath = str(folder / "picture.png")
        bpy.app.handlers.render_stats.append(_report())
        bpy.ops.render.render(write_still=True)
        bpy.app.handlers.render_stats.clear()


def _report() -> Any:
    shown = [_PROGRESS_MEASURED]

    def on_stats(*arguments: Any) -> None:
        text = " ".join(str(each) for each in arguments if isinstance(each, str))
        done, _, total = text.partition("Sample ")[2].partition("/")
        number = "".join(each for each in total[:6] if each.isdigit())
        if done.strip().isdigit() and number:
            percent = _PROGRESS_MEASURED + int(int(done) / max(1, int(number)) * (95 - _PROGRESS_MEASURED))
            if percent > shown[0]:
                shown[0] = percent
                print(f"progress {percent}", flush=True)

    return on_stats


def _exposure(pixels: Any, key: float, *, highlights: float) -> float:
    """Stops that give the mean of what is no sky the brightness ``key``, but what is brighter than 98 % of it no
    more than ``highlights``.
    """
    solid = pixels[pixels[:, 3] > 0.5]
    if len(solid) < 0.05 * len(pixels):
        solid = pixels
    brightness = solid[:, :3] @ np.array((0.2126, 0.7152, 0.0722), np.float32)
    brightness = brightness[np.isfinite(brightness)]
    if not len(brightness) or brightness.max() <= 0:
        return 0.0
    floor = float(np.percentile(brightness, 90)) * 1e-3 + 1e-9
    logs = np.log(np.clip(brightness, floor, None))
    low, high = np.percentile(logs, (4, 96))
    mean = math.exp(float(np.clip(logs, low, high).mean()))
    factor = key / mean
    bright = float(np.percentile(brightness, 98))
    factor = min(factor, highlights / max(bright, 1e-9))
    return float(np.clip(math.log2(factor), -_SHOWN_STOPS, _SHOWN_STOPS))


def _ray(yaw: float, rise: float) -> Point:
    length = math.sqrt(1 + rise * rise)
    return math.sin(yaw) / length, math.cos(yaw) / length, rise / length


def _z_up(place: Point) -> Point:
    """GlTF's coordinates in Blender's."""
    return place[0], -place[2], place[1]


def _looking(position: Vector, ahead: Vector, up: Vector) -> Matrix:
    back = -ahead.normalized()
    right = up.cross(back)
    if right.length < 1e-6:
        right = Vector((1, 0, 0))
    right.normalize()
    upwards = back.cross(right)
    turned = Matrix((right, upwards, back)).transposed().to_4x4()
    turned.translation = position
    return turned
