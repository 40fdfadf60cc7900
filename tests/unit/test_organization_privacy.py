"""Consent, retention, deletion and export of organisations and of their members."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from renderiq.domain.access import Role
from renderiq.domain.account_deletion import DELETION_TASK, STREAM_LAG
from renderiq.domain.account_export import EXPORT_TASK
from renderiq.domain.account_tasks import RETENTION_TASK
from renderiq.domain.audit import AuditAction, AuditFilters
from renderiq.domain.consents import ConsentName
from renderiq.engines import EngineRequest, Output
from renderiq.platform import Platform
from renderiq.queues import AccountTaskJob, RenderJob
from renderiq.settings import settings
from renderiq.stores.images import capture_key
from renderiq.workers import account
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.http import Response, call
from tests.support.lifecycle import tags_of
from tests.support.organizations import Office, create_office, now, pool_of
from tests.support.renders import post_render, render_worker
from tests.support.uploads import announce, complete, glb, send, upload_file

pytestmark = pytest.mark.usefixtures("open_ai")

AI, MODELS = ConsentName.THIRD_PARTY_AI, ConsentName.MODEL_UPLOAD
MODEL: dict[str, Any] = {"purpose": "model", "contentType": "model/gltf-binary", "fileName": "house.glb"}
LATER = timedelta(minutes=2)


class RecordingEngine:
    """Returns the capture, and keeps what it was sent."""

    name = "bedrock"

    def __init__(self) -> None:
        self.requests: list[EngineRequest] = []

    def render(self, request: EngineRequest, *_: object) -> Output:
        self.requests.append(request)
        return Output(request.image, "image/png", request.image, *request.size)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    unlimited = json.dumps(dict.fromkeys(Platform, 1_000_000))
    with mock_aws(), aws_environment(None, RateLimits=unlimited) as environment:
        yield environment


@pytest.fixture
def office(aws: AwsEnvironment) -> Office:
    return create_office(aws, credits_=1000)


@pytest.fixture
def member(aws: AwsEnvironment, office: Office) -> User:
    return office.join(create_user(aws))


def answer(user: User, office: Office | None, name: ConsentName = AI, *, granted: bool = True) -> Response:
    headers = office.acting(user) if office else user.headers
    body = {"version": 1, "granted": granted}
    return call("consents_id", "POST", f"/consents/{name}", headers=headers, json=body)


def order(user: User, office: Office, **fields: str) -> Response:
    return post_render(user, {"model": "bedrock", **fields}, headers=office.acting(user))


def granted(headers: dict[str, str], name: ConsentName = AI) -> bool:
    found = call("consents", "GET", "/consents", headers=headers).data["consents"]
    return bool(next(each["granted"] for each in found if each["name"] == name))


def key_of(office: Office) -> dict[str, str]:
    body = {"name": "CI", "scopes": ["renders:create", "renders:read"]}
    return {"x-api-key": call("keys", "POST", "/keys", headers=office.headers, json=body).data["key"]}


def audit(office: Office, action: AuditAction) -> list[Any]:
    entries, _ = wiring.audit().page(office.organization_id, limit=50, before=None, filters=AuditFilters())
    return [each for each in entries if each.action is action]


def do_task(owner_id: str, task_id: str, *, messages: int = 60) -> None:
    """Works at a task until it is done, with a clock that advances by what the worker wants to wait."""
    at = now() + LATER
    for _ in range(messages):
        task = wiring.account_tasks().find(owner_id, task_id)
        if task is None:
            return
        at += STREAM_LAG if task.step == "figures" else timedelta(minutes=1)
        account.worker().resume(AccountTaskJob(task_id, owner_id), now=at)
    raise AssertionError("the task does not end")


# ---------------------------------------------------------------- consent


def test_an_order_for_an_organization_needs_a_consent(office: Office, member: User) -> None:
    refused = order(member, office)

    assert refused.code == (403, "CONSENT_REQUIRED")
    assert pool_of(office) == 1000


def test_a_members_own_consent_counts_if_the_organization_has_not_answered(office: Office, member: User) -> None:
    answer(member, None)

    assert order(member, office).status == 202
    assert granted(office.acting(member))


def test_the_organization_agrees_for_its_members(office: Office, member: User) -> None:
    assert answer(office.owner, office).status == 200

    assert order(member, office).status == 202
    assert granted(office.acting(member))


def test_the_organization_refuses_for_its_members(office: Office, member: User) -> None:
    answer(member, None)
    answer(office.owner, office, granted=False)

    assert order(member, office).code == (403, "CONSENT_REQUIRED")
    assert not granted(office.acting(member))


def test_what_an_organization_answers_is_no_answer_of_its_members(office: Office, member: User) -> None:
    answer(office.owner, office)

    assert not granted(member.headers)
    assert post_render(member, {"model": "bedrock"}).code == (403, "CONSENT_REQUIRED")


def test_an_administrator_answers_and_a_member_does_not(aws: AwsEnvironment, office: Office, member: User) -> None:
    admin = office.join(create_user(aws), Role.ADMIN)

    assert answer(member, office).code == (403, "INSUFFICIENT_PERMISSIONS")
    assert answer(admin, office).status == 200


def test_a_key_of_an_organization_needs_the_answer_of_the_organization(office: Office) -> None:
    headers = key_of(office)
    answer(office.owner, None)  # the maker's own answer is not the key's
    user = User("", "", "", "")
    refused = post_render(user, {"model": "bedrock"}, headers={"authorization": "", **headers})
    answer(office.owner, office)
    accepted = post_render(user, {"model": "bedrock"}, headers={"authorization": "", **headers})

    assert refused.code == (403, "CONSENT_REQUIRED")
    assert accepted.status == 202


def test_an_answer_for_an_organization_is_in_its_audit_log(office: Office) -> None:
    answer(office.owner, office)
    answer(office.owner, office)  # the same once more
    answer(office.owner, office, granted=False)

    entries = audit(office, AuditAction.CONSENT_ANSWERED)
    assert [(each.subject, each.actor, each.before, each.after) for each in entries] == [
        (
            "consent#third_party_ai",
            office.owner.user_id,
            {"version": 1, "granted": True},
            {"version": 1, "granted": False},
        ),
        ("consent#third_party_ai", office.owner.user_id, {}, {"version": 1, "granted": True}),
    ]


@pytest.mark.parametrize("withdrawn_by", ["organization", "member"])
def test_a_render_that_waits_when_consent_is_withdrawn_is_not_sent(
    office: Office, member: User, withdrawn_by: str
) -> None:
    by, whose = (office.owner, office) if withdrawn_by == "organization" else (member, None)
    answer(by, whose)
    render_id = order(member, office).data["renderId"]
    answer(by, whose, granted=False)
    engine = RecordingEngine()

    render = render_worker(engine).work(RenderJob(office.organization_id, render_id))

    assert render is not None
    assert (render.error_code, engine.requests, pool_of(office)) == ("CONSENT_REQUIRED", [], 1000)


def test_a_render_of_a_member_is_sent_with_the_members_consent(office: Office, member: User) -> None:
    answer(member, None)
    render_id = order(member, office).data["renderId"]
    engine = RecordingEngine()

    render_worker(engine).work(RenderJob(office.organization_id, render_id))

    assert len(engine.requests) == 1


def test_a_model_of_an_organization_needs_the_consent_at_every_step(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    acting = _Acting(office, member)
    refused = announce(acting, glb(), **MODEL)  # type: ignore[arg-type]  # has headers
    answer(office.owner, office, MODELS)
    upload_id = announce(acting, glb(), **MODEL).data["uploadId"]  # type: ignore[arg-type]  # has headers
    send(aws, acting, upload_id, {1: glb()})  # type: ignore[arg-type]  # has a user id
    answer(office.owner, office, MODELS, granted=False)

    assert refused.code == complete(acting, upload_id).code == (403, "CONSENT_REQUIRED")  # type: ignore[arg-type]  # has headers


class _Acting:
    """A member who acts for an organisation."""

    def __init__(self, office: Office, user: User) -> None:
        self.user_id = office.organization_id
        self.headers = office.acting(user)


# ---------------------------------------------------------------- retention


def stored(office: Office, user: User) -> str:
    """Stores a capture for the organisation. Returns its key."""
    render_id = post_render(user, headers=office.acting(user)).data["renderId"]
    return capture_key(office.organization_id, render_id)


def choose(user: User, **periods: str) -> None:
    assert call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json=periods).status == 200


def shown(headers: dict[str, str]) -> Any:
    return call("settings_retention", "GET", "/settings/retention", headers=headers).data


def test_the_policy_counts_over_the_members_choice_and_this_over_the_default(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    by_default = stored(office, member)
    choose(member, captures="90d", renders="30d")
    by_member = stored(office, member)
    office.set_policy(retention={"captures": "7d"})
    by_policy = stored(office, member)

    periods = [tags_of(aws, key)["retention"] for key in (by_default, by_member, by_policy)]
    assert periods == ["30d", "90d", "7d"]
    found = shown(office.acting(member))
    assert (found["captures"], found["models"], found["renders"]) == ("7d", "30d", "30d")


def test_a_key_stores_for_as_long_as_the_policy_says(aws: AwsEnvironment, office: Office) -> None:
    office.set_policy(retention={"captures": "1d"})
    user = User("", "", "", "")
    answered = post_render(user, headers={"authorization": "", **key_of(office)})
    key = capture_key(office.organization_id, answered.data["renderId"])

    assert tags_of(aws, key) == {"retention": "1d"}


def test_a_changed_policy_is_applied_to_what_is_stored(aws: AwsEnvironment, office: Office, member: User) -> None:
    choose(member, captures="90d")
    key, of_owner = stored(office, member), stored(office, office.owner)
    office.set_policy(retention={"captures": "7d"})
    pending = shown(office.acting(member))["isApplied"]
    do_task(office.organization_id, RETENTION_TASK)

    assert (pending, shown(office.acting(member))["isApplied"]) == (False, True)
    assert tags_of(aws, key) == tags_of(aws, of_owner) == {"retention": "7d"}


def test_a_policy_that_is_changed_during_a_render_applies_to_its_output(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    class ChangingEngine(RecordingEngine):
        def render(self, request: EngineRequest, *args: object) -> Output:
            office.set_policy(retention={"renders": "7d"})
            do_task(office.organization_id, RETENTION_TASK)
            return super().render(request, *args)

    ordered = post_render(member, headers=office.acting(member)).data["renderId"]
    render = render_worker(ChangingEngine()).work(RenderJob(office.organization_id, ordered))

    assert render is not None
    assert render.output is not None
    assert [tags_of(aws, key)["retention"] for key in render.output.keys] == ["7d"] * len(render.output.keys)


def test_without_a_policy_each_members_choice_counts_again(aws: AwsEnvironment, office: Office, member: User) -> None:
    choose(member, captures="90d")
    key, of_owner = stored(office, member), stored(office, office.owner)
    office.set_policy(retention={"captures": "7d"})
    do_task(office.organization_id, RETENTION_TASK)
    office.set_policy()
    do_task(office.organization_id, RETENTION_TASK)

    assert [tags_of(aws, each)["retention"] for each in (key, of_owner)] == ["90d", "30d"]


def test_a_members_new_choice_is_applied_to_what_the_member_has_stored_there(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    key, of_owner = stored(office, member), stored(office, office.owner)
    choose(member, captures="1d")
    do_task(member.user_id, RETENTION_TASK)
    do_task(office.organization_id, RETENTION_TASK)

    assert [tags_of(aws, each)["retention"] for each in (key, of_owner)] == ["1d", "30d"]


def test_a_members_new_choice_asks_nothing_of_an_organization_whose_policy_leaves_nothing_open(
    office: Office, member: User
) -> None:
    office.set_policy(retention={"captures": "7d", "models": "7d", "renders": "7d"})
    do_task(office.organization_id, RETENTION_TASK)
    choose(member, captures="1d")
    do_task(member.user_id, RETENTION_TASK)

    assert wiring.account_tasks().find(office.organization_id, RETENTION_TASK) is None


def test_a_change_of_the_retention_is_in_the_audit_log(office: Office) -> None:
    office.set_policy(retention={"renders": "365d"})

    [entry] = audit(office, AuditAction.POLICY_CHANGED)
    assert (entry.before, entry.after) == ({}, {"retention": {"renders": "365d"}})


def test_another_policy_does_not_ask_for_the_task(office: Office) -> None:
    office.set_policy(maxKeyDays=90)

    assert wiring.account_tasks().find(office.organization_id, RETENTION_TASK) is None


def test_the_policy_shows_its_retention(office: Office) -> None:
    office.set_policy(retention={"captures": "7d"})
    path = f"/organizations/{office.organization_id}"

    policy = call("organizations_id", "GET", path, headers=office.owner.headers).data["policy"]
    assert policy["retention"] == {"captures": "7d"}


def test_ones_own_retention_is_not_changed_for_an_organization(office: Office) -> None:
    refused = call("settings_retention", "PUT", "/settings/retention", headers=office.headers, json={"captures": "1d"})

    assert refused.code == (400, "INVALID_INPUT")


# ---------------------------------------------------------------- deletion of a member's account


def delete_account(user: User) -> Response:
    return call("account", "DELETE", "/account", headers=user.headers, json={})


def test_the_last_owner_of_an_organization_with_members_is_refused(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    refused = delete_account(office.owner)

    assert refused.code == (409, "RESOURCE_CONFLICT")
    assert "last owner" in refused.json["error"]
    assert wiring.account_tasks().find(office.owner.user_id, DELETION_TASK) is None
    assert office.membership().role is Role.OWNER


def test_a_membership_ends_with_the_account_and_what_was_made_stays(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    key = stored(office, member)
    assert delete_account(member).status == 202
    do_task(member.user_id, DELETION_TASK)

    assert wiring.organizations().find(office.organization_id, member.user_id, now()) is None
    assert tags_of(aws, key) == {"retention": "30d"}
    assert len(call("renders", "GET", "/renders", headers=office.headers).data["renders"]) == 1
    assert [each.actor for each in audit(office, AuditAction.MEMBER_LEFT)] == [member.user_id]


def test_the_address_of_a_deleted_member_is_gone_but_what_was_spent_stays(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    stored(office, member)
    gone_before = office.join(create_user(aws))
    office.remove(gone_before)
    for each in (member, gone_before):
        assert delete_account(each).status == 202
        do_task(each.user_id, DELETION_TASK)

    left = {each.user_id: each for each in wiring.organizations().members(office.organization_id, now())}
    assert [(left[each.user_id].email, left[each.user_id].name) for each in (member, gone_before)] == [("", "")] * 2
    assert left[member.user_id].spent == 5


def test_a_second_owner_may_delete_the_account(aws: AwsEnvironment, office: Office) -> None:
    second = office.join(create_user(aws), Role.OWNER)

    assert delete_account(second).status == 202
    assert wiring.organizations().get(office.organization_id).owners == 1


def test_an_organization_of_one_is_deleted_with_the_account(office: Office) -> None:
    assert delete_account(office.owner).status == 202

    assert wiring.account_tasks().find(office.organization_id, DELETION_TASK) is not None
    assert len(audit(office, AuditAction.ORGANIZATION_DELETED)) == 1


def test_an_account_is_not_deleted_by_a_request_for_an_organization(office: Office) -> None:
    refused = call("account", "DELETE", "/account", headers=office.headers, json={})

    assert refused.code == (400, "INVALID_INPUT")
    assert wiring.account_tasks().find(office.owner.user_id, DELETION_TASK) is None


# ---------------------------------------------------------------- deletion of an organisation


def delete(office: Office, user: User | None = None, **body: object) -> Response:
    path = f"/organizations/{office.organization_id}"
    return call("organizations_id", "DELETE", path, headers=(user or office.owner).headers, json=body)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_only_an_owner_deletes_an_organization(aws: AwsEnvironment, office: Office, role: Role) -> None:
    assert delete(office, office.join(create_user(aws), role)).code == (403, "INSUFFICIENT_PERMISSIONS")


def test_a_wrong_password_deletes_nothing(office: Office) -> None:
    assert delete(office, password="wrong").code == (401, "INVALID_CREDENTIALS")
    assert office.membership().role is Role.OWNER


def test_nobody_acts_for_a_deleted_organization_any_more(office: Office, member: User) -> None:
    key = key_of(office)
    assert delete(office).status == 202

    path = f"/organizations/{office.organization_id}"
    codes = [
        call("projects", "GET", "/projects", headers=office.headers).code,
        order(member, office).code,
        call("projects", "GET", "/projects", headers=key).code,
        call("organizations_id", "GET", path, headers=office.owner.headers).code,
    ]
    assert codes == [
        (403, "INSUFFICIENT_PERMISSIONS"),
        (403, "INSUFFICIENT_PERMISSIONS"),
        (401, "INVALID_API_KEY"),
        (404, "NOT_FOUND"),
    ]
    assert call("organizations", "GET", "/organizations", headers=member.headers).data["organizations"] == []


def test_an_order_that_had_passed_the_guard_is_refused(office: Office, member: User) -> None:
    from renderiq.domain.credits import Spender
    from renderiq.domain.retention import Retention
    from renderiq.errors import ApiError
    from renderiq.platform import Client
    from renderiq.services.renders import Capture
    from tests.support import pictures
    from tests.support.orders import order as an_order

    delete(office)
    with pytest.raises(ApiError) as refused:
        wiring.render_service().create(
            office.organization_id,
            an_order(),
            Capture(pictures.png(64, 64)),
            idempotency_key=None,
            client=Client(),
            retention=Retention(),
            now=now(),
            spender=Spender(member.user_id),
        )

    assert refused.value.code.name == "INVALID_TOKEN"


def everything_left(aws: AwsEnvironment, owner_id: str) -> set[str]:
    tables = [name for name in aws.resources if name.endswith("Table")]
    found = {name for name in tables if any(owner_id in str(item) for item in aws.items(name))}
    kinds = ("captures", "exports", "projects", "renders", "uploads")
    return found | {kind for kind in kinds if aws.objects(f"{kind}/{owner_id}/")}


def fill(aws: AwsEnvironment, office: Office, member: User) -> None:
    """Stores something of every kind for the organisation."""
    answer(office.owner, office, MODELS)
    for user in (office.owner, member):
        stored(office, user)
    done = post_render(member, headers=office.acting(member)).data["renderId"]
    assert render_worker(RecordingEngine()).work(RenderJob(office.organization_id, done))
    upload_file(aws, _Acting(office, member), glb(), **MODEL)  # type: ignore[arg-type]  # has headers and a user id
    call("projects", "POST", "/projects", headers=office.headers, json={"name": "Villa"})
    call("styles", "POST", "/styles", headers=office.headers, json={"title": "Evenings", "base": "golden-hour"})
    key_of(office)
    office.invite("grace@example.com")
    office.set_policy(retention={"captures": "7d"}, rendersAtOnce=1)
    stored(office, member)  # waits


def test_nothing_is_left_of_an_organization_but_its_audit_log(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    fill(aws, office, member)
    receipt_id = delete(office).data["receiptId"]
    do_task(office.organization_id, DELETION_TASK)

    receipt = wiring.deletions().receipt(receipt_id)
    assert everything_left(aws, office.organization_id) == {"AuditTable"}
    assert (receipt.counts["renders"], receipt.counts["uploads"], receipt.counts["apiKeys"]) == (4, 1, 1)
    [entry] = audit(office, AuditAction.ORGANIZATION_DELETED)
    assert entry.after == {"receiptId": receipt_id}


def test_the_members_of_a_deleted_organization_keep_what_is_their_own(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    fill(aws, office, member)
    render_id = post_render(member).data["renderId"]
    delete(office)
    do_task(office.organization_id, DELETION_TASK)

    assert call("renders_id", "GET", f"/renders/{render_id}", headers=member.headers).status == 200
    assert call("auth_me", "GET", "/auth/me", headers=office.owner.headers).status == 200


def test_an_owner_may_create_another_organization_after_the_deletion(aws: AwsEnvironment, office: Office) -> None:
    delete(office)
    do_task(office.organization_id, DELETION_TASK)

    body = {"name": "Second"}
    assert call("organizations", "POST", "/organizations", headers=office.owner.headers, json=body).status == 201


def test_a_second_deletion_is_not_found(office: Office) -> None:
    delete(office)

    assert delete(office).code == (404, "NOT_FOUND")


# ---------------------------------------------------------------- export


def exported(aws: AwsEnvironment, owner_id: str, headers: dict[str, str]) -> zipfile.ZipFile:
    assert call("account_export", "POST", "/account/export", headers=headers).status == 202
    do_task(owner_id, EXPORT_TASK)
    [file] = wiring.exports().newest(owner_id, now=now()).files
    body = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=file.key)["Body"].read()
    return zipfile.ZipFile(io.BytesIO(body))


def lines(archive: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in archive.read(name).decode().splitlines()]


def test_an_owner_exports_the_organization(aws: AwsEnvironment, office: Office, member: User) -> None:
    fill(aws, office, member)
    archive = exported(aws, office.organization_id, office.headers)

    items = {each["item"].partition("#")[0] for each in lines(archive, "organizations.jsonl")}
    assert items == {"organization", "member", "invitation"}
    assert {"organization.created", "consent.answered"} <= {each["action"] for each in lines(archive, "audit.jsonl")}
    assert len([each for each in lines(archive, "records/renders.jsonl") if "status" in each]) == 4
    assert len([name for name in archive.namelist() if name.startswith("files/captures/")]) == 4
    assert b"tokenHash" not in archive.read("organizations.jsonl")


def test_an_export_of_the_organization_has_one_entry_in_the_audit_log(office: Office) -> None:
    for _ in range(2):  # the second one finds the export that is being prepared
        call("account_export", "POST", "/account/export", headers=office.headers)

    [entry] = audit(office, AuditAction.ORGANIZATION_EXPORTED)
    task = wiring.account_tasks().find(office.organization_id, EXPORT_TASK)
    assert task is not None
    assert (entry.actor, entry.subject, entry.after) == (
        office.owner.user_id,
        "organization",
        {"exportId": task.version},
    )


def test_a_user_exports_the_own_account_without_an_entry(aws: AwsEnvironment, office: Office) -> None:
    exported(aws, office.owner.user_id, office.owner.headers)

    assert audit(office, AuditAction.ORGANIZATION_EXPORTED) == []


def test_a_member_exports_the_own_memberships_and_nothing_of_the_organization(
    aws: AwsEnvironment, office: Office, member: User
) -> None:
    fill(aws, office, member)
    archive = exported(aws, member.user_id, member.headers)

    [membership] = lines(archive, "organizations.jsonl")
    assert (membership["organizationId"], membership["role"]) == (office.organization_id, "member")
    assert lines(archive, "audit.jsonl") == []
    assert [name for name in archive.namelist() if name.startswith("files/")] == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_nobody_but_an_owner_exports_the_organization(aws: AwsEnvironment, office: Office, role: Role) -> None:
    headers = office.acting(office.join(create_user(aws), role))

    assert call("account_export", "POST", "/account/export", headers=headers).code == (403, "INSUFFICIENT_PERMISSIONS")
    assert call("account_export", "GET", "/account/export", headers=headers).code == (403, "INSUFFICIENT_PERMISSIONS")
