"""Use cases: each takes its stores, queues and the time as parameters."""
