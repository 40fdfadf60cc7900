"""Clients of the AWS services that every request uses, with the methods and the errors of boto3's.

Importing botocore and making one of its clients costs five times the cold start of a bare handler, and each of its
calls as much as all the rest of a request (ADR 18). Requests and responses have the same names and values as boto3's,
so that stores work with either.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.client import HTTPResponse
from typing import Any, Final, NamedTuple, NoReturn

from renderiq import __version__
from renderiq.settings import runtime_variable
from renderiq.stores.aws import signing
from renderiq.stores.aws.connection import ATTEMPTS, Connection, Endpoint, pause

_RETRIED_CODES: Final = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "SlowDown"),
        *("TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException"),
        *("RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled"),
        *("PriorRequestNotComplete", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException"),
    }
)
_RETRIED_STATUS: Final = frozenset({500, 502, 503, 504})


class JsonService(NamedTuple):
    """A service that takes JSON. ``target`` is in front of the operation in ``X-Amz-Target``."""

    name: str
    target: str
    version: str
    is_signed: bool = True


class _Client:
    """What both kinds of clients share: signed requests, repetition, and errors."""

    def __init__(self, service: str, region: str, endpoint: Endpoint, *, is_signed: bool = True) -> None:
        self._service = service
        self._region = region
        self._endpoint = endpoint
        self._is_signed = is_signed

    def _send(
        self, operation: str, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[HTTPResponse, Connection]:
        """Returns a response of success that has not been read. Raises ``ClientError`` or ``BotoCoreError``.

        Like boto3's standard mode with two attempts, a request is repeated after an error of the connection or of the
        server, and after a throttle.
        """
        path, _, query = target.partition("?")
        digest = hashlib.sha256(body).hexdigest() if body else signing.EMPTY_HASH
        sent = {"host": self._endpoint.host, "user-agent": f"renderiq/{__version__}", **headers}
        if self._service == "s3":
            sent["x-amz-content-sha256"] = digest
        # Lambda stops a loop of functions by this header (ADR 14).
        trace = runtime_variable("_X_AMZN_TRACE_ID")

        def signed() -> Mapping[str, str]:
            made = sent
            if self._is_signed:
                made = signing.sign(
                    sent,
                    method=method,
                    path=path,
                    query=query,
                    body_hash=digest,
                    region=self._region,
                    service=self._service,
                    now=time.time(),
                    by=signing.credentials(),
                )
            return {**made, "X-Amzn-Trace-Id": trace} if trace else made

        for attempt in range(1, ATTEMPTS + 1):
            try:
                response, connection = self._endpoint.send(method, target, body, signed)
                if response.status < 300:
                    return response, connection
                data = self._endpoint.read(response, connection)
            except Exception as error:
                if attempt == ATTEMPTS or not _is_of_the_connection(error):
                    raise
            else:
                code, details = self._error(response, data)
                retried = response.status in _RETRIED_STATUS or code in _RETRIED_CODES
                if attempt == ATTEMPTS or not retried:
                    _reject(operation, response, code, details)
            pause(attempt - 1)
        raise AssertionError("the last attempt returns or raises")

    def _error(self, response: HTTPResponse, body: bytes) -> tuple[str, dict[str, Any]]:
        """Returns the code of an error, and what else the body says."""
        raise NotImplementedError


class JsonClient(_Client):
    """A client of DynamoDB, Secrets Manager, SQS or Cognito: ``client.get_item(TableName=…, Key=…)``."""

    def __init__(self, service: JsonService, region: str, endpoint: Endpoint) -> None:
        super().__init__(service.name, region, endpoint, is_signed=service.is_signed)
        self._target = service.target
        self._content_type = f"application/x-amz-json-{service.version}"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        operation = "".join(word.capitalize() for word in name.split("_"))
        call = self.__dict__[name] = partial(self._call, operation)
        return call

    def get_paginator(self, name: str) -> Paginator:
        """Returns what reads all pages of DynamoDB's ``query`` or ``scan``."""
        return Paginator(getattr(self, name))

    def _call(self, operation: str, **request: Any) -> Any:
        body = json.dumps(request, separators=(",", ":")).encode()
        headers = {"content-type": self._content_type, "x-amz-target": f"{self._target}.{operation}"}
        response, connection = self._send(operation, "POST", "/", body, headers)
        data = self._endpoint.read(response, connection)
        checksum = response.getheader("x-amz-crc32")
        if checksum is not None and int(checksum) != zlib.crc32(data):
            from botocore.exceptions import ChecksumError

            raise ChecksumError(
                checksum_type="crc32", expected_checksum=checksum, actual_checksum=str(zlib.crc32(data))
            )
        return json.loads(data) if data else {}

    def _error(self, response: HTTPResponse, body: bytes) -> tuple[str, dict[str, Any]]:
        try:
            found = json.loads(body)
        except ValueError:
            found = {}
        found = found if isinstance(found, dict) else {}
        code = str(found.pop("__type", None) or response.getheader("x-amzn-errortype") or response.status)
        return code.partition(":")[0].rpartition("#")[2], found


class Paginator:
    """Reads all pages of one operation."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self._read = read

    def paginate(self, **request: Any) -> Iterator[Any]:
        """Yields the pages."""
        while True:
            page = self._read(**request)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


class S3Client:
    """A client of S3, for objects of one request each."""

    def __init__(self, region: str, endpoint: Callable[[str], tuple[Endpoint, str]]) -> None:
        """``endpoint`` returns the endpoint of a bucket, and what stands before its keys."""
        self._endpoint_of = endpoint
        self._region = region
        self._clients: dict[str, tuple[_BucketClient, str]] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, Any]:  # noqa: N803
        """Stores an object."""
        bucket, prefix = self._bucket(Bucket)
        bucket.call("PutObject", "PUT", _target(prefix, Key), Body, {"content-type": ContentType})
        return {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Returns the length of an object, and its body, which has not been read yet."""
        bucket, prefix = self._bucket(Bucket)
        return bucket.get(_target(prefix, Key))

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Deletes an object. It is no error if there is none."""
        bucket, prefix = self._bucket(Bucket)
        bucket.call("DeleteObject", "DELETE", _target(prefix, Key))
        return {}

    def delete_objects(self, *, Bucket: str, Delete: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Deletes at most 1,000 objects. ``Errors`` are those that were not deleted."""
        bucket, prefix = self._bucket(Bucket)
        keys = "".join(f"<Object><Key>{_escaped(each['Key'])}</Key></Object>" for each in Delete["Objects"])
        body = f"<Delete><Quiet>true</Quiet>{keys}</Delete>".encode()
        digest = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        headers = {"content-md5": digest, "content-type": "application/xml"}
        answer = bucket.call("DeleteObjects", "POST", f"{_target(prefix, '')}?delete=", body, headers)
        errors = re.findall(rb"<Error>.*?<Key>(.*?)</Key>.*?</Error>", answer, re.DOTALL)
        return {"Errors": [{"Key": key.decode()} for key in errors]} if errors else {}

    def head_bucket(self, *, Bucket: str) -> dict[str, Any]:  # noqa: N803
        """Returns if the bucket can be reached."""
        bucket, prefix = self._bucket(Bucket)
        bucket.call("HeadBucket", "HEAD", _target(prefix, ""))
        return {}

    def generate_presigned_url(self, operation: str, *, Params: Mapping[str, str], ExpiresIn: int) -> str:  # noqa: N803
        """Returns a link to an object. The only operation is ``get_object``."""
        if operation != "get_object":
            raise ValueError(operation)
        endpoint, prefix = self._endpoint_of(Params["Bucket"])
        path = _target(prefix, Params["Key"])
        query = signing.presign(
            host=endpoint.host,
            path=path,
            region=self._region,
            service="s3",
            seconds=ExpiresIn,
            now=time.time(),
            by=signing.credentials(),
        )
        return f"{endpoint.url.rstrip('/')}{path}?{query}"

    def _bucket(self, name: str) -> tuple[_BucketClient, str]:
        if name not in self._clients:
            endpoint, prefix = self._endpoint_of(name)
            self._clients[name] = _BucketClient("s3", self._region, endpoint), prefix
        return self._clients[name]


class _BucketClient(_Client):
    def call(
        self, operation: str, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        return self._endpoint.read(*self._send(operation, method, target, body, headers or {}))

    def get(self, target: str) -> dict[str, Any]:
        response, connection = self._send("GetObject", "GET", target, b"", {})
        return {
            "ContentLength": int(response.getheader("content-length") or 0),
            "ContentType": response.getheader("content-type") or "",
            "Body": _Body(self._endpoint, response, connection),
        }

    def _error(self, response: HTTPResponse, body: bytes) -> tuple[str, dict[str, Any]]:
        code = re.search(rb"<Code>([^<]*)</Code>", body)
        message = re.search(rb"<Message>([^<]*)</Message>", body)
        # A response to HEAD has no body.
        return code[1].decode() if code else str(response.status), {
            "message": message[1].decode() if message else response.reason
        }


class _Body:
    """The body of an object. One that is not read to its end closes its connection."""

    def __init__(self, endpoint: Endpoint, response: HTTPResponse, connection: Connection) -> None:
        self._endpoint = endpoint
        self._response = response
        self._connection: Connection | None = connection

    def read(self) -> bytes:
        """Returns the whole body. Raises the errors of botocore for connections."""
        if self._connection is None:
            return b""
        connection, self._connection = self._connection, None
        return self._endpoint.read(self._response, connection)

    def close(self) -> None:
        """Ends reading."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _escaped(key: str) -> str:
    return key.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _target(prefix: str, key: str) -> str:
    return signing.encoded_path(f"{prefix}/{key}")


def _is_of_the_connection(error: Exception) -> bool:
    from botocore.exceptions import HTTPClientError

    return isinstance(error, HTTPClientError)


def _reject(operation: str, response: HTTPResponse, code: str, details: dict[str, Any]) -> NoReturn:
    from botocore.exceptions import ClientError

    message = details.pop("message", None) or details.pop("Message", "")
    answer: Any = {
        **details,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": response.status, "HTTPHeaders": dict(response.getheaders())},
    }
    raise ClientError(answer, operation)
