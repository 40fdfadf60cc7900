"""Messages of the local stack to the user."""

from typing import Protocol


class Report(Protocol):
    """Receives a line; ``error`` is true if something failed."""

    def __call__(self, line: str, /, *, error: bool = False) -> None: ...


def silent(_line: str, *, error: bool = False) -> None:
    """Report nothing."""
