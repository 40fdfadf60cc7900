"""Generators of clients: how each writes a client, checks its types, and runs the journey of a plugin with it.

A client is made in a folder of its own. The contract, the driver and, for TypeScript, the settings of the compiler
are there too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from tests.support.paths import ROOT

HERE: Final = Path(__file__).parent
DRIVERS: Final = HERE / "drivers"
NODE_MODULES: Final = HERE / "node_modules"
PYTHON: Final = ROOT / ".venv-clients/bin/python"
CONTRACT: Final = ROOT / "openapi.yaml"


class Generator(Protocol):
    """One generator."""

    @property
    def name(self) -> str:
        """The name, which is its driver's too."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """The programs that must be installed."""
        ...

    def build(self, folder: Path) -> list[str]:
        """Generates the client, checks its types, and returns the command that runs the journey."""
        ...


@dataclass(frozen=True)
class TypeScript:
    """A generator of TypeScript. ``command`` writes the client into the folder ``client``."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ("node",)

    def build(self, folder: Path) -> list[str]:
        """Generates the client and compiles it in strict mode."""
        (folder / "node_modules").symlink_to(NODE_MODULES)
        for file in (HERE / "tsconfig.json", DRIVERS / "settings.ts", DRIVERS / f"{self.name}.ts"):
            shutil.copy(file, folder)
        execute(self.command, folder)
        execute((npm("tsc"), "--project", "."), folder)
        return ["node", f"out/{self.name}.js"]


@dataclass(frozen=True)
class Python:
    """A generator of Python. ``package`` is what it writes into the folder ``client``."""

    name: str
    command: tuple[str, ...]
    package: str
    needs: tuple[str, ...] = ()

    def build(self, folder: Path) -> list[str]:
        """Generates the client and checks it and the driver with mypy."""
        shutil.copy(DRIVERS / f"{self.name}.py", folder)
        execute(self.command, folder)
        shutil.move(folder / "client" / self.package, folder)
        execute((str(PYTHON), "-m", "mypy", "--config-file=", f"{self.name}.py"), folder)
        return [str(PYTHON), f"{self.name}.py"]


@dataclass(frozen=True)
class Ruby:
    """A generator of Ruby."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ("ruby",)

    def build(self, folder: Path) -> list[str]:
        """Generates the client. Ruby has no types to check; the driver's syntax is checked."""
        shutil.copy(DRIVERS / f"{self.name}.rb", folder)
        execute(self.command, folder)
        execute(("ruby", "-wc", f"{self.name}.rb"), folder)
        return ["ruby", "-Iclient/lib", f"{self.name}.rb"]


def npm(program: str) -> str:
    """Returns the path of a program of package.json."""
    return str(NODE_MODULES / ".bin" / program)


def execute(command: tuple[str, ...], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Runs a command and returns what it printed. Raises ``AssertionError`` with its output if it fails."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", **(environment or {})}
    run = subprocess.run(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout[-8_000:]}"
    return run.stdout


def _openapi_generator(generator: str) -> tuple[str, ...]:
    # What is named is generated. For webhooks, which only a receiver needs, typescript-fetch writes wrong imports.
    parts = "--global-property=apis,models,supportingFiles"
    program = str(PYTHON.with_name("openapi-generator-cli"))
    return (program, "generate", "-i", str(CONTRACT), "-g", generator, "-o", "client", parts)


GENERATORS: Final[tuple[Generator, ...]] = (
    Python(
        "openapi_python_client",
        (
            str(PYTHON.with_name("openapi-python-client")),
            "generate",
            "--path",
            str(CONTRACT),
            "--output-path",
            "client",
        ),
        package="renderiq_plugin_api_client",
    ),
    Python("openapi_generator_python", _openapi_generator("python"), package="openapi_client", needs=("java",)),
    Ruby("openapi_generator_ruby", _openapi_generator("ruby"), needs=("java", "ruby")),
    TypeScript("openapi_generator_fetch", _openapi_generator("typescript-fetch"), needs=("java", "node")),
    TypeScript("openapi_fetch", (npm("openapi-typescript"), str(CONTRACT), "-o", "client/schema.ts")),
    TypeScript("hey_api", (npm("openapi-ts"), "-i", str(CONTRACT), "-o", "client")),
    TypeScript("orval", (npm("orval"), "--input", str(CONTRACT), "--output", "client/client.ts", "--client", "fetch")),
)
