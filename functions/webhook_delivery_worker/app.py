"""Webhook delivery worker: makes one attempt to deliver one event to one webhook."""

from renderiq.queues import DeliveryJob
from renderiq.workers.batches import entrypoint
from renderiq.workers.delivery import work

lambda_handler = entrypoint(DeliveryJob, work)
