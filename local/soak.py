"""``make soak``: steady load of all operations while things break at random, and a count of what was lost.

The whole local stack is at work, with its real workers. Calls to emulated AWS fail or lose their answers, workers are
killed, messages disappear, the webhooks' receiver fails. Afterwards nothing breaks any more and time passes faster,
until everything that is owed is done. What then is missing is lost.
"""

import base64
import contextlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from local import aws, paths
from local.dev import stop_on_signals
from local.errors import LocalStackError
from local.faults import Fault, Proxy, all_is_well, now_and_then, proxy
from local.haste import attempt_now, backdate
from local.places import Place
from local.receiver import Receiver, receiving
from local.reconcile import reconcile, reconciliation_service
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
    """What happened; everything here is added to from several threads, under the lock."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, counter: Counter[str], what: str, by: int = 1) -> None:
        with self.lock:
            counter[what] += by


def soak(seconds: int, seed: int | None = None) -> int:
    """Prints figures; 0 only if nothing was lost and no answer was one that a client cannot understand."""
    stop_on_signals()
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    tally, rng = Tally(), random.Random(seed)  # noqa: S311 (chance, not a secret)
    print(f"soaking for {seconds} s with seed {seed}", flush=True)
    log = paths.STATE / "soak.log"
    log.unlink(missing_ok=True)
    failing = _Failing(rng, tally)
    try:
        with (
            proxy() as way,
            Stack(parameters={**_PARAMETERS, "EmulatorUrl": way.url}, log=log) as stack,
            receiving(failing) as receiver,
        ):
            way.upstream = stack.emulator.url
            with _breaking(stack, way, rng, tally), failing.at_work():
                _load(stack, receiver, rng, tally, time.monotonic() + seconds)
            place = Place({name: made.ref for name, made in stack.resources.items()}, _clients(stack))
            left = _settle(stack, place)
            return _report(tally, place, receiver, left, way)
    except (LocalStackError, KeyboardInterrupt) as error:
        print(f"✗ {error or 'stopped'}")
        return 1


def _clients(stack: Stack) -> Callable[[str], Any]:
    return lambda service: aws.client(service, stack.emulator.url)


class _Failing:
    """Whether the receiver fails this time."""

    def __init__(self, rng: random.Random, tally: Tally) -> None:
        self._rng, self._tally, self._on = rng, tally, False

    def __call__(self) -> bool:
        if self._on and self._rng.random() < 0.2:
            self._tally.count(self._tally.faults, "answers of 500 by the receiver")
            return True
        return False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._on = True
        yield
        self._on = False


# ---------------------------------------------------------------- what breaks


@contextmanager
def _breaking(stack: Stack, way: Proxy, rng: random.Random, tally: Tally) -> Iterator[None]:
    """Faults until the end of the ``with``: bursts of broken calls, and every few seconds a death and a theft."""
    over = threading.Event()

    def outages() -> None:
        while not over.wait(rng.uniform(3, 6)):
            services = rng.choice([{"dynamodb"}, {"s3"}, {"sqs"}, {"dynamodb", "s3", "sqs"}])
            way.plan = now_and_then(services, rng.choice([0.02, 0.1, 0.4]), rng)
            over.wait(rng.uniform(1, 3))
            way.plan = all_is_well

    def deaths() -> None:
        while not over.wait(rng.uniform(1, 4)):
            if name := stack.kill_a_worker(rng):
                tally.count(tally.faults, f"killed {name}")

    def thefts() -> None:
        sqs = aws.client("sqs", stack.emulator.url)
        while not over.wait(rng.uniform(0.5, 2)):
            queue = rng.choice(["RenderQueue", "DeliveryQueue", "ProjectCleanupQueue"])
            url = stack.resources[queue].ref
            with contextlib.suppress(BotoCoreError, ClientError):
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get("Messages", ()):
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    tally.count(tally.faults, f"dropped of {queue}")

    threads = [threading.Thread(target=each, daemon=True) for each in (outages, deaths, thefts)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        way.plan = all_is_well


# ---------------------------------------------------------------- what is asked for


def _load(stack: Stack, receiver: Receiver, rng: random.Random, tally: Tally, ends: float) -> None:
    pool_id = stack.resources["UserPool"].ref
    people = [User(f"soak-{number}@example.com", "Renderiq-soak-1", f"Soak {number}") for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        plugins = []
        for person in people:
            ensure_user(person, pool_id, stack.emulator.url)
            chance = random.Random(rng.random())  # noqa: S311 (chance, not a secret)
            plugins.append(_Plugin(person, stack.url, receiver.url, chance, tally))
        for work in [threads.submit(plugin.work, ends) for plugin in plugins]:
            work.result()


class _Plugin:
    """One user's plugin: does one thing after the other, and repeats what was not answered."""

    def __init__(self, person: User, url: str, hook: str, rng: random.Random, tally: Tally) -> None:
        self._person, self._hook, self._rng, self._tally = person, hook, rng, tally
        agent = {"user-agent": "Renderiq-Plugin/SketchUp/1.0.0"}
        self._http = httpx.Client(base_url=url, headers=agent, timeout=35, trust_env=False)
        self._refresh_token = ""
        self._projects: list[str] = []
        self._renders: list[str] = []

    def work(self, ends: float) -> None:
        with self._http:
            self._sign_in()
            self._must("POST", "/webhooks/register", json={"url": self._hook, "events": list(_ENDED)})
            others = [self._look, self._cancel, self._begin_project, self._drop_project, self._prefer, self._key]
            operations = [*[self._ask] * 4, *others, self._refresh]
            while time.monotonic() < ends:
                self._rng.choice(operations)()
                time.sleep(self._rng.uniform(0.1, 1.2))

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """What a success brings, None for anything else."""
        try:
            answer = self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            self._tally.count(self._tally.answers, f"no answer ({type(error).__name__})")
            return None
        told = answer.json() if "application/json" in answer.headers.get("content-type", "") else {}
        code = "" if answer.is_success else f" {told.get('errorCode', 'not in the envelope')}"
        self._tally.count(self._tally.answers, f"{answer.status_code}{code}")
        return told if answer.is_success else None

    def _must(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        for pause in (0.5, 1, 2, 4, 8, 16):
            if (told := self._call(method, path, **request)) is not None:
                return told
            time.sleep(pause)
        raise LocalStackError(f"{method} {path} never succeeded")

    def _sign_in(self) -> None:
        credentials = {"email": self._person.email, "password": self._person.password}
        self._signed_in(self._must("POST", "/auth/signin", json=credentials))

    def _signed_in(self, told: Mapping[str, Any]) -> None:
        self._refresh_token = told["refresh_token"]
        self._http.headers["authorization"] = f"Bearer {told['access_token']}"

    def _refresh(self) -> None:
        told = self._call("POST", "/auth/refresh", json={"refresh_token": self._refresh_token})
        # A lost answer is forgiven for ten seconds; after that a plugin has to sign in again.
        self._signed_in(told) if told else self._sign_in()

    def _ask(self) -> None:
        order = {"uploadedImageData": _CAPTURE, "quality": "standard", "aspectRatio": "1:1"}
        if self._projects and self._rng.random() < 0.4:
            order["projectId"] = self._rng.choice(self._projects)
        key = {"idempotency-key": str(self._rng.random())}
        for _ in range(3):
            if told := self._call("POST", "/renders", json=order, headers=key):
                self._renders.append(told["data"]["renderId"])
                with self._tally.lock:
                    self._tally.accepted.add(self._renders[-1])
                return

    def _look(self) -> None:
        for path in ("/auth/me", "/credits", "/credits/transactions", "/projects", "/renders", "/webhooks"):
            self._call("GET", path)
        if self._renders:
            self._call("GET", f"/renders/{self._rng.choice(self._renders)}")

    def _cancel(self) -> None:
        if self._renders:
            self._call("DELETE", f"/renders/{self._renders[-1]}")

    def _begin_project(self) -> None:
        if told := self._call("POST", "/projects", json={"name": "Villa"}):
            self._projects.append(told["data"]["id"])

    def _drop_project(self) -> None:
        if self._projects:
            self._call("DELETE", f"/projects/{self._projects.pop(0)}")

    def _prefer(self) -> None:
        self._call("PUT", "/settings", json={"preferences": {"theme": self._rng.choice(["dark", "light"])}})

    def _key(self) -> None:
        if told := self._call("POST", "/keys", json={"name": "soak", "scopes": ["renders:read"]}):
            self._call("GET", "/renders", headers={"x-api-key": told["data"]["key"], "authorization": ""})
            self._call("DELETE", f"/keys/{told['data']['id']}")


def _capture() -> str:
    file = BytesIO()
    Image.new("RGB", (96, 96), "#b8b4ac").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


_CAPTURE: Final = _capture()


# ---------------------------------------------------------------- what is left


def _settle(stack: Stack, place: Place) -> list[str]:
    """Waits until nothing is owed, with time passing faster. What is owed at the end of all patience."""
    ends = time.monotonic() + SETTLING_SECONDS
    while (left := _owed(place)) and time.monotonic() < ends:
        backdate(place, "RendersTable", "ProjectsTable", by=timedelta(seconds=20))
        attempt_now(place)
        stack.invoke("SweeperFunction", {})
        time.sleep(3)
    return left


def _items(place: Place, table: str) -> Iterator[dict[str, Any]]:
    for page in place.client("dynamodb").get_paginator("scan").paginate(TableName=place.names[table]):
        yield from map(from_attributes, page["Items"])


def _owed(place: Place) -> list[str]:
    tables = {"RendersTable": "renderId", "DeliveriesTable": "deliveryId", "ProjectsTable": "projectId"}
    return [item[key] for table, key in tables.items() for item in _items(place, table) if "dueShard" in item]


def _report(tally: Tally, place: Place, receiver: Receiver, left: list[str], way: Proxy) -> int:
    told = set()
    while not receiver.arrivals.empty():
        message = json.loads(receiver.arrivals.get().body)
        if message["event"] in _ENDED:
            told.add(message["data"]["renderId"])
    records = {item["renderId"]: item["status"] for item in _items(place, "RendersTable") if "status" in item}
    known = tally.accepted | set(records)
    # Of a render that went with its project, what was told of it is all there is.
    lost = [each for each in known if records.get(each) not in {"completed", "failed", "cancelled", None}]
    lost += [each for each in known if each not in records and each not in told]
    said: list[str] = []
    books = reconcile(reconciliation_service(place), said.append)
    untold = known - told
    strange = {each: count for each, count in tally.answers.items() if not _is_understood(each)}
    for line in (
        f"requests        {tally.answers.total():,}  {_listed(tally.answers)}",
        f"calls broken    {way.met.total():,}  {_listed(_by_fault(way))}",
        f"other faults    {tally.faults.total():,}  {_listed(tally.faults)}",
        f"renders         {len(known):,}  {_listed(Counter(records.values()))}, {len(known) - len(records)} gone",
        f"books           {said[-2]}",
        f"still owed      {len(left)}",
        f"renders lost    {len(lost)}",
        f"credits off     {sum(line.startswith('✗') for line in said)}",
        f"webhooks lost   {len(untold)}",
        f"strange answers {sum(strange.values())}  {_listed(Counter(strange))}",
    ):
        print(line.rstrip(), flush=True)
    return 1 if left or lost or untold or books or strange else 0


def _is_understood(answer: str) -> bool:
    """A success, a refusal that the requests ask for by chance, or a service that is out for the moment."""
    status = answer.split()[0]
    refusals = {"400", "401", "402", "404", "409", "413", "422", "429"}
    return status.startswith("2") or status == "503" or (status in refusals and "envelope" not in answer)


def _by_fault(way: Proxy) -> Counter[str]:
    faults: Counter[str] = Counter()
    for name, count in way.met.items():
        faults[next(fault for fault in Fault if name.endswith(fault))] += count
    return faults


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {count:,}" for what, count in sorted(counts.items()))
