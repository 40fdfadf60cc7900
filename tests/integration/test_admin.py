"""The admin commands act on emulated AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from admin.reconcile import reconcile, reconciliation_service
from admin.redrive import QUEUES, redrive
from admin.targets import Target, TargetError, emulated_stack, local_stack
from local.emulator import Emulator, running_at
from renderiq.queues import RenderJob, to_message
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """A stack with every queue."""
    with Emulator() as emulator, aws_environment(emulator.url, CyclesImageUri="image") as environment:
        yield environment


@pytest.fixture
def target(aws: AwsEnvironment) -> Target:
    return aws.target


@pytest.mark.parametrize(("queue", "logical_id"), QUEUES.items())
def test_dead_letters_go_back_to_their_queue(aws: AwsEnvironment, target: Target, queue: str, logical_id: str) -> None:
    sqs, dead = aws.client("sqs"), target.names[logical_id.replace("Queue", "DeadLetterQueue")]
    jobs = [RenderJob("user", str(number)) for number in range(23)]
    for job in jobs:
        sqs.send_message(QueueUrl=dead, MessageBody=to_message(job))
    said: list[str] = []

    assert redrive(target, queue, said.append) == 0

    assert said == [f"moved 23 messages back to the {queue} queue"]
    assert aws.messages(dead) == []
    moved = aws.messages(target.names[logical_id])
    assert sorted(message["renderId"] for message in moved) == sorted(job.render_id for job in jobs)


def test_a_queue_that_the_stack_does_not_have_is_said_to_be_missing(target: Target) -> None:
    smaller = replace(target, names={name: each for name, each in target.names.items() if "Cycles" not in name})

    with pytest.raises(TargetError, match="The stack has no cycles queue"):
        redrive(smaller, "cycles")


def test_the_books_of_the_kept_state_are_read_whether_it_is_in_use_or_not(tmp_path: Path) -> None:
    said: list[str] = []
    with local_stack(tmp_path) as target:
        assert reconcile(reconciliation_service(target), said.append) == 0
    with Emulator(state_dir=tmp_path / "state") as running:
        emulated_stack(running.url)
        with local_stack(tmp_path) as target:
            assert target.client("sqs").meta.endpoint_url == running.url
            assert reconcile(reconciliation_service(target), said.append) == 0

    assert said.count("no discrepancies") == 2
    assert running_at(tmp_path / "state") is None


def test_a_queue_that_does_not_exist_is_refused() -> None:
    environment = {"PATH": os.environ["PATH"], "EMULATOR_PYTHON": "/nowhere"}
    command = [sys.executable, "-m", "admin", "redrive", "nonsense"]

    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 2
    assert "invalid choice: 'nonsense'" in run.stderr
