"""The layer has botocore with the operations that renderiq calls. They send the same requests as in all of botocore."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import botocore
import botocore.handlers
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader
from botocore.model import Shape
from botocore.session import Session

from aws_models import NEVER_SET, OPERATIONS, trim_botocore
from tests.support.paths import ROOT

INSTALLED = Path(botocore.__file__).parent
CALLED = [(service, operation) for service, operations in OPERATIONS.items() for operation in operations]
REGIONS = ("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1")
ClientMaker = Callable[..., Any]


class SentError(Exception):
    """Carries a request that would have been sent."""

    def __init__(self, request: Any) -> None:
        super().__init__(request.url)
        body = request.body.read() if hasattr(request.body, "read") else request.body
        self.signed_at = request.headers.get("X-Amz-Date")
        self.request = (request.method, request.url, dict(request.headers), body)


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of a trimmed botocore, of which only the data and the handlers are complete."""
    folder = tmp_path_factory.mktemp("layer") / "botocore"
    (folder / "data").mkdir(parents=True)
    for path in (INSTALLED / "data").iterdir():
        if path.is_file():
            shutil.copy(path, folder / "data")
        elif path.name in {*OPERATIONS, "sns"}:
            shutil.copytree(path, folder / "data" / path.name)
    shutil.copy(INSTALLED / "handlers.py", folder)
    trim_botocore(folder)
    return folder


@pytest.fixture(scope="module")
def make_trimmed(trimmed: Path) -> ClientMaker:
    """Returns what makes clients of the trimmed botocore."""
    return client_maker(session(trimmed / "data", handlers_of(trimmed / "handlers.py")))


@pytest.fixture(scope="module")
def make_whole() -> ClientMaker:
    """Returns what makes clients of botocore as it is installed."""
    return client_maker(session(INSTALLED / "data", botocore.handlers.BUILTIN_HANDLERS))


@pytest.mark.parametrize("service", OPERATIONS)
def test_the_layer_has_the_operations_that_the_code_calls(service: str) -> None:
    known = Session().get_service_model(service).operation_names

    assert {name for name in known if xform_name(name) in names_in_the_code()} == set(OPERATIONS[service])


@pytest.mark.parametrize(("service", "operation"), CALLED)
@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
def test_a_trimmed_client_sends_the_same_request(
    make_trimmed: ClientMaker, make_whole: ClientMaker, service: str, operation: str, endpoint: str | None
) -> None:
    clients = [make(service, "eu-central-1", endpoint) for make in (make_trimmed, make_whole)]

    ours, theirs = sent_in_the_same_second(clients, operation)

    assert ours == theirs


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", OPERATIONS)
def test_a_trimmed_client_finds_the_same_endpoint(
    make_trimmed: ClientMaker, make_whole: ClientMaker, service: str, region: str
) -> None:
    clients = [make(service, region, None) for make in (make_trimmed, make_whole)]

    ours, theirs = sent_in_the_same_second(clients, OPERATIONS[service][0])

    assert ours == theirs


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("operation", ["get_object", "put_object", "upload_part"])
def test_a_trimmed_client_presigns_the_same_url(
    make_trimmed: ClientMaker, make_whole: ClientMaker, operation: str, region: str
) -> None:
    def presign(make: ClientMaker) -> str:
        parameters = {"Bucket": "images", "Key": "a b/ü.png"}
        if operation == "upload_part":
            parameters |= {"UploadId": "u", "PartNumber": 3}  # type: ignore[dict-item]
        url: str = make("s3", region, None).generate_presigned_url(operation, Params=parameters, ExpiresIn=60)
        return url

    assert any(presign(make_trimmed) == presign(make_whole) for _ in range(5))  # five tries: the clock may tick between


@pytest.mark.parametrize(
    "settings",
    [{"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}, {"s3": {"use_accelerate_endpoint": True}}],
)
@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs"])
def test_a_setting_that_nothing_uses_finds_the_same_endpoint_or_none(
    make_trimmed: ClientMaker, make_whole: ClientMaker, service: str, settings: dict[str, Any]
) -> None:
    clients = [make(service, "eu-central-1", None, json.dumps(settings)) for make in (make_trimmed, make_whole)]
    operation = OPERATIONS[service][0]

    try:
        ours = send(clients[0], operation).request[1]
    except EndpointProviderError:
        return

    assert ours == send(clients[1], operation).request[1]


def test_a_setting_that_was_trimmed_away_is_refused(make_trimmed: ClientMaker) -> None:
    client = make_trimmed("s3", "eu-central-1", None, json.dumps({"s3": {"use_accelerate_endpoint": True}}))

    with pytest.raises(EndpointProviderError, match="Accelerate was trimmed away"):
        send(client, "HeadBucket")


@pytest.mark.parametrize("bucket", ["arn:aws:s3:us-east-1:123456789012:accesspoint:a", "images--use1-az4--x-s3"])
def test_buckets_of_other_kinds_are_refused(make_trimmed: ClientMaker, bucket: str) -> None:
    client = make_trimmed("s3", "us-east-1", None)

    with pytest.raises(EndpointProviderError, match="trimmed away"):
        client.head_bucket(Bucket=bucket)


def test_the_rules_still_name_the_parameters_that_are_refused() -> None:
    loader = Loader(extra_search_paths=[str(INSTALLED / "data")], include_default_search_paths=False)
    named = {name for service in OPERATIONS for name in _rules(loader, service)["parameters"]}

    assert set(NEVER_SET) <= named


def test_pages_can_still_be_read(make_trimmed: ClientMaker) -> None:
    client = make_trimmed("dynamodb", "us-east-1", None)

    assert [client.can_paginate(name) for name in ("query", "scan")] == [True, True]


def test_other_services_are_gone(trimmed: Path) -> None:
    assert {path.name for path in (trimmed / "data").iterdir() if path.is_dir()} == set(OPERATIONS)


def test_the_rest_of_the_layer_s_models_is_small(trimmed: Path) -> None:
    sizes = {path: path.stat().st_size for path in (trimmed / "data").glob("*/*/*.json")}

    assert sum(sizes.values()) < 200_000


# ---------------------------------------------------------------- support


def session(data: Path, handlers: list[Any]) -> Session:
    made = Session(include_builtin_handlers=False)
    made.register_component("data_loader", Loader(extra_search_paths=[str(data)], include_default_search_paths=False))
    emitter = made.get_component("event_emitter")
    for name, handler, *order in handlers:
        register = emitter.register
        if order:
            is_first = order[0] is botocore.handlers.REGISTER_FIRST
            register = emitter.register_first if is_first else emitter.register_last
        register(name, handler)
    return made


def handlers_of(file: Path) -> list[Any]:
    """Returns the handlers of another handlers.py. Those that come first or last are marked as in botocore's own."""
    spec = importlib.util.spec_from_file_location("botocore.trimmed_handlers", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    orders = {
        module.REGISTER_FIRST: botocore.handlers.REGISTER_FIRST,
        module.REGISTER_LAST: botocore.handlers.REGISTER_LAST,
    }
    handlers = module.BUILTIN_HANDLERS
    assert len(handlers) < len(botocore.handlers.BUILTIN_HANDLERS)
    return [(name, handler, *(orders[each] for each in order)) for name, handler, *order in handlers]


def client_maker(made: Session) -> ClientMaker:
    @cache
    def make(service: str, region: str, endpoint: str | None, settings: str = "{}") -> Any:
        style = "path" if endpoint else "virtual"
        options: dict[str, Any] = (
            {"signature_version": "s3v4", "s3": {"addressing_style": style}} if service == "s3" else {}
        )
        client = made.create_client(
            service,
            region,
            endpoint_url=endpoint,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="secret",
            aws_session_token="token",
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}, **options | json.loads(settings)),
        )
        client.meta.events.register_last("before-send.*", _stop)
        return client

    return make


def _stop(request: Any, **_: Any) -> NoReturn:
    raise SentError(request)


def send(client: Any, operation: str) -> SentError:
    shape = client.meta.service_model.operation_model(operation).input_shape
    try:
        getattr(client, xform_name(operation))(**sample(shape))
    except SentError as sent:
        return sent
    raise AssertionError("nothing was sent")


def sent_in_the_same_second(clients: list[Any], operation: str) -> list[Any]:
    """Returns what each client sends. Signatures depend on the second, so they are made in the same one."""
    while True:
        sent = [send(client, operation) for client in clients]
        if len({each.signed_at for each in sent}) == 1:
            return [_without_ids(each.request) for each in sent]


def _without_ids(request: tuple[str, str, dict[str, Any], Any]) -> tuple[str, str, dict[str, Any], Any]:
    method, url, headers, body = request
    return method, url, {name: each for name, each in headers.items() if name != "amz-sdk-invocation-id"}, body


def sample(shape: Shape, depth: int = 0) -> Any:
    """Returns a value with all members of a shape. Shapes that contain themselves end after a few levels."""
    made: Any = shape
    match shape.type_name:
        case "structure":
            names = [name for name in made.members if depth < 6 or name in made.required_members]
            if made.metadata.get("union") or shape.name == "AttributeValue":
                names = names[:1]
            return {name: sample(made.members[name], depth + 1) for name in names}
        case "list":
            return [sample(made.member, depth + 1)]
        case "map":
            return {sample(made.key, depth + 1): sample(made.value, depth + 1)}
        case "string":
            return made.enum[0] if made.enum else "x" * max(int(made.metadata.get("min", 6)), 1)
        case "blob":
            return b"x"
        case "boolean":
            return True
        case "timestamp":
            return "2026-01-02T03:04:05Z"
        case _:
            return 1


@cache
def names_in_the_code() -> set[str]:
    """Returns all names of attributes and all texts in the code that runs on Lambda."""
    return set(_names())


def _names() -> Iterator[str]:
    for file in (ROOT / "layers/common/renderiq").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=name) | ast.Constant(str(name)):
                    yield name


def _rules(loader: Loader, service: str) -> Mapping[str, Any]:
    rules: Mapping[str, Any] = json.loads(json.dumps(loader.load_service_model(service, "endpoint-rule-set-1")))
    return rules
