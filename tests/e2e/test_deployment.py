"""`sam deploy` itself, to an emulator of CloudFormation and Lambda: a stack works, is updated, and is deleted."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from standardwebhooks.webhooks import Webhook

from local.aws import client
from local.receiver import receiving
from local.users import DEMO_USER, ensure_user
from tests.support.deployment import BUILD, EMULATOR, SAM, Deployment, emulated_cloudformation
from tests.support.paths import CAPTURE

RENDER_SECONDS: Final = 90.0


def missing() -> str:
    """What this machine lacks, as the reason for skipping; empty if nothing."""
    if not SAM.exists():
        return "sam is not installed: make .venv-sam"
    if not EMULATOR.exists():
        return "the emulator of CloudFormation is not installed: make .venv-deploy"
    return "" if (BUILD / "template.yaml").exists() else "nothing was built: make build"


MISSING: Final = missing()
pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(MISSING), reason=MISSING)]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with emulated_cloudformation(port) as url:
        stack = Deployment(url)
        stack.deploy(BUILD)
        yield stack


def test_the_stack_signs_in_renders_and_sends_the_webhook(deployment: Deployment) -> None:
    ensure_user(DEMO_USER, deployment.resources()["UserPool"], deployment.endpoint_url)
    credentials = {"email": DEMO_USER.email, "password": DEMO_USER.password}
    token = deployment.call("POST", "/auth/signin", json=credentials).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    with receiving() as receiver:
        events = {"url": receiver.url, "events": ["render.completed", "render.failed"]}
        secret = deployment.call("POST", "/webhooks/register", headers=headers, json=events).json()["data"]["secret"]

        render = deployment.call(
            "POST",
            "/renders",
            headers=headers,
            files={"uploadedImageData": ("viewport.png", CAPTURE.read_bytes(), "image/png")},
            data={"quality": "standard", "style": "soft"},
        ).json()["data"]

        assert completed(deployment, headers, render["renderId"])["width"] == 1920
        received = receiver.arrivals.get(timeout=RENDER_SECONDS)
    event: Any = Webhook(secret).verify(received.body, dict(received.headers))
    assert (event["type"], event["data"]["renderId"]) == ("render.completed", render["renderId"])
    assert counted(deployment, headers) == {"ordered": 1, "completed": 1, "creditsUsed": 5, "deliveryAttempts": 1}


def counted(deployment: Deployment, headers: dict[str, str]) -> dict[str, int]:
    """The figures of the user, as soon as the stats worker has counted the attempt at the webhook, which is last."""
    deadline = time.monotonic() + RENDER_SECONDS
    while True:
        total = deployment.call("GET", "/analytics/usage", headers=headers).json()["data"]["total"]
        if total["deliveryAttempts"] or time.monotonic() > deadline:
            return {name: total[name] for name in ("ordered", "completed", "creditsUsed", "deliveryAttempts")}
        time.sleep(1)


def completed(deployment: Deployment, headers: dict[str, str], render_id: str) -> Any:
    deadline = time.monotonic() + RENDER_SECONDS
    while time.monotonic() < deadline:
        render = deployment.call("GET", f"/renders/{render_id}", headers=headers).json()["data"]
        if render["status"] == "completed":
            return render
        assert render["status"] in {"pending", "processing"}, render
        time.sleep(0.5)
    raise AssertionError(f"the render was not completed within {RENDER_SECONDS:.0f} s")


def test_a_second_deployment_changes_only_the_function_that_changed(deployment: Deployment, tmp_path: Path) -> None:
    before, resources = deployment.code_hashes(), deployment.resources()
    build = tmp_path / "build"
    shutil.copytree(BUILD, build, symlinks=True)
    changed = build / "CreditsFunction" / "app.py"
    changed.write_text(changed.read_text() + "\n# another version\n")

    deployment.deploy(build)

    after = deployment.code_hashes()
    assert {name for name in after if after[name] != before[name]} == {"CreditsFunction"}
    assert deployment.resources() == resources


def test_a_deleted_stack_leaves_nothing(deployment: Deployment) -> None:
    bucket = deployment.resources()["ImagesBucket"]
    storage = client("s3", deployment.endpoint_url)
    keys = [{"Key": each["Key"]} for each in storage.list_objects_v2(Bucket=bucket).get("Contents", [])]
    if keys:  # CloudFormation deletes an empty bucket only
        storage.delete_objects(Bucket=bucket, Delete={"Objects": keys})

    deployment.delete()

    assert deployment.resources() == {}
    url = deployment.endpoint_url
    assert client("dynamodb", url).list_tables()["TableNames"] == []
    assert client("sqs", url).list_queues().get("QueueUrls", []) == []
    assert client("lambda", url).list_functions()["Functions"] == []
    assert client("cognito-idp", url).list_user_pools(MaxResults=10)["UserPools"] == []
    assert bucket not in {each["Name"] for each in storage.list_buckets()["Buckets"]}
