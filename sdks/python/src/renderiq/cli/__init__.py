"""The command ``renderiq``."""

from renderiq.cli.main import main

__all__ = ["main"]
