"""moto answers as it did before its slow functions were replaced: values and names are each request's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.stores.items import Item, from_attributes, to_attributes
from tests.support.aws import AwsEnvironment

Write = Callable[..., Any]
CONDITION: Final = "#name = :old AND attribute_exists(tags)"


@pytest.fixture
def key(aws: AwsEnvironment) -> dict[str, Any]:
    """The key of a new item with ``a`` = 1, ``b`` = 2 and ``tags``."""
    made = to_attributes({"userId": uuid7()})
    item = {**made, **to_attributes({"a": 1, "b": 2, "tags": ["x", {"y": 1}]})}
    aws.client("dynamodb").put_item(TableName=settings().accounts_table, Item=item)
    return made


def stored(aws: AwsEnvironment, key: dict[str, Any]) -> Item:
    item = from_attributes(aws.client("dynamodb").get_item(TableName=settings().accounts_table, Key=key)["Item"])
    return {name: value for name, value in item.items() if name != "userId"}


def update(key: dict[str, Any], name: str, old: int | None, new: int) -> dict[str, Any]:
    values = {":new": new} if old is None else {":old": old, ":new": new}
    return {
        "TableName": settings().accounts_table,
        "Key": key,
        "UpdateExpression": "SET #name = :new, tags[0] = :new",
        "ConditionExpression": CONDITION,
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": to_attributes(values),
    }


def code_of(write: Write, **request: Any) -> str:
    with pytest.raises(ClientError) as raised:
        write(**request)
    return str(raised.value.response["Error"]["Code"])


def test_one_expression_is_evaluated_with_the_names_and_values_of_each_request(
    aws: AwsEnvironment, key: dict[str, Any]
) -> None:
    write = aws.client("dynamodb").update_item

    write(**update(key, "a", 1, 10))
    assert code_of(write, **update(key, "a", 1, 11)) == "ConditionalCheckFailedException"
    write(**update(key, "b", 2, 20))

    assert stored(aws, key) == {"a": 10, "b": 20, "tags": [20, {"y": 1}]}


def test_a_request_without_a_value_is_no_request(aws: AwsEnvironment, key: dict[str, Any]) -> None:
    write = aws.client("dynamodb").update_item
    write(**update(key, "a", 1, 10))

    with pytest.raises((ClientError, KeyError)):
        write(**update(key, "a", None, 11))
    assert stored(aws, key)["a"] == 10


def test_a_rejected_transaction_changes_nothing(aws: AwsEnvironment, key: dict[str, Any]) -> None:
    write = aws.client("dynamodb").transact_write_items
    missing = to_attributes({"userId": uuid7()})
    fresh = {"TableName": settings().accounts_table, "Item": {**missing, "a": {"N": "1"}}}
    before = stored(aws, key)

    rejected = [
        {"Update": update(key, "a", 1, 10)},
        {"Put": fresh},
        {"Update": update(to_attributes({"userId": "?"}), "a", 1, 2)},
    ]
    assert code_of(write, TransactItems=rejected) == "TransactionCanceledException"
    assert stored(aws, key) == before
    assert "Item" not in aws.client("dynamodb").get_item(TableName=settings().accounts_table, Key=missing)

    write(TransactItems=rejected[:2])
    assert stored(aws, key)["a"] == 10
    assert stored(aws, missing) == {"a": 1}


def test_what_was_read_does_not_change_with_the_table(aws: AwsEnvironment, key: dict[str, Any]) -> None:
    changed = aws.client("dynamodb").update_item(**update(key, "a", 1, 10), ReturnValues="ALL_OLD")["Attributes"]

    assert from_attributes(changed)["tags"] == ["x", {"y": 1}]
    assert stored(aws, key)["tags"] == [10, {"y": 1}]
