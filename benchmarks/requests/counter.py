"""Counts the instructions of a container's life with valgrind, which does not depend on the load of the machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from local import cloudformation
from local.template import ParameterScope, Template

T = TypeVar("T")
HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
BUILD: Final = ROOT / ".aws-sam" / "build"
USER: Final = "018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e0f"
VERSION: Final = "11111111-2222-4333-8444-555555555555"
PEERS: Final = ("chalice", "powertools", "fastapi", "litestar")
SITE: Final = ROOT / ".venv-peers" / "lib" / "python3.13" / "site-packages"


class CountingError(Exception):
    """A function failed, or valgrind is missing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a function of the build, or a peer. ``fakes`` is a file that replaces its stores."""

    name: str
    event: Mapping[str, Any]
    expected: int | None = 200
    fakes: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it is a function of this project."""
        return self.name not in {*PEERS, "bare"}


class Counter:
    """Counts instructions. It needs the build, Python 3.13 and, for peers, their environment."""

    def __init__(self, python: str, url: str, folder: Path) -> None:
        self._python = python
        self._url = url
        self._folder = folder
        if shutil.which("valgrind") is None:
            raise CountingError("valgrind is not installed (apt-get install valgrind)")
        for layer in ("CommonLayer", "ImagingLayer"):
            # Compiled anew where it lies now, as it is for /opt: an unchecked file names the folder that it is for.
            shutil.copytree(BUILD / layer / "python", folder / layer)
            command = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
            subprocess.run([*command, str(folder / layer)], check=True)
        self._template = Template(ROOT / "template.yaml", {"EmulatorUrl": url, "AllowLoopbackUrls": "true"})

    def cold(self, subject: Subject) -> int:
        """Returns the instructions of an import and the first event."""
        return self._count(subject, 1 if subject.event else 0)

    def warm(self, subject: Subject) -> int:
        """Returns the instructions of one further event."""
        few, many = 20, 80
        return (self._count(subject, many) - self._count(subject, few)) // (many - few)

    def _count(self, subject: Subject, times: int) -> int:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            out, event = Path(folder) / "out", Path(folder) / "event.json"
            event.write_text(json.dumps(subject.event))
            if subject.is_ours:
                task, folders = BUILD / subject.name, [self._folder / "CommonLayer", HERE]
                folders += [self._folder / "ImagingLayer"] if subject.name == "RenderWorkerFunction" else []
            else:
                task, folders = HERE / "peers" / subject.name, [HERE / "peers", SITE]
            expected = "" if subject.expected is None or not times else str(subject.expected)
            container = [str(HERE / "container.py"), str(task), ":".join(map(str, folders)), str(event), str(times)]
            fakes = [str(HERE / subject.fakes)] if subject.fakes else []
            command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}"]
            ran = subprocess.run(
                [*command, self._python, "-s", *container, expected, *fakes],
                env=self._environment(subject),
                capture_output=True,
                text=True,
                check=False,
            )
            if ran.returncode:
                raise CountingError(f"{subject.name} failed: {ran.stdout[-800:]}{ran.stderr[-1500:]}")
            found = re.search(r"^summary: (\d+)", out.read_text(), re.MULTILINE)
            if found is None:
                raise CountingError("valgrind wrote no summary")
            return int(found[1])

    def _environment(self, subject: Subject) -> dict[str, str]:
        of_lambda = {
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": "0",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": "/var/task",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "t" * 300,
            "EMULATOR_URL": self._url,
        }
        if not subject.is_ours:
            return of_lambda
        variables = cloudformation.resolve(self._template.variables(subject.name), _Names(self._template))
        return of_lambda | cloudformation.texts(variables)


class _Names(ParameterScope):
    """Stands for the template's resources: each is named as in the template."""

    def ref(self, name: str) -> Any:
        """Returns the name of a resource, or the value of a parameter."""
        return name if name in self._template.resources else super().ref(name)


def event(function: str) -> dict[str, Any]:
    """Returns the sample event of a function, signed in as the emulated user."""
    made: dict[str, Any] = json.loads((ROOT / "events" / f"{function}.json").read_text())
    if "authorization" in made.get("headers", {}):
        made["headers"]["authorization"] = f"Bearer {access_token()}"
    return made


def access_token() -> str:
    """Returns an access token of the emulated user."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    now = int(time.time())
    claims = {"sub": USER, "sid": USER, "iat": now, "exp": now + 3600, "iss": "renderiq", "aud": "renderiq-plugins"}
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': VERSION})}.{part({**claims, 'jti': USER})}"
    digest = hmac.new(b"s" * 64, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def rest_event(made: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an event as REST APIs send it, which is what Chalice reads."""
    path, headers = made["rawPath"], made["headers"]
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": "GET",
            "requestId": "r",
            "path": path,
            "stage": "x",
            "identity": {"sourceIp": "203.0.113.7"},
        },
    }


def at_once(jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Runs the jobs on all cores, and returns their results by name."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        futures = {name: pool.submit(job) for name, job in jobs.items()}
        for done, future in enumerate(as_completed(futures.values()), 1):
            future.result()
            print(f"\r→ {done} of {len(jobs)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return {name: future.result() for name, future in futures.items()}


def start_emulated_aws(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Starts the emulated AWS, and returns its process and its address."""
    ports = folder / "ports"
    process = subprocess.Popen([sys.executable, str(HERE / "emulated_aws.py"), str(ports)])
    while not ports.exists():
        time.sleep(0.05)
    return process, f"http://127.0.0.1:{ports.read_text()}"
