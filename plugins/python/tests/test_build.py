"""What every package of a plugin in Python has in common."""

from __future__ import annotations

import ast
import sys
import zipfile
from pathlib import Path

import pytest

from plugins.python.build import SHARED, Plugin, assemble, build, relative_imports

URL = "https://api.example.com/api/plugins"


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    """A plugin of one module, in a folder of its own, with one more file."""
    package = tmp_path / "source" / "renderiq_rhino"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .shared.service import Service\n")
    (tmp_path / "manifest.yml").write_text("name: renderiq\n")
    return Plugin(
        "rhino", "1.2.3", package, "plugin/renderiq_rhino", {"manifest.yml": tmp_path / "manifest.yml"}, ".yak"
    )


def test_an_archive_has_plugin_shared_modules_sdk_and_more_files(plugin: Plugin, tmp_path: Path) -> None:
    path = build(tmp_path / "dist", plugin, URL)

    names = zipfile.ZipFile(path).namelist()
    root = "plugin/renderiq_rhino"
    assert path.name == "renderiq-rhino-1.2.3.yak"
    assert {f"{root}/__init__.py", f"{root}/shared/service.py", f"{root}/sdk/client.py", "manifest.yml"} <= set(names)


def test_the_same_sources_give_the_same_bytes(plugin: Plugin, tmp_path: Path) -> None:
    assert build(tmp_path / "a", plugin).read_bytes() == build(tmp_path / "b", plugin).read_bytes()


def test_the_assembled_modules_are_imported_without_the_name_of_the_sdk(plugin: Plugin, tmp_path: Path) -> None:
    for path in assemble(tmp_path / "x", plugin).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and not node.level and node.module == "renderiq"), path


def test_shared_modules_need_the_standard_library_alone() -> None:
    for path in SHARED.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"), feature_version=(3, 9))):
            modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for each in modules:
                assert each.split(".")[0] in sys.stdlib_module_names | {"renderiq"}, f"{path.name}: {each}"


def test_two_files_with_one_place_fail_the_build(plugin: Plugin, tmp_path: Path) -> None:
    (plugin.package / "shared").mkdir()

    with pytest.raises(ValueError, match="a shared of its own"):
        assemble(tmp_path / "x", plugin)


@pytest.mark.parametrize(
    ("source", "sdk", "result"),
    [
        ("from renderiq.api import Api\n", ".", "from .api import Api\n"),
        ("    from renderiq.queue.items import State\n", "..", "    from ..queue.items import State\n"),
        ("from renderiq import Renderiq\n", "..", "from .. import Renderiq\n"),
        ("from renderiq import Renderiq\n", "..sdk", "from ..sdk import Renderiq\n"),
        ("from renderiq.api import Api\n", "..sdk", "from ..sdk.api import Api\n"),
    ],
)
def test_imports_of_the_sdk_become_relative(source: str, sdk: str, result: str) -> None:
    assert relative_imports(source if source[0] != " " else "if 1:\n" + source, sdk).endswith(result)


def test_an_import_that_cannot_be_rewritten_fails_the_build() -> None:
    with pytest.raises(ValueError, match="line 1 imports the SDK by its name"):
        relative_imports("import renderiq.api\n", ".")
