"""The package and its installer."""

from __future__ import annotations

import ast
import json
import runpy
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import rhino_double

from build import HERE, SCRIPTS, build, version

HOST = {"Rhino", "Eto", "System", "renderiq_rhino"}


@pytest.fixture(scope="module")
def installer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"), "https://api.example.com/api/plugins")


@pytest.fixture(scope="module")
def archive(installer: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(installer.with_suffix(".yak"))


def test_the_package_has_what_the_package_manager_wants(archive: zipfile.ZipFile) -> None:
    assert {*SCRIPTS, "manifest.yml", "LICENSE", "renderiq_rhino/panel.py"} <= set(archive.namelist())
    assert "name: renderiq\n" in archive.read("manifest.yml").decode()


def test_every_module_is_python_3_9_and_needs_nothing_but_rhino(archive: zipfile.ZipFile, installer: Path) -> None:
    sources = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
    for name, source in {**sources, "installer": installer.read_bytes()}.items():
        for node in ast.walk(ast.parse(source, feature_version=(3, 9))):
            modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for each in modules:
                known = HOST | set(getattr(sys, "stdlib_module_names", ())) | {"keyring", "typing_extensions"}
                assert each.split(".")[0] in known or sys.version_info < (3, 10), f"{name}: {each}"


def test_rhino_is_told_that_a_script_is_python_3(archive: zipfile.ZipFile, installer: Path) -> None:
    for name in SCRIPTS:
        assert archive.read(name).startswith(b"#! python 3\n")
    assert installer.read_bytes().startswith(b"#! python 3\n")


def test_it_knows_the_server_that_it_was_built_for(archive: zipfile.ZipFile) -> None:
    assert json.loads(archive.read("renderiq_rhino/server.json")) == {"url": "https://api.example.com/api/plugins"}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "a").read_bytes() == build(tmp_path / "b").read_bytes()


def test_all_places_tell_one_version() -> None:
    assert f'VERSION = "{version()}"' in (HERE / "renderiq_rhino" / "__init__.py").read_text("utf-8")


def test_one_file_installs_the_plugin_and_its_commands(
    installer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENDERIQ_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "renderiq_rhino", object())  # an older version is loaded

    run: dict[str, Any] = runpy.run_path(str(installer))
    for _ in range(2):  # again: an update
        run["install"]()

    folder = tmp_path / "rhino" / "plugin" / version()
    aliases = rhino_double.ALIASES._aliases
    assert set(aliases) == {"Renderiq", "RenderiqRender", "RenderiqAllViews"}
    assert aliases["Renderiq"] == f'! _-ScriptEditor _R "{folder / "Renderiq.py"}"'
    assert (folder / "renderiq_rhino" / "sdk" / "client.py").exists()
    assert "Start Rhino again" in rhino_double.APP._said[-1]
