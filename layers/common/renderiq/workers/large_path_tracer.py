"""The path tracer in AWS Batch: ``python -m renderiq.workers.large_path_tracer`` makes one attempt at one render.

The render is named by the environment variable ``RENDER_JOB``, as in a message of SQS.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from renderiq.logs import logger
from renderiq.queues import RENDER_JOB, RenderJob, from_message, job_fields
from renderiq.services.render_worker import RenderLeasedError
from renderiq.settings import runtime_variable


def run(message: str, work: Callable[[RenderJob], object]) -> int:
    """Makes an attempt at the render that a message names. Returns the exit status of the container.

    It is 0 also if another worker holds the render, or it has ended: nothing is left to do then.
    """
    try:
        job = from_message(RenderJob, message)
        logger.set_correlation_id(job.render_id)
        logger.append_keys(**job_fields(job))
        work(job)
    except RenderLeasedError:
        logger.info("another worker holds it")
    except Exception:
        logger.exception("job failed")
        return 1
    return 0


def main() -> int:
    """Makes the attempt that the environment names."""
    from renderiq.workers.path_tracer import worker

    return run(runtime_variable(RENDER_JOB) or "", worker(is_large=True).work)


if __name__ == "__main__":
    sys.exit(main())
