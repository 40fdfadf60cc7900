"""The local stack runs a small project and behaves like API Gateway, Lambda and SQS."""

import random
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws import client
from local.stack import Stack

TEMPLATE = """
Parameters:
  EmulatorUrl: {Type: String, Default: ""}
Globals:
  Function:
    Handler: app.lambda_handler
    Timeout: 1
    Environment: {Variables: {EMULATOR_URL: !Ref EmulatorUrl, WORK_URL: !Ref Work}}
  HttpApi:
    CorsConfiguration: {AllowOrigins: ["https://a.example"], AllowMethods: [GET]}
Resources:
  Layer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/common}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo
      Environment: {Variables: {ONLY_MINE: echo}}
      Events:
        Get: {Type: HttpApi, Properties: {Method: GET, Path: /api/plugins/echo}}
        Post: {Type: HttpApi, Properties: {Method: POST, Path: "/api/plugins/echo/{id}"}}
  Trouble:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/trouble
      Events:
        Get: {Type: HttpApi, Properties: {Method: GET, Path: "/api/plugins/trouble/{kind}"}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/worker
      MemorySize: 2048
      Events:
        Queue:
          Type: SQS
          Properties: {Queue: !GetAtt Work.Arn, BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures]}
  Work:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 1, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}}
  Dead: {Type: AWS::SQS::Queue}
"""

CODE = {
    "layers/common/shared.py": "GREETING = 'from the layer'",
    "functions/echo/app.py": """
        import json, os, shared
        def lambda_handler(event, context):
            seen = {
                "event": event, "layer": shared.GREETING, "mine": os.environ.get("ONLY_MINE"), "pid": os.getpid(),
                "name": context.function_name, "left": context.get_remaining_time_in_millis(),
            }
            return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(seen)}
    """,
    "functions/trouble/app.py": """
        import json, os, time
        def lambda_handler(event, context):
            begun = time.monotonic()
            match event["pathParameters"]["kind"]:
                case "raise": raise ValueError("no")
                case "exit": os._exit(3)
                case "slow": time.sleep(3)
                case "half-a-second":
                    time.sleep(0.5)
                    return {"statusCode": 200, "body": json.dumps([begun, time.monotonic()])}
                case "nonsense": return {"statusCode": "nonsense"}
                case "huge": return {"statusCode": 200, "body": "x" * 7_000_000}
            return {"statusCode": 200, "body": os.environ.get("ONLY_MINE", "not mine")}
    """,
    "functions/worker/app.py": """
        import time
        def lambda_handler(event, context):
            for record in event["Records"]:
                print("received", record["body"], flush=True)
                if record["body"] == "long": time.sleep(0.8)
                if record["body"] == "poison": raise RuntimeError("poisoned")
            bad = [record for record in event["Records"] if record["body"] == "bad"]
            return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in bad]}
    """,
}


@dataclass
class Running:
    """The stack under test, an HTTP client of its API and an SQS client."""

    stack: Stack
    http: httpx.Client
    sqs: Any

    def get(self, path: str, **request: Any) -> httpx.Response:
        return self.http.get(path, **request)

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.stack.resources["Work"].ref, MessageBody=body)

    def received(self, body: str) -> int:
        return self.stack.log.read_text().count(f"received {body}\n")

    def dead(self) -> list[str]:
        answer = self.sqs.receive_message(
            QueueUrl=self.stack.resources["Dead"].ref, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return sorted(message["Body"] for message in answer.get("Messages", ()))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / "template.yaml").write_text(TEMPLATE)
    for name, code in CODE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(code))
    return root


@pytest.fixture(scope="module")
def running(project: Path) -> Iterator[Running]:
    with Stack(template=project / "template.yaml") as stack, httpx.Client(base_url=stack.url, timeout=10) as http:
        yield Running(stack, http, client("sqs", stack.emulator.url))


def test_a_handler_gets_what_lambda_would_give(running: Running) -> None:
    answer = running.http.post("/echo/a%20b?x=1&x=2", content=b"\x00", headers={"content-type": "image/png"}).json()

    assert answer["event"]["pathParameters"] == {"id": "a b"}
    assert answer["event"]["queryStringParameters"] == {"x": "1,2"}
    assert (answer["event"]["body"], answer["event"]["isBase64Encoded"]) == ("AA==", True)
    assert (answer["layer"], answer["name"]) == ("from the layer", "Echo")
    assert 0 < answer["left"] <= 1000


def test_each_function_has_its_own_environment(running: Running) -> None:
    assert running.get("/echo").json()["mine"] == "echo"
    assert running.get("/trouble/none").text == "not mine"


@pytest.mark.parametrize("kind", ["raise", "exit", "slow", "nonsense", "huge"])
def test_a_failure_is_a_500_and_the_next_call_works(running: Running, kind: str) -> None:
    answer = running.get(f"/trouble/{kind}")

    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert running.get("/trouble/none").status_code == 200


def test_calls_run_side_by_side(running: Running) -> None:
    list(map(running.get, ["/trouble/none"] * 4))

    with ThreadPoolExecutor(4) as callers:
        answers = list(callers.map(running.get, ["/trouble/half-a-second"] * 4))

    assert [answer.status_code for answer in answers] == [200] * 4
    spans = sorted(answer.json() for answer in answers)
    assert any(begun < ended for (_, ended), (begun, _) in pairwise(spans))


def test_a_path_without_a_route_is_a_404_of_the_gateways_own(running: Running) -> None:
    answer = running.get("/nothing")

    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


@pytest.mark.parametrize("size", [11 * 1024 * 1024, 5 * 1024 * 1024], ids=["over 10 MB", "over 6 MB in base64"])
def test_too_large_a_request_is_a_413(running: Running, size: int) -> None:
    answer = running.http.post("/echo/1", content=bytes(size))

    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_preflight_is_answered_without_a_function(running: Running) -> None:
    headers = {"origin": "https://a.example", "access-control-request-method": "GET"}

    answer = running.http.options("/echo", headers=headers)

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "https://a.example")


def test_a_message_is_worked_on_once(running: Running) -> None:
    running.send("good")

    _until(lambda: running.received("good") == 1)
    time.sleep(1.5)  # its visibility timeout and more
    assert running.received("good") == 1


@pytest.mark.parametrize("body", ["bad", "poison"])
def test_what_keeps_failing_ends_in_the_dead_letter_queue(running: Running, body: str) -> None:
    running.send(body)

    _until(lambda: body in running.dead())
    assert running.received(body) == 2


def test_the_message_of_a_killed_worker_comes_again(running: Running) -> None:
    running.send("long")
    _until(lambda: running.received("long") == 1)

    assert running.stack.kill_a_worker(random.Random(1)) == "Worker"

    _until(lambda: running.received("long") == 2)


def test_a_function_can_be_run_by_its_name(running: Running) -> None:
    outcome = running.stack.invoke("Trouble", {"pathParameters": {"kind": "none"}})

    assert (outcome.result["statusCode"], outcome.error) == (200, None)


def test_changed_code_runs_from_the_next_call_on(running: Running) -> None:
    before = running.get("/echo").json()["pid"]

    running.stack.recycle()

    assert running.get("/echo").json()["pid"] != before


def _until(condition: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
