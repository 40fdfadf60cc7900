"""Messages of the local stack to the user."""

from typing import Protocol


class Report(Protocol):
    """A function that receives messages."""

    def __call__(self, line: str, /, *, error: bool = False) -> None:
        """Receive a line; ``error`` is true if something failed."""


def silent(_line: str, *, error: bool = False) -> None:
    """Report nothing."""
