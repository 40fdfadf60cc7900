"""The admin commands find a deployed stack's resources through CloudFormation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from admin.reconcile import reconcile, reconciliation_service
from admin.redrive import QUEUES, redrive
from admin.targets import Target, TargetError, deployed_stack
from local.template import Template
from renderiq.stores.items import to_attributes
from tests.support.paths import ROOT


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


@pytest.fixture
def cloudformation() -> Any:
    return client("cloudformation")


def summary(name: str, **more: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "LogicalResourceId": name,
        "ResourceType": "AWS::SQS::Queue",
        "LastUpdatedTimestamp": now,
        "ResourceStatus": "CREATE_COMPLETE",
        **more,
    }


def test_a_deployed_stacks_resources_are_known_by_their_logical_ids(cloudformation: Any) -> None:
    pages = [[summary("RenderQueue", PhysicalResourceId="https://queue"), summary("Unmade")], [summary("Unmade")]]
    with Stubber(cloudformation) as stub:
        for number, page in enumerate(pages):
            token = {"NextToken": "more"}
            stub.add_response(
                "list_stack_resources",
                {"StackResourceSummaries": page, **(token if number == 0 else {})},
                {"StackName": "ours", **(token if number else {})},
            )

        with deployed_stack("ours", lambda _service: cloudformation) as target:
            names = target.names

    assert names == {"RenderQueue": "https://queue"}


def test_a_stack_that_is_not_there_is_said_to_be_missing(cloudformation: Any) -> None:
    stub = Stubber(cloudformation)
    stub.add_client_error("list_stack_resources", "ValidationError")

    with (
        stub,
        pytest.raises(TargetError, match="nowhere"),
        deployed_stack("nowhere", lambda _service: cloudformation),
    ):
        pass


QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/"
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:"
MARKED = {
    "FilterExpression": "attribute_exists(setAsideAt) AND attribute_not_exists(dueAt)",
    "ConsistentRead": True,
}


def deployed(cloudformation: Any, made: Mapping[str, str], client: Any) -> Target:
    """A stack with these resources, whose one other client is ``client``."""
    summaries = [summary(name, PhysicalResourceId=physical_id) for name, physical_id in made.items()]
    with Stubber(cloudformation) as stub:
        stub.add_response("list_stack_resources", {"StackResourceSummaries": summaries}, {"StackName": "ours"})
        with deployed_stack(
            "ours", lambda service: cloudformation if service == "cloudformation" else client
        ) as target:
            return target


@pytest.mark.parametrize(("queue", "logical_id"), QUEUES.items())
def test_sqs_is_asked_to_move_the_dead_letters_to_where_they_came_from(
    cloudformation: Any, queue: str, logical_id: str
) -> None:
    sqs, dead = client("sqs"), logical_id.replace("Queue", "DeadLetterQueue")
    resources = Template(ROOT / "template.yaml", {"CyclesImageUri": "image"}).resources
    made = {name: QUEUE_URL + name for name in resources if resources[name]["Type"] == "AWS::SQS::Queue"}
    target, said = deployed(cloudformation, made, sqs), list[str]()
    with Stubber(sqs) as stub:
        for name, value in (("ApproximateNumberOfMessages", "7"), ("QueueArn", QUEUE_ARN + dead)):
            expected = {"QueueUrl": QUEUE_URL + dead, "AttributeNames": [name]}
            stub.add_response("get_queue_attributes", {"Attributes": {name: value}}, expected)
        # Without a destination each goes back to the queue that it came from.
        stub.add_response("start_message_move_task", {"TaskHandle": "task"}, {"SourceArn": QUEUE_ARN + dead})

        assert redrive(target, queue, said.append) == 0
        stub.assert_no_pending_responses()

    assert said == [f"about 7 messages are being moved back to the {queue} queue by SQS"]


def test_what_sqs_refuses_is_not_moved_by_hand(cloudformation: Any) -> None:
    sqs = client("sqs")
    made = {name: QUEUE_URL + name for name in ("RenderQueue", "RenderDeadLetterQueue")}
    target = deployed(cloudformation, made, sqs)
    with Stubber(sqs) as stub:
        for name, value in (("ApproximateNumberOfMessages", "7"), ("QueueArn", QUEUE_ARN)):
            stub.add_response("get_queue_attributes", {"Attributes": {name: value}})
        stub.add_client_error("start_message_move_task", "AccessDenied")

        with pytest.raises(ClientError, match="AccessDenied"):
            redrive(target, "render", print)


OPEN = "attribute_not_exists(closedAt)"
ORGANIZATIONS: dict[str, Any] = {
    "FilterExpression": f"#item = :organization AND {OPEN}",
    "ProjectionExpression": "organizationId",
    "ExpressionAttributeNames": {"#item": "item"},
    "ExpressionAttributeValues": {":organization": {"S": "organization"}},
}


def test_the_books_of_a_deployed_stack_are_read_page_by_page(cloudformation: Any) -> None:
    tables = (
        *("AccountsTable", "LedgerTable", "RendersTable", "DeliveriesTable", "ProjectsTable", "UploadsTable"),
        *("WebhooksTable", "OrganizationsTable", "AuditTable"),
    )
    dynamodb = client("dynamodb")
    target, said = deployed(cloudformation, {name: f"ours-{name}" for name in tables}, dynamodb), list[str]()
    last = to_attributes({"target": "t", "deliveryId": "d"})
    aside = to_attributes({"target": "t", "deliveryId": "e", "setAsideAt": "2026-05-01T12:00:00.000Z"})
    pages: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("AccountsTable", {"ProjectionExpression": "userId", "FilterExpression": OPEN}, {"Items": []}),
        ("OrganizationsTable", ORGANIZATIONS, {"Items": []}),
        ("RendersTable", MARKED, {"Items": []}),
        ("DeliveriesTable", MARKED, {"Items": [], "LastEvaluatedKey": last}),
        ("DeliveriesTable", MARKED | {"ExclusiveStartKey": last}, {"Items": [aside]}),
        ("ProjectsTable", MARKED, {"Items": []}),
        ("UploadsTable", MARKED, {"Items": []}),
    ]
    with Stubber(dynamodb) as stub:
        for table, more, answer in pages:
            expected = {"TableName": f"ours-{table}", **more}
            stub.add_response("scan", answer, expected)

        assert reconcile(reconciliation_service(target), said.append) == 1
        stub.assert_no_pending_responses()

    assert said[0] == "✗ delivery e of t was put into quarantine at 2026-05-01T12:00:00.000Z: its record cannot be read"


def test_the_local_stack_imports_nothing_from_the_admin_commands() -> None:
    modules = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "local").glob("*.py")}

    assert not [name for name, code in modules.items() if re.search(r"^\s*(from|import) admin\b", code, re.MULTILINE)]
