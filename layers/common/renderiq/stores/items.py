"""What every DynamoDB store needs: items to and from attribute values, and conditions that did not hold."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

Item = dict[str, Any]
Action = dict[str, Any]
"""One part of a transaction."""
T = TypeVar("T")

AFTER_IDS: Final = "g"
"""Ids are hexadecimal: every one of them sorts before this, and items of other kinds after it."""


class ConditionFailedError(Exception):
    """A conditional write found another state than it names. ``item`` is what it found, empty where nothing was."""

    def __init__(self, item: Item) -> None:
        super().__init__("the condition did not hold")
        self.item = item


class TransactionRejectedError(Exception):
    """A transaction was cancelled by a condition. ``rejected`` maps the action's position to the item it found."""

    def __init__(self, rejected: dict[int, Item]) -> None:
        super().__init__(f"rejected by actions {sorted(rejected)}")
        self.rejected = rejected


def to_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """A plain item as DynamoDB takes it. None is left out; floats become decimals."""
    serialize = _codec()[0].serialize
    return {name: serialize(_storable(value)) for name, value in item.items() if value is not None}


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """The reverse; numbers come back as int where they are whole, else float."""
    deserialize = _codec()[1].deserialize
    return {name: _plain(deserialize(value)) for name, value in attributes.items()}


@cache
def _codec() -> tuple[Any, Any]:
    # boto3 is half of a cold start, and health checks never need it
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    return TypeSerializer(), TypeDeserializer()


def _storable(value: Any) -> Any:
    match value:
        case float():
            return Decimal(str(value))
        case Mapping():
            return {key: _storable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_storable(inner) for inner in value]
        case frozenset():
            return set(value)
        case _:
            return value


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value


@contextmanager
def conditional() -> Iterator[None]:
    """Turns DynamoDB's two ways of saying no into ours; every other failure goes through."""
    try:
        yield
    except ClientError as error:
        match error.response.get("Error", {}).get("Code"):
            case "ConditionalCheckFailedException":
                found = error.response.get("Item")
                raise ConditionFailedError(from_attributes(found) if isinstance(found, dict) else {}) from error
            case "TransactionCanceledException":
                reasons = error.response.get("CancellationReasons", [])
                rejected = {
                    position: from_attributes(reason.get("Item") or {})
                    for position, reason in enumerate(reasons)
                    if reason.get("Code") == "ConditionalCheckFailed"
                }
                if not rejected:  # a conflict with another transaction: boto3 does not retry it
                    raise
                raise TransactionRejectedError(rejected) from error
            case _:
                raise


def is_retryable(error: ClientError) -> bool:
    """Returns whether the same write may succeed in a moment: a transaction was at an item of it, or it was throttled.

    boto3 does not retry conflicts, and retries throttles once only.
    """
    response = error.response
    code = response.get("Error", {}).get("Code")
    if code != "TransactionCanceledException":
        return code == "TransactionConflictException" or code in _THROTTLES
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
    return bool(codes & _RETRYABLE_REASONS) and "ConditionalCheckFailed" not in codes


_THROTTLES: Final = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"})
_RETRYABLE_REASONS: Final = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_PAUSES: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


def transact(client: Any, actions: list[dict[str, Any]], *, token: str) -> None:
    """Writes all or nothing, once per ``token`` (10 minutes). Raises ``TransactionRejectedError``.

    Concurrent transactions on one account are a normal thing.
    """
    with conditional():
        persist(lambda: client.transact_write_items(TransactItems=actions, ClientRequestToken=token))


def put_item(client: Any, **request: Any) -> Any:
    """``client.put_item`` with the retries of ``persist``."""
    return persist(lambda: client.put_item(**request))


def update_item(client: Any, **request: Any) -> Any:
    """``client.update_item`` with the retries of ``persist``."""
    return persist(lambda: client.update_item(**request))


def delete_item(client: Any, **request: Any) -> Any:
    """``client.delete_item`` with the retries of ``persist``."""
    return persist(lambda: client.delete_item(**request))


def persist(write: Callable[[], T]) -> T:
    """Returns what ``write`` returns. A conflict or a throttle is retried with jitter for about 1.5 s.

    The writes must be conditional or idempotent: a throttled or conflicting attempt has written nothing, but boto3 may
    have repeated one whose answer was lost.
    """
    for pause in _PAUSES:
        try:
            return write()
        except ClientError as error:
            if not is_retryable(error):
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)
    return write()
