"""DELETE /projects/{projectId}: the project is gone at once, its renders are removed later by a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from renderiq.domain.renders import Render, RenderOutput
from renderiq.queues import CleanupJob
from renderiq.settings import settings
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.forms import multipart
from tests.support.http import Response, call
from tests.support.renders import post_render
from tests.support.webhooks import register_webhook

PNG = pictures.png(64, 64)
LEASE = "a worker's"


def request_render(user: User, project_id: str) -> str:
    return str(post_render(user, {"projectId": project_id}).data["id"])


def begin(user: User, project_id: str) -> Render:
    now = datetime.now(UTC)
    begun = wiring.renders().claim(
        user.user_id, request_render(user, project_id), lease=LEASE, until=now + timedelta(minutes=6), now=now
    )
    assert begun
    return begun


def complete(render: Render) -> None:
    key = f"renders/{render.user_id}/{render.render_id}"
    picture = RenderOutput(f"{key}/output.png", f"{key}/thumbnail.webp", 64, 64)
    for each in (picture.key, picture.thumbnail_key):
        wiring.images().put(each, PNG, "image/png")
    wiring.renders().complete(render, lease=LEASE, output=picture, now=datetime.now(UTC))


def delete(user: User, project_id: str) -> Response:
    return call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)


def resume(user: User, project_id: str, *, later: timedelta = timedelta()) -> None:
    wiring.project_cleanup().resume(CleanupJob(user.user_id, project_id), now=datetime.now(UTC) + later)


def left(aws: AwsEnvironment, user: User) -> list[str]:
    """Returns the ids of the remaining records and the keys of the remaining pictures."""
    records = [item["renderId"] for item in aws.items_of("RendersTable", user)]
    return records + [key for key in aws.objects() if user.user_id in key]


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws, balance=1000)


@pytest.fixture
def project_id(aws: AwsEnvironment, user: User) -> str:
    return add_project(user)


def test_a_deleted_project_is_not_found_at_once(user: User, project_id: str) -> None:
    answer = delete(user, project_id)

    assert (answer.status, answer.data) == (200, {"id": project_id, "deleted": True})
    listed = call("projects", "GET", "/projects", headers=user.headers).data
    assert (listed["projects"], listed["total"]) == ([], 0)
    assert delete(user, project_id).code == (404, "NOT_FOUND")


def test_the_slug_of_a_deleted_project_can_be_used_again(user: User) -> None:
    def make() -> Any:
        return call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa"}).data

    delete(user, make()["id"])

    assert make()["slug"] == "villa"


def test_a_deleted_project_accepts_no_renders(user: User, project_id: str) -> None:
    delete(user, project_id)
    answer = post_render(user, {"projectId": project_id})
    assert answer.code == (404, "NOT_FOUND")


def test_finished_renders_are_removed_with_their_pictures(aws: AwsEnvironment, user: User, project_id: str) -> None:
    complete(begin(user, project_id))
    delete(user, project_id)

    assert left(aws, user) == []


def test_renders_of_other_projects_are_kept(aws: AwsEnvironment, user: User, project_id: str) -> None:
    kept = request_render(user, add_project(user))
    request_render(user, project_id)
    delete(user, project_id)

    assert left(aws, user) == [kept, f"captures/{user.user_id}/{kept}"]


def test_pending_renders_are_cancelled_and_refunded(aws: AwsEnvironment, user: User, project_id: str) -> None:
    for _ in range(3):
        request_render(user, project_id)
    delete(user, project_id)

    assert balance_of(user) == 1000
    assert sum(entry["amount"] for entry in aws.items_of("LedgerTable", user) if entry["movement"] != "grant") == 0
    assert left(aws, user) == []


def test_webhooks_receive_an_event_of_each_cancelled_render(aws: AwsEnvironment, user: User, project_id: str) -> None:
    register_webhook(user, events=["render.cancelled"])
    request_render(user, project_id)
    delete(user, project_id)

    assert [each["event"] for each in aws.items_of("DeliveriesTable", user)] == ["render.cancelled"]


def test_a_processing_render_is_removed_after_it_has_ended(aws: AwsEnvironment, user: User, project_id: str) -> None:
    render = begin(user, project_id)
    delete(user, project_id)
    resume(user, project_id, later=timedelta(minutes=2))
    assert render.render_id in left(aws, user)

    complete(render)
    resume(user, project_id, later=timedelta(minutes=3))

    assert left(aws, user) == []
    assert balance_of(user) == 995


def test_the_cleanup_is_stored_and_enqueued(aws: AwsEnvironment, user: User, project_id: str) -> None:
    delete(user, project_id)
    resume(user, project_id)

    [deletion] = [item for item in aws.items_of("ProjectsTable", user) if item["projectId"] == f"removal#{project_id}"]
    assert deletion["dueAt"] > deletion["removedAt"]
    attributes = ["ApproximateNumberOfMessagesDelayed"]
    queue = settings().project_cleanup_queue_url
    waiting = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=attributes)["Attributes"]
    assert int(waiting[attributes[0]]) >= 2


def test_many_renders_are_removed_in_several_runs(
    aws: AwsEnvironment, user: User, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renderiq.services.project_cleanup._BATCH_SIZE", 2)
    monkeypatch.setattr("renderiq.services.project_cleanup._MAX_BATCHES_PER_JOB", 2)
    for _ in range(9):
        request_render(user, project_id)

    delete(user, project_id)
    remaining = [len(aws.items_of("RendersTable", user))]
    for _ in range(3):
        resume(user, project_id, later=timedelta(minutes=2))
        remaining.append(len(aws.items_of("RendersTable", user)))

    assert remaining == [7, 3, 0, 0]
    assert left(aws, user) == []
    assert balance_of(user) == 1000


def test_a_cleanup_ends_only_after_the_index_has_settled(aws: AwsEnvironment, user: User, project_id: str) -> None:
    delete(user, project_id)
    resume(user, project_id)
    assert wiring.projects().deletion(user.user_id, project_id)

    resume(user, project_id, later=timedelta(seconds=61))

    assert wiring.projects().deletion(user.user_id, project_id) is None
    assert [item["projectId"] for item in aws.items_of("ProjectsTable", user)] == ["number"]


def test_a_duplicate_cleanup_message_has_no_further_effect(aws: AwsEnvironment, user: User, project_id: str) -> None:
    request_render(user, project_id)
    delete(user, project_id)
    for _ in range(3):
        resume(user, project_id, later=timedelta(minutes=2))

    assert balance_of(user) == 1000
    assert left(aws, user) == []


@pytest.mark.parametrize(
    ("service", "operation"),
    [("dynamodb", "Query"), ("s3", "DeleteObjects"), ("dynamodb", "BatchWriteItem"), ("sqs", "SendMessage")],
)
def test_an_interrupted_cleanup_is_continued(
    aws: AwsEnvironment, user: User, project_id: str, service: str, operation: str
) -> None:
    request_render(user, project_id)
    complete(begin(user, project_id))

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://example.com")

    events = aws.client(service).meta.events
    events.register(f"before-call.{service}.{operation}", fail, unique_id="cut")
    try:
        assert delete(user, project_id).status == 200
    finally:
        events.unregister(f"before-call.{service}.{operation}", unique_id="cut")
    resume(user, project_id, later=timedelta(minutes=2))

    assert left(aws, user) == []
    assert balance_of(user) == 995


def test_the_cover_image_is_removed_too(aws: AwsEnvironment, user: User, project_id: str) -> None:
    body, kind = multipart({}, {"image": PNG})
    path = f"/projects/{project_id}"
    call("projects_id", "PATCH", path, headers={**user.headers, "content-type": kind}, body=body)
    delete(user, project_id)
    resume(user, project_id, later=timedelta(minutes=2))

    assert left(aws, user) == []


def test_an_abandoned_render_is_removed_without_a_second_refund(
    aws: AwsEnvironment, user: User, project_id: str
) -> None:
    render = begin(user, project_id)
    delete(user, project_id)
    wiring.renders().fail(render, lease=LEASE, error="No.", error_code="RENDER_FAILED", now=datetime.now(UTC))
    resume(user, project_id, later=timedelta(minutes=2))

    assert balance_of(user) == 1000
    assert left(aws, user) == []
