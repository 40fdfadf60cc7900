"""What all DynamoDB stores share: conversion of items, conditional writes, and transactions."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from renderiq.errors import ApiError, ErrorCode

Item = dict[str, Any]
"""A record with plain Python values."""
Action = dict[str, Any]
"""One action of a ``TransactWriteItems`` request."""
T = TypeVar("T")

AFTER_IDS: Final = "g"
"""Sorts after every id, because ids are hexadecimal, and before the keys of other kinds of items."""


class ConditionFailedError(Exception):
    """The condition of a write does not hold. ``item`` is the item that was found, empty if there is none."""

    def __init__(self, item: Item) -> None:
        super().__init__("the condition did not hold")
        self.item = item


class TransactionRejectedError(Exception):
    """The conditions of a transaction do not hold.

    ``rejected`` maps the position of each such action to the item that was found, empty if there is none.
    """

    def __init__(self, rejected: dict[int, Item]) -> None:
        super().__init__(f"rejected by actions {sorted(rejected)}")
        self.rejected = rejected


def to_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the item as DynamoDB attribute values. Attributes that are None are left out."""
    return {name: _to_attribute(value) for name, value in item.items() if value is not None}


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """Returns the item of DynamoDB attribute values. A number becomes an int if it is integral, else a float."""
    return {name: _from_attribute(value) for name, value in attributes.items()}


def _to_attribute(value: Any) -> dict[str, Any]:
    """Raises TypeError for a value that no record has, and ValueError for a float that is not finite."""
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | float():
            if not math.isfinite(value):
                raise ValueError("DynamoDB has no such number")
            return {"N": _number(value)}
        case None:
            return {"NULL": True}
        case Mapping():
            return {"M": {key: _to_attribute(inner) for key, inner in value.items()}}
        case list() | tuple():
            return {"L": [_to_attribute(inner) for inner in value]}
        case set() | frozenset() if value and all(isinstance(each, str) for each in value):
            return {"SS": list(value)}
        case _:
            raise TypeError(f"DynamoDB cannot store {type(value).__name__}")


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, int) else repr(value)


def _from_attribute(attribute: Mapping[str, Any]) -> Any:
    [(kind, value)] = attribute.items()
    match kind:
        case "N":
            return int(value) if value.lstrip("-").isdigit() else _plain_number(value)
        case "M":
            return {key: _from_attribute(inner) for key, inner in value.items()}
        case "L":
            return [_from_attribute(inner) for inner in value]
        case "SS":
            return set(value)
        case "NULL":
            return None
        case "S" | "BOOL":
            return value
        case _:
            raise TypeError(f"no record has an attribute of type {kind}")


def _plain_number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


@contextmanager
def conditional() -> Iterator[None]:
    """Translates DynamoDB's errors for conditions that do not hold.

    Raises ``ConditionFailedError`` for a single write and ``TransactionRejectedError`` for a transaction. All other
    errors pass unchanged.
    """
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
                if not rejected:  # a conflict with another transaction
                    raise
                raise TransactionRejectedError(rejected) from error
            case _:
                raise


def is_retryable(error: ClientError) -> bool:
    """Returns whether the same write may succeed in a moment: it conflicted with a transaction, or was throttled.

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
    """Makes all writes or none. Within 10 minutes, a repeated call with the same ``token`` writes nothing more.

    Raises ``TransactionRejectedError``.
    """
    with conditional():
        retry_conflicts(lambda: client.transact_write_items(TransactItems=actions, ClientRequestToken=token))


def try_transact(client: Any, actions: list[dict[str, Any]], *, token: str) -> bool:
    """Makes a transaction as ``transact`` does. Returns False if a condition does not hold: nothing is written then."""
    try:
        transact(client, actions, token=token)
    except TransactionRejectedError:
        return False
    return True


def put_item(client: Any, **request: Any) -> Any:
    """Calls ``client.put_item`` with the retries of ``retry_conflicts``."""
    return retry_conflicts(lambda: client.put_item(**request))


def update_item(client: Any, **request: Any) -> Any:
    """Calls ``client.update_item`` with the retries of ``retry_conflicts``."""
    return retry_conflicts(lambda: client.update_item(**request))


def delete_item(client: Any, **request: Any) -> Any:
    """Calls ``client.delete_item`` with the retries of ``retry_conflicts``."""
    return retry_conflicts(lambda: client.delete_item(**request))


def retry_conflicts(write: Callable[[], T]) -> T:
    """Returns the result of ``write``. Repeats it with jitter for about 1.5 s after a conflict or a throttle.

    The write must be conditional or idempotent: a throttled or conflicting attempt has written nothing, but boto3 may
    have repeated one whose response was lost.
    """
    for pause in _PAUSES:
        try:
            return write()
        except ClientError as error:
            if not is_retryable(error):
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)
    return write()


_BATCH_WRITE_PAUSES: Final = (0.1, 0.3, 0.9)


def batch_write(client: Any, table: str, requests: list[dict[str, Any]]) -> None:
    """Makes at most 25 writes, which are independent of one another.

    Raises ``SERVICE_UNAVAILABLE`` if DynamoDB did not make all of them.
    """
    remaining: Any = {table: requests}
    for pause in (*_BATCH_WRITE_PAUSES, None):
        remaining = client.batch_write_item(RequestItems=remaining).get("UnprocessedItems")
        if not remaining:
            return
        if pause:
            time.sleep(pause)
    raise ApiError(ErrorCode.SERVICE_UNAVAILABLE)
