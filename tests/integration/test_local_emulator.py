"""Emulated AWS has the template's resources, keeps its state between runs and stops cleanly."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.aws import client
from local.emulator import Emulator
from local.errors import LocalStackError
from local.paths import ROOT, TEMPLATE
from local.resources import create_resources, environment
from local.stack import Stack
from local.template import Template
from local.users import DEMO_USER, ensure_user


def test_every_variable_of_every_function_has_a_value() -> None:
    chosen = {"PublicUrl": "http://127.0.0.1:3000", "EmulatorUrl": "http://127.0.0.1:4566", "GeminiSecretArn": "a-key"}
    chosen |= {"CyclesImageUri": "image", "CyclesPython": "/usr/bin/python3"}
    only_on_aws = {"CYCLES_BATCH"}  # AWS Batch
    template = Template(TEMPLATE, chosen)

    with Emulator() as emulator:
        resources = create_resources(template, emulator.url)

    for function in template.functions:
        empty = [
            name
            for name, value in environment(template, function, resources).items()
            if not value and name not in only_on_aws
        ]
        assert not empty, function


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    def run() -> tuple[str, str, str]:
        template = Template(TEMPLATE)
        with Emulator(state_dir=tmp_path) as emulator:
            resources = create_resources(template, emulator.url)
            ensure_user(DEMO_USER, resources["UserPool"].ref, emulator.url)
            user = client("cognito-idp", emulator.url).admin_get_user(
                UserPoolId=resources["UserPool"].ref, Username=DEMO_USER.email
            )
            secret = client("secretsmanager", emulator.url).get_secret_value(SecretId=resources["TokenSecret"].ref)
            sqs = client("sqs", emulator.url)
            queue = resources["RenderQueue"].ref
            waiting = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0).get("Messages", [{"Body": "nothing"}])
            sqs.send_message(QueueUrl=queue, MessageBody="a message")
        subject = next(each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub")
        return subject, secret["SecretString"], waiting[0]["Body"]

    first, second = run(), run()

    assert first[:2] == second[:2]
    assert (first[2], second[2]) == ("nothing", "a message")


def test_two_stacks_do_not_share_a_state(tmp_path: Path) -> None:
    with (
        Emulator(state_dir=tmp_path),
        pytest.raises(LocalStackError, match="Another local stack"),
        Emulator(state_dir=tmp_path),
    ):
        pass


def test_an_emulator_that_does_not_start_says_why(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(LocalStackError, match="already in use"), Emulator(taken.getsockname()[1], tmp_path):
            pass


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(LocalStackError, match=f"PORT={port + 1}"), Stack(port):
            pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        children = children_of(server)
        server.send_signal(number)

        assert server.wait(30) == 0
        assert not survivors(children)


def test_not_even_a_killed_stack_leaves_orphans(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        children = children_of(server)
        server.kill()

        assert len(children) >= 2  # emulated AWS and at least one container
        assert not survivors(children)


@contextmanager
def serving(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """``make dev`` on a free port, after one successful request."""
    program = "import pathlib, sys; from local.dev import serve; sys.exit(serve(0, {}, pathlib.Path(sys.argv[1])))"
    with subprocess.Popen(
        [sys.executable, "-c", program, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            ready, url = server.stdout.readline().split()
            assert ready == "ready:"
            httpx.get(f"{url}/health", timeout=20)
            yield server
        finally:
            server.kill()


def children_of(process: "subprocess.Popen[str]") -> list[str]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return found.stdout.split()


def survivors(processes: list[str], seconds: float = 5) -> list[str]:
    """The processes that still run after ``seconds``. Zombies do not count."""
    deadline = time.monotonic() + seconds
    while True:
        states = {
            each: subprocess.run(["ps", "-o", "stat=", "-p", each], capture_output=True, text=True)
            for each in processes
        }
        alive = [each for each, answer in states.items() if answer.stdout.strip() and "Z" not in answer.stdout]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.1)
