"""A pytest plugin that fails the run if a secret of any test is in any line that was logged.

With pytest-xdist each worker sends what it recorded to the controller, so that a secret made in one worker is also
found in the log of another.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import pytest

from renderiq.logs import logger
from tests.support.leaks import THIS_RUN

_REPORT: Final = "leak_detector"


class _LeakHandler(logging.Handler):
    """Reads each record as CloudWatch would get it, with traces and keys."""

    def emit(self, record: logging.LogRecord) -> None:
        THIS_RUN.watch(logger.formatter.format(record))


def pytest_configure(config: pytest.Config) -> None:
    logger.add_handler(_LeakHandler())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for printed in (report.capstdout, report.capstderr, report.caplog):
        THIS_RUN.watch(printed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Runs in the controller when a worker has ended; a worker that crashed has no output."""
    report = getattr(node, "workeroutput", {}).get(_REPORT)
    if report is not None:
        THIS_RUN.merge(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_REPORT] = THIS_RUN.export()
    elif THIS_RUN.leaks():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in THIS_RUN.leaks():
        terminalreporter.write_line(f"FAILED a secret was logged in: {line}", red=True)
