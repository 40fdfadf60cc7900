"""Eto has no stubs: its calls are checked by the strict double alone."""

from typing import Any

def __getattr__(name: str) -> Any: ...
