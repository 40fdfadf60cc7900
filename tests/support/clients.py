"""Concurrent clients."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(clients: int, work: Callable[[int], T]) -> list[T]:
    """Runs ``work`` in that many threads, which start together, and returns their results in order."""
    barrier = Barrier(clients)

    def client(number: int) -> T:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(client, range(clients)))
