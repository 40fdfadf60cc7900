"""Stores the code that ``renderiq.precompiled`` uses: `python3.13 precompile.py LAYER [NATIVE]`.

It imports everything that the layer contains, creates its AWS clients, and records what ``dataclasses`` and ``re``
compile meanwhile. If the layer is for another architecture, NATIVE is a folder with the same packages for this machine;
those that are not only Python come from there. Texts and patterns do not depend on the architecture.
"""

import importlib
import marshal
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from aws_models import OPERATIONS

# They are in another layer, in the image of the path tracer, or not in Lambda at all.
ELSEWHERE = {"DracoPy", "addon_utils", "bmesh", "bpy", "ifcopenshell", "mathutils", "numpy", "pyvips"}
NATIVE_PACKAGES = ("PIL.Image", "pydantic_core")
# At least so many must be found, else something has changed that nobody would notice but in cold starts.
LEAST = 100
# Of marshal: the same code makes the same bytes, so that an unchanged layer is not deployed again.
VERSION = 2


class Recorder:
    """Records what ``dataclasses`` executes and what ``re`` compiles."""

    def __init__(self) -> None:
        import dataclasses
        import re

        self.texts: dict[str, bytes] = {}
        self.patterns: dict[tuple[str | bytes, int], bytes] = {}
        self._compiler: Any = re._compiler  # type: ignore[attr-defined]
        self._compile, self._sre = self._compiler.compile, self._compiler._sre
        dataclasses.exec = self._execute  # type: ignore[attr-defined]
        self._compiler.compile = self._compile_pattern

    def _execute(self, text: str, namespace: dict[str, Any], local: dict[str, Any]) -> None:
        code = compile(text, "<string>", "exec", dont_inherit=True)
        self.texts[text] = marshal.dumps(code, VERSION)
        exec(code, namespace, local)  # noqa: S102 (what dataclasses does)

    def _compile_pattern(self, pattern: Any, flags: int = 0) -> Any:
        finished: list[tuple[Any, ...]] = []
        self._compiler._sre = _Sre(self._sre, finished)
        try:
            compiled = self._compile(pattern, flags)
        finally:
            self._compiler._sre = self._sre
        if isinstance(pattern, str | bytes):
            _, all_flags, code, groups, by_name, by_number = finished[-1]
            self.patterns[pattern, int(flags)] = marshal.dumps(
                (int(all_flags), [int(each) for each in code], groups, by_name, by_number), VERSION
            )
        return compiled

    def to_bytes(self) -> bytes:
        """Returns the content of the file."""
        return marshal.dumps(
            {
                "magic": self._compiler.MAGIC,
                "texts": dict(sorted(self.texts.items())),
                "patterns": dict(sorted(self.patterns.items(), key=repr)),
            },
            VERSION,
        )


class _Sre:
    """The module ``_sre``, whose ``compile`` is recorded."""

    def __init__(self, module: Any, finished: list[tuple[Any, ...]]) -> None:
        self._module = module
        self._finished = finished

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def compile(self, *arguments: Any) -> Any:
        """Records the arguments, and returns the pattern."""
        self._finished.append(arguments)
        return self._module.compile(*arguments)


def import_everything(services: list[str]) -> None:
    """Imports all modules of renderiq, and creates a client of each service, which makes botocore import its own."""
    import renderiq

    for module in pkgutil.walk_packages(renderiq.__path__, "renderiq."):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name not in ELSEWHERE:
                raise
    from PIL import Image

    from renderiq.stores.aws import client

    Image.preinit()
    for service in services:
        client(service)


def record(layer: str, native: str | None = None) -> Recorder:
    """Imports everything, and returns what was recorded."""
    sys.path.insert(0, layer)
    sys.dont_write_bytecode = True
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "EMULATOR_URL": ""}
    recorder = Recorder()
    if native:
        sys.path.insert(0, native)
        for package in NATIVE_PACKAGES:
            importlib.import_module(package)
        sys.path.remove(native)
    import_everything(sorted(OPERATIONS))
    return recorder


def record_with_seed(seed: str, *arguments: str) -> dict[str, Any]:
    """Records in another process, whose hashes have a seed, and returns the content of the file."""
    command = [sys.executable, __file__, *arguments, "-"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    found = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)  # noqa: S603 (this file)
    content: dict[str, Any] = marshal.loads(found.stdout)  # noqa: S302 (this file wrote it)
    return content


def main(layer: str, *native: str) -> None:
    """Writes the file into the layer."""
    file = Path(layer, "renderiq", f"precompiled.{sys.implementation.cache_tag}.bin")
    file.unlink(missing_ok=True)
    content, other = (record_with_seed(seed, layer, *native) for seed in ("1", "2"))
    for kind in ("texts", "patterns"):
        # What depends on the order of a set is never the same again, so storing it would be of no use.
        content[kind] = {name: each for name, each in content[kind].items() if other[kind].get(name) == each}
        if len(content[kind]) < LEAST:
            sys.exit(f"✗ Only {len(content[kind])} {kind} were found to precompile.")
    file.write_bytes(marshal.dumps(content, VERSION))
    print(f"precompiled: {len(content['texts'])} texts, {len(content['patterns'])} patterns")


if __name__ == "__main__":
    if sys.argv[-1] == "-":
        sys.stdout.buffer.write(record(*sys.argv[1:-1]).to_bytes())
    else:
        main(*sys.argv[1:])
