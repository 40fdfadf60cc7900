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

from renderiq.clock import to_iso
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.keys import Scope
from renderiq.domain.preferences import Preferences
from renderiq.domain.projects import NewProject, ProjectDeletion
from renderiq.domain.renders import Render, Status
from renderiq.errors import ApiError
from renderiq.ids import uuid7
from renderiq.services.health import HealthService, ServiceState
from renderiq.services.preferences import PreferenceService
from renderiq.services.projects import Cover
from renderiq.services.reconciliation import BusyError
from renderiq.services.sessions import SignInService
from renderiq.services.sweeper import SweepResult
from renderiq.stores.accounts import AccountStore
from renderiq.stores.images import ImageStore, ImageTooLargeError
from renderiq.stores.items import to_attributes
from renderiq.stores.preferences import PreferenceStore
from renderiq.stores.projects import SlugTakenError
from renderiq.stores.renders import RenderStore
from renderiq.stores.secrets import SecretStore
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
    """A client or a store that is the one behind it, except for what a test replaces."""

    def __init__(self, client: Any, **replaced: Any) -> None:
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
    monkeypatch.setattr("renderiq.stores.items.time.sleep", made.append)
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

    RenderStore(client, renders=store._table, projects=store._projects, accounts=store._accounts).add([render], None)

    assert store.get(user.user_id, render.render_id).status is Status.PENDING


def test_a_render_that_was_not_written_is_not_accepted(aws: AwsEnvironment, user: User) -> None:
    store, render = wiring.renders(), replace(ended(), user_id=user.user_id, status=Status.PENDING)
    client = losing_the_answer(None)

    with pytest.raises(ConnectionClosedError):
        RenderStore(client, renders=store._table, projects=store._projects, accounts=store._accounts).add(
            [render], None
        )
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


# ---------------------------------------------------------------- sessions that several requests refresh


def refresh_with(user: User, **replaced: Callable[..., Any]) -> Any:
    service = wiring.session_service()
    sessions: Any = Through(service.sessions, **replaced)
    return replace(service, sessions=sessions).refresh(user.refresh_token, now=datetime.now(UTC))


def test_a_request_that_was_not_the_first_with_its_token_gets_tokens_too(aws: AwsEnvironment, user: User) -> None:
    service = wiring.session_service()

    def rotate_as_the_second(*given: Any, **values: Any) -> bool:
        service.refresh(user.refresh_token, now=datetime.now(UTC))
        return service.sessions.rotate(*given, **values)

    assert refresh_with(user, rotate=rotate_as_the_second).refresh_token != user.refresh_token


def test_a_session_that_ends_during_a_refresh_gives_no_tokens(aws: AwsEnvironment, user: User) -> None:
    service = wiring.session_service()

    def end_first(session_id: str, **_: Any) -> bool:
        service.revoke(user.user_id, session_id, now=datetime.now(UTC))
        return False

    assert code_of(lambda: refresh_with(user, rotate=end_first)) == "REFRESH_FAILED"


def test_a_token_that_is_rotated_away_for_good_meanwhile_gives_no_tokens(aws: AwsEnvironment, user: User) -> None:
    wiring.session_service().refresh(user.refresh_token, now=datetime.now(UTC))

    assert code_of(lambda: refresh_with(user, add_successor=lambda *_, **__: False)) == "REFRESH_FAILED"


def test_the_end_of_a_session_removes_those_whose_access_tokens_have_expired(aws: AwsEnvironment, user: User) -> None:
    principals, now = wiring.principals(), datetime.now(UTC)
    principals.revoke_session(user.user_id, "an-old-one", until=now + timedelta(minutes=1), now=now)
    later = now + timedelta(minutes=2)
    principals.revoke_session(user.user_id, "a-new-one", until=later + timedelta(hours=1), now=later)

    [item] = [each for each in aws.items("PrincipalsTable") if user.user_id in each["principal"] and "revoked" in each]
    assert [entry.partition("@")[0] for entry in item["revoked"]] == ["a-new-one"]


# ---------------------------------------------------------------- keys, projects, secrets


def test_a_repeated_request_whose_key_is_gone_is_a_conflict(aws: AwsEnvironment, user: User) -> None:
    def create(keys: Any) -> object:
        service = replace(wiring.key_service(), keys=keys)
        return service.create(
            user.user_id,
            "CI",
            frozenset({Scope.READ_RENDERS}),
            None,
            idempotency_key="once",
            masters=["a master"],
            now=datetime.now(UTC),
        )

    create(wiring.keys())

    assert code_of(lambda: create(Through(wiring.keys(), find=lambda _: None))) == "RESOURCE_CONFLICT"
    assert code_of(lambda: replaced_master(user)) == "RESOURCE_CONFLICT"


def replaced_master(user: User) -> object:
    return wiring.key_service().create(
        user.user_id,
        "CI",
        frozenset({Scope.READ_RENDERS}),
        None,
        idempotency_key="once",
        masters=["another"],
        now=datetime.now(UTC),
    )


def test_a_project_all_of_whose_slugs_are_taken_exists_already(aws: AwsEnvironment, user: User) -> None:
    def taken(*_: Any) -> None:
        raise SlugTakenError

    projects: Any = Through(wiring.projects(), add=taken)
    service = replace(wiring.project_service(), projects=projects)

    found = code_of(
        lambda: service.create(user.user_id, NewProject("Villa", "", "revit"), Cover(), now=datetime.now(UTC))
    )
    assert found == "ALREADY_EXISTS"


def test_a_deletion_that_another_worker_has_finished_is_not_continued(aws: AwsEnvironment, user: User) -> None:
    deletion = ProjectDeletion(user.user_id, uuid7(), NOW)

    wiring.projects().reschedule_deletion(deletion, due_at=NOW)

    assert [each for each in aws.items_of("ProjectsTable", user) if "dueAt" in each] == []


def test_a_conflict_that_does_not_end_is_no_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("renderiq.stores.items.time.sleep", pauses.append)

    def conflict(**_: Any) -> None:
        reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(answer, "TransactWriteItems")

    store = AccountStore(Through(None, transact_write_items=conflict), accounts="accounts", ledger="ledger")
    welcome = LedgerEntry(uuid7(), "u", LedgerEntryType.GRANT, 100, NOW)
    with pytest.raises(ClientError):
        store.open(Account("u", "u@example.com", "Ada", NOW), welcome)
    assert pauses


def test_a_secret_that_cannot_be_read_is_no_secret_without_a_previous_version(stubbed: Stubbed) -> None:
    client, stub = stubbed("secretsmanager")
    stub.add_response("get_secret_value", {"VersionId": "v" * 32, "SecretString": "current"})
    stub.add_client_error("get_secret_value", "AccessDeniedException")

    with pytest.raises(ClientError):
        SecretStore(client).signing_keys("a-secret")


def test_health_asks_for_the_secret(stubbed: Stubbed) -> None:
    client, stub = stubbed("secretsmanager")
    stub.add_response("describe_secret", {}, {"SecretId": "a-secret"})
    SecretStore(client).ping("a-secret")
    stub.add_client_error("describe_secret", "InternalServiceError")

    service = HealthService(lambda: SecretStore(client).ping("a-secret"), lambda: None, lambda: None)

    assert service.check(NOW).authentication is ServiceState.DOWN
    assert service.check(NOW).storage is ServiceState.OPERATIONAL


# ---------------------------------------------------------------- sweeper and reconciliation


def test_every_page_of_a_due_index_is_read() -> None:
    def entry(render_id: str) -> dict[str, Any]:
        return to_attributes({"userId": "u", "renderId": render_id, "dueAt": to_iso(NOW)})

    def query(*, ExclusiveStartKey: Any = None, **_: Any) -> Any:  # noqa: N803 (DynamoDB's name)
        if ExclusiveStartKey:
            return {"Items": [entry("2")]}
        return {"Items": [entry("1")], "LastEvaluatedKey": {"renderId": {"S": "1"}}}

    found = list(render_store(Through(None, query=query)).due_index.overdue(NOW))

    assert set(found) == {("u", "1"), ("u", "2")}


def failing(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")


def swept(renders: Any = None, publisher: Any = None, *, after: timedelta) -> SweepResult:
    sweeper = sweep_worker.sweeper()
    return replace(
        sweeper,
        renders=renders or sweeper.renders,
        publisher=publisher or sweeper.publisher,
        clock=lambda: datetime.now(UTC) + after,
    ).run(budget=timedelta(minutes=1))


def test_a_record_that_dynamodb_does_not_give_is_no_unreadable_one(aws: AwsEnvironment, user: User) -> None:
    aws.empty("RendersTable")
    accept_render(aws, user)
    index = Through(wiring.renders().due_index, get=failing)

    result = swept(Through(wiring.renders(), due_index=index), after=timedelta(days=300))

    assert (result.failures, result.quarantined.total()) == (1, 0)


def test_a_render_that_another_one_has_ended_is_not_terminated(aws: AwsEnvironment, user: User) -> None:
    aws.empty("RendersTable")
    accept_render(aws, user)

    result = swept(Through(wiring.renders(), terminate=lambda *_, **__: False), after=timedelta(days=300))

    assert (result.failures, result.done["renders terminated"]) == (0, 0)


def test_an_event_that_aws_does_not_take_is_published_later(aws: AwsEnvironment, user: User) -> None:
    aws.empty("RendersTable")
    job = accept_render(aws, user)

    result = swept(publisher=Through(wiring.event_publisher(), publish=failing), after=timedelta(days=300))

    assert result.failures == 1
    assert wiring.renders().get(job.user_id, job.render_id).pending_events


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
