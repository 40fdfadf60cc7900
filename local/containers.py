"""Plays Lambda: processes that run one invocation at a time, and pools of them.

Powertools keeps the current event on a class, so threads of one process would mix requests up; Lambda never does that,
and neither do these. Functions with the same environment share processes, which costs a laptop 80 MB each.
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
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE")
_AS_ON_LAMBDA: Final = {
    **CREDENTIALS,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "TZ": "UTC",
    "POWERTOOLS_TRACE_DISABLED": "true",
    # What a laptop has and Lambda has not.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
    "PYTHONUNBUFFERED": "1",
    "PYTHONPYCACHEPREFIX": str(STATE / "pycache"),  # so that function folders hold app.py only
}


class TooBusyError(Exception):
    """No container became free in time."""


@dataclass(frozen=True, slots=True, eq=False)
class Deployed:
    """A function as Lambda has it: what the template says and its environment variables."""

    function: Function
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended: the handler's ``result``, or an ``error`` with ``errorType`` and ``errorMessage``."""

    result: Any
    error: Mapping[str, Any] | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What containers are made of. ``import_path`` holds the project and its layers; ``log`` gets what they print."""

    import_path: tuple[Path, ...]
    log: Path


class Container:
    """One process. After ``invoke`` it may be dead: on Lambda's time limit, or by its own doing."""

    def __init__(self, environment: Mapping[str, str], sandbox: Sandbox) -> None:
        self.environment = environment
        self._connection, theirs = Pipe()
        with theirs, sandbox.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _RUNTIME, str(theirs.fileno())],
                env={
                    **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    **_AS_ON_LAMBDA,
                    "PYTHONPATH": os.pathsep.join(map(str, sandbox.import_path)),
                    "LAMBDA_TASK_ROOT": str(sandbox.import_path[0]),
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C must not interrupt a handler
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, function: Function, event: Any) -> Outcome:
        context = {
            "aws_request_id": str(uuid.uuid4()),
            "function_name": function.logical_id,
            "memory_limit_in_mb": str(function.memory),
            "invoked_function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function.logical_id}",
            "log_group_name": f"/aws/lambda/{function.logical_id}",
            "log_stream_name": f"local/[$LATEST]{self._process.pid}",
        }
        return self._ask(function, {"event": event, "context": context, "deadline": time.time() + function.timeout})

    def load(self, function: Function) -> Outcome:
        """Import the function, so that its first invocation finds it there."""
        return self._ask(function, {})

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()

    def stop(self) -> None:
        self.kill()
        self._process.wait()
        self._connection.close()

    def _ask(self, function: Function, message: Mapping[str, Any]) -> Outcome:
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
    """At most ``size`` invocations at a time; containers are made when needed and used again."""

    def __init__(self, size: int, sandbox: Sandbox) -> None:
        self.size = size
        self._sandbox = sandbox
        self._slots = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Container] = []
        self._busy: set[Container] = set()
        self._retired: set[Container] = set()
        self._closed = False

    def invoke(self, deployed: Deployed, event: Any, patience: float | None = None) -> Outcome:
        """Run the handler. Raises ``TooBusyError`` if no container is free within ``patience`` seconds, or any more."""
        with self._container(deployed, patience) as container:
            return container.invoke(deployed.function, event)

    def load(self, deployed: Deployed) -> Outcome:
        """Import the function ahead of its first invocation. Raises ``TooBusyError`` once the pool is closed."""
        with self._container(deployed, None) as container:
            return container.load(deployed.function)

    def recycle(self) -> None:
        """From now on only fresh processes; what runs may finish."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._retired |= self._busy
        for container in idle:
            container.stop()

    def kill_one(self, rng: random.Random) -> bool:
        """End a container in the middle of its work; False where none is at work."""
        with self._lock:
            busy = list(self._busy)
        if busy:
            rng.choice(busy).kill()
        return bool(busy)

    def close(self) -> None:
        """Stop at once; invocations in flight fail."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = set(self._busy)
        for container in idle:
            container.stop()
        for container in busy:
            container.kill()

    @contextmanager
    def _container(self, deployed: Deployed, patience: float | None) -> Iterator[Container]:
        if not self._slots.acquire(timeout=patience):
            raise TooBusyError
        try:
            container = self._take(deployed.environment)
            try:
                yield container
            finally:
                self._give_back(container)
        finally:
            self._slots.release()

    def _take(self, environment: Mapping[str, str]) -> Container:
        surplus: list[Container] = []
        with self._lock:
            if self._closed:
                raise TooBusyError
            surplus += [container for container in self._idle if not container.alive]
            self._idle = [container for container in self._idle if container.alive]
            fitting = [container for container in self._idle if container.environment == environment]
            if fitting:
                container = fitting[-1]
                self._idle.remove(container)
            else:
                if self._idle and len(self._idle) + len(self._busy) >= self.size:
                    surplus.append(self._idle.pop(0))
                container = Container(environment, self._sandbox)
            self._busy.add(container)
        for each in surplus:
            each.stop()
        return container

    def _give_back(self, container: Container) -> None:
        with self._lock:
            self._busy.discard(container)
            reusable = container.alive and not self._closed and container not in self._retired
            self._retired.discard(container)
            if reusable:
                self._idle.append(container)
        if not reusable:
            container.stop()
