"""What must agree: an account's balance and totals, its ledger, and its renders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.renders import Status


@dataclass(frozen=True, slots=True)
class RenderCharge:
    """What one render cost, and what became of it: both None where its record cannot be read."""

    render_id: str
    status: Status | None
    cost: int | None

    @property
    def is_readable(self) -> bool:
        return self.status is not None

    @property
    def is_refunded(self) -> bool:
        return self.status in {Status.FAILED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """One account as read at one time. A render that went with its project has entries and no charge."""

    account: Account
    entries: tuple[LedgerEntry, ...]
    charges: tuple[RenderCharge, ...]

    @property
    def renders_without_record(self) -> int:
        """How many renders were paid for and are gone."""
        billed = {charge.render_id for charge in self.charges}
        return len({entry.render_id for entry in self.entries if entry.render_id} - billed)


def discrepancies(records: AccountRecords, now: datetime) -> list[str]:
    """What does not agree, a sentence each; nothing where all does. Month totals are those of ``now``'s month."""
    return [*_totals(records, now), *_movements(records)]


def _totals(records: AccountRecords, now: datetime) -> Iterator[str]:
    account, entries = records.account, records.entries
    this_month = [entry for entry in entries if f"{entry.at:%Y%m}" == f"{now:%Y%m}"]
    for name, said, counted in (
        ("balance", account.balance, sum(entry.amount for entry in entries)),
        ("total earned", account.total_earned, _earned(entries)),
        ("total spent", account.total_spent, _spent(entries)),
        ("earned this month", account.monthly_earned, _earned(this_month)),
        ("spent this month", account.monthly_spent, _spent(this_month)),
    ):
        if said != counted:
            yield f"the {name} is {said}, and by the ledger {counted}"
    if account.balance < 0:
        yield f"the balance is {account.balance}"


def _movements(records: AccountRecords) -> Iterator[str]:
    of_render: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in records.entries:
        if entry.type is LedgerEntryType.GRANT:
            continue
        if entry.render_id:
            of_render[entry.render_id].append(entry)
        else:
            yield f"{entry.type} {entry.entry_id} is of no render"
    charges = {charge.render_id: charge for charge in records.charges}
    for render_id in sorted(of_render.keys() | charges.keys()):
        yield from _of_render(render_id, charges.get(render_id), of_render[render_id])


def _of_render(render_id: str, charge: RenderCharge | None, entries: list[LedgerEntry]) -> Iterator[str]:
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
