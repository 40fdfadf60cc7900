"""The AWS client signs, repeats and fails as boto3 does. Its connections are fakes: unit tests open no sockets."""

from __future__ import annotations

import hashlib
import io
import json
import re
import select
import time
import zlib
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    ConnectionClosedError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.httpsession import get_cert_path

from renderiq.stores.aws import clients as aws_client
from renderiq.stores.aws import create_client, signing
from renderiq.stores.aws.clients import JsonClient, JsonService, S3Client
from renderiq.stores.aws.connection import Endpoint
from renderiq.stores.aws.signing import Credentials
from tests.support.paths import ROOT

DYNAMODB = JsonService("dynamodb", "DynamoDB_20120810", "1.0")
NOW = 1_795_630_000.0
KEYS = Credentials("AKIDEXAMPLE", "a secret", "a token")


class Answer:
    """What a server sends: a status, headers and a body, or an error of the connection."""

    will_close = False

    def __init__(
        self, status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None, reason: str = ""
    ) -> None:
        self.status, self.reason = status, reason
        self._body = io.BytesIO(body)
        self._headers = Message()
        for name, value in (headers or {}).items():
            self._headers[name] = value

    def read(self) -> bytes:
        return self._body.read()

    def getheader(self, name: str) -> str | None:
        return self._headers[name]

    def getheaders(self) -> list[tuple[str, str]]:
        return list(self._headers.items())


class Server:
    """Gives its answers in turn and keeps what was sent."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.connections = 0

    def connect(self) -> Any:
        self.connections += 1
        return _Connection(self)


class _Connection:
    sock = None

    def __init__(self, server: Server) -> None:
        self._server = server

    def request(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> None:
        self._server.sent.append((method, target, body, headers))

    def getresponse(self) -> Answer:
        answer = self._server.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Credentials of a function, and the repetitions that were waited for."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret)
    monkeypatch.setenv("AWS_SESSION_TOKEN", KEYS.token)
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    pauses: list[int] = []
    monkeypatch.setattr(aws_client, "pause", pauses.append)
    return pauses


def dynamodb(server: Server) -> JsonClient:
    return JsonClient(DYNAMODB, "eu-central-1", Endpoint("https://dynamodb.eu-central-1.amazonaws.com", server.connect))


def s3(server: Server) -> S3Client:
    endpoint = Endpoint("https://images.s3.eu-central-1.amazonaws.com", server.connect)
    return S3Client("eu-central-1", lambda _: (endpoint, ""))


# ---------------------------------------------------------------- signatures


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/", "", b'{"TableName":"Accounts"}'),
        ("PUT", "/captures/ada/villa", "", b"\x89PNG"),
        ("GET", "/renders/ada/a%20b%2Bc~d.png", "", b""),
        ("POST", "/", "delete=", b"<Delete/>"),
    ],
)
def test_a_signature_is_that_of_botocore(
    method: str, path: str, query: str, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = "images.s3.eu-central-1.amazonaws.com"
    headers = {"host": host, "content-type": "application/json", "x-amz-target": "DynamoDB_20120810.GetItem"}

    signed = signing.sign(
        headers,
        method=method,
        path=path,
        query=query,
        body_hash=hashlib.sha256(body).hexdigest(),
        region="eu-central-1",
        service="dynamodb",
        now=NOW,
        by=KEYS,
    )

    theirs = AWSRequest(method, f"https://{host}{path}{'?' + query if query else ''}", headers, body)
    theirs.context["timestamp"] = signed["x-amz-date"]
    auth = SigV4Auth(BotocoreCredentials(*KEYS), "dynamodb", "eu-central-1")
    theirs.headers["X-Amz-Date"] = signed["x-amz-date"]
    theirs.headers["X-Amz-Security-Token"] = KEYS.token
    # The path is encoded already, and is not encoded twice.
    monkeypatch.setattr(auth, "_normalize_url_path", lambda given: given)
    text = auth.string_to_sign(theirs, auth.canonical_request(theirs))
    assert signed["authorization"].endswith(f"Signature={auth.signature(text, theirs)}")


def test_a_link_is_that_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    link = s3(Server()).generate_presigned_url(
        "get_object", Params={"Bucket": "images", "Key": "renders/ada/a b+c.png"}, ExpiresIn=60
    )

    query = {name: value for name, [value] in parse_qs(urlsplit(link).query).items()}
    theirs = AWSRequest("GET", link.partition("?")[0])
    theirs.context["timestamp"] = query["X-Amz-Date"]
    theirs.params = {name: value for name, value in query.items() if name != "X-Amz-Signature"}

    class Links(SigV4QueryAuth):
        def payload(self, _request: AWSRequest) -> str:
            return "UNSIGNED-PAYLOAD"

        def _normalize_url_path(self, path: str) -> str:
            return path

    auth = Links(BotocoreCredentials(*KEYS), "s3", "eu-central-1", expires=60)
    theirs.headers["host"] = urlsplit(link).netloc
    text = auth.string_to_sign(theirs, auth.canonical_request(theirs))
    assert query["X-Amz-Signature"] == auth.signature(text, theirs)
    assert query["X-Amz-Expires"] == "60"


def test_users_sign_in_without_aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    server = Server(Answer(200))
    cognito = JsonService("cognito-idp", "AWSCognitoIdentityProviderService", "1.1", is_signed=False)

    JsonClient(cognito, "eu-central-1", Endpoint("https://cognito", server.connect)).initiate_auth(ClientId="c")

    [(_, _, _, headers)] = server.sent
    assert "authorization" not in headers
    assert headers["x-amz-target"] == "AWSCognitoIdentityProviderService.InitiateAuth"


def test_missing_credentials_are_an_error_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(NoCredentialsError):
        dynamodb(Server()).get_item(TableName="t")


def test_the_roots_are_those_of_amazon_in_the_common_bundle() -> None:
    with open(str(get_cert_path(verify=True)), encoding="utf-8") as file:
        everyone = set(re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", file.read(), re.DOTALL))
    roots = (ROOT / "layers/common/renderiq/stores/aws/roots.pem").read_text()

    ours = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", roots, re.DOTALL)
    assert len(ours) == 5
    assert set(ours) <= everyone


# ---------------------------------------------------------------- requests


def test_an_operation_is_one_post_of_json() -> None:
    server = Server(Answer(200, b'{"Item":{"balance":{"N":"5"}}}'))

    found = dynamodb(server).get_item(TableName="Accounts", Key={"userId": {"S": "é"}})

    [(method, target, body, headers)] = server.sent
    assert (method, target) == ("POST", "/")
    assert json.loads(body) == {"TableName": "Accounts", "Key": {"userId": {"S": "é"}}}
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert found == {"Item": {"balance": {"N": "5"}}}


def test_a_call_carries_the_trace_that_stops_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Lineage=9:1")
    server = Server(Answer(200))

    dynamodb(server).get_item(TableName="t")

    assert server.sent[0][3]["X-Amzn-Trace-Id"] == "Root=1-2-3;Lineage=9:1"


def test_pages_are_read_to_the_last() -> None:
    last = {"Items": [{}], "LastEvaluatedKey": {"userId": {"S": "a"}}}
    server = Server(Answer(200, json.dumps(last).encode()), Answer(200, b'{"Items":[]}'))

    pages = list(dynamodb(server).get_paginator("scan").paginate(TableName="t"))

    assert [len(page["Items"]) for page in pages] == [1, 0]
    assert json.loads(server.sent[1][2])["ExclusiveStartKey"] == {"userId": {"S": "a"}}


def test_an_object_is_stored_with_the_hash_of_its_content() -> None:
    server = Server(Answer(200, b""))

    s3(server).put_object(Bucket="images", Key="captures/ada/a b", Body=b"PNG", ContentType="image/png")

    [(method, target, body, headers)] = server.sent
    assert (method, target, body) == ("PUT", "/captures/ada/a%20b", b"PNG")
    assert headers["x-amz-content-sha256"] == hashlib.sha256(b"PNG").hexdigest()


def test_objects_that_were_not_deleted_are_named() -> None:
    answer = b"<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    server = Server(Answer(200, answer))

    result = s3(server).delete_objects(Bucket="images", Delete={"Objects": [{"Key": "a&<"}, {"Key": "b"}]})

    assert result == {"Errors": [{"Key": "b"}]}
    assert b"<Key>a&amp;&lt;</Key>" in server.sent[0][2]
    assert "content-md5" in server.sent[0][3]


def test_the_body_of_an_object_is_read_when_asked_for() -> None:
    server = Server(Answer(200, b"image", {"content-length": "5"}))

    found = s3(server).get_object(Bucket="images", Key="k")

    assert found["ContentLength"] == 5
    assert found["Body"].read() == b"image"


# ---------------------------------------------------------------- repetition


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(500, b"{}"),
        Answer(503, b"<html>", {"content-type": "text/html"}),
        Answer(400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}'),
        Answer(400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}'),
        TimeoutError(),
        ConnectionResetError(),
    ],
)
def test_a_request_is_repeated_once(trouble: Answer | Exception, environment: list[int]) -> None:
    server = Server(trouble, Answer(200, b'{"Count":1}'))

    assert dynamodb(server).query(TableName="t") == {"Count": 1}
    assert environment == [0]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [(TimeoutError, ReadTimeoutError), (ConnectionResetError, ConnectionClosedError)],
)
def test_a_connection_that_fails_twice_is_an_error_of_botocore(
    trouble: type[Exception], error: type[Exception], environment: list[int]
) -> None:
    with pytest.raises(error):
        dynamodb(Server(trouble(), trouble())).query(TableName="t")


def test_a_rejection_is_not_repeated_and_has_what_botocore_reports() -> None:
    answer = {
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "The conditional request failed",
        "Item": {"spent": {"N": "5"}},
    }
    server = Server(Answer(400, json.dumps(answer).encode()))

    with pytest.raises(ClientError) as rejected:
        dynamodb(server).update_item(TableName="t")

    response: Any = rejected.value.response
    assert rejected.value.operation_name == "UpdateItem"
    assert response["Error"] == {
        "Code": "ConditionalCheckFailedException",
        "Message": "The conditional request failed",
    }
    assert response["Item"] == {"spent": {"N": "5"}}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(server.sent) == 1


def test_the_code_of_s3_is_read_from_its_xml() -> None:
    server = Server(Answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"))

    with pytest.raises(ClientError, match="NoSuchKey"):
        s3(server).get_object(Bucket="images", Key="k")


def test_a_response_that_was_damaged_is_not_believed() -> None:
    server = Server(Answer(200, b"{}", {"x-amz-crc32": str(zlib.crc32(b"{}") + 1)}))

    with pytest.raises(ChecksumError):
        dynamodb(server).get_item(TableName="t")


class _Idle:
    """A socket of a connection that waits, or that the server has closed."""


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Sets whether kept connections look closed."""

    def look(is_closed: bool) -> None:
        monkeypatch.setattr(select, "select", lambda *_: ([_Idle] if is_closed else [], [], []))

    monkeypatch.setattr(_Connection, "sock", _Idle())
    return look


@pytest.mark.parametrize(("is_closed", "connections"), [(False, 1), (True, 2)])
def test_a_connection_is_kept_until_the_server_closes_it(
    closed: Callable[[bool], None], is_closed: bool, connections: int
) -> None:
    closed(is_closed)
    server = Server(Answer(200), Answer(200))
    client = dynamodb(server)

    client.get_item(TableName="t")
    client.get_item(TableName="t")

    assert server.connections == connections


def test_a_kept_connection_that_turns_out_closed_is_no_attempt(
    closed: Callable[[bool], None], environment: list[int]
) -> None:
    closed(False)
    server = Server(Answer(200), ConnectionResetError(), Answer(200, b'{"Count":1}'))
    client = dynamodb(server)
    client.get_item(TableName="t")

    assert client.query(TableName="t") == {"Count": 1}
    assert environment == []


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("eu-central-1", "https://dynamodb.eu-central-1.amazonaws.com"),
        ("cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_address_of_a_service_is_that_of_its_region(
    region: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("EMULATOR_URL", "")
    from renderiq.settings import settings

    settings.cache_clear()
    assert create_client("dynamodb")._endpoint.url == address
    settings.cache_clear()
