"""Projects and preferences with many concurrent clients: nothing is lost, counted twice or admitted above the limit."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from renderiq.domain.projects import MAX_PROJECTS, NewProject
from renderiq.domain.renders import Quality, RenderFilters, Status
from renderiq.domain.retention import Retention
from renderiq.errors import ApiError
from renderiq.platform import Client
from renderiq.queues import CleanupJob
from renderiq.services.projects import Cover
from renderiq.services.renders import Capture
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clients import at_once
from tests.support.orders import order

PNG = pictures.png(64, 64)
CLIENTS = 16


def create(user: User, platform: str = "rhino") -> str:
    """Returns the slug of the new project or the error code."""
    plan = NewProject("Villa", "", platform)
    try:
        return wiring.project_service().create(user.user_id, plan, Cover(), now=datetime.now(UTC)).slug
    except ApiError as error:
        return error.code.name


def request_render(user: User, project_id: str) -> str:
    now = datetime.now(UTC)
    wanted = order(quality=Quality.STANDARD, project_id=project_id)
    try:
        wiring.render_service().create(
            user.user_id, wanted, Capture(PNG), idempotency_key=None, client=Client(), retention=Retention(), now=now
        )
    except ApiError as error:
        return error.code.name
    return "accepted"


def delete(user: User, project_id: str) -> str:
    try:
        wiring.project_cleanup().delete(user.user_id, project_id, now=datetime.now(UTC))
    except ApiError as error:
        return error.code.name
    return "deleted"


def test_sixteen_concurrent_projects_of_one_name_get_sixteen_slugs(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    slugs = at_once(CLIENTS, lambda _: create(user))

    found = wiring.projects().page(user.user_id, limit=100)
    assert len(set(slugs)) == CLIENTS
    assert sorted(project.slug for project in found.projects) == sorted(slugs)
    assert found.total == CLIENTS
    assert "villa" in slugs


def test_exactly_three_of_many_concurrent_projects_fit_below_the_limit(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    aws.client("dynamodb").put_item(
        TableName=settings().projects_table,
        Item=to_attributes({"userId": user.user_id, "projectId": "number", "projects": MAX_PROJECTS - 3}),
    )

    outcomes = at_once(CLIENTS, lambda _: create(user))

    assert outcomes.count("QUOTA_EXCEEDED") == CLIENTS - 3
    assert len(wiring.projects().page(user.user_id, limit=100).projects) == 3


def test_totals_are_right_while_projects_are_created_and_deleted(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    ids = [add_project(user) for _ in range(CLIENTS // 2)]

    at_once(CLIENTS, lambda number: delete(user, ids[number // 2]) if number % 2 else create(user))

    found = wiring.projects().page(user.user_id, limit=100)
    assert found.total == len(found.projects) == CLIENTS // 2
    assert wiring.projects().page(user.user_id, limit=1, platform="rhino").total == CLIENTS // 2
    assert wiring.projects().page(user.user_id, limit=1, platform="unknown").total == 0


def test_exactly_one_of_sixteen_concurrent_deletions_succeeds(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    project_id = add_project(user)

    outcomes = Counter(at_once(CLIENTS, lambda _: delete(user, project_id)))

    assert outcomes == {"deleted": 1, "NOT_FOUND": CLIENTS - 1}
    assert wiring.projects().page(user.user_id, limit=1).total == 0


def test_renders_requested_during_a_deletion_are_refused_or_removed_and_refunded(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=1000)
    project_id = add_project(user)

    outcomes = Counter(
        at_once(CLIENTS, lambda number: request_render(user, project_id) if number else delete(user, project_id))
    )
    job = CleanupJob(user.user_id, project_id)
    at_once(CLIENTS, lambda _: wiring.project_cleanup().resume(job, now=datetime.now(UTC) + timedelta(minutes=2)))

    assert outcomes["accepted"] + outcomes["NOT_FOUND"] == CLIENTS - 1
    assert aws.items_of("RendersTable", user) == []
    assert aws.objects(f"captures/{user.user_id}/") == []
    assert balance_of(user) == 1000


def test_a_project_counts_its_renders_right_through_two_hundred_creations_and_cancellations(
    aws: AwsEnvironment,
) -> None:
    user = create_user(aws, balance=10_000)
    project_id = add_project(user)

    def come_and_go(number: int) -> list[str]:
        outcomes = []
        for turn in range(200 // CLIENTS + 1):
            outcomes.append(request_render(user, project_id))
            if (number + turn) % 2:
                outcomes.append(cancel_any(user, project_id))
        return outcomes

    outcomes = Counter(outcome for each in at_once(CLIENTS, come_and_go) for outcome in each)

    renders = [item for item in aws.items_of("RendersTable", user) if item["projectId"] == project_id]
    assert outcomes["accepted"] == len(renders) == CLIENTS * (200 // CLIENTS + 1)
    assert wiring.projects().get(user.user_id, project_id).render_count == len(renders)
    cancelled = sum(render["status"] == "cancelled" for render in renders)
    assert cancelled == outcomes["cancelled"] > 0
    moved = sum(entry["amount"] for entry in aws.items_of("LedgerTable", user) if entry["amount"] != 100)
    assert balance_of(user) == 10_000 + moved == 10_000 - 5 * (len(renders) - cancelled)


def cancel_any(user: User, project_id: str) -> str:
    """Cancels the newest pending render of a project. Returns ``cancelled`` or the error code."""
    found, _ = wiring.renders().page(
        user.user_id, limit=1, before=None, filters=RenderFilters(status=Status.PENDING, project_id=project_id)
    )
    if not found:
        return "none"
    try:
        return str(wiring.render_service().cancel(user.user_id, found[0].render_id, now=datetime.now(UTC)).status)
    except ApiError as error:
        return error.code.name


def test_two_workers_together_remove_each_of_sixty_renders_once(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=1000)
    project_id = add_project(user)
    for _ in range(60):
        request_render(user, project_id)
    assert balance_of(user) == 700

    delete(user, project_id)
    job = CleanupJob(user.user_id, project_id)
    with ThreadPoolExecutor(2) as pool:
        later = datetime.now(UTC) + timedelta(minutes=2)
        list(pool.map(lambda _: wiring.project_cleanup().resume(job, now=later), range(2)))
    wiring.project_cleanup().resume(job, now=later)

    assert aws.items_of("RendersTable", user) == []
    assert aws.objects(f"captures/{user.user_id}/") == []
    assert balance_of(user) == 1000
    assert wiring.projects().deletion(user.user_id, project_id) is None


def test_sixteen_concurrent_changes_of_preferences_are_all_kept(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    at_once(
        CLIENTS,
        lambda number: wiring.preference_service().change(
            user.user_id, {f"key{number}": number}, now=datetime.now(UTC)
        ),
    )

    found = wiring.preferences().get(user.user_id)
    assert found.values == {f"key{number}": number for number in range(CLIENTS)}
    assert found.version == CLIENTS
