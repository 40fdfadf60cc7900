"""A write that meets a transaction on its item comes again: boto3 leaves that to its caller."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from renderiq.stores.items import persist


def rejection(code: str, *reasons: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return ClientError(response, "UpdateItem")


class Busy:
    """Refuses so often, then writes."""

    def __init__(self, error: ClientError, times: int) -> None:
        self.error = error
        self.calls = 0
        self._times = times

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self.error
        return "written"


@pytest.mark.parametrize(
    "error",
    [
        rejection("TransactionConflictException"),
        rejection("TransactionCanceledException", "None", "TransactionConflict"),
        rejection("ThrottlingException"),
    ],
)
def test_a_conflict_passes(error: ClientError) -> None:
    assert persist(Busy(error, times=3)) == "written"


@pytest.mark.parametrize(
    "error",
    [
        rejection("ConditionalCheckFailedException"),
        rejection("TransactionCanceledException", "ConditionalCheckFailed", "TransactionConflict"),
        rejection("ResourceNotFoundException"),
    ],
)
def test_every_other_refusal_is_final(error: ClientError) -> None:
    busy = Busy(error, times=1)

    with pytest.raises(ClientError):
        persist(busy)
    assert busy.calls == 1


def test_a_conflict_that_stays_is_told() -> None:
    with pytest.raises(ClientError):
        persist(Busy(rejection("TransactionConflictException"), times=99))
