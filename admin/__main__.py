"""``python -m admin COMMAND``: what ``make reconcile``, ``redrive``, ``user`` and other targets run."""

import argparse
import os
import sys

from admin.redrive import QUEUES, redrive
from admin.targets import TargetError, deployed_stack, local_stack
from local import paths
from local.errors import LocalStackError


def main() -> int:
    """Run the command that the arguments name. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m admin", description="Commands for operators.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("reconcile", help="compare balances, ledgers and renders")
    commands.add_parser("figures-rebuild", help="make the figures anew from the tables")
    commands.add_parser("retag", help="apply every user's retention to what is stored already")
    publishing = commands.add_parser("usage-month", help="publish the figures of a month to organizations")
    publishing.add_argument("month", help="such as 2026-11")
    redriving = commands.add_parser("redrive", help="move a dead-letter queue's messages back")
    redriving.add_argument("queue", choices=QUEUES)
    user = commands.add_parser("user", help="create a user with a temporary password")
    user.add_argument("email")
    revoking = commands.add_parser("revoke", help="end a user's sessions and revoke its API keys")
    revoking.add_argument("email")
    revoking.add_argument("--disable", action="store_true", help="also keep the user from signing in again")
    promoting = commands.add_parser("operator", help="let a user see the figures of everybody")
    promoting.add_argument("email")
    promoting.add_argument("--remove", action="store_true", help="take that away again")
    organization = commands.add_parser("organization", help="create an organization that a user owns")
    organization.add_argument("email")
    organization.add_argument("name")
    plan = commands.add_parser("plan", help="set the plan of an organization, or single limits")
    plan.add_argument("organization", help="its id")
    plan.add_argument("plan", nargs="?")
    for limit in ("requests-per-minute", "renders-at-once", "members"):
        plan.add_argument(f"--{limit}", type=int)
    grant = commands.add_parser("grant", help="grant credits to an organization or to a user")
    grant.add_argument("whose", help="the id of an organization, or the e-mail address of a user")
    grant.add_argument("credits", type=int)
    grant.add_argument("reason", help="is kept in the ledger and in the audit log")
    for command in commands.choices.values():
        command.add_argument("--stack", help="a stack on AWS; the default is the state that `make dev` keeps")
    smoking = commands.add_parser("smoke", help="check a deployed API; the password is the variable SMOKE_PASSWORD")
    smoking.add_argument("url", help="base URL, which ends in /api/plugins")
    smoking.add_argument("email")
    smoking.add_argument("--webhook-url", help="a receiver that answers with 2xx; the default is the API's own /health")
    arguments = parser.parse_args()
    if arguments.command == "smoke":
        from admin.smoke import run

        return run(arguments.url, arguments.email, os.environ.get("SMOKE_PASSWORD", ""), arguments.webhook_url)
    try:
        return _run(arguments)
    except (LocalStackError, TargetError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    with deployed_stack(arguments.stack) if arguments.stack else local_stack() as target:
        if arguments.command == "redrive":
            return redrive(target, arguments.queue)
        sys.path.insert(0, str(paths.COMMON_LAYER))  # the layer's package is not installed
        if arguments.command in {"user", "revoke", "operator"}:
            from admin.users import create_user, revoke_access, set_operator

            if arguments.command == "operator":
                return set_operator(target, arguments.email, remove=arguments.remove)
            if arguments.command == "user":
                return create_user(target, arguments.email)
            return revoke_access(target, arguments.email, disable=arguments.disable)
        if arguments.command in {"organization", "plan", "grant"}:
            from admin.organizations import create_organization, grant_credits, set_plan

            if arguments.command == "organization":
                return create_organization(target, arguments.email, arguments.name)
            if arguments.command == "plan":
                names = ("requests_per_minute", "renders_at_once", "members")
                limits = {name: value for name in names if (value := getattr(arguments, name)) is not None}
                return set_plan(target, arguments.organization, arguments.plan, limits)
            return grant_credits(target, arguments.whose, arguments.credits, arguments.reason)
        if arguments.command == "figures-rebuild":
            from admin.figures import rebuild_figures

            return rebuild_figures(target)
        if arguments.command == "usage-month":
            from admin.usage_months import publish_month

            return publish_month(target, arguments.month)
        if arguments.command == "retag":
            from admin.retention import retag

            return retag(target)
        from admin.reconcile import reconcile, reconciliation_service

        return reconcile(reconciliation_service(target))


if __name__ == "__main__":
    sys.exit(main())
