"""The durable queue: orders survive an outage, a crash and a full disk, and are paid once."""

from renderiq.queue.items import Item, Pass, Paused, Reason, State
from renderiq.queue.queue import Queue

__all__ = ["Item", "Pass", "Paused", "Queue", "Reason", "State"]
