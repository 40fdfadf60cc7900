"""What a container made anew must do when it starts from a snapshot of another one (Lambda SnapStart).

Lambda takes one snapshot of a function when its version is published, after the imports, and starts every container
from it. Nothing of one container may live on in the others: see ``renew``.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from renderiq.settings import runtime_variable

HOOKS: Final = "snapshot_restore_py"
"""Lambda's module that calls functions before a snapshot is taken and after one is restored. Laptops have none."""

LIVING: Final = ("settings", "tokens", "outbound", "stores", "wiring", "workers")
"""Modules and packages whose caches depend on the container: its clients, secrets, clocks, credentials and callers."""


def register() -> None:
    """Registers ``prepare`` and ``renew`` if this container will be the model of a snapshot. Else does nothing."""
    if runtime_variable("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    import importlib  # not at the top: other containers do without

    hooks: Any = importlib.import_module(HOOKS)
    hooks.register_before_snapshot(prepare)
    hooks.register_after_restore(renew)


def prepare() -> None:
    """Imports what the first request would import. Makes no client, because a client looks for credentials."""
    import importlib

    for module in ("botocore.config", "botocore.session"):
        importlib.import_module(module)


def renew() -> None:
    """Makes anew what a snapshot must not share.

    - The generator of ``random`` gets another seed; it spreads retries. ``secrets`` asks the kernel each time.
    - OpenSSL gets fresh entropy, beside what the kernel gives it.
    - Every cache of ``LIVING`` is emptied: AWS clients with their connections and credentials, secrets and signing keys
      with the times at which they were read (a monotonic clock may stand still in a snapshot), tokens that were
      verified, and the environment. Each is made when it is next used.
    """
    import os
    import random

    random.seed()
    if "ssl" in sys.modules:
        sys.modules["ssl"].RAND_add(os.urandom(32), 32.0)
    for name, module in list(sys.modules.items()):
        if is_living(name):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def is_living(module: str) -> bool:
    """Returns whether the caches of a module depend on the container."""
    return any(module == f"renderiq.{part}" or module.startswith(f"renderiq.{part}.") for part in LIVING)
