"""Emulates Lambda: processes that run one invocation at a time, and pools of them.

Threads of one process cannot serve several requests, because an app keeps its current request.
Functions with the same environment variables share processes, because each process needs about 80 MB.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol, Self

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
_SERVICES: Final = ("dynamodb", "s3", "secretsmanager", "sqs")


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


class Process(Protocol):
    """A process of a container."""

    pid: int

    def alive(self) -> bool:
        """Whether the process runs."""
        ...

    def kill(self) -> None:
        """Kill the process. Does nothing if it has ended."""
        ...

    def wait(self) -> int | None:
        """Wait for the end of the process. Returns its exit status if it is known."""
        ...


class StartedProcess:
    """A process that this one has started."""

    def __init__(self, environment: Mapping[str, str], settings: ContainerSettings, remote: Connection) -> None:
        with settings.log.open("ab") as log:
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
        self.pid = self._process.pid

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()

    def wait(self) -> int | None:
        """Wait for the end of the process. Returns its exit status."""
        return self._process.wait()


class CopiedProcess:
    """A copy of a process of another container. Its parent is that process, which takes note of its end."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def alive(self) -> bool:
        """Whether the process runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """Kill the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int | None:
        """Wait for the end of the process, at most a second. Its exit status is not known."""
        for _ in range(100):
            if not self.alive():
                break
            time.sleep(0.01)
        return None


class Container:
    """A process that runs handlers, like an execution environment of Lambda.

    A container whose handler exceeds its time limit is killed, as on Lambda.
    """

    def __init__(self, environment: Mapping[str, str], process: Process, connection: Connection) -> None:
        self.environment = environment
        self._process = process
        self._connection = connection

    @classmethod
    def start(cls, environment: Mapping[str, str], settings: ContainerSettings) -> Self:
        """Start a process. It imports the function with its first invocation."""
        connection, remote = Pipe()
        with remote:
            return cls(environment, StartedProcess(environment, settings, remote), connection)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.alive()

    def create_clients(self, function: Function) -> None:
        """Create the clients of AWS services, which takes most of the time of a first invocation. They do not connect.

        Does nothing for functions that do not have this project's layer.
        """
        for service in _SERVICES:
            names = {"module": "renderiq.stores.aws", "handler": "client", "arguments": [service], "environment": {}}
            self._exchange(json.dumps(names).encode(), function.timeout)

    def copy(self) -> "Container":
        """Start a copy of the process with what it has imported. The process must not have run a handler.

        Raises ``OSError`` if the process has ended.
        """
        connection, remote = Pipe()
        with remote:
            self._connection.send_bytes(b'{"fork": true}')
            reduction.send_handle(self._connection, remote.fileno(), self._process.pid)
            pid = json.loads(self._connection.recv_bytes())["result"]
        return Container(self.environment, CopiedProcess(pid), connection)

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


class Copies:
    """Starts containers as copies of one process per function, which has imported the function.

    A copy starts within milliseconds, and shares most of its memory.
    """

    def __init__(self, settings: ContainerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._originals: dict[DeployedFunction, Container] = {}

    def start(self, deployed: DeployedFunction) -> Container:
        """Start a container for the function."""
        with self._lock:
            original = self._originals.get(deployed)
            if original is None or not original.alive:
                original = self._originals[deployed] = Container.start(deployed.environment, self._settings)
                original.load(deployed.function)
                original.create_clients(deployed.function)
            return original.copy()

    def stop(self) -> None:
        """Stop the processes that are copied, so that the next copies have changed code. Copies go on."""
        with self._lock:
            originals, self._originals = self._originals, {}
        for each in originals.values():
            each.stop()


class Pool:
    """Runs at most ``size`` invocations at a time. Containers start on demand and are reused.

    With ``copies``, its containers are copies of processes that have imported their function, and one that is free
    stops: such a pool has room for many invocations that mostly wait.
    """

    def __init__(self, size: int, settings: ContainerSettings, *, copies: "Copies | None" = None) -> None:
        self.size = size
        self._start = copies.start if copies else lambda each: Container.start(each.environment, settings)
        self._copies = copies
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
        if self._copies:
            self._copies.stop()
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
        if self._copies:
            self._copies.stop()

    @contextmanager
    def _container(self, deployed: DeployedFunction, timeout: float | None) -> Iterator[Container]:
        if not self._slots.acquire(timeout=timeout):
            raise TooBusyError
        try:
            container = self._acquire(deployed)
            try:
                yield container
            finally:
                self._release(container)
        finally:
            self._slots.release()

    def _acquire(self, deployed: DeployedFunction) -> Container:
        environment = deployed.environment
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
                container = self._start(deployed)
            self._busy.add(container)
        for each in surplus:
            each.stop()
        return container

    def _release(self, container: Container) -> None:
        with self._lock:
            self._busy.discard(container)
            reusable = container.alive and not self._closed and container not in self._retired and not self._copies
            self._retired.discard(container)
            if reusable:
                self._idle.append(container)
        if not reusable:
            container.stop()
