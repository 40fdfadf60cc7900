"""Members of an organisation at the same time: never more than a cap, a pool or a limit, and never without an owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.access import Role
from renderiq.domain.audit import AuditFilters
from renderiq.domain.credits import Spender
from renderiq.domain.organizations import Actor
from renderiq.domain.reconciliation import discrepancies, organization_discrepancies
from renderiq.domain.renders import Render, RenderFilters, Status
from renderiq.domain.retention import Retention
from renderiq.engines import EngineRequest, Output
from renderiq.errors import ApiError
from renderiq.platform import Client
from renderiq.queues import RenderJob
from renderiq.services.organizations import MemberChanges
from renderiq.services.renders import Capture
from renderiq.settings import settings
from renderiq.stores.principals import organization_principal
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clients import at_once
from tests.support.http import call_unchecked
from tests.support.orders import order
from tests.support.organizations import Office, create_office, now, pool_of
from tests.support.recovery import sweep
from tests.support.renders import render_worker

CAPTURE = pictures.png(64, 64)


def outcome_of(work: Callable[[], object]) -> str:
    """Returns ``done`` or the name of the error code."""
    try:
        work()
    except ApiError as error:
        return error.code.name
    return "done"


def request_render(office: Office, user: User, cap: int | None = None) -> str:
    """Orders for 10 credits, as the endpoint does once the guard has read the membership."""
    return outcome_of(
        lambda: wiring.render_service().create(
            office.organization_id,
            order(),
            Capture(CAPTURE),
            idempotency_key=None,
            client=Client(),
            retention=Retention(),
            now=datetime.now(UTC),
            spender=Spender(user.user_id, cap),
        )
    )


def reconciled(office: Office) -> list[str]:
    """Returns what disagrees between the pool, its ledger, its renders and its members."""
    records = wiring.reconciliation_service().organization_records(office.organization_id, now())
    return [*discrepancies(records.pool, now()), *organization_discrepancies(records, now())]


def spent(office: Office, user: User) -> int:
    members = wiring.organizations().members(office.organization_id, now())
    return next(each.spent for each in members if each.user_id == user.user_id)


def test_two_who_accept_one_invitation_at_once_are_one_member(aws: AwsEnvironment) -> None:
    office, user = create_office(aws), create_user(aws)
    _, token = office.invite(user.email)

    outcomes = at_once(
        8,
        lambda _: outcome_of(
            lambda: wiring.organization_service().accept(user.user_id, token, Actor(user.user_id), now=now())
        ),
    )

    assert outcomes == ["done"] * 8
    assert office.membership().organization.members == 2
    entries, _ = wiring.audit().page(
        office.organization_id, limit=50, before=None, filters=AuditFilters(subject=f"member#{user.user_id}")
    )
    assert [each.action for each in entries] == ["member.joined"]


@pytest.mark.parametrize("attempt", range(4))
def test_the_last_owner_leaves_while_a_member_is_promoted(aws: AwsEnvironment, attempt: int) -> None:
    office = create_office(aws)
    member = office.join(create_user(aws))
    service, by = wiring.organization_service(), office.membership()

    def act(number: int) -> str:
        if number % 2:
            return outcome_of(
                lambda: service.remove_member(by, office.owner.user_id, Actor(office.owner.user_id), now=now())
            )
        change = MemberChanges(Role.OWNER)
        return outcome_of(
            lambda: service.change_member(by, member.user_id, change, Actor(office.owner.user_id), now=now())
        )

    leaving = at_once(2, act)[1]

    roles = Counter(each.role for each in wiring.organizations().members(office.organization_id, now()) if each.role)
    owners = wiring.organizations().get(office.organization_id).owners
    assert roles[Role.OWNER] == owners >= 1
    assert leaving in {"done", "RESOURCE_CONFLICT"}


def test_eight_owners_who_all_leave_at_once_leave_one(aws: AwsEnvironment) -> None:
    office = create_office(aws)
    owners = [office.owner, *(office.join(create_user(aws), Role.OWNER) for _ in range(7))]

    outcomes = at_once(
        8,
        lambda number: outcome_of(
            lambda: wiring.organization_service().remove_member(
                office.membership(owners[number]), owners[number].user_id, Actor(owners[number].user_id), now=now()
            )
        ),
    )

    assert Counter(outcomes) == {"done": 7, "RESOURCE_CONFLICT": 1}
    assert wiring.organizations().get(office.organization_id).owners == 1


def test_a_cap_is_exact_under_32_concurrent_orders(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=1000)
    member = office.join(create_user(aws))

    outcomes = at_once(32, lambda _: request_render(office, member, cap=95))

    assert Counter(outcomes) == {"done": 9, "INSUFFICIENT_CREDITS": 23}
    assert (spent(office, member), pool_of(office)) == (90, 910)
    assert reconciled(office) == []


def test_200_orders_of_20_members_empty_a_pool_of_1000_exactly(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=1000)
    wiring.organization_service().set_plan(office.organization_id, Actor("operator"), plan="team", limits={}, now=now())
    members = [office.join(create_user(aws)) for _ in range(20)]

    outcomes = [
        each
        for found in at_once(20, lambda n: [request_render(office, members[n]) for _ in range(10)])
        for each in found
    ]

    assert Counter(outcomes) == {"done": 100, "INSUFFICIENT_CREDITS": 100}
    assert pool_of(office) == 0
    assert sum(spent(office, each) for each in members) == 1000
    assert reconciled(office) == []


def test_a_member_is_removed_while_they_order(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=1000)
    member = office.join(create_user(aws))
    by = office.membership()

    def act(number: int) -> str:
        if number == 0:
            return outcome_of(
                lambda: wiring.organization_service().remove_member(
                    by, member.user_id, Actor(office.owner.user_id), now=now()
                )
            )
        return request_render(office, member)

    removal, *orders = at_once(17, act)

    assert removal == "done"
    assert set(orders) <= {"done", "INSUFFICIENT_PERMISSIONS"}
    paid = 10 * Counter(orders)["done"]
    assert (spent(office, member), pool_of(office)) == (paid, 1000 - paid)
    assert reconciled(office) == []


def test_a_render_of_a_member_who_was_removed_is_refunded_to_the_pool(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=100)
    member = office.join(create_user(aws))
    render = wiring.render_service().create(
        office.organization_id,
        order(),
        Capture(CAPTURE),
        idempotency_key=None,
        client=Client(),
        retention=Retention(),
        now=now(),
        spender=Spender(member.user_id),
    )
    office.remove(member)

    wiring.render_service().cancel(office.organization_id, render.render_id, now=now())

    assert (spent(office, member), pool_of(office)) == (0, 100)
    assert reconciled(office) == []


def test_eight_members_with_64_clients_make_exactly_the_limit_of_requests(aws: AwsEnvironment) -> None:
    office = create_office(aws)
    members = [office.join(create_user(aws)) for _ in range(8)]
    office.set_policy(requestsPerMinute=100)

    statuses = Counter(
        status
        for found in at_once(
            64,
            lambda n: [
                call_unchecked("credits", "GET", "/credits", headers=office.acting(members[n % 8])).status
                for _ in range(3)
            ],
        )
        for status in found
    )

    assert statuses == {200: 100, 429: 92}


def test_the_window_of_an_organisation_is_exact_under_64_threads(aws: AwsEnvironment) -> None:
    principal, at = organization_principal(create_office(aws).organization_id), datetime(2026, 5, 1, 12, tzinfo=UTC)

    admitted = at_once(64, lambda _: [wiring.principals().admit(principal, 150, at).admitted for _ in range(5)])

    assert sum(map(sum, admitted)) == 150


# ---------------------------------------------------------------- renders at the same time


class QuickEngine:
    """Answers with the image that it gets."""

    name = "quick"

    def render(
        self, request: EngineRequest, _on_progress: Callable[[int], None], _should_cancel: Callable[[], bool]
    ) -> Output:
        return Output(request.image, "image/png", request.image, 64, 64)


def jobs(aws: AwsEnvironment, office: Office) -> list[RenderJob]:
    """Takes the messages of the organisation's renders out of the queue."""
    found = [RenderJob(each["userId"], each["renderId"]) for each in aws.messages(settings().render_queue_url)]
    return [each for each in found if each.user_id == office.organization_id]


def renders_of(office: Office) -> list[Render]:
    """Returns all renders of an organisation, in the order in which they were asked for."""
    found, cursor = wiring.renders().page(office.organization_id, limit=100, before=None, filters=RenderFilters())
    assert cursor is None
    return found[::-1]


def test_64_clients_of_8_members_start_exactly_as_many_renders_as_the_limit_and_each_end_starts_the_oldest(
    aws: AwsEnvironment,
) -> None:
    office = create_office(aws, credits_=10_000)
    members = [office.join(create_user(aws)) for _ in range(8)]

    outcomes = at_once(64, lambda n: request_render(office, members[n % 8]))

    assert set(outcomes) == {"done"}
    assert [each.waits for each in renders_of(office)].count(False) == 4
    assert reconciled(office) == []
    started = jobs(aws, office)
    assert len(started) == 4

    worker = render_worker(QuickEngine())
    for _ in range(3):
        oldest = next(each for each in renders_of(office) if each.waits)
        worker.work(started.pop())
        [next_one] = jobs(aws, office)
        assert next_one.render_id == oldest.render_id
        started.append(next_one)

    most = 0
    while started:
        most = max(most, len(started))
        at_once(len(started), lambda n, batch=tuple(started): worker.work(batch[n]))  # type: ignore[misc]  # bound now
        assert reconciled(office) == []
        started = jobs(aws, office)

    assert most == 4
    assert {each.status for each in renders_of(office)} == {Status.COMPLETED}
    assert reconciled(office) == []


def test_ends_cancellations_and_orders_at_once_keep_the_slots_right(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=10_000)
    for _ in range(12):
        request_render(office, office.owner)
    running, waiting = ([each for each in renders_of(office) if each.waits is waits] for waits in (False, True))
    started, worker = jobs(aws, office), render_worker(QuickEngine())

    def act(number: int) -> object:
        if number < 2:
            return worker.work(started[number])
        if number < 4:
            return outcome_of(
                lambda: wiring.render_service().cancel(office.organization_id, running[number].render_id, now=now())
            )
        if number < 8:
            return outcome_of(
                lambda: wiring.render_service().cancel(office.organization_id, waiting[number - 4].render_id, now=now())
            )
        return request_render(office, office.owner)

    at_once(16, act)

    assert reconciled(office) == []
    assert [each.waits for each in renders_of(office) if not each.status.is_terminal].count(False) == 4


def test_an_order_for_several_renders_starts_those_that_have_slots(aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=1000)
    office.set_policy(rendersAtOnce=3)

    made = wiring.render_service().create_all(
        office.organization_id,
        order(),
        Capture(CAPTURE),
        count=4,
        idempotency_key=None,
        client=Client(),
        retention=Retention(),
        now=now(),
        spender=Spender(office.owner.user_id),
    )

    assert [each.waits for each in made] == [False, False, False, True]
    assert reconciled(office) == []


def test_a_higher_limit_starts_what_waits_with_the_next_run_of_the_sweeper(aws: AwsEnvironment) -> None:
    aws.empty("RendersTable")  # a run would not reach the newest of all renders of this module
    office = create_office(aws, credits_=1000)
    office.set_policy(rendersAtOnce=1)
    for _ in range(3):
        request_render(office, office.owner)
    assert len(jobs(aws, office)) == 1

    office.set_policy(rendersAtOnce=3)
    aws.backdate("RendersTable", by=timedelta(minutes=5))
    sweep(aws)

    assert [each.waits for each in renders_of(office)] == [False] * 3
    assert reconciled(office) == []


def test_a_render_that_waited_for_six_hours_is_refunded(aws: AwsEnvironment) -> None:
    aws.empty("RendersTable")
    office = create_office(aws, credits_=1000)
    office.set_policy(rendersAtOnce=1)
    long_ago = now() - timedelta(hours=7)
    for _ in range(2):
        wiring.render_service().create(
            office.organization_id,
            order(),
            Capture(CAPTURE),
            idempotency_key=None,
            client=Client(),
            retention=Retention(),
            now=long_ago,
            spender=Spender(office.owner.user_id),
        )

    sweep(aws)

    assert {each.status for each in renders_of(office)} == {Status.FAILED}
    assert pool_of(office) == 1000
    assert reconciled(office) == []
