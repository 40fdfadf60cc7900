"""Everything that a test of an endpoint needs: emulated AWS with the template's resources, users, calls."""

from __future__ import annotations

import base64
import importlib
import json as jsonlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from admin.targets import Target
from local.aws import CREDENTIALS
from local.fast_forward import backdate
from local.provisioners import Resource
from local.resources import create_resources, environment
from local.template import Template
from renderiq.domain.projects import Project
from renderiq.ids import uuid7
from renderiq.queues import AnyJob, to_message
from renderiq.services.reconciliation import ReconciliationService
from renderiq.settings import settings
from renderiq.stores import aws
from renderiq.stores.items import Item, from_attributes, to_attributes
from renderiq.workers import delivery, render, sweep
from tests.support import contract, wiring
from tests.support.leaks import THIS_RUN

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Correct-horse-1"
PUBLIC_URL = "https://api.example.com"
LEASE = timedelta(minutes=6)
CAPTURE = ROOT / "tests" / "data" / "viewport_clean.png"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return jsonlib.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def code(self) -> tuple[int, str]:
        return self.status, self.json["errorCode"]


@dataclass(frozen=True)
class User:
    user_id: str
    email: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}


@dataclass
class World:
    resources: Mapping[str, Resource]

    def client(self, service: str) -> Any:
        return aws.client(service)

    def user(self, *, balance: int | None = None) -> User:
        """A new user, signed in; with ``balance`` credits rather than the welcome ones."""
        email = f"{uuid4()}@example.com"
        self.add_to_pool(email)
        # Straight to the service: signing in is counted, and tests make many users at one address.
        now = wiring.time_source()()
        tokens = wiring.sign_in_service().sign_in(email, PASSWORD, platform="unknown", now=now)
        user = User(tokens.account.user_id, email, tokens.access_token, tokens.refresh_token)
        THIS_RUN.keep(PASSWORD, email, user.access_token, user.refresh_token)
        if balance is not None:
            self._set_balance(user, balance)
        return user

    def add_to_pool(self, email: str, password: str = PASSWORD) -> None:
        pool = {"UserPoolId": self.resources["UserPool"].ref, "Username": email}
        self.client("cognito-idp").admin_create_user(
            **pool,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": "Ada"},
            ],
        )
        self.client("cognito-idp").admin_set_user_password(**pool, Password=password, Permanent=True)

    def _set_balance(self, user: User, balance: int) -> None:
        self.client("dynamodb").update_item(
            TableName=settings().accounts_table,
            Key=to_attributes({"userId": user.user_id}),
            UpdateExpression="SET balance = :balance",
            ExpressionAttributeValues=to_attributes({":balance": balance}),
        )

    def items(self, table: str) -> list[Item]:
        """Every item of a table, by its logical id."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.resources[table].ref)
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def items_of(self, table: str, user: User) -> list[Item]:
        return [item for item in self.items(table) if item.get("userId") == user.user_id]

    def balance(self, user: User) -> int:
        account = wiring.accounts().get(user.user_id, wiring.time_source()())
        return account.balance

    def add_project(self, user: User) -> str:
        now = wiring.time_source()()
        project_id = uuid7()
        wiring.projects().add(
            Project(
                project_id, user.user_id, "Villa", f"villa-{project_id}", "", "unknown", created_at=now, updated_at=now
            )
        )
        return project_id

    def objects(self, prefix: str = "") -> list[str]:
        answer = self.client("s3").list_objects_v2(Bucket=settings().images_bucket, Prefix=prefix)
        return [each["Key"] for each in answer.get("Contents", [])]

    @property
    def target(self) -> Target:
        return Target({name: resource.ref for name, resource in self.resources.items()}, self.client)

    def backdate(self, *tables: str, by: timedelta = timedelta(hours=1)) -> None:
        backdate(self.client("dynamodb"), *(self.resources[table].ref for table in tables), by=by)

    def empty(self, *tables: str) -> None:
        for table in tables:
            for item in self.items(table):
                self.client("dynamodb").delete_item(**self._place(table, item))

    def _place(self, table: str, item: Item) -> dict[str, Any]:
        name = self.resources[table].ref
        keys = self.client("dynamodb").describe_table(TableName=name)["Table"]["KeySchema"]
        return {
            "TableName": name,
            "Key": to_attributes({key["AttributeName"]: item[key["AttributeName"]] for key in keys}),
        }

    def messages(self, queue_url: str) -> list[Any]:
        """What waits in a queue; it is taken out."""
        sqs, url = self.client("sqs"), queue_url
        taken = []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in found:
                taken.append(jsonlib.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken


@contextmanager
def world(endpoint_url: str | None, **parameters: str) -> Iterator[World]:
    """The template's resources at ``endpoint_url`` (None: moto), and this process's environment set to them."""
    template = Template(
        ROOT / "template.yaml",
        {"AllowLoopbackUrls": "true", "EmulatorUrl": endpoint_url or "", "PublicUrl": PUBLIC_URL, **parameters},
    )
    os.environ |= {**CREDENTIALS, "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
    resources = create_resources(template, endpoint_url)  # type: ignore[arg-type]  # None is moto's: AWS's own addresses
    before = dict(os.environ)
    variables: dict[str, str] = {}
    for function in template.functions:
        variables |= environment(template, function, resources)
    # a queue's address begins with the endpoint's, and moto has none of its own
    os.environ |= {
        name: value.replace("None/", "https://sqs.us-east-1.amazonaws.com/") for name, value in variables.items()
    }
    forget()
    try:
        yield World(resources)
    finally:
        os.environ.clear()
        os.environ |= before
        forget()


def forget() -> None:
    """Makes every cached setting, client and store anew, as in a new container."""
    settings.cache_clear()
    aws.client.cache_clear()
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
    render.worker.cache_clear()
    delivery.worker.cache_clear()
    sweep.sweeper.cache_clear()


@lru_cache
def handler(function: str) -> Any:
    return importlib.import_module(f"functions.{function}.app").lambda_handler


def event(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    json: Any = None,
    body: bytes | str | None = None,
    address: str = "203.0.113.7",
) -> dict[str, Any]:
    """What API Gateway's HTTP API sends (payload 2.0)."""
    sent = {"host": "api.example.com", "content-length": "0", **(headers or {})}
    if json is not None:
        body = jsonlib.dumps(json)
        sent.setdefault("content-type", "application/json")
    is_base64 = isinstance(body, bytes)
    return {
        "version": "2.0",
        "routeKey": f"ANY {path}",
        "rawPath": f"/api/plugins{path}",
        "rawQueryString": urlencode(query or {}),
        "headers": sent,
        "queryStringParameters": {name: str(value) for name, value in (query or {}).items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "http": {"method": method, "path": f"/api/plugins{path}", "protocol": "HTTP/1.1", "sourceIp": address},
            "requestId": str(uuid4()),
            "routeKey": f"ANY {path}",
            "stage": "$default",
            "timeEpoch": 0,
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": is_base64,
    }


def reconciliation_service() -> ReconciliationService:
    return ReconciliationService(wiring.accounts(), wiring.renders(), wiring.deliveries(), wiring.projects())


def call(function: str, method: str, path: str, **given: Any) -> Answer:
    """Calls an endpoint's handler, and validates its response against the contract."""
    raw = handler(function)(event(method, path, **given), context())
    answer = Answer(raw["statusCode"], raw["headers"], raw["body"])
    THIS_RUN.keep_from(given.get("json"))
    if answer.headers["Content-Type"] == "application/json":
        THIS_RUN.keep_from(answer.json)
    contract.validate_response(method, path, answer.status, answer.headers, answer.body)
    return answer


@contextmanager
def clock_at(moment: datetime, *functions: str) -> Iterator[None]:
    """Stops the clock of these functions."""
    apps = [handler(function).app for function in functions]
    for app in apps:
        app.dependency_overrides[wiring.time_source] = lambda: lambda: moment
    try:
        yield
    finally:
        for app in apps:
            del app.dependency_overrides[wiring.time_source]


def context() -> Any:
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:test",
        aws_request_id=str(uuid4()),
        get_remaining_time_in_millis=lambda: 10_000,
    )


def sqs_event(*jobs: AnyJob | str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": str(uuid4()),
                "receiptHandle": "handle",
                "body": job if isinstance(job, str) else to_message(job),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
                "awsRegion": "us-east-1",
            }
            for job in jobs
        ]
    }


def multipart(fields: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> tuple[bytes, str]:
    """A form as browsers send it, and its Content-Type."""
    boundary = "----renderiq7MA4YWxk"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="capture.png"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, data in (files or {}).items()
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
