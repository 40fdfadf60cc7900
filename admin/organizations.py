"""``make organization``, ``make plan`` and ``make grant``: create an organisation, set its limits, grant credits."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from admin.targets import Target, TargetError
from admin.users import user_id_of
from renderiq.domain.organizations import OPERATOR, PLANS, Actor
from renderiq.errors import ApiError
from renderiq.ids import is_uuid
from renderiq.services.organizations import OrganizationService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.audit import AuditStore
from renderiq.stores.organizations import OrganizationStore

_ACTOR = Actor(OPERATOR)


def create_organization(target: Target, email: str, name: str, say: Callable[[str], None] = print) -> int:
    """Create an organisation that the user with this e-mail address owns. Returns the exit status.

    The user must have signed in once. The exit status is 1 for one who owns an organisation already.
    """
    user_id = user_id_of(target, email)
    try:
        made = organization_service(target).create(user_id, name, _ACTOR, now=datetime.now(UTC))
    except ApiError as error:
        say(f"✗ {email}: {error.message}")
        return 1
    say(f"organization {made.organization.organization_id} ({name}) is owned by {email}")
    return 0


def set_plan(
    target: Target,
    organization_id: str,
    plan: str | None,
    limits: Mapping[str, int],
    say: Callable[[str], None] = print,
) -> int:
    """Give an organisation the limits of a plan, and then single ones. Returns the exit status."""
    if plan is not None and plan not in PLANS:
        raise TargetError(f"There is no plan {plan}; choose among {', '.join(PLANS)}.")
    _check_id(organization_id)
    try:
        changed = organization_service(target).set_plan(
            organization_id, _ACTOR, plan=plan, limits=limits, now=datetime.now(UTC)
        )
    except ApiError as error:
        say(f"✗ {organization_id}: {error.message}")
        return 1
    say(
        f"organization {organization_id}: plan {changed.plan}, {changed.limits.requests_per_minute} requests a minute, "
        f"{changed.limits.renders_at_once} renders at the same time, {changed.limits.members} members"
    )
    return 0


def grant_credits(target: Target, whose: str, amount: int, reason: str, say: Callable[[str], None] = print) -> int:
    """Grant credits to an organisation, by its id, or to a user, by the e-mail address. Returns the exit status."""
    if amount <= 0 or not reason.strip():
        raise TargetError("A grant needs a positive number of credits and a reason.")
    service, now = organization_service(target), datetime.now(UTC)
    try:
        if is_uuid(whose.lower()):
            balance = service.grant(whose.lower(), amount, reason.strip(), _ACTOR, now=now)
        else:
            balance = service.grant_to_user(user_id_of(target, whose), amount, reason.strip(), now=now)
    except ApiError as error:
        say(f"✗ {whose}: {error.message}")
        return 1
    say(f"granted {amount} credits to {whose} ({reason.strip()}); the balance is {balance}")
    return 0


def organization_service(target: Target) -> OrganizationService:
    """The service that changes the organisations of ``target``."""
    dynamodb, names = target.client("dynamodb"), target.names
    audit = AuditStore(dynamodb, names["AuditTable"])
    return OrganizationService(
        OrganizationStore(dynamodb, names["OrganizationsTable"], audit=audit),
        AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"]),
        audit,
    )


def _check_id(organization_id: str) -> None:
    if not is_uuid(organization_id):
        raise TargetError(f"{organization_id} is no id of an organization.")
