"""The leak detector finds secrets in logged lines, in one process and across the workers of pytest-xdist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from renderiq.domain.keys import generate_key
from renderiq.domain.webhooks import generate_secret
from tests.support.leaks import LeakDetector
from tests.support.paths import ROOT

SECRETS = {
    "a key": generate_key(),
    "a webhook's secret": generate_secret(),
    "an address": "ada@example.com",
    "a token": "eyJh.b-c_d.e",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize(
    "line", ["{}", "refused {}.", '{{"authorization": "Bearer {}"}}', "key={}&x=1", "({!r}, 3)", "{}: not allowed"]
)
def test_a_secret_is_found_anywhere_in_a_line(secret: str, line: str) -> None:
    detector = LeakDetector()
    detector.watch("before\n" + line.format(secret) + "\nafter")
    detector.keep(secret)

    assert len(detector.leaks()) == 1


def test_a_secret_is_found_in_a_stack_trace_inside_json() -> None:
    detector = LeakDetector()
    detector.keep_from({"data": [{"key": SECRETS["a key"]}]})
    detector.watch(json.dumps({"exception": f"ValueError:\n{SECRETS['a key']}\n"}))

    assert detector.leaks()


def test_ids_and_masked_secrets_are_not_leaks() -> None:
    detector = LeakDetector()
    detector.keep_from({"key": SECRETS["a key"], "secret": "whsec_****abcd", "id": "0f6d2f7e-aaaa"})
    detector.watch("0f6d2f7e-aaaa whsec_****abcd " + SECRETS["a key"][:12])

    assert detector.leaks() == []


def test_a_secret_of_one_process_is_found_in_the_log_of_another() -> None:
    detector, other = LeakDetector(), LeakDetector()
    detector.keep(SECRETS["a key"])
    other.watch(f"refused {SECRETS['a key']}")

    detector.merge(other.export())

    assert detector.leaks() == [f"refused {SECRETS['a key']}"]


SECRET_IN_ONE_FILE = """
from tests.support.leaks import THIS_RUN

def test_makes_a_secret() -> None:
    THIS_RUN.keep("sk-0123456789")
"""
LOG_IN_ANOTHER_FILE = """
from renderiq.logs import logger

def test_logs() -> None:
    logger.info("refused {}")
"""


WORKERS = ("-n2", "--dist=loadfile")


@pytest.mark.parametrize(
    ("workers", "logged", "status"),
    [((), "sk-0123456789", 1), (WORKERS, "sk-0123456789", 1), (WORKERS, "sk-01****", 0)],
    ids=["a leak in one process", "a leak across two workers", "no leak"],
)
def test_a_run_fails_if_any_of_its_tests_logs_a_secret(
    tmp_path: Path, workers: tuple[str, ...], logged: str, status: int
) -> None:
    (tmp_path / "test_one.py").write_text(SECRET_IN_ONE_FILE)
    (tmp_path / "test_two.py").write_text(LOG_IN_ANOTHER_FILE.format(logged))
    plugins = ("-p", "tests.support.leak_plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", f"--rootdir={tmp_path}", *plugins, *workers, str(tmp_path)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'common'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == status, run.stdout
    assert "2 passed" in run.stdout
    assert ("a secret was logged in" in run.stdout) == bool(status)
