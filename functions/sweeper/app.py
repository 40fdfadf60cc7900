"""Sweeper, every minute: enqueues overdue work again, ends renders that cannot be completed, publishes late events."""

from renderiq.workers.sweep import lambda_handler

__all__ = ["lambda_handler"]
