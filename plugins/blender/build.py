"""Builds the extension: its own modules and the SDK for Python, in one zip that needs nothing else.

``python plugins/blender/build.py [--url https://…/api/plugins] [--out dist]``

The zip has one folder, so that it is both an extension for Blender 4.2 and later and an add-on for 3.4 to 4.1.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
SDK: Final = HERE.parents[1] / "sdks" / "python"
PACKAGE: Final = "renderiq_blender"
_LEFT_OUT: Final = ("cli", "aio.py", "__main__.py", "py.typed")
_IMPORT: Final = re.compile(r"^(\s*)from renderiq((?:\.\w+)*) import ", re.MULTILINE)
_TIME: Final = (2026, 1, 1, 0, 0, 0)
"""The same sources give the same bytes."""


def version() -> str:
    """Returns the version in the manifest."""
    found = re.search(
        r'^version = "([^"]+)"', (HERE / PACKAGE / "blender_manifest.toml").read_text("utf-8"), re.MULTILINE
    )
    if not found:
        raise SystemExit("✗ blender_manifest.toml has no version")
    return found[1]


def assemble(target: Path, url: str = "") -> Path:
    """Puts the extension together in ``target`` and returns its folder. The SDK's imports become relative."""
    package = target / PACKAGE
    shutil.copytree(HERE / PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copy2(SDK / "LICENSE", package / "LICENSE")
    source = SDK / "src" / "renderiq"
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source)
        if name.parts[0] in _LEFT_OUT:
            continue
        (package / "sdk" / name).parent.mkdir(parents=True, exist_ok=True)
        (package / "sdk" / name).write_text(relative_imports(path.read_text("utf-8"), len(name.parts)), "utf-8")
    if url:
        (package / "server.json").write_text(json.dumps({"url": url}), "utf-8")
    return package


def relative_imports(source: str, depth: int) -> str:
    """Returns a module of the SDK whose imports of its own package are relative. ``depth`` 1 is the package itself.

    Another extension may bring another version of the SDK, so this one must not be found under its name. Raises
    ``ValueError`` for an import that cannot be rewritten.
    """
    dots = "." * depth
    text = _IMPORT.sub(lambda found: f"{found[1]}from {dots}{found[2][1:]} import ", source)
    for node in ast.walk(ast.parse(text)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        if any(each.split(".")[0] == "renderiq" for each in names):
            raise ValueError(f"line {getattr(node, 'lineno', 0)} imports the SDK by its name")
    return text


def build(out: Path, url: str = "") -> Path:
    """Writes the zip into ``out`` and returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"renderiq-blender-{version()}.zip"
    with tempfile.TemporaryDirectory() as folder:
        package = assemble(Path(folder), url)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(package.rglob("*")):
                if file.is_file():
                    entry = zipfile.ZipInfo(file.relative_to(package.parent).as_posix(), _TIME)
                    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                    archive.writestr(entry, file.read_bytes())
    return path


def main() -> int:
    """Builds what the arguments say. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the extension for Blender.")
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "dist")
    parser.add_argument(
        "--url", default="", help="the API that the extension is for, unless its user names another one"
    )
    parser.add_argument("--folder", type=Path, help="write the files into this folder, and no zip")
    arguments = parser.parse_args()
    if arguments.folder:
        shutil.rmtree(arguments.folder, ignore_errors=True)
        print(assemble(arguments.folder, arguments.url))
        return 0
    print(build(arguments.out, arguments.url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
