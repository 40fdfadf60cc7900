"""/projects: created, listed, changed; names may repeat, slugs may not."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain import projects as rules
from renderiq.settings import settings
from renderiq.stores import projects as store
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.forms import multipart
from tests.support.http import Response, call

PNG = pictures.png(64, 64)


def make(user: User, name: str = "Villa", platform: str = "sketchup", **more: Any) -> Response:
    headers = {**user.headers, "x-renderiq-platform": platform}
    return call("projects", "POST", "/projects", headers=headers, json={"name": name, **more})


def index(user: User, **query: Any) -> Response:
    return call("projects", "GET", "/projects", headers=user.headers, query=query)


def one(user: User, project_id: str, method: str = "GET", **more: Any) -> Response:
    return call("projects_id", method, f"/projects/{project_id}", headers=user.headers, **more)


def ids(answer: Response) -> list[str]:
    return [project["id"] for project in answer.data["projects"]]


def covers(aws: AwsEnvironment, user: User) -> list[str]:
    return aws.objects(f"projects/{user.user_id}/")


# ---------------------------------------------------------------- making one


def test_a_created_project_is_returned_as_it_is_stored(user: User) -> None:
    made = make(user, " Villa am See ", description="Second draft")

    assert made.status == 201
    assert made.data == one(user, made.data["id"]).data
    assert {name: made.data[name] for name in ("name", "slug", "description", "renderCount", "platform")} == {
        "name": "Villa am See",
        "slug": "villa-am-see",
        "description": "Second draft",
        "renderCount": 0,
        "platform": "sketchup",
    }
    assert made.data["createdAt"] == made.data["updatedAt"]
    assert "imageUrl" not in made.data


def test_a_plugin_may_give_another_platform(user: User) -> None:
    assert make(user, platform="rhino", description="x").data["platform"] == "rhino"
    body = {"name": "Tower", "platform": "Revit"}
    assert call("projects", "POST", "/projects", headers=user.headers, json=body).data["platform"] == "revit"


def test_projects_of_the_same_name_get_different_slugs(user: User) -> None:
    first, second = make(user).data, make(user).data

    assert first["slug"] == "villa"
    assert second["slug"].startswith("villa-")
    assert first["name"] == second["name"]


def test_slugs_are_unique_per_user(aws: AwsEnvironment, user: User) -> None:
    make(create_user(aws))

    assert make(user).data["slug"] == "villa"


def test_an_image_may_be_base64_text_or_a_file(aws: AwsEnvironment, user: User) -> None:
    in_json = make(user, image="data:image/png;base64," + base64.b64encode(PNG).decode())
    body, kind = multipart({"name": "Tower"}, {"image": PNG})
    in_form = call("projects", "POST", "/projects", headers={**user.headers, "content-type": kind}, body=body)

    assert sorted(covers(aws, user)) == sorted(
        f"projects/{user.user_id}/{made.data['id']}" for made in (in_json, in_form)
    )
    assert in_form.data["imageUrl"].endswith(f"/{in_form.data['id']}")


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("not base64!", (400, "INVALID_INPUT")),
        ([1], (400, "INVALID_INPUT")),
        (base64.b64encode(pictures.gif()).decode(), (415, "UNSUPPORTED_MEDIA_TYPE")),
        ("data:image/jpeg;base64," + base64.b64encode(PNG).decode(), (415, "UNSUPPORTED_MEDIA_TYPE")),
        (base64.b64encode(PNG[:60]).decode(), (400, "INVALID_INPUT")),
    ],
)
def test_an_invalid_image_creates_no_project(
    aws: AwsEnvironment, user: User, image: Any, code: tuple[int, str]
) -> None:
    assert make(user, image=image).code == code
    assert index(user).data["total"] == 0
    assert covers(aws, user) == []


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "MISSING_REQUIRED_FIELD", "name"),
        ({"name": "  "}, "INVALID_INPUT", "name"),
        ({"name": "x" * 121}, "INVALID_INPUT", "name"),
        ({"name": 7}, "INVALID_INPUT", "name"),
        ({"name": "a\u0000b"}, "INVALID_INPUT", "name"),
        ({"name": "a", "description": "x" * 2001}, "INVALID_INPUT", "description"),
        ({"name": "a", "platform": "maya"}, "INVALID_INPUT", "platform"),
    ],
)
def test_a_wrong_field_is_named(user: User, body: dict[str, Any], code: str, field: str) -> None:
    answer = call("projects", "POST", "/projects", headers=user.headers, json=body)

    assert answer.code == (400, code)
    assert answer.json["details"]["fields"][0]["field"] == field


def test_a_project_over_the_limit_is_refused_and_stores_no_picture(aws: AwsEnvironment, user: User) -> None:
    aws.client("dynamodb").put_item(
        TableName=settings().projects_table,
        Item=to_attributes({"userId": user.user_id, "projectId": "number", "projects": rules.MAX_PROJECTS - 1}),
    )
    last = make(user)

    assert last.status == 201
    assert make(user, image=base64.b64encode(PNG).decode()).code == (429, "QUOTA_EXCEEDED")
    assert covers(aws, user) == []
    one(user, last.data["id"], "DELETE")
    assert make(user).status == 201


# ---------------------------------------------------------------- listing


def test_the_newest_project_is_first_and_slug_records_are_not_listed(user: User) -> None:
    made = [make(user).data["id"] for _ in range(3)]
    found = index(user)

    assert ids(found) == sorted(made, reverse=True)
    assert {name: found.data[name] for name in ("total", "limit", "offset")} == {"total": 3, "limit": 50, "offset": 0}
    assert "nextCursor" not in found.data


def test_a_new_user_has_no_projects(user: User) -> None:
    assert index(user).data == {"projects": [], "total": 0, "limit": 50, "offset": 0}


@pytest.mark.parametrize("platform", [{}, {"platform": "rhino"}])
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_have_no_gap_and_no_duplicate(user: User, limit: int, platform: dict[str, str]) -> None:
    made = [make(user, platform="rhino").data["id"] for _ in range(5)]
    if platform:
        make(user, platform="revit")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = index(user, limit=limit, **platform, **cursor)
        assert page.data["total"] == 5
        seen += ids(page)
        if "nextCursor" not in page.data:
            break
        cursor = {"cursor": page.data["nextCursor"]}

    assert seen == sorted(made, reverse=True)


def test_an_offset_skips_the_newest_projects(user: User) -> None:
    made = sorted((make(user).data["id"] for _ in range(5)), reverse=True)

    assert ids(index(user, offset=2, limit=2)) == made[2:4]
    assert ids(index(user, offset=4, limit=2)) == made[4:]
    assert ids(index(user, offset=5)) == []
    assert index(user, offset=900).data["total"] == 5


def test_a_platform_filter_lists_and_counts_only_its_projects(user: User) -> None:
    in_rhino = make(user, platform="rhino").data["id"]
    make(user, platform="revit")

    found = index(user, platform="rhino")
    assert (ids(found), found.data["total"]) == ([in_rhino], 1)
    assert index(user).data["total"] == 2
    one(user, in_rhino, "DELETE")
    assert index(user, platform="rhino").data["total"] == 0
    assert index(user).data["total"] == 1


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"cursor": "slug#villa"}, {"platform": "maya"}]
)
def test_a_wrong_query_names_the_parameter(user: User, query: dict[str, Any]) -> None:
    answer = index(user, **query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] in query


# ---------------------------------------------------------------- one project


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_users_project_is_not_found(aws: AwsEnvironment, user: User, method: str) -> None:
    project_id = make(create_user(aws)).data["id"]
    change = {"json": {"name": "Mine", "image": base64.b64encode(PNG).decode()}} if method == "PATCH" else {}

    assert one(user, project_id, method, **change).code == (404, "NOT_FOUND")
    assert covers(aws, user) == []


@pytest.mark.parametrize("given", ["villa", "slug%23villa", "number"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_malformed_id_is_refused(user: User, method: str, given: str) -> None:
    assert one(user, given, method).code == (400, "INVALID_PROJECT_ID")


def test_a_change_keeps_the_fields_that_it_does_not_name(user: User) -> None:
    made = make(user, description="Second draft").data
    with clock_at(datetime.now(UTC) + timedelta(minutes=1), "projects_id"):
        changed = one(user, made["id"], "PATCH", json={"name": "Chalet"}).data

    assert changed == one(user, made["id"]).data
    assert changed == {**made, "name": "Chalet", "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] > made["updatedAt"]


@pytest.mark.parametrize("empty", [None, ""])
def test_a_description_and_an_image_can_be_removed(aws: AwsEnvironment, user: User, empty: str | None) -> None:
    made = make(user, description="Second draft", image=base64.b64encode(PNG).decode()).data
    changed = one(user, made["id"], "PATCH", json={"description": empty, "image": empty}).data

    assert changed["description"] == ""
    assert "imageUrl" not in changed
    assert covers(aws, user) == []


def test_a_new_image_replaces_the_former_one(aws: AwsEnvironment, user: User) -> None:
    made = make(user, image=base64.b64encode(PNG).decode()).data
    body, kind = multipart({}, {"image": pictures.jpeg()})
    path = f"/projects/{made['id']}"
    call("projects_id", "PATCH", path, headers={**user.headers, "content-type": kind}, body=body)

    [key] = covers(aws, user)
    assert wiring.images().get(key, max_bytes=10**6) == pictures.jpeg()


@pytest.mark.parametrize("name", ["", None, "x" * 121])
def test_a_name_cannot_be_removed(user: User, name: str | None) -> None:
    made = make(user).data

    assert one(user, made["id"], "PATCH", json={"name": name}).code == (400, "INVALID_INPUT")


def test_records_that_are_not_listed_sort_after_every_id() -> None:
    assert "f" < store._NUMBER < "removal#" < "slug#"
