"""Every minute: rings again for what is overdue, ends what can never be completed, tells what was not told."""

from renderiq.workers.sweep import lambda_handler

__all__ = ["lambda_handler"]
