"""Packages a plugin in Python: its own modules, the shared ones and the SDK, in one zip that needs nothing else.

A plugin's ``build.py`` names itself as a ``Plugin`` and calls ``main``. In the package, the shared modules are
``shared`` and the SDK is ``sdk``, imported relatively: two plugins in one host, with two versions, do not clash.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from plugins.packages import ROOT, run_command, write_archive

SHARED: Final = Path(__file__).resolve().parent / "renderiq_plugin"
SDK: Final = ROOT / "sdks" / "python"
_LEFT_OUT: Final = ("cli", "aio.py", "__main__.py", "py.typed")
_IMPORT: Final = re.compile(r"^(\s*)from renderiq((?:\.\w+)*) import ", re.MULTILINE)


@dataclass(frozen=True)
class Plugin:
    """What is packaged.

    ``package`` is the folder of the plugin's own modules. ``place`` is that folder's path in the archive; empty is its
    name. ``extra`` are more files, or folders, by their paths in the archive. The archive is
    ``renderiq-<platform>-<version><suffix>``.
    """

    platform: str
    version: str
    package: Path
    place: str = ""
    extra: Mapping[str, Path] = field(default_factory=dict)
    suffix: str = ".zip"


def assemble(target: Path, plugin: Plugin, url: str = "") -> Path:
    """Puts a plugin together in ``target`` and returns the folder of its package. ``url`` is the API it is for.

    Raises ``ValueError`` if a module cannot be made independent of the SDK's name, or if two files have one place.
    """
    package = target / (plugin.place or plugin.package.name)
    _copy(plugin.package, package)
    for name in ("shared", "sdk"):
        if (package / name).exists():
            raise ValueError(f"the plugin has a {name} of its own")
    for path in sorted(SHARED.glob("*.py")):
        _write_module(package / "shared" / path.name, relative_imports(path.read_text("utf-8"), "..sdk"))
    source = SDK / "src" / "renderiq"
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source)
        if name.parts[0] not in _LEFT_OUT:
            _write_module(package / "sdk" / name, relative_imports(path.read_text("utf-8"), "." * len(name.parts)))
    shutil.copy2(SDK / "LICENSE", package / "LICENSE")
    for place, found in plugin.extra.items():
        if (target / place).exists():
            raise ValueError(f"two files are for {place}")
        _copy(found, target / place)
    if url:
        (package / "server.json").write_text(json.dumps({"url": url}), "utf-8")
    return package


def relative_imports(source: str, sdk: str) -> str:
    """Returns a module whose imports of the SDK are relative. ``sdk`` is the SDK seen from there, such as ``..sdk``.

    Another plugin may bring another version of the SDK, so this one must not be found under its name. Raises
    ``ValueError`` for an import that cannot be rewritten.
    """

    def rewritten(found: re.Match[str]) -> str:
        module = found[2][1:] if sdk.endswith(".") else found[2]
        return f"{found[1]}from {sdk}{module} import "

    text = _IMPORT.sub(rewritten, source)
    for node in ast.walk(ast.parse(text)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        if any(each.split(".")[0] == "renderiq" for each in names):
            raise ValueError(f"line {getattr(node, 'lineno', 0)} imports the SDK by its name")
    return text


def build(out: Path, plugin: Plugin, url: str = "") -> Path:
    """Writes the archive into ``out`` and returns its path."""
    path = out / f"renderiq-{plugin.platform}-{plugin.version}{plugin.suffix}"
    with tempfile.TemporaryDirectory() as folder:
        assemble(Path(folder), plugin, url)
        write_archive(path, Path(folder))
    return path


def main(plugin: Plugin) -> int:
    """Builds what the arguments of the command say. Returns the exit status."""
    return run_command(
        f"Package the plugin for {plugin.platform}.",
        lambda folder, url: assemble(folder, plugin, url),
        lambda out, url: build(out, plugin, url),
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
    else:
        shutil.copy2(source, target)


def _write_module(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")
