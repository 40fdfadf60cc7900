"""``make soak``: load on the local stack while faults are injected, then a count of what was lost.

The whole local stack runs, with its real workers. Calls to emulated AWS fail or lose their responses, workers are
killed, messages disappear, and the webhooks' receiver fails. After that no more faults are injected and time is fast
forwarded until no item is due. Work that is not done by then counts as lost.
"""

import argparse
import base64
import contextlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from admin.figures import figure_rebuild
from admin.reconcile import reconcile, reconciliation_service
from admin.targets import Target
from local import aws, paths
from local.dev import stop_on_signals
from local.errors import LocalStackError
from local.fast_forward import attempt_now, backdate, due_items
from local.faults import Fault, Proxy, no_faults, proxy, random_faults
from local.receiver import Receiver, receiving
from local.stack import Stack
from local.users import User, ensure_user
from renderiq.stores.items import from_attributes

CLIENTS: Final = 4
SETTLING_SECONDS: Final = 400.0
_ENDED: Final = ("render.completed", "render.failed", "render.cancelled")
_PARAMETERS: Final = {
    "RenderLeaseSeconds": "30",
    "WelcomeCredits": "2000",
    "RateLimits": json.dumps({"sketchup": 100_000, "unknown": 100_000}),
}


@dataclass
class Tally:
    """Counts of what happened. Threads change it only while they hold the lock."""

    responses: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, counter: Counter[str], what: str) -> None:
        """Add one to ``what`` in one of the counters."""
        with self.lock:
            counter[what] += 1


def soak(seconds: int, seed: int | None = None) -> int:
    """Run the load and print the counts. Returns 0 if nothing was lost and every response was a documented one."""
    stop_on_signals()
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    tally, rng = Tally(), random.Random(seed)
    print(f"soaking for {seconds} s with seed {seed}", flush=True)
    log = paths.STATE / "soak.log"
    log.unlink(missing_ok=True)
    receiver_faults = _ReceiverFaults(rng, tally)
    try:
        with (
            proxy() as faulty_aws,
            Stack(parameters={**_PARAMETERS, "EmulatorUrl": faulty_aws.url}, log=log) as stack,
            receiving(receiver_faults) as receiver,
        ):
            faulty_aws.upstream = stack.emulator.url
            with _injecting_faults(stack, faulty_aws, rng, tally), receiver_faults.enabled():
                _load(stack, receiver, rng, tally, time.monotonic() + seconds)
            names = {name: resource.ref for name, resource in stack.resources.items()}
            target = Target(names, lambda service: aws.client(service, stack.emulator.url))
            still_due = _settle(stack, target)
            return _report(tally, target, receiver, still_due, faulty_aws)
    except (LocalStackError, KeyboardInterrupt) as error:
        print(f"✗ {error or 'stopped'}")
        return 1


class _ReceiverFaults:
    """Makes the receiver fail one webhook in five while enabled."""

    def __init__(self, rng: random.Random, tally: Tally) -> None:
        self._rng, self._tally, self._enabled = rng, tally, False

    def __call__(self) -> bool:
        if self._enabled and self._rng.random() < 0.2:
            self._tally.count(self._tally.faults, "responses of 500 by the receiver")
            return True
        return False

    @contextmanager
    def enabled(self) -> Iterator[None]:
        self._enabled = True
        yield
        self._enabled = False


# ---------------------------------------------------------------- faults


@contextmanager
def _injecting_faults(stack: Stack, faulty_aws: Proxy, rng: random.Random, tally: Tally) -> Iterator[None]:
    """Make calls fail in bursts, kill workers and drop messages, for the length of the ``with``."""
    over = threading.Event()

    def break_calls() -> None:
        while not over.wait(rng.uniform(3, 6)):
            services = rng.choice([{"dynamodb"}, {"s3"}, {"sqs"}, {"dynamodb", "s3", "sqs"}])
            faulty_aws.plan = random_faults(services, rng.choice([0.02, 0.1, 0.4]), rng)
            over.wait(rng.uniform(1, 3))
            faulty_aws.plan = no_faults

    def kill_workers() -> None:
        while not over.wait(rng.uniform(1, 4)):
            if name := stack.kill_a_worker(rng):
                tally.count(tally.faults, f"killed {name}")

    def drop_messages() -> None:
        sqs = aws.client("sqs", stack.emulator.url)
        while not over.wait(rng.uniform(0.5, 2)):
            queue = rng.choice(["RenderQueue", "DeliveryQueue", "ProjectCleanupQueue"])
            url = stack.resources[queue].ref
            with contextlib.suppress(BotoCoreError, ClientError):
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get("Messages", ()):
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    tally.count(tally.faults, f"dropped from {queue}")

    threads = [threading.Thread(target=each, daemon=True) for each in (break_calls, kill_workers, drop_messages)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        faulty_aws.plan = no_faults


# ---------------------------------------------------------------- load


def _load(stack: Stack, receiver: Receiver, rng: random.Random, tally: Tally, ends: float) -> None:
    pool_id = stack.resources["UserPool"].ref
    users = [User(f"soak-{number}@example.com", "Renderiq-soak-1", f"Soak {number}") for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        plugins = []
        for user in users:
            ensure_user(user, pool_id, stack.emulator.url)
            own_rng = random.Random(rng.random())
            plugins.append(_Plugin(user, stack.url, receiver.url, own_rng, tally))
        for running in [threads.submit(plugin.run, ends) for plugin in plugins]:
            running.result()


class _Plugin:
    """The plugin of one user. It makes random requests one after the other and retries those that must succeed."""

    def __init__(self, user: User, url: str, webhook_url: str, rng: random.Random, tally: Tally) -> None:
        self._user, self._webhook_url, self._rng, self._tally = user, webhook_url, rng, tally
        agent = {"user-agent": "Renderiq-Plugin/SketchUp/1.0.0"}
        self._http = httpx.Client(base_url=url, headers=agent, timeout=35, trust_env=False)
        self._refresh_token = ""
        self._projects: list[str] = []
        self._renders: list[str] = []

    def run(self, ends: float) -> None:
        """Make requests until ``ends``, a monotonic time."""
        with self._http:
            self._sign_in()
            self._call_until_success(
                "POST", "/webhooks/register", json={"url": self._webhook_url, "events": list(_ENDED)}
            )
            operations = [self._create_render] * 4
            operations += [self._read, self._cancel_render, self._create_project, self._delete_project]
            operations += [self._update_settings, self._use_api_key, self._refresh]
            while time.monotonic() < ends:
                self._rng.choice(operations)()
                time.sleep(self._rng.uniform(0.1, 1.2))

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """The JSON of a successful response, or None."""
        try:
            response = self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            self._tally.count(self._tally.responses, f"no response ({type(error).__name__})")
            return None
        body = response.json() if "application/json" in response.headers.get("content-type", "") else {}
        code = "" if response.is_success else f" {body.get('errorCode', 'not in the envelope')}"
        self._tally.count(self._tally.responses, f"{response.status_code}{code}")
        return body if response.is_success else None

    def _call_until_success(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        for pause in (0.5, 1, 2, 4, 8, 16):
            if (body := self._call(method, path, **request)) is not None:
                return body
            time.sleep(pause)
        raise LocalStackError(f"{method} {path} never succeeded")

    def _sign_in(self) -> None:
        credentials = {"email": self._user.email, "password": self._user.password}
        self._signed_in(self._call_until_success("POST", "/auth/signin", json=credentials))

    def _signed_in(self, body: Mapping[str, Any]) -> None:
        self._refresh_token = body["refresh_token"]
        self._http.headers["authorization"] = f"Bearer {body['access_token']}"

    def _refresh(self) -> None:
        body = self._call("POST", "/auth/refresh", json={"refresh_token": self._refresh_token})
        # A refresh token whose response was lost works for ten more seconds. After that, a plugin must sign in again.
        self._signed_in(body) if body else self._sign_in()

    def _create_render(self) -> None:
        order = {"uploadedImageData": _CAPTURE, "quality": "standard", "aspectRatio": "1:1"}
        if self._projects and self._rng.random() < 0.4:
            order["projectId"] = self._rng.choice(self._projects)
        key = {"idempotency-key": str(self._rng.random())}
        for _ in range(3):
            if body := self._call("POST", "/renders", json=order, headers=key):
                self._renders.append(body["data"]["renderId"])
                with self._tally.lock:
                    self._tally.accepted.add(self._renders[-1])
                return

    def _read(self) -> None:
        for path in ("/auth/me", "/credits", "/credits/transactions", "/projects", "/renders", "/webhooks"):
            self._call("GET", path)
        if self._renders:
            self._call("GET", f"/renders/{self._rng.choice(self._renders)}")

    def _cancel_render(self) -> None:
        if self._renders:
            self._call("DELETE", f"/renders/{self._renders[-1]}")

    def _create_project(self) -> None:
        if body := self._call("POST", "/projects", json={"name": "Villa"}):
            self._projects.append(body["data"]["id"])

    def _delete_project(self) -> None:
        if self._projects:
            self._call("DELETE", f"/projects/{self._projects.pop(0)}")

    def _update_settings(self) -> None:
        self._call("PUT", "/settings", json={"preferences": {"theme": self._rng.choice(["dark", "light"])}})

    def _use_api_key(self) -> None:
        if body := self._call("POST", "/keys", json={"name": "soak", "scopes": ["renders:read"]}):
            self._call("GET", "/renders", headers={"x-api-key": body["data"]["key"], "authorization": ""})
            self._call("DELETE", f"/keys/{body['data']['id']}")


def _capture() -> str:
    file = BytesIO()
    Image.new("RGB", (96, 96), "#b8b4ac").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


_CAPTURE: Final = _capture()


# ---------------------------------------------------------------- results


def _settle(stack: Stack, target: Target) -> list[str]:
    """Fast-forward until no item is due. Returns the keys of those that are due after ``SETTLING_SECONDS``."""
    dynamodb, names = target.client("dynamodb"), target.names
    ends = time.monotonic() + SETTLING_SECONDS
    while (due := _due(target)) and time.monotonic() < ends:
        backdate(dynamodb, names["RendersTable"], names["ProjectsTable"], by=timedelta(seconds=20))
        attempt_now(dynamodb, names["DeliveriesTable"])
        stack.invoke("SweeperFunction", {})
        time.sleep(3)
    return due


def _due(target: Target) -> list[str]:
    keys = {"RendersTable": "renderId", "DeliveriesTable": "deliveryId", "ProjectsTable": "projectId"}
    dynamodb = target.client("dynamodb")
    return [item[key] for table, key in keys.items() for item in due_items(dynamodb, target.names[table])]


def _renders(target: Target) -> dict[str, str]:
    """The status of every render, by id."""
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.names["RendersTable"])
    items = (from_attributes(item) for page in pages for item in page["Items"])
    return {item["renderId"]: item["status"] for item in items if "status" in item}


def _report(tally: Tally, target: Target, receiver: Receiver, still_due: list[str], faulty_aws: Proxy) -> int:
    announced = set()
    while not receiver.arrivals.empty():
        message = json.loads(receiver.arrivals.get().body)
        if message["event"] in _ENDED:
            announced.add(message["data"]["renderId"])
    records = _renders(target)
    known = tally.accepted | set(records)
    # A render that was deleted with its project has no record. It is not lost if a webhook announced its end.
    lost = [each for each in known if records.get(each) not in {"completed", "failed", "cancelled", None}]
    lost += [each for each in known if each not in records and each not in announced]
    wrong_figures = figure_rebuild(target).run()
    lines: list[str] = []
    status = reconcile(reconciliation_service(target), lines.append)
    unannounced = known - announced
    unexpected = {each: count for each, count in tally.responses.items() if not _is_expected(each)}
    for line in (
        f"requests        {tally.responses.total():,}  {_listed(tally.responses)}",
        f"failed calls    {faulty_aws.injected.total():,}  {_listed(_by_fault(faulty_aws))}",
        f"other faults    {tally.faults.total():,}  {_listed(tally.faults)}",
        f"renders         {len(known):,}  {_listed(Counter(records.values()))}, {len(known) - len(records)} deleted",
        f"accounts        {lines[-2]}",
        f"still due       {len(still_due)}",
        f"renders lost    {len(lost)}",
        f"credits off     {sum(line.startswith('✗') for line in lines)}",
        f"webhooks lost   {len(unannounced)}",
        f"figures off     {wrong_figures}",
        f"unexpected      {sum(unexpected.values())}  {_listed(Counter(unexpected))}",
    ):
        print(line.rstrip(), flush=True)
    return 1 if still_due or lost or unannounced or wrong_figures or status or unexpected else 0


def _is_expected(response: str) -> bool:
    """Whether it is a success, an error that random requests can cause, or a 503 because of an injected fault."""
    status = response.split()[0]
    refusals = {"400", "401", "402", "404", "409", "413", "422", "429"}
    return status.startswith("2") or status == "503" or (status in refusals and "envelope" not in response)


def _by_fault(faulty_aws: Proxy) -> Counter[str]:
    faults: Counter[str] = Counter()
    for name, count in faulty_aws.injected.items():
        faults[next(fault for fault in Fault if name.endswith(fault))] += count
    return faults


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {count:,}" for what, count in sorted(counts.items()))


def main() -> int:
    """Run the soak with the command's arguments. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=int, default=180, help="how long the load lasts")
    parser.add_argument("--seed", type=int, help="the seed that an earlier run printed, for the same faults")
    arguments = parser.parse_args()
    return soak(arguments.seconds, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
