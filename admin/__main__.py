"""``python -m admin COMMAND``: what ``make reconcile``, ``redrive``, ``user``, ``revoke`` and ``smoke`` run."""

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
    redriving = commands.add_parser("redrive", help="move a dead-letter queue's messages back")
    redriving.add_argument("queue", choices=QUEUES)
    user = commands.add_parser("user", help="create a user with a temporary password")
    user.add_argument("email")
    revoking = commands.add_parser("revoke", help="end a user's sessions and revoke its API keys")
    revoking.add_argument("email")
    revoking.add_argument("--disable", action="store_true", help="also keep the user from signing in again")
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
        if arguments.command in {"user", "revoke"}:
            from admin.users import create_user, revoke_access

            if arguments.command == "user":
                return create_user(target, arguments.email)
            return revoke_access(target, arguments.email, disable=arguments.disable)
        from admin.reconcile import reconcile, reconciliation_service

        return reconcile(reconciliation_service(target))


if __name__ == "__main__":
    sys.exit(main())
