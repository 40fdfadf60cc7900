"""Organisations: their members, invitations, policy and limits.

An organisation owns what its members share under its own id, as a user owns things under theirs. So its id is the
``user_id`` of its account, renders, projects, styles, uploads, webhooks and keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.domain.access import Role
from renderiq.domain.retention import RetentionChoice

INVITATION_TTL: Final = timedelta(days=14)
MAX_INVITATIONS: Final = 100
"""How many invitations of an organisation may be open at the same time."""
OPERATOR: Final = "operator"
"""The actor of what an operator's command has changed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an organisation may use, for all members together. They come with the plan; operators may set others."""

    requests_per_minute: int = 300
    renders_at_once: int = 4
    members: int = 10


PLANS: Final[Mapping[str, Limits]] = {
    "starter": Limits(),
    "team": Limits(requests_per_minute=1200, renders_at_once=16, members=50),
    "enterprise": Limits(requests_per_minute=6000, renders_at_once=64, members=1000),
}
"""The limits of each plan. A new organisation has the first."""
DEFAULT_PLAN: Final = "starter"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation itself demands of its members and keys. None, or no network, means no restriction.

    ``engines`` names the engines that may render. ``max_key_days`` is how long a key may be valid. ``key_networks`` are
    the networks (CIDR) from which keys are accepted. ``member_monthly_credits`` is what each member may spend in a
    calendar month (UTC), unless the member has another cap. The two limits may only be lower than those of the plan.
    ``retention`` is for how long is kept what members store for the organisation; what it leaves open, each member's
    own choice decides.
    """

    engines: frozenset[str] | None = None
    max_key_days: int | None = None
    key_networks: tuple[str, ...] = ()
    member_monthly_credits: int | None = None
    requests_per_minute: int | None = None
    renders_at_once: int | None = None
    retention: RetentionChoice = field(default_factory=RetentionChoice)

    def admits_address(self, address: str) -> bool:
        """Returns whether a key may be used from an IP address."""
        if not self.key_networks:
            return True
        # Not at the top: few organisations have such a list.
        from ipaddress import ip_address, ip_network

        seen = ip_address(address)
        seen = getattr(seen, "ipv4_mapped", None) or seen
        return any(seen in ip_network(each) for each in self.key_networks)

    def admits_engine(self, engine: str) -> bool:
        """Returns whether an engine may render."""
        return self.engines is None or engine in self.engines

    def admits_expiry(self, expires_at: datetime | None, now: datetime) -> bool:
        """Returns whether a key that is created at ``now`` may be valid until ``expires_at``."""
        if self.max_key_days is None:
            return True
        return expires_at is not None and expires_at <= now + timedelta(days=self.max_key_days)


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation. ``version`` grows with every change of name, plan, limits or policy."""

    organization_id: str
    name: str
    created_at: datetime
    plan: str = DEFAULT_PLAN
    limits: Limits = field(default_factory=Limits)
    policy: Policy = field(default_factory=Policy)
    members: int = 1
    owners: int = 1
    version: int = 1

    @property
    def requests_per_minute(self) -> int:
        """The requests that all members together may make per minute."""
        return min(self.limits.requests_per_minute, self.policy.requests_per_minute or self.limits.requests_per_minute)

    @property
    def renders_at_once(self) -> int:
        """The renders of all members together that may be worked on at the same time."""
        return min(self.limits.renders_at_once, self.policy.renders_at_once or self.limits.renders_at_once)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an organisation. ``role`` is None for one who has left: what they spent stays on record.

    ``monthly_credits`` is a cap of this member's own. ``spent_this_month`` and ``spent`` are credits: debits minus
    refunds.
    """

    organization_id: str
    user_id: str
    role: Role | None
    email: str
    name: str
    joined_at: datetime
    monthly_credits: int | None = None
    spent_this_month: int = 0
    spent: int = 0
    removed_at: datetime | None = None

    def cap(self, policy: Policy) -> int | None:
        """Returns the credits that the member may spend in a month, or None for no cap."""
        return policy.member_monthly_credits if self.monthly_credits is None else self.monthly_credits


@dataclass(frozen=True, slots=True)
class Membership:
    """A caller in an organisation. ``member`` is None for a key of the organisation."""

    organization: Organization
    member: Member | None = None

    @property
    def role(self) -> Role | None:
        """The role of the member; None for a key."""
        return self.member.role if self.member else None

    @property
    def monthly_cap(self) -> int | None:
        """The credits that the member may spend in a calendar month (UTC); None for no cap, and for a key."""
        return self.member.cap(self.organization.policy) if self.member else None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation of an e-mail address, which only the account with this address can accept."""

    organization_id: str
    invitation_id: str
    email: str
    role: Role
    token_hash: str
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: a user id, ``key#<key id>`` or ``operator``, and the IP address, if there is one."""

    actor_id: str
    address: str | None = None


def policy_facts(policy: Policy) -> dict[str, Any]:
    """Returns a policy as it is stored and as the audit log shows it. Restrictions that it has not are left out."""
    facts: dict[str, Any] = {
        "engines": sorted(policy.engines) if policy.engines is not None else None,
        "maxKeyDays": policy.max_key_days,
        "keyNetworks": list(policy.key_networks) or None,
        "memberMonthlyCredits": policy.member_monthly_credits,
        "requestsPerMinute": policy.requests_per_minute,
        "rendersAtOnce": policy.renders_at_once,
        "retention": policy.retention.to_texts() or None,
    }
    return {name: value for name, value in facts.items() if value is not None}
