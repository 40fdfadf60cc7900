"""Every single write is repeated after a conflict with a transaction or a throttle. Emulators send neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from renderiq.domain.preferences import Preferences
from renderiq.domain.projects import ProjectDeletion
from renderiq.domain.recovery import DueItem
from renderiq.domain.sessions import Session
from renderiq.ids import uuid7
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.keys import KeyStore
from renderiq.stores.preferences import PreferenceStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.sessions import SessionStore
from renderiq.stores.webhooks import WebhookStore
from tests.support.paths import ROOT

NOW: Final = datetime(2026, 3, 14, 9, tzinfo=UTC)
CODES: Final = (
    "TransactionConflictException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
)
ID: Final = uuid7()
Write = Callable[[Any], object]


def deliveries(client: Any) -> DeliveryStore:
    return DeliveryStore(client, "table", webhooks=WebhookStore(client, "table"))


def accounts(client: Any) -> AccountStore:
    return AccountStore(client, accounts="table", ledger="table")


WRITES: Final[dict[str, tuple[str, Write]]] = {
    "preferences": (
        "update_item",
        lambda client: PreferenceStore(client, "table").put(Preferences("u", NOW, NOW, {}, 1)),
    ),
    "ending an account's sessions": ("update_item", lambda client: accounts(client).end_sessions("u", NOW)),
    "ending a principal's sessions": (
        "update_item",
        lambda client: PrincipalStore(client, "table").end_sessions("u", NOW),
    ),
    "a new session": (
        "put_item",
        lambda client: SessionStore(client, "table").add(
            Session(ID, "u", frozenset({"hash"}), NOW + timedelta(days=30)), platform="rhino"
        ),
    ),
    "the end of a session": ("update_item", lambda client: SessionStore(client, "table").revoke(ID, NOW)),
    "an entry of a due index": (
        "update_item",
        lambda client: deliveries(client).due_index.remove(DueItem("u", ID, NOW, NOW)),
    ),
    "a deletion's next step": (
        "update_item",
        lambda client: ProjectStore(client, "table").reschedule_deletion(ProjectDeletion("u", ID, NOW), due_at=NOW),
    ),
    "a deletion's end": (
        "delete_item",
        lambda client: ProjectStore(client, "table").finish_deletion(ProjectDeletion("u", ID, NOW)),
    ),
}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr("renderiq.stores.items.time.sleep", made.append)
    return made


def stubbed(operation: str, code: str, times: int) -> tuple[Any, Stubber]:
    client = boto3.client("dynamodb", region_name="us-east-1")
    stub = Stubber(client)
    for _ in range(times):
        stub.add_client_error(operation, code)
    stub.add_response(operation, {})
    stub.activate()
    return client, stub


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_repeated(pauses: list[float], write: str, code: str) -> None:
    operation, perform = WRITES[write]
    client, stub = stubbed(operation, code, times=3)

    perform(client)

    stub.assert_no_pending_responses()
    assert len(pauses) == 3


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_is_refused_for_good_is_not_repeated(pauses: list[float], write: str) -> None:
    operation, perform = WRITES[write]
    client, _ = stubbed(operation, "AccessDeniedException", times=1)

    with pytest.raises(ClientError):
        perform(client)
    assert pauses == []


def test_pauses_grow_and_differ(pauses: list[float]) -> None:
    for _ in range(2):
        client, _ = stubbed("update_item", "ThrottlingException", times=6)
        PrincipalStore(client, "table").end_sessions("u", NOW)

    first, second = pauses[:6], pauses[6:]
    assert first != second
    assert sum(first) < 2.5
    assert all(later > 0.5 * 0.02 for later in first)


def test_a_key_that_was_just_used_is_counted_after_a_throttle(pauses: list[float]) -> None:
    client = boto3.client("dynamodb", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "ThrottlingException")
        stub.add_client_error("update_item", "ConditionalCheckFailedException")
        stub.add_response("get_item", {})
        assert KeyStore(client, "table").use("hash", NOW) is None
    assert len(pauses) == 1


def test_no_store_writes_past_the_retries() -> None:
    """A write that calls boto3 itself has no retries, unless ``retry_conflicts`` calls it."""
    past = []
    for path in sorted((ROOT / "layers/common/renderiq/stores").rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"client\.(put|update|delete)_item\(", line) and "lambda:" not in line:
                past.append(f"{path.name}:{number}")

    assert past == []
