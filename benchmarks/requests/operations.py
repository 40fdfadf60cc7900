"""Counts the calls to AWS and the units of DynamoDB of each operation, against moto, from requests and items."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

os.environ["MOTO_ACCOUNT_ID"] = "000000000000"  # as in the local stack's names; moto reads it when imported

from botocore.client import BaseClient
from moto import mock_aws

from renderiq.engines.preview import PreviewEngine
from renderiq.queues import RenderJob
from tests.support import pictures
from tests.support.accounts import create_user
from tests.support.aws import aws_environment
from tests.support.forms import multipart
from tests.support.functions import handler, lambda_context
from tests.support.http import call_unchecked as call
from tests.support.renders import render_worker
from tests.support.webhooks import register_webhook

Item = Mapping[str, Any]
_WRITES: Final = {"PutItem", "UpdateItem", "DeleteItem"}


@dataclass(slots=True)
class Operation:
    """What one operation called, and the units of DynamoDB that it used."""

    name: str
    calls: list[str] = field(default_factory=list)
    writes: float = 0
    reads: float = 0

    @property
    def shortened(self) -> list[str]:
        """The calls in order, with repetitions as a number."""
        short: list[tuple[str, int]] = []
        for each in self.calls:
            if short and short[-1][0] == each:
                short[-1] = each, short[-1][1] + 1
            else:
                short.append((each, 1))
        return [name if count == 1 else f"{name} x {count}" for name, count in short]


class Ledger:
    """Notes calls on the current operation."""

    def __init__(self) -> None:
        self.current = Operation("")
        self._schemas: dict[str, Any] = {}
        self._is_reading = False

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Notes what every client of botocore calls."""
        patched: Any = BaseClient
        original = patched._make_api_call

        def call(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
            send = partial(original, client, operation, request)
            return send() if self._is_reading else self._note(client, operation, request, send)

        patched._make_api_call = call
        try:
            yield
        finally:
            patched._make_api_call = original

    def _note(self, client: Any, operation: str, request: dict[str, Any], send: Callable[[], Any]) -> Any:
        self.current.calls.append(operation)
        if client.meta.service_model.service_name != "dynamodb":
            return send()
        actions = self._actions(client, operation, request)
        before = [self._read(client, *each) for each in actions]
        factor = 2 if operation == "TransactWriteItems" else 1
        try:
            answer = send()
        except Exception:
            self.current.writes += factor * max(1, len(actions))  # a rejected write costs its units too
            raise
        for (table, key), old in zip(actions, before, strict=True):
            self.current.writes += self._written(client, table, old, self._read(client, table, key), factor)
        if operation in ("GetItem", "Query", "Scan"):
            items = answer.get("Items", [answer.get("Item", {})])
            units = max(1, math.ceil(sum(map(item_size, items)) / 4096))
            self.current.reads += units * (1 if request.get("ConsistentRead") else 0.5)
        return answer

    def _actions(self, client: Any, operation: str, request: dict[str, Any]) -> list[tuple[str, Item]]:
        if operation in _WRITES:
            return [self._target(client, request)]
        if operation == "TransactWriteItems":
            return [self._target(client, next(iter(each.values()))) for each in request["TransactItems"]]
        return []

    def _target(self, client: Any, action: dict[str, Any]) -> tuple[str, Item]:
        names = [key["AttributeName"] for key in self._schema(client, action["TableName"])["KeySchema"]]
        return action["TableName"], action.get("Key") or {name: action["Item"][name] for name in names}

    def _schema(self, client: Any, table: str) -> Any:
        if table not in self._schemas:
            with self._reading():
                self._schemas[table] = client.describe_table(TableName=table)["Table"]
        return self._schemas[table]

    def _read(self, client: Any, table: str, key: Item) -> Item:
        with self._reading():
            found: Item = client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        return found

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What is called meanwhile is not noted."""
        self._is_reading = True
        try:
            yield
        finally:
            self._is_reading = False

    def _written(self, client: Any, table: str, old: Item, new: Item, factor: int) -> float:
        units: float = factor * _kilobytes(max(item_size(old), item_size(new)))
        schema = self._schema(client, table)
        table_keys = [key["AttributeName"] for key in schema["KeySchema"]]
        for index in schema.get("GlobalSecondaryIndexes", []):
            keys = [key["AttributeName"] for key in index["KeySchema"]]
            everything = index["Projection"]["ProjectionType"] == "ALL"
            was, is_now = (_projected(item, keys, None if everything else table_keys + keys) for item in (old, new))
            if was == is_now:
                continue
            if was and is_now and any(was[key] != is_now[key] for key in keys):
                units += _kilobytes(item_size(was)) + _kilobytes(item_size(is_now))
            else:
                units += _kilobytes(max(item_size(was), item_size(is_now)))
        return units


def _projected(item: Item, keys: list[str], attributes: list[str] | None) -> Item:
    if any(key not in item for key in keys):
        return {}
    return item if attributes is None else {name: value for name, value in item.items() if name in attributes}


def _kilobytes(size: int) -> int:
    return max(1, math.ceil(size / 1024))


def item_size(item: Item) -> int:
    """Returns the bytes of an item as DynamoDB counts them."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(attribute: Mapping[str, Any]) -> int:
    [(kind, value)] = attribute.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        return math.ceil(len(value.lstrip("-").replace(".", "")) / 2) + 1
    if kind == "L":
        return 3 + sum(1 + _value_size(each) for each in value)
    if kind == "M":
        return 3 + sum(1 + len(name) + _value_size(each) for name, each in value.items())
    if kind == "SS":
        return sum(len(each.encode()) for each in value)
    return 1


def measure_operations() -> list[Operation]:
    """Returns the operations of a user with a project, a webhook and a few renders."""
    ledger, done = Ledger(), []
    generous = json.dumps({"unknown": 100_000})
    with mock_aws(), aws_environment(None, RateLimits=generous) as environment, ledger.noting():
        user = create_user(environment)
        call("auth_me", "GET", "/auth/me", headers=user.headers)

        def record(name: str, act: Callable[[], Any]) -> Any:
            ledger.current = Operation(name)
            with redirect_stdout(io.StringIO()):
                answer = act()
            done.append(ledger.current)
            ledger.current = Operation("")
            return answer

        def post(**fields: str) -> Any:
            body, kind = multipart(fields, {"uploadedImageData": pictures.png()})
            return call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

        record("GET /health", lambda: call("health", "GET", "/health"))
        record("401 without a token", lambda: call("credits", "GET", "/credits"))
        gets = {
            "auth_me": "/auth/me",
            "credits": "/credits",
            "credits_transactions": "/credits/transactions",
            "settings": "/settings",
            "projects": "/projects",
            "renders": "/renders",
            "webhooks": "/webhooks",
            "keys": "/keys",
        }
        for function, path in gets.items():
            record(f"GET {path}", partial(call, function, "GET", path, headers=user.headers))
        register_webhook(user, url="http://127.0.0.1:9/", events=["render.completed"])
        posted = {}
        for quality in ("standard", "high", "ultra"):
            accepted = record(f"POST /renders, {quality}", partial(post, quality=quality))
            posted[quality] = accepted.data["renderId"]
        path = f"/renders/{posted['high']}"
        record("GET /renders/{renderId}", partial(call, "renders_id", "GET", path, headers=user.headers))
        # On a clock that stands still: a busy machine would add a call for each second of rendering.
        worker = render_worker(PreviewEngine(), monotonic=lambda: 0.0)
        for quality, render_id in posted.items():
            work = partial(worker.work, RenderJob(user.user_id, render_id))
            record(f"render worker, {quality}, one webhook", work)
        path = f"/renders/{post().data['renderId']}"
        record("DELETE /renders/{renderId}", partial(call, "renders_id", "DELETE", path, headers=user.headers))
        record("sweeper, nothing due", partial(handler("sweeper"), {}, lambda_context()))
    return done
