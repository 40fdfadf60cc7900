"""Finds engines by name: ``renderiq/engines/<name>`` holds one, its class ``<Name>Engine``.

An engine's module is imported when its first picture is made; which names users may send is configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from renderiq.engines import Engine, EngineDependencies
from renderiq.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Model:
    """What makes a picture: an engine, and the provider's id of a model where the engine has several."""

    engine: str
    model_id: str = ""


class Models:
    """The names that users may send, each with the model behind it.

    ``table`` has ``engine`` or ``engine/model id`` by name; entries of ``disabled`` engines are left out. Raises
    ``SettingsError`` for an engine that is not there, and for a default that may not be sent either.
    """

    def __init__(self, table: Mapping[str, str], *, default: str, disabled: Collection[str] = ()) -> None:
        models = {name.lower(): Model(*target.split("/", 1)) for name, target in table.items()}
        for engine in {model.engine for model in models.values()}:
            if not engine.isidentifier() or find_spec(f"{__package__}.{engine}") is None:
                raise SettingsError(f"MODELS names the engine {engine!r}, which is not in renderiq/engines.")
        self._models = {name: model for name, model in models.items() if model.engine not in disabled}
        self._default = default.lower()
        if self._default not in self._models:
            raise SettingsError(f"DEFAULT_ENGINE is {default!r}; configured are {', '.join(self.names)}.")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._models)

    @property
    def default(self) -> Model:
        """What renders if a plugin names no model, or one that nobody may send."""
        return self._models[self._default]

    def named(self, name: str) -> Model | None:
        """In any case; empty means the default. None for a name that nobody may send."""
        return self._models.get(name.strip().lower() or self._default)


def build(name: str, tools: EngineDependencies) -> Engine:
    """A new engine. Its class takes nothing, or has ``from_dependencies(tools)``."""
    engine = getattr(import_module(f"{__package__}.{name}"), f"{name.capitalize()}Engine")
    return cast(Engine, engine.from_dependencies(tools) if hasattr(engine, "from_dependencies") else engine())
