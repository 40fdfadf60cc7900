"""Trims botocore to the AWS operations that renderiq calls.

botocore reads the model of a whole service before the first call: S3's has 116 operations and rules for endpoints that
nothing here uses, which took a tenth of a cold start. tests/unit/test_aws_models.py shows that what is left sends the
same requests.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The only operations that renderiq calls: another one is AttributeError on Lambda until it is added here.
OPERATIONS = {
    "batch": ["SubmitJob"],
    "bedrock-runtime": ["InvokeModel"],
    "cognito-idp": [
        "AdminDeleteUser",
        "ConfirmForgotPassword",
        "ForgotPassword",
        "InitiateAuth",
        "RespondToAuthChallenge",
    ],
    "dynamodb": [
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "DescribeTable",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactWriteItems",
        "UpdateItem",
    ],
    "s3": [
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjects",
        "GetObject",
        "HeadBucket",
        "HeadObject",
        "ListMultipartUploads",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "PutObjectTagging",
        "UploadPart",
    ],
    "secretsmanager": ["DescribeSecret", "GetSecretValue"],
    "sqs": ["GetQueueAttributes", "SendMessage"],
}

# Parameters of endpoint rules that renderiq never sets. A function whose environment sets one gets an error.
NEVER_SET = ("Accelerate", "UseDualStack", "UseFIPS", "UseObjectLambdaEndpoint", "UseS3ExpressControlEndpoint")
# Buckets are general purpose buckets, named by CloudFormation: not S3 Express, access points or Outposts.
NEVER_BUCKETS = ('"--x-s3"', '"--xa-s3"', '"aws.parseArn"', '"hardwareType"')

HANDLERS_FILTER = """

# Registering a handler inspects its signature, which is slow. These are for operations that were trimmed away.
def _is_kept(name):
    kind, service, operation, *_ = [*name.split("."), "*", "*"]
    return kind != "docs" and service in {services} and operation in {operations}


BUILTIN_HANDLERS = [each for each in BUILTIN_HANDLERS if _is_kept(each[0])]
"""


def trim_botocore(botocore: Path) -> None:
    """Trims an installed botocore to ``OPERATIONS``."""
    data, ids = botocore / "data", []
    for service in data.iterdir():
        if service.is_dir() and service.name not in OPERATIONS:
            shutil.rmtree(service)
    for name, operations in OPERATIONS.items():
        newest = max((data / name).glob("*/service-2.json.gz")).parent
        for other in (data / name).iterdir():
            if other != newest:
                shutil.rmtree(other)
        model = load(newest / "service-2.json.gz")
        ids.append(model["metadata"]["serviceId"].lower().replace(" ", "-"))
        save(newest / "service-2.json", only_operations(model, operations))
        save(newest / "endpoint-rule-set-1.json", only_used_endpoints(load(newest / "endpoint-rule-set-1.json.gz")))
        paginators = newest / "paginators-1.json"
        if paginators.exists():
            pages = json.loads(paginators.read_bytes())["pagination"]
            save(paginators, {"pagination": {each: pages[each] for each in operations if each in pages}})
        # what is merged into the model stays: it says that S3's Expires is a time
        for unused in [
            *newest.glob("*.gz"),
            *newest.glob("paginators-1.sdk*"),
            *newest.glob("waiters*"),
            *newest.glob("examples*"),
        ]:
            unused.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: at for name, at in partition["services"].items() if name in OPERATIONS}
    save(data / "endpoints.json", endpoints)
    known = {operation for operations in OPERATIONS.values() for operation in operations}
    with (botocore / "handlers.py").open("a", encoding="utf-8") as handlers:
        handlers.write(
            HANDLERS_FILTER.replace("{services}", _set_literal({*ids, "*"})).replace(
                "{operations}", _set_literal({*known, "*"})
            )
        )


def load(file: Path) -> Any:
    """Returns what a compressed JSON file contains."""
    return json.loads(gzip.decompress(file.read_bytes()))


def save(file: Path, document: Any) -> None:
    """Writes JSON without spaces. It is not compressed, because it is small and read at each cold start."""
    file.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")


def only_operations(model: dict[str, Any], operations: list[str]) -> dict[str, Any]:
    """Returns the model of a service with some of its operations, the shapes that they use, and no texts."""
    kept = {name: model["operations"][name] for name in operations}
    found: set[str] = set()
    pending = list(_shapes_of(kept))
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(_shapes_of(model["shapes"][name]))
    shapes = {name: shape for name, shape in model["shapes"].items() if name in found}
    # botocore compares the order in which a service names its ways of authentication, so all other keys stay.
    trimmed: dict[str, Any] = undocumented({**model, "operations": kept, "shapes": shapes})
    return trimmed


def only_used_endpoints(rule_set: dict[str, Any]) -> dict[str, Any]:
    """Returns the rules of endpoints without those that need something of ``NEVER_SET`` or ``NEVER_BUCKETS``.

    A request that would have met such a rule gets an error instead, and any other one the same endpoint as before.
    """
    refusals = [
        {"conditions": [*_is_set(name), _equals(name, True)], "error": f"{name} was trimmed away", "type": "error"}
        for name in NEVER_SET
        if name in rule_set["parameters"]
    ]
    parameters = {name: _undescribed(each) for name, each in rule_set["parameters"].items()}
    return {**rule_set, "parameters": parameters, "rules": refusals + list(_used_rules(rule_set["rules"]))}


def undocumented(model: Any) -> Any:
    """Returns the model of a service with empty texts. The keys stay, because botocore reads some of them."""
    if isinstance(model, list):
        return [undocumented(each) for each in model]
    if isinstance(model, dict):
        return {k: "" if k == "documentation" and isinstance(v, str) else undocumented(v) for k, v in model.items()}
    return model


def _used_rules(rules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        if any(_equals(name, True) in rule["conditions"] for name in NEVER_SET):
            continue  # a refusal comes before it
        conditions = [each for each in rule["conditions"] if each not in [_equals(name, False) for name in NEVER_SET]]
        written = json.dumps(conditions)
        if any(each in written for each in NEVER_BUCKETS):
            yield {"conditions": conditions, "error": "buckets of this kind were trimmed away", "type": "error"}
        elif "rules" in rule:
            yield {**rule, "conditions": conditions, "rules": list(_used_rules(rule["rules"]))}
        else:
            yield {**rule, "conditions": conditions}


def _equals(parameter: str, value: bool) -> dict[str, Any]:
    return {"fn": "booleanEquals", "argv": [{"ref": parameter}, value]}


def _is_set(parameter: str) -> list[dict[str, Any]]:
    return [{"fn": "isSet", "argv": [{"ref": parameter}]}]


def _undescribed(parameter: dict[str, Any]) -> dict[str, Any]:
    return {**parameter, "documentation": ""}


def _shapes_of(part: Any) -> Iterator[str]:
    """Yields the names of the shapes that an operation or a shape names."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _shapes_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from _shapes_of(value)


def _set_literal(names: set[str]) -> str:
    # sorted: the same input makes the same layer, so that an unchanged one is not deployed again
    return "{" + ", ".join(repr(name) for name in sorted(names)) + "}"
