"""What stores and services do when AWS answers in part, not at all, or something else than they wrote."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.preferences import Preferences
from renderiq.domain.renders import Render, Status
from renderiq.errors import ApiError
from renderiq.ids import uuid7
from renderiq.services.preferences import PreferenceService
from renderiq.services.reconciliation import BusyError
from renderiq.services.sessions import SignInService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.images import ImageStore, ImageTooLargeError
from renderiq.stores.preferences import PreferenceStore
from renderiq.stores.renders import RenderStore
from renderiq.workers import sweep as sweep_worker
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.orders import order
from tests.support.renders import accept_render, request_render

NOW: Final = datetime(2026, 3, 14, 9, tzinfo=UTC)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ApiError) as raised:
        call()
    return raised.value.code.name


@pytest.fixture
def stubbed() -> Iterator[Callable[[str], tuple[Any, Stubber]]]:
    """Makes a client of a service without AWS, and what says its answers. All of them must have been asked for."""
    made: list[Stubber] = []

    def make(service: str) -> tuple[Any, Stubber]:
        client = boto3.client(service, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        made.append(Stubber(client))
        made[-1].activate()
        return client, made[-1]

    yield make
    for each in made:
        each.assert_no_pending_responses()


Stubbed = Callable[[str], tuple[Any, Stubber]]


class Through:
    """A client that calls the one behind it, except for the operations that a test replaces."""

    def __init__(self, client: Any, **replaced: Callable[..., Any]) -> None:
        self._client = client
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._client, name)


# ---------------------------------------------------------------- renders


def render_store(client: Any) -> RenderStore:
    accounts = AccountStore(client, accounts="accounts", ledger="ledger")
    return RenderStore(client, renders="renders", projects="projects", accounts=accounts)


def ended() -> Render:
    return Render(uuid7(), "u", order(), 1, "captures/u/r", "rhino", NOW, status=Status.COMPLETED)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr("renderiq.stores.renders.writes.time.sleep", made.append)
    return made


def left_over(render: Render) -> dict[str, Any]:
    key = {"userId": {"S": render.user_id}, "renderId": {"S": render.render_id}}
    return {"UnprocessedItems": {"renders": [{"DeleteRequest": {"Key": key}}]}}


def test_records_that_dynamodb_did_not_delete_are_deleted_again(stubbed: Stubbed, pauses: list[float]) -> None:
    client, stub = stubbed("dynamodb")
    one, other = ended(), ended()
    stub.add_response("batch_write_item", left_over(other))
    stub.add_response("batch_write_item", {}, {"RequestItems": left_over(other)["UnprocessedItems"]})

    render_store(client).remove([one, other])

    assert len(pauses) == 1


def test_records_that_stay_are_reported_after_growing_pauses(pauses: list[float]) -> None:
    render = ended()
    client = Through(None, batch_write_item=lambda **_: left_over(render))

    assert code_of(lambda: render_store(client).remove([render])) == "SERVICE_UNAVAILABLE"
    assert pauses == sorted(pauses) != []


def losing_the_answer(lost: Callable[..., Any] | None) -> Any:
    """A client whose next transaction is written, if ``lost`` is, and whose answer is lost."""

    def transact(**request: Any) -> Any:
        if lost:
            lost(**request)
        raise ConnectionClosedError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    return Through(wiring.renders()._client, transact_write_items=transact)


def test_a_render_whose_answer_was_lost_is_accepted(aws: AwsEnvironment, user: User) -> None:
    store, render = wiring.renders(), replace(ended(), user_id=user.user_id, status=Status.PENDING)
    client = losing_the_answer(store._client.transact_write_items)

    RenderStore(client, renders=store._table, projects=store._projects, accounts=store._accounts).add(render, None)

    assert store.get(user.user_id, render.render_id).status is Status.PENDING


def test_a_render_that_was_not_written_is_not_accepted(aws: AwsEnvironment, user: User) -> None:
    store, render = wiring.renders(), replace(ended(), user_id=user.user_id, status=Status.PENDING)
    client = losing_the_answer(None)

    with pytest.raises(ConnectionClosedError):
        RenderStore(client, renders=store._table, projects=store._projects, accounts=store._accounts).add(render, None)
    assert code_of(lambda: store.get(user.user_id, render.render_id)) == "NOT_FOUND"


def test_only_a_render_that_is_being_made_can_be_asked_to_stop(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    waiting = wiring.renders().get(job.user_id, job.render_id)

    assert wiring.renders().request_cancellation(waiting) is None


def test_a_worker_without_the_lease_reports_no_progress(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    waiting = wiring.renders().get(job.user_id, job.render_id)

    assert wiring.renders().report_progress(waiting, lease="another", progress=50) is None


def test_a_render_without_pending_events_is_not_written(stubbed: Stubbed) -> None:
    client, _ = stubbed("dynamodb")

    render_store(client).mark_published(replace(ended(), pending_events=frozenset()))


# ---------------------------------------------------------------- images


def test_an_image_that_is_too_large_is_not_read(stubbed: Stubbed) -> None:
    client, stub = stubbed("s3")
    body = io.BytesIO(bytes(11))
    stub.add_response("get_object", {"Body": StreamingBody(body, 11), "ContentLength": 11})

    with pytest.raises(ImageTooLargeError, match="more than 10 bytes"):
        ImageStore(client, "images").get("captures/u/r", max_bytes=10)
    assert body.closed


def test_an_image_that_is_not_there_is_not_found(stubbed: Stubbed) -> None:
    client, stub = stubbed("s3")
    stub.add_client_error("get_object", "NoSuchKey")

    assert code_of(lambda: ImageStore(client, "images").get("captures/u/r", max_bytes=10)) == "NOT_FOUND"


def test_a_failure_of_s3_is_no_missing_image(stubbed: Stubbed) -> None:
    client, stub = stubbed("s3")
    stub.add_client_error("get_object", "AccessDenied")

    with pytest.raises(ClientError):
        ImageStore(client, "images").get("captures/u/r", max_bytes=10)


def test_images_that_s3_did_not_delete_are_reported(stubbed: Stubbed) -> None:
    client, stub = stubbed("s3")
    stub.add_response("delete_objects", {"Errors": [{"Key": "b", "Code": "InternalError"}]})

    assert code_of(lambda: ImageStore(client, "images").delete_all(["a", "b"])) == "SERVICE_UNAVAILABLE"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://images.s3.amazonaws.com/renders/u/r%20x.png?X-Amz-Signature=1", "renders/u/r x.png"),
        ("http://127.0.0.1:4566/images/renders/u/r.png", "renders/u/r.png"),
        ("https://s3.amazonaws.com/others/renders/u/r.png", None),
        ("https://[broken/renders/u/r.png", None),
    ],
)
def test_a_link_names_a_key_of_this_bucket_only(url: str, key: str | None) -> None:
    assert ImageStore(None, "images").key_of(url) == key


# ---------------------------------------------------------------- accounts, preferences, sessions


def test_an_account_is_opened_once(aws: AwsEnvironment, user: User) -> None:
    account = Account(user.user_id, user.email, "Ada", NOW)
    welcome = LedgerEntry(uuid7(), user.user_id, LedgerEntryType.GRANT, 100, NOW)

    assert wiring.accounts().open(account, welcome) is False
    assert wiring.accounts().get(user.user_id, NOW).balance == 100


def test_there_is_no_account_of_a_stranger(aws: AwsEnvironment) -> None:
    assert code_of(lambda: wiring.accounts().get("nobody", NOW)) == "NOT_FOUND"
    assert code_of(lambda: wiring.preferences().get("nobody")) == "NOT_FOUND"
    assert wiring.accounts().end_sessions("nobody", NOW) is False


def test_credits_can_be_granted_to_an_account(aws: AwsEnvironment, user: User) -> None:
    grant = LedgerEntry(uuid7(), user.user_id, LedgerEntryType.GRANT, 7, NOW)

    aws.client("dynamodb").transact_write_items(TransactItems=wiring.accounts().ledger_actions(grant))

    assert wiring.accounts().get(user.user_id, NOW).balance == 107


class Contested(PreferenceStore):
    """Preferences that others change between each reading and writing, this many times."""

    def __init__(self, times: int) -> None:
        super().__init__(None, "accounts")
        self._times = times

    def get(self, user_id: str) -> Preferences:
        return Preferences(user_id, NOW, NOW, {}, 1)

    def put(self, _preferences: Preferences) -> bool:
        self._times -= 1
        return self._times < 0


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr("renderiq.services.preferences.time.sleep", made.append)
    return made


def test_preferences_are_merged_again_if_others_were_first(short_pauses: list[float]) -> None:
    changed = PreferenceService(Contested(2)).change("u", {"theme": "dark"}, now=NOW)

    assert (changed.values, len(short_pauses)) == ({"theme": "dark"}, 2)


def test_preferences_that_others_keep_changing_are_a_conflict(short_pauses: list[float]) -> None:
    service = PreferenceService(Contested(1000))

    assert code_of(lambda: service.change("u", {"theme": "dark"}, now=NOW)) == "RESOURCE_CONFLICT"


def test_preferences_that_are_no_json_are_refused(short_pauses: list[float]) -> None:
    service = PreferenceService(Contested(0))

    assert code_of(lambda: service.change("u", {"ratio": float("nan")}, now=NOW)) == "INVALID_INPUT"


class Forgetful(AccountStore):
    """Accounts that cannot be found after they were opened."""

    def __init__(self) -> None:
        super().__init__(None, accounts="accounts", ledger="ledger")

    def find(self, _user_id: str, _now: datetime) -> Account | None:
        return None

    def open(self, _account: Account, _welcome: LedgerEntry) -> bool:
        return True


def test_a_sign_in_without_an_account_is_an_internal_error(aws: AwsEnvironment, user: User) -> None:
    service: SignInService = replace(wiring.sign_in_service(), accounts=Forgetful())

    found = code_of(lambda: service.sign_in(user.email, "Correct-horse-1", platform="unknown", now=NOW))

    assert found == "INTERNAL_ERROR"


# ---------------------------------------------------------------- sweeper and reconciliation


class Unreadable:
    """A due index that DynamoDB does not answer for."""

    kind = "renders"

    def overdue(self, _due_by: datetime) -> Iterator[tuple[str, str]]:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "Query")
        yield


def test_an_index_that_cannot_be_swept_does_not_stop_the_others(aws: AwsEnvironment, user: User) -> None:
    aws.empty("RendersTable")
    accept_render(aws, user)
    sweeper = replace(
        sweep_worker.sweeper(),
        due_deliveries=Unreadable(),  # type: ignore[arg-type]  # as much of an index as is asked
        due_project_deletions=Unreadable(),  # type: ignore[arg-type]
        clock=lambda: datetime.now(UTC) + timedelta(minutes=2),
    )

    result = sweeper.run(budget=timedelta(minutes=1))

    assert result.failures == 2
    assert result.done.total() == 1


class Busy(AccountStore):
    """Accounts whose credits move whenever they are read, ``times`` times."""

    def __init__(self, store: AccountStore, user: User, times: int) -> None:
        super().__init__(store._client, accounts=store._accounts, ledger=store._ledger)
        self._user = user
        self._times = times

    def get(self, user_id: str, now: datetime) -> Account:
        found = super().get(user_id, now)
        if self._times > 0:
            self._times -= 1
            request_render(self._user)
        return found


def test_an_account_is_read_again_if_its_credits_moved(aws: AwsEnvironment, user: User) -> None:
    service = replace(wiring.reconciliation_service(), accounts=Busy(wiring.accounts(), user, times=2))

    records = service.records(user.user_id, datetime.now(UTC))

    assert records.account.balance == 100 + sum(each.amount for each in records.entries if each.amount < 0)


def test_an_account_that_is_always_busy_is_reported_as_busy(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=1000)
    service = replace(wiring.reconciliation_service(), accounts=Busy(wiring.accounts(), user, times=1000))

    with pytest.raises(BusyError):
        service.records(user.user_id, datetime.now(UTC))


def test_all_pages_of_a_long_ledger_are_read(aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderiq.services.reconciliation._PAGE_SIZE", 2)
    for _ in range(4):
        request_render(user)

    records = wiring.reconciliation_service().records(user.user_id, datetime.now(UTC))

    assert len(records.entries) == 5
    assert sum(each.amount for each in records.entries) == records.account.balance
