"""The file that people start."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

from build import HERE, build, version


def test_the_file_has_program_panel_schema_and_sdk(tmp_path: Path) -> None:
    path = build(tmp_path)
    names = set(zipfile.ZipFile(path).namelist())

    assert path.name == f"renderiq-archicad-{version()}.pyz"
    inside = {"panel.html", "schema.json", "settings.html", "shared/service.py", "sdk/client.py", "LICENSE"}
    assert {"__main__.py", *(f"renderiq_archicad/{each}" for each in inside)} <= names


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "a").read_bytes() == build(tmp_path / "b").read_bytes()


def test_it_starts_with_python_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(build(tmp_path)), "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == version()


def test_its_own_modules_are_for_python_39_and_need_the_standard_library_alone() -> None:
    for path in [*(HERE / "renderiq_archicad").glob("*.py"), *(HERE / "package").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"), feature_version=(3, 9))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for each in names:
                assert each.split(".")[0] in sys.stdlib_module_names | {"renderiq_archicad"}, f"{path.name}: {each}"
