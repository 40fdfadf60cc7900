"""Account worker: goes on with the tasks of accounts."""

from renderiq.queues import AccountTaskJob
from renderiq.workers.account import work
from renderiq.workers.batches import entrypoint

lambda_handler = entrypoint(AccountTaskJob, work)
