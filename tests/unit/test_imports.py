"""Each function imports only what it needs, because imports are most of a cold start.

An import that a function does not need fails here. If it needs one, `python -m tests.unit.test_imports` writes the list
again; read the difference before you commit it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from tests.support.paths import ROOT

FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
EXPECTED = ROOT / "tests/data/imports.json"
"""The modules that every function imports, and those that each imports beside them."""
EVERY = "every function"

_IMPORT_EACH = """
import json, runpy, sys

loaded = {}
for function in sys.argv[1:]:
    for name in [name for name in sys.modules if name.partition(".")[0] == "renderiq"]:
        del sys.modules[name]
    runpy.run_path(f"functions/{function}/app.py")
    loaded[function] = list(sys.modules)
print(json.dumps(loaded))
"""


@cache
def imported(*functions: str) -> dict[str, frozenset[str]]:
    """Imports the functions one after another in a new interpreter, and returns the loaded modules after each.

    The layer's modules are unloaded before each function. Those of libraries stay.
    """
    process = subprocess.run(
        [sys.executable, "-c", _IMPORT_EACH, *functions],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "layers/common")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return {function: frozenset(names) for function, names in json.loads(process.stdout).items()}


def of_the_layer(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.partition(".")[0] == "renderiq")


def listed() -> dict[str, list[str]]:
    """Returns what EXPECTED must hold."""
    loaded = {function: of_the_layer(names) for function, names in imported(*FUNCTIONS).items()}
    shared = frozenset.intersection(*loaded.values())
    return {EVERY: sorted(shared)} | {function: sorted(names - shared) for function, names in loaded.items()}


@pytest.mark.parametrize("function", [EVERY, *FUNCTIONS])
def test_a_function_imports_exactly_the_listed_modules_of_the_layer(function: str) -> None:
    assert listed()[function] == json.loads(EXPECTED.read_text())[function]


def test_health_imports_little() -> None:
    loaded = imported("health")["health"]
    libraries = {name.partition(".")[0] for name in loaded}

    assert len(of_the_layer(loaded)) <= 32
    assert not {"boto3", "jwt", "PIL", "httpx", "numpy"} & libraries
    # Powertools imports the package botocore itself, to find out whether it is installed, but none of its modules.
    assert not [name for name in loaded if name.startswith("botocore.")]


def test_no_function_imports_what_generates_openapi() -> None:
    loaded = {name for names in imported(*FUNCTIONS).values() for name in names}

    assert not {f"aws_lambda_powertools.event_handler.openapi.{name}" for name in ("models", "compat")} & loaded


if __name__ == "__main__":
    EXPECTED.write_text(json.dumps(listed(), indent=2) + "\n")
