"""A function gets exactly the environment variables that the modules which it imports read."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from local.template import Template
from renderiq.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "layers" / "common"
FUNCTIONS = {path.parent.name: path for path in sorted((ROOT / "functions").glob("*/app.py"))}
VARIABLES = {name for name in vars(Settings) if not name.startswith("_")}
TEMPLATE = Template(ROOT / "template.yaml", {"CyclesImageUri": "an image"})
LIBRARIES = ("PYDANTIC_",)
"""Prefixes of the variables that libraries read by themselves."""


def logical_id(function: str) -> str:
    return "".join(word.capitalize() for word in function.split("_")) + "Function"


def module_path(name: str) -> Path | None:
    folder = PACKAGE / name.replace(".", "/")
    return next((path for path in (folder / "__init__.py", folder.with_suffix(".py")) if path.exists()), None)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, also inside its functions; not those for type checkers only."""
    tree = parsed(path)
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node not in for_types:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("renderiq.")}


def files_of(function: str) -> set[Path]:
    """Every file of ours that a function runs."""
    app = FUNCTIONS[function]
    names = list(imported(app))
    if function == "render_worker":  # the registry imports an engine by its name
        names += [f"renderiq.engines.{path.stem}" for path in (PACKAGE / "renderiq" / "engines").glob("*.py")]
    # A guard that authenticates, which is the usual one or named, needs the module in any case.
    authenticates = "create_app()" in app.read_text() or "renderiq.http.shared_reads" in names
    found = {app}
    while names:
        name = names.pop()
        if name == "renderiq.http.authentication" and not authenticates and name not in imported(app):
            continue  # ``create_app`` imports it only for an app that names no guard
        path = module_path(name)
        if path and path not in found:
            found.add(path)
            names += imported(path)
    return found


def reads_settings(node: ast.expr) -> bool:
    """Whether an expression is the settings object: a call that returns it, or a name that is bound to it."""
    if isinstance(node, ast.Name):
        return node.id in {"settings", "config"}
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id in {"settings", "configuration"} or ast.unparse(node) == "provide(configuration)")
    )


@cache
def read_by(path: Path) -> set[str]:
    """The variables that a file reads from the settings."""
    return {
        node.attr.upper()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in VARIABLES and reads_settings(node.value)
    }


def variables_of(function: str) -> set[str]:
    return {name for path in files_of(function) for name in read_by(path)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gets_the_variables_that_it_reads_and_no_others(function: str) -> None:
    given = {name for name in TEMPLATE.variables(logical_id(function)) if not name.startswith(LIBRARIES)}

    # Globals gives the stage to all, also to a worker that emits no metric.
    assert given == variables_of(function) | {"STAGE"}


def test_every_setting_is_read_by_a_function() -> None:
    assert {name for function in FUNCTIONS for name in variables_of(function)} == {name.upper() for name in VARIABLES}
