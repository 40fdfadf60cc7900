"""``python -m local dev`` and ``python -m local demo``."""

import argparse
import os
import sys

from local.errors import LocalStackError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole backend on this machine.")
    parser.add_argument("command", choices=["dev", "demo"], help="serve until stopped | do the main job once")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of template.yaml; may be repeated",
    )
    arguments = parser.parse_args()
    try:
        parameters = dict(each.split("=", 1) for each in arguments.parameter)
        port = int(os.environ.get("PORT") or 3000)
    except ValueError:
        parser.error("PORT is a number and --parameter takes NAME=VALUE")
    try:
        if arguments.command == "dev":
            from local.dev import serve

            return serve(port, parameters, gemini_key=os.environ.get("GEMINI_API_KEY", ""))
        from local.demo import demonstrate

        return demonstrate(parameters)
    except LocalStackError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
