"""template.yaml, the folders and the pinned versions agree. Nothing is deployed or run aws."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_models import OPERATIONS
from local.cloudformation import load
from renderiq.domain.webhooks import MAX_IN_FLIGHT

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
BASE = "/api/plugins/"


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each.get("Properties", {}) for name, each in RESOURCES.items() if each["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")
TABLES = of_type("AWS::DynamoDB::Table")
BUCKETS = of_type("AWS::S3::Bucket")
QUEUES = of_type("AWS::SQS::Queue")


def events(function: str, kind: str) -> list[dict[str, Any]]:
    return [e.get("Properties", {}) for e in FUNCTIONS[function].get("Events", {}).values() if e["Type"] == kind]


_EVERY_ROUTE = [
    (function, event.get("Method", "ANY"), event.get("Path", "$default"))
    for function in FUNCTIONS
    for event in events(function, "HttpApi")
]
BELOW = "/{proxy+}"
ROUTES = [route for route in _EVERY_ROUTE if not route[2].endswith(BELOW)]
DRIVEN = {event["Queue"]["Fn::GetAtt"][0]: name for name in FUNCTIONS for event in events(name, "SQS")}
DEAD_LETTERS = {
    queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    for queue in QUEUES.values()
    if "RedrivePolicy" in queue
}


def folder_of(function: str) -> str:
    if "ImageConfig" in FUNCTIONS[function]:
        parent, folder, module, handler = FUNCTIONS[function]["ImageConfig"]["Command"][0].split(".")
        assert (module, handler) == ("app", "lambda_handler")
    else:
        parent, _, folder = FUNCTIONS[function]["CodeUri"].rstrip("/").rpartition("/")
    assert parent == "functions"
    return str(folder)


def pins(file: str) -> dict[str, str]:
    """Returns the version of each package, whatever its marker."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


# ---------------------------------------------------------------- names


ALIASES = {
    "/api/plugins/uploads/resumable/init": "uploads",
    "/api/plugins/uploads/resumable/{uploadId}/status": "uploads_id",
    "/api/plugins/uploads/resumable/{uploadId}/finalize": "uploads_id_complete",
}
"""Paths that plugins in use call, and the folder of the function that serves each beside its own path."""


@pytest.mark.parametrize(
    ("function", "path"), [(function, path) for function, _, path in ROUTES if path not in ALIASES]
)
def test_an_endpoint_lives_in_the_folder_named_after_its_path(function: str, path: str) -> None:
    named = "default" if path == "$default" else re.sub(r"\W+", "_", re.sub(r"\{\w+\}", "id", path.removeprefix(BASE)))

    assert folder_of(function) == named


def test_an_alias_is_served_by_the_function_of_what_it_does() -> None:
    assert {path: folder_of(function) for function, _, path in ROUTES if path in ALIASES} == ALIASES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_named_after_its_folder(function: str) -> None:
    words = folder_of(function).split("_")

    assert function == "".join(word.capitalize() for word in words) + "Function"


def test_every_folder_is_one_function() -> None:
    folders = sorted(
        each.name for each in (ROOT / "functions").iterdir() if each.is_dir() and each.name != "__pycache__"
    )

    assert folders == sorted(folder_of(function) for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_folder_holds_only_app(function: str) -> None:
    files = [each.name for each in (ROOT / "functions" / folder_of(function)).iterdir() if each.name != "__pycache__"]

    assert files == ["app.py"]


def test_no_route_has_two_functions() -> None:
    keys = [(method, re.sub(r"\{\w+\}", "{}", path)) for _, method, path in ROUTES]

    assert len(keys) == len(set(keys))


def test_every_path_is_also_routed_with_a_slash_at_its_end() -> None:
    below = [(function, method, path.removesuffix(BELOW)) for function, method, path in _EVERY_ROUTE if BELOW in path]

    assert below == [route for route in ROUTES if route[2] != "$default"]


# ---------------------------------------------------------------- sample events


def test_every_function_has_one_sample_event() -> None:
    samples = sorted(each.stem for each in (ROOT / "events").iterdir())

    assert samples == sorted(folder_of(function) for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_sample_event_matches_the_trigger_of_its_function(function: str) -> None:
    event = json.loads((ROOT / "events" / f"{folder_of(function)}.json").read_text(encoding="utf-8"))
    if "Records" in event:
        sources = {record["eventSourceARN"].rpartition(":")[2] for record in event["Records"]}
        streams = {event["Stream"]["Fn::GetAtt"][0] for event in events(function, "DynamoDB")}
        read = {arn.split("/")[1] for record in event["Records"] if "/stream/" in (arn := record["eventSourceARN"])}
        assert read == {f"renderiq-local-{table}" for table in streams}
        assert read or sources == {queue for queue, worker in DRIVEN.items() if worker == function}
    elif "routeKey" in event:
        assert event["routeKey"] in {
            path if path == "$default" else f"{method} {path}" for name, method, path in ROUTES if name == function
        }
    else:
        assert events(function, "Schedule") + events(function, "ScheduleV2")


# ---------------------------------------------------------------- what is kept, and how


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_encrypted_and_recoverable(table: str) -> None:
    assert TABLES[table]["SSESpecification"] == {"SSEEnabled": True}
    assert TABLES[table]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_encrypted_and_private(bucket: str) -> None:
    rules = BUCKETS[bucket]["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert [rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules] in (["AES256"], ["aws:kms"])
    assert set(BUCKETS[bucket]["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(BUCKETS[bucket]["PublicAccessBlockConfiguration"]) == 4


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted(queue: str) -> None:
    assert QUEUES[queue].get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in QUEUES[queue]


@pytest.mark.parametrize("queue", sorted(QUEUES.keys() - DEAD_LETTERS))
def test_a_queue_triggers_a_worker_and_has_a_dead_letter_queue(queue: str) -> None:
    assert queue in DRIVEN
    assert QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in QUEUES


@pytest.mark.parametrize("queue", DRIVEN)
def test_a_message_stays_hidden_for_six_times_its_workers_timeout(queue: str) -> None:
    timeout = FUNCTIONS[DRIVEN[queue]].get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])

    assert QUEUES[queue]["VisibilityTimeout"] == 6 * timeout


def test_fifty_hanging_webhooks_leave_workers_for_the_others() -> None:
    (mapping,) = events("WebhookDeliveryWorkerFunction", "SQS")

    assert mapping["BatchSize"] == 1  # otherwise a delivery would wait for those before it
    assert mapping["ScalingConfig"]["MaximumConcurrency"] > 50 * MAX_IN_FLIGHT


@pytest.mark.parametrize("queue", DRIVEN)
def test_a_worker_reports_the_messages_that_failed(queue: str) -> None:
    (mapping,) = events(DRIVEN[queue], "SQS")

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


# ---------------------------------------------------------------- alarms


ALARMS = of_type("AWS::CloudWatch::Alarm")
NO_VALUE = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("queue", sorted(DEAD_LETTERS))
def test_a_dead_letter_raises_an_alarm(queue: str) -> None:
    watched = [alarm["Dimensions"][0]["Value"] for alarm in ALARMS.values() if alarm.get("Namespace") == "AWS/SQS"]

    assert {"Fn::GetAtt": [queue, "QueueName"]} in watched


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_notifies_the_topic(alarm: str) -> None:
    assert ALARMS[alarm]["AlarmActions"] == {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], NO_VALUE]}


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_is_documented_in_the_handbook(alarm: str) -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    _, _, about = handbook.partition(f"\n### {alarm}\n")
    assert "**Do.**" in about.partition("\n#")[0]


def test_the_handbook_documents_only_alarms_that_exist() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^### (\w+Alarm)$", handbook, re.MULTILINE)) == set(ALARMS)


# ---------------------------------------------------------------- layers


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_watches_at_most_ten_metrics(alarm: str) -> None:
    """CloudWatch refuses more, and the limit cannot be raised."""
    assert len([each for each in ALARMS[alarm].get("Metrics", ()) if "MetricStat" in each]) <= 10


@pytest.mark.parametrize("kind", ["Read", "Write"])
def test_the_throttled_requests_of_every_table_are_watched(kind: str) -> None:
    stats = [
        each["MetricStat"]["Metric"]
        for alarm in ALARMS.values()
        for each in alarm.get("Metrics", ())
        if "MetricStat" in each
    ]
    watched = [stat["Dimensions"][0]["Value"]["Ref"] for stat in stats if stat["MetricName"] == f"{kind}ThrottleEvents"]

    assert sorted(watched) == sorted(TABLES)


@pytest.mark.parametrize("layer", ["common", "imaging"])
def test_development_and_lambda_use_the_same_versions(layer: str) -> None:
    on_lambda, on_a_laptop = pins(f"layers/{layer}/requirements.txt"), pins("requirements/dev.txt")

    assert on_lambda
    assert on_lambda == {package: on_a_laptop.get(package) for package in on_lambda}


def test_no_package_is_in_two_layers() -> None:
    assert not pins("layers/common/requirements.txt").keys() & pins("layers/imaging/requirements.txt").keys()


def test_the_layer_contains_the_aws_services_that_the_code_calls() -> None:
    assert set(services_in_the_layer()) == set(services_in_the_code())


def services_in_the_layer() -> set[str]:
    return set(OPERATIONS)


def services_in_the_code() -> Iterator[str]:
    for file in (ROOT / "layers/common/renderiq").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("client") | ast.Attribute(attr="client"), args=[ast.Constant(str(service)), *_]
                ):
                    yield service
