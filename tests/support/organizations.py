"""Organisations with members of every role, and credits in their pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from renderiq.domain.access import Role
from renderiq.domain.credits import LedgerEntry, LedgerEntryType
from renderiq.domain.organizations import Actor, Invitation, Membership
from renderiq.ids import uuid7
from renderiq.stores.items import transact
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment

HEADER: Final = "x-renderiq-organization"


@dataclass(frozen=True)
class Office:
    """An organisation with its owner."""

    organization_id: str
    owner: User

    @property
    def user_id(self) -> str:
        """The id under which the organisation owns things."""
        return self.organization_id

    def acting(self, user: User) -> dict[str, str]:
        """Returns the headers of a request that a user makes for the organisation."""
        return {**user.headers, HEADER: self.organization_id}

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request that the owner makes for the organisation."""
        return self.acting(self.owner)

    def membership(self, user: User | None = None) -> Membership:
        found = wiring.organizations().find(self.organization_id, (user or self.owner).user_id, now())
        assert found is not None
        return found

    def invite(self, email: str, role: Role = Role.MEMBER) -> tuple[Invitation, str]:
        actor = Actor(self.owner.user_id, "203.0.113.7")
        return wiring.organization_service().invite(self.membership(), email, role, actor, now=now())

    def join(self, user: User, role: Role = Role.MEMBER) -> User:
        """Makes a user a member."""
        _, token = self.invite(user.email, role)
        wiring.organization_service().accept(user.user_id, token, Actor(user.user_id, "203.0.113.8"), now=now())
        return user

    def remove(self, user: User) -> None:
        wiring.organization_service().remove_member(
            self.membership(), user.user_id, Actor(self.owner.user_id), now=now()
        )

    def set_policy(self, **fields: object) -> None:
        """Replaces the policy; the fields are those of ``PATCH /organizations/{organizationId}``."""
        from renderiq.models.organizations import OrganizationChangesIn

        changes = OrganizationChangesIn.model_validate({"policy": fields}).changes()
        wiring.organization_service().change(
            self.organization_id,
            changes,
            Actor(self.owner.user_id),
            retention=wiring.organization_retention(),
            now=now(),
        )


def create_office(aws: AwsEnvironment, *, credits_: int = 0, owner: User | None = None) -> Office:
    """Creates an organisation with a new owner, unless there is one, and credits in its pool."""
    owner = owner or create_user(aws)
    made = wiring.organization_service().create(owner.user_id, "Atelier", Actor(owner.user_id), now=now())
    office = Office(made.organization.organization_id, owner)
    if credits_:
        grant(office, credits_)
    return office


def staff(aws: AwsEnvironment, office: Office) -> Mapping[str, User]:
    """Returns a user of every kind: the owner, an administrator, two members, and three who are none."""
    found = {
        "owner": office.owner,
        "admin": office.join(create_user(aws), Role.ADMIN),
        "member": office.join(create_user(aws)),
        "colleague": office.join(create_user(aws)),
        "invited": create_user(aws),
        "removed": office.join(create_user(aws)),
        "stranger": create_user(aws),
    }
    office.invite(found["invited"].email)
    office.remove(found["removed"])
    return found


def grant(office: Office, amount: int) -> None:
    """Grants credits to the pool, with their entry in the ledger."""
    entry = LedgerEntry(uuid7(), office.organization_id, LedgerEntryType.GRANT, amount, now())
    accounts = wiring.accounts()
    transact(accounts._client, accounts.ledger_actions(entry), token=entry.entry_id)


def pool_of(office: Office) -> int:
    """Returns the credits in the pool."""
    return wiring.accounts().get(office.organization_id, now()).balance


def now() -> datetime:
    return wiring.time_source()()
