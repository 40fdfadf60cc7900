"""Usage month worker, every hour: publishes the figures of the last month to the webhooks of organisations, once."""

from renderiq.workers.usage_months import lambda_handler

__all__ = ["lambda_handler"]
