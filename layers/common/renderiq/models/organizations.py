"""Requests and responses of the organisation endpoints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from renderiq.domain.access import Role
from renderiq.domain.audit import AuditAction, AuditEntry, AuditFilters
from renderiq.domain.organizations import Invitation, Member, Membership, Organization, Policy
from renderiq.domain.retention import RetentionChoice, RetentionPeriod
from renderiq.models.paging import Cursor
from renderiq.models.passwords import EmailText
from renderiq.models.retention import read_period
from renderiq.models.wire import PrintableText, RejectBool, Timestamp, UtcTime, WireModel, read_choice
from renderiq.services.organizations import MemberChanges, OrganizationChanges

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _check_network(text: str) -> str:
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise ValueError("must be a network, such as 203.0.113.0/24") from error


Name = Annotated[PrintableText, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Network = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_network)]
Credits = Annotated[int, Field(ge=0, le=1_000_000_000), RejectBool]
AtLeastOne = Annotated[int, Field(ge=1, le=1_000_000), RejectBool]


class RetentionPolicy(WireModel):
    """For how long is kept what members store. What is absent, each member's own choice decides."""

    captures: RetentionPeriod | None = Field(None, description="Captures and the guide images beside them.")
    models: RetentionPeriod | None = Field(None, description="Uploaded 3D models.")
    renders: RetentionPeriod | None = Field(None, description="Rendered images, with the records of their renders.")

    _choices = field_validator("captures", "models", "renders", mode="before")(read_period)

    def choice(self) -> RetentionChoice:
        """Returns what was chosen."""
        return RetentionChoice(self.captures, self.models, self.renders)


class PolicyIn(WireModel):
    """What an organisation demands. A field that is absent sets no restriction."""

    engines: frozenset[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]] | None = Field(
        None, max_length=20, description="The engines that may render, such as `preview`. Others are refused."
    )
    max_key_days: Annotated[int, Field(ge=1, le=3650), RejectBool] | None = Field(
        None, description="For how many days a new key may be valid. Every key needs `expiresAt` then."
    )
    key_networks: list[Network] = Field(
        default_factory=list,
        max_length=50,
        description="Networks (CIDR) from which keys are accepted. Empty: from all.",
    )
    member_monthly_credits: Credits | None = Field(
        None, description="What each member may spend per month, unless the member has a cap of their own."
    )
    requests_per_minute: AtLeastOne | None = Field(
        None, description="For all members together. Only a value below the plan's has an effect."
    )
    renders_at_once: AtLeastOne | None = Field(
        None, description="For all members together. Only a value below the plan's has an effect."
    )
    retention: RetentionPolicy | None = Field(
        None, description="Over the choice of each member. A change holds for what is stored already too."
    )

    def policy(self) -> Policy:
        """Returns the policy."""
        return Policy(
            engines=self.engines,
            max_key_days=self.max_key_days,
            key_networks=tuple(self.key_networks),
            member_monthly_credits=self.member_monthly_credits,
            requests_per_minute=self.requests_per_minute,
            renders_at_once=self.renders_at_once,
            retention=self.retention.choice() if self.retention else RetentionChoice(),
        )


class OrganizationIn(WireModel):
    """An organisation to create."""

    name: Name


class OrganizationChangesIn(WireModel):
    """What to change of an organisation. A field that is absent is kept."""

    name: Name | None = None
    policy: PolicyIn | None = Field(None, description="Replaces the whole policy.")

    def changes(self) -> OrganizationChanges:
        """Returns the changes."""
        return OrganizationChanges(self.name, self.policy.policy() if self.policy else None)


class PolicyOut(WireModel):
    """The policy of an organisation. A restriction that it has not is left out."""

    engines: list[str] | None = None
    max_key_days: int | None = None
    key_networks: list[str] | None = None
    member_monthly_credits: int | None = None
    requests_per_minute: int | None = None
    renders_at_once: int | None = None
    retention: RetentionPolicy | None = None

    @classmethod
    def of(cls, policy: Policy) -> PolicyOut:
        """Returns the response for a policy."""
        return cls(
            engines=sorted(policy.engines) if policy.engines is not None else None,
            max_key_days=policy.max_key_days,
            key_networks=list(policy.key_networks) or None,
            member_monthly_credits=policy.member_monthly_credits,
            requests_per_minute=policy.requests_per_minute,
            renders_at_once=policy.renders_at_once,
            retention=RetentionPolicy.model_validate(chosen) if (chosen := policy.retention.to_texts()) else None,
        )


class OrganizationLimitsOut(WireModel):
    """What all members together may use now."""

    requests_per_minute: int
    renders_at_once: int
    members: int


class OrganizationOut(WireModel):
    """An organisation. ``role`` is the caller's; it is absent for a key of the organisation."""

    organization_id: str
    name: str
    role: Role | None = None
    plan: str
    limits: OrganizationLimitsOut
    policy: PolicyOut
    members: int = Field(description="How many members it has.")
    created_at: Timestamp

    @classmethod
    def of(cls, organization: Organization, role: Role | None) -> OrganizationOut:
        """Returns the response for an organisation, to a caller with this role."""
        return cls(
            organization_id=organization.organization_id,
            name=organization.name,
            role=role,
            plan=organization.plan,
            limits=OrganizationLimitsOut(
                requests_per_minute=organization.requests_per_minute,
                renders_at_once=organization.renders_at_once,
                members=organization.limits.members,
            ),
            policy=PolicyOut.of(organization.policy),
            members=organization.members,
            created_at=organization.created_at,
        )


class OrganizationList(WireModel):
    """The organisations of a user."""

    organizations: list[OrganizationOut]

    @classmethod
    def of(cls, memberships: list[Membership]) -> OrganizationList:
        """Returns the list of these memberships."""
        return cls(organizations=[OrganizationOut.of(each.organization, each.role) for each in memberships])


class MemberOut(WireModel):
    """A member of an organisation. ``spentThisMonth`` is in credits; a month begins at midnight UTC."""

    user_id: str
    email: str
    name: str
    role: Role
    joined_at: Timestamp
    monthly_credits: int | None = Field(None, description="A cap of the member's own; absent if the policy's counts.")
    spent_this_month: int

    @classmethod
    def of(cls, member: Member) -> MemberOut:
        """Returns the response for a member who has not left."""
        return cls(
            user_id=member.user_id,
            email=member.email,
            name=member.name,
            role=member.role or Role.MEMBER,
            joined_at=member.joined_at,
            monthly_credits=member.monthly_credits,
            spent_this_month=member.spent_this_month,
        )


class MemberList(WireModel):
    """The members of an organisation, in the order of joining."""

    members: list[MemberOut]

    @classmethod
    def of(cls, members: list[Member]) -> MemberList:
        """Returns the list of these members."""
        return cls(members=[MemberOut.of(each) for each in members])


class MemberChangesIn(WireModel):
    """What to change of a member. A field that is absent is kept."""

    role: Role | None = None
    monthly_credits: Credits | None = Field(
        None, description="What the member may spend per month. `null` takes the cap away: then the policy's counts."
    )

    _choices = field_validator("role", mode="before")(read_choice)

    def changes(self) -> MemberChanges:
        """Returns the changes."""
        return MemberChanges(self.role, "monthly_credits" in self.model_fields_set, self.monthly_credits)


class MemberRemoved(WireModel):
    """The membership has ended."""

    user_id: str
    removed: Literal[True] = True


class InvitationIn(WireModel):
    """Whom to invite. Only the account with this e-mail address can accept."""

    email: EmailText
    role: Role = Role.MEMBER

    _choices = field_validator("role", mode="before")(read_choice)


class InvitationOut(WireModel):
    """An open invitation."""

    invitation_id: str
    email: str
    role: Role
    invited_by: str = Field(description="A user id, or `key#` and the id of a key.")
    created_at: Timestamp
    expires_at: Timestamp

    @classmethod
    def of(cls, invitation: Invitation) -> InvitationOut:
        """Returns the response for an invitation."""
        return cls(**_invitation_fields(invitation))


class InvitationCreated(InvitationOut):
    """A new invitation with its ``token``, which no other response contains. Send it to the invited person."""

    token: str

    @classmethod
    def with_token(cls, invitation: Invitation, token: str) -> InvitationCreated:
        """Returns the response for a new invitation."""
        return cls(token=token, **_invitation_fields(invitation))


class InvitationList(WireModel):
    """The open invitations of an organisation, from new to old."""

    invitations: list[InvitationOut]

    @classmethod
    def of(cls, invitations: list[Invitation]) -> InvitationList:
        """Returns the list of these invitations."""
        return cls(invitations=[InvitationOut.of(each) for each in invitations])


class InvitationWithdrawn(WireModel):
    """The invitation cannot be accepted any more."""

    invitation_id: str
    withdrawn: Literal[True] = True


class AcceptIn(WireModel):
    """The token of an invitation."""

    token: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]


class AuditQuery(WireModel):
    """Which entries of the audit log to list. Without a filter, it is all of them."""

    limit: Annotated[int, Field(ge=1, le=1000, description="The maximum number of entries in the response.")] = 100
    cursor: Cursor = None
    actor: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None, description="Who: a user id, `key#` and the id of a key, or `operator`."
    )
    subject: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None,
        description="What was changed: `organization`, `credits`, `consent#` and a name; `member#`, `invitation#` or "
        "`key#` and an id.",
    )
    since: UtcTime | None = Field(None, description="The earliest time, with a UTC offset.")
    until: UtcTime | None = Field(None, description="The first time that is too late, with a UTC offset.")
    format: Literal["json", "jsonl"] = Field("json", description="`jsonl` responds with one JSON object per line.")

    _choices = field_validator("format", mode="before")(read_choice)

    def filters(self) -> AuditFilters:
        """Returns the filters."""
        return AuditFilters(
            self.actor,
            self.subject,
            max(self.since, _EPOCH) if self.since else None,
            max(self.until, _EPOCH) if self.until else None,
        )


class AuditEntryOut(WireModel):
    """One entry of the audit log."""

    id: str
    at: Timestamp
    actor: str
    address: str | None = None
    action: AuditAction
    subject: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditEntryOut:
        """Returns the response for an entry."""
        return cls(
            id=entry.entry_id,
            at=entry.at,
            actor=entry.actor,
            address=entry.address,
            action=entry.action,
            subject=entry.subject,
            before=dict(entry.before) or None,
            after=dict(entry.after) or None,
        )


class AuditPage(WireModel):
    """Entries of the audit log, from new to old. ``nextCursor`` is absent on the last page."""

    entries: list[AuditEntryOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, entries: list[AuditEntry], cursor: str | None) -> AuditPage:
        """Returns the page of these entries."""
        return cls(entries=[AuditEntryOut.of(each) for each in entries], next_cursor=cursor)

    def to_lines(self) -> str:
        """Returns one JSON object per line."""
        return "".join(json.dumps(each.to_json(), ensure_ascii=False) + "\n" for each in self.entries)


def _invitation_fields(invitation: Invitation) -> dict[str, Any]:
    return {
        "invitation_id": invitation.invitation_id,
        "email": invitation.email,
        "role": invitation.role,
        "invited_by": invitation.invited_by,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }
