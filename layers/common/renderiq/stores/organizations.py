"""Organisations, their members and their invitations in DynamoDB.

PK organizationId   SK item: ``organization``, ``member#<user id>`` (``stores/memberships.py`` reads both),
                    ``invitation#<id>``, with TTL
                    With PK ``owner#<user id>`` and SK ``owner``: the organisation that this user owns

Every change is one transaction with its entry of the audit log, and names the state that it starts from. ``members``
and ``owners`` of the organisation count the members who have not left, and are in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.access import Role
from renderiq.domain.audit import AuditEntry
from renderiq.domain.organizations import Invitation, Member, Organization, policy_facts
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.ids import uuid7
from renderiq.stores.audit import AuditStore
from renderiq.stores.items import (
    Action,
    Item,
    TransactionRejectedError,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)
from renderiq.stores.memberships import (
    CLOSED,
    MEMBER,
    ORGANIZATION,
    MembershipStore,
    member_from_item,
    member_items,
    organization_from_item,
)

_INVITATION: Final = "invitation#"
_OWNER: Final = "owner"


class AlreadyOwnerError(Exception):
    """The user owns an organisation already."""


class ChangedMeanwhileError(Exception):
    """The state that a change starts from is not the stored one any more. Read it and decide again."""


class MemberLimitError(Exception):
    """The organisation has as many members as its limits allow."""


class OrganizationStore(MembershipStore):
    """Reads and writes organisations."""

    def __init__(self, client: Any, table: str, *, audit: AuditStore) -> None:
        super().__init__(client, table)
        self._audit = audit

    def add(self, organization: Organization, owner: Member, pool: Action, entry: AuditEntry) -> None:
        """Stores an organisation with its owner and its credit pool. Raises ``AlreadyOwnerError``."""
        actions = [
            self._claim_ownership(owner),
            self._put(_organization_item(organization)),
            self._put(_member_item(owner)),
            pool,
            self._audit.add_action(entry),
        ]
        try:
            transact(self._client, actions, token=organization.organization_id)
        except TransactionRejectedError as rejection:
            raise AlreadyOwnerError from rejection

    def get(self, organization_id: str) -> Organization:
        """Raises ``NOT_FOUND``, also for one that is being deleted."""
        found = self._item(organization_id, ORGANIZATION)
        if not found or CLOSED in found:
            raise not_found("organization")
        return organization_from_item(found)

    def all_ids(self) -> Iterator[str]:
        """Yields the id of every organisation that is not being deleted, in no order. It scans the whole table."""
        return (item["organizationId"] for item in self._scan_organizations("organizationId"))

    def of_user(self, user_id: str, now: datetime) -> list[Member]:
        """Returns the memberships of a user, by organisation id. The index is eventually consistent."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="user",
            KeyConditionExpression="userId = :user",
            ExpressionAttributeValues=to_attributes({":user": user_id}),
        )
        return [member_from_item(from_attributes(item), now) for page in pages for item in page["Items"]]

    def get_all(self, organization_ids: Sequence[str]) -> list[Organization]:
        """Returns those of at most 100 organisations that exist and are not being deleted."""
        if not organization_ids:
            return []
        keys = [to_attributes({"organizationId": each, "item": ORGANIZATION}) for each in organization_ids]
        found = self._read({self._table: {"Keys": keys, "ConsistentRead": True}})
        return [organization_from_item(item) for item in found.get(self._table, ()) if CLOSED not in item]

    def change(
        self,
        before: Organization,
        after: Organization,
        entries: Sequence[AuditEntry],
        *,
        further: Sequence[Action] = (),
    ) -> None:
        """Stores another name, plan, limits or policy, with the actions that belong to the change.

        Raises ``ChangedMeanwhileError``.
        """
        values = {
            ":name": after.name,
            ":plan": after.plan,
            ":limits": _limits_item(after),
            ":policy": policy_facts(after.policy),
            ":next": before.version + 1,
            ":version": before.version,
        }
        update = self._update(
            before.organization_id,
            ORGANIZATION,
            "SET #name = :name, #plan = :plan, limits = :limits, policy = :policy, version = :next",
            "version = :version",
            values,
            names={"#name": "name", "#plan": "plan"},
        )
        self._transact([update, *further, *map(self._audit.add_action, entries)])

    # ------------------------------------------------------------ members

    def member(self, organization_id: str, user_id: str, now: datetime) -> Member:
        """Returns a member who has not left. Raises ``NOT_FOUND``."""
        found = self._item(organization_id, f"{MEMBER}{user_id}")
        if "role" not in found:
            raise not_found("member")
        return member_from_item(found, now)

    def members(self, organization_id: str, now: datetime) -> list[Member]:
        """Returns all members, also those who have left, by user id."""
        return [member_from_item(item, now) for item in self._items(organization_id, MEMBER)]

    def change_member(self, before: Member, after: Member, by: Member | None, entry: AuditEntry) -> None:
        """Stores another role or cap of a member.

        ``by`` is who changes it, whose role must still be the one that was read; None for a key or an operator. Raises
        ``ChangedMeanwhileError``, ``AlreadyOwnerError`` for a new owner who owns another organisation, and
        ``RESOURCE_CONFLICT`` if the last owner would go.
        """
        sets, removes = ["#role = :role"], []
        values: Item = {":role": after.role, ":was": before.role}
        if after.monthly_credits is None:
            removes.append("monthlyCredits")
        else:
            sets.append("monthlyCredits = :cap")
            values[":cap"] = after.monthly_credits
        update = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
        actions = [
            self._update(
                before.organization_id,
                f"{MEMBER}{before.user_id}",
                update,
                "#role = :was",
                values,
                names={"#role": "role"},
            )
        ]
        actions += self._owner_actions(before, after)
        if by and by.user_id != before.user_id:
            actions.append(self._check_role(by))
        self._transact([*actions, self._audit.add_action(entry)], joining=before)

    def remove_member(self, member: Member, by: Member | None, entry: AuditEntry, *, now: datetime) -> None:
        """Ends a membership. What the member has spent stays on record.

        Raises ``ChangedMeanwhileError``, and ``RESOURCE_CONFLICT`` for the last owner.
        """
        actions = [
            self._update(
                member.organization_id,
                f"{MEMBER}{member.user_id}",
                "SET removedAt = :now REMOVE #role, userId, monthlyCredits",
                "#role = :was",
                {":now": to_iso(now), ":was": member.role},
                names={"#role": "role"},
            ),
            self._count(member.organization_id, members=-1, owners=-1 if member.role is Role.OWNER else 0),
        ]
        if member.role is Role.OWNER:
            actions.append(self._release_ownership(member.user_id))
        if by and by.user_id != member.user_id:
            actions.append(self._check_role(by))
        self._transact([*actions, self._audit.add_action(entry)])

    def memberships_of(self, user_id: str, now: datetime) -> Iterator[Member]:
        """Yields every membership of a user, also those that have ended. It scans the whole table."""
        # An item without address was made by a refund, or forgotten before.
        items = member_items(self._client, self._table, user_id)
        return (member_from_item(item, now) for item in items if "email" in item)

    def forget(self, member: Member) -> None:
        """Removes the address and the name of a member who has left. What the member has spent stays on record."""
        update_item(
            self._client,
            TableName=self._table,
            Key=self._key(member.organization_id, f"{MEMBER}{member.user_id}"),
            UpdateExpression="SET #name = :nothing REMOVE email",
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues=to_attributes({":nothing": ""}),
        )

    # ------------------------------------------------------------ deletion

    def close_actions(self, organization_id: str, entry: AuditEntry, *, now: datetime) -> list[Action]:
        """Returns the actions of a transaction that begins to delete an organisation: nobody is a member from then on.

        They are rejected if there is no such organisation, or if it is being deleted already.
        """
        close = self._update(
            organization_id,
            ORGANIZATION,
            f"SET {CLOSED} = :now",
            f"attribute_exists(#item) AND attribute_not_exists({CLOSED})",
            {":now": to_iso(now)},
            names={"#item": "item"},
        )
        return [close, self._audit.add_action(entry)]

    # ------------------------------------------------------------ invitations

    def add_invitation(self, invitation: Invitation, entry: AuditEntry) -> None:
        """Stores an invitation."""
        self._transact([self._put(_invitation_item(invitation)), self._audit.add_action(entry)])

    def invitations(self, organization_id: str, now: datetime) -> list[Invitation]:
        """Returns the open invitations, oldest first."""
        items = self._items(organization_id, _INVITATION)
        found = [_invitation_from_item(item) for item in items if "acceptedBy" not in item]
        return [each for each in found if each.expires_at > now]

    def invitation(self, organization_id: str, invitation_id: str, now: datetime) -> Invitation:
        """Returns an open invitation. Raises ``NOT_FOUND``."""
        found = self._item(organization_id, f"{_INVITATION}{invitation_id}")
        if not found or "acceptedBy" in found or from_iso(found["expiresOn"]) <= now:
            raise not_found("invitation")
        return _invitation_from_item(found)

    def accepted_by(self, organization_id: str, invitation_id: str) -> str | None:
        """Returns the user who has accepted an invitation, or None."""
        accepted: str | None = self._item(organization_id, f"{_INVITATION}{invitation_id}").get("acceptedBy")
        return accepted

    def withdraw_invitation(self, invitation: Invitation, entry: AuditEntry) -> None:
        """Deletes an invitation. Raises ``ChangedMeanwhileError`` if it was accepted meanwhile."""
        delete = {
            "Delete": {
                "TableName": self._table,
                "Key": self._key(invitation.organization_id, f"{_INVITATION}{invitation.invitation_id}"),
                "ConditionExpression": "attribute_exists(#item) AND attribute_not_exists(acceptedBy)",
                "ExpressionAttributeNames": {"#item": "item"},
            }
        }
        self._transact([delete, self._audit.add_action(entry)])

    def accept(self, invitation: Invitation, member: Member, entry: AuditEntry, *, max_members: int) -> None:
        """Makes the user a member. An invitation is accepted once.

        Who was a member before gets the record of then again. Raises ``ChangedMeanwhileError`` if the invitation is not
        open any more or the user is a member, and ``MemberLimitError``.
        """
        accept = self._update(
            invitation.organization_id,
            f"{_INVITATION}{invitation.invitation_id}",
            "SET acceptedBy = :user",
            "attribute_exists(#item) AND attribute_not_exists(acceptedBy)",
            {":user": member.user_id},
            names={"#item": "item"},
        )
        join = self._update(
            member.organization_id,
            f"{MEMBER}{member.user_id}",
            "SET #role = :role, userId = :user, email = :email, #name = :name, joinedAt = :now REMOVE removedAt",
            "attribute_not_exists(#role)",
            {
                ":role": member.role,
                ":user": member.user_id,
                ":email": member.email,
                ":name": member.name,
                ":now": to_iso(member.joined_at),
            },
            names={"#role": "role", "#name": "name"},
        )
        count = self._count(
            member.organization_id, members=1, owners=1 if member.role is Role.OWNER else 0, max_members=max_members
        )
        claims = [self._claim_ownership(member)] if member.role is Role.OWNER else []
        try:
            transact(self._client, [accept, join, count, self._audit.add_action(entry), *claims], token=entry.entry_id)
        except TransactionRejectedError as rejection:
            if rejection.rejected.keys() & {0, 1}:
                raise ChangedMeanwhileError from rejection
            if 2 in rejection.rejected:
                raise MemberLimitError from rejection
            raise AlreadyOwnerError from rejection

    # ------------------------------------------------------------ actions

    def _owner_actions(self, before: Member, after: Member) -> list[Action]:
        """Returns what counts the owners, if the change makes a new one or takes one away."""
        if (before.role is Role.OWNER) == (after.role is Role.OWNER):
            return []
        if after.role is Role.OWNER:
            return [self._count(after.organization_id, owners=1), self._claim_ownership(after)]
        return [self._count(after.organization_id, owners=-1), self._release_ownership(after.user_id)]

    def _count(self, organization_id: str, *, members: int = 0, owners: int = 0, max_members: int = 0) -> Action:
        conditions, values = ["attribute_exists(#item)"], {":members": members, ":owners": owners}
        if owners < 0:
            conditions.append("owners > :one")
            values[":one"] = 1
        if members > 0:
            conditions.append("members < :most")
            values[":most"] = max_members
        return self._update(
            organization_id,
            ORGANIZATION,
            "ADD members :members, owners :owners",
            " AND ".join(conditions),
            values,
            names={"#item": "item"},
        )

    def _claim_ownership(self, owner: Member) -> Action:
        return self._put({"organizationId": f"owner#{owner.user_id}", "item": _OWNER, "owns": owner.organization_id})

    def _release_ownership(self, user_id: str) -> Action:
        return {"Delete": {"TableName": self._table, "Key": self._key(f"owner#{user_id}", _OWNER)}}

    def _check_role(self, member: Member) -> Action:
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": self._key(member.organization_id, f"{MEMBER}{member.user_id}"),
                "ConditionExpression": "#role = :role",
                "ExpressionAttributeNames": {"#role": "role"},
                "ExpressionAttributeValues": to_attributes({":role": member.role}),
            }
        }

    def _transact(self, actions: list[Action], *, joining: Member | None = None) -> None:
        """Raises ``ChangedMeanwhileError``, or what the rejected action means."""
        try:
            transact(self._client, actions, token=uuid7())
        except TransactionRejectedError as rejection:
            for position in rejection.rejected:
                write = actions[position]
                if "Put" in write and joining:
                    raise AlreadyOwnerError from rejection
                if "owners > :one" in write.get("Update", {}).get("ConditionExpression", ""):
                    raise ApiError(
                        ErrorCode.RESOURCE_CONFLICT, "An organization keeps at least one owner. Make another one first."
                    ) from rejection
            raise ChangedMeanwhileError from rejection

    def _put(self, item: Item) -> Action:
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(organizationId)",
            }
        }

    def _update(
        self, organization_id: str, item: str, update: str, condition: str, values: Item, *, names: dict[str, str]
    ) -> Action:
        return {
            "Update": {
                "TableName": self._table,
                "Key": self._key(organization_id, item),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": to_attributes(values),
            }
        }

    def _item(self, organization_id: str, item: str) -> Item:
        """Returns an item, empty if there is none."""
        response = self._client.get_item(
            TableName=self._table, Key=self._key(organization_id, item), ConsistentRead=True
        )
        return from_attributes(response.get("Item", {}))

    def _items(self, organization_id: str, prefix: str) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="organizationId = :organization AND begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=to_attributes({":organization": organization_id, ":prefix": prefix}),
            ConsistentRead=True,
        )
        return (from_attributes(item) for page in pages for item in page["Items"])

    def _key(self, organization_id: str, item: str) -> dict[str, Any]:
        return to_attributes({"organizationId": organization_id, "item": item})


def _organization_item(organization: Organization) -> Item:
    return {
        "organizationId": organization.organization_id,
        "item": ORGANIZATION,
        "name": organization.name,
        "createdAt": to_iso(organization.created_at),
        "plan": organization.plan,
        "limits": _limits_item(organization),
        "policy": policy_facts(organization.policy),
        "members": organization.members,
        "owners": organization.owners,
        "version": organization.version,
    }


def _limits_item(organization: Organization) -> Item:
    limits = organization.limits
    return {
        "requestsPerMinute": limits.requests_per_minute,
        "rendersAtOnce": limits.renders_at_once,
        "members": limits.members,
    }


def _member_item(member: Member) -> Item:
    return {
        "organizationId": member.organization_id,
        "item": f"{MEMBER}{member.user_id}",
        "userId": member.user_id,
        "role": member.role,
        "email": member.email,
        "name": member.name,
        "joinedAt": to_iso(member.joined_at),
        "monthlyCredits": member.monthly_credits,
    }


def _invitation_item(invitation: Invitation) -> Item:
    return {
        "organizationId": invitation.organization_id,
        "item": f"{_INVITATION}{invitation.invitation_id}",
        "email": invitation.email,
        "role": invitation.role,
        "tokenHash": invitation.token_hash,
        "invitedBy": invitation.invited_by,
        "createdAt": to_iso(invitation.created_at),
        "expiresOn": to_iso(invitation.expires_at),
        "expiresAt": int(invitation.expires_at.timestamp()),
    }


def _invitation_from_item(item: Item) -> Invitation:
    return Invitation(
        organization_id=item["organizationId"],
        invitation_id=item["item"].removeprefix(_INVITATION),
        email=item["email"],
        role=Role(item["role"]),
        token_hash=item["tokenHash"],
        invited_by=item["invitedBy"],
        created_at=from_iso(item["createdAt"]),
        expires_at=from_iso(item["expiresOn"]),
    )
