"""What holds for the whole run of the tests: nothing secret that any of them makes is in any line that is logged."""

from __future__ import annotations

import logging
import os

import pytest

# Loggers take their name when a module is imported; on Lambda they all have this one, and share its keys.
os.environ["POWERTOOLS_SERVICE_NAME"] = "renderiq-plugins"

from aws_lambda_powertools import Logger

from tests.support.leaks import THIS_RUN


class _Watching(logging.Handler):
    """Reads each record as CloudWatch would get it, traces and keys included."""

    def emit(self, record: logging.LogRecord) -> None:
        THIS_RUN.watch(Logger().registered_formatter.format(record))


def pytest_configure(config: pytest.Config) -> None:
    # Powertools takes a logger's first handler for its own: it has to be there before ours.
    Logger().addHandler(_Watching())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for printed in (report.capstdout, report.capstderr, report.caplog):
        THIS_RUN.watch(printed)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if THIS_RUN.leaks():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in THIS_RUN.leaks():
        terminalreporter.write_line(f"FAILED a secret was logged in: {line}", red=True)
