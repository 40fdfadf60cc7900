"""Reconciliation: an account's balance and totals, its ledger and its renders must agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.access import Role
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType, is_member
from renderiq.domain.organizations import Member, Organization
from renderiq.domain.renders import Status


@dataclass(frozen=True, slots=True)
class RenderCharge:
    """The cost and the status of one render. Both are None if its record cannot be read."""

    render_id: str
    status: Status | None
    cost: int | None
    waits: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether the record could be read."""
        return self.status is not None

    @property
    def is_refunded(self) -> bool:
        """Whether the ledger must have a refund for the render."""
        return self.status in {Status.FAILED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """The records of one account at one time.

    A render that was deleted with its project has ledger entries but no charge.
    """

    account: Account
    entries: tuple[LedgerEntry, ...]
    charges: tuple[RenderCharge, ...]

    @property
    def renders_without_record(self) -> int:
        """How many renders have ledger entries but were deleted."""
        charged = {charge.render_id for charge in self.charges}
        return len({entry.render_id for entry in self.entries if entry.render_id} - charged)


@dataclass(frozen=True, slots=True)
class OrganizationRecords:
    """The records of one organisation at one time. ``members`` are also those who have left."""

    pool: AccountRecords
    organization: Organization
    members: tuple[Member, ...]


def organization_discrepancies(records: OrganizationRecords, now: datetime) -> list[str]:
    """Returns a sentence for each disagreement of an organisation's members and slots with its pool.

    ``discrepancies`` of the pool itself are not among them.
    """
    present = [member for member in records.members if member.role]
    owners = sum(member.role is Role.OWNER for member in present)
    counts = [
        f"the number of {name} is {stored}, and by the members {computed}"
        for name, stored, computed in (
            ("members", records.organization.members, len(present)),
            ("owners", records.organization.owners, owners),
        )
        if stored != computed
    ]
    return [
        *counts,
        *member_discrepancies(records.members, records.pool.entries, now),
        *slot_discrepancies(records.pool, records.organization.renders_at_once),
    ]


def discrepancies(records: AccountRecords, now: datetime) -> list[str]:
    """Returns a sentence for each disagreement. Month totals are compared for the month of ``now``."""
    return [*_total_discrepancies(records, now), *_render_discrepancies(records)]


def member_discrepancies(members: Iterable[Member], entries: Sequence[LedgerEntry], now: datetime) -> list[str]:
    """Returns a sentence for each disagreement between the members of an organisation and the ledger of its pool.

    ``members`` are also those who have left. The month is that of ``now``.
    """
    found = []
    spent: dict[str, int] = defaultdict(int)
    this_month: dict[str, int] = defaultdict(int)
    for entry in entries:
        if entry.type is LedgerEntryType.GRANT:
            continue
        if entry.created_by is None:
            found.append(f"{entry.type} {entry.entry_id} is of nobody")
        elif is_member(entry.created_by):
            spent[entry.created_by] -= entry.amount
            this_month[entry.created_by] -= entry.amount if f"{entry.at:%Y%m}" == f"{now:%Y%m}" else 0
    known = {member.user_id: member for member in members}
    for user_id in sorted(known.keys() | spent.keys()):
        member = known.get(user_id)
        if member is None:
            found.append(f"{user_id} has spent {spent[user_id]} and is no member")
            continue
        for name, stored, computed in (
            ("spent", member.spent, spent[user_id]),
            ("spent this month", member.spent_this_month, this_month[user_id]),
        ):
            if stored != computed:
                found.append(f"member {user_id} has {name} {stored}, and by the ledger {computed}")
    return found


def slot_discrepancies(records: AccountRecords, renders_at_once: int) -> list[str]:
    """Returns a sentence for each disagreement between the slots of an organisation and its renders."""
    waiting = sum(charge.waits for charge in records.charges)
    running = sum(
        charge.status in {Status.PENDING, Status.PROCESSING} and not charge.waits for charge in records.charges
    )
    free = renders_at_once - running
    return [
        f"{name} is {stored}, and by the renders {computed}"
        for name, stored, computed in (
            ("the number of free slots", records.account.free_slots, free),
            ("the number of waiting renders", records.account.waiting_renders, waiting),
        )
        if stored != computed
    ]


def _total_discrepancies(records: AccountRecords, now: datetime) -> Iterator[str]:
    account, entries = records.account, records.entries
    this_month = [entry for entry in entries if f"{entry.at:%Y%m}" == f"{now:%Y%m}"]
    for name, stored, computed in (
        ("balance", account.balance, sum(entry.amount for entry in entries)),
        ("total earned", account.total_earned, _earned(entries)),
        ("total spent", account.total_spent, _spent(entries)),
        ("earned this month", account.monthly_earned, _earned(this_month)),
        ("spent this month", account.monthly_spent, _spent(this_month)),
    ):
        if stored != computed:
            yield f"the {name} is {stored}, and by the ledger {computed}"
    if account.balance < 0:
        yield f"the balance is {account.balance}"


def _render_discrepancies(records: AccountRecords) -> Iterator[str]:
    entries_by_render: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in records.entries:
        if entry.type is LedgerEntryType.GRANT:
            continue
        if entry.render_id:
            entries_by_render[entry.render_id].append(entry)
        else:
            yield f"{entry.type} {entry.entry_id} is of no render"
    charges = {charge.render_id: charge for charge in records.charges}
    for render_id in sorted(entries_by_render.keys() | charges.keys()):
        yield from _discrepancies_of(render_id, charges.get(render_id), entries_by_render[render_id])


def _discrepancies_of(render_id: str, charge: RenderCharge | None, entries: list[LedgerEntry]) -> Iterator[str]:
    if charge and not charge.is_readable:
        held = -sum(entry.amount for entry in entries)
        yield f"render {render_id} cannot be read, and {held} credits are paid for it"
        return
    debits = [-entry.amount for entry in entries if entry.type is LedgerEntryType.DEBIT]
    refunds = [entry.amount for entry in entries if entry.type is LedgerEntryType.REFUND]
    if len(debits) != 1:
        yield f"render {render_id} has {len(debits)} debits"
    elif charge and debits != [charge.cost]:
        yield f"render {render_id} costs {charge.cost}, and {debits[0]} was debited"
    if charge and len(refunds) != charge.is_refunded:
        yield f"render {render_id} is {charge.status} and has {len(refunds)} refunds"
    elif len(refunds) > 1:
        yield f"render {render_id} has {len(refunds)} refunds"
    if debits and any(refund != debits[0] for refund in refunds):
        yield f"render {render_id} was debited {debits[0]}, and {refunds[0]} was refunded"


def _earned(entries: Iterable[LedgerEntry]) -> int:
    return sum(entry.amount for entry in entries if entry.type is LedgerEntryType.GRANT)


def _spent(entries: Iterable[LedgerEntry]) -> int:
    return -sum(entry.amount for entry in entries if entry.type is not LedgerEntryType.GRANT)
