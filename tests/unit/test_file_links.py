"""Links to images: they need no credentials, last a day, and name nothing that their signer did not sign."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit

from renderiq.domain.renders import LINK_TTL
from renderiq.stores.images import output_key
from renderiq.tokens import SigningKeys
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call

EXPIRES_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
KEY = "renders/ada/villa/output.png"
ADDRESSES = (f"198.51.{number // 250}.{number % 250 + 1}" for number in count())


def follow(url: str) -> Response:
    path = urlsplit(url).path.removeprefix("/api/plugins")
    return call("files_id_id", "GET", path, address=next(ADDRESSES))


def stored_output(aws: AwsEnvironment, user: User) -> str:
    """The link to an output that is stored."""
    key = output_key(user.user_id, "villa", "png")
    wiring.images().put(key, pictures.png(), "image/png")
    return wiring.file_links().link(key)


def test_a_link_has_no_query_and_leads_to_s3_for_a_minute(aws: AwsEnvironment) -> None:
    link = stored_output(aws, create_user(aws))

    answer = follow(link)

    assert urlsplit(link).query == ""
    assert link.startswith("https://api.example.com/api/plugins/files/")
    assert link.endswith("/output.png")
    assert len(link) < 300
    assert (answer.status, answer.body, answer.headers["Cache-Control"]) == (302, "", "no-store")
    target = urlsplit(answer.headers["Location"])
    assert target.path.endswith("/output.png")
    assert parse_qs(target.query)["X-Amz-Expires"] == ["60"]


def test_a_link_lasts_a_day(aws: AwsEnvironment) -> None:
    link = stored_output(aws, create_user(aws))
    made = wiring.time_source()()

    with clock_at(made + LINK_TTL - timedelta(seconds=5), "files_id_id"):
        before = follow(link).status
    with clock_at(made + LINK_TTL, "files_id_id"):
        after = follow(link)

    assert timedelta(hours=24) == LINK_TTL
    assert before == 302
    assert after.code == (404, "NOT_FOUND")


def test_a_link_names_one_image_only(aws: AwsEnvironment) -> None:
    link = stored_output(aws, create_user(aws))
    folder, _, _name = link.rpartition("/")
    before_token, _, token = folder.rpartition("/")

    assert follow(f"{folder}/thumbnail.webp").code == (404, "NOT_FOUND")
    assert follow(f"{before_token}/{token}A/output.png").code == (404, "NOT_FOUND")
    assert follow(f"{before_token}/EXAMPLE.EXAMPLE/output.png").code == (404, "NOT_FOUND")


def test_a_link_outlives_one_change_of_the_secret() -> None:
    links = replace(
        wiring.file_links(),
        keys=lambda: SigningKeys("old", {"old": "a secret"}),
        public_url=lambda: "https://api.example.com",
    )
    token, name = urlsplit(links.link(KEY)).path.split("/")[-2:]
    after = replace(links, keys=lambda: SigningKeys("new", {"new": "another secret", "old": "a secret"}))

    assert after.open(token, name, now=wiring.time_source()()) == KEY


def test_links_are_rate_limited_by_address(aws: AwsEnvironment) -> None:
    answers = [call("files_id_id", "GET", "/files/EXAMPLE.EXAMPLE/output.png", address="192.0.2.9") for _ in range(2)]

    assert answers[0].headers["X-RateLimit-Limit"] == "600"
    assert int(answers[1].headers["X-RateLimit-Remaining"]) < int(answers[0].headers["X-RateLimit-Remaining"])


def test_a_link_may_be_the_capture_of_the_next_render(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    accepted = call("renders", "POST", "/renders", headers=user.headers, json={"imageUrl": stored_output(aws, user)})

    assert accepted.status == 202, accepted.body


def test_a_presigned_link_may_still_be_the_capture_of_the_next_render(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    key = output_key(user.user_id, "villa", "png")
    wiring.images().put(key, pictures.png(), "image/png")

    accepted = call("renders", "POST", "/renders", headers=user.headers, json={"imageUrl": wiring.images().link(key)})

    assert accepted.status == 202, accepted.body


def test_a_link_of_another_user_is_no_capture(aws: AwsEnvironment) -> None:
    link = stored_output(aws, create_user(aws))

    assert call("renders", "POST", "/renders", headers=create_user(aws).headers, json={"imageUrl": link}).status == 400


def test_the_image_of_a_project_has_a_link(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    image = base64.b64encode(pictures.png()).decode()

    project = call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa", "image": image}).data

    assert "/api/plugins/files/" in project["imageUrl"]
    assert follow(project["imageUrl"]).status == 302
