"""Organisations: creating and changing them, their members and their invitations."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from renderiq.domain.access import Permission, Role, is_allowed, lowest_role
from renderiq.domain.audit import AuditAction, AuditEntry, AuditFilters
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.organizations import (
    INVITATION_TTL,
    MAX_INVITATIONS,
    PLANS,
    Actor,
    Invitation,
    Member,
    Membership,
    Organization,
    Policy,
    policy_facts,
)
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.ids import is_uuid, uuid7
from renderiq.services.organization_retention import OrganizationRetention
from renderiq.stores.accounts import AccountStore
from renderiq.stores.audit import AuditStore
from renderiq.stores.items import Action
from renderiq.stores.organizations import (
    AlreadyOwnerError,
    ChangedMeanwhileError,
    MemberLimitError,
    OrganizationStore,
)

_MAX_ATTEMPTS: Final = 20
_PREFIX: Final = "inv_"


@dataclass(frozen=True, slots=True)
class OrganizationChanges:
    """What changes of an organisation. None is kept. A policy replaces the earlier one."""

    name: str | None = None
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """What changes of a member. A role that is None is kept; the cap is only changed if ``changes_cap``."""

    role: Role | None = None
    changes_cap: bool = False
    monthly_credits: int | None = None


@dataclass(frozen=True, slots=True)
class OrganizationService:
    """Creates and changes organisations. Every change is in the audit log, in the same transaction."""

    organizations: OrganizationStore
    accounts: AccountStore
    audit: AuditStore

    def create(self, user_id: str, name: str, actor: Actor, *, now: datetime) -> Membership:
        """Creates an organisation that the user owns.

        Raises ``ALREADY_EXISTS`` if the user owns one, and ``NOT_FOUND`` for a user without an account.
        """
        account = self.accounts.get(user_id, now)
        organization = Organization(uuid7(), name, now)
        owner = Member(organization.organization_id, user_id, Role.OWNER, account.email, account.name, now)
        pool = self.accounts.open_pool_action(
            Account(organization.organization_id, "", name, now, free_slots=organization.renders_at_once)
        )
        entry = AuditEntry.by(
            actor,
            organization.organization_id,
            AuditAction.ORGANIZATION_CREATED,
            "organization",
            now,
            after={"name": name, "plan": organization.plan},
        )
        try:
            self.organizations.add(organization, owner, pool, entry)
        except AlreadyOwnerError as error:
            raise ApiError(ErrorCode.ALREADY_EXISTS, "You own an organization already.") from error
        return Membership(organization, owner)

    def of_user(self, user_id: str, *, now: datetime) -> list[Membership]:
        """Returns the organisations of a user with the user's part in each, from old to new."""
        members = {each.organization_id: each for each in self.organizations.of_user(user_id, now)}
        found = self.organizations.get_all(sorted(members)[:100])
        found.sort(key=lambda each: each.organization_id)
        return [Membership(each, members[each.organization_id]) for each in found]

    def change(
        self,
        organization_id: str,
        changes: OrganizationChanges,
        actor: Actor,
        *,
        retention: OrganizationRetention,
        now: datetime,
    ) -> Organization:
        """Changes name and policy. ``retention`` applies another retention to what is stored. Raises ``NOT_FOUND``."""
        for _ in range(_MAX_ATTEMPTS):
            before = self.organizations.get(organization_id)
            after = replace(
                before,
                name=before.name if changes.name is None else changes.name,
                policy=before.policy if changes.policy is None else changes.policy,
            )
            entries = []
            if after.name != before.name:
                names = {"before": {"name": before.name}, "after": {"name": after.name}}
                entries.append(
                    AuditEntry.by(
                        actor, organization_id, AuditAction.ORGANIZATION_RENAMED, "organization", now, **names
                    )
                )
            if after.policy != before.policy:
                facts = {"before": policy_facts(before.policy), "after": policy_facts(after.policy)}
                entries.append(
                    AuditEntry.by(actor, organization_id, AuditAction.POLICY_CHANGED, "organization", now, **facts)
                )
            if not entries:
                return before
            further = self._slot_actions(before, after)
            if has_other_retention := after.policy.retention != before.policy.retention:
                further.append(retention.action(organization_id, now=now))
            try:
                self.organizations.change(before, after, entries, further=further)
            except ChangedMeanwhileError:
                continue
            if has_other_retention:
                retention.enqueue(organization_id)
            return replace(after, version=before.version + 1)
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def set_plan(
        self,
        organization_id: str,
        actor: Actor,
        *,
        plan: str | None,
        limits: Mapping[str, int],
        now: datetime,
    ) -> Organization:
        """Gives an organisation the limits of a plan, and then those of ``limits``, by the names of ``Limits``.

        Without a plan, the present one stays. Raises ``NOT_FOUND``, and ``KeyError`` for an unknown plan.
        """
        for _ in range(_MAX_ATTEMPTS):
            before = self.organizations.get(organization_id)
            known = PLANS[plan] if plan else before.limits
            after = replace(before, plan=plan or before.plan, limits=replace(known, **limits))
            if after == before:
                return before
            facts = {"before": _plan_facts(before), "after": _plan_facts(after)}
            entry = AuditEntry.by(actor, organization_id, AuditAction.PLAN_CHANGED, "organization", now, **facts)
            try:
                self.organizations.change(before, after, [entry], further=self._slot_actions(before, after))
            except ChangedMeanwhileError:
                continue
            return replace(after, version=before.version + 1)
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def grant(self, organization_id: str, amount: int, reason: str, actor: Actor, *, now: datetime) -> int:
        """Grants credits to the pool, with their entries in the ledger and in the audit log. Returns the balance.

        Raises ``NOT_FOUND``.
        """
        self.organizations.get(organization_id)
        facts = {"credits": amount, "reason": reason}
        entry = AuditEntry.by(actor, organization_id, AuditAction.CREDITS_GRANTED, "credits", now, after=facts)
        return self._book(organization_id, amount, reason, now, [self.audit.add_action(entry)])

    def grant_to_user(self, user_id: str, amount: int, reason: str, *, now: datetime) -> int:
        """Grants credits to a user, with their entry in the ledger. Returns the balance. Raises ``NOT_FOUND``."""
        return self._book(user_id, amount, reason, now, [])

    def _book(self, owner_id: str, amount: int, reason: str, now: datetime, further: Sequence[Action]) -> int:
        entry = LedgerEntry(uuid7(), owner_id, LedgerEntryType.GRANT, amount, now, reason=reason)
        if not self.accounts.book(entry, further):
            raise not_found("account")
        return self.accounts.get(owner_id, now).balance

    # ------------------------------------------------------------ members

    def members(self, organization_id: str, *, now: datetime) -> list[Member]:
        """Returns the members who have not left, in the order of joining."""
        found = [each for each in self.organizations.members(organization_id, now) if each.role]
        return sorted(found, key=lambda each: (each.joined_at, each.user_id))

    def change_member(
        self, by: Membership, user_id: str, changes: MemberChanges, actor: Actor, *, now: datetime
    ) -> Member:
        """Changes the role or the cap of a member.

        Raises ``NOT_FOUND``, ``INSUFFICIENT_PERMISSIONS`` if only an owner may do it, ``RESOURCE_CONFLICT`` for the
        last owner, and ``ALREADY_EXISTS`` for a new owner who owns another organisation.
        """
        organization_id = by.organization.organization_id
        for attempt in range(_MAX_ATTEMPTS):
            deciding = by if attempt == 0 else self._again(by, now)
            before = self.organizations.member(organization_id, user_id, now)
            after = replace(
                before,
                role=changes.role or before.role,
                monthly_credits=changes.monthly_credits if changes.changes_cap else before.monthly_credits,
            )
            _check_may_manage(deciding, before.role, after.role)
            if after == before:
                return before
            entry = AuditEntry.by(
                actor,
                organization_id,
                AuditAction.MEMBER_CHANGED,
                f"member#{user_id}",
                now,
                before=_member_facts(before),
                after=_member_facts(after),
            )
            try:
                self.organizations.change_member(before, after, deciding.member, entry)
            except ChangedMeanwhileError:
                continue
            except AlreadyOwnerError as error:
                raise ApiError(ErrorCode.ALREADY_EXISTS, "This member owns another organization.") from error
            return after
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def remove_member(self, by: Membership, user_id: str, actor: Actor, *, now: datetime) -> None:
        """Removes a member, or lets a member leave.

        Raises ``NOT_FOUND``, ``INSUFFICIENT_PERMISSIONS``, and ``RESOURCE_CONFLICT`` for the last owner.
        """
        organization_id = by.organization.organization_id
        leaves = by.member is not None and by.member.user_id == user_id
        for attempt in range(_MAX_ATTEMPTS):
            deciding = by if attempt == 0 else self._again(by, now)
            member = self.organizations.member(organization_id, user_id, now)
            if not leaves:
                _check_may_manage(deciding, member.role, member.role)
            action = AuditAction.MEMBER_LEFT if leaves else AuditAction.MEMBER_REMOVED
            entry = AuditEntry.by(
                actor, organization_id, action, f"member#{user_id}", now, before=_member_facts(member)
            )
            try:
                self.organizations.remove_member(member, deciding.member, entry, now=now)
            except ChangedMeanwhileError:
                continue
            return
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def forget_member(self, user_id: str, *, now: datetime) -> None:
        """Ends every membership of a user, and removes their address and name from those that have ended.

        Raises ``RESOURCE_CONFLICT`` for the last owner of an organisation.
        """
        for member in self.organizations.memberships_of(user_id, now):
            organization_id = member.organization_id
            if member.role is not None:
                actor, subject = Actor(user_id), f"member#{user_id}"
                facts = _member_facts(member)
                entry = AuditEntry.by(actor, organization_id, AuditAction.MEMBER_LEFT, subject, now, before=facts)
                self.organizations.remove_member(member, member, entry, now=now)
            self.organizations.forget(member)

    # ------------------------------------------------------------ invitations

    def invite(self, by: Membership, email: str, role: Role, actor: Actor, *, now: datetime) -> tuple[Invitation, str]:
        """Invites an e-mail address. Returns the invitation and its token, which is stored as a hash only.

        Raises ``INSUFFICIENT_PERMISSIONS`` if only an owner may invite to the role, ``ALREADY_EXISTS`` if a member has
        the address, and ``QUOTA_EXCEEDED``.
        """
        organization_id = by.organization.organization_id
        _check_may_manage(by, role, role)
        if any(each.email == email for each in self.members(organization_id, now=now)):
            raise ApiError(ErrorCode.ALREADY_EXISTS, "A member has this e-mail address.")
        if len(self.organizations.invitations(organization_id, now)) >= MAX_INVITATIONS:
            raise ApiError(ErrorCode.QUOTA_EXCEEDED, f"At most {MAX_INVITATIONS} invitations may be open.")
        invitation_id, secret = uuid7(), secrets.token_urlsafe(32)
        token = f"{_PREFIX}{organization_id}.{invitation_id}.{secret}"
        invitation = Invitation(
            organization_id, invitation_id, email, role, _hash(token), actor.actor_id, now, now + INVITATION_TTL
        )
        entry = AuditEntry.by(
            actor,
            organization_id,
            AuditAction.MEMBER_INVITED,
            f"invitation#{invitation_id}",
            now,
            after={"email": email, "role": role},
        )
        self.organizations.add_invitation(invitation, entry)
        return invitation, token

    def invitations(self, organization_id: str, *, now: datetime) -> list[Invitation]:
        """Returns the open invitations, from new to old."""
        return self.organizations.invitations(organization_id, now)[::-1]

    def withdraw(self, by: Membership, invitation_id: str, actor: Actor, *, now: datetime) -> None:
        """Withdraws an open invitation. Raises ``NOT_FOUND`` and ``INSUFFICIENT_PERMISSIONS``."""
        organization_id = by.organization.organization_id
        invitation = self.organizations.invitation(organization_id, invitation_id, now)
        _check_may_manage(by, invitation.role, invitation.role)
        entry = AuditEntry.by(
            actor,
            organization_id,
            AuditAction.INVITATION_WITHDRAWN,
            f"invitation#{invitation_id}",
            now,
            before={"email": invitation.email, "role": invitation.role},
        )
        try:
            self.organizations.withdraw_invitation(invitation, entry)
        except ChangedMeanwhileError as error:
            raise not_found("invitation") from error

    def accept(self, user_id: str, token: str, actor: Actor, *, now: datetime) -> Membership:
        """Makes the user a member by the token of an invitation.

        Accepting once more gives the same answer. Raises ``NOT_FOUND`` for a token that is unknown, used, expired, or
        of an invitation of another e-mail address, ``QUOTA_EXCEEDED`` if the organisation is full, and
        ``ALREADY_EXISTS`` for an owner of another organisation who is invited as owner.
        """
        organization_id, invitation_id = _parse(token)
        try:
            invitation = self.organizations.invitation(organization_id, invitation_id, now)
        except ApiError:
            if self.organizations.accepted_by(organization_id, invitation_id) == user_id:
                return self._membership(organization_id, user_id, now)
            raise
        account = self.accounts.get(user_id, now)
        is_for_user = hmac.compare_digest(invitation.email.encode(), account.email.encode())
        if not (hmac.compare_digest(invitation.token_hash, _hash(token)) and is_for_user):
            raise not_found("invitation")
        member = Member(organization_id, user_id, invitation.role, account.email, account.name, now)
        entry = AuditEntry.by(
            actor,
            organization_id,
            AuditAction.MEMBER_JOINED,
            f"member#{user_id}",
            now,
            after={"role": member.role, "email": member.email},
        )
        limits = self.organizations.get(organization_id).limits
        try:
            self.organizations.accept(invitation, member, entry, max_members=limits.members)
        except ChangedMeanwhileError as error:
            if self.organizations.accepted_by(organization_id, invitation_id) == user_id:
                return self._membership(organization_id, user_id, now)
            raise not_found("invitation") from error
        except MemberLimitError as error:
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED, f"The organization may have {limits.members} members and has them."
            ) from error
        except AlreadyOwnerError as error:
            raise ApiError(ErrorCode.ALREADY_EXISTS, "You own another organization.") from error
        return self._membership(organization_id, user_id, now)

    # ------------------------------------------------------------ the audit log

    def audit_page(
        self, organization_id: str, *, limit: int, before: str | None, filters: AuditFilters
    ) -> tuple[list[AuditEntry], str | None]:
        """Returns entries of the audit log, newest first, and the cursor of the next page (None if last)."""
        return self.audit.page(organization_id, limit=limit, before=before, filters=filters)

    def _slot_actions(self, before: Organization, after: Organization) -> list[Action]:
        more = after.renders_at_once - before.renders_at_once
        return [self.accounts.slots_action(before.organization_id, more)] if more else []

    def _membership(self, organization_id: str, user_id: str, now: datetime) -> Membership:
        found = self.organizations.find(organization_id, user_id, now)
        if found is None:
            raise not_found("invitation")
        return found

    def _again(self, by: Membership, now: datetime) -> Membership:
        """Returns the present membership of who decides. Raises ``NOT_FOUND`` if it has ended."""
        found = self.organizations.find(by.organization.organization_id, by.member.user_id if by.member else None, now)
        if found is None:
            raise not_found("organization")
        return found


def _check_may_manage(by: Membership, *roles: Role | None) -> None:
    """Raises ``INSUFFICIENT_PERMISSIONS`` if one of the roles is that of an owner and ``by`` may not manage owners.

    Whether ``by`` may manage members at all was checked before; it is checked again because a change may be repeated.
    """
    needed = [Permission.MANAGE_MEMBERS, *([Permission.MANAGE_OWNERS] if Role.OWNER in roles else [])]
    for permission in needed:
        if by.member is None and permission is Permission.MANAGE_MEMBERS:
            continue  # a key with the scope
        if not is_allowed(permission, role=by.role, scopes=frozenset()):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredRole=lowest_role(permission))


def _plan_facts(organization: Organization) -> dict[str, Any]:
    limits = organization.limits
    return {
        "plan": organization.plan,
        "requestsPerMinute": limits.requests_per_minute,
        "rendersAtOnce": limits.renders_at_once,
        "members": limits.members,
    }


def _member_facts(member: Member) -> dict[str, Any]:
    facts = {"role": member.role, "email": member.email, "monthlyCredits": member.monthly_credits}
    return {name: value for name, value in facts.items() if value is not None}


def _parse(token: str) -> tuple[str, str]:
    """Returns the ids of a token's organisation and invitation. Raises ``NOT_FOUND`` for another text."""
    parts = token.removeprefix(_PREFIX).split(".")
    if not token.startswith(_PREFIX) or len(parts) != 3 or not all(map(is_uuid, parts[:2])):
        raise not_found("invitation")
    return parts[0], parts[1]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
