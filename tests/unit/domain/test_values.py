"""What holds for every value of the domain."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from enum import Enum

import pytest

from renderiq import domain

MODULES = [importlib.import_module(f"renderiq.domain.{each.name}") for each in pkgutil.iter_modules(domain.__path__)]
VALUES = [
    each
    for module in MODULES
    for each in vars(module).values()
    if isinstance(each, type) and not issubclass(each, Enum | Exception) and each.__module__ == module.__name__
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value.__qualname__))
def test_a_value_is_immutable_and_has_slots(value: type) -> None:
    assert dataclasses.is_dataclass(value)
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]  # of every dataclass
    assert "__slots__" in vars(value)
