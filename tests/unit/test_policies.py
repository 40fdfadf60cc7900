"""The policies of a function allow exactly its calls to AWS, which the emulators do not check."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.cloudformation import load
from renderiq.domain.access import Role
from renderiq.domain.consents import ConsentName
from renderiq.domain.device_codes import GRANT_TYPE
from renderiq.domain.projects import MAX_PROJECTS
from renderiq.domain.renders import RenderOutput, Status
from renderiq.domain.webhooks import callback_target
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, CleanupJob, DeliveryJob, RenderJob
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.tokens import RefreshToken
from renderiq.workers import account
from tests.support import pictures, wiring
from tests.support.accounts import PASSWORD, User, add_project, add_to_user_pool, answer_consents, create_user
from tests.support.aws import AwsEnvironment
from tests.support.figures import life, work
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import call, call_unchecked
from tests.support.organizations import create_office
from tests.support.paths import ROOT
from tests.support.renders import post_render
from tests.support.uploads import announce, complete, glb, send, upload_file
from tests.support.usage_months import old_office, webhook_of
from tests.support.webhooks import register_webhook, send_test_event

RESOURCES: dict[str, Any] = load(ROOT / "template.yaml")["Resources"]
PNG = pictures.png()
PICTURE = RenderOutput("renders/a/b/output.png", "renders/a/b/thumbnail.webp", 1, 1)
Use = tuple[str, str]
"""An IAM action and the logical id of its resource; for a picture, with the prefix of its key."""

AUTHENTICATION = {
    ("dynamodb:UpdateItem", "PrincipalsTable"),
    ("dynamodb:UpdateItem", "ApiKeysTable"),
    ("dynamodb:BatchGetItem", "OrganizationsTable"),
    ("dynamodb:BatchGetItem", "PrincipalsTable"),
    ("secretsmanager:GetSecretValue", "TokenSecret"),
}
"""What authentication may need, for each kind of credentials."""
PUBLISHING = {("dynamodb:PutItem", "DeliveriesTable"), ("sqs:SendMessage", "DeliveryQueue")}
S3_ACTIONS = {
    "HeadBucket": "ListBucket",
    "DeleteObjects": "DeleteObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "ListObjectsV2": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
}
"""The actions of those operations of S3 that are not named like their action."""
STABILITY = (
    "arn:${AWS::Partition}:bedrock:*::foundation-model/stability.*",
    "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/*.stability.*",
)
SUBMIT = {("batch:SubmitJob", "CyclesJobQueue"), ("batch:SubmitJob", "CyclesJobDefinition")}
UNSEEN: dict[str, set[Use]] = {
    # ListBucket is needed so that S3 answers 404 for a missing object.
    # The consent is read for engines that a laptop does not offer.
    "RendersFunction": {
        ("s3:ListBucket", "ImagesBucket"),
        ("sqs:SendMessage", "CyclesQueue"),
        ("dynamodb:GetItem", "ConsentsTable"),
        *SUBMIT,
    },
    "RendersIdAgainFunction": {
        ("s3:ListBucket", "ImagesBucket"),
        ("sqs:SendMessage", "CyclesQueue"),
        ("dynamodb:GetItem", "ConsentsTable"),
        *SUBMIT,
    },
    # An estimate of a 3D model, which needs a stack with the path tracer.
    "RendersEstimateFunction": {("dynamodb:GetItem", "UploadsTable")},
    "RendersIdFunction": {("sqs:SendMessage", "CyclesQueue"), *SUBMIT},
    "ProjectCleanupWorkerFunction": {
        ("dynamodb:DeleteItem", "RendersTable"),
        ("dynamodb:UpdateItem", "OrganizationsTable"),
    },
    "FilesIdIdFunction": {("s3:ListBucket", "ImagesBucket")},
    "UploadsIdFunction": {("s3:ListBucket", "ImagesBucket")},
    "UploadsIdCompleteFunction": {("s3:ListBucket", "ImagesBucket")},
    # The same, and the engines that do not run on a laptop.
    "RenderWorkerFunction": {
        ("s3:ListBucket", "ImagesBucket"),
        ("secretsmanager:GetSecretValue", "GeminiSecretArn"),
        ("sqs:SendMessage", "CyclesQueue"),
        *SUBMIT,
        ("dynamodb:UpdateItem", "OrganizationsTable"),  # the refund of a member's render
        *(("bedrock:InvokeModel", model) for model in STABILITY),
    },
    # The code of RenderWorkerFunction, with Blender, which this test does not start.
    "CyclesWorkerFunction": {
        ("dynamodb:GetItem", "RendersTable"),
        ("dynamodb:UpdateItem", "RendersTable"),
        ("dynamodb:Query", "RendersTable"),
        ("dynamodb:DeleteItem", "RendersTable"),
        ("dynamodb:UpdateItem", "AccountsTable"),
        ("dynamodb:UpdateItem", "OrganizationsTable"),
        ("sqs:SendMessage", "RenderQueue"),
        ("dynamodb:PutItem", "LedgerTable"),
        ("s3:GetObject", "ImagesBucket/captures/*"),
        ("s3:GetObject", "ImagesBucket/uploads/*"),
        ("s3:PutObject", "ImagesBucket/renders/*"),
        ("s3:PutObjectTagging", "ImagesBucket/renders/*"),
        ("s3:ListBucket", "ImagesBucket"),
        ("s3:PutObject", "ImagesBucket/captures/*"),
        ("s3:PutObjectTagging", "ImagesBucket/captures/*"),
        ("sqs:SendMessage", "CyclesQueue"),
        ("sqs:SendMessage", "RenderQueue"),
        *SUBMIT,
        ("dynamodb:Query", "WebhooksTable"),
        ("dynamodb:UpdateItem", "WebhooksTable"),
        ("secretsmanager:GetSecretValue", "CallbackSecret"),
        *PUBLISHING,
    },
    "SweeperFunction": {("sqs:SendMessage", "CyclesQueue"), ("dynamodb:UpdateItem", "OrganizationsTable"), *SUBMIT},
}
"""Actions that a function needs although no call in this module makes them."""


def _logical_id(resource: Any) -> str:
    match resource:
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            return str(name)
        case {"Fn::Sub": str(text)}:
            name, _, path = text.removeprefix("${").partition(".Arn}/")
            return f"{name}/{path}" if name == "ImagesBucket" else name
    raise AssertionError(f"a resource that this test cannot read: {resource}")


def _statements(policy: Any) -> list[Any]:
    if "Fn::If" in policy:
        _condition, policy, _otherwise = policy["Fn::If"]
    if "Ref" in policy:
        policy = RESOURCES[policy["Ref"]]["Properties"]["PolicyDocument"]
    return list(policy["Statement"])


def allowed(function: str) -> set[Use]:
    uses = set()
    for policy in RESOURCES[function]["Properties"].get("Policies", []):
        for statement in _statements(policy):
            actions, resources = statement["Action"], statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                for resource in resources if isinstance(resources, list) else [resources]:
                    uses.add((action, _logical_id(resource)))
    return uses


class Recorder:
    """Records the calls to AWS by function."""

    def __init__(self, aws: AwsEnvironment) -> None:
        self.used: dict[str, set[Use]] = defaultdict(set)
        self._function = ""
        self._names = {made.ref: name for name, made in aws.resources.items()}
        self._names[settings().render_queue_url] = "RenderQueue"
        self._names[settings().delivery_queue_url] = "DeliveryQueue"
        self._names[settings().project_cleanup_queue_url] = "ProjectCleanupQueue"
        self._names[settings().account_task_queue_url] = "AccountTaskQueue"
        self._names[settings().account_task_dead_letter_queue_url] = "AccountTaskDeadLetterQueue"
        self._names[settings().render_dead_letter_queue_url] = "RenderDeadLetterQueue"
        self._names[settings().delivery_dead_letter_queue_url] = "DeliveryDeadLetterQueue"
        self._names[settings().project_cleanup_dead_letter_queue_url] = "ProjectCleanupDeadLetterQueue"

    @contextmanager
    def of(self, function: str) -> Iterator[None]:
        self._function = "".join(word.capitalize() for word in function.split("_")) + "Function"
        wiring.secrets.cache_clear()  # Each function reads the secrets itself; here all are in one process.
        yield
        self._function = ""

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._function:
            self.used[self._function] |= set(self._uses(model.service_model.service_name, model.name, params))

    def _uses(self, service: str, operation: str, params: dict[str, Any]) -> Iterator[Use]:
        match service:
            case "dynamodb" if operation == "TransactWriteItems":
                for action in params["TransactItems"]:
                    [(kind, write)] = action.items()
                    yield f"dynamodb:{kind.removesuffix('Item')}Item", self._names[write["TableName"]]
            case "dynamodb" if operation in {"BatchWriteItem", "BatchGetItem"}:
                for table in params["RequestItems"]:
                    yield f"dynamodb:{operation}", self._names[table]
            case "dynamodb":
                yield f"dynamodb:{operation}", self._names[params["TableName"]]
            case "s3":
                action = S3_ACTIONS.get(operation, operation)
                for prefix in (
                    [params["Key"].split("/")[0]] if "Tagging" in params and operation != "PutObjectTagging" else []
                ):
                    yield "s3:PutObjectTagging", f"ImagesBucket/{prefix}/*"
                keys = [each["Key"] for each in params.get("Delete", {}).get("Objects", [params]) if "Key" in each]
                for prefix in {key.split("/")[0] for key in keys}:
                    yield f"s3:{action}", f"ImagesBucket/{prefix}/*"
                if not keys:
                    yield f"s3:{action}", "ImagesBucket"
            case "sqs":
                yield f"sqs:{operation}", self._names[params["QueueUrl"]]
            case "secretsmanager":
                yield f"secretsmanager:{operation}", self._names[params["SecretId"]]
            case "cognito-idp" if operation.startswith("Admin"):
                yield f"cognito-idp:{operation}", self._names[params["UserPoolId"]]
            case "cognito-idp":  # InitiateAuth is public: it needs no AWS credentials
                return


@pytest.fixture(scope="module")
def used(aws: AwsEnvironment) -> dict[str, set[Use]]:
    recorder = Recorder(aws)
    for service in ("dynamodb", "s3", "sqs", "secretsmanager", "cognito-idp"):
        aws.client(service).meta.events.register("before-parameter-build", recorder.note, unique_id="policies")
    for scenario in (
        _a_session,
        _a_style,
        _consents,
        _retention,
        _a_render,
        _a_refused_render,
        _a_render_tried_again,
        _a_cancelled_render,
        _a_webhook,
        _a_project,
        _an_upload,
        _a_sweep,
        _figures,
        _a_month_of_figures,
        _an_export_and_a_deletion,
        _an_organization,
        _keys_of_an_organization,
        _renders_of_an_organization,
        _privacy_of_an_organization,
    ):
        scenario(aws, create_user(aws, balance=40), recorder)
    return recorder.used


def sign_in_again(user: User) -> str:
    body = {"email": user.email, "password": PASSWORD}
    return str(call("auth_signin", "POST", "/auth/signin", json=body).json["refresh_token"])


def _a_session(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    newcomer = f"{uuid7()}@example.com"
    add_to_user_pool(aws, newcomer)
    with at.of("auth_signin"):  # the first sign-in creates the account
        call("auth_signin", "POST", "/auth/signin", json={"email": newcomer, "password": PASSWORD})
    with at.of("auth_signin"):
        call("auth_signin", "POST", "/auth/signin", json={"email": user.email, "password": PASSWORD})
    with at.of("auth_device_code"):
        codes = call("auth_device_code", "POST", "/auth/device/code", json={}).json
    another = f"{uuid7()}@example.com"
    add_to_user_pool(aws, another)
    with at.of("auth_device"):  # the first sign-in creates the account here too
        sign_in = {"user_code": codes["user_code"], "email": another, "password": PASSWORD}
        page = call_unchecked("auth_device", "POST", "/auth/device", json=sign_in).body
        approval = {"approval": page.partition('name="approval" value="')[2].partition('"')[0], "decision": "approve"}
        assert call_unchecked("auth_device", "POST", "/auth/device", json=approval).status == 200
    with at.of("auth_device_token"):
        exchange = {"grant_type": GRANT_TYPE, "device_code": codes["device_code"]}
        assert call("auth_device_token", "POST", "/auth/device/token", json=exchange).status == 200
    forgotten = create_user(aws).email
    with at.of("auth_password_forgot"):
        call("auth_password_forgot", "POST", "/auth/password/forgot", json={"email": forgotten})
    with at.of("auth_password_reset"):
        reset = {"email": forgotten, "code": "123456", "newPassword": PASSWORD}
        assert call("auth_password_reset", "POST", "/auth/password/reset", json=reset).status == 200
    with at.of("auth_sessions"):
        call("auth_sessions", "GET", "/auth/sessions", headers=user.headers)
    other = RefreshToken.parse(sign_in_again(user)).session_id
    with at.of("auth_sessions_id"):
        call("auth_sessions_id", "DELETE", f"/auth/sessions/{other}", headers=user.headers)
    with at.of("auth_refresh"):
        call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token})
    with at.of("auth_me"):
        call("auth_me", "GET", "/auth/me", headers=user.headers)
    with at.of("credits"):
        call("credits", "GET", "/credits", headers=user.headers)
    with at.of("renders_estimate"):
        call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={})
    with at.of("credits_transactions"):
        call("credits_transactions", "GET", "/credits/transactions", headers=user.headers)
    with at.of("settings"):
        call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"theme": "dark"}})
        call("settings", "GET", "/settings", headers=user.headers)
    with at.of("health"):
        call("health", "GET", "/health", query={"deep": "1"})
    with at.of("keys"):
        body = {"name": "CI", "scopes": ["renders:read"]}
        key_id = call("keys", "POST", "/keys", headers=user.headers, json=body).data["id"]
        call("keys", "GET", "/keys", headers=user.headers)
    with at.of("keys_id_rotate"):
        rotated = call("keys_id_rotate", "POST", f"/keys/{key_id}/rotate", headers=user.headers, json={}).data
    with at.of("keys_id"):
        call("keys_id", "DELETE", f"/keys/{key_id}", headers=user.headers)
    with at.of("credits"):
        call("credits", "GET", "/credits", headers={"x-api-key": rotated["key"]})
    with at.of("auth_signout"):
        call("auth_signout", "POST", "/auth/signout", headers=user.headers)


def _post(user: User, key: str = "k", **fields: str) -> str:
    answer = post_render(user, fields, headers={"idempotency-key": key})
    return str(answer.json.get("data", {}).get("renderId"))


def _a_style(_: AwsEnvironment, user: User, at: Recorder) -> None:
    body = {"title": "Evenings", "base": "golden-hour"}
    with at.of("styles"):
        name = call("styles", "POST", "/styles", headers=user.headers, json=body).data["name"]
    with at.of("styles_mine"):
        call("styles_mine", "GET", "/styles/mine", headers=user.headers)
    with at.of("styles_id"):
        call("styles_id", "GET", f"/styles/{name}", headers=user.headers)
        call("styles_id", "PUT", f"/styles/{name}", headers=user.headers, json=body)
    with at.of("renders_estimate"):
        call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={"style": name})
    with at.of("renders"):
        render_id = _post(user, "styled", style=name)
    with at.of("renders_id_again"):
        call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=user.headers, json={})
    with at.of("styles_id"):
        call("styles_id", "DELETE", f"/styles/{name}", headers=user.headers)


def _consents(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    with at.of("consents"):
        call("consents", "GET", "/consents", headers=user.headers)
    for name in ConsentName:
        with at.of("consents_id"):
            answer = {"version": 1, "granted": True}
            assert call("consents_id", "POST", f"/consents/{name}", headers=user.headers, json=answer).status == 200
    model = glb()
    fields = {"purpose": "model", "contentType": "model/gltf-binary"}
    with at.of("uploads"):
        upload_id = announce(user, model, **fields).data["uploadId"]
    with at.of("uploads_id_parts"):
        call("uploads_id_parts", "POST", f"/uploads/{upload_id}/parts", headers=user.headers, json={"partNumbers": [1]})
    send(aws, user, upload_id, {1: model})
    with at.of("uploads_id_complete"):
        complete(user, upload_id)


def _retention(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    _post(user)
    render_id = _post(user, "done")
    handler("render_worker")(sqs_event(RenderJob(user.user_id, render_id)), lambda_context())
    upload_id, opened = upload_file(aws, user, PNG), announce(user, PNG).data["uploadId"]
    with at.of("settings_retention"):
        call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json={"captures": "7d"})
        call("settings_retention", "GET", "/settings/retention", headers=user.headers)
    job = AccountTaskJob("retention", user.user_id)
    with at.of("account_worker"):
        handler("account_worker")(sqs_event(job), lambda_context())
        account.worker().resume(job, now=datetime.now(UTC) + timedelta(minutes=2))
    assert wiring.uploads().get(user.user_id, upload_id).retention == "7d"
    send(aws, user, opened, {1: PNG})
    with at.of("uploads_id_complete"):
        complete(user, opened)


def _a_render(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    project_id = add_project(user)
    with at.of("webhooks_register"):
        for _ in ("at first", "repeated"):
            call(
                "webhooks_register",
                "POST",
                "/webhooks/register",
                headers={**user.headers, "idempotency-key": "k"},
                json={"url": "http://127.0.0.1:9/", "events": ["render.completed"]},
            )
    polled = register_webhook(user, events=["render.processing", "render.completed"], type="poll", url="")["webhookId"]
    with at.of("renders"):
        render_id = _post(user, projectId=project_id, callback_url="http://127.0.0.1:9/")
        _post(user, projectId=project_id, callback_url="http://127.0.0.1:9/")
        call("renders", "GET", "/renders", headers=user.headers, query={"projectId": project_id})
        call("renders", "GET", "/renders", headers=user.headers)
    with at.of("render_worker"):
        handler("render_worker")(sqs_event(RenderJob(user.user_id, render_id)), lambda_context())
    with at.of("webhooks_id_poll"):
        events = call("webhooks_id_poll", "GET", f"/webhooks/{polled}/poll", headers=user.headers).data["events"]
        assert [each["type"] for each in events] == ["render.processing", "render.completed"]
    with at.of("renders_id"):
        output = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data["outputUrl"]
    with at.of("renders"):  # with its links
        call("renders", "GET", "/renders", headers=user.headers)
        for link in (wiring.images().link(f"captures/{user.user_id}/{render_id}"), output):
            again = {"quality": "standard", "imageUrl": link}
            assert call("renders", "POST", "/renders", headers=user.headers, json=again).status == 202
        capture = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data["inputUrl"]
    with at.of("renders_id_again"):
        for _ in ("at first", "repeated"):
            body = {"changes": {"quality": "standard", "projectId": project_id, "callback_url": "http://127.0.0.1:9/"}}
            headers = {**user.headers, "idempotency-key": "again"}
            assert (
                call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=headers, json=body).status
                == 202
            )
    _follow(output, at)
    _follow(capture, at)
    for delivery in aws.items_of("DeliveriesTable", user):
        if delivery["target"] == polled:
            continue
        with at.of("webhook_delivery_worker"):
            job = DeliveryJob(delivery["target"], delivery["deliveryId"])
            handler("webhook_delivery_worker")(sqs_event(job), lambda_context())
    assert callback_target(user.user_id) in {each["target"] for each in aws.items_of("DeliveriesTable", user)}


def _follow(link: str, at: Recorder) -> None:
    with at.of("files_id_id"):
        assert call("files_id_id", "GET", link.partition("/api/plugins")[2]).status == 302


def _a_refused_render(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    foreign = add_project(create_user(aws))
    with at.of("renders"):
        _post(user, projectId=foreign)
    render_id = _post(user)
    aws.client("s3").delete_object(Bucket=settings().images_bucket, Key=f"captures/{user.user_id}/{render_id}")
    with at.of("render_worker"):
        handler("render_worker")(sqs_event(RenderJob(user.user_id, render_id)), lambda_context())


def _a_render_tried_again(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    """The engine of the render no longer exists."""
    answer_consents(user)  # nobody knows whether an unknown engine sends pictures out
    job = RenderJob(user.user_id, _post(user))
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": job.user_id, "renderId": job.render_id}),
        UpdateExpression="SET #order.engine = :gone",
        ExpressionAttributeNames={"#order": "order"},
        ExpressionAttributeValues=to_attributes({":gone": "gone"}),
    )
    with at.of("render_worker"):
        handler("render_worker")(sqs_event(job), lambda_context())
    assert wiring.renders().get(job.user_id, job.render_id).status is Status.PENDING


def _a_cancelled_render(_: AwsEnvironment, user: User, at: Recorder) -> None:
    _register_webhook(user, "render.cancelled")
    render_id = _post(user)
    with at.of("renders_id"):
        call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)


def _register_webhook(user: User, *events: str) -> None:
    register_webhook(user, events=events)
    register_webhook(user, events=events, type="poll", url="")


def _a_webhook(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    path = f"/webhooks/{register_webhook(user)['webhookId']}"
    with at.of("webhooks"):
        call("webhooks", "GET", "/webhooks", headers=user.headers)
    with at.of("webhooks_id_deliveries"):
        call("webhooks_id_deliveries", "GET", f"{path}/deliveries", headers=user.headers)
    polled = register_webhook(user, type="poll", url="")["webhookId"]
    with at.of("webhooks_id_test"):
        call("webhooks_id_test", "POST", f"/webhooks/{polled}/test", headers=user.headers)
        tested = call("webhooks_id_test", "POST", f"{path}/test", headers=user.headers)
    with at.of("webhooks_id_deliveries_id_redeliver"):
        again = f"{path}/deliveries/{tested.data['deliveryId']}/redeliver"
        call("webhooks_id_deliveries_id_redeliver", "POST", again, headers=user.headers)
    with at.of("webhooks_id_rotate_secret"):
        call("webhooks_id_rotate_secret", "POST", f"{path}/rotate-secret", headers=user.headers)
    with at.of("webhooks_id"):
        call("webhooks_id", "GET", path, headers=user.headers)
        call("webhooks_id", "PATCH", path, headers=user.headers, json={"enabled": False})
        call("webhooks_id", "DELETE", path, headers=user.headers)


def _a_project(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    made = {"name": "Villa", "image": base64.b64encode(PNG).decode()}
    with at.of("projects"):
        project = call("projects", "POST", "/projects", headers=user.headers, json=made).data
        project_id = project["id"]
        call("projects", "POST", "/projects", headers=user.headers, json=made)
        call("projects", "GET", "/projects", headers=user.headers)
        call("projects", "GET", "/projects", headers=user.headers, query={"cursor": project_id})
    _follow(project["imageUrl"], at)
    crowded = create_user(aws)
    aws.client("dynamodb").put_item(
        TableName=settings().projects_table,
        Item=to_attributes({"userId": crowded.user_id, "projectId": "number", "projects": MAX_PROJECTS}),
    )
    with at.of("projects"):
        assert call("projects", "POST", "/projects", headers=crowded.headers, json=made).code == (429, "QUOTA_EXCEEDED")
    _register_webhook(user, "render.completed")
    now, renders = datetime.now(UTC), wiring.renders()
    done, begun, returned = (
        renders.claim(
            user.user_id,
            _post(user, key, projectId=project_id),
            lease="somebody's",
            until=now + timedelta(minutes=6),
            now=now,
        )
        for key in ("done", "begun", "returned")
    )
    assert done
    assert begun
    assert returned
    renders.complete(done, lease="somebody's", output=PICTURE, now=now)
    _post(user, "waiting", projectId=project_id)
    with at.of("projects_id"):
        call("projects_id", "GET", f"/projects/{project_id}", headers=user.headers)
        call("projects_id", "PATCH", f"/projects/{project_id}", headers=user.headers, json=made)
        call("projects_id", "PATCH", f"/projects/{project_id}", headers=user.headers, json={"image": None})
        call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)
    job = CleanupJob(user.user_id, project_id)
    with at.of("project_cleanup_worker"):
        handler("project_cleanup_worker")(sqs_event(job), lambda_context())
    renders.complete(begun, lease="somebody's", output=PICTURE, now=now)
    renders.release(returned, lease="somebody's", due_at=now + timedelta(minutes=1))
    with at.of("project_cleanup_worker"):
        wiring.project_cleanup().resume(job, now=now + timedelta(minutes=2))
    assert wiring.projects().deletion(user.user_id, project_id) is None


def _announce(user: User, data: bytes, key: str) -> str:
    given = {"fileName": "a.png", "contentType": "image/png", "size": len(data), "purpose": "capture"}
    headers = {**user.headers, "idempotency-key": key}
    return str(call("uploads", "POST", "/uploads", json=given, headers=headers).data["uploadId"])


def _an_upload(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    with at.of("uploads"):
        upload_id, lie = _announce(user, PNG, "k"), _announce(user, b"no picture", "lie")
        _announce(user, PNG, "k")
        call("uploads", "GET", "/uploads", headers=user.headers)
    with at.of("uploads_id_parts"):
        call("uploads_id_parts", "POST", f"/uploads/{upload_id}/parts", headers=user.headers, json={"partNumbers": [1]})
    for sent, data in ((upload_id, PNG), (lie, b"no picture")):
        send(aws, user, sent, {1: data})
        with at.of("uploads_id_complete"):
            complete(user, sent)
    with at.of("uploads"):
        call("uploads", "GET", "/uploads", headers=user.headers)
    with at.of("uploads_id"):
        url = call("uploads_id", "GET", f"/uploads/{upload_id}", headers=user.headers).data["url"]
    _follow(url, at)
    with at.of("renders"):
        body = {"quality": "standard", "uploadId": upload_id}
        render_id = call("renders", "POST", "/renders", headers=user.headers, json=body).data["renderId"]
    with at.of("renders_id_again"):
        again = call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=user.headers, json={})
        assert again.status == 202
    opened = announce(user, PNG).data["uploadId"]
    with at.of("uploads_id"):
        call("uploads_id", "GET", f"/uploads/{opened}", headers=user.headers)
        wiring.upload_files().delete_parts(wiring.uploads().get(user.user_id, opened))
        call("uploads_id", "GET", f"/uploads/{opened}", headers=user.headers)
        call("uploads_id", "DELETE", f"/uploads/{opened}", headers=user.headers)
        assert call("uploads_id", "DELETE", f"/uploads/{upload_id}", headers=user.headers).status == 409
    with at.of("render_worker"):
        for each in (render_id, again.data["renderId"]):
            handler("render_worker")(sqs_event(RenderJob(user.user_id, each)), lambda_context())


def _age(aws: AwsEnvironment, user: User, *, order_with: str) -> None:
    """Orders a render of an upload, and moves the end of all uploads of the user to the past."""
    body = {"quality": "standard", "uploadId": order_with}
    assert call("renders", "POST", "/renders", headers=user.headers, json=body).status == 202
    for item in aws.items_of("UploadsTable", user):
        if "expiresOn" in item:
            aws.client("dynamodb").update_item(
                TableName=settings().uploads_table,
                Key=to_attributes({"userId": user.user_id, "uploadId": item["uploadId"]}),
                UpdateExpression="SET expiresOn = :then",
                ExpressionAttributeValues=to_attributes({":then": "2020-01-01T00:00:00.000Z"}),
            )


def _a_sweep(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    """Runs the sweeper with a due record of every kind."""
    _register_webhook(user, "render.completed", "render.failed")
    waiting, dead, untold = (RenderJob(user.user_id, _post(user, key)) for key in ("waiting", "dead", "untold"))
    now = datetime.now(UTC)
    for attempt in range(1, 4):
        then = now - timedelta(hours=1, minutes=-attempt)
        wiring.renders().claim(dead.user_id, dead.render_id, lease="dead", until=then, now=then)
        wiring.renders().claim(untold.user_id, untold.render_id, lease="x", until=then, now=then)
    render = wiring.renders().get(untold.user_id, untold.render_id)
    wiring.renders().complete(render, lease="x", output=PICTURE, now=now)
    project_id = add_project(user)
    wiring.project_cleanup().delete(user.user_id, project_id, now=now - timedelta(hours=1))
    wiring.retention_service().change(user.user_id, {}, now=now - timedelta(hours=1))
    announce(user, PNG)
    _age(aws, user, order_with=upload_file(aws, user, PNG))
    aws.backdate("RendersTable", "DeliveriesTable", "ProjectsTable", "AccountTasksTable")
    aws.backdate("UploadsTable", by=timedelta(days=40))
    with at.of("sweeper"):
        done = handler("sweeper")({}, lambda_context())
    assert {
        "RenderJob enqueued",
        "renders terminated",
        "renders published",
        "DeliveryJob enqueued",
        "CleanupJob enqueued",
        "AccountTaskJob enqueued",
        "uploads removed",
    } <= {*done}
    assert wiring.renders().get(waiting.user_id, waiting.render_id).status is Status.PENDING


def _figures(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    """Counts the changes of a render and shows the figures."""
    records = life(1, user.user_id)
    with at.of("stats_worker"):
        assert work(*records) == []
    with at.of("analytics_usage"):
        call("analytics_usage", "GET", "/analytics/usage", headers=user.headers)
    operator = create_user(aws, operator=True)
    with at.of("metrics"):
        assert call_unchecked("metrics", "GET", "/metrics", headers=operator.headers).status == 200


def _a_month_of_figures(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    """Publishes the figures of a month to a webhook and a poll endpoint."""
    office = old_office(aws, datetime(2026, 1, 1, tzinfo=UTC))
    webhook_of(office)
    webhook_of(office, url=None, type="poll")
    with at.of("usage_month_worker"):
        done = handler("usage_month_worker")({}, lambda_context())
    assert (done["new"], done["polled"], done["isComplete"]) == (1, 1, True)


def _an_export_and_a_deletion(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    answer_consents(user)
    image = base64.b64encode(PNG).decode()
    call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa", "image": image})
    call("styles", "POST", "/styles", headers=user.headers, json={"title": "Evenings", "base": "golden-hour"})
    call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": ["renders:read"]})
    send_test_event(user, str(register_webhook(user)["webhookId"]))
    _post(user)
    render_id = _post(user, "done")
    handler("render_worker")(sqs_event(RenderJob(user.user_id, render_id)), lambda_context())
    upload_file(aws, user, PNG)
    announce(user, PNG)
    assert work(*life(1, user.user_id)) == []
    device = wiring.device_code_service()
    now = datetime.now(UTC)
    issued = device.issue(platform="rhino", address="198.51.100.7", now=now)
    _, approval = device.review(user.user_id, issued.user_code, now=now)
    device.decide(approval, approve=True, now=now)
    path, later = "/account/export", now + timedelta(minutes=2)
    with at.of("account_export"):
        assert call("account_export", "POST", path, headers=user.headers).status == 202
    with at.of("account_worker"):
        account.worker().resume(AccountTaskJob("export", user.user_id), now=later)
    with at.of("account_export"):
        [file] = call("account_export", "GET", path, headers=user.headers).data["files"]
    _follow(file["url"], at)
    with at.of("account"):
        receipt_id = call("account", "DELETE", "/account", headers=user.headers).data["receiptId"]
    with at.of("account_worker"):
        for _ in range(8):
            account.worker().resume(AccountTaskJob("deletion", user.user_id), now=later)
        account.worker().resume(AccountTaskJob("deletion", user.user_id), now=later + timedelta(days=2))
    with at.of("account_deletions_id"):
        receipt = call("account_deletions_id", "GET", f"/account/deletions/{receipt_id}").data
    assert receipt["status"] == "deleted"


def _an_organization(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    other, third = create_user(aws), create_user(aws)
    with at.of("organizations"):
        made = call("organizations", "POST", "/organizations", headers=user.headers, json={"name": "Atelier"}).data
        call("organizations", "GET", "/organizations", headers=user.headers)
    path = f"/organizations/{made['organizationId']}"
    with at.of("organizations_id"):
        call("organizations_id", "GET", path, headers=user.headers)
        body: dict[str, Any] = {"policy": {"rendersAtOnce": 2}}
        assert call("organizations_id", "PATCH", path, headers=user.headers, json=body).status == 200
    with at.of("account_export"):
        headers = user.headers | {"x-renderiq-organization": made["organizationId"]}
        assert call("account_export", "POST", "/account/export", headers=headers).status == 202
    with at.of("organizations_id_invitations"):
        invited = [
            call("organizations_id_invitations", "POST", f"{path}/invitations", headers=user.headers, json=body).data
            for body in (
                {"email": other.email, "role": "owner"},
                {"email": third.email},
                {"email": "x@example.com"},
            )
        ]
        call("organizations_id_invitations", "GET", f"{path}/invitations", headers=user.headers)
    with at.of("organizations_id_invitations_id"):
        gone = f"{path}/invitations/{invited[2]['invitationId']}"
        assert call("organizations_id_invitations_id", "DELETE", gone, headers=user.headers).status == 200
    with at.of("invitations_accept"):
        for guest, invitation in zip((other, third), invited, strict=False):
            body = {"token": invitation["token"]}
            assert call("invitations_accept", "POST", "/invitations/accept", headers=guest.headers, json=body).status
    with at.of("organizations_id_members"):
        assert (
            len(call("organizations_id_members", "GET", f"{path}/members", headers=user.headers).data["members"]) == 3
        )
    with at.of("organizations_id_members_id"):
        theirs = f"{path}/members/{third.user_id}"
        body = {"role": "owner"}
        assert call("organizations_id_members_id", "PATCH", theirs, headers=user.headers, json=body).status == 200
        assert call("organizations_id_members_id", "DELETE", theirs, headers=user.headers).status == 200
    with at.of("organizations_id_audit"):
        assert len(call("organizations_id_audit", "GET", f"{path}/audit", headers=user.headers).data["entries"]) == 11


def _keys_of_an_organization(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    office = create_office(aws, owner=user)
    with at.of("keys"):
        body = {"name": "CI", "scopes": ["org:read"]}
        key_id = call("keys", "POST", "/keys", headers=office.headers, json=body).data["id"]
    with at.of("keys_id_rotate"):
        rotated = call("keys_id_rotate", "POST", f"/keys/{key_id}/rotate", headers=office.headers, json={}).data
    with at.of("keys_id"):
        assert call("keys_id", "DELETE", f"/keys/{rotated['id']}", headers=office.headers).status == 200


def _privacy_of_an_organization(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    office = create_office(aws, credits_=100, owner=user)
    member = office.join(create_user(aws))
    with at.of("consents_id"):
        body = {"version": 1, "granted": True}
        assert call("consents_id", "POST", "/consents/model_upload", headers=office.headers, json=body).status == 200
    path, later = f"/organizations/{office.organization_id}", datetime.now(UTC) + timedelta(minutes=2)
    with at.of("organizations_id"):
        policy = {"policy": {"retention": {"captures": "7d"}}}
        assert call("organizations_id", "PATCH", path, headers=user.headers, json=policy).status == 200
    post_render(member, headers=office.acting(member))
    call("settings_retention", "PUT", "/settings/retention", headers=member.headers, json={"renders": "30d"})
    call("account_export", "POST", "/account/export", headers=office.headers)
    with at.of("account_worker"):
        account.worker().resume(AccountTaskJob("retention", office.organization_id), now=later)
        account.worker().resume(AccountTaskJob("retention", member.user_id), now=later)
        account.worker().resume(AccountTaskJob("export", office.organization_id), now=later)
    with at.of("account"):
        assert call("account", "DELETE", "/account", headers=member.headers).status == 202
    office.join(late := create_user(aws))
    wiring.principals().close(late.user_id, now=later)
    begun = wiring.deletions().begin(late.user_id, uuid7(), due_at=later, now=later - timedelta(minutes=2))
    assert begun
    with at.of("organizations_id"):
        assert call("organizations_id", "DELETE", path, headers=user.headers).status == 202
    owner = create_user(aws)
    create_office(aws, owner=owner)
    with at.of("account"):
        assert call("account", "DELETE", "/account", headers=owner.headers).status == 202
    other = create_office(aws)
    other.join(co_owner := create_user(aws), Role.OWNER)
    with at.of("account"):
        assert call("account", "DELETE", "/account", headers=co_owner.headers).status == 202
    with at.of("account_worker"):
        for whose in (late.user_id, office.organization_id):
            for _ in range(8):
                account.worker().resume(AccountTaskJob("deletion", whose), now=later)


def _renders_of_an_organization(aws: AwsEnvironment, user: User, at: Recorder) -> None:
    """One render at the same time: others wait, and each end starts the next one."""
    office = create_office(aws, credits_=1000, owner=user)
    office.set_policy(rendersAtOnce=1)
    owner = User(user.user_id, user.email, user.access_token, user.refresh_token)

    def order(count: int = 1, **fields: str) -> list[str]:
        answer = post_render(owner, {"count": str(count), **fields}, headers=office.headers).data
        return [each["renderId"] for each in answer.get("renders", [answer])]

    with at.of("renders"):
        first, second = order(2)
    with at.of("renders_id"):
        call("renders_id", "DELETE", f"/renders/{second}", headers=office.headers)
    (third,) = order()
    with at.of("renders_id"):
        call("renders_id", "DELETE", f"/renders/{first}", headers=office.headers)
    with at.of("renders_id_again"):
        body = {"changes": {}, "count": 2}
        path = f"/renders/{third}/again"
        assert call("renders_id_again", "POST", path, headers=office.headers, json=body).status == 202
    with at.of("render_worker"):
        handler("render_worker")(sqs_event(RenderJob(office.user_id, third)), lambda_context())
    office.set_policy(rendersAtOnce=2)
    with at.of("renders_id_again"):
        assert call("renders_id_again", "POST", path, headers=office.headers, json=body).status == 202
    office.set_policy(rendersAtOnce=3)
    project_id = call("projects", "POST", "/projects", headers=office.headers, json={"name": "Chalet"}).data["id"]
    order(projectId=project_id)
    aws.backdate("RendersTable", by=timedelta(minutes=10))
    with at.of("sweeper"):
        assert "waiting renders started" in handler("sweeper")({}, lambda_context())
    with at.of("projects_id"):
        assert call("projects_id", "DELETE", f"/projects/{project_id}", headers=office.headers).status == 200


@pytest.mark.parametrize(
    "function", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"]
)
def test_the_policies_of_a_function_allow_its_calls(used: dict[str, set[Use]], function: str) -> None:
    assert used[function] - allowed(function) == set()


@pytest.mark.parametrize(
    "function", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"]
)
def test_the_policies_of_a_function_allow_no_other_calls(used: dict[str, set[Use]], function: str) -> None:
    assert allowed(function) - used[function] - AUTHENTICATION - UNSEEN.get(function, set()) == set()


def test_no_function_may_change_or_delete_an_entry_of_the_audit_log() -> None:
    functions = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"]

    uses = {action for name in functions for action, resource in allowed(name) if resource == "AuditTable"}

    assert uses == {"dynamodb:PutItem", "dynamodb:Query"}


def test_exceptions_name_only_functions_that_exist() -> None:
    assert {name for name in UNSEEN if name not in RESOURCES} == set()


@pytest.mark.parametrize("function", UNSEEN)
def test_exceptions_name_only_actions_that_are_allowed(function: str) -> None:
    assert UNSEEN[function] - allowed(function) == set()


@pytest.mark.parametrize("function", UNSEEN)
def test_exceptions_name_only_actions_that_no_test_calls(used: dict[str, set[Use]], function: str) -> None:
    assert UNSEEN[function] & used[function] == set()
