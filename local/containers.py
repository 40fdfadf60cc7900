"""Emulates Lambda: processes that run one invocation at a time, and pools of them.

Threads of one process cannot serve several requests, because an app keeps its current request.
Functions with the same environment variables share processes, because each process needs about 80 MB.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, Final

from local.aws import CREDENTIALS
from local.paths import STATE
from local.template import ACCOUNT, REGION, Function

_RUNTIME: Final = Path(__file__).with_name("runtime.py")
_INHERITED: Final = ("PATH", "HOME", "LANG", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE")
_LAMBDA_VARIABLES: Final = {
    **CREDENTIALS,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "TZ": "UTC",
    # Keeps the developer's own AWS configuration and proxy out.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
    "PYTHONUNBUFFERED": "1",
    "PYTHONPYCACHEPREFIX": str(STATE / "pycache"),  # keeps __pycache__ out of the function folders
}


class TooBusyError(Exception):
    """No container became free in time, or the pool is closed."""


@dataclass(frozen=True, slots=True, eq=False)
class DeployedFunction:
    """A function of the template and its environment variables."""

    function: Function
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an invocation: the handler's ``result``, or an ``error`` with ``errorType`` and ``errorMessage``."""

    result: Any
    error: Mapping[str, Any] | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ContainerSettings:
    """Settings of every container of a pool.

    ``import_path`` holds the project's folder and its layers'. The containers append their output to ``log``.
    """

    import_path: tuple[Path, ...]
    log: Path


class Container:
    """A process that runs handlers, like an execution environment of Lambda.

    A container whose handler exceeds its time limit is killed, as on Lambda.
    """

    def __init__(self, environment: Mapping[str, str], settings: ContainerSettings) -> None:
        self.environment = environment
        self._connection, remote = Pipe()
        with remote, settings.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _RUNTIME, str(remote.fileno())],
                env={
                    **{name: os.environ[name] for name in _INHERITED if name in os.environ},
                    **_LAMBDA_VARIABLES,
                    "PYTHONPATH": os.pathsep.join(map(str, settings.import_path)),
                    "LAMBDA_TASK_ROOT": str(settings.import_path[0]),
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[remote.fileno()],
                start_new_session=True,  # Ctrl-C does not interrupt a handler
            )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def invoke(self, function: Function, event: Any) -> Outcome:
        """Run the handler. If the process dies or is killed, the outcome is an error."""
        context = {
            "aws_request_id": str(uuid.uuid4()),
            "function_name": function.logical_id,
            "memory_limit_in_mb": str(function.memory),
            "invoked_function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function.logical_id}",
            "log_group_name": f"/aws/lambda/{function.logical_id}",
            "log_stream_name": f"local/[$LATEST]{self._process.pid}",
        }
        return self._request(function, {"event": event, "context": context, "deadline": time.time() + function.timeout})

    def load(self, function: Function) -> Outcome:
        """Import the function's module, so that the first invocation is warm."""
        return self._request(function, {})

    def kill(self) -> None:
        """Kill the process, even during an invocation."""
        self._process.kill()

    def stop(self) -> None:
        """Kill the process and release its resources."""
        self.kill()
        self._process.wait()
        self._connection.close()

    def _request(self, function: Function, message: Mapping[str, Any]) -> Outcome:
        module, _, handler = function.handler.rpartition(".")
        names = {"module": ".".join([*function.folder.parts, module]), "handler": handler}
        environment = {
            "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }
        started = time.monotonic()
        reply = self._exchange(json.dumps({**names, "environment": environment, **message}).encode(), function.timeout)
        return Outcome(reply.get("result"), reply.get("error"), time.monotonic() - started)

    def _exchange(self, message: bytes, timeout: float) -> dict[str, Any]:
        try:
            self._connection.send_bytes(message)
            if self._connection.poll(timeout):
                return dict(json.loads(self._connection.recv_bytes()))
        except (EOFError, OSError):
            status = self._process.wait()
            return _error("Runtime.ExitError", f"Runtime exited with status {status}")
        self._process.kill()
        self._process.wait()
        return _error("Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"errorType": kind, "errorMessage": message}}


class Pool:
    """Runs at most ``size`` invocations at a time. Containers start on demand and are reused."""

    def __init__(self, size: int, settings: ContainerSettings) -> None:
        self.size = size
        self._settings = settings
        self._slots = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Container] = []
        self._busy: set[Container] = set()
        self._retired: set[Container] = set()
        self._closed = False

    def invoke(self, deployed: DeployedFunction, event: Any, timeout: float | None = None) -> Outcome:
        """Run the handler.

        Raises ``TooBusyError`` if no container is free within ``timeout`` seconds or the pool is closed.
        """
        with self._container(deployed, timeout) as container:
            return container.invoke(deployed.function, event)

    def load(self, deployed: DeployedFunction) -> Outcome:
        """Import the function before its first invocation. Raises ``TooBusyError`` if the pool is closed."""
        with self._container(deployed, None) as container:
            return container.load(deployed.function)

    def recycle(self) -> None:
        """Start the next invocations in new processes. Running invocations finish."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._retired |= self._busy
        for container in idle:
            container.stop()

    def kill_one(self, rng: random.Random) -> bool:
        """Kill a random container during its invocation. Returns False if no invocation is running."""
        with self._lock:
            busy = list(self._busy)
        if busy:
            rng.choice(busy).kill()
        return bool(busy)

    def close(self) -> None:
        """Stop all containers at once. Running invocations fail."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = set(self._busy)
        for container in idle:
            container.stop()
        for container in busy:
            container.kill()

    @contextmanager
    def _container(self, deployed: DeployedFunction, timeout: float | None) -> Iterator[Container]:
        if not self._slots.acquire(timeout=timeout):
            raise TooBusyError
        try:
            container = self._acquire(deployed.environment)
            try:
                yield container
            finally:
                self._release(container)
        finally:
            self._slots.release()

    def _acquire(self, environment: Mapping[str, str]) -> Container:
        surplus: list[Container] = []
        with self._lock:
            if self._closed:
                raise TooBusyError
            surplus += [container for container in self._idle if not container.alive]
            self._idle = [container for container in self._idle if container.alive]
            matching = [container for container in self._idle if container.environment == environment]
            if matching:
                container = matching[-1]
                self._idle.remove(container)
            else:
                if self._idle and len(self._idle) + len(self._busy) >= self.size:
                    surplus.append(self._idle.pop(0))
                container = Container(environment, self._settings)
            self._busy.add(container)
        for each in surplus:
            each.stop()
        return container

    def _release(self, container: Container) -> None:
        with self._lock:
            self._busy.discard(container)
            reusable = container.alive and not self._closed and container not in self._retired
            self._retired.discard(container)
            if reusable:
                self._idle.append(container)
        if not reusable:
            container.stop()
