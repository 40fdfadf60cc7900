"""Paging during writes: every item that existed at the start is listed, and listed once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice, pairwise
from threading import Event, Thread
from typing import Any, Final

import pytest

from local.emulator import Emulator
from renderiq.domain.projects import NewProject
from renderiq.domain.renders import Quality, Render
from renderiq.ids import uuid7
from renderiq.platform import Platform
from renderiq.services.projects import Cover
from renderiq.stores.items import Item, from_attributes, to_attributes
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.http import call, call_unchecked
from tests.support.orders import order
from tests.support.webhooks import register_webhook

RENDERS: Final = 1000
PROJECTS: Final = 250
SIZES: Final = range(1, 101)
STATUSES: Final = ("completed", "failed", "cancelled", "pending")
PLATFORMS: Final = ("sketchup", "revit", "blender")
UNLIMITED: Final = json.dumps(dict.fromkeys(Platform, 1_000_000))


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """An environment with rate limits that no test reaches."""
    with Emulator() as emulator, aws_environment(emulator.url, RateLimits=UNLIMITED) as made:
        yield made


@dataclass(frozen=True)
class Library:
    """A user with many projects and renders; ids are newest first."""

    user: User
    projects: list[str]
    renders: list[Item]

    def ids(self, **wanted: str) -> list[str]:
        """Returns the ids of the renders with these attributes."""
        return [
            item["renderId"] for item in self.renders if all(item.get(name) == value for name, value in wanted.items())
        ]


def add_render(user: User, project_id: str | None = None) -> str:
    """Adds a render as the service does, without storing a picture."""
    render_id, now = uuid7(), datetime.now(UTC)
    render = Render(
        render_id,
        user.user_id,
        order(quality=Quality.STANDARD, project_id=project_id),
        5,
        f"captures/{render_id}",
        "rhino",
        now,
    )
    wiring.renders().add([render], None)
    return render_id


def add_project(user: User, platform: str) -> str:
    plan = NewProject(f"Villa {uuid7()}", "", platform)
    return wiring.project_service().create(user.user_id, plan, Cover(), now=datetime.now(UTC)).project_id


def item_of(aws: AwsEnvironment, table: str, **key: str) -> Item:
    answer = aws.client("dynamodb").get_item(TableName=aws.resources[table].ref, Key=to_attributes(key))
    return from_attributes(answer["Item"])


def put_all(aws: AwsEnvironment, table: str, items: list[Item]) -> None:
    name = aws.resources[table].ref
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": to_attributes(item)}} for item in items[start : start + 25]]
        assert not aws.client("dynamodb").batch_write_item(RequestItems={name: puts})["UnprocessedItems"]


def ids_before(number: int) -> list[str]:
    """Returns ids with past times, newest first."""
    return sorted((uuid7() for _ in range(number)), reverse=True)


@pytest.fixture(scope="module")
def library(aws: AwsEnvironment) -> Library:
    """The store writes the first render; the others are copies of its item with other ids."""
    user = create_user(aws, balance=1_000_000)
    projects = [add_project(user, platform) for platform in islice(cycle(PLATFORMS), PROJECTS)]
    first = item_of(aws, "RendersTable", userId=user.user_id, renderId=add_render(user, projects[0]))
    homes = [projects[0], projects[1], None]
    renders = [
        first
        | {
            "renderId": render_id,
            "status": STATUSES[number % len(STATUSES)],
            "platform": PLATFORMS[number % len(PLATFORMS)],
            "projectId": homes[number // 7 % len(homes)],
        }
        for number, render_id in enumerate(ids_before(RENDERS - 1))
    ]
    put_all(aws, "RendersTable", renders)
    kept = sorted([first, *renders], key=lambda item: str(item["renderId"]), reverse=True)
    return Library(user, sorted(projects, reverse=True), kept)


def walk(
    user: User, function: str, path: str, listed: str, id_name: str, *, limits: Sequence[int], **query: Any
) -> list[str]:
    """Follows the cursors and returns the ids of all pages. Each page has the next of ``limits`` as its size."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    for limit in cycle(limits):
        ask = call_unchecked if cursor else call  # the contract is the same for every page of a walk
        answer = ask(function, "GET", path, headers=user.headers, query={**query, **cursor, "limit": limit})
        assert answer.status == 200, answer.body
        page = answer.data[listed]
        assert len(page) <= limit
        found += [each[id_name] for each in page]
        if not answer.data.get("nextCursor"):
            break
        assert page or query, "only a filter may leave a page empty"
        cursor = {"cursor": answer.data["nextCursor"]}
    return found


@contextmanager
def meanwhile(work: Callable[[], object], *, at_most: int = 150) -> Iterator[list[object]]:
    """Repeats ``work`` in another thread and yields the list of its results."""
    done: list[object] = []
    stop = Event()

    def run() -> None:
        while len(done) < at_most and not stop.wait(0.02):
            done.append(work())

    thread = Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()
    assert done


def assert_complete(found: list[str], existing: list[str]) -> None:
    assert all(newer > older for newer, older in pairwise(found)), "newest first, each once"
    assert [each for each in found if each in set(existing)] == existing


def renders_of(user: User, **query: Any) -> list[str]:
    return walk(user, "renders", "/renders", "renders", "renderId", **query)


def projects_of(user: User, **query: Any) -> list[str]:
    return walk(user, "projects", "/projects", "projects", "id", **query)


# A page depends only on its size and its start, so each page of a walk may have another size. Together these walks use
# every size.
@pytest.mark.parametrize("first", range(1, 7))
def test_every_page_size_lists_a_thousand_renders_while_new_ones_are_added(library: Library, first: int) -> None:
    existing = library.ids()

    with meanwhile(lambda: add_render(library.user), at_most=40):
        assert_complete(renders_of(library.user, limits=SIZES[first - 1 :: 6]), existing)


@pytest.mark.parametrize("first", range(1, 22))
def test_every_page_size_lists_all_projects_while_new_ones_are_added(library: Library, first: int) -> None:
    with meanwhile(lambda: add_project(library.user, "rhino"), at_most=10):
        assert_complete(projects_of(library.user, limits=SIZES[first - 1 :: 21]), library.projects)


@pytest.mark.parametrize(
    "wanted", [{"status": "failed"}, {"platform": "revit"}, {"status": "completed", "platform": "sketchup"}]
)
def test_a_filter_lists_all_matching_renders_while_new_ones_are_added(library: Library, wanted: dict[str, str]) -> None:
    with meanwhile(lambda: add_render(library.user), at_most=40):
        assert_complete(renders_of(library.user, limits=[37], **wanted), library.ids(**wanted))


def test_all_renders_of_a_project_are_listed_while_new_ones_are_added(library: Library) -> None:
    project_id = min(library.projects)

    with meanwhile(lambda: add_render(library.user, project_id), at_most=40):
        assert_complete(renders_of(library.user, limits=[23], projectId=project_id), library.ids(projectId=project_id))


def test_all_projects_of_a_platform_are_listed_while_others_are_added(library: Library) -> None:
    revit = [project_id for project_id in library.projects if platform_of(library, project_id) == "revit"]

    with meanwhile(lambda: add_project(library.user, "rhino"), at_most=40):
        assert_complete(projects_of(library.user, limits=[31], platform="revit"), revit)


def platform_of(library: Library, project_id: str) -> str:
    made = sorted(library.projects)
    return PLATFORMS[made.index(project_id) % len(PLATFORMS)]


def test_an_offset_lists_every_project_once(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    existing = sorted((add_project(user, "rhino") for _ in range(60)), reverse=True)

    pages = [
        call("projects", "GET", "/projects", headers=user.headers, query={"limit": 25, "offset": offset}).data
        for offset in (0, 25, 50, 75)
    ]

    assert [each["id"] for page in pages for each in page["projects"]] == existing
    assert [len(page["projects"]) for page in pages] == [25, 25, 10, 0]
    assert {page["total"] for page in pages} == {60}


@pytest.mark.parametrize("size", [1, 7])
def test_the_whole_ledger_is_listed_while_it_grows(aws: AwsEnvironment, size: int) -> None:
    user = create_user(aws, balance=1_000_000)
    for _ in range(30):
        add_render(user)
    existing = sorted((item["entryId"] for item in aws.items_of("LedgerTable", user)), reverse=True)

    with meanwhile(lambda: add_render(user), at_most=40):
        page = ("credits_transactions", "/credits/transactions", "transactions", "id")
        assert_complete(walk(user, *page, limits=[size]), existing)


@pytest.mark.parametrize("size", [1, 7])
def test_all_deliveries_are_listed_while_more_are_sent(aws: AwsEnvironment, size: int) -> None:
    user = create_user(aws)
    hook = register_webhook(user)["webhookId"]

    def send() -> object:
        return wiring.webhook_service().send_test(user.user_id, hook, now=datetime.now(UTC))

    for _ in range(30):
        send()
    existing = sorted((item["deliveryId"] for item in aws.items_of("DeliveriesTable", user)), reverse=True)

    with meanwhile(send, at_most=40):
        page = ("webhooks_id_deliveries", f"/webhooks/{hook}/deliveries", "deliveries", "deliveryId")
        assert_complete(walk(user, *page, limits=[size]), existing)
