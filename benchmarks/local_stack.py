"""``python -m benchmarks.local_stack``: the local stack end to end, written to docs/performance.md.

It measures requests of 1, 8 and 32 clients beside a bare handler behind the same gateway, the way of a render to its
webhook, and listings while a user's renders grow from 10 to 10,000. Times depend on the machine; the ratios hardly do.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
import yaml

from benchmarks.page import table, write_section
from local import aws, paths
from local.cloudformation import load
from local.receiver import receiving
from local.stack import BASE_PATH, Stack
from local.users import DEMO_USER
from renderiq.ids import uuid8

CLIENTS: Final = (1, 8, 32)
SECONDS: Final = 4.0
ROUNDS: Final = 2
"""The better of these is kept, because other work on the machine only adds time."""
BARE: Final = "/bare"
PATHS: Final = (BARE, "/health", "/credits", "/renders")
RENDERS: Final = 20
GROWTH: Final = (10, 1_000, 10_000)
REPEATS: Final = 25
_PARAMETERS: Final = {
    "RateLimits": json.dumps({"sketchup": 10_000_000, "unknown": 10_000_000}),
    "WelcomeCredits": "100000",
}
_BARE_HANDLER: Final = Path(__file__).parent / "requests" / "peers" / "bare"
_ORDER: Final = {"quality": "standard", "style": "natural"}
_CAPTURE: Final = paths.ROOT / "tests" / "data" / "viewport_clean.png"


@contextmanager
def running_stack() -> Iterator[Stack]:
    """The local stack with one more function, which answers ``BARE`` with a constant."""
    template = load(paths.TEMPLATE)
    template["Resources"]["BareFunction"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": str(_BARE_HANDLER.relative_to(paths.ROOT)),
            "Events": {"Api": {"Type": "HttpApi", "Properties": {"Method": "GET", "Path": BASE_PATH + BARE}}},
        },
    }
    # Paths in a template are relative to its folder.
    file = paths.ROOT / ".local" / "benchmark" / "template.yaml"
    shutil.rmtree(file.parent, ignore_errors=True)
    file.parent.mkdir(parents=True)
    for folder in ("functions", "layers", "benchmarks"):
        (file.parent / folder).symlink_to(paths.ROOT / folder)
    file.write_text(yaml.safe_dump(template), encoding="utf-8")
    with Stack(template=file, parameters=_PARAMETERS, log=file.with_name("functions.log")) as stack:
        yield stack


@contextmanager
def signed_in(stack: Stack) -> Iterator[httpx.Client]:
    """A client with the token of the demo user, as a plugin has it."""
    with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as api:
        credentials = {"email": DEMO_USER.email, "password": DEMO_USER.password}
        token = api.post("/auth/signin", json=credentials).raise_for_status().json()["access_token"]
        api.headers.update({"authorization": f"Bearer {token}", "x-renderiq-platform": "sketchup"})
        yield api


def latencies(stack: Stack, headers: Mapping[str, str], path: str, *, clients: int) -> list[float]:
    """Requests ``path`` by so many clients for ``SECONDS``, and returns the seconds of each request."""
    until = time.monotonic() + SECONDS

    def request_repeatedly(_: int) -> list[float]:
        taken = []
        with httpx.Client(base_url=stack.url, headers=headers, timeout=60, trust_env=False) as api:
            while time.monotonic() < until:
                began = time.perf_counter()
                api.get(path).raise_for_status()
                taken.append(time.perf_counter() - began)
        return taken

    with ThreadPoolExecutor(clients) as threads:
        return [each for some in threads.map(request_repeatedly, range(clients)) for each in some]


def load_rows(stack: Stack, headers: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yields a row per path: requests a second, and median and 95th percentile over those of the bare handler."""
    best: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for clients in CLIENTS:
            for path in PATHS:
                found = latencies(stack, headers, path, clients=clients)
                best[path, clients] = min(best.get((path, clients), found), found, key=median)
    for path in PATHS:
        cells = [f"`GET {path}`" if path != BARE else "bare handler"]
        for clients in CLIENTS:
            own, bare = best[path, clients], best[BARE, clients]
            ratio = "" if path == BARE else f", {median(own) / median(bare):.1f}x / {_p95(own) / _p95(bare):.1f}x"
            cells.append(f"{len(own) / SECONDS:.0f}/s, {_ms(median(own))}{ratio}")
        yield tuple(cells)


def render_rows(api: httpx.Client) -> Iterator[tuple[str, ...]]:
    """Yields a row per step of a render: its median and its 95th percentile."""
    steps: dict[str, list[float]] = {"POST /renders answered": [], "completed → webhook received": [], "whole": []}
    capture = _CAPTURE.read_bytes()
    with receiving() as receiver:
        body = {"url": receiver.url, "events": ["render.completed"]}
        webhook = api.post("/webhooks/register", json=body).raise_for_status().json()["data"]["webhookId"]
        for _ in range(RENDERS):
            began = datetime.now(UTC)
            order = api.post("/renders", files={"uploadedImageData": ("view.png", capture)}, data=_ORDER)
            answered, render_id = datetime.now(UTC), order.raise_for_status().json()["data"]["renderId"]
            message = json.loads(receiver.arrivals.get(timeout=90).body)
            received = datetime.now(UTC)
            if message["data"]["renderId"] != render_id:
                raise RuntimeError(f"The webhook is about another render: {message}")
            completed = datetime.fromisoformat(api.get(f"/renders/{render_id}").json()["data"]["completedAt"])
            for taken, since, until in zip(
                steps.values(), (began, completed, began), (answered, received, received), strict=True
            ):
                taken.append((until - since) / timedelta(seconds=1))
        api.delete(f"/webhooks/{webhook}").raise_for_status()
    for step, taken in steps.items():
        yield step, _ms(median(taken)), _ms(_p95(taken))


class StoredItems:
    """Adds copies of stored items, with other ids, straight to the tables of a user."""

    def __init__(self, stack: Stack, user_id: str) -> None:
        self._stack, self._user_id = stack, user_id
        self._dynamodb = aws.client("dynamodb", stack.emulator.url)

    def copy(self, table: str, *, many: int, **changes: str) -> None:
        """Adds ``many`` copies of the user's first item. ``changes`` are its attributes that get a new id each."""
        name = self._stack.resources[table].ref
        mine = {"FilterExpression": "userId = :user", "ExpressionAttributeValues": {":user": {"S": self._user_id}}}
        original = self._dynamodb.scan(TableName=name, **mine)["Items"][0]
        for start in range(0, many, 25):
            puts = [
                {"PutRequest": {"Item": original | self._ids(changes, f"{table} {number}")}}
                for number in range(start, min(start + 25, many))
            ]
            self._dynamodb.batch_write_item(RequestItems={name: puts})

    def query(self, table: str) -> None:
        """Reads a page of the user's items from the emulator, as the function of a listing does."""
        self._dynamodb.query(
            TableName=self._stack.resources[table].ref,
            KeyConditionExpression="userId = :user",
            ExpressionAttributeValues={":user": {"S": self._user_id}},
            ScanIndexForward=False,
            Limit=21,
        )

    @staticmethod
    def _ids(changes: Mapping[str, str], fact: str) -> dict[str, Any]:
        return {name: {"S": prefix + uuid8(datetime(2020, 1, 1, tzinfo=UTC), fact)} for name, prefix in changes.items()}


def growth_rows(stack: Stack, api: httpx.Client) -> Iterator[tuple[str, ...]]:
    """Yields a row per listing: its median with 10 renders, 1,000 and 10,000, and what the last is over the first."""
    render_id = api.get("/renders").json()["data"]["renders"][0]["renderId"]
    api.post("/keys", json={"name": "CI", "scopes": ["renders:read"]}).raise_for_status()
    stored = StoredItems(stack, api.get("/auth/me").json()["user"]["id"])
    paths = (
        "/renders?limit=20",
        "/renders?limit=20&status=failed",
        f"/renders/{render_id}",
        "/credits/transactions?limit=20",
        "/keys",
    )
    measured: dict[str, Callable[[], object]] = {
        "bare handler": partial(_get, api, BARE),
        "emulator alone: `Query` of 21 renders": partial(stored.query, "RendersTable"),
        "emulator alone: `Query` of 21 entries": partial(stored.query, "LedgerTable"),
        **{f"`GET {path.replace(render_id, '{renderId}')}`": partial(_get, api, path) for path in paths},
    }
    taken: dict[str, list[float]] = {name: [] for name in measured}
    there = RENDERS
    for wanted in GROWTH:
        added = max(0, wanted - there)
        stored.copy("RendersTable", many=added, renderId="")
        stored.copy("LedgerTable", many=added, entryId="")
        stored.copy("ApiKeysTable", many=added // 10, keyId="", keyHash="")
        there += added
        for name, call in measured.items():
            taken[name].append(min(_median_of(call) for _ in range(ROUNDS)))
    for name, times in taken.items():
        yield name, *map(_ms, times), f"{times[-1] / times[0]:.1f}x"


def _get(api: httpx.Client, path: str) -> None:
    api.get(path).raise_for_status()


def _median_of(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return median(taken)


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def main() -> None:
    """Measures and writes the section."""
    with running_stack() as stack, signed_in(stack) as api:
        print("→ renders, each with a webhook", flush=True)
        renders = table(("step", "median", "95th percentile"), render_rows(api))
        print("→ requests of 1, 8 and 32 clients", flush=True)
        heads = tuple(f"{clients} client{'s' if clients > 1 else ''}" for clients in CLIENTS)
        requests = table(("request", *heads), load_rows(stack, dict(api.headers)))
        print("→ listings of a user with more and more renders", flush=True)
        growth = table(
            ("request", *(f"{many:,} renders" for many in GROWTH), "growth"),
            growth_rows(stack, api),
        )
    text = f"""\
Measured by `make benchmark-local` on the local stack ({os.cpu_count()} cores, {platform.machine()}, Python
{platform.python_version()}), where the clients, the gateway, the functions and emulated AWS share the machine.

### Requests

Requests a second and the median; then the median and the 95th percentile over those of a bare handler behind the same
gateway.

{requests}

### From order to webhook

{RENDERS} renders of standard quality, one after another.

{renders}

### Growth

Medians. With each render the user has one more entry in the ledger, and with ten of them one more key. The number of
reads and their units do not grow: each listing is one `Query` with a limit. The emulator reads all items of the user to
answer it, and those of the whole table for a `Query` of an index, which DynamoDB does not. Two rows have its own time.

{growth}
"""
    write_section("local stack", "The local stack, end to end", text)
    print(text)


if __name__ == "__main__":
    main()
