"""Lines for whoever watches the local stack."""

from typing import Protocol


class Report(Protocol):
    """Takes a line; ``trouble`` is set when something went wrong that should not have."""

    def __call__(self, line: str, /, *, trouble: bool = False) -> None: ...


def silent(_line: str, *, trouble: bool = False) -> None:
    """For tests and programs."""
