"""``python -m local COMMAND``: what the Makefile's commands run."""

import argparse
import os
import sys
from contextlib import nullcontext

from local import paths
from local.errors import LocalStackError

QUEUES = ("render", "delivery", "cleanup")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole backend on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (("dev", "serve until stopped"), ("demo", "do the main job once")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument(
            "--parameter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a parameter of template.yaml; may be repeated",
        )
    for name, purpose in (
        ("reconcile", "compare balances, ledgers and renders"),
        ("redrive", "move a dead-letter queue's messages back"),
    ):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--stack", help="a stack on AWS; without it the state that `make dev` keeps")
        if name == "redrive":
            command.add_argument("queue", choices=QUEUES)
    command = commands.add_parser("soak", help="steady load with faults; the figures at the end")
    command.add_argument("--seconds", type=int, default=180)
    command.add_argument("--seed", type=int, help="of the faults, as an earlier run printed it")
    arguments = parser.parse_args()
    try:
        return _run(arguments)
    except ValueError as error:
        parser.error(str(error))
    except LocalStackError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "dev":
            from local.dev import serve

            return serve(_port(), _parameters(arguments.parameter), gemini_key=os.environ.get("GEMINI_API_KEY", ""))
        case "demo":
            from local.demo import demonstrate

            return demonstrate(_parameters(arguments.parameter))
    sys.path.insert(0, str(paths.COMMON_LAYER))
    if arguments.command == "soak":
        from local.soak import soak

        return soak(arguments.seconds, arguments.seed)
    import boto3

    from local.places import on_aws, on_this_machine

    deployed = arguments.stack and on_aws(arguments.stack, boto3.client)
    with nullcontext(deployed) if deployed else on_this_machine() as place:
        if arguments.command == "redrive":
            from local.redrive import redrive

            return redrive(place, arguments.queue)
        from local.reconcile import reconcile, reconciliation_service

        return reconcile(reconciliation_service(place))


def _port() -> int:
    try:
        return int(os.environ.get("PORT") or 3000)
    except ValueError:
        raise ValueError("PORT is a number") from None


def _parameters(given: list[str]) -> dict[str, str]:
    try:
        return dict(each.split("=", 1) for each in given)
    except ValueError:
        raise ValueError("--parameter takes NAME=VALUE") from None


if __name__ == "__main__":
    sys.exit(main())
