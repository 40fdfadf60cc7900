"""Delivery queue: makes one attempt at telling one endpoint of one event."""

from renderiq.queues import DeliveryJob
from renderiq.workers.batches import entrypoint
from renderiq.workers.delivery import work

lambda_handler = entrypoint(DeliveryJob, work)
