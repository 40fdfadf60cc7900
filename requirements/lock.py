"""Locks exact versions, with hashes, for every dependency group in pyproject.toml. `make lock` runs it.

The layers use the versions that dev has locked, so that tests on a laptop use what runs on AWS.
"""

import subprocess
import sys
from pathlib import Path

UV = Path(sys.executable).with_name("uv")
ON_ANY_LAPTOP = ("--universal", "--python-version", "3.11")
ON_LAMBDA = (
    "--python-platform",
    "x86_64-manylinux_2_28",
    "--python-version",
    "3.13",
    "--constraints",
    "requirements/dev.txt",
)
# On the machine that builds, for Lambda's Python.
AT_BUILD_TIME = ("--universal", "--python-version", "3.13", "--constraints", "requirements/dev.txt")

LOCKS = {
    "requirements/dev.txt": ("dev", ON_ANY_LAPTOP),
    "requirements/emulator.txt": ("emulator", ON_ANY_LAPTOP),
    "requirements/deploy.txt": ("deploy", ON_ANY_LAPTOP),
    "requirements/sam.txt": ("sam", ON_ANY_LAPTOP),
    "requirements/clients.txt": ("clients", ON_ANY_LAPTOP),
    "requirements/gallery.txt": ("gallery", ON_ANY_LAPTOP),
    "requirements/mutation.txt": ("mutation", ON_ANY_LAPTOP),
    "requirements/sdks.txt": ("sdks", ON_ANY_LAPTOP),
    "requirements/captures.txt": ("captures", ON_ANY_LAPTOP),
    "requirements/archicad.txt": ("archicad", ON_ANY_LAPTOP),
    "requirements/rhino.txt": ("rhino", ON_ANY_LAPTOP),
    "requirements/cycles.txt": ("cycles", ("--universal", "--python-version", "3.13")),
    "requirements/peers.txt": ("peers", AT_BUILD_TIME),
    "requirements/benchmark.txt": ("benchmark", ON_ANY_LAPTOP),
    "layers/common/requirements.txt": ("common", ON_LAMBDA),
    "layers/imaging/requirements.txt": ("imaging", ON_LAMBDA),
    "layers/imaging/build-requirements.txt": ("imaging-build", AT_BUILD_TIME),
}


def lock(group: str, file: str, target: tuple[str, ...], options: list[str]) -> None:
    """Writes the locked requirements of one dependency group."""
    # No index address and no comments: a committed file must not name the host that one machine installs from.
    plain = (
        "--quiet",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-annotate",
        "--no-header",
    )
    subprocess.run([UV, "pip", "compile", "--group", group, *target, *plain, *options, "-o", file], check=True)


if __name__ == "__main__":
    for file, (group, target) in LOCKS.items():
        print(f"→ {file}", flush=True)
        lock(group, file, target, sys.argv[1:])
