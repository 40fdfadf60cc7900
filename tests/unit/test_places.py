"""The admin commands find a deployed stack's resources by CloudFormation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local.errors import LocalStackError
from local.places import on_aws


@pytest.fixture
def cloudformation() -> Any:
    return boto3.client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


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

        place = on_aws("ours", lambda _service: cloudformation)

    assert place.names == {"RenderQueue": "https://queue"}


def test_a_stack_that_is_not_there_is_said_to_be_missing(cloudformation: Any) -> None:
    stub = Stubber(cloudformation)
    stub.add_client_error("list_stack_resources", "ValidationError")

    with stub, pytest.raises(LocalStackError, match="nowhere"):
        on_aws("nowhere", lambda _service: cloudformation)
