"""The API in processes, as on Lambda, for concurrent calls. There is no network in front of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.containers import ContainerSettings, DeployedFunction, Pool
from local.template import Template
from renderiq.settings import Settings
from tests.support.http import Response, event
from tests.support.paths import ROOT


class ParallelApi:
    """``call`` is thread-safe."""

    def __init__(self, pool: Pool, environment: dict[str, str]) -> None:
        self._pool = pool
        self._environment = environment
        self._functions = Template(ROOT / "template.yaml").functions

    def call(self, function: str, method: str, path: str, **given: Any) -> Response:
        """Returns a response of 500 ``CRASHED`` if the function crashed."""
        deployed = DeployedFunction(self._functions[function], self._environment)
        outcome = self._pool.invoke(deployed, event(method, path, **given))
        if outcome.error:
            return Response(500, {}, '{"errorCode": "CRASHED"}')
        return Response(outcome.result["statusCode"], outcome.result["headers"], outcome.result["body"])


@contextmanager
def parallel_api(log: Path, *, size: int = 4, **environment: str) -> Iterator[ParallelApi]:
    """Starts the API with this process's environment; ``environment`` overrides variables."""
    names = {name.upper() for name in vars(Settings) if not name.startswith("_")}
    mine = {name: value for name, value in os.environ.items() if name in names or name == "LOG_LEVEL"}
    template = Template(ROOT / "template.yaml")
    pool = Pool(size, ContainerSettings((template.root, *template.layers), log))
    api = ParallelApi(pool, mine | environment)
    try:
        with ThreadPoolExecutor(size) as together:  # cold starts happen here and not during a test
            list(together.map(lambda _: api.call("RendersFunction", "GET", "/renders"), range(size)))
        yield api
    finally:
        pool.close()
