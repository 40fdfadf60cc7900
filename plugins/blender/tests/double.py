"""A strict double of the few calls of Blender that a capture makes: an unknown attribute or a wrong value is an error.

It follows Blender's API reference: enumerations are checked, names of matcaps belong to the matcap light, file formats
belong to the kind of media, and an operator that is not here does not exist.
"""

from __future__ import annotations

import math
import types
from pathlib import Path
from typing import Any

import exr_files
import numpy as np

# ---------------------------------------------------------------- mathutils


class Vector:
    def __init__(self, values: Any) -> None:
        self.values = np.array(tuple(values), float)

    x, y, z = (property(lambda self, i=i: float(self.values[i])) for i in range(3))

    def __iter__(self) -> Any:
        return iter(self.values.tolist())

    def __len__(self) -> int:
        return len(self.values)

    def copy(self) -> Vector:
        return Vector(self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and bool((self.values == other.values).all())

    __hash__ = None  # type: ignore[assignment]

    def __sub__(self, other: Any) -> Vector:
        return Vector(self.values - np.array(tuple(other)))

    def __neg__(self) -> Vector:
        return Vector(-self.values)

    def dot(self, other: Any) -> float:
        return float(self.values @ np.array(tuple(other)))

    def cross(self, other: Vector) -> Vector:
        return Vector(np.cross(self.values, other.values))


class Quaternion:
    def __init__(self, turn: np.ndarray) -> None:
        self.turn = turn

    def __matmul__(self, other: Vector) -> Vector:
        return Vector(self.turn @ other.values)


class Matrix:
    def __init__(self, rows: Any = None) -> None:
        self.rows = np.eye(4) if rows is None else np.array([tuple(each) for each in rows], float)

    @classmethod
    def Translation(cls, by: Any) -> Matrix:  # noqa: N802 - Blender's name
        found = cls()
        found.rows[:3, 3] = tuple(by)
        return found

    @property
    def translation(self) -> Vector:
        return Vector(self.rows[:3, 3])

    def transposed(self) -> Matrix:
        return Matrix(self.rows.T)

    def to_4x4(self) -> Matrix:
        found = Matrix()
        found.rows[:3, :3] = self.rows[:3, :3]
        return found

    def inverted(self) -> Matrix:
        return Matrix(np.linalg.inv(self.rows))

    def copy(self) -> Matrix:
        return Matrix(self.rows)

    def to_quaternion(self) -> Quaternion:
        return Quaternion(self.rows[:3, :3])

    def __matmul__(self, other: Any) -> Any:
        return (
            Matrix(self.rows @ other.rows)
            if isinstance(other, Matrix)
            else Vector(self.rows[:3, :3] @ other.values + self.rows[:3, 3])
        )


def looking_north(place: tuple[float, float, float]) -> Matrix:
    """A camera at ``place`` that looks along +Y, with Z up."""
    found = Matrix()
    found.rows[:3, :3] = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    found.rows[:3, 3] = place
    return found


# ---------------------------------------------------------------- data


class Strict:
    """Has exactly the attributes that it was made with. ``choices`` are the values of enumerations."""

    def __init__(self, choices: dict[str, tuple[str, ...]] | None = None, **values: Any) -> None:
        self.__dict__.update(values)
        self.__dict__["_choices"] = choices or {}

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dict__:
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        allowed = self._choices.get(name)
        if allowed and value not in allowed:
            raise TypeError(f"{name} cannot be {value!r}, only one of {allowed}")
        if isinstance(self.__dict__[name], float) and not isinstance(value, (int, float)):
            raise TypeError(f"{name} cannot be {value!r}")
        self.__dict__[name] = value

    def state(self) -> dict[str, Any]:
        """Returns the values of the attributes."""
        return {
            name: each.state() if isinstance(each, Strict) else tuple(each) if isinstance(each, list) else each
            for name, each in self.__dict__.items()
            if not name.startswith("_") and not callable(each)
        }


class Shading(Strict):
    """The light chooses which names ``studio_light`` has, and remembers the last one of each."""

    _LIGHTS = {"STUDIO": ("Default", "paint.sl"), "MATCAP": ("basic_1.exr", "check_normal+y.exr"), "FLAT": ("Default",)}

    def __init__(self) -> None:
        super().__init__(
            {"light": ("STUDIO", "MATCAP", "FLAT"), "color_type": ("MATERIAL", "SINGLE", "OBJECT", "RANDOM", "VERTEX", "TEXTURE"),
             "background_type": ("THEME", "WORLD", "VIEWPORT"), "type": ("WIREFRAME", "SOLID", "MATERIAL", "RENDERED")},
            type="SOLID", light="STUDIO", color_type="RANDOM", single_color=(0.8, 0.8, 0.8), background_type="THEME",
            background_color=(0.05, 0.05, 0.05), show_xray=True, show_shadows=True, show_cavity=True, show_object_outline=True,
            show_specular_highlight=True, use_dof=True,
        )  # fmt: skip
        self.__dict__["_names"] = {"STUDIO": "paint.sl", "MATCAP": "basic_1.exr", "FLAT": "Default"}

    @property
    def studio_light(self) -> str:
        return self._names[self.light]

    @studio_light.setter
    def studio_light(self, value: str) -> None:
        if value not in self._LIGHTS[self.light]:
            raise TypeError(f"studio_light cannot be {value!r} with the light {self.light}")
        self._names[self.light] = value

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "studio_light":
            type(self).studio_light.fset(self, value)
        else:
            super().__setattr__(name, value)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "names": dict(self._names)}


class ImageSettings(Strict):
    """Blender 5.0 and later want the kind of media before a format of it."""

    _FORMATS = {
        "IMAGE": ("PNG", "JPEG", "OPEN_EXR"),
        "MULTI_LAYER_IMAGE": ("OPEN_EXR_MULTILAYER",),
        "VIDEO": ("FFMPEG",),
    }

    def __init__(self, *, has_media: bool) -> None:
        values: dict[str, Any] = {
            "file_format": "JPEG", "color_mode": "BW", "color_depth": "8", "exr_codec": "DWAA", "compression": 15,
            "color_management": "FOLLOW_SCENE",
        }  # fmt: skip
        if has_media:
            values["media_type"] = "IMAGE"
        super().__init__({"exr_codec": ("NONE", "ZIP", "DWAA"), "color_depth": ("8", "16", "32")}, **values)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "file_format" and "media_type" in self.__dict__ and value not in self._FORMATS[self.media_type]:
            raise TypeError(f"file_format cannot be {value!r} for {self.media_type}")
        super().__setattr__(name, value)
        if name == "media_type":
            self.__dict__["file_format"] = self._FORMATS[value][0]


class Object(Strict):
    def __init__(
        self, name: str, kind: str, data: Any = None, *, hide_render: bool = False, is_hidden: bool = False
    ) -> None:
        super().__init__(name=name, type=kind, data=data, hide_render=hide_render, matrix_world=Matrix())
        self.__dict__["_is_hidden"] = is_hidden

    def visible_get(self, viewport: Any = None) -> bool:
        return not self._is_hidden

    def hide_set(self, is_hidden: bool) -> None:
        self.__dict__["_is_hidden"] = is_hidden

    def evaluated_get(self, _depsgraph: Any) -> Object:
        return self

    def update_from_editmode(self) -> None:
        pass

    def state(self) -> dict[str, Any]:
        return {"name": self.name, "hide_render": self.hide_render, "hidden": self._is_hidden}


class Collection(list):  # type: ignore[type-arg]
    """A collection of ``bpy.data``: what is made in it is removed from it."""

    def __init__(self, make: Any, *values: Any) -> None:
        super().__init__(values)
        self._make = make

    def new(self, *arguments: Any) -> Any:
        found = self._make(*arguments)
        self.append(found)
        return found


def camera_data(name: str) -> Strict:
    return Strict(
        {"type": ("PERSP", "ORTHO", "PANO"), "sensor_fit": ("AUTO", "HORIZONTAL", "VERTICAL")},
        name=name, type="PERSP", lens=50.0, sensor_width=36.0, sensor_height=24.0, sensor_fit="AUTO", shift_x=0.0, shift_y=0.0,
        ortho_scale=6.0, clip_start=0.1, clip_end=100.0,
    )  # fmt: skip


def material(name: str, colour: tuple[float, float, float] = (0.8, 0.8, 0.8)) -> Strict:
    return Strict(name=name, users=1, is_grease_pencil=False, diffuse_color=(*colour, 1.0), node_tree=None)


class Blender:
    """One Blender: ``version`` decides which attributes are there. ``calls`` are the operators that were called.

    ``failing`` is the number of the operator call that raises.
    """

    def __init__(self, version: tuple[int, int, int] = (5, 2, 0), *, failing: int | None = None) -> None:
        self.version, self.failing, self.calls = version, failing, []
        render = Strict(
            {"engine": ("BLENDER_WORKBENCH", "CYCLES", "BLENDER_EEVEE")},
            engine="CYCLES", resolution_x=800, resolution_y=600, resolution_percentage=50, pixel_aspect_x=1.0,
            pixel_aspect_y=1.0, use_border=True, use_crop_to_border=True, use_multiview=True, use_compositing=True,
            use_sequencer=True, use_stamp=True, use_motion_blur=True, use_freestyle=True, use_file_extension=True,
            use_overwrite=False, use_placeholder=True, dither_intensity=1.0, use_single_layer=False, film_transparent=False,
            filepath="//out", image_settings=ImageSettings(has_media=version >= (5, 0, 0)),
        )  # fmt: skip
        self.data = types.SimpleNamespace(
            cameras=Collection(camera_data), objects=Collection(lambda name, data: Object(name, "CAMERA", data)),
            materials=[material("Red brick"), material("Glass", (0.2, 0.3, 0.4))], images=[],
        )  # fmt: skip
        self.data.cameras.remove = lambda each: list.remove(self.data.cameras, each)
        self.data.objects.remove = lambda each: list.remove(self.data.objects, each)
        own = Object("Camera", "CAMERA", camera_data("Camera"))
        own.matrix_world = looking_north((1.0, -10.0, 2.0))
        house, hidden = Object("House", "MESH"), Object("Hidden", "MESH", is_hidden=True)
        cutter = Object("Cutter", "MESH", hide_render=True)
        self.objects = [own, house, hidden, cutter]
        linked: list[Any] = []
        self.marker = Strict(camera=own)
        self.scene = Strict(
            name="Scene", camera=own, render=render, timeline_markers=[self.marker], objects=self.objects,
            display=Strict({"render_aa": ("OFF", "FXAA", "5", "8", "11", "16", "32")}, render_aa="16", shading=Shading()),
            view_settings=Strict(view_transform="AgX", look="Punchy", exposure=1.0, gamma=1.2, use_curve_mapping=True),
            collection=types.SimpleNamespace(objects=types.SimpleNamespace(link=linked.append)),
        )  # fmt: skip
        main = types.SimpleNamespace(hide_render=False, objects=self.objects)
        self.layer = Strict(
            name="ViewLayer", use_pass_z=False, use_pass_combined=False, objects=self.objects, update=lambda: None,
            layer_collection=types.SimpleNamespace(exclude=False, collection=main, children=[]),
        )  # fmt: skip
        self.view = Strict(
            {"view_perspective": ("PERSP", "ORTHO", "CAMERA")},
            view_perspective="PERSP", is_perspective=True, view_distance=12.0,
            view_matrix=looking_north((0.0, -12.0, 2.0)).inverted(), view_location=Vector((0, 0, 1)),
            view_rotation=(1.0, 0.0, 0.0, 0.0),
        )  # fmt: skip
        self.space = Strict(
            overlay=Strict(show_overlays=True), show_gizmo=True, use_local_camera=True, use_render_border=True, camera=own,
            shading=Shading(), region_3d=self.view, lens=50.0, clip_start=0.01, clip_end=1000.0,
        )  # fmt: skip
        self.context = types.SimpleNamespace(
            scene=self.scene, view_layer=self.layer, objects_in_mode=[house], evaluated_depsgraph_get=lambda: None,
            temp_override=lambda **_: _Nothing(), window_manager=types.SimpleNamespace(windows=[]),
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Returns everything that a capture may change."""
        return {
            "scene": self.scene.state(), "layer": self.layer.state(), "space": self.space.state(),
            "objects": [each.state() for each in self.objects], "materials": [each.state() for each in self.data.materials],
            "data": (len(self.data.cameras), len(self.data.objects)), "marker": self.marker.camera.name,
        }  # fmt: skip

    def _call(self, name: str, extension: str) -> set[str]:
        self.calls.append((name, Path(self.scene.render.filepath).name, self.scene.display.shading.light))
        if self.failing == len(self.calls):
            raise RuntimeError("broken on purpose")
        path = Path(self.scene.render.filepath)
        render = self.scene.render
        size = (render.resolution_x, render.resolution_y)
        assert render.image_settings.file_format == extension
        if extension == "PNG":
            path.write_bytes(b"\x89PNG\r\n\x1a\n")
        else:
            assert self.layer.use_pass_z
            colour = (
                self.data.materials[0].diffuse_color[:3]
                if self.scene.display.shading.light == "FLAT"
                else (0.5, 0.4, 0.3)
            )
            exr_files.write_exr(path, exr_files.render_passes(colour, size), parts=self.version >= (5, 0, 0))
        return {"FINISHED"}

    def render(self, *, write_still: bool, layer: str, scene: str) -> set[str]:
        assert (write_still, layer, scene) == (True, "ViewLayer", "Scene")
        assert self.scene.render.engine == "BLENDER_WORKBENCH"
        return self._call("render", "OPEN_EXR_MULTILAYER")

    def opengl(self, *, write_still: bool, view_context: bool) -> set[str]:
        assert (write_still, view_context) == (True, True)
        assert not self.space.overlay.show_overlays
        assert not self.space.show_gizmo
        assert self.view.view_perspective == "CAMERA"
        self.view.view_rotation = (0.5, 0.5, 0.5, 0.5)  # as Blender does when it looks through a camera
        return self._call("opengl", "PNG")


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: Any) -> None:
        return None


# ---------------------------------------------------------------- modules

bpy = types.ModuleType("bpy")


def modules() -> dict[str, types.ModuleType]:
    """Returns the modules that stand in for Blender's."""
    mathutils = types.ModuleType("mathutils")
    mathutils.__dict__.update(Vector=Vector, Matrix=Matrix, math=math)
    return {"bpy": bpy, "mathutils": mathutils}


def use(blender: Blender) -> None:
    """Makes ``bpy`` this Blender."""
    bpy.__dict__.update(
        app=types.SimpleNamespace(background=False, version=blender.version, online_access=False),
        data=blender.data,
        context=blender.context,
        ops=types.SimpleNamespace(render=types.SimpleNamespace(render=blender.render, opengl=blender.opengl)),
    )
