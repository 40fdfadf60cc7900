"""Commands about the account and the connection."""

from __future__ import annotations

import argparse
import getpass
import sys
import time
from collections.abc import Callable
from typing import Final

from renderiq.client import Renderiq
from renderiq.errors import RenderiqError
from renderiq.version import __version__

_EVENTS: Final = ("render.completed", "render.failed", "render.cancelled")
_MAX_SKEW: Final = 120.0


def login(client: Renderiq, options: argparse.Namespace) -> None:
    """Signs in by a code in the browser, or with a password."""
    if options.email:
        email = client.sign_in.with_password(options.email, getpass.getpass("Password: "))
    else:
        email = client.sign_in.with_device_code()
    print(f"signed in as {email}")


def logout(client: Renderiq, _options: argparse.Namespace) -> None:
    """Ends the session."""
    client.sign_in.out()


def styles(client: Renderiq, _options: argparse.Namespace) -> None:
    """Lists the styles by category."""
    found = client.styles.list()
    titles = {each.name: each.title for each in found.categories or []}
    for style in found.styles or []:
        print(f"{style.style_id:<28} {titles.get(style.category, style.category):<24} {style.title}")


def listen(client: Renderiq, options: argparse.Namespace) -> None:
    """Prints events until Ctrl-C. The poll endpoint is deleted at the end."""
    webhook = client.webhooks.register(events=_EVENTS)
    print(f"listening at {webhook.webhook_id}, stop with Ctrl-C", file=sys.stderr, flush=True)
    try:
        for number, (event, _) in enumerate(client.webhooks.poll(webhook.webhook_id), 1):
            print(f"{event.timestamp}  {event.type:<18} {event.data.get('renderId', '')}", flush=True)
            if number == options.count:
                return
    finally:
        client.webhooks.delete(webhook.webhook_id)


def doctor(client: Renderiq, _options: argparse.Namespace) -> int:
    """Checks what a render needs, and says what to do. Returns 1 if something is wrong."""
    print(f"renderiq {__version__}, Python {sys.version.split()[0]}, {client.base_url}")
    results = [
        _check("connection", lambda: _connection(client)),
        _check("session", lambda: f"{client.credits.get().balance} credits"),
        _check("queue", lambda: _queue(client)),
    ]
    return 0 if all(results) else 1


def _check(name: str, check: Callable[[], str]) -> bool:
    try:
        print(f"✓ {name}: {check()}")
    except RenderiqError as error:
        print(f"✗ {name}: {error}")
        return False
    return True


def _connection(client: Renderiq) -> str:
    started = time.monotonic()
    skew = client.clock_skew()
    milliseconds = (time.monotonic() - started) * 1000
    warning = "" if abs(skew) < _MAX_SKEW else f"; this machine's clock is wrong by {skew:.0f} s"
    return f"answers in {milliseconds:.0f} ms{warning}"


def _queue(client: Renderiq) -> str:
    items = client.queue.list()
    paused = client.queue.paused
    return f"{len(items)} orders in {client.directory / 'queue'}" + (f"; paused: {paused.message}" if paused else "")
