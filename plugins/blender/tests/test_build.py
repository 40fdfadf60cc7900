"""The zip that is installed."""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

from build import HERE, build, version

# What Blender has beside the standard library.
HOST = {"bpy", "bpy_extras", "gpu", "gpu_extras", "mathutils", "numpy"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build(tmp_path_factory.mktemp("dist"), "https://api.example.com/api/plugins"))


def test_it_has_one_folder_for_old_and_new_versions_of_blender(archive: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in archive.namelist()} == {"renderiq_blender"}
    assert {"renderiq_blender/__init__.py", "renderiq_blender/blender_manifest.toml"} <= set(archive.namelist())


def test_it_needs_nothing_but_blender(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(archive.read(name))):
                modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                for each in modules:
                    root = each.split(".")[0]
                    assert root in HOST | sys.stdlib_module_names | {"keyring", "typing_extensions"}, f"{name}: {each}"


def test_no_module_without_blender_imports_it(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        text = archive.read(name).decode() if name.endswith(".py") else ""
        if text.partition('"""')[2].partition('"""')[0].rstrip().endswith("Pure.") or "/sdk/" in name:
            assert not re.search(r"^\s*(import|from) (bpy|gpu|mathutils)", text, re.MULTILINE), name


def test_it_knows_the_server_that_it_was_built_for(archive: zipfile.ZipFile) -> None:
    assert json.loads(archive.read("renderiq_blender/server.json")) == {"url": "https://api.example.com/api/plugins"}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "a").read_bytes() == build(tmp_path / "b").read_bytes()


def test_all_places_tell_one_version() -> None:
    package = HERE / "renderiq_blender"
    numbers = version().split(".")
    assert f'VERSION = "{version()}"' in (package / "runtime.py").read_text("utf-8")
    assert f'"version": ({", ".join(numbers)})' in (package / "__init__.py").read_text("utf-8")
