"""``python -m local COMMAND``: what ``make dev`` and ``make demo`` run."""

import argparse
import os
import sys

from local.errors import LocalStackError


def main() -> int:
    """Run the command that the arguments name. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole backend on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dev", help="serve the API until stopped")
    commands.add_parser("demo", help="render one viewport and verify its webhook")
    for command in commands.choices.values():
        command.add_argument(
            "--parameter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a parameter of template.yaml; may be repeated",
        )
    arguments = parser.parse_args()
    try:
        parameters = dict(each.split("=", 1) for each in arguments.parameter)
    except ValueError:
        parser.error("--parameter must be NAME=VALUE")
    from local.stack import path_tracer_parameters

    parameters = path_tracer_parameters() | parameters
    try:
        if arguments.command == "demo":
            from local.demo import demonstrate

            return demonstrate(parameters)
        from local.dev import serve

        return serve(_port(parser), parameters, gemini_key=os.environ.get("GEMINI_API_KEY", ""))
    except LocalStackError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1


def _port(parser: argparse.ArgumentParser) -> int:
    try:
        return int(os.environ.get("PORT") or 3000)
    except ValueError:
        parser.error("PORT must be a number")


if __name__ == "__main__":
    sys.exit(main())
