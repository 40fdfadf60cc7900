"""Stats worker: keeps the figures from the streams of Renders, Deliveries, Uploads and Ledger."""

from renderiq.workers.streams import lambda_handler

__all__ = ["lambda_handler"]
