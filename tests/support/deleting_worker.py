"""An account worker in a process of its own, which a test kills: ``python -m tests.support.deleting_worker USER_ID``.

It goes on with the deletion of the account without a pause. Its clock is two minutes late, so that it need not wait for
requests that the test has ended.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from renderiq.domain.account_deletion import DELETION_TASK
from renderiq.queues import AccountTaskJob
from renderiq.workers import account
from tests.support import wiring


def main(user_id: str) -> None:
    """Works until only the figures are left, for which the clock of the test has to advance."""
    job = AccountTaskJob(DELETION_TASK, user_id)
    while (task := wiring.account_tasks().find(user_id, DELETION_TASK)) and task.step != "figures":
        print("working", flush=True)
        account.worker().resume(job, now=datetime.now(UTC) + timedelta(minutes=2))


if __name__ == "__main__":
    main(sys.argv[1])
