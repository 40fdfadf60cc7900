"""GET /renders: the caller's renders, newest first, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from renderiq.domain.renders import Status
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render

PNG = pictures.png(64, 64)


def request_render(user: User, platform: str = "sketchup", **fields: str) -> str:
    return str(post_render(user, fields, headers={"x-renderiq-platform": platform}).data["renderId"])


def index(user: User, **query: Any) -> Response:
    return call("renders", "GET", "/renders", headers=user.headers, query=query)


def ids(answer: Response) -> list[str]:
    return [render["renderId"] for render in answer.data["renders"]]


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws, balance=1000)


def test_the_newest_is_first(user: User) -> None:
    asked = [request_render(user) for _ in range(3)]

    assert sorted(ids(index(user))) == sorted(asked)
    assert ids(index(user)) == sorted(asked, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_have_no_gap_and_no_duplicate(user: User, limit: int) -> None:
    asked = {request_render(user) for _ in range(7)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = index(user, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += ids(page)
        cursor = page.data.get("nextCursor")
        if cursor is None:
            break

    assert len(seen) == len(asked)
    assert set(seen) == asked


def test_idempotency_keys_are_not_listed(user: User) -> None:
    post_render(user, headers={"idempotency-key": "0000"})

    assert len(ids(index(user))) == 1


def test_renders_can_be_filtered_by_status_platform_and_project(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(user)
    in_project = request_render(user, projectId=project_id)
    in_rhino = request_render(user, "rhino")
    cancelled = request_render(user)
    call("renders_id", "DELETE", f"/renders/{cancelled}", headers=user.headers)

    assert ids(index(user, projectId=project_id)) == [in_project]
    assert ids(index(user, projectId=project_id.upper())) == [in_project]
    assert ids(index(user, platform="rhino")) == [in_rhino]
    assert ids(index(user, status=Status.CANCELLED)) == [cancelled]
    assert ids(index(user, projectId=project_id, status=Status.CANCELLED)) == []


def test_another_users_project_lists_nothing(aws: AwsEnvironment, user: User) -> None:
    owner = create_user(aws)
    project_id = add_project(owner)
    request_render(owner, projectId=project_id)

    assert ids(index(user, projectId=project_id)) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "idem#1"}, "cursor"),
        ({"status": "done"}, "status"),
        ({"projectId": "villa"}, "projectId"),
        ({"platform": "maya"}, "platform"),
    ],
)
def test_a_wrong_query_names_the_parameter(user: User, query: dict[str, Any], field: str) -> None:
    answer = index(user, **query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == field


def test_a_filter_with_few_matches_reaches_the_end(user: User) -> None:
    wanted = request_render(user, "revit")
    for _ in range(25):
        request_render(user)

    page = index(user, limit=1, platform="revit")
    while not ids(page):
        page = index(user, limit=1, platform="revit", cursor=page.data["nextCursor"])

    assert ids(page) == [wanted]
    assert wiring.renders().get(user.user_id, wanted).platform == "revit"
