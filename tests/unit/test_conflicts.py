"""A write that conflicts with a transaction is retried: boto3 leaves that to its caller."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from renderiq.stores.items import retry_conflicts


def rejection(code: str, *reasons: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return ClientError(response, "UpdateItem")


class ConflictingWrite:
    """A write that fails ``times`` times before it succeeds."""

    def __init__(self, error: ClientError, times: int) -> None:
        self.error = error
        self.calls = 0
        self._times = times

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self.error
        return "written"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made."""
    made: list[float] = []
    monkeypatch.setattr("renderiq.stores.items.time.sleep", made.append)
    return made


@pytest.mark.parametrize(
    "error",
    [
        rejection("TransactionConflictException"),
        rejection("TransactionCanceledException", "None", "TransactionConflict"),
        rejection("ThrottlingException"),
    ],
)
def test_a_transaction_conflict_is_retried(error: ClientError) -> None:
    assert retry_conflicts(ConflictingWrite(error, times=3)) == "written"


@pytest.mark.parametrize(
    "error",
    [
        rejection("ConditionalCheckFailedException"),
        rejection("TransactionCanceledException", "ConditionalCheckFailed", "TransactionConflict"),
        rejection("ResourceNotFoundException"),
    ],
)
def test_other_errors_of_dynamodb_are_not_retried(error: ClientError) -> None:
    busy = ConflictingWrite(error, times=1)

    with pytest.raises(ClientError):
        retry_conflicts(busy)
    assert busy.calls == 1


def test_a_conflict_that_persists_is_raised_after_growing_pauses(pauses: list[float]) -> None:
    with pytest.raises(ClientError):
        retry_conflicts(ConflictingWrite(rejection("TransactionConflictException"), times=99))
    assert sum(pauses[len(pauses) // 2 :]) > 2 * sum(pauses[: len(pauses) // 2]) > 0
