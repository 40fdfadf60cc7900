"""``renderiq login | logout | render | queue | styles | webhooks listen | doctor``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from renderiq.cli import account, queue, render
from renderiq.client import Renderiq
from renderiq.errors import RenderiqError
from renderiq.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, 1 after an error, or 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        client = Renderiq(base_url=options.url, directory=options.home)
        return int(options.run(client, options) or 0)
    except RenderiqError as error:
        hint = " Run: renderiq login" if error.kind == "auth" else ""
        request = f" (request {error.request_id})" if error.request_id else ""
        print(f"✗ {error}{request}{hint}", file=sys.stderr)
    except OSError as error:
        print(f"✗ {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("✗ stopped", file=sys.stderr)
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="renderiq", description="Renders viewport captures.")
    parser.add_argument("--version", action="version", version=f"renderiq {__version__}")
    parser.add_argument("--url", help="the address of the API (or RENDERIQ_URL)")
    parser.add_argument("--home", type=Path, help="the folder for session and queue (or RENDERIQ_HOME)")
    commands = parser.add_subparsers(required=True, metavar="command")

    login = commands.add_parser("login", help="sign in by a code in the browser")
    login.add_argument("--email", help="sign in with this address and a password instead")
    login.set_defaults(run=account.login)
    commands.add_parser("logout", help="end the session").set_defaults(run=account.logout)

    one = commands.add_parser("render", help="render one picture and wait for it")
    one.add_argument("image", type=Path)
    one.add_argument("-o", "--output", type=Path, help="the file to write (normally beside the picture)")
    _add_options(one)
    one.set_defaults(run=render.render)

    queued = commands.add_parser("queue", help="orders that are sent when the network is there").add_subparsers(
        required=True, metavar="command"
    )
    add = queued.add_parser("add", help="queue pictures")
    add.add_argument("images", type=Path, nargs="+")
    _add_options(add)
    add.set_defaults(run=queue.add)
    queued.add_parser("list", help="list the orders").set_defaults(run=queue.show)
    queued.add_parser("run", help="send orders until all have ended").set_defaults(run=queue.run)
    queued.add_parser("resume", help="go on after a pause").set_defaults(run=queue.resume)
    for name, text in (("cancel", "cancel an order"), ("retry", "try an order again"), ("remove", "forget an order")):
        command = queued.add_parser(name, help=text)
        command.add_argument("id", help="the beginning of the order's id")
        command.set_defaults(run=getattr(queue, name))

    commands.add_parser("styles", help="list the styles").set_defaults(run=account.styles)
    webhooks = commands.add_parser("webhooks", help="events").add_subparsers(required=True, metavar="command")
    listen = webhooks.add_parser("listen", help="print events as they come")
    listen.add_argument("--count", type=int, help="stop after this number of events")
    listen.set_defaults(run=account.listen)
    commands.add_parser("doctor", help="check connection, session, queue and clock").set_defaults(run=account.doctor)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--style")
    parser.add_argument("--quality")
    parser.add_argument("--prompt")
    parser.add_argument("--seed", type=int)
