"""Measures the image of the path tracer: its size, its cold start, and a first and a second render by its handler.

``make image`` or ``docker build`` has made it. ``RIE`` is Lambda's runtime interface emulator, which SAM brings:

    .venv/bin/python -m benchmarks.path_tracer.image IMAGE RIE [--memory 10240] [--model house.glb]

The container talks to emulated AWS on this machine, and gets the limits of the function: memory, a read-only image, and
8 GB in /tmp.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from local.aws import client
from local.demo import MODEL
from local.queues import Poller, to_event
from local.schedules import Scheduler
from local.stack import Stack
from local.streams import StreamPoller
from local.users import DEMO_USER

WORKER: Final = "CyclesWorkerFunction"
QUEUE: Final = "CyclesQueue"
PYTHON: Final = "/var/lang/bin/python3.13"
DOCKER: Final = shutil.which("docker") or "docker"
SECONDS: Final = 900


def free_port() -> int:
    """Returns a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


PORT: Final = free_port()


class StackWithoutWorker(Stack):
    """The local stack, whose path tracer is started by this program."""

    def _workers(self) -> Iterator[Poller | StreamPoller | Scheduler]:
        for worker in super()._workers():
            if not (isinstance(worker, Poller) and worker.queue == QUEUE):
                yield worker


@contextmanager
def container(image: str, rie: Path, environment: dict[str, str], memory: int) -> Iterator[str]:
    """Starts the image as Lambda does, for the length of a ``with``. Yields its id."""
    given = [f"--env={name}={value}" for name, value in environment.items()]
    command = [
        DOCKER, "run", "--detach", "--network=host", f"--memory={memory}m", f"--memory-swap={memory}m",
        "--read-only", "--tmpfs=/tmp:size=8g,exec", f"--volume={rie.resolve()}:/rie:ro", "--entrypoint=/rie", *given,
        "--env=AWS_ACCESS_KEY_ID=test", "--env=AWS_SECRET_ACCESS_KEY=test", "--env=AWS_DEFAULT_REGION=us-east-1",
        f"--env=AWS_LAMBDA_FUNCTION_TIMEOUT={SECONDS}", f"--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE={memory}",
        image, "--runtime-interface-emulator-address", f"127.0.0.1:{PORT}", "/var/runtime/bootstrap",
        "functions.cycles_worker.app.lambda_handler",
    ]  # fmt: skip
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        wait_for_port(name)
        yield name
    finally:
        subprocess.run([DOCKER, "rm", "--force", name], check=False, capture_output=True)


def wait_for_port(name: str) -> None:
    """Returns when the emulator in a container takes connections. Raises ``RuntimeError`` after 30 seconds."""
    for _ in range(300):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    log = subprocess.run([DOCKER, "logs", name], check=False, capture_output=True, text=True)
    raise RuntimeError(f"The container takes no connections: {(log.stdout + log.stderr)[-1500:]}")


def invoke(event: Any) -> tuple[Any, float]:
    """Returns what the handler answers, and the seconds that it took."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/2015-03-31/functions/function/invocations", json.dumps(event).encode()
    )
    started = time.monotonic()
    with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
        return json.load(response), time.monotonic() - started


def facts_of(name: str, render_id: str) -> dict[str, Any]:
    """Returns what the worker logged of a render: seconds of Blender's process, or the lines that it ended with."""
    log = subprocess.run([DOCKER, "logs", name], check=False, capture_output=True, text=True)
    for line in (log.stdout + log.stderr).splitlines():
        if render_id in line and any(f'"{key}"' in line for key in ("facts", "lines", "exception")):
            logged = json.loads(line[line.index("{") :])
            facts = logged.get("facts", {key: logged[key] for key in ("lines", "exception") if key in logged})
            return {key: value for key, value in facts.items() if key != "materials"}
    return {"log": (log.stdout + log.stderr)[-1500:]}


class MemoryWatch:
    """Notes the most memory that a container used. A context manager."""

    def __init__(self, name: str) -> None:
        self.megabytes = 0.0
        self._name = name
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        files = list(Path("/sys/fs/cgroup").glob(f"**/{self._name}/memory.current")) + list(
            Path("/sys/fs/cgroup/memory").glob(f"**/{self._name}/memory.usage_in_bytes")
        )
        while files and not self._done.wait(0.2):
            try:
                self.megabytes = max(self.megabytes, int(files[0].read_text()) / 2**20)
            except OSError:
                return

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def order(http: httpx.Client, model: Path) -> str:
    """Uploads a model and orders a render of it. Returns the id of the render."""
    data = model.read_bytes()
    kind = {"glb": "model/gltf-binary", "ifc": "application/x-step"}.get(model.suffix[1:], "application/zip")
    body = {"fileName": model.name, "contentType": kind, "size": len(data), "purpose": "model"}
    upload = http.post("/uploads", json=body).raise_for_status().json()["data"]
    httpx.put(upload["putUrl"], content=data, timeout=60, trust_env=False).raise_for_status()
    http.post(f"/uploads/{upload['uploadId']}/complete", json={}).raise_for_status()
    wanted = {"modelUploadId": upload["uploadId"], "model": "cycles", "quality": "standard"}
    return str(http.post("/renders", json=wanted).raise_for_status().json()["data"]["renderId"])


def main() -> None:
    """Prints one line of JSON for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    parser.add_argument("rie", type=Path)
    parser.add_argument("--memory", type=int, default=10240, help="MB")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    size = subprocess.run(
        [DOCKER, "image", "inspect", "--format", "{{.Size}}", arguments.image],
        check=True,
        capture_output=True,
        text=True,
    )
    print(json.dumps({"image": arguments.image, "megabytes": round(int(size.stdout) / 1e6)}), flush=True)
    stack = StackWithoutWorker(parameters={"CyclesImageUri": "local", "CyclesPython": PYTHON})
    with stack, httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as http:
        body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
        token = http.post("/auth/signin", json=body).raise_for_status().json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"
        sqs = client("sqs", stack.emulator.url)
        queue = stack.resources[QUEUE]
        environment = {**stack.environment(WORKER), "LOG_LEVEL": "INFO"}
        started = time.monotonic()
        with container(arguments.image, arguments.rie, environment, arguments.memory) as name:
            _, seconds = invoke({"Records": []})
            ready = time.monotonic() - started
            print(json.dumps({"start": round(ready, 2), "imports": round(seconds, 2)}), flush=True)
            for number in ("first", "second"):
                render_id = order(http, arguments.model)
                messages = sqs.receive_message(QueueUrl=queue.ref, WaitTimeSeconds=10, AttributeNames=["All"])
                with MemoryWatch(name) as memory:
                    answer, seconds = invoke(to_event(messages["Messages"], queue.attributes["Arn"]))
                shown = http.get(f"/renders/{render_id}").json()["data"]
                found = {"render": number, "seconds": round(seconds, 1), "megabytes": round(memory.megabytes)}
                facts = facts_of(name, render_id)
                print(json.dumps({**found, "status": shown["status"], **facts, "answer": answer}), flush=True)
                for message in messages["Messages"]:
                    sqs.delete_message(QueueUrl=queue.ref, ReceiptHandle=message["ReceiptHandle"])
                if arguments.picture and "outputUrl" in shown:
                    picture = httpx.get(shown["outputUrl"], follow_redirects=True, trust_env=False).content
                    arguments.picture.write_bytes(picture)


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    main()
