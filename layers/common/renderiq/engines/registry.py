"""Which engines there are. An engine's module is imported when its first picture is made."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from renderiq.engines import Engine

_ENGINES: Final = {"preview": ("renderiq.engines.preview", "PreviewEngine")}

NAMES: Final = tuple(_ENGINES)


@cache
def engine(name: str) -> Engine:
    """The one instance in this container. Raises KeyError for an unknown name."""
    module, class_name = _ENGINES[name]
    return cast(Engine, getattr(import_module(module), class_name)())
