"""The zip that is copied into Mod."""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from build import HERE, build, version

# What FreeCAD has beside the standard library.
HOST = {"FreeCAD", "FreeCADGui", "Part", "PySide", "pivy", "renderiq_freecad"}
XML = "{https://wiki.freecad.org/Package_Metadata}"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build(tmp_path_factory.mktemp("dist"), "https://api.example.com/api/plugins"))


def test_it_is_one_folder_for_mod(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())

    assert {name.split("/")[0] for name in names} == {"Renderiq"}
    assert {
        "Renderiq/InitGui.py",
        "Renderiq/package.xml",
        "Renderiq/Resources/renderiq.svg",
        "Renderiq/LICENSE",
    } <= names


def test_it_needs_nothing_but_freecad(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(archive.read(name), feature_version=(3, 9))):
                modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                for each in modules:
                    known = HOST | sys.stdlib_module_names | {"keyring", "typing_extensions"}
                    assert each.split(".")[0] in known, f"{name}: {each}"


def test_a_freecad_with_an_older_python_can_read_the_sentence(archive: zipfile.ZipFile) -> None:
    ast.parse(archive.read("Renderiq/InitGui.py"), feature_version=(3, 8))


def test_it_knows_the_server_that_it_was_built_for(archive: zipfile.ZipFile) -> None:
    stored = json.loads(archive.read("Renderiq/renderiq_freecad/server.json"))

    assert stored == {"url": "https://api.example.com/api/plugins"}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "a").read_bytes() == build(tmp_path / "b").read_bytes()


def test_all_places_tell_one_version() -> None:
    assert f'VERSION = "{version()}"' in (HERE / "renderiq_freecad" / "__init__.py").read_text("utf-8")


def test_the_addon_manager_finds_the_workbench(archive: zipfile.ZipFile) -> None:
    root = ElementTree.fromstring(archive.read("Renderiq/package.xml"))
    workbench = root.find(f"{XML}content/{XML}workbench")
    assert workbench is not None

    assert workbench.findtext(f"{XML}classname") in archive.read("Renderiq/InitGui.py").decode()
    assert f"Renderiq/{root.findtext(f'{XML}icon')}" in archive.namelist()
