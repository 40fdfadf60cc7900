"""Draws the panels without a window: what they ask a layout for has to be there in this Blender."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import bpy

_FUNCTIONS = bpy.types.UILayout.bl_rna.functions
ICONS = set(_FUNCTIONS["label"].parameters["icon"].enum_items.keys())


class Layout:
    """Takes what a layout takes, and raises for an icon, a button or a setting that this Blender does not have."""

    def __init__(self, texts: list[str]) -> None:
        self.__dict__["_texts"] = texts

    def __getattr__(self, name: str) -> Any:
        if name not in _FUNCTIONS:
            raise AttributeError(f"a layout has no {name}")

        def call(*arguments: Any, **named: Any) -> Any:
            known = _FUNCTIONS[name].parameters.keys()
            for each, value in named.items():
                if each not in known:
                    raise AttributeError(f"{name} has no {each}")
                if each == "icon" and value not in ICONS:
                    raise AttributeError(f"there is no icon {value}")
            if "text" in named:
                self._texts.append(named["text"])
            if name == "operator":
                group, _, button = arguments[0].partition(".")
                known_button = getattr(getattr(bpy.ops, group), button).get_rna_type()
                return _Strict(known_button.properties.keys())
            if name.startswith("prop") or name == "template_icon_view":
                getattr(arguments[0], arguments[1])
            return Layout(self._texts)

        return call

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in bpy.types.UILayout.bl_rna.properties:
            raise AttributeError(f"a layout has no {name}")


class _Strict:
    def __init__(self, names: list[str]) -> None:
        self.__dict__["_names"] = names

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names:
            raise AttributeError(f"the button has no {name}")


def draw(classes: tuple[Any, ...], image: Any = None, width: int = 224) -> list[str]:
    """Draws panels and returns their texts. Raises ``AttributeError``."""
    texts: list[str] = []
    space, region = SimpleNamespace(image=image), SimpleNamespace(width=width)
    context = SimpleNamespace(scene=bpy.context.scene, region=region, space_data=space)
    for each in classes:
        each.draw(SimpleNamespace(layout=Layout(texts)), context)
    return texts
