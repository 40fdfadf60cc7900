"""What the user chooses, kept with the scene."""

from __future__ import annotations

import zlib
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from . import covers, runtime
from .shared.frame import NEAREST, RATIOS, SOURCE
from .shared.order import MAX_SEED, Look

DEFAULT = "default"
NO_LOOK = "none"
_items: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
"""Every list of a dynamic enumeration. Blender points into its texts and keeps no reference, so none is ever freed."""


def _kept(listed: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return _items.setdefault(tuple(listed), listed)


def _number(name: str) -> int:
    """Returns the number of a choice. It stays when others are added, unlike its place in the list."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF or 1


def _style_items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
    listed: list[tuple[Any, ...]] = [(DEFAULT, "Default", "The first style of the server", "SHADING_RENDERED", 0)]
    listed += [
        (each.style_id, each.title, each.description, covers.icon(each), _number(each.style_id))
        for each in runtime.snapshot().styles
    ]
    return _kept(listed)


def _model_items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
    listed: list[tuple[Any, ...]] = [(DEFAULT, "Default", "What the server has chosen", 0)]
    for model in runtime.snapshot().models:
        about = "Renders the 3D model itself" if model.is_path_tracer else "Renders from the capture"
        listed.append((model.name, model.name.capitalize(), about, _number(model.name)))
    return _kept(listed)


def _ratio_items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
    names = [each for each in runtime.snapshot().ratios if each != SOURCE] or list(RATIOS)
    listed: list[tuple[Any, ...]] = [
        (NEAREST, "Nearest", "The ratio that crops the smallest part away", 0),
        (SOURCE, "As the view", "The proportions of the view itself, up to 8 to 1", 1),
    ]
    listed += [(name, name, "", _number(name)) for name in names]
    return _kept(listed)


def _look_items(_self: Any, _context: Any) -> list[tuple[Any, ...]]:
    return _kept([(name, name, "") for name in runtime.snapshot().looks] or [(NO_LOOK, "None saved", "")])


def _redraw(_self: Any, _context: Any) -> None:
    runtime.redraw()


class RenderiqSettings(bpy.types.PropertyGroup):  # type: ignore[misc]  # bpy has no types
    """The choices for a scene. All views of a batch share them."""

    prompt: StringProperty(name="Prompt", description="What the image should show", maxlen=2000)  # type: ignore[valid-type]
    negative_prompt: StringProperty(name="Without", description="What the image should not show", maxlen=2000)  # type: ignore[valid-type]
    style: EnumProperty(name="Style", items=_style_items)  # type: ignore[valid-type]
    model: EnumProperty(name="Model", items=_model_items)  # type: ignore[valid-type]
    quality: EnumProperty(  # type: ignore[valid-type]
        name="Quality",
        items=[("standard", "1080p", "Standard"), ("high", "4K", "High"), ("ultra", "4K Ultra", "Ultra")],
    )
    structure_strength: FloatProperty(  # type: ignore[valid-type]
        name="Fidelity", description="How closely the image follows the geometry", default=0.7, min=0.0, max=1.0,
        subtype="FACTOR",
    )  # fmt: skip
    seed: IntProperty(name="Seed", description="The same seed and settings give the same image", min=0, max=MAX_SEED)  # type: ignore[valid-type]
    frame: EnumProperty(  # type: ignore[valid-type]
        name="View",
        items=[
            ("REGION", "3D view", "What the 3D view shows", "VIEW3D", 0),
            ("CAMERA", "Camera", "What the scene's camera shows", "CAMERA_DATA", 1),
        ],
    )
    ratio: EnumProperty(name="Ratio", items=_ratio_items, update=_redraw)  # type: ignore[valid-type]
    source: EnumProperty(  # type: ignore[valid-type]
        name="Capture",
        items=[
            ("WORKBENCH", "Clean", "Drawn by Workbench in the colours of the materials, on an even background"),
            ("VIEWPORT", "Viewport", "The shading of the 3D view, without overlays and gizmos"),
        ],
    )
    use_guides: BoolProperty(  # type: ignore[valid-type]
        name="Guides", default=True,
        description="Send depth, materials and normals in the capture's pixels, where the model uses them",
    )  # fmt: skip
    show_frame: BoolProperty(  # type: ignore[valid-type]
        name="Show frame", description="Draw in the 3D view what the capture will show", default=True, update=_redraw
    )
    saved_look: EnumProperty(name="Saved look", items=_look_items)  # type: ignore[valid-type]
    compare: BoolProperty(name="Before and after", description="Show the capture left of the line", update=_redraw)  # type: ignore[valid-type]
    split: FloatProperty(  # type: ignore[valid-type]
        name="Line", description="Where before ends and after begins", default=0.5, min=0.0, max=1.0, subtype="FACTOR",
        update=_redraw,
    )  # fmt: skip

    def look(self) -> Look:
        """Returns what the user has chosen for the look."""
        return Look(
            style="" if self.style in ("", DEFAULT) else self.style,
            prompt=self.prompt.strip(),
            negative_prompt=self.negative_prompt.strip(),
            quality=self.quality,
            model="" if self.model in ("", DEFAULT) else self.model,
            structure_strength=round(self.structure_strength, 3),
            seed=self.seed,
        )

    def apply(self, look: Look) -> None:
        """Takes the choices of a look. What the server does not offer any more becomes the default."""
        self.prompt, self.negative_prompt = look.prompt, look.negative_prompt
        self.quality, self.structure_strength = look.quality, look.structure_strength
        if look.seed is not None:
            self.seed = look.seed
        for name, value in (("style", look.style), ("model", look.model)):
            try:
                setattr(self, name, value or DEFAULT)
            except TypeError:
                setattr(self, name, DEFAULT)


def register() -> None:
    """Registers the settings and puts them on scenes."""
    bpy.utils.register_class(RenderiqSettings)
    bpy.types.Scene.renderiq = PointerProperty(type=RenderiqSettings)


def unregister() -> None:
    """Takes them away."""
    del bpy.types.Scene.renderiq
    bpy.utils.unregister_class(RenderiqSettings)
