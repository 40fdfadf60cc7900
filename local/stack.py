"""The whole backend on this machine: emulated AWS, the API, event source mappings and schedules."""

import contextlib
import logging
import random
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from local import paths
from local.containers import ContainerSettings, Copies, DeployedFunction, Outcome, Pool, TooBusyError
from local.cors import Cors
from local.emulator import LOOPBACK, Emulator
from local.errors import LocalStackError
from local.gateway import Gateway, error_line
from local.provisioners import Resource, put_secret
from local.queues import Poller
from local.resources import create_resources, environment
from local.routing import Router
from local.schedules import Scheduler
from local.streams import StreamPoller
from local.template import Template
from local.users import DEMO_USER, OPERATOR, ensure_user

_logger = logging.getLogger(__name__)

BASE_PATH: Final = "/api/plugins"
API_CONTAINERS: Final = 4
WAITING_REQUESTS: Final = 128
"""Requests that may wait for a change at the same time. Each has a process, which shares most of its memory."""
WORKER_MEMORY: Final = 4096
"""MB that the containers of one worker may use together, by its MemorySize. It limits their number."""

LOCAL_PARAMETERS: Final = {"WelcomeCredits": "1000", "AllowLoopbackUrls": "true"}


def path_tracer_parameters() -> dict[str, str]:
    """The parameters that offer the path tracer, if ``make cycles`` has installed it; else none."""
    python = paths.ROOT / ".venv-cycles" / "bin" / "python"
    return {"CyclesImageUri": "local", "CyclesPython": str(python)} if python.exists() else {}


class Stack:
    """The running backend, for the length of a ``with``. Everything listens on 127.0.0.1.

    ``port`` 0 means any free port. With ``state_dir``, tables, images, users and queues are kept between runs.
    ``parameters`` are parameters of the template. ``gemini_key`` is stored in the emulated Secrets Manager and enables
    the ``gemini`` models, which call Google. The functions' output goes to ``log``. Raises ``LocalStackError`` if
    anything does not start.
    """

    def __init__(
        self,
        port: int = 0,
        state_dir: Path | None = None,
        *,
        template: Path = paths.TEMPLATE,
        parameters: Mapping[str, str] | None = None,
        gemini_key: str = "",
        log: Path | None = None,
    ) -> None:
        self._port = port
        self._state_dir = state_dir
        self._template_path = template
        self._parameters = dict(parameters or {})
        self._gemini_key = gemini_key
        self._log = log
        self._pools: dict[DeployedFunction, Pool] = {}
        self._exit_stack = ExitStack()
        self._waiting_pool: Pool

        self.template: Template
        self.resources: dict[str, Resource]
        self.emulator: Emulator
        self.origin: str
        """The API's origin, such as ``http://127.0.0.1:3000``."""
        self.log: Path
        """The file with the functions' output."""

    @property
    def url(self) -> str:
        """The API's base URL."""
        return self.origin + BASE_PATH

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables of the function with this logical id."""
        return environment(self.template, function, self.resources)

    def invoke(self, function: str, event: Any) -> Outcome:
        """Invoke the function with this logical id."""
        [(deployed, pool)] = [each for each in self._pools.items() if each[0].function.logical_id == function]
        return pool.invoke(deployed, event)

    def kill_a_worker(self, rng: random.Random) -> str | None:
        """Kill the process of a random worker during an invocation.

        Returns the worker's logical id, or None if no worker is busy.
        """
        workers = [(each.function.logical_id, pool) for each, pool in self._pools.items() if not each.function.routes]
        rng.shuffle(workers)
        return next((name for name, pool in workers if pool.kill_one(rng)), None)

    def recycle(self) -> None:
        """Restart the containers, so that the next invocations run changed code."""
        for pool in {*self._pools.values(), self._waiting_pool}:
            pool.recycle()
        self._warm()

    def __enter__(self) -> Self:
        with self._exit_stack:
            listener = self._exit_stack.enter_context(_listener(self._port))
            self.origin = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
            self.log = self._log or self._scratch() / "functions.log"
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.emulator = self._exit_stack.enter_context(Emulator(state_dir=self._state_dir))
            self._make_resources()
            self._deploy(listener)
            self._exit_stack = self._exit_stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit_stack.close()

    def _scratch(self) -> Path:
        return Path(self._exit_stack.enter_context(tempfile.TemporaryDirectory(prefix="renderiq-stack-")))

    def _make_resources(self) -> None:
        declared = Template(self._template_path).parameters
        given = {**LOCAL_PARAMETERS, "PublicUrl": self.origin, "EmulatorUrl": self.emulator.url}
        if self._gemini_key:
            given["GeminiSecretArn"] = put_secret("renderiq-local-gemini-key", self._gemini_key, self.emulator.url)
        known = {name: value for name, value in given.items() if name in declared}
        self.template = Template(self._template_path, {**known, **self._parameters})
        self.resources = create_resources(self.template, self.emulator.url)
        kinds = {name: self.template.resources[name]["Type"] for name in self.resources}
        users = [DEMO_USER, *([OPERATOR] if "AWS::Cognito::UserPoolGroup" in kinds.values() else [])]
        for logical_id, resource in self.resources.items():
            if kinds[logical_id] == "AWS::Cognito::UserPool":
                for user in users:
                    ensure_user(user, resource.ref, self.emulator.url)

    def _deploy(self, listener: socket.socket) -> None:
        settings = ContainerSettings((self.template.root, *self.template.layers), self.log)
        api_pool = Pool(API_CONTAINERS, settings)
        for logical_id, function in self.template.functions.items():
            # Each worker has a pool of its own, so that a busy queue delays neither the API nor other queues.
            pool = api_pool if function.routes else Pool(max(2, WORKER_MEMORY // function.memory), settings)
            self._pools[DeployedFunction(function, self.environment(logical_id))] = pool
            self._exit_stack.callback(pool.close)
        waiting_pool = Pool(WAITING_REQUESTS, settings, copies=Copies(settings))
        self._waiting_pool = waiting_pool
        self._exit_stack.callback(waiting_pool.close)
        workers = list(self._workers())
        self._exit_stack.callback(_stop_all, workers)
        for worker in workers:
            worker.start()
        routes = [(route, each) for each in self._pools for route in each.function.routes]
        domain = self.origin.removeprefix("http://")
        gateway = Gateway(Router(routes), Cors(self.template.cors), api_pool, waiting_pool, domain)
        self._exit_stack.enter_context(_serving(gateway, listener))
        for thread in self._warm():
            thread.join()

    def _workers(self) -> Iterator[Poller | StreamPoller | Scheduler]:
        for each, pool in self._pools.items():
            for source in each.function.queues:
                yield Poller(source, self.resources[source.queue], each, pool, self.emulator.url)
            for stream in each.function.streams:
                yield StreamPoller(stream, self.resources[stream.table], each, pool, self.emulator.url)
            for schedule in each.function.schedules:
                yield Scheduler(schedule, each, pool)

    def _warm(self) -> list[threading.Thread]:
        """Import the functions in the background, so that the first requests are warm. Import errors are logged."""
        threads = [threading.Thread(target=self._load, args=(pool,), daemon=True) for pool in set(self._pools.values())]
        for thread in threads:
            thread.start()
        return threads

    def _load(self, pool: Pool) -> None:
        with contextlib.suppress(TooBusyError):  # the stack is stopping
            for each in (deployed for deployed, its_pool in self._pools.items() if its_pool is pool):
                if (outcome := pool.load(each)).error:
                    _logger.error(f"{each.function.logical_id} cannot be imported: {error_line(outcome)}")


def _stop_all(workers: list[Poller | StreamPoller | Scheduler]) -> None:
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join()


def _listener(port: int) -> socket.socket:
    # asyncio disables Nagle's algorithm only if the protocol is given. With it, every response waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise LocalStackError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1}."
        ) from error
    return listener


@contextmanager
def _serving(gateway: Gateway, listener: socket.socket) -> Iterator[None]:
    """Run uvicorn in a thread of its own, so that it does not handle signals."""
    config = uvicorn.Config(
        gateway.app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        server_header=False,
        date_header=True,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="gateway", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise LocalStackError("The API did not start.")
            thread.join(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join()
