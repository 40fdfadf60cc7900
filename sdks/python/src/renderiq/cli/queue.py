"""``renderiq queue …``."""

from __future__ import annotations

import argparse
from typing import Final

from renderiq.cli.render import chosen_options
from renderiq.client import Renderiq
from renderiq.errors import StateError
from renderiq.queue import Item, State

_ID_LENGTH: Final = 8


def add(client: Renderiq, options: argparse.Namespace) -> None:
    """Queues pictures."""
    for image in options.images:
        item = client.queue.add(image, **chosen_options(options))
        print(f"{item.id[:_ID_LENGTH]}  {image}")


def show(client: Renderiq, _options: argparse.Namespace) -> None:
    """Lists the orders, and why the queue is paused."""
    for item in client.queue.list():
        print(_line(item))
    if paused := client.queue.paused:
        print(f"paused: {paused.message}")


def run(client: Renderiq, _options: argparse.Namespace) -> int:
    """Sends orders until all have ended. Returns 1 if one has failed or the queue is paused."""
    shown: dict[str, str] = {}
    while True:
        done = client.queue.run_pass()
        for item in client.queue.list():
            line = _line(item)
            if shown.get(item.id) != line:
                shown[item.id] = line
                print(line, flush=True)
        if done.next is None:
            break
        client.sleep(done.next if done.sender else 1.0)
    if paused := client.queue.paused:
        print(f"paused: {paused.message}")
    return int(client.queue.paused is not None or any(item.state == State.FAILED for item in client.queue.list()))


def resume(client: Renderiq, _options: argparse.Namespace) -> None:
    """Ends a pause."""
    client.queue.resume()


def cancel(client: Renderiq, options: argparse.Namespace) -> None:
    """Cancels an order."""
    print(_line(client.queue.cancel(_found(client, options.id))))


def retry(client: Renderiq, options: argparse.Namespace) -> None:
    """Tries an order again."""
    print(_line(client.queue.retry(_found(client, options.id))))


def remove(client: Renderiq, options: argparse.Namespace) -> None:
    """Forgets an order."""
    client.queue.remove(_found(client, options.id))


def _found(client: Renderiq, beginning: str) -> str:
    found = [item.id for item in client.queue.list() if item.id.startswith(beginning)]
    if len(found) != 1:
        raise StateError("NOT_FOUND", f"{len(found)} orders have an id that begins with {beginning}.")
    return found[0]


def _line(item: Item) -> str:
    message = item.reason.message if item.reason else str(item.options.get("prompt", ""))
    more = item.result or message
    return f"{item.id[:_ID_LENGTH]}  {item.state:<10} {more}".rstrip()
