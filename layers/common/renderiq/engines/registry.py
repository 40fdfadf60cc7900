"""Finds engines by name: the module ``renderiq.engines.<name>`` has the class ``<Name>Engine``.

The module of an engine is imported for its first render. Settings say which names users may send.
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
    """An engine, and the provider's id of a model if the engine has several."""

    engine: str
    model_id: str = ""


class Models:
    """The model names that users may send, and the models that they stand for.

    ``table`` maps a name to ``engine`` or ``engine/model id``. Entries of ``disabled`` engines are left out. Raises
    ``SettingsError`` if an engine does not exist, or if the default is not among the names.
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
        """All names, in lower case."""
        return tuple(self._models)

    def has(self, model: Model) -> bool:
        """Returns whether a name stands for the model."""
        return model in self._models.values()

    @property
    def groups(self) -> list[tuple[Model, list[str]]]:
        """Each model with its names, in the order of the table. A model's first name is its usual one."""
        found: dict[Model, list[str]] = {}
        for name, model in self._models.items():
            found.setdefault(model, []).append(name)
        return list(found.items())

    @property
    def default(self) -> Model:
        """What renders if a plugin names no model, or one that nobody may send."""
        return self._models[self._default]

    def named(self, name: str) -> Model | None:
        """Returns the model of a name in any case, the default for an empty name, or None for an unknown one."""
        return self._models.get(name.strip().lower() or self._default)


def build(name: str, dependencies: EngineDependencies) -> Engine:
    """Returns a new engine. Its class is called without arguments, or has ``from_dependencies(dependencies)``."""
    engine = getattr(import_module(f"{__package__}.{name}"), f"{name.capitalize()}Engine")
    return cast(Engine, engine.from_dependencies(dependencies) if hasattr(engine, "from_dependencies") else engine())
